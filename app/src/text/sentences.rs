//! Whole sentences with numbers in them. Each is made of the same parts in both languages, so that
//! a page can put a touchable number where a part is one.

use super::number::count;
use super::{Lang, Say};
use super::lang::say;

/// The page's finding, as its title.
#[must_use]
pub fn finding(lang: Lang, overdue: i64, open: i64, worst: i64, of: usize, unit: Unit) -> String {
    let number = |number| count(lang, number);
    match lang {
        Lang::Vi if overdue == 0 && open == 0 => "Không có vụ việc nào đang xử lý".to_owned(),
        Lang::En if overdue == 0 && open == 0 => "No case is open".to_owned(),
        Lang::Vi if overdue == 0 => format!("{} vụ việc đang xử lý, không vụ nào quá hạn", number(open)),
        Lang::En if overdue == 0 => format!("{} open, none overdue", cases(lang, open)),
        Lang::Vi if of < 2 || worst >= overdue => format!("{} vụ việc quá hạn", number(overdue)),
        Lang::En if of < 2 || worst >= overdue => format!("{} overdue", cases(lang, overdue)),
        Lang::Vi => {
            format!("{} vụ việc quá hạn, {} ở {} {}", number(overdue), number(worst), few(lang, of), unit.word(lang))
        }
        Lang::En => {
            format!("{} overdue, {} of them in {} {}", cases(lang, overdue), number(worst), few(lang, of), unit.word(lang))
        }
    }
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Handling units.
    Agencies,
    /// Areas.
    Places,
    /// Subjects.
    Fields,
    /// Channels.
    Channels,
}

impl Unit {
    /// The word after a number of two or more.
    #[must_use]
    pub const fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Agencies => say("đơn vị", "agencies"),
            Self::Places => say("địa bàn", "places"),
            Self::Fields => say("lĩnh vực", "fields"),
            Self::Channels => say("kênh", "channels"),
        }
        .to(lang)
    }
}

/// `1 case`, `12 cases`.
#[must_use]
pub fn cases(lang: Lang, number: i64) -> String {
    match (lang, number) {
        (Lang::Vi, _) => format!("{} vụ việc", count(lang, number)),
        (Lang::En, 1) => "1 case".to_owned(),
        (Lang::En, _) => format!("{} cases", count(lang, number)),
    }
}

/// Small numbers as words.
#[must_use]
pub fn few(lang: Lang, number: usize) -> String {
    match (lang, number) {
        (Lang::Vi, 2) => "hai".to_owned(),
        (Lang::Vi, 3) => "ba".to_owned(),
        (Lang::En, 2) => "two".to_owned(),
        (Lang::En, 3) => "three".to_owned(),
        _ => number.to_string(),
    }
}

/// `Hôm nay tiếp nhận [412], xử lý xong [386], trong đó [97,1 %] đúng hạn.`
pub mod brief {
    use super::{Say, say};

    /// Before the number received.
    pub const RECEIVED: Say = say("Hôm nay tiếp nhận ", "Received today: ");
    /// Before the number resolved.
    pub const RESOLVED: Say = say(", xử lý xong ", "; resolved: ");
    /// Before the share in time.
    pub const OF_WHICH: Say = say(", trong đó ", ", of which ");
    /// After the share in time.
    pub const IN_TIME: Say = say(" đúng hạn. ", " in time. ");
    /// Ends the sentence where no share is known.
    pub const STOP: Say = say(". ", ". ");
    /// Before the number overdue at midnight.
    pub const AT_MIDNIGHT: Say = say("Đầu ngày có ", "At midnight ");
    /// Before the number overdue now.
    pub const OVERDUE_NOW: Say = say(" quá hạn, nay ", " were overdue, now ");
    /// Before the agency that rose most.
    pub const MOST_AT: Say = say("; tăng nhiều nhất ở ", "; the rise is largest at ");
    /// Before the numbers of that agency: from.
    pub const FROM: Say = say(", từ ", ", from ");
    /// Before the numbers of that agency: to.
    pub const TO: Say = say(" lên ", " to ");
    /// Before the number due soon.
    pub const DUE_SOON: Say = say("Sắp trễ hạn: ", "Due soon: ");
    /// Before the number open.
    pub const OPEN: Say = say(" trong ", " of ");
    /// After the number open.
    pub const OPEN_END: Say = say(" vụ việc đang xử lý.", " open cases.");
}

/// `Mất kết nối · số liệu của 12 giây trước`.
#[must_use]
pub fn stale(lang: Lang, age: &str) -> String {
    match lang {
        Lang::Vi => format!("Mất kết nối · số liệu của {age} trước"),
        Lang::En => format!("Connection lost · numbers of {age} ago"),
    }
}

/// `nhanh gấp 600`.
#[must_use]
pub fn speed(lang: Lang, speed: f64) -> String {
    let digits = usize::from(speed.fract().abs() > f64::EPSILON);
    let speed = super::number::decimal(lang, speed, digits);
    match lang {
        Lang::Vi => format!("nhanh gấp {speed} lần"),
        Lang::En => format!("{speed}× speed"),
    }
}

/// What a clock that is not the system's is called.
#[must_use]
pub fn clock(code: &str) -> Option<Say> {
    Some(match code {
        "replay" => say("Phát lại", "Replay"),
        "simulated" => say("Dữ liệu mô phỏng", "Simulated data"),
        "still" => say("Đồng hồ đứng yên", "Clock standing still"),
        _ => return None,
    })
}

/// `cách 3 giờ`: how far behind the clock a source is.
#[must_use]
pub fn behind(lang: Lang, age: &str) -> String {
    match lang {
        Lang::Vi => format!("{age} trước"),
        Lang::En => format!("{age} ago"),
    }
}

/// `1–100 của 3.204`.
#[must_use]
pub fn shown_of(lang: Lang, shown: usize, total: u64) -> String {
    let shown = count(lang, i64::try_from(shown).unwrap_or(i64::MAX));
    let total = count(lang, i64::try_from(total).unwrap_or(i64::MAX));
    match lang {
        Lang::Vi => format!("{shown} trong {total} vụ việc"),
        Lang::En => format!("{shown} of {total} cases"),
    }
}

/// `quá 19:42:08`, `còn 0:44`.
#[must_use]
pub fn over_by(lang: Lang, time: &str) -> String {
    match lang {
        Lang::Vi => format!("quá {time}"),
        Lang::En => format!("over by {time}"),
    }
}

/// How long is left.
#[must_use]
pub fn left(lang: Lang, time: &str) -> String {
    match lang {
        Lang::Vi => format!("còn {time}"),
        Lang::En => format!("{time} left"),
    }
}

/// Why cases are not in a number, by the reason's code.
#[must_use]
pub fn excluded(code: &str) -> Option<Say> {
    Some(match code {
        "outside_filter" => say("ngoài phạm vi được hỏi", "outside the scope asked about"),
        "outside_period" => say("ngoài khoảng thời gian", "outside the period"),
        "not_received_yet" => say("lúc đó chưa được tiếp nhận", "not received at that time"),
        "other_timeliness" => say("ở tình trạng thời hạn khác", "stand otherwise in their limit"),
        "all_codes_known" => say("mọi mã đều có trong danh mục", "all codes are in the catalogue"),
        "received" => say("đã tiếp nhận", "received"),
        "in_progress" => say("đang xử lý", "in progress"),
        "not_open" => say("không còn đang xử lý", "no longer open"),
        "resolved" => say("đã xử lý xong", "resolved"),
        "closed" => say("đã đóng", "closed"),
        "refused" => say("bị từ chối", "refused"),
        "cancelled" => say("đã hủy", "cancelled"),
        "duplicate" => say("phản ánh trùng", "duplicates"),
        "not_duplicate" => say("không phải phản ánh trùng", "no duplicates"),
        "not_resolved" => say("chưa xử lý xong", "not resolved"),
        "not_resolved_in_time" => say("không xử lý xong đúng hạn", "not resolved in time"),
        "not_resolved_late" => say("không xử lý xong trễ hạn", "not resolved late"),
        "not_resolved_extended" => {
            say("không xử lý xong trong hạn gia hạn", "not resolved within an extension")
        }
        "not_resolved_no_deadline" => say("có thời hạn", "have a deadline"),
        "not_measured" => say("không đo được thời gian xử lý", "handling time not measured"),
        "not_assigned" => say("không được giao", "not assigned"),
        "not_reopened" => say("không mở lại", "not reopened"),
        "not_returned" => say("không chuyển trả", "not returned"),
        "not_refused" => say("không bị từ chối", "not refused"),
        "no_position" => say("không có vị trí", "without a position"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(overdue: i64, open: i64, worst: i64, of: usize, vi: &str, en: &str) {
        assert_eq!(finding(Lang::Vi, overdue, open, worst, of, Unit::Agencies), vi);
        assert_eq!(finding(Lang::En, overdue, open, worst, of, Unit::Agencies), en);
    }

    #[test]
    fn the_finding_says_what_stands_out() {
        check(47, 900, 31, 3, "47 vụ việc quá hạn, 31 ở ba đơn vị", "47 cases overdue, 31 of them in three agencies");
        check(47, 900, 47, 3, "47 vụ việc quá hạn", "47 cases overdue");
        check(1, 900, 1, 1, "1 vụ việc quá hạn", "1 case overdue");
        check(0, 3204, 0, 0, "3.204 vụ việc đang xử lý, không vụ nào quá hạn", "3,204 cases open, none overdue");
        check(0, 0, 0, 0, "Không có vụ việc nào đang xử lý", "No case is open");
    }
}
