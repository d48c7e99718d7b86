//! A case's clock, explained: where it stands, and the arithmetic line by line.
//!
//! Where no regulation gives a clock there is one: the limit that the source states, on a calendar
//! without holidays.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::answer::ClockView;
use domain::case::{Case, Measure, Timeline};
use domain::city::City;
use domain::clock::rules::{Clocks, Law, RuleClock};
use domain::clock::{Clock, Judgement};
use domain::fold::{LawFor, facts_of_case, laws_of, receipt};
use jiff::tz::TimeZone;

/// The rule's name where the source itself states the limit.
const SOURCE_RULE: &str = "source";

/// The clocks of a case as they stand at the instant of the numbers: those of its regulation, else
/// the limit that the source states.
pub(super) fn views(case: &Case, timeline: &Timeline, city: &City, at: Timestamp) -> Vec<ClockView> {
    let by_rules = of_rules(case, city, at);
    if by_rules.is_empty() { of_source(timeline, city, at) } else { by_rules }
}

/// Clocks that had stopped before the city's folder was changed are those of the regulations of then;
/// the others are today's, with the due instant that they had.
fn of_rules(case: &Case, city: &City, at: Timestamp) -> Vec<ClockView> {
    let Some((received, facts)) = receipt(&case.events) else { return Vec::new() };
    let told = facts_of_case(&case.events, received);
    let mut views: Vec<(Place, ClockView)> = Vec::new();
    let mut before: BTreeMap<Place, String> = BTreeMap::new();
    for LawFor { until, law } in laws_of(city, received.time, facts) {
        let Some(law) = law else { continue };
        let clocks = law.clocks(&told, at.min(until));
        for clock in clocks.clocks.iter().filter(|clock| clock.counts()) {
            let place = (law.rules.rule(clock.rule).id.clone(), clock.run);
            if views.iter().any(|(held, _)| *held == place) {
                continue;
            }
            let mut view = of_rule(&law, &clocks, clock, at, &city.zone);
            if until > at || clock.stopped_at.is_some() {
                view.due_before = before.get(&place).filter(|due| **due != view.due).cloned();
                views.push((place, view));
            } else {
                before.insert(place, view.due);
            }
        }
        // What was over before the folder was changed is never looked at again.
        let timeline = case.timeline.as_ref();
        if until <= at
            && timeline.and_then(|timeline| timeline.at(until)).is_some_and(|segment| !segment.open)
        {
            break;
        }
    }
    views.into_iter().map(|(_, view)| view).collect()
}

/// A clock by its rule and by the unit whose part of the case it is.
type Place = (String, u16);

fn of_rule(law: &Law<'_>, clocks: &Clocks, clock: &RuleClock, at: Timestamp, zone: &TimeZone) -> ClockView {
    let told = law.explain(clocks, clock, at);
    let (why, why_en) = told.why.into_iter().map(|line| (line.vi, line.en)).unzip();
    ClockView {
        rule: told.rule,
        clause: Some(told.clause),
        text: told.text,
        reading: told.reading,
        start: clock.start.to_rfc3339(zone),
        due_soon: clock.due_soon_at.to_rfc3339(zone),
        due: clock.due.to_rfc3339(zone),
        state: clock.state.name().to_owned(),
        stopped_at: clock.stopped_at.map(|stopped| stopped.to_rfc3339(zone)),
        extended_until: clock.extension.map(|extension| extension.until.to_rfc3339(zone)),
        due_before: None,
        why,
        why_en,
    }
}

fn of_source(timeline: &Timeline, city: &City, at: Timestamp) -> Vec<ClockView> {
    let Some(clock) = timeline.at(at).and_then(|segment| segment.clock) else {
        return Vec::new();
    };
    let percent = city.due_soon_percent;
    vec![Told { clock, percent, at, stop: stop(timeline, clock, at), zone: &city.zone }.view()]
}

/// When the clock stopped, and how that is judged.
fn stop(timeline: &Timeline, clock: Clock, at: Timestamp) -> Option<(Timestamp, Judgement)> {
    if timeline.at(at).is_some_and(|segment| segment.open) {
        return None;
    }
    let resolved = timeline.flows.iter().rfind(|flow| {
        flow.measure == Measure::Resolved
            && flow.weight > 0
            && flow.at <= at
            && timeline.resolved_at == Some(flow.at)
    });
    if let Some(flow) = resolved {
        return Some((flow.at, flow.judged));
    }
    // Closed, refused, cancelled or found to be a duplicate: since the last change from open.
    let until_now = timeline.segments.iter().filter(|segment| segment.from <= at);
    let ended = until_now.rev().take_while(|segment| !segment.open).last()?;
    Some((ended.from, clock.judge(ended.from)))
}

struct Told<'a> {
    clock: Clock,
    percent: u8,
    at: Timestamp,
    stop: Option<(Timestamp, Judgement)>,
    zone: &'a TimeZone,
}

impl Told<'_> {
    fn view(&self) -> ClockView {
        let clock = self.clock;
        ClockView {
            rule: SOURCE_RULE.to_owned(),
            start: self.show(clock.start),
            due_soon: self.show(clock.due_soon_at),
            due: self.show(clock.due),
            state: self.state().to_owned(),
            stopped_at: self.stop.map(|(at, _)| self.show(at)),
            extended_until: clock.extended_until.map(|until| self.show(until)),
            why: self.why(),
            ..ClockView::default()
        }
    }

    fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(self.zone)
    }

    fn state(&self) -> &'static str {
        match self.stop {
            Some((_, Judgement::Extended)) => "extended",
            Some((_, Judgement::Late)) => "met_late",
            Some((_, Judgement::InTime | Judgement::None | Judgement::NoDeadline)) => "met",
            None if self.runs_on_a_promise() => "extended",
            None => self.clock.timeliness_at(self.at).name(),
        }
    }

    /// Past the limit itself, within the promised time.
    fn runs_on_a_promise(&self) -> bool {
        self.at > self.clock.due && self.clock.extended_until.is_some_and(|until| self.at <= until)
    }

    fn why(&self) -> Vec<String> {
        let clock = self.clock;
        let due = clock.governing_due();
        let limit = clock.due.since(clock.start);
        let mut why = vec![
            format!("Bắt đầu tính: lúc tiếp nhận, {}", self.show(clock.start)),
            format!("Hạn do nguồn tin nêu (due_at): {}", self.show(clock.due)),
            format!(
                "Thời hạn = {} − {} = {}, tính liên tục, không trừ ngày nghỉ",
                self.show(clock.due),
                self.show(clock.start),
                span(limit)
            ),
        ];
        if let Some(until) = clock.extended_until {
            let note = if clock.extended_late {
                "ghi nhận sau khi đã quá hạn: thống kê vẫn tính là trễ"
            } else {
                "ghi nhận trước khi hết hạn"
            };
            why.push(format!("Thời gian cam kết đến {} ({note})", self.show(until)));
        }
        why.push(format!(
            "Sắp trễ hạn từ: {} − {} % × {} = {}",
            self.show(due),
            self.percent,
            span(due.since(clock.start).max(0)),
            self.show(clock.due_soon_at)
        ));
        why.push(self.outcome());
        why
    }

    /// The last line: what the numbers above come to.
    fn outcome(&self) -> String {
        let due = self.clock.governing_due();
        let Some((stopped, judgement)) = self.stop else {
            let left = due.since(self.at);
            let now = self.show(self.at);
            return if left < 0 {
                format!("Lúc {now}: quá hạn {}", span(-left))
            } else {
                format!("Lúc {now}: còn {}", span(left))
            };
        };
        let stopped_at = self.show(stopped);
        let late = stopped.since(self.clock.due);
        match judgement {
            Judgement::Extended => {
                format!("Dừng lúc {stopped_at}: sau hạn {}, trong thời gian cam kết", span(late))
            }
            Judgement::Late => format!("Dừng lúc {stopped_at}: trễ hạn {}", span(late)),
            Judgement::InTime | Judgement::None | Judgement::NoDeadline => {
                format!("Dừng lúc {stopped_at}: đúng hạn, sớm hơn {}", span(-late))
            }
        }
    }
}

/// A length of time in Vietnamese, from days to seconds.
fn span(micros: i64) -> String {
    let secs = micros.unsigned_abs() / 1_000_000;
    let parts =
        [(secs / 86_400, "ngày"), (secs / 3_600 % 24, "giờ"), (secs / 60 % 60, "phút"), (secs % 60, "giây")];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    let sign = if micros < 0 { "−" } else { "" };
    if said.is_empty() { "0 giây".to_owned() } else { format!("{sign}{}", said.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(at_secs: i64, stop: Option<(i64, Judgement)>, promise: Option<i64>) -> ClockView {
        let plain = Clock::stated(Timestamp::from_secs(0), Timestamp::from_secs(100_000), 20);
        let promised = |until| plain.promised(Timestamp::from_secs(until), Timestamp::from_secs(0), 20);
        let clock = promise.map_or(plain, promised);
        let stop = stop.map(|(at, judgement)| (Timestamp::from_secs(at), judgement));
        Told { clock, percent: 20, at: Timestamp::from_secs(at_secs), stop, zone: &TimeZone::UTC }.view()
    }

    #[track_caller]
    fn check(at_secs: i64, stop: Option<(i64, Judgement)>, promise: Option<i64>, want: &str) {
        assert_eq!(told(at_secs, stop, promise).state, want);
    }

    #[test]
    fn each_state_has_its_word() {
        check(79_999, None, None, "in_time");
        check(80_000, None, None, "due_soon");
        check(100_000, None, None, "due_soon");
        check(100_001, None, None, "overdue");
        check(100_001, None, Some(200_000), "extended");
        check(200_001, None, Some(200_000), "overdue");
        check(300_000, Some((99_999, Judgement::InTime)), None, "met");
        check(300_000, Some((100_001, Judgement::Late)), None, "met_late");
        check(300_000, Some((150_000, Judgement::Extended)), Some(200_000), "extended");
    }

    #[test]
    fn the_arithmetic_is_written_out() {
        let view = told(100_060, None, None);
        assert_eq!(
            view.why,
            [
                "Bắt đầu tính: lúc tiếp nhận, 1970-01-01T00:00:00+00:00",
                "Hạn do nguồn tin nêu (due_at): 1970-01-02T03:46:40+00:00",
                "Thời hạn = 1970-01-02T03:46:40+00:00 − 1970-01-01T00:00:00+00:00 = 1 ngày 3 giờ 46 phút 40 giây, \
                 tính liên tục, không trừ ngày nghỉ",
                "Sắp trễ hạn từ: 1970-01-02T03:46:40+00:00 − 20 % × 1 ngày 3 giờ 46 phút 40 giây = \
                 1970-01-01T22:13:20+00:00",
                "Lúc 1970-01-02T03:47:40+00:00: quá hạn 1 phút",
            ]
        );
    }
}
