//! The life cycle that a regulation gives its cases: the states, and which step leads from one to
//! another. A regulation without one leaves its cases the plain life cycle of the fold.

use super::vocabulary::Condition;
use crate::city::Label;

/// A state by its place in its life cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateIx(pub u16);

/// What a state means for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The glossary's words.
pub enum Stands {
    Open,
    Resolved,
    Closed,
    Refused,
    Cancelled,
    Duplicate,
}

/// One state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseState {
    /// Its word in answers, such as `awaiting_guidance`.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// What it means for counting.
    pub stands: Stands,
    /// The stage of service that the case is in, where there are stages.
    pub stage: Option<String>,
}

/// Where a transition leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To this state.
    State(StateIx),
    /// To the state before this one.
    Previous,
    /// It stays: the step is expected here and changes nothing.
    Same,
}

/// One transition.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// Its id in the specification, such as `H16`.
    pub id: String,
    /// From any of these.
    pub from: Vec<StateIx>,
    /// By any of these words: a step, a promise, or an action of a limit that ran out.
    pub on: Vec<String>,
    /// Where this holds.
    pub when: Condition,
    /// To there.
    pub to: Target,
}

impl Transition {
    /// Whether it leads from a state to another one.
    #[must_use]
    pub fn leads_out_of(&self, ix: StateIx) -> bool {
        self.from.contains(&ix) && !matches!(self.to, Target::Same) && self.to != Target::State(ix)
    }
}

/// The states of a case and the ways between them. The first state is the one of a case that has
/// just been received.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LifeCycle {
    /// The states.
    pub states: Vec<CaseState>,
    /// The ways, the more special before the more general: the first that fits is taken.
    pub transitions: Vec<Transition>,
}

impl LifeCycle {
    /// A state by its place.
    #[must_use]
    pub fn state(&self, ix: StateIx) -> &CaseState {
        &self.states[usize::from(ix.0)]
    }

    /// A state by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<StateIx> {
        let place = self.states.iter().position(|state| state.name == name)?;
        u16::try_from(place).ok().map(StateIx)
    }

    /// The first state that means this for counting.
    #[must_use]
    pub fn first(&self, stands: Stands) -> Option<StateIx> {
        let place = self.states.iter().position(|state| state.stands == stands)?;
        u16::try_from(place).ok().map(StateIx)
    }

    /// Whether any way speaks of a word.
    #[must_use]
    pub fn speaks_of(&self, word: &str) -> bool {
        self.transitions.iter().any(|way| way.on.iter().any(|on| on == word))
    }
}
