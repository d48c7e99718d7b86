//! Numbers and durations in the reader's form: 3.204 and 91,2 % in Vietnamese, 3,204 and 91.2% in
//! English.

use domain::Value;

use super::Lang;

const MICROS_PER_SEC: i64 = 1_000_000;
const SECS_PER_DAY: i64 = 86_400;
/// What stands where nothing was measured.
pub const NOTHING: &str = "–";

/// A whole number with its thousands apart.
#[must_use]
pub fn count(lang: Lang, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let separator = match lang {
        Lang::Vi => '.',
        Lang::En => ',',
    };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number with decimals.
#[must_use]
pub fn decimal(lang: Lang, number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.chars().all(|char| matches!(char, '0' | '.'));
    let mut shown = count(lang, whole.parse().unwrap_or(i64::MAX));
    if number < 0.0 && !is_zero {
        shown.insert(0, '\u{2212}');
    }
    if !fraction.is_empty() {
        shown.push(match lang {
            Lang::Vi => ',',
            Lang::En => '.',
        });
        shown.push_str(fraction);
    }
    shown
}

/// A part of a whole in percent with one decimal; [`NOTHING`] of an empty whole. Never rounded up to
/// a hundred: 9,996 of 10,000 is 99.9.
#[must_use]
pub fn share(lang: Lang, part: i64, whole: i64) -> String {
    if whole <= 0 {
        return NOTHING.to_owned();
    }
    let permille = i128::from(part) * 1000;
    let rounded = (permille * 2 + i128::from(whole)) / (i128::from(whole) * 2);
    let rounded = if part < whole { rounded.min(999) } else { rounded };
    #[allow(clippy::cast_precision_loss)] // At most 1,000 for a part of a whole.
    percent(lang, rounded as f64 / 10.0, 1)
}

/// A percentage.
#[must_use]
pub fn percent(lang: Lang, number: f64, digits: usize) -> String {
    let number = decimal(lang, number, digits);
    match lang {
        Lang::Vi => format!("{number}\u{a0}%"),
        Lang::En => format!("{number}%"),
    }
}

/// A cell of a table.
#[must_use]
pub fn value(lang: Lang, value: &Value) -> String {
    match value {
        Value::Int(number) => count(lang, *number),
        Value::Float(number) => decimal(lang, *number, 2),
        Value::Text(text) => text.clone(),
        Value::Null => NOTHING.to_owned(),
    }
}

/// A duration as a running clock: `19:42:08`, `2 ngày 06:15`.
#[must_use]
pub fn running(lang: Lang, micros: i64) -> String {
    let secs = micros.unsigned_abs() / MICROS_PER_SEC.unsigned_abs();
    let days = secs / SECS_PER_DAY.unsigned_abs();
    let (hours, mins, rest) = (secs / 3600 % 24, secs / 60 % 60, secs % 60);
    if days == 0 {
        return format!("{hours:02}:{mins:02}:{rest:02}");
    }
    let days_text = count(lang, i64::try_from(days).unwrap_or(i64::MAX));
    let word = match (lang, days) {
        (Lang::Vi, _) => "ngày",
        (Lang::En, 1) => "day",
        (Lang::En, _) => "days",
    };
    format!("{days_text}\u{a0}{word} {hours:02}:{mins:02}")
}

/// A duration in one unit, for reading aside: `2 giây`, `6 phút`, `3 giờ`, `2 ngày`.
#[must_use]
pub fn rough(lang: Lang, micros: i64) -> String {
    let secs = micros.max(0) / MICROS_PER_SEC;
    let (number, vi, one, many) = match secs {
        0..60 => (secs, "giây", "second", "seconds"),
        60..3600 => (secs / 60, "phút", "minute", "minutes"),
        3600..SECS_PER_DAY => (secs / 3600, "giờ", "hour", "hours"),
        _ => (secs / SECS_PER_DAY, "ngày", "day", "days"),
    };
    let word = match (lang, number) {
        (Lang::Vi, _) => vi,
        (Lang::En, 1) => one,
        (Lang::En, _) => many,
    };
    format!("{}\u{a0}{word}", count(lang, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: i64, vi: &str, en: &str) {
        assert_eq!(count(Lang::Vi, number), vi);
        assert_eq!(count(Lang::En, number), en);
    }

    #[test]
    fn thousands_stand_apart_in_the_readers_form() {
        check(0, "0", "0");
        check(999, "999", "999");
        check(3204, "3.204", "3,204");
        check(-1_234_567, "\u{2212}1.234.567", "\u{2212}1,234,567");
    }

    #[test]
    fn a_share_says_nothing_of_an_empty_whole_and_never_rounds_up_to_all() {
        assert_eq!(share(Lang::Vi, 375, 386), "97,2\u{a0}%");
        assert_eq!(share(Lang::En, 9_999, 10_000), "99.9%");
        assert_eq!(share(Lang::En, 10, 10), "100.0%");
        assert_eq!(share(Lang::Vi, 0, 0), NOTHING);
    }

    #[test]
    fn a_duration_runs_to_the_second_and_past_a_day_to_the_minute() {
        assert_eq!(running(Lang::Vi, 70_928 * MICROS_PER_SEC), "19:42:08");
        assert_eq!(running(Lang::Vi, (2 * SECS_PER_DAY + 22_500) * MICROS_PER_SEC), "2\u{a0}ngày 06:15");
        assert_eq!(running(Lang::En, SECS_PER_DAY * MICROS_PER_SEC), "1\u{a0}day 00:00");
        assert_eq!(rough(Lang::En, 90 * MICROS_PER_SEC), "1\u{a0}minute");
        assert_eq!(decimal(Lang::Vi, -0.001, 1), "0,0");
    }
}
