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
    if calendar.assumed {
        answer.assumed_calendar();
    }
    let law = Law { due_soon_ppm: laws.due_soon_ppm(), ..Law::new(chosen.rules, calendar.calendar) };
    let facts: Vec<Fact> =
        known.iter().flat_map(|event| facts_of(&event.kind, event.time, &event.tie, &event.data)).collect();
    answer.fill(&law, &law.clocks(&facts, question.at));
    answer
}

/// Whether a file name means standard input.
#[must_use]
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
