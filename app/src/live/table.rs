//! Rows that follow the socket: a table, or whatever else a page makes of them.

use std::future::{Future, IntoFuture as _};
use std::sync::Arc;

use domain::answer::Table;
use domain::wire::{Delta, Held, WireQuery};
use leptos::prelude::*;

use super::{Answer, Live, Sinks, use_answer, use_live, use_past};
use crate::ask;
use crate::error::AppError;
use crate::functions::{First, load_table};

/// How often a question is asked again that the server lets nobody follow.
const ASK_AGAIN_MS: u64 = 15_000;

/// What a page keeps of the rows of a question.
pub trait Kept: Send + Sync + 'static {
    /// Of all of them.
    fn whole(query: &WireQuery, held: &Held) -> Self;

    /// After some of them changed: `held` has the change already.
    fn change(&mut self, query: &WireQuery, held: &Held, delta: &Delta);
}

/// The rows of a question: the page's own at first, then what is kept of the socket's.
pub struct LiveRows<T: 'static> {
    first: Answer<(WireQuery, u32), First>,
    held: RwSignal<Option<(Arc<WireQuery>, T)>>,
}

/// Rows as a table.
pub type LiveTable = LiveRows<Arc<Table>>;

impl<T> Copy for LiveRows<T> {}

impl<T> Clone for LiveRows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Asks a question and follows it. Call it while the page is being set up, never within a
/// [`Suspend`](leptos::prelude::Suspend): the answers travel with the page by the order of the asking.
#[must_use]
pub fn use_rows<T: Kept>(query: impl Into<Signal<WireQuery>>) -> LiveRows<T> {
    let (live, query) = (use_live(), query.into());
    if let Some(past) = use_past() {
        return ask(Signal::derive(move || past.with(|at| ask::at(query.get(), at))), live);
    }
    let rows = ask(query, live);
    rows.follow(live);
    rows
}

/// The same as a table.
#[must_use]
pub fn use_table(query: impl Into<Signal<WireQuery>>) -> LiveTable {
    use_rows(query)
}

/// Asks a question whose answer stands still: a past instant. It is asked again when the city's day
/// turns, where it is about the city's days.
#[must_use]
pub fn use_fixed(query: impl Into<Signal<WireQuery>>) -> LiveTable {
    ask(query.into(), use_live())
}

fn ask<T: Kept>(query: Signal<WireQuery>, live: Live) -> LiveRows<T> {
    let asked = move || {
        let query = query.get();
        // A question about the city's days is another one tomorrow.
        let turn = if ask::is_relative(&query) { live.days_turned().get() } else { 0 };
        (query, turn)
    };
    let first = use_answer(asked, |(query, _)| load_table(serde_json::to_string(&query).unwrap_or_default()));
    LiveRows { first, held: RwSignal::new(None) }
}

impl<T: Kept> LiveRows<T> {
    /// The rows that came with the page, or the server's problem; [`AppError::superseded`] where
    /// another question has been asked since.
    pub fn first(self) -> impl Future<Output = Result<First, AppError>> + Send + 'static {
        self.first.track();
        self.first.into_future()
    }

    /// Reads what is kept of the socket's rows to this question, if any have come; to be read again with each change.
    pub fn with<R>(self, query: &WireQuery, read: impl FnOnce(Option<&T>) -> R) -> R {
        self.held.with(|held| read(of_question(held, query)))
    }

    /// The same once; `None` where the page has been left.
    pub fn try_with_untracked<R>(self, query: &WireQuery, read: impl FnOnce(Option<&T>) -> R) -> Option<R> {
        self.held.try_with_untracked(|held| read(of_question(held, query)))
    }

    fn follow(self, live: Live) {
        let refused = RwSignal::new(false);
        Effect::new(move |_| {
            let Some(First { query, .. }) = self.first.get() else { return };
            if !ask::is_live(&query) {
                return;
            }
            let (query, held) = (Arc::new(query), self.held);
            let of = query.clone();
            let following = live.follow(
                query,
                Sinks {
                    rows: Box::new(move |rows, delta| {
                        held.try_update(|kept| match (kept, delta) {
                            (Some((whose, kept)), Some(delta)) if Arc::ptr_eq(whose, &of) => {
                                kept.change(&of, rows, delta);
                            }
                            (kept, _) => *kept = Some((of.clone(), T::whole(&of, rows))),
                        });
                    }),
                    refused: Box::new(move || {
                        refused.try_set(true);
                    }),
                },
            );
            on_cleanup(move || following.end());
        });
        Effect::new(move |_| {
            if !refused.get() {
                return;
            }
            let again = move || self.first.ask_again();
            let every = std::time::Duration::from_millis(ASK_AGAIN_MS);
            if let Ok(interval) = set_interval_with_handle(again, every) {
                on_cleanup(move || interval.clear());
            }
        });
    }
}

fn of_question<'a, T>(held: &'a Option<(Arc<WireQuery>, T)>, query: &WireQuery) -> Option<&'a T> {
    held.as_ref().filter(|(of, _)| **of == *query).map(|(_, kept)| kept)
}

impl LiveTable {
    /// The rows from now on, beginning with the page's own.
    #[must_use]
    pub fn rows(self, first: First) -> Signal<Arc<Table>> {
        let (query, table) = (first.query, Arc::new(first.table));
        Signal::derive(move || self.with(&query, |held| held.unwrap_or(&table).clone()))
    }
}

impl Kept for Arc<Table> {
    fn whole(_: &WireQuery, held: &Held) -> Self {
        let row = |(key, numbers): (&Vec<_>, &Vec<_>)| key.iter().chain(numbers).cloned().collect();
        Self::new(Table {
            seq: held.seq,
            at: held.at.clone(),
            columns: held.columns.clone(),
            rows: held.rows.iter().map(row).collect(),
        })
    }

    fn change(&mut self, query: &WireQuery, held: &Held, _: &Delta) {
        *self = Self::whole(query, held);
    }
}
