//! The words of walls.

use super::lang::{Lang, Say, say};
use super::number::{count, decimal};

/// Above a ranking's first column.
pub const OF_OPEN: Say = say("đang xử lý", "open");
/// Under a heading, where shares are shown.
pub const SHARE_OF_ALL: Say = say("phần của tổng số", "share of all");
/// Under a heading, where rates are shown.
pub const LOWEST_FIRST: Say = say("thấp nhất trước; n là số lượt", "lowest first; n is how many");
/// Under a heading of what surges.
pub const AGAINST_USUAL: Say = say(
    "tiếp nhận hôm nay so với cùng thứ, cùng giờ của 8 tuần trước",
    "received today against the same weekday and hour of 8 weeks",
);
/// Nothing surges.
pub const NOTHING_SURGES: Say = say("Không có gì tăng bất thường", "Nothing is above its usual level");
/// Too little is known of the past.
pub const NO_PAST: Say =
    say("Chưa đủ số liệu cùng thứ để biết mức thường", "Too few such weekdays to know what is usual");
/// Nothing to show.
pub const NONE_HERE: Say = say("Chưa có số liệu", "No data yet");
/// The name of the playlist where one scene is chosen.
pub const PLAYLIST: Say = say("Lần lượt tất cả các cảnh", "All scenes in turn");

/// The scene in the footer.
#[must_use]
pub fn scene(lang: Lang, title: &str) -> String {
    match lang {
        Lang::Vi => format!("Cảnh: {title}"),
        Lang::En => format!("Scene: {title}"),
    }
}

/// How many rates rest on too little to be ranked.
#[must_use]
pub fn too_few(lang: Lang, number: usize, fewest: i64) -> String {
    match (lang, number) {
        (Lang::Vi, _) => format!("{number} không xếp hạng vì n < {fewest}"),
        (Lang::En, _) => format!("{number} not ranked, n < {fewest}"),
    }
}

/// The scene in the footer, where scenes take turns.
#[must_use]
pub fn place(lang: Lang, place: usize, of: usize, title: &str) -> String {
    match lang {
        Lang::Vi => format!("Cảnh {place}/{of}: {title}"),
        Lang::En => format!("Scene {place} of {of}: {title}"),
    }
}

/// What is usual, beside a number that is above it.
#[must_use]
pub fn usual(lang: Lang, (low, high): (i64, i64), mean: f64, today: i64) -> String {
    let (low, high) = (count(lang, low), count(lang, high));
    #[allow(clippy::cast_precision_loss)] // A day's cases.
    let times = (mean >= 0.5).then(|| decimal(lang, today as f64 / mean, 1));
    match (lang, times) {
        (Lang::Vi, Some(times)) => format!("thường {low}–{high}, gấp {times} lần"),
        (Lang::Vi, None) => format!("thường {low}–{high}"),
        (Lang::En, Some(times)) => format!("usually {low}–{high}, {times} times"),
        (Lang::En, None) => format!("usually {low}–{high}"),
    }
}

/// How many a rate rests on.
#[must_use]
pub fn rests_on(lang: Lang, number: i64) -> String {
    format!("n\u{a0}=\u{a0}{}", count(lang, number))
}
