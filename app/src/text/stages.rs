//! The words of the line of stages.

use super::Lang;
use super::lang::{Say, say};

/// Its heading.
pub const STAGES: Say = say("Các giai đoạn giải quyết", "Stages of the dossier");
/// A stage that the dossier has not come to.
pub const AHEAD: Say = say("chưa đến", "not yet");
/// A stage that it has passed without its source saying when.
pub const UNSAID: Say = say("không được báo", "not reported");
/// Since when it is in a stage.
pub const SINCE: Say = say("từ", "since");
/// How much of a stage was working time.
pub const WORKING: Say = say("giờ làm việc", "working time");

/// `2 lần`, `2 stays`.
#[must_use]
pub fn stays(lang: Lang, stays: u32) -> String {
    match lang {
        Lang::Vi => format!("{stays} lần"),
        Lang::En => format!("{stays} stays"),
    }
}
