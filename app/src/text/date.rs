//! Instants as people read them. An answer's RFC 3339 text already stands in the city's own time,
//! so its day and its hour are read off the text: no zone is needed in the browser.

use domain::Timestamp;
use jiff::civil::{Date, Weekday};

use super::Lang;
use super::number::NOTHING;

/// The city's day of an RFC 3339 text.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// The instant of an RFC 3339 text.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// `15:07:22`.
#[must_use]
pub fn time(text: &str) -> &str {
    text.get(11..19).unwrap_or(NOTHING)
}

/// `15:07`.
#[must_use]
pub fn hour_minute(text: &str) -> &str {
    text.get(11..16).unwrap_or(NOTHING)
}

/// `23/11/2026`, `23 Nov 2026`.
#[must_use]
pub fn date(lang: Lang, day: Date) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()),
        Lang::En => format!("{} {} {}", day.day(), month(day), day.year()),
    }
}

/// `23/11`, `23 Nov`.
#[must_use]
pub fn short_date(lang: Lang, day: Date) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}", day.day(), day.month()),
        Lang::En => format!("{} {}", day.day(), month(day)),
    }
}

/// `Thứ Hai 23/11/2026`, `Monday 23 Nov 2026`.
#[must_use]
pub fn long_date(lang: Lang, day: Date) -> String {
    format!("{} {}", weekday(lang, day.weekday()), date(lang, day))
}

/// `15:07 23/11/2026`, `15:07, 23 Nov 2026`.
#[must_use]
pub fn moment(lang: Lang, text: &str) -> String {
    let Some(day) = day(text) else { return text.to_owned() };
    match lang {
        Lang::Vi => format!("{} {}", hour_minute(text), date(lang, day)),
        Lang::En => format!("{}, {}", hour_minute(text), date(lang, day)),
    }
}

/// A line whose instants and days stand as answers write them, with each as people read it: exact to
/// the second, since a limit may end in one.
#[must_use]
pub fn readable(lang: Lang, line: &str) -> String {
    let words = line.split_inclusive(' ').map(|piece| {
        let word = piece.trim_end_matches([' ', ';', ':', ',', '.', ')']);
        let (before, word) = word.strip_prefix('(').map_or(("", word), |word| ("(", word));
        let after = piece.get(before.len() + word.len()..).unwrap_or_default();
        let said = match (instant(word), day(word)) {
            (Some(_), Some(day)) => format!("{} {}", time(word), date(lang, day)),
            (None, Some(day)) if word.len() == 10 => date(lang, day),
            _ => return piece.to_owned(),
        };
        format!("{before}{said}{after}")
    });
    words.collect()
}

/// Only the hour where it is of the same day as `at`, else with the day, of another year with that.
#[must_use]
pub fn moment_beside(lang: Lang, text: &str, at: &str) -> String {
    match (day(text), day(at)) {
        (Some(day), Some(today)) if day == today => hour_minute(text).to_owned(),
        (Some(day), Some(today)) if day.year() == today.year() => {
            format!("{} {}", hour_minute(text), short_date(lang, day))
        }
        (Some(_), _) => moment(lang, text),
        (None, _) => text.to_owned(),
    }
}

/// Microseconds from one RFC 3339 text to another.
#[must_use]
pub fn micros_between(from: &str, to: &str) -> Option<i64> {
    Some(instant(to)?.since(instant(from)?))
}

/// The day of the week.
#[must_use]
pub const fn weekday(lang: Lang, weekday: Weekday) -> &'static str {
    match (lang, weekday) {
        (Lang::Vi, Weekday::Monday) => "Thứ Hai",
        (Lang::Vi, Weekday::Tuesday) => "Thứ Ba",
        (Lang::Vi, Weekday::Wednesday) => "Thứ Tư",
        (Lang::Vi, Weekday::Thursday) => "Thứ Năm",
        (Lang::Vi, Weekday::Friday) => "Thứ Sáu",
        (Lang::Vi, Weekday::Saturday) => "Thứ Bảy",
        (Lang::Vi, Weekday::Sunday) => "Chủ Nhật",
        (Lang::En, Weekday::Monday) => "Monday",
        (Lang::En, Weekday::Tuesday) => "Tuesday",
        (Lang::En, Weekday::Wednesday) => "Wednesday",
        (Lang::En, Weekday::Thursday) => "Thursday",
        (Lang::En, Weekday::Friday) => "Friday",
        (Lang::En, Weekday::Saturday) => "Saturday",
        (Lang::En, Weekday::Sunday) => "Sunday",
    }
}

fn month(day: Date) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let place = usize::from(day.month().unsigned_abs()).saturating_sub(1);
    MONTHS.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-23T15:07:22.25+07:00";

    #[test]
    fn an_instant_is_read_in_the_citys_own_time() {
        assert_eq!(time(AT), "15:07:22");
        assert_eq!(moment(Lang::Vi, AT), "15:07 23/11/2026");
        assert_eq!(moment(Lang::En, AT), "15:07, 23 Nov 2026");
        assert_eq!(long_date(Lang::Vi, day(AT).unwrap()), "Thứ Hai 23/11/2026");
    }

    #[test]
    fn a_text_that_is_no_instant_does_no_harm() {
        assert_eq!(moment(Lang::Vi, "ngày mai"), "ngày mai");
        assert_eq!(time("é"), NOTHING);
        assert_eq!(micros_between("x", AT), None);
    }

    #[track_caller]
    fn check_readable(lang: Lang, line: &str, want: &str) {
        assert_eq!(readable(lang, line), want);
    }

    #[test]
    fn instants_within_a_line_are_said_as_people_read_them() {
        check_readable(
            Lang::Vi,
            "Hạn: 2026-11-20T17:00:00+07:00; đúng thời điểm đó vẫn trong hạn",
            "Hạn: 17:00:00 20/11/2026; đúng thời điểm đó vẫn trong hạn",
        );
        check_readable(
            Lang::En,
            "Start: received (received), 2024-03-14T09:58:00.5+07:00 (Thursday 2024-03-14)",
            "Start: received (received), 09:58:00 14 Mar 2024 (Thursday 14 Mar 2024)",
        );
        check_readable(Lang::Vi, "H24.MP-261119-000086 (2024-03-14)", "H24.MP-261119-000086 (14/03/2024)");
        check_readable(Lang::Vi, "4 giờ, cộng dồn 8 giờ", "4 giờ, cộng dồn 8 giờ");
    }

    #[test]
    fn another_day_is_said() {
        assert_eq!(moment_beside(Lang::Vi, AT, "2026-11-23T23:00:00+07:00"), "15:07");
        assert_eq!(moment_beside(Lang::Vi, AT, "2026-11-24T00:00:00+07:00"), "15:07 23/11");
        assert_eq!(moment_beside(Lang::Vi, AT, "2027-01-02T00:00:00+07:00"), "15:07 23/11/2026");
    }
}
