//! The clocks of one case, explained: from its events alone, as they stand at an instant, under the
//! rules and the calendar of a city or of files that are tried out.
//!
//! Nothing here knows a server or a log: a question and its answer can be checked by hand.

mod answer;
mod events;
mod laws;

use std::path::Path;

use domain::Timestamp;
use domain::city::Label;
use domain::clock::facts::Fact;
use domain::clock::rules::Law;
use domain::clock::words::facts_of;
use domain::regulation::{Limit, Measure, Rule};

pub use answer::{Answer, ClockAnswer, ElapsedAnswer};
pub use events::{CaseEvent, CaseEvents, EventsError, read as read_events};
pub use laws::{Laws, LawsError, Sources};

/// The language of explanations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub fn of(self, label: Label) -> String {
        match self {
            Self::Vi => label.vi,
            Self::En => label.en,
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The instant: what happened later is not known.
    pub at: Timestamp,
    /// The language of the explanation.
    pub language: Language,
    /// Whether clocks that no longer count, and times without a limit, are shown as well.
    pub all: bool,
}

/// Answers for one case.
#[must_use]
pub fn answer(case: &CaseEvents, laws: &Laws, question: Question) -> Answer {
    let known: Vec<&CaseEvent> = case.events.iter().filter(|event| event.time <= question.at).collect();
    let mut answer = Answer::new(&case.case, question, laws.zone());
    if known.is_empty() {
        answer.nothing_known(case.events.first().map(|event| event.time));
        return answer;
    }
    let Some(received) = known.iter().find(|event| event.kind == "case.received") else {
        answer.not_received();
        return answer;
    };
    let kind = received.data.get("kind").and_then(serde_json::Value::as_str).unwrap_or("report");
    let day = laws.day_of(received.time);
    let Some(chosen) = laws.choose(kind, day) else {
        answer.no_rule_set(kind, day);
        return answer;
    };
    if let Some(ended) = chosen.expired {
        answer.expired(&chosen.rules.id, ended);
    }
    let calendar = laws.calendar(chosen.rules);
    let law = Law { due_soon_ppm: laws.due_soon_ppm(), ..Law::new(chosen.rules, calendar.calendar) };
    let facts: Vec<Fact> =
        known.iter().flat_map(|event| facts_of(&event.kind, event.time, &event.tie, &event.data)).collect();
    let clocks = law.clocks(&facts, question.at);
    answer.fill(&law, &clocks);
    if calendar.assumed && clocks.clocks.iter().any(|clock| counts_days_or_work(law.rules.rule(clock.rule))) {
        answer.assumed_calendar();
    }
    answer
}

/// Whether the limit of a rule needs to know when people work.
fn counts_days_or_work(rule: &Rule) -> bool {
    matches!(&rule.limit, Limit::Period { unit, .. } if !matches!(unit.measure, Measure::ClockTime(_)))
}

/// Whether a file name means standard input.
#[must_use]
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
