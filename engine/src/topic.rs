//! A question whose answer is kept up to date: history answers it once, then every tick's batch
//! moves it. What a tick costs depends on the batch and on the groups it touches, never on how many
//! cases there are.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::query::{Query, Rules};
use domain::wire::Row;
use polars::prelude::{Expr, col, lit};
use rustc_hash::FxHashSet;

use crate::batch::{Contributions, LiveRow, MicroBatch};
use crate::calendar;
use crate::cube::Frozen;
use crate::error::QueryError;
use crate::evaluate::check_size;
use crate::plan::Plan;
use crate::points::AT;
use crate::scan::scan;
use crate::tally::{Key, Keyer, Tally};
use crate::view::View;

/// What one step changed in a topic's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicChange {
    /// Whole rows, key first, that are new or have other numbers; ascending by key.
    pub upsert: Vec<Row>,
    /// Keys of rows that are no more.
    pub remove: Vec<Row>,
}

impl TopicChange {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.upsert.is_empty() && self.remove.is_empty()
    }
}

/// One live question.
pub struct Topic {
    query: Query,
    plan: Plan,
    keyer: Keyer,
    tally: Tally,
    rows: BTreeMap<Row, Row>,
    /// The next instant at which the period or its buckets move.
    turn: Timestamp,
    /// Whether something happened at this very instant: a period that ends now does not hold it yet.
    ahead: bool,
}

impl Topic {
    /// Answers the question from history, at the frozen state.
    ///
    /// # Errors
    /// As [`evaluate`](crate::evaluate); besides, `known_at` and `rules`: such an answer is of what was,
    /// so that there is nothing to keep up to date.
    pub fn new(frozen: &Frozen, query: Query) -> Result<Self, QueryError> {
        if query.known_at.is_some() {
            return Err(QueryError::bad("known_at", "cannot be followed live; ask /api/v1/aggregates"));
        }
        if query.rules != Rules::Kept {
            return Err(QueryError::bad("rules", "cannot be followed live; ask /api/v1/aggregates"));
        }
        let view = View::new(frozen, None, Rules::Kept)?;
        let plan = Plan::new(&view, &query)?;
        let mut keyer = Keyer::new(&view, &plan);
        let tally = scan(&plan, &view.points()?, &mut keyer, view.at())?;
        let ahead = plan.is_open_ended() && has_movements_at(&view, &plan)?;
        let mut topic =
            Self { query, plan, keyer, tally, rows: BTreeMap::new(), turn: Timestamp::MAX, ahead };
        topic.turn = topic.next_turn(view.at());
        check_size(&topic.plan, topic.tally.groups.len().max(1))?;
        topic.render_all(&mut TopicChange::default());
        Ok(topic)
    }

    /// The question.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The names of the columns: the key first, then the metrics.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.plan.columns()
    }

    /// How many of the columns are the key.
    #[must_use]
    pub fn key_len(&self) -> usize {
        self.plan.key_len()
    }

    /// All rows, ascending by key, null last.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.rows.iter().map(|(key, values)| joined(key.clone(), values)).collect()
    }

    /// Moves the answer by what one tick changed, to the instant of the state after it. Every batch
    /// since the topic began must come, once and in order; with an empty one only time moves.
    pub fn step(&mut self, batch: &MicroBatch, after: &Frozen) -> TopicChange {
        let at = after.at();
        if self.ahead && at > self.plan.now {
            // So seldom (the instants agree to the microsecond) that history may be asked again.
            if let Ok(fresh) = Self::new(after, self.query.clone()) {
                let change = changes(&self.rows, &fresh.rows);
                *self = fresh;
                return change;
            }
        }
        let mut change = TopicChange::default();
        let turned = at >= self.turn;
        if turned {
            self.turn_over(at);
        }
        self.plan.now = self.query.at.unwrap_or(at);
        let touched = self.apply(batch);
        for key in &touched {
            self.tally.tidy(key);
        }
        if turned {
            self.render_all(&mut change);
        } else {
            for key in touched {
                self.render(&key, &mut change);
            }
            change.upsert.sort_unstable();
        }
        change
    }

    fn apply(&mut self, batch: &MicroBatch) -> FxHashSet<Key> {
        let mut touched = FxHashSet::default();
        let contributions: Vec<Option<&Contributions>> =
            self.plan.asked.iter().map(|asked| batch.of(asked.metric)).collect();
        for (line, row) in batch.rows.iter().enumerate() {
            if !self.plan.filter.matches(&row.dims, &row.cells) {
                continue;
            }
            let mut key = None;
            for (metric, contributions) in contributions.iter().enumerate() {
                let Some(span) = self.span_of(metric, row) else {
                    self.ahead |= self.is_ahead(metric, row)
                        && contributions.is_some_and(|contributions| contributions.is_some_at(line));
                    continue;
                };
                let keyer = &mut self.keyer;
                let plan = &self.plan;
                let key = key.get_or_insert_with(|| key_of(keyer, plan, row));
                let moved = match contributions {
                    Some(Contributions::Counts(amounts)) => {
                        let amount = amounts.get(line).copied().unwrap_or_default();
                        self.tally.count(key, span, metric, amount);
                        amount != 0
                    }
                    Some(Contributions::Samples(secs)) => {
                        let secs = secs.get(line).copied().flatten();
                        if let Some(secs) = secs {
                            self.tally.sample(key, span, metric, secs, row.weight);
                        }
                        secs.is_some()
                    }
                    None => false,
                };
                if moved && !touched.contains(key) {
                    touched.insert(key.clone());
                }
            }
        }
        touched
    }

    /// In which bucket a point counts for a metric, if at all.
    fn span_of(&self, metric: usize, row: &LiveRow) -> Option<usize> {
        let plan = &self.plan;
        if plan.asked.get(metric)?.stock {
            plan.in_stock(row.since).then(|| plan.stock_span(row.since)).flatten()
        } else {
            plan.in_flow(row.at, row.since).then(|| plan.flow_span(row.at)).flatten()
        }
    }

    /// Whether a movement happens at this very instant, in a period that ends now.
    fn is_ahead(&self, metric: usize, row: &LiveRow) -> bool {
        let is_movement = self.plan.asked.get(metric).is_some_and(|asked| !asked.stock);
        is_movement && self.plan.is_open_ended() && row.at >= self.plan.now.micros()
    }

    /// Today has become another day, or a bucket has begun. Whatever happened before lies outside
    /// the new period altogether, so that nothing needs to be asked of history: movements begin at
    /// zero, levels go on.
    fn turn_over(&mut self, at: Timestamp) {
        let zone = self.keyer.zone().clone();
        let today = calendar::midnight(&zone, at);
        if self.is_today() && today != self.plan.limits.from {
            self.plan.limits.from = today;
            self.tally.begin_period(&self.plan);
        }
        // Not bounded again: time alone adds one bucket an hour at most.
        self.plan.spans = self.plan.spans_at(&zone, at, usize::MAX).unwrap_or_default();
        self.turn = self.next_turn(at);
    }

    fn is_today(&self) -> bool {
        self.plan.today && self.query.at.is_none()
    }

    fn next_turn(&self, at: Timestamp) -> Timestamp {
        if self.query.at.is_some() {
            return Timestamp::MAX;
        }
        let mut turns = Vec::new();
        if self.is_today() {
            turns.push(calendar::next_midnight(self.keyer.zone(), at));
        }
        if self.plan.is_bucketed() {
            let edges = self.plan.spans.iter().flat_map(|span| [span.start, span.end]);
            let edges = edges.chain([self.plan.limits.from]);
            // A bucket that ends the period begins with the first instant in it.
            turns.extend(edges.flat_map(|edge| [edge, edge.plus_micros(Timestamp::STEP)]));
        }
        turns.into_iter().filter(|turn| *turn > at).min().unwrap_or(Timestamp::MAX)
    }

    fn render(&mut self, key: &Key, change: &mut TopicChange) {
        let fresh = self.tally.rows(&self.plan, &self.keyer, key, self.plan.now);
        if fresh.is_empty() {
            for gone in self.tally.row_keys(&self.plan, &self.keyer, key) {
                if self.rows.remove(&gone).is_some() {
                    change.remove.push(gone);
                }
            }
        }
        for (key, values) in fresh {
            if self.rows.get(&key) != Some(&values) {
                change.upsert.push(joined(key.clone(), &values));
                self.rows.insert(key, values);
            }
        }
    }

    fn render_all(&mut self, change: &mut TopicChange) {
        let mut keys: Vec<Key> = self.tally.groups.keys().cloned().collect();
        if self.plan.is_ungrouped() {
            keys = vec![Key::default()];
        }
        let fresh: BTreeMap<Row, Row> = keys
            .iter()
            .flat_map(|key| self.tally.rows(&self.plan, &self.keyer, key, self.plan.now))
            .collect();
        *change = changes(&self.rows, &fresh);
        self.rows = fresh;
    }
}

/// What makes the later rows of the earlier ones.
fn changes(earlier: &BTreeMap<Row, Row>, later: &BTreeMap<Row, Row>) -> TopicChange {
    let moved = later.iter().filter(|(key, values)| earlier.get(*key) != Some(*values));
    TopicChange {
        upsert: moved.map(|(key, values)| joined(key.clone(), values)).collect(),
        remove: earlier.keys().filter(|key| !later.contains_key(*key)).cloned().collect(),
    }
}

/// Whether a movement that is asked about happened at the very instant that the view stands at.
fn has_movements_at(view: &View<'_>, plan: &Plan) -> Result<bool, QueryError> {
    let now = col(AT).eq(lit(view.at().micros()));
    let moves = plan.asked.iter().filter(|asked| !asked.stock);
    let moves = moves.map(|asked| asked.entry.measured.times().neq(lit(0_i64)));
    let Some(moves) = moves.reduce(Expr::or) else { return Ok(false) };
    Ok(view.points()?.filter(now).filter(moves).select([col(AT)]).limit(1).collect()?.height() > 0)
}

fn key_of(keyer: &mut Keyer, plan: &Plan, row: &LiveRow) -> Key {
    let syms = plan.keys.iter().map(|key| row.dims[key.dimension.index()].0);
    keyer.key(syms, plan.cell.map(|slot| row.cells[slot]))
}

fn joined(mut key: Row, values: &Row) -> Row {
    key.extend(values.iter().cloned());
    key
}
