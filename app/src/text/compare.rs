//! What is said of a period beside the one before it.

use std::cmp::Ordering;

use super::Lang;
use super::lang::{Say, say};
use super::number::{count, decimal};

/// What the choice of a period is.
pub const COMPARE: Say = say("So với kỳ trước", "Compare with the period before");
/// No comparison: how things stand.
pub const NOW: Say = say("Hiện trạng", "As it stands");
/// The last whole day.
pub const YESTERDAY: Say = say("Hôm qua", "Yesterday");
/// The last seven whole days.
pub const WEEK: Say = say("7 ngày", "7 days");
/// The last thirty whole days.
pub const MONTH: Say = say("30 ngày", "30 days");
/// The last ninety whole days.
pub const QUARTER: Say = say("90 ngày", "90 days");
/// Overdue when a period ended.
pub const OVERDUE_AT_END: Say = say("Quá hạn cuối kỳ", "Overdue at its end");
/// Before the number of the period before.
pub const BEFORE: Say = say("trước ", "before ");
/// There is no share to compare.
pub const NO_SHARE: Say = say("không so được", "not comparable");

/// `Kỳ này 16/11 – 22/11, kỳ trước 09/11 – 15/11; chỉ tính ngày trọn vẹn.`
#[must_use]
pub fn spans(lang: Lang, now: &str, before: &str) -> String {
    match lang {
        Lang::Vi => format!("Kỳ này {now}, kỳ trước {before}; chỉ tính ngày trọn vẹn."),
        Lang::En => format!("This period {now}, the one before {before}; whole days only."),
    }
}

/// `↑ tăng 12`, `↓ giảm 3`, `= không đổi`: a sign and a word, and no judgement.
#[must_use]
pub fn change(lang: Lang, now: i64, before: i64) -> String {
    let by = count(lang, (now - before).abs());
    match (lang, now.cmp(&before)) {
        (Lang::Vi, Ordering::Greater) => format!("↑ tăng {by}"),
        (Lang::Vi, Ordering::Less) => format!("↓ giảm {by}"),
        (Lang::Vi, Ordering::Equal) => "= không đổi".to_owned(),
        (Lang::En, Ordering::Greater) => format!("↑ {by} more"),
        (Lang::En, Ordering::Less) => format!("↓ {by} fewer"),
        (Lang::En, Ordering::Equal) => "= unchanged".to_owned(),
    }
}

/// `↑ cao hơn 2,1 điểm`: of two shares, in points of a hundred.
#[must_use]
pub fn share_change(lang: Lang, now: (i64, i64), before: (i64, i64)) -> String {
    if now.1 <= 0 || before.1 <= 0 {
        return NO_SHARE.to(lang).to_owned();
    }
    #[allow(clippy::cast_precision_loss)] // Counts of cases.
    let points = |(part, whole): (i64, i64)| part as f64 * 100.0 / whole as f64;
    let change = points(now) - points(before);
    let by = decimal(lang, change.abs(), 1);
    if change.abs() < 0.05 {
        return match lang {
            Lang::Vi => "= không đổi".to_owned(),
            Lang::En => "= unchanged".to_owned(),
        };
    }
    match (lang, change > 0.0) {
        (Lang::Vi, true) => format!("↑ cao hơn {by} điểm"),
        (Lang::Vi, false) => format!("↓ thấp hơn {by} điểm"),
        (Lang::En, true) => format!("↑ {by} points higher"),
        (Lang::En, false) => format!("↓ {by} points lower"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_a_sign_and_a_word() {
        for (now, before, vi, en) in [
            (1_212, 1_200, "↑ tăng 12", "↑ 12 more"),
            (0, 1_200, "↓ giảm 1.200", "↓ 1,200 fewer"),
            (7, 7, "= không đổi", "= unchanged"),
        ] {
            assert_eq!(change(Lang::Vi, now, before), vi);
            assert_eq!(change(Lang::En, now, before), en);
        }
    }

    #[test]
    fn shares_change_by_points_and_a_share_of_nothing_is_not_compared() {
        for (now, before, vi) in [
            ((95, 100), (90, 100), "↑ cao hơn 5,0 điểm"),
            ((1, 3), (1, 2), "↓ thấp hơn 16,7 điểm"),
            ((1, 2), (2, 4), "= không đổi"),
            ((0, 0), (2, 4), "không so được"),
            ((2, 4), (0, 0), "không so được"),
        ] {
            assert_eq!(share_change(Lang::Vi, now, before), vi);
        }
    }
}
