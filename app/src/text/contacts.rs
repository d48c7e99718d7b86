//! The words of a unit's contact points.

use super::Lang;
use super::lang::{Say, say};

/// The heading.
pub const CONTACT: Say = say("Đầu mối liên hệ", "Whom to call");
/// None is on file.
pub const NONE: Say = say(
    "Chưa có đầu mối của đơn vị này trong danh bạ của thành phố (contacts.csv).",
    "The city's list (contacts.csv) has no contact point of this unit.",
);

/// Where a contact is published: `Theo 4874/QĐ-UBND Điều 2.1`.
#[must_use]
pub fn by(lang: Lang, source: &str) -> String {
    match lang {
        Lang::Vi => format!("Theo {source}"),
        Lang::En => format!("Source: {source}"),
    }
}
