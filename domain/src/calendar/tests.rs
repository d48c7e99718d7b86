use super::*;
use std::path::Path;

pub(crate) const SHIPPED: &str = include_str!("../../../cities/hcmc/calendar.toml");
pub(crate) const HOLIDAYS: &str = include_str!("../../../cities/hcmc/holidays.csv");

fn shipped() -> Calendar {
    let files = |_: &str| Ok(HOLIDAYS.to_owned());
    Calendar::parse(Path::new("calendar.toml"), SHIPPED, &files).unwrap()
}

fn calendar(text: &str) -> Calendar {
    Calendar::parse(Path::new("calendar.toml"), text, &|_| Err("no such file".to_owned())).unwrap()
}

const PLAIN: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

const HOUR: i64 = 3_600_000_000;

fn at(local: &str) -> Timestamp {
    format!("{}+07:00", local.replace(' ', "T")).parse().unwrap()
}

fn local(at: Timestamp) -> String {
    at.to_rfc3339_at(jiff::tz::offset(7)).replace('T', " ").replace("+07:00", "")
}

#[track_caller]
fn check_hours(calendar: &Calendar, from: &str, hours: i64, want: &str) {
    assert_eq!(local(calendar.plus_working(at(from), hours * HOUR)), want);
    assert_eq!(calendar.working_between(at(from), at(want)), hours * HOUR);
}

#[test]
fn working_hours_skip_the_night_the_lunch_break_and_the_weekend() {
    let plain = calendar(PLAIN);
    check_hours(&plain, "2024-03-15 16:30:00", 1, "2024-03-18 08:30:00");
    check_hours(&plain, "2024-03-11 11:30:00", 1, "2024-03-11 13:30:00");
    check_hours(&plain, "2024-03-11 12:20:00", 1, "2024-03-11 14:00:00");
    check_hours(&plain, "2024-03-11 02:00:00", 1, "2024-03-11 09:00:00");
    check_hours(&plain, "2024-03-16 09:00:00", 8, "2024-03-18 17:00:00");
    check_hours(&plain, "2024-03-15 17:00:00", 8, "2024-03-18 17:00:00");
}

#[test]
fn a_period_that_is_over_when_an_interval_ends_is_over_then_and_not_when_the_next_begins() {
    let plain = calendar(PLAIN);
    check_hours(&plain, "2024-03-11 08:00:00", 4, "2024-03-11 12:00:00");
    check_hours(&plain, "2024-03-11 08:00:00", 8, "2024-03-11 17:00:00");
    check_hours(&plain, "2024-03-15 13:00:00", 4, "2024-03-15 17:00:00");
}

#[test]
fn tet_holidays_and_swapped_saturdays_come_from_the_list() {
    let shipped = shipped();
    // 8 to 14 February 2024 are Tết.
    check_hours(&shipped, "2024-02-07 16:00:00", 2, "2024-02-15 09:00:00");
    // Saturday 4 May 2024 is worked for Monday 29 April.
    check_hours(&shipped, "2024-05-03 16:00:00", 2, "2024-05-04 09:00:00");
    check_hours(&shipped, "2024-04-26 16:00:00", 2, "2024-05-02 09:00:00");
    // 22 August 2026 is worked for 31 August.
    check_hours(&shipped, "2026-08-21 16:00:00", 2, "2026-08-22 09:00:00");
    check_hours(&shipped, "2026-08-28 16:00:00", 2, "2026-09-03 09:00:00");
    assert_eq!(shipped.view(Day::of("2024-05-04".parse().unwrap())).kind, DayKind::MakeUp);
    let tet = shipped.view(Day::of("2024-02-12".parse().unwrap()));
    assert_eq!((tet.kind, tet.note.unwrap().name.vi.as_str()), (DayKind::Holiday, "Mùng ba Tết Nguyên Đán"));
}

#[track_caller]
fn check_days(calendar: &Calendar, from: &str, days: u32, working: bool, last: &str) {
    let count = DayCount::default();
    let end = if working {
        calendar.plus_working_days(at(from), days, count)
    } else {
        calendar.plus_calendar_days(at(from), days, count)
    };
    let day = Day::of(last.parse().unwrap()).plus(1);
    assert_eq!(local(end), format!("{day} 00:00:00"));
}

#[test]
fn days_begin_on_the_day_after_the_start_and_end_at_midnight() {
    let plain = calendar(PLAIN);
    check_days(&plain, "2024-03-14 10:00:00", 5, true, "2024-03-21");
    check_days(&plain, "2024-03-15 16:30:00", 5, true, "2024-03-22");
    check_days(&plain, "2024-03-16 09:00:00", 5, true, "2024-03-22");
    check_days(&plain, "2024-03-14 00:00:00", 1, true, "2024-03-15");
    check_days(&plain, "2024-03-14 23:59:59.999999", 1, true, "2024-03-15");
    check_days(&plain, "2024-03-12 10:00:00", 10, false, "2024-03-22");
    check_days(&plain, "2024-03-14 10:00:00", 15, false, "2024-03-29");
    check_days(&shipped(), "2024-04-24 10:00:00", 5, true, "2024-05-04");
}

#[test]
fn a_last_day_that_is_not_worked_moves_to_the_next_working_day() {
    check_days(&calendar(PLAIN), "2024-03-14 10:00:00", 10, false, "2024-03-25");
    // The tenth day is 8 February 2024; work goes on after Tết on the 15th.
    check_days(&shipped(), "2024-01-29 10:00:00", 10, false, "2024-02-15");
    // The tenth day is Saturday 4 May 2024, which is worked.
    check_days(&shipped(), "2024-04-24 10:00:00", 10, false, "2024-05-04");
}

#[test]
fn how_days_are_counted_can_be_set() {
    let plain = calendar(PLAIN);
    let start = at("2024-03-14 10:00:00");
    let counts = DayCount { start_day_counts: true, ..DayCount::default() };
    assert_eq!(local(plain.plus_working_days(start, 5, counts)), "2024-03-21 00:00:00");
    assert_eq!(local(plain.plus_calendar_days(start, 5, counts)), "2024-03-19 00:00:00");
    let stays = DayCount { last_day_moves: false, ..DayCount::default() };
    assert_eq!(local(plain.plus_calendar_days(start, 10, stays)), "2024-03-25 00:00:00");
    let close = DayCount { ends_at_close: true, ..DayCount::default() };
    assert_eq!(local(plain.plus_working_days(start, 5, close)), "2024-03-21 17:00:00");
}

#[test]
fn half_days_validity_and_days_with_hours_of_their_own() {
    let text = r#"
[calendar.default]
utc_offset = "+07:00"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
half_days = { sat = ["08:00-12:00"] }
non_working = ["2024-03-20", { date = "2024-03-21", name = { vi = "Nghỉ", en = "Off" } }]
working = [{ date = 2024-03-24, intervals = ["09:00-10:00"] }]

[calendar.summer]
valid_from = "2024-06-01"
valid_to = "2024-08-31"
weekdays = ["mon", "tue", "wed", "thu"]
intervals = ["07:00-11:30"]
"#;
    let own = calendar(text);
    check_hours(&own, "2024-03-15 16:00:00", 2, "2024-03-16 09:00:00");
    check_hours(&own, "2024-03-19 16:00:00", 2, "2024-03-22 09:00:00");
    check_hours(&own, "2024-03-23 11:00:00", 2, "2024-03-24 10:00:00");
    check_hours(&own, "2024-05-31 16:30:00", 1, "2024-06-03 07:30:00");
    check_days(&own, "2024-03-15 10:00:00", 1, true, "2024-03-16");
}

#[test]
fn working_time_added_is_the_working_time_measured_at_any_second() {
    let shipped = shipped();
    let mut seed = 7_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % below).unwrap()
    };
    for _ in 0..20_000 {
        let start = Timestamp::from_secs(1_577_836_800 + next(7 * 366 * 86_400));
        let micros = 1 + next(4_000_000) * 1_000_003;
        let end = shipped.plus_working(start, micros);
        assert_eq!(shipped.working_between(start, end), micros);
        assert_eq!(shipped.working_between(start, end.plus_micros(-1)), micros - 1);
        assert_eq!(shipped.working_between(end, start), -micros);
    }
}

/// The same questions answered the slow way: second by second of a day, day after day, on the list itself.
mod walk {
    use std::collections::BTreeMap;

    use jiff::civil::{Date, DateTime, Weekday};

    pub(super) struct Walk(BTreeMap<Date, bool>);

    impl Walk {
        pub(super) fn new() -> Self {
            let rows = super::HOLIDAYS.lines().skip(1).filter(|row| !row.is_empty());
            let days = rows.map(|row| (row[..10].parse().unwrap(), row.contains(",yes,")));
            Self(days.collect())
        }

        pub(super) fn works(&self, day: Date) -> bool {
            let week = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            self.0.get(&day).copied().unwrap_or(week)
        }

        pub(super) fn plus_working_secs(&self, mut at: DateTime, mut secs: i64) -> DateTime {
            loop {
                for (from, to) in [(8, 12), (13, 17)] {
                    let (from, to) = (at.date().at(from, 0, 0, 0), at.date().at(to, 0, 0, 0));
                    if !self.works(at.date()) || at >= to {
                        continue;
                    }
                    let begin = at.max(from);
                    let left = begin.duration_until(to).as_secs();
                    if secs <= left {
                        return begin.saturating_add(jiff::SignedDuration::from_secs(secs));
                    }
                    secs -= left;
                    at = to;
                }
                at = at.date().tomorrow().unwrap().at(0, 0, 0, 0);
            }
        }

        pub(super) fn end_of_working_days(&self, at: DateTime, mut days: u32) -> DateTime {
            let mut day = at.date();
            while days > 0 {
                day = day.tomorrow().unwrap();
                days -= u32::from(self.works(day));
            }
            day.tomorrow().unwrap().at(0, 0, 0, 0)
        }

        pub(super) fn end_of_days(&self, at: DateTime, days: u32) -> DateTime {
            let mut day = at.date();
            for _ in 0..days {
                day = day.tomorrow().unwrap();
            }
            while !self.works(day) {
                day = day.tomorrow().unwrap();
            }
            day.tomorrow().unwrap().at(0, 0, 0, 0)
        }
    }
}

#[test]
fn the_table_answers_as_a_walk_day_by_day_does() {
    let (shipped, walk) = (shipped(), walk::Walk::new());
    let offset = jiff::tz::offset(7);
    let mut seed = 99_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % below).unwrap()
    };
    for round in 0..20_000 {
        // From 2019 to October 2026; every other start is a whole hour, where intervals begin and end.
        let secs = 1_546_275_600 + next(246_000_000);
        let start = Timestamp::from_secs(if round % 2 == 0 { secs - secs % 3600 } else { secs });
        let civil = offset.to_datetime(start.to_jiff());
        let instant = |civil: jiff::civil::DateTime| Timestamp::from(offset.to_timestamp(civil).unwrap());
        let count = DayCount::default();
        for hours in [1, 2, 8, 48] {
            let want = instant(walk.plus_working_secs(civil, hours * 3600));
            assert_eq!(shipped.plus_working(start, hours * HOUR), want, "{civil} + {hours} h");
        }
        for days in [1, 2, 5, 10, 15] {
            let want = instant(walk.end_of_working_days(civil, days));
            assert_eq!(shipped.plus_working_days(start, days, count), want, "{civil} + {days} working days");
            let want = instant(walk.end_of_days(civil, days));
            assert_eq!(shipped.plus_calendar_days(start, days, count), want, "{civil} + {days} days");
        }
    }
}

#[test]
fn days_in_which_clocks_are_put_forward_or_back_are_as_long_as_they_are() {
    let text = r#"
[calendar.default]
zone = "America/New_York"
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
intervals = ["00:00-24:00"]
"#;
    let own = calendar(text);
    let start: Timestamp = "2015-11-01T00:00:00-04:00".parse().unwrap();
    assert_eq!(own.plus_working(start, 25 * HOUR), "2015-11-02T00:00:00-05:00".parse().unwrap());
    assert_eq!(own.end_of(own.day_of(start)), "2015-11-02T00:00:00-05:00".parse().unwrap());
    let spring: Timestamp = "2015-03-08T00:00:00-05:00".parse().unwrap();
    assert_eq!(own.working_between(spring, own.end_of(own.day_of(spring))), 23 * HOUR);
}

#[test]
fn beyond_the_known_holidays_the_calendar_says_so() {
    let shipped = shipped();
    let known = shipped.known().unwrap();
    assert_eq!((known.from.to_string(), known.to.to_string()), ("2018-01-01".into(), "2026-12-31".into()));
    assert!(!shipped.is_beyond_known(at("2024-01-01 00:00:00"), at("2027-01-01 00:00:00")));
    assert!(shipped.is_beyond_known(at("2024-01-01 00:00:00"), at("2027-01-01 00:00:01")));
    assert!(shipped.is_beyond_known(at("2017-12-31 23:00:00"), at("2018-01-02 00:00:00")));
    assert!(!calendar(PLAIN).is_beyond_known(at("2017-12-31 23:00:00"), at("2040-01-02 00:00:00")));
}

#[track_caller]
fn check_fault(text: &str, holidays: &str, want: &str) {
    let files = |_: &str| Ok(holidays.to_owned());
    let fault = Calendar::parse(Path::new("c.toml"), text, &files).unwrap_err();
    assert_eq!(fault.to_string(), want);
}

#[test]
fn what_is_wrong_is_said_with_line_and_column() {
    let plain = |more: &str| format!("{}{more}\n", PLAIN.trim_start());
    check_fault("x = 1", "", "c.toml:1:1: the file has no key \"x\"; its keys are calendar");
    check_fault(
        &plain("zome = 1"),
        "",
        "c.toml:5:1: [calendar.default] has no key \"zome\"; its keys are zone, utc_offset, weekdays, \
         intervals, half_days, holidays, holidays_known, non_working, working, due_soon_fraction, \
         valid_from, valid_to",
    );
    check_fault(
        &plain("").replace("Asia/Ho_Chi_Minh", "Asia/Nowhere"),
        "",
        "c.toml:2:8: no time zone \"Asia/Nowhere\"; an IANA name such as Asia/Ho_Chi_Minh",
    );
    check_fault(
        &plain("").replace("\"tue\"", "\"tues\""),
        "",
        "c.toml:3:20: \"tues\" is no day of the week; they are mon, tue, wed, thu, fri, sat, sun",
    );
    check_fault(
        &plain("").replace("13:00-17:00", "11:00-17:00"),
        "",
        "c.toml:4:29: 11:00-17:00 begins before the interval ahead of it ends",
    );
    check_fault(
        &plain("").replace("13:00-17:00", "13:00"),
        "",
        "c.toml:4:29: \"13:00\" is no interval such as \"08:00-12:00\"",
    );
    check_fault(
        &plain("non_working = [\"2024-02-30\"]"),
        "",
        "c.toml:5:16: calendar.default.non_working is \"2024-02-30\", which is no date such as 2024-04-29",
    );
    check_fault(
        &plain("valid_from = \"2024-02-03\"\nvalid_to = \"2024-02-01\""),
        "",
        "c.toml:6:1: [calendar.default] ends on 2024-02-01, before it starts on 2024-02-03",
    );
    check_fault(
        &plain("non_working = [\"2024-02-01\"]\nworking = [\"2024-02-01\"]"),
        "",
        "c.toml:6:12: 2024-02-01 is both worked and not worked",
    );
}

#[test]
fn a_fault_in_a_list_of_holidays_names_its_own_line() {
    let text = format!("{}holidays = [\"days.csv\"]\n", PLAIN.trim_start());
    let fault = |csv: &str, want: &str| check_fault(&text, csv, want);
    fault("date,name_vi\n", "days.csv:1:1: the list has no column working_day");
    fault("date,working_day\n2024-1-32,no\n", "days.csv:2:1: \"2024-1-32\" is no date such as 2024-04-29");
    fault("date,working_day\n2024-01-02,oui\n", "days.csv:2:12: working_day is \"oui\", neither yes nor no");
    fault("date,working_day\n2024-01-02\n", "days.csv:2:1: 1 fields where the header has 2");
    fault("date,working_day\n2024-01-02,no\n\n2024-01-02,no\n", "days.csv:4:1: 2024-01-02 is listed twice");
}
