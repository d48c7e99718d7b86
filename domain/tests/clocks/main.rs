//! The law's clocks by value: events in, clocks out, on the cities' own files.

#![allow(clippy::unwrap_used)] // A test that meets something unexpected should stop there.

mod conditions;
mod escalation;
mod extension;
mod files;
mod generated;
mod hands;
mod order;
mod sample;
mod vectors;
mod walk;

use std::path::Path;
use std::sync::Arc;

use domain::Timestamp;
use domain::calendar::Calendar;
use domain::clock::facts::Fact;
use domain::clock::rules::{ClockState, Clocks, Law, RuleClock};
use domain::clock::words::facts_of;
use domain::regulation::RuleSet;
use serde_json::{Value as Json, json};

pub(crate) const HCM: &str = include_str!("../../../cities/hcmc/regulations/hcm-4874.toml");
pub(crate) const HP: &str = include_str!("../../../cities/haiphong/regulations/hp-583.toml");
pub(crate) const OS: &str = include_str!("../../../cities/hcmc/regulations/os-2686.toml");
pub(crate) const CALENDAR: &str = include_str!("../../../cities/hcmc/calendar.toml");
pub(crate) const HOLIDAYS: &str = include_str!("../../../cities/hcmc/holidays.csv");

pub(crate) const PLAIN: &str = r#"
[calendar.default]
zone = "Asia/Ho_Chi_Minh"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
intervals = ["08:00-12:00", "13:00-17:00"]
"#;

pub(crate) fn rules(text: &str) -> RuleSet {
    RuleSet::parse(Path::new("rules.toml"), text, &|_| Err("no such file".to_owned())).unwrap()
}

pub(crate) fn calendar(text: &str) -> Calendar {
    Calendar::parse(Path::new("calendar.toml"), text, &|_| Ok(HOLIDAYS.to_owned())).unwrap()
}

/// `2024-03-14 10:00` or `2024-03-14 10:00:30`, in Vietnam.
pub(crate) fn at(local: &str) -> Timestamp {
    let seconds = if local.len() == 16 { ":00" } else { "" };
    format!("{}{seconds}+07:00", local.replace(' ', "T")).parse().unwrap()
}

/// As [`at`] reads it.
pub(crate) fn local(at: Timestamp) -> String {
    let text = at.to_rfc3339_at(jiff::tz::offset(7)).replace('T', " ").replace("+07:00", "");
    text.strip_suffix(":00").map_or(text.clone(), str::to_owned)
}

/// One event: its time, its type without prefixes, its data.
pub(crate) fn event(time: &str, kind: &str, data: Json) -> Vec<Fact> {
    let tie: Arc<str> = Arc::from(format!("test {time} {kind} {data}").as_str());
    facts_of(&format!("case.{kind}"), at(time), &tie, data.as_object().unwrap())
}

pub(crate) fn received(time: &str, group: u8) -> Vec<Fact> {
    event(time, "received", json!({ "kind": "report", "city": "hcmc", "content_group": group }))
}

pub(crate) fn step(time: &str, step: &str) -> Vec<Fact> {
    event(time, "step", json!({ "step": step }))
}

pub(crate) fn transferred(time: &str, step: &str) -> Vec<Fact> {
    event(time, "transferred", json!({ "step": step, "to": "U" }))
}

/// A case under a rule set, on a calendar.
pub(crate) struct Case {
    pub(crate) rules: RuleSet,
    pub(crate) calendar: Calendar,
    pub(crate) facts: Vec<Fact>,
}

impl Case {
    pub(crate) fn new(rules_text: &str, events: &[Vec<Fact>]) -> Self {
        Self { rules: rules(rules_text), calendar: calendar(PLAIN), facts: events.concat() }
    }

    pub(crate) fn with(mut self, setting: &str) -> Self {
        self.rules.set(setting).unwrap();
        self
    }

    pub(crate) fn on(mut self, text: &str) -> Self {
        self.calendar = calendar(text);
        self
    }

    pub(crate) fn clocks(&self, now: &str) -> Clocks {
        Law::new(&self.rules, &self.calendar).clocks(&self.facts, at(now))
    }

    /// The clocks of a rule that count.
    pub(crate) fn of(&self, rule: &str, now: &str) -> Vec<RuleClock> {
        let ix = self.rules.find(rule).unwrap();
        let all = self.clocks(now).clocks;
        all.into_iter().filter(|clock| clock.rule == ix && clock.counts()).collect()
    }

    /// The one clock of a rule that counts.
    #[track_caller]
    pub(crate) fn one(&self, rule: &str, now: &str) -> RuleClock {
        let mut all = self.of(rule, now);
        assert_eq!(all.len(), 1, "{rule} at {now}: {all:?}");
        all.swap_remove(0)
    }

    #[track_caller]
    pub(crate) fn check_due(&self, rule: &str, now: &str, want: &str) {
        assert_eq!(local(self.one(rule, now).due), want, "{rule}");
    }

    #[track_caller]
    pub(crate) fn check_state(&self, rule: &str, now: &str, want: ClockState) {
        assert_eq!(self.one(rule, now).state, want, "{rule} at {now}");
    }

    #[track_caller]
    pub(crate) fn check_none(&self, rule: &str, now: &str) {
        assert_eq!(self.of(rule, now), [], "{rule} at {now}");
    }
}
