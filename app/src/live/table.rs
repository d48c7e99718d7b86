//! A table that follows the socket.

use std::future::{Future, IntoFuture as _};
use std::sync::Arc;

use domain::answer::Table;
use domain::wire::WireQuery;
use leptos::prelude::*;

use super::{Answer, Live, Sinks, use_answer, use_live};
use crate::ask;
use crate::error::AppError;
use crate::functions::{First, load_table};

/// How often a question is asked again that the server lets nobody follow.
const ASK_AGAIN_MS: u64 = 15_000;

/// The rows of a question: the page's own at first, then the socket's.
#[derive(Clone, Copy)]
pub struct LiveTable {
    first: Answer<(WireQuery, u32), First>,
    held: RwSignal<Option<(Arc<WireQuery>, Arc<Table>)>>,
}

/// Asks a question and follows it. Call it while the page is being set up, never within a
/// [`Suspend`](leptos::prelude::Suspend): the answers travel with the page by the order of the asking.
#[must_use]
pub fn use_table(query: impl Into<Signal<WireQuery>>) -> LiveTable {
    let live = use_live();
    let table = ask(query.into(), live);
    table.follow(live);
    table
}

/// Asks a question whose answer stands still: a past instant. It is asked again when the city's day
/// turns, where it is about the city's days.
#[must_use]
pub fn use_fixed(query: impl Into<Signal<WireQuery>>) -> LiveTable {
    ask(query.into(), use_live())
}

fn ask(query: Signal<WireQuery>, live: Live) -> LiveTable {
    let asked = move || {
        let query = query.get();
        // A question about the city's days is another one tomorrow.
        let turn = if ask::is_relative(&query) { live.days_turned().get() } else { 0 };
        (query, turn)
    };
    let first = use_answer(asked, |(query, _)| load_table(serde_json::to_string(&query).unwrap_or_default()));
    LiveTable { first, held: RwSignal::new(None) }
}

impl LiveTable {
    /// The rows that came with the page, or the server's problem; [`AppError::superseded`] where
    /// another question has been asked since.
    pub fn first(self) -> impl Future<Output = Result<First, AppError>> + Send + 'static {
        self.first.track();
        self.first.into_future()
    }

    /// The rows from now on, beginning with the page's own.
    #[must_use]
    pub fn rows(self, first: First) -> Signal<Arc<Table>> {
        let (query, table, held) = (first.query, Arc::new(first.table), self.held);
        Signal::derive(move || {
            held.with(|held| match held {
                Some((of, rows)) if **of == query => rows.clone(),
                _ => table.clone(),
            })
        })
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
                    rows: Box::new(move |rows| {
                        held.try_set(Some((of.clone(), rows)));
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
