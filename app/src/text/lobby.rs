//! What is said on the screen in a centre's lobby.

use super::Lang;
use super::lang::{Say, say};
use super::number;

/// What stands over the numbers that are called.
pub const CALLED: Say = say("Đang gọi số", "Now calling");
/// The source does not say which number is called.
pub const NOT_SAID: Say = say("chưa có số", "no number yet");
/// No counter has spoken today.
pub const NO_QUEUE: Say = say("Hôm nay quầy chưa báo hàng chờ.", "The counters have not reported today.");
/// A counter that has no number.
pub const OTHER_COUNTER: Say = say("Quầy khác", "Another counter");
/// A figure of the month.
pub const RESOLVED: Say = say("Đã giải quyết", "Resolved");
/// A figure of the month.
pub const ON_TIME: Say = say("Trong đó đúng hạn", "Of these, on time");
/// A figure of the month.
pub const PENDING: Say = say("Đang giải quyết", "Being handled");

/// `7 người chờ, lâu nhất 15 phút`.
#[must_use]
pub fn waiting(lang: Lang, waiting: u32, longest_wait_minutes: Option<u32>) -> String {
    let many = number::count(lang, waiting.into());
    let wait =
        longest_wait_minutes.map(|minutes| number::rough(lang, i64::from(minutes.max(1)) * 60_000_000));
    match (lang, waiting, wait) {
        (Lang::Vi, 0, _) => "không ai phải chờ".to_owned(),
        (Lang::En, 0, _) => "nobody has to wait".to_owned(),
        (Lang::Vi, _, Some(wait)) => format!("{many} người chờ, lâu nhất {wait}"),
        (Lang::Vi, _, None) => format!("{many} người chờ"),
        (Lang::En, _, Some(wait)) => format!("{many} waiting, the longest {wait}"),
        (Lang::En, _, None) => format!("{many} waiting"),
    }
}

/// `2 đang phục vụ · đã phát 40 số hôm nay`.
#[must_use]
pub fn served(lang: Lang, serving: u32, issued_today: u32) -> String {
    let (serving, issued) = (number::count(lang, serving.into()), number::count(lang, issued_today.into()));
    match lang {
        Lang::Vi => format!("{serving} đang phục vụ · đã phát {issued} số hôm nay"),
        Lang::En => format!("{serving} being served · {issued} tickets issued today"),
    }
}

/// Of how many ratings a share is.
#[must_use]
pub fn of_ratings(lang: Lang, ratings: i64) -> String {
    let many = number::count(lang, ratings);
    match lang {
        Lang::Vi => format!("hài lòng, trên {many} lượt đánh giá trong tháng"),
        Lang::En => format!("satisfied, of {many} ratings this month"),
    }
}

/// Why no share is told.
#[must_use]
pub fn few_ratings(lang: Lang, min: u16) -> String {
    match lang {
        Lang::Vi => format!("Chưa đủ {min} lượt đánh giá để công bố."),
        Lang::En => format!("Fewer than {min} ratings: not published yet."),
    }
}

/// How many counters are not on the screen.
#[must_use]
pub fn more_counters(lang: Lang, many: u64) -> String {
    match lang {
        Lang::Vi => format!("và {many} quầy khác"),
        Lang::En => format!("and {many} other counters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(many: u32, minutes: Option<u32>, vi: &str, en: &str) {
        assert_eq!(
            (waiting(Lang::Vi, many, minutes).as_str(), waiting(Lang::En, many, minutes).as_str()),
            (vi, en)
        );
    }

    #[test]
    fn a_wait_is_said_where_somebody_waits() {
        check(0, Some(9), "không ai phải chờ", "nobody has to wait");
        check(7, Some(15), "7 người chờ, lâu nhất 15\u{a0}phút", "7 waiting, the longest 15\u{a0}minutes");
        check(7, None, "7 người chờ", "7 waiting");
    }
}
