//! A state other than the newest: as it stood at an earlier (`seq`, `at`), as it was known then, or as
//! it would be under other rules.
//!
//! Few cases differ from the newest state, so that a view is the newest history with an overlay:
//! the points of those cases are taken out and the points of their earlier folds put in.

use std::sync::{Arc, Mutex, PoisonError};

use domain::case::{Case, CaseIx};
use domain::city::City;
use domain::fold::fold;
use domain::query::Rules;
use domain::state::{Row, State};
use domain::{Seq, Timestamp};
use polars::prelude::{LazyFrame, PolarsResult};
use rustc_hash::FxHashMap;

use crate::cells::CellCache;
use crate::cube::Frozen;
use crate::error::QueryError;
use crate::history::History;
use crate::registry::Registry;

/// Which events of the newest state a view leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    /// The newest state that the overlay was made for.
    newest: Seq,
    /// Only events up to here.
    seq: Seq,
    /// Only events recorded by then.
    known_at: Timestamp,
    /// Which rules decide.
    rules: Rules,
}

/// How the cases of an earlier state differ from those of the newest.
#[derive(Default)]
struct Overlay {
    /// Cases as they stood; `None` where there was no such case yet.
    cases: FxHashMap<CaseIx, Option<Arc<Case>>>,
    /// What that changes in history.
    history: History,
}

/// Remembers the overlay made last: pages and panels ask for the same one again and again.
#[derive(Default)]
pub(crate) struct OverlayCache(Mutex<Option<(Cut, Arc<Overlay>)>>);

/// A state to ask.
pub(crate) struct View<'a> {
    frozen: &'a Frozen,
    overlay: Option<Arc<Overlay>>,
    seq: Seq,
    at: Timestamp,
}

impl<'a> View<'a> {
    /// The newest state, or as it was known at an instant.
    pub(crate) fn new(
        frozen: &'a Frozen,
        known_at: Option<Timestamp>,
        rules: Rules,
    ) -> Result<Self, QueryError> {
        Self::pinned(frozen, frozen.seq(), frozen.at(), known_at, rules)
    }

    /// The state at an earlier (`seq`, `at`).
    pub(crate) fn pinned(
        frozen: &'a Frozen,
        seq: Seq,
        at: Timestamp,
        known_at: Option<Timestamp>,
        rules: Rules,
    ) -> Result<Self, QueryError> {
        // A folder that never changed has one reading.
        let rules = if frozen.state.city().earlier_laws.is_empty() { Rules::Kept } else { rules };
        let cut = Cut { newest: frozen.seq(), seq, known_at: known_at.unwrap_or(Timestamp::MAX), rules };
        let overlay = if seq >= frozen.seq() && known_at.is_none() && rules == Rules::Kept {
            None
        } else {
            Some(frozen.overlays.get(cut, &frozen.state)?)
        };
        Ok(Self { frozen, overlay, seq, at })
    }

    /// The city and its codes. Its cases may be newer than the view's: ask [`View::case`].
    pub(crate) fn state(&self) -> &'a State {
        &self.frozen.state
    }

    pub(crate) fn registry(&self) -> &'a Registry {
        &self.frozen.registry
    }

    pub(crate) fn seq(&self) -> Seq {
        self.seq
    }

    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// An instant as answers write it.
    pub(crate) fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(&self.state().city().zone)
    }

    /// A case as it stood.
    pub(crate) fn case(&self, ix: CaseIx) -> Option<&Case> {
        match self.overlay.as_ref().and_then(|overlay| overlay.cases.get(&ix)) {
            Some(earlier) => earlier.as_deref(),
            None => self.state().case(ix).map(Arc::as_ref),
        }
    }

    /// Every case as it stood, those not received yet included.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (CaseIx, &Case)> {
        (0..).map(CaseIx).zip(self.state().cases()).filter_map(|(ix, newest)| {
            match self.overlay.as_ref().and_then(|overlay| overlay.cases.get(&ix)) {
                Some(earlier) => earlier.as_deref().map(|case| (ix, case)),
                None => Some((ix, newest.as_ref())),
            }
        })
    }

    /// All points.
    pub(crate) fn points(&self) -> PolarsResult<LazyFrame> {
        self.frozen.history.lazy(self.overlay.as_ref().map(|overlay| &overlay.history))
    }
}

impl OverlayCache {
    fn get(&self, cut: Cut, state: &State) -> Result<Arc<Overlay>, QueryError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, overlay)) = &*held
            && *known == cut
        {
            return Ok(overlay.clone());
        }
        // Made under the lock: whoever asks for the same one meanwhile waits for this one.
        let overlay = Arc::new(Overlay::new(cut, state)?);
        *held = Some((cut, overlay.clone()));
        Ok(overlay)
    }
}

impl Overlay {
    fn new(cut: Cut, state: &State) -> Result<Self, QueryError> {
        let mut cases = FxHashMap::default();
        let mut rows = Vec::new();
        let other = (cut.rules != Rules::Kept).then(|| state.city().under(cut.rules));
        let city = other.as_ref().unwrap_or(state.city());
        for (ix, newest) in (0..).map(CaseIx).zip(state.cases()) {
            if cut.leaves(newest) {
                continue;
            }
            let earlier = cut.apply(newest, city, state);
            if earlier.as_ref().is_some_and(|earlier| same(earlier, newest)) {
                continue;
            }
            exchange(ix, newest, earlier.as_ref(), &mut rows);
            cases.insert(ix, earlier.map(Arc::new));
        }
        let mut history = History::default();
        history.take(&mut CellCache::default(), &rows)?;
        Ok(Self { cases, history })
    }
}

impl Cut {
    /// Whether the case is the same in the newest state.
    fn leaves(&self, case: &Case) -> bool {
        self.rules == Rules::Kept
            && case.last_seq <= self.seq
            && (self.known_at == Timestamp::MAX
                || case.events.iter().all(|event| event.recorded <= self.known_at))
    }

    fn apply(&self, newest: &Case, city: &City, state: &State) -> Option<Case> {
        let kept =
            |event: &&Arc<domain::event::Event>| event.seq <= self.seq && event.recorded <= self.known_at;
        let events: Vec<_> = newest.events.iter().filter(kept).cloned().collect();
        let last_seq = events.iter().map(|event| event.seq).max()?;
        let timeline = fold(city, state.symbols(), &events);
        let (events, timeline) = (events.into(), timeline.into());
        Some(Case { code: newest.code.clone(), events, timeline, last_seq, version: newest.version })
    }
}

/// Whether nothing that a reader sees differs: most cases are the same under other rules.
fn same(earlier: &Case, newest: &Case) -> bool {
    earlier.events.len() == newest.events.len() && earlier.timeline == newest.timeline
}

fn exchange(ix: CaseIx, newest: &Case, earlier: Option<&Case>, rows: &mut Vec<Row>) {
    let mut row = |sign: i8, case: &Case| {
        let points = case.timeline.as_ref().map(|timeline| timeline.points()).unwrap_or_default();
        rows.extend(points.into_iter().map(|point| Row { case: ix, sign, counted: true, point }));
    };
    row(-1, newest);
    if let Some(earlier) = earlier {
        row(1, earlier);
    }
}
