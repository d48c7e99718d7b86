//! A question made ready: which metrics, split how, over which period.

use std::sync::Arc;

use domain::Timestamp;
use domain::metric::Metric;
use domain::query::{Bucket, GroupKey, Query};

use crate::calendar::{self, Span};
use crate::cells;
use crate::error::QueryError;
use crate::filter::Filter;
use crate::registry::{Derived, Entry, Measured, Registry, is_stock};
use crate::view::View;

/// A metric of a question.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) metric: Metric,
    pub(crate) entry: Arc<Entry>,
    /// A level, and not a movement.
    pub(crate) stock: bool,
}

/// A column of numbers, by the places of what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) metric: Metric,
    pub(crate) made: Made,
}

/// How a column is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    Itself(usize),
    Sum(Vec<usize>),
    Share { part: usize, whole: usize },
}

/// The instants that decide which points count. Instants that move with time are
/// [`Timestamp::MAX`] here; no point later than now is ever looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Levels count points since then or before.
    pub(crate) stock_until: Timestamp,
    /// Movements count from here, this instant included.
    pub(crate) from: Timestamp,
    /// Movements count up to here, this instant left out; where this moves with time, up to now.
    pub(crate) to: Timestamp,
    /// Movements are seen from here.
    pub(crate) flow_until: Timestamp,
}

impl Limits {
    /// Whether the period ends now, wherever now is.
    pub(crate) fn is_open_ended(&self) -> bool {
        self.to == Timestamp::MAX
    }

    /// The first instant after the period, seen at `now`: a period is half-open, so that what happens
    /// at this very instant lies after it.
    pub(crate) fn flow_end(&self, now: Timestamp) -> Timestamp {
        if self.is_open_ended() { now } else { self.to }
    }
}

/// The question, ready to be asked of history and of live batches alike.
#[derive(Clone)]
pub(crate) struct Plan {
    /// What is counted: the metrics asked for, and the parts of those that are made of others.
    pub(crate) asked: Vec<Asked>,
    /// The columns of numbers, in the order of the question.
    pub(crate) shown: Vec<Shown>,
    pub(crate) keys: Vec<GroupKey>,
    /// The resolution's place, where cells are a key too.
    pub(crate) cell: Option<usize>,
    pub(crate) filter: Filter,
    pub(crate) limits: Limits,
    /// Whether movements count from the city's today, which moves.
    pub(crate) today: bool,
    pub(crate) bucket: Option<Bucket>,
    /// Ascending; without buckets a single one that holds all.
    pub(crate) spans: Vec<Span>,
    /// The instant that is "now" to the question: its own `at`, else the state's.
    pub(crate) now: Timestamp,
}

impl Plan {
    pub(crate) fn new(view: &View<'_>, query: &Query) -> Result<Self, QueryError> {
        let city = view.state().city();
        if let Some(at) = query.at
            && at > view.at()
        {
            let what = format!("lies ahead of the numbers, which stand at {}", view.show(view.at()));
            return Err(QueryError::bad("at", what));
        }
        let now = query.at.unwrap_or(view.at());
        let from = query.from.unwrap_or_else(|| calendar::midnight(&city.zone, now));
        let limits = Limits {
            stock_until: query.at.or(query.to).unwrap_or(Timestamp::MAX),
            from,
            to: query.to.or(query.at).unwrap_or(Timestamp::MAX),
            // A stated period is all of it; `at` is then about levels alone.
            flow_until: query.at.filter(|_| query.to.is_none()).unwrap_or(Timestamp::MAX),
        };
        let (asked, shown) = asked(view.registry(), &query.metrics)?;
        let mut plan = Self {
            asked,
            shown,
            keys: query.group_by.clone(),
            cell: query.res.map(cells::slot).transpose()?,
            filter: Filter::new(city, view.state().symbols(), query)?,
            limits,
            today: query.from.is_none(),
            bucket: query.bucket,
            spans: Vec::new(),
            now,
        };
        plan.spans = plan.spans_at(&city.zone, now, calendar::MOST_BUCKETS)?;
        Ok(plan)
    }

    /// The buckets of the period as it stands at `now`; more than `most` are a problem.
    pub(crate) fn spans_at(
        &self,
        zone: &jiff::tz::TimeZone,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Span>, QueryError> {
        let Some(bucket) = self.bucket else {
            let all = Span { start: Timestamp::MIN, end: Timestamp::MAX, name: String::new() };
            return Ok(vec![all]);
        };
        calendar::spans(zone, bucket, self.limits.from, self.limits.flow_end(now), most)
    }

    /// Whether the period ends now, wherever now is.
    pub(crate) fn is_open_ended(&self) -> bool {
        self.limits.is_open_ended()
    }

    /// The names of the columns: bucket, keys, cell, metrics.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut columns = Vec::with_capacity(self.key_len() + self.asked.len());
        columns.extend(self.bucket.map(|_| "bucket".to_owned()));
        columns.extend(self.keys.iter().map(ToString::to_string));
        columns.extend(self.cell.map(|_| "cell".to_owned()));
        columns.extend(self.shown.iter().map(|shown| shown.metric.name().to_owned()));
        columns
    }

    /// How many of the columns are the key.
    pub(crate) fn key_len(&self) -> usize {
        usize::from(self.bucket.is_some()) + self.keys.len() + usize::from(self.cell.is_some())
    }

    /// Whether there is nothing to split by but time.
    pub(crate) fn is_ungrouped(&self) -> bool {
        self.keys.is_empty() && self.cell.is_none()
    }

    pub(crate) fn is_bucketed(&self) -> bool {
        self.bucket.is_some()
    }

    /// The instant at which the level of a bucket is taken.
    pub(crate) fn stock_end(&self, span: &Span) -> Timestamp {
        span.end.min(self.limits.stock_until)
    }

    /// In which bucket a point of a level first counts. Of a period that has not begun it is the
    /// first bucket that will be.
    pub(crate) fn stock_span(&self, since: i64) -> Option<usize> {
        if self.spans.is_empty() && self.is_open_ended() {
            return Some(0);
        }
        let place = self.spans.partition_point(|span| self.stock_end(span).micros() < since);
        (place < self.spans.len()).then_some(place)
    }

    /// In which bucket a point of a movement counts.
    pub(crate) fn flow_span(&self, at: i64) -> Option<usize> {
        let after = self.spans.partition_point(|span| span.start.micros() <= at);
        after.checked_sub(1)
    }

    /// Whether a point counts in levels, once its time has come.
    pub(crate) fn in_stock(&self, since: i64) -> bool {
        since <= self.limits.stock_until.micros()
    }

    /// Whether a point counts in movements, once its time has come.
    pub(crate) fn in_flow(&self, at: i64, since: i64) -> bool {
        at >= self.limits.from.micros()
            && at < self.limits.flow_end(self.now).micros()
            && since <= self.limits.flow_until.micros()
    }
}

fn asked(registry: &Registry, metrics: &[Metric]) -> Result<(Vec<Asked>, Vec<Shown>), QueryError> {
    if metrics.is_empty() {
        return Err(QueryError::bad("metric", "names at least one metric; see /api/v1/metrics"));
    }
    let mut asked: Vec<Asked> = Vec::with_capacity(metrics.len());
    let mut shown = Vec::with_capacity(metrics.len());
    for metric in metrics {
        let made = match &entry(registry, *metric)?.measured {
            Measured::Count(_) | Measured::Quantile { .. } | Measured::Mean { .. } => {
                Made::Itself(place(registry, &mut asked, *metric)?)
            }
            Measured::Derived(derived) => {
                let parts = derived.parts().into_iter().map(|part| place(registry, &mut asked, part));
                let parts: Vec<usize> = parts.collect::<Result<_, _>>()?;
                match (derived, parts.as_slice()) {
                    (Derived::Share { .. }, [part, whole]) => Made::Share { part: *part, whole: *whole },
                    _ => Made::Sum(parts),
                }
            }
        };
        shown.push(Shown { metric: *metric, made });
    }
    Ok((asked, shown))
}

fn entry(registry: &Registry, metric: Metric) -> Result<&Arc<Entry>, QueryError> {
    registry.entry(metric).ok_or_else(|| QueryError::bad("metric", "is not in the registry"))
}

/// The place of a metric among those that are counted.
fn place(registry: &Registry, asked: &mut Vec<Asked>, metric: Metric) -> Result<usize, QueryError> {
    if let Some(place) = asked.iter().position(|held| held.metric == metric) {
        return Ok(place);
    }
    asked.push(Asked { metric, entry: entry(registry, metric)?.clone(), stock: is_stock(metric) });
    Ok(asked.len() - 1)
}
