//! Regulations as data: what a rule set says, read from a file and checked word by word.
//!
//! A rule set is chosen by city, kind of case and the day on which the case was received. What its
//! rules come to for a case belongs to `clock`. A new regulation is a new file; a step, a flag or a
//! unit that nobody has heard of is declared in that file.

mod book;
mod expr;
pub mod life_cycle;
mod read;
pub mod requirement;
mod settings;
pub mod vocabulary;

use std::sync::Arc;

use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::city::Label;

pub use book::{Book, Chosen};
pub use life_cycle::LifeCycle;
pub use requirement::{CodeForm, Requirement};
pub use settings::{Duplicates, Ratings, Reopening, Restart, SetError, Settings, Suspension};
pub use vocabulary::{Condition, Measure, Steps, Unit, Vocabulary};

/// A rule by its place in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIx(pub u16);

/// What kind of rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Makes a clock with a limit.
    Limit,
    /// Time is shown from start to stop, and never overdue: no number is stated, or "immediately".
    Elapsed,
    /// Whom and what the regulation covers.
    Scope,
    /// How a case comes in: channels, groups, required fields, refusals.
    Intake,
    /// A duty or a transition without a clock of its own: returns, forwards, recorded times.
    Duty,
    /// What follows when a limit runs out.
    Escalation,
    /// What a response has to contain.
    Content,
    /// Publication and personal data.
    Publication,
    /// Ratings.
    Satisfaction,
    /// Reports that are due at intervals.
    Cadence,
    /// Who answers for what.
    Accountability,
    /// Exchange between systems, and the quality of the system itself.
    System,
}

/// How long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The rule states none.
    None,
    /// So many of a unit.
    Period {
        /// How many.
        count: u32,
        /// Of what.
        unit: Unit,
    },
    /// The instant that the case itself has under that name, such as `due_at`.
    From(String),
}

/// An expression over steps with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// As the file has it.
    pub text: String,
    /// What it means.
    pub steps: Steps,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its id, such as `HCM-7.2.b`.
    pub id: String,
    /// Where it stands in the document.
    pub clause: String,
    /// What it says; empty where the file gives no text.
    pub text: Label,
    /// What kind of rule it is.
    pub nature: Nature,
    /// The content groups it is for; empty is "all".
    pub groups: Vec<u8>,
    /// When it applies, as the file has it.
    pub when_text: Option<String>,
    /// When it applies.
    pub when: Condition,
    /// What starts its clock.
    pub start: Option<Moment>,
    /// Whether the start is a reading that the text does not state.
    pub inferred_start: bool,
    /// Other readings of the start, by their text.
    pub start_variants: Vec<Moment>,
    /// Which start counts where it depends on what made the rule apply: the first that holds.
    pub start_when: Vec<(Condition, Moment)>,
    /// What stops its clock.
    pub stop: Option<Moment>,
    /// What stops it too, by a reading that the text does not state.
    pub inferred_stop: Option<Moment>,
    /// Whether only a stop after the start counts: the same step has another meaning before.
    pub stop_after_start: bool,
    /// How long.
    pub limit: Limit,
    /// A number offered as a target and never as a limit.
    pub target: Option<(u32, Unit)>,
    /// Who has to act.
    pub responsible: Option<String>,
    /// The promise that moves the limit.
    pub extend_by: Option<String>,
    /// What the stop must carry.
    pub evidence: Vec<String>,
    /// What the promise must carry.
    pub evidence_on_extend: Vec<String>,
    /// The rules whose place it takes.
    pub replaces: Vec<RuleIx>,
    /// Whether it takes their place only while their limit has not run out.
    pub replaces_before_due: bool,
    /// What happens when the limit runs out.
    pub on_breach: Vec<String>,
    /// Due soon from this share of the limit before its end, in millionths.
    pub due_soon_ppm: Option<u32>,
    /// Whether a resolution is judged by its clock.
    pub judges_resolution: bool,
    /// For reports: how often, from whom, to whom, how.
    pub cadence: Option<Cadence>,
    /// How an unclear text is read; empty where it is clear.
    pub reading: Label,
}

/// A report that is due at intervals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cadence {
    /// `weekly`, `monthly`, `quarterly`, `yearly`, `ad_hoc`, `on_change`, `as_needed`, `event`, `periodic`, `once`.
    pub every: Vec<String>,
    /// Who sends.
    pub from: Option<String>,
    /// Who receives.
    pub to: Option<String>,
    /// How.
    pub via: Option<String>,
    /// When, where that is set: `mon 07:30`.
    pub at: Option<String>,
}

/// A regulation.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// Its id, such as `HCM-4874`.
    pub id: String,
    /// The city it is for; none is the city in whose folder it lies.
    pub city: Option<String>,
    /// The document, such as `4874/QĐ-UBND`.
    pub document: Option<String>,
    /// Its name.
    pub name: Label,
    /// The kinds of case it is for, `report` or `dossier`; empty is both.
    pub kinds: Vec<String>,
    /// All content groups that it knows: a rule for all of them is also for a case without one.
    pub groups: Vec<u8>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Its words.
    pub vocabulary: Vocabulary,
    /// Its readings, each changeable.
    pub settings: Settings,
    /// What events have to bring along, in the order of the file.
    pub requirements: Vec<Arc<Requirement>>,
    /// The form of its cases' codes, where the document prescribes one.
    pub code_form: Option<CodeForm>,
    /// The life cycle of its cases, where the file brings one.
    pub life_cycle: Option<LifeCycle>,
    /// A working calendar of its own, where the file brings one.
    pub calendar: Option<Calendar>,
}

impl RuleSet {
    /// A rule by its place.
    #[must_use]
    pub fn rule(&self, ix: RuleIx) -> &Rule {
        &self.rules[usize::from(ix.0)]
    }

    /// A rule by its id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<RuleIx> {
        let place = self.rules.iter().position(|rule| rule.id == id)?;
        u16::try_from(place).ok().map(RuleIx)
    }

    /// Every rule with its place.
    pub fn each(&self) -> impl Iterator<Item = (RuleIx, &Rule)> {
        (0..).map(RuleIx).zip(&self.rules)
    }

    /// Whether a case's code has the form that the document prescribes, where it prescribes one.
    #[must_use]
    pub fn fits_code(&self, code: &str) -> bool {
        self.code_form.as_ref().is_none_or(|form| form.fits(code))
    }

    /// What starts the clock of a rule, by the settings.
    #[must_use]
    pub fn start_of(&self, ix: RuleIx) -> Option<&Moment> {
        self.settings.starts.get(&ix).or(self.rule(ix).start.as_ref())
    }
}

#[cfg(test)]
mod tests;
