//! Spans, days and shares as people write them.

use super::line;
use crate::calendar::day::weekday_label;
use crate::calendar::{Day, DayKind, DayView};
use crate::city::Label;

/// A span of time: `6 giờ 30 phút`, `6 h 30 min`. Days only from two days on.
#[must_use]
pub fn span(micros: i64) -> Label {
    let secs = micros / 1_000_000;
    let rest = micros % 1_000_000;
    let (days, hours) = if secs >= 2 * 86_400 { (secs / 86_400, secs % 86_400) } else { (0, secs) };
    let parts = [
        (days, "ngày", "d"),
        (hours / 3600, "giờ", "h"),
        (hours % 3600 / 60, "phút", "min"),
        (hours % 60, "giây", "s"),
        (rest, "micrô giây", "µs"),
    ];
    let shown: Vec<_> = parts.iter().filter(|(count, ..)| *count != 0).collect();
    if shown.is_empty() {
        return line("0 phút", "0 min");
    }
    let join = |name: fn(&&(i64, &'static str, &'static str)) -> &'static str| {
        shown.iter().map(|part| format!("{} {}", part.0, name(part))).collect::<Vec<_>>().join(" ")
    };
    line(join(|part| part.1), join(|part| part.2))
}

/// A day with its name: `Thứ Năm 2024-03-14`.
pub(super) fn day(day: Day) -> Label {
    let name = weekday_label(day.weekday());
    line(format!("{} {day}", name.vi), format!("{} {day}", name.en))
}

/// Why a day is not counted.
pub(super) fn why_off(view: &DayView) -> Label {
    let named = |vi: &str, en: &str| match &view.note {
        Some(note) if note.announced => {
            line(format!("{vi}: {}", note.name.vi), format!("{en}: {}", note.name.en))
        }
        Some(note) => line(
            format!("{vi} (chưa công bố): {}", note.name.vi),
            format!("{en} (not announced yet): {}", note.name.en),
        ),
        None => line(vi, en),
    };
    match view.kind {
        DayKind::Holiday => named("nghỉ lễ", "holiday"),
        DayKind::Weekend => named("nghỉ cuối tuần", "weekend"),
        DayKind::Working | DayKind::MakeUp => line("", ""),
    }
}

/// A share in percent, with a fraction only where there is one.
pub(super) fn percent(ppm: u32) -> String {
    format!("{}", f64::from(ppm) / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(micros: i64, vi: &str, en: &str) {
        assert_eq!(span(micros), line(vi, en));
    }

    #[test]
    fn a_span_names_only_what_it_has() {
        check(0, "0 phút", "0 min");
        check(23_400_000_000, "6 giờ 30 phút", "6 h 30 min");
        check(47 * 3_600_000_000, "47 giờ", "47 h");
        check(49 * 3_600_000_000 + 1, "2 ngày 1 giờ 1 micrô giây", "2 d 1 h 1 µs");
        check(61_000_000, "1 phút 1 giây", "1 min 1 s");
    }

    #[test]
    fn a_share_has_a_fraction_only_where_there_is_one() {
        assert_eq!((percent(200_000), percent(125_000)), ("20".to_owned(), "12.5".to_owned()));
    }
}
