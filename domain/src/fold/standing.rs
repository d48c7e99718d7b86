//! Where a case stands in its life cycle, and which way an event takes it.

use crate::clock::facts::What;
use crate::event::{Body, Event, Relation};
use crate::regulation::LifeCycle;
use crate::regulation::life_cycle::{Stands, StateIx, Target, Transition};
use crate::symbol::{Sym, Symbols, word};

/// A case's state: what it is called, and what that means for counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) status: Sym,
    pub(super) stands: Stands,
    /// The stage of service; none where the life cycle has no stages.
    pub(super) stage: Sym,
    state: Option<StateIx>,
    previous: Option<StateIx>,
}

impl Standing {
    /// Of a case that has just been received.
    pub(super) fn first(cycle: Option<&LifeCycle>, symbols: &Symbols) -> Self {
        match cycle {
            Some(cycle) => Self::in_state(cycle, StateIx(0), None, symbols),
            None => Self::plain(Stands::Open, word::RECEIVED),
        }
    }

    fn plain(stands: Stands, status: Sym) -> Self {
        Self { status, stands, stage: Sym::NONE, state: None, previous: None }
    }

    fn in_state(cycle: &LifeCycle, ix: StateIx, previous: Option<StateIx>, symbols: &Symbols) -> Self {
        let state = cycle.state(ix);
        Self {
            status: symbols.intern(&state.name),
            stands: state.stands,
            stage: state.stage.as_deref().map_or(Sym::NONE, |stage| symbols.intern(stage)),
            state: Some(ix),
            previous,
        }
    }

    /// The next one by a way of the life cycle.
    pub(super) fn to(self, cycle: &LifeCycle, target: Target, symbols: &Symbols) -> Self {
        let to = match target {
            Target::State(to) => to,
            Target::Previous => self.previous.unwrap_or(StateIx(0)),
            Target::Same => return self,
        };
        let previous = if self.state == Some(to) { self.previous } else { self.state };
        Self::in_state(cycle, to, previous, symbols)
    }

    /// The next one where no life cycle says which: the plain word for what it means.
    pub(super) fn plainly(self, stands: Stands, cycle: Option<&LifeCycle>, symbols: &Symbols) -> Self {
        let named = cycle.and_then(|cycle| Some((cycle, cycle.first(stands)?)));
        match named {
            Some((cycle, ix)) => Self::in_state(cycle, ix, self.state, symbols),
            None => {
                Self { state: self.state, previous: self.previous, ..Self::plain(stands, plain_word(stands)) }
            }
        }
    }

    /// Whether a word opens this way from here.
    pub(super) fn is_open_to(self, way: &Transition, word: &str) -> bool {
        self.state.is_some_and(|state| way.from.contains(&state)) && way.on.iter().any(|on| on == word)
    }

    /// The stage of service in which something is still to be done; none in a state that no way leads
    /// out of.
    pub(super) fn stage_in_work(self, cycle: &LifeCycle) -> Sym {
        let leads_on = |ix| cycle.transitions.iter().any(|way| way.leads_out_of(ix));
        if self.state.is_some_and(leads_on) { self.stage } else { Sym::NONE }
    }

    pub(super) fn is_open(self) -> bool {
        self.stands == Stands::Open
    }
}

/// What the plain life cycle calls a state. An open one that has been touched is in progress.
const fn plain_word(stands: Stands) -> Sym {
    match stands {
        Stands::Open => word::IN_PROGRESS,
        Stands::Resolved => word::RESOLVED,
        Stands::Closed => word::CLOSED,
        Stands::Refused => word::REFUSED,
        Stands::Cancelled => word::CANCELLED,
        Stands::Duplicate => word::DUPLICATE,
    }
}

/// The word by which a life cycle knows an event; none where it says nothing of that.
pub(super) fn word_of(event: &Event) -> Option<&str> {
    match &event.body {
        Body::Resolved { .. } => Some("resolved"),
        Body::Closed => Some("closed"),
        Body::Refused => Some("refused"),
        Body::Cancelled => Some("cancelled"),
        Body::Reopened => Some("reopened"),
        Body::Linked { relation: Relation::DuplicateOf, .. } => Some("duplicate"),
        Body::Amended(_) => Some("amended"),
        _ => event.facts.iter().find_map(|fact| match &fact.what {
            What::Step { name, .. } => Some(&**name),
            What::Committed { commitment, .. } => Some(&**commitment),
            _ => None,
        }),
    }
}
