//! What is said of what changed since a reader's last look, in pieces between its numbers.

use super::lang::{Say, say};
use super::{Lang, date};

/// What the part of the page is.
pub const TITLE: Say = say("Từ lần xem trước", "Since your last look");
/// Before the number received.
pub const RECEIVED: Say = say("tiếp nhận ", "received: ");
/// Before the number resolved.
pub const RESOLVED: Say = say(", xử lý xong ", "; resolved: ");
/// Before the number of those that were late.
pub const OF_WHICH: Say = say(", trong đó ", ", of which ");
/// After it.
pub const LATE: Say = say(" trễ hạn", " late");
/// Before the number reopened.
pub const REOPENED: Say = say(", mở lại ", "; reopened: ");
/// Before the levels: from.
pub const OVERDUE_FROM: Say = say(". Quá hạn từ ", ". Overdue went from ");
/// Before the level that stays.
pub const OVERDUE_STILL: Say = say(". Quá hạn vẫn là ", ". Overdue stayed at ");
/// Between two levels of which the second is larger.
pub const UP_TO: Say = say(" lên ", " up to ");
/// Between two levels of which the second is smaller.
pub const DOWN_TO: Say = say(" xuống ", " down to ");
/// Before the places where the change is largest.
pub const MOST: Say = say("Quá hạn thay đổi nhiều nhất: ", "Overdue changed most at ");
/// Before a mover's first number.
pub const FROM: Say = say(" từ ", " from ");
/// Nothing happened.
pub const NOTHING: Say = say("không có gì thay đổi.", "nothing has changed.");
/// Ends a sentence.
pub const STOP: Say = say(". ", ". ");
/// Before the number of directives answered.
pub const DIRECTIVES: Say = say("Đôn đốc: ", "Directives: ");
/// After it.
pub const ANSWERED: Say = say(" đã được trả lời", " answered");
/// After the number of directives whose limit has passed.
pub const PAST_DUE: Say = say(" vừa quá hạn trả lời", " passed their limit unanswered");
/// More directives than are looked at.
pub const TOO_MANY: Say =
    say("quá nhiều để tóm tắt ở đây, xem danh sách", "too many to sum up here, see the list");

/// `Từ 17:00 22/11 (hôm qua; chưa ghi lần xem trước) đến 09:30: `.
#[must_use]
pub fn span(lang: Lang, since: &str, at: &str, is_assumed: bool) -> String {
    let (from, to) = (date::moment_beside(lang, since, at), date::hour_minute(at));
    match (lang, is_assumed) {
        (Lang::Vi, false) => format!("Từ lần xem trước lúc {from} đến {to}: "),
        (Lang::En, false) => format!("Since your last look, {from}, until {to}: "),
        (Lang::Vi, true) => format!("Lần xem đầu trên máy này; từ {from} hôm qua đến {to}: "),
        (Lang::En, true) => format!("First look on this device; from {from} yesterday until {to}: "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(since: &str, is_assumed: bool, vi: &str, en: &str) {
        let at = "2026-11-23T09:30:05+07:00";
        assert_eq!(span(Lang::Vi, since, at, is_assumed), vi);
        assert_eq!(span(Lang::En, since, at, is_assumed), en);
    }

    #[test]
    fn the_span_says_from_when_and_until_when() {
        check(
            "2026-11-23T08:10:00+07:00",
            false,
            "Từ lần xem trước lúc 08:10 đến 09:30: ",
            "Since your last look, 08:10, until 09:30: ",
        );
        check(
            "2026-11-22T17:00:00+07:00",
            true,
            "Lần xem đầu trên máy này; từ 17:00 22/11 hôm qua đến 09:30: ",
            "First look on this device; from 17:00 22 Nov yesterday until 09:30: ",
        );
    }
}
