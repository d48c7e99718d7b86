//! What a tick of 100 changes costs with 100,000 and with 2,000,000 cases open, twenty questions
//! followed; and what a polars recompute of the same questions costs in the same run.

use std::sync::Arc;

use anyhow::Result;
use benches::city;
use benches::figures::{figure, timed};
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::Query;
use domain::state::Changes;
use engine::{Cube, Registry, Topic, evaluate};

const TICKS: u64 = 200;
const CHANGES: u64 = 100;

fn main() -> Result<()> {
    let mut costs = Vec::new();
    for open in [100_000, 2_000_000] {
        costs.push(cost(open)?);
    }
    if let [few, many] = costs.as_slice() {
        figure("tick_of_100_changes_2m_over_100k", many / few, "ratio");
    }
    Ok(())
}

fn questions() -> Vec<Query> {
    let dimensions =
        [Dimension::Agency, Dimension::District, Dimension::Field, Dimension::Channel, Dimension::Ward];
    let metrics = [Metric::Open, Metric::Overdue, Metric::DueSoon, Metric::Assigned];
    metrics.iter().flat_map(|metric| dimensions.iter().map(|by| Query::of(*metric).by(*by))).collect()
}

/// The mean cost of a tick, in milliseconds.
fn cost(open: u64) -> Result<f64> {
    let mut state = city::state_of(open);
    let (own, symbols) = (state.city().clone(), state.symbols().clone());
    let mut cube = Cube::from_state(&state, Arc::new(Registry::standard()))?;
    let frozen = cube.freeze(state.clone());
    let mut topics = Vec::new();
    for query in questions() {
        topics.push(Topic::new(&frozen, query)?);
    }
    let (recompute, answers) =
        timed(|| questions().iter().map(|query| evaluate(&frozen, query)).collect::<Result<Vec<_>, _>>());
    answers?;
    drop(frozen);
    let mut spent = 0.0;
    for tick in 0..TICKS {
        let at = state.at().plus_micros(250_000);
        let events: Vec<_> = (0..CHANGES)
            .map(|number| {
                let case = (tick * CHANGES + number).wrapping_mul(2_654_435_761) % open;
                let seq = open + tick * CHANGES + number + 1;
                // Sources tell of what has happened, not of this very instant.
                city::event(&own, &symbols, seq, &city::transferred(case, at.plus_micros(-1_000), number))
            })
            .collect();
        let (secs, done) = timed(|| -> Result<()> {
            let mut changes = Changes::default();
            for event in events {
                state.apply(event, &mut changes);
            }
            state.advance(at, &mut changes);
            let batch = cube.take(&changes)?;
            let frozen = cube.freeze(state.clone());
            for topic in &mut topics {
                topic.step(&batch, &frozen);
            }
            Ok(())
        });
        done?;
        spent += secs;
    }
    #[allow(clippy::cast_precision_loss)]
    let mean = spent * 1_000.0 / TICKS as f64;
    figure(&format!("tick_of_100_changes_and_20_questions_at_{open}_open"), mean, "ms");
    figure(&format!("recompute_of_20_questions_at_{open}_open"), recompute * 1_000.0, "ms");
    figure(&format!("recompute_over_tick_at_{open}_open"), recompute * 1_000.0 / mean, "ratio");
    Ok(mean)
}
