//! The readings of a regulation that the text leaves open: each is a setting with a default, in the
//! file's `[settings]` and, for one question, on the command line as `--set NAME=VALUE` or
//! `--set RULE.start=STEPS`.

use std::collections::BTreeMap;

use super::vocabulary::StepId;
use super::{Moment, RuleIx, RuleSet};
use crate::calendar::DayCount;

/// What a suspension does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suspension {
    /// It is shown; the clock runs on.
    #[default]
    Ignored,
    /// Its length is taken off the elapsed time.
    Subtracted,
}

/// Which clocks a duplicate has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// Its own, like any case.
    #[default]
    OwnClocks,
    /// Only those of rules that ask whether it is a duplicate.
    NoClocks,
}

/// What a reopening does to a clock that has stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reopening {
    /// It stays stopped.
    #[default]
    StaysStopped,
    /// It runs on as if it had not stopped.
    RunsOn,
}

/// When the clocks of the next unit start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// When the case is forwarded.
    #[default]
    Forwarded,
    /// When the next unit has received it.
    Delivered,
    /// They do not: the first unit's clocks go on.
    Never,
}

/// What a rating counts that comes before there is an answer, or a second time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ratings {
    /// It is kept and flagged, and counts nothing.
    #[default]
    LeftOut,
    /// It is flagged and counts.
    Counted,
}

/// All readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// What a suspension does.
    pub suspension: Suspension,
    /// How periods in days are counted.
    pub days: DayCount,
    /// Whether the latest recorded time judges a resolution, and not the first.
    pub latest_commitment_judges: bool,
    /// Whether a time recorded after the limit changes nothing.
    pub late_commitment_ignored: bool,
    /// Which clocks a duplicate has.
    pub duplicates: Duplicates,
    /// What a reopening does.
    pub reopening: Reopening,
    /// When the next unit's clocks start.
    pub restart: Restart,
    /// What a rating from before the answer counts.
    pub early_rating: Ratings,
    /// What another rating of the same counts.
    pub repeated_rating: Ratings,
    /// Due soon from this share of a limit before its end, in millionths.
    pub due_soon_ppm: Option<u32>,
    /// The same by rule.
    pub due_soon_of: BTreeMap<RuleIx, u32>,
    /// Steps that the city's sources never send: rules that need one are not measured.
    pub never_sent: Vec<StepId>,
    /// Starts that are read otherwise than the rule has it.
    pub starts: BTreeMap<RuleIx, Moment>,
}

/// Why a setting cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Not `NAME=VALUE`.
    #[error("{text:?} is not NAME=VALUE, such as HP-9.3-8h.start=received")]
    Form {
        /// What was given.
        text: String,
    },
    /// No setting of that name.
    #[error("no setting {name:?}; there are {known}, and RULE.start, RULE.due_soon_fraction")]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// No such rule.
    #[error("{set} has no rule {rule:?}")]
    NoRule {
        /// The rule set.
        set: String,
        /// The rule.
        rule: String,
    },
    /// Not one of the values.
    #[error("{name} is {value:?}; it may be {allowed}")]
    Value {
        /// The setting.
        name: String,
        /// What was given.
        value: String,
        /// What it may be.
        allowed: String,
    },
}

type Apply = fn(&mut Settings, usize);

/// Name, values with the default first, effect of the value at a place.
const CHOICES: [(&str, &[&str], Apply); 11] = [
    ("suspension", &["ignored", "subtracted"], |settings, place| {
        settings.suspension = [Suspension::Ignored, Suspension::Subtracted][place];
    }),
    ("start_day", &["not_counted", "counted"], |settings, place| settings.days.start_day_counts = place == 1),
    ("last_day", &["next_working_day", "as_it_falls"], |settings, place| {
        settings.days.last_day_moves = place == 0;
    }),
    ("day_end", &["midnight", "close_of_work"], |settings, place| settings.days.ends_at_close = place == 1),
    ("reference_commitment", &["first", "latest"], |settings, place| {
        settings.latest_commitment_judges = place == 1;
    }),
    ("late_commitment", &["extends", "ignored"], |settings, place| {
        settings.late_commitment_ignored = place == 1;
    }),
    ("duplicates", &["own_clocks", "no_clocks"], |settings, place| {
        settings.duplicates = [Duplicates::OwnClocks, Duplicates::NoClocks][place];
    }),
    ("reopening", &["stays_stopped", "runs_on"], |settings, place| {
        settings.reopening = [Reopening::StaysStopped, Reopening::RunsOn][place];
    }),
    ("restart", &["forwarded", "delivered", "never"], |settings, place| {
        settings.restart = [Restart::Forwarded, Restart::Delivered, Restart::Never][place];
    }),
    ("early_rating", &["left_out", "counted"], |settings, place| {
        settings.early_rating = [Ratings::LeftOut, Ratings::Counted][place];
    }),
    ("repeated_rating", &["left_out", "counted"], |settings, place| {
        settings.repeated_rating = [Ratings::LeftOut, Ratings::Counted][place];
    }),
];

impl Settings {
    /// Sets one that has a list of values.
    pub(super) fn choose(&mut self, name: &str, value: &str) -> Result<(), SetError> {
        let Some((_, values, apply)) = CHOICES.iter().find(|(known, ..)| *known == name) else {
            let known = CHOICES.map(|(name, ..)| name).join(", ");
            return Err(SetError::Unknown {
                name: name.to_owned(),
                known: format!("{known}, due_soon_fraction, never_sent"),
            });
        };
        let place = values.iter().position(|known| *known == value).ok_or_else(|| SetError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
            allowed: values.join(" or "),
        })?;
        apply(self, place);
        Ok(())
    }
}

impl RuleSet {
    /// Changes one setting: `suspension=subtracted`, `due_soon_fraction=0.1`,
    /// `HP-9.4-48h.start=received`.
    ///
    /// # Errors
    /// If there is no such setting, rule, value or step.
    pub fn set(&mut self, assignment: &str) -> Result<(), SetError> {
        let Some((name, value)) = assignment.split_once('=') else {
            return Err(SetError::Form { text: assignment.to_owned() });
        };
        let (name, value) = (name.trim(), value.trim());
        if name == "due_soon_fraction" {
            self.settings.due_soon_ppm = Some(fraction(name, value)?);
            return Ok(());
        }
        if name == "never_sent" {
            for step in value.split(',').map(str::trim).filter(|step| !step.is_empty()) {
                let id = self.vocabulary.step(step).ok_or_else(|| no_step(name, step))?;
                self.settings.never_sent.push(id);
            }
            return Ok(());
        }
        // A rule's id may hold dots itself.
        let Some((rule, key)) = name.rsplit_once('.') else {
            return self.settings.choose(name, value);
        };
        let no_rule = || SetError::NoRule { set: self.id.clone(), rule: rule.to_owned() };
        let ix = self.find(rule).ok_or_else(no_rule)?;
        match key {
            "start" => {
                let moment = self.variant(ix, value)?;
                self.settings.starts.insert(ix, moment);
                Ok(())
            }
            "due_soon_fraction" => {
                self.settings.due_soon_of.insert(ix, fraction(name, value)?);
                Ok(())
            }
            _ => self.settings.choose(name, value),
        }
    }

    /// A reading of a rule's start: its own, one of its variants, or any steps that are known.
    fn variant(&self, ix: RuleIx, value: &str) -> Result<Moment, SetError> {
        let rule = self.rule(ix);
        let stated = rule.start.iter().chain(&rule.start_variants).find(|known| known.text == value);
        if let Some(known) = stated {
            return Ok(known.clone());
        }
        let steps = self.vocabulary.steps(value).map_err(|wrong| SetError::Value {
            name: format!("{}.start", rule.id),
            value: value.to_owned(),
            allowed: format!("a start of known steps: {}", wrong.message),
        })?;
        Ok(Moment { text: value.to_owned(), steps })
    }
}

fn no_step(name: &str, step: &str) -> SetError {
    SetError::Value {
        name: name.to_owned(),
        value: step.to_owned(),
        allowed: "a list of known steps".to_owned(),
    }
}

fn fraction(name: &str, value: &str) -> Result<u32, SetError> {
    let fraction = value.parse::<f64>().ok().filter(|fraction| (0.0..=1.0).contains(fraction));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and a million.
    fraction.map(|fraction| (fraction * 1e6).round() as u32).ok_or_else(|| SetError::Value {
        name: name.to_owned(),
        value: value.to_owned(),
        allowed: "a number between 0 and 1".to_owned(),
    })
}
