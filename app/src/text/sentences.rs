//! Whole sentences with numbers in them. Each is made of the same parts in both languages, so that
//! a page can put a touchable number where a part is one.

use std::cmp::Ordering;

use jiff::civil::Weekday;

use super::lang::say;
use super::number::{count, percent, share};
use super::{Lang, Say, date, words};

/// A piece of the page's finding: words, or a number that can be touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// All that are overdue.
    Overdue,
    /// Those of the worst few.
    Worst,
    /// All that are open.
    Open,
}

/// The page's finding in pieces: the same sentence as [`finding`] with its numbers apart.
#[must_use]
pub fn finding_pieces(lang: Lang, overdue: i64, open: i64, worst: i64, of: usize, unit: Unit) -> Vec<Piece> {
    let whole = finding(lang, overdue, open, worst, of, unit);
    let numbers = if overdue == 0 {
        vec![(Piece::Open, open)]
    } else if of < 2 || worst >= overdue {
        vec![(Piece::Overdue, overdue)]
    } else {
        vec![(Piece::Overdue, overdue), (Piece::Worst, worst)]
    };
    let (mut pieces, mut rest) = (Vec::new(), whole.as_str());
    for (piece, number) in numbers {
        let Some((before, after)) = rest.split_once(&count(lang, number)) else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        pieces.push(piece);
        rest = after;
    }
    pieces.push(Piece::Words(rest.to_owned()));
    pieces
}

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
            format!(
                "{} vụ việc quá hạn, {} ở {} {}",
                number(overdue),
                number(worst),
                few(lang, of),
                unit.word(lang)
            )
        }
        Lang::En => {
            format!(
                "{} overdue, {} of them in {} {}",
                cases(lang, overdue),
                number(worst),
                few(lang, of),
                unit.word(lang)
            )
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
        "simulated" => super::words::SIMULATED,
        "still" => say("Đồng hồ đứng yên", "Clock standing still"),
        _ => return None,
    })
}

/// `hồ sơ một cửa: 1 trong 100`: of what is simulated, how much there is.
#[must_use]
pub fn scaled(lang: Lang, kind: &str, scale: f64) -> String {
    let what = match kind {
        "one-stop" => super::words::SIMULATED_DOSSIERS.to(lang),
        "1022" => super::words::SIMULATED_REPORTS.to(lang),
        other => other,
    };
    let one_in = 1.0 / scale;
    // Shares are read as one in so many where that is a whole number, else as a factor.
    if scale < 1.0 && (one_in - one_in.round()).abs() < 1e-6 {
        let one_in = super::number::decimal(lang, one_in, 0);
        return match lang {
            Lang::Vi => format!("{what}: 1 trong {one_in}"),
            Lang::En => format!("{what}: 1 in {one_in}"),
        };
    }
    let digits = (0..4).find(|digits| {
        let shifted = scale * 10_f64.powi(*digits);
        (shifted - shifted.round()).abs() < 1e-9
    });
    let digits = digits.and_then(|digits| usize::try_from(digits).ok()).unwrap_or(4);
    format!("{what}: ×{}", super::number::decimal(lang, scale, digits))
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

/// `trong mức thường của Thứ Hai đến giờ này, 380–470 (8 tuần)`.
#[must_use]
pub fn against_usual(lang: Lang, now: i64, (low, high): (i64, i64), weekday: Weekday, days: usize) -> String {
    let (low, high) = ((now < low, count(lang, low)), (now > high, count(lang, high)));
    let stands = match (low.0, high.0) {
        (true, _) => say("dưới", "below"),
        (_, true) => say("trên", "above"),
        _ => say("trong", "within"),
    }
    .to(lang);
    // Joined: a range never breaks at its dash.
    let (weekday, range) = (date::weekday(lang, weekday), format!("{}\u{2060}–\u{2060}{}", low.1, high.1));
    match lang {
        Lang::Vi => format!("{stands} mức thường của {weekday} đến giờ này, {range} ({days} tuần)"),
        Lang::En => format!("{stands} the usual for a {weekday} by now, {range} ({days} weeks)"),
    }
}

/// `cao hơn 4 % so với giờ này tuần trước`.
#[must_use]
pub fn against_week(lang: Lang, now: i64, then: Option<i64>) -> String {
    let Some(then) = then.filter(|then| *then > 0) else { return words::NO_WEEK_AGO.to(lang).to_owned() };
    #[allow(clippy::cast_precision_loss)] // Counts of cases.
    let change = (now - then) as f64 * 100.0 / then as f64;
    let percent = percent(lang, change.abs(), 1);
    match (lang, now.cmp(&then)) {
        (Lang::Vi, Ordering::Greater) => format!("cao hơn {percent} so với giờ này tuần trước"),
        (Lang::Vi, Ordering::Less) => format!("thấp hơn {percent} so với giờ này tuần trước"),
        (Lang::Vi, Ordering::Equal) => "bằng giờ này tuần trước".to_owned(),
        (Lang::En, Ordering::Greater) => format!("{percent} more than a week ago at this hour"),
        (Lang::En, Ordering::Less) => format!("{percent} fewer than a week ago at this hour"),
        (Lang::En, Ordering::Equal) => "the same as a week ago at this hour".to_owned(),
    }
}

/// `giờ này hôm qua: 106`.
#[must_use]
pub fn against_day(lang: Lang, _now: i64, then: Option<i64>) -> String {
    match (lang, then) {
        (_, None) => words::NO_DAY_AGO.to(lang).to_owned(),
        (Lang::Vi, Some(then)) => format!("giờ này hôm qua: {}", count(lang, then)),
        (Lang::En, Some(then)) => format!("yesterday at this hour: {}", count(lang, then)),
    }
}

/// `tăng 9 từ 00:00`.
#[must_use]
pub fn since_midnight(lang: Lang, now: i64, then: Option<i64>) -> String {
    let Some(then) = then else { return words::NO_DAY_AGO.to(lang).to_owned() };
    let change = count(lang, (now - then).abs());
    match (lang, now.cmp(&then)) {
        (Lang::Vi, Ordering::Greater) => format!("tăng {change} từ 00:00"),
        (Lang::Vi, Ordering::Less) => format!("giảm {change} từ 00:00"),
        (Lang::Vi, Ordering::Equal) => "không đổi từ 00:00".to_owned(),
        (Lang::En, Ordering::Greater) => format!("{change} more since 00:00"),
        (Lang::En, Ordering::Less) => format!("{change} fewer since 00:00"),
        (Lang::En, Ordering::Equal) => "unchanged since 00:00".to_owned(),
    }
}

/// `97,1 % trong hạn (375 / 386)`.
#[must_use]
pub fn in_time_of(lang: Lang, part: i64, whole: i64) -> String {
    if whole == 0 {
        return words::NONE_JUDGED.to(lang).to_owned();
    }
    let numbers = format!("({} / {})", count(lang, part), count(lang, whole));
    match lang {
        Lang::Vi => format!("{} trong hạn {numbers}", share(lang, part, whole)),
        Lang::En => format!("{} in time {numbers}", share(lang, part, whole)),
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
        "not_rated" => say("chưa có đánh giá", "not rated"),
        "not_satisfied" => say("không có đánh giá hài lòng", "without a satisfied rating"),
        "not_rateable" => say("chưa có kết quả để đánh giá", "no result to rate yet"),
        "not_responded" => say(
            "được quyền đánh giá nhưng chưa có đánh giá, hoặc chưa có kết quả",
            "not rated, or no result to rate yet",
        ),
        "not_criterion_answers" => say("chưa trả lời theo tiêu chí", "no answer to a criterion"),
        "not_criterion_satisfied" => {
            say("không có câu trả lời hài lòng theo tiêu chí", "without a satisfied answer to a criterion")
        }
        "not_stages_left" => say("chưa rời giai đoạn nào", "left no stage"),
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
    fn a_number_is_held_against_what_is_usual() {
        let said = |now| against_usual(Lang::Vi, now, (380, 470), Weekday::Monday, 8);
        assert_eq!(said(412), "trong mức thường của Thứ Hai đến giờ này, 380\u{2060}–\u{2060}470 (8 tuần)");
        assert!(said(379).starts_with("dưới"));
        assert!(said(471).starts_with("trên"));
        assert_eq!(against_week(Lang::Vi, 104, Some(100)), "cao hơn 4,0\u{a0}% so với giờ này tuần trước");
        assert_eq!(against_week(Lang::En, 5, Some(0)), words::NO_WEEK_AGO.en);
        assert_eq!(since_midnight(Lang::Vi, 47, Some(38)), "tăng 9 từ 00:00");
        assert_eq!(in_time_of(Lang::Vi, 375, 386), "97,2\u{a0}% trong hạn (375 / 386)");
    }

    #[test]
    fn the_findings_numbers_stand_apart_and_the_words_stay() {
        let words = |text: &str| Piece::Words(text.to_owned());
        assert_eq!(
            finding_pieces(Lang::Vi, 47, 900, 31, 3, Unit::Agencies),
            [Piece::Overdue, words(" vụ việc quá hạn, "), Piece::Worst, words(" ở ba đơn vị")]
        );
        assert_eq!(
            finding_pieces(Lang::En, 0, 1, 0, 0, Unit::Agencies),
            [Piece::Open, words(" case open, none overdue")]
        );
        assert_eq!(finding_pieces(Lang::En, 0, 0, 0, 0, Unit::Agencies), [words("No case is open")]);
    }

    #[test]
    fn the_finding_says_what_stands_out() {
        check(
            47,
            900,
            31,
            3,
            "47 vụ việc quá hạn, 31 ở ba đơn vị",
            "47 cases overdue, 31 of them in three agencies",
        );
        check(47, 900, 47, 3, "47 vụ việc quá hạn", "47 cases overdue");
        check(1, 900, 1, 1, "1 vụ việc quá hạn", "1 case overdue");
        check(
            0,
            3204,
            0,
            0,
            "3.204 vụ việc đang xử lý, không vụ nào quá hạn",
            "3,204 cases open, none overdue",
        );
        check(0, 0, 0, 0, "Không có vụ việc nào đang xử lý", "No case is open");
    }
}
