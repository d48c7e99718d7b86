//! The counting of a period, day by day or interval by interval.

use super::super::rules::{Law, RuleClock};
use super::line;
use super::words::{day, span, why_off};
use crate::calendar::{Day, DayKind};
use crate::city::Label;
use crate::regulation::{Measure, Unit};
use crate::time::Timestamp;

/// A period longer than this is summed up: nobody reads two hundred lines.
const DAYS_MAX: i32 = 120;

/// How long, and how that is counted.
pub(super) fn heading(count: u32, unit: &Unit) -> Label {
    let (vi, en) = match unit.measure {
        Measure::ClockTime(_) => {
            ("tính liên tục, cả đêm và ngày nghỉ", "continuous, nights and days off included")
        }
        Measure::WorkingTime(_) => ("chỉ tính trong giờ làm việc", "inside working intervals only"),
        Measure::WorkingDays(_) => ("chỉ tính ngày làm việc", "working days only"),
        Measure::CalendarDays(_) => ("tính cả ngày nghỉ", "days off included"),
    };
    line(
        format!("Thời hạn: không quá {count} {}, {vi}", unit.label.vi),
        format!("Limit: not more than {count} {}, {en}", unit.label.en),
    )
}

pub(super) fn lines(law: &Law<'_>, clock: &RuleClock, count: u32, unit: &Unit, why: &mut Vec<Label>) {
    let counting = Counting { law, start: clock.start, due: clock.due };
    if clock.due >= Timestamp::MAX {
        why.push(line("Hạn nằm ngoài lịch", "The limit lies beyond the calendar"));
        return;
    }
    match unit.measure {
        Measure::ClockTime(_) => counting.clock_time(why),
        Measure::WorkingTime(_) => counting.working_time(why),
        Measure::WorkingDays(each) => counting.working_days(count * each, why),
        Measure::CalendarDays(each) => counting.calendar_days(count * each, why),
    }
}

struct Counting<'a> {
    law: &'a Law<'a>,
    start: Timestamp,
    due: Timestamp,
}

impl Counting<'_> {
    fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(self.law.calendar.zone())
    }

    /// The wall clock at an instant; the end of a day is 24:00.
    fn clock(&self, at: Timestamp, of: Day) -> String {
        if at == self.law.calendar.end_of(of) {
            return "24:00".to_owned();
        }
        let text = self.show(at);
        // Between `T` and the offset; seconds only where there are some.
        let time = text.get(11..text.len() - 6).unwrap_or_default();
        time.strip_suffix(":00").filter(|short| short.len() >= 5).unwrap_or(time).to_owned()
    }

    fn clock_time(&self, why: &mut Vec<Label>) {
        let long = span(self.due.since(self.start));
        let (start, due) = (self.show(self.start), self.show(self.due));
        why.push(line(format!("{start} + {} = {due}", long.vi), format!("{start} + {} = {due}", long.en)));
    }

    fn days(&self, first: Day, last: Day) -> impl Iterator<Item = Day> {
        (0..=last.since(first)).map(move |days| first.plus(days))
    }

    /// The day in which the limit ends: at 24:00 it is the day before the next.
    fn last_day(&self) -> Day {
        self.law.calendar.day_of(self.due.plus_micros(-Timestamp::STEP))
    }

    fn off(&self, of: Day, why: &mut Vec<Label>) {
        let (name, because) = (day(of), why_off(&self.law.calendar.view(of)));
        why.push(line(
            format!("{}: {}, không tính", name.vi, because.vi),
            format!("{}: {}, not counted", name.en, because.en),
        ));
    }

    fn working_time(&self, why: &mut Vec<Label>) {
        let calendar = self.law.calendar;
        let (first, last) = (calendar.day_of(self.start), calendar.day_of(self.due));
        if last.since(first) > DAYS_MAX {
            let all = span(calendar.working_between(self.start, self.due));
            why.push(line(
                format!("Tổng giờ làm việc: {}", all.vi),
                format!("Working time in all: {}", all.en),
            ));
            return;
        }
        let mut sum = 0;
        for of in self.days(first, last) {
            if !calendar.is_working(of) {
                self.off(of, why);
                continue;
            }
            for interval in calendar.intervals_of(of) {
                let (from, to) = (interval.start.max(self.start), interval.end.min(self.due));
                if from >= to {
                    continue;
                }
                sum += to.since(from);
                let (name, part, all) = (self.named(of), span(to.since(from)), span(sum));
                let hours = format!("{}–{}", self.clock(from, of), self.clock(to, of));
                why.push(line(
                    format!("{} {hours}: {}, cộng dồn {}", name.vi, part.vi, all.vi),
                    format!("{} {hours}: {}, sum {}", name.en, part.en, all.en),
                ));
            }
        }
    }

    /// A day with its name, and that it is worked instead of another.
    fn named(&self, of: Day) -> Label {
        let (name, view) = (day(of), self.law.calendar.view(of));
        match (view.kind, view.note) {
            (DayKind::MakeUp, Some(note)) => {
                line(format!("{} ({})", name.vi, note.name.vi), format!("{} ({})", name.en, note.name.en))
            }
            (DayKind::MakeUp, None) => {
                line(format!("{} (làm bù)", name.vi), format!("{} (worked instead)", name.en))
            }
            _ => name,
        }
    }

    fn start_day(&self, why: &mut Vec<Label>) -> Day {
        let first = self.law.calendar.day_of(self.start);
        if self.law.rules.settings.days.start_day_counts {
            return first;
        }
        let name = day(first);
        why.push(line(
            format!("{}: ngày bắt đầu, không tính", name.vi),
            format!("{}: the day of the start, not counted", name.en),
        ));
        first.plus(1)
    }

    fn working_days(&self, count: u32, why: &mut Vec<Label>) {
        let calendar = self.law.calendar;
        let (first, last) = (self.start_day(why), self.last_day());
        let short = last.since(first) <= DAYS_MAX;
        let mut counted = 0;
        for of in self.days(first, last) {
            if calendar.is_working(of) {
                counted += 1;
                if short {
                    let name = self.named(of);
                    why.push(line(
                        format!("{}: ngày {counted}/{count}", name.vi),
                        format!("{}: day {counted} of {count}", name.en),
                    ));
                }
            } else if short {
                self.off(of, why);
            }
        }
        if !short {
            why.push(line(
                format!("{counted} ngày làm việc từ {first} đến {last}"),
                format!("{counted} working days from {first} to {last}"),
            ));
        }
        self.end(last, why);
    }

    fn calendar_days(&self, count: u32, why: &mut Vec<Label>) {
        let calendar = self.law.calendar;
        let (first, last) = (self.start_day(why), self.last_day());
        let settings = self.law.rules.settings.days;
        let stated = calendar.last_calendar_day(self.start, count, settings).min(last);
        let (from, to) = (day(first), day(stated));
        let days = stated.since(first) + 1;
        why.push(line(
            format!("Ngày 1: {}; ngày {days}: {}", from.vi, to.vi),
            format!("Day 1: {}; day {days}: {}", from.en, to.en),
        ));
        if stated < last {
            for of in self.days(stated, last.plus(-1)) {
                let (name, because) = (day(of), why_off(&calendar.view(of)));
                why.push(line(
                    format!("{}: {}, hạn chuyển sang ngày làm việc tiếp theo", name.vi, because.vi),
                    format!("{}: {}, the last day moves to the next working day", name.en, because.en),
                ));
            }
        }
        self.end(last, why);
    }

    fn end(&self, last: Day, why: &mut Vec<Label>) {
        let (name, clock, due) = (day(last), self.clock(self.due, last), self.show(self.due));
        why.push(line(
            format!("Ngày cuối {}, hết lúc {clock}: {due}", name.vi),
            format!("Last day {}, ends at {clock}: {due}", name.en),
        ));
    }
}
