//! How many events a core folds in a second, with 100,000 and with 2,000,000 cases open.

use benches::city;
use benches::figures::{figure, timed};
use domain::state::Changes;

const EVENTS: u64 = 200_000;

fn main() {
    let mut per_second = Vec::new();
    for open in [100_000, 2_000_000] {
        let mut state = city::state_of(open);
        let (own, symbols) = (state.city().clone(), state.symbols().clone());
        let events: Vec<_> = (0..EVENTS)
            .map(|number| {
                let case = number.wrapping_mul(2_654_435_761) % open;
                let at = state.at().plus_secs(i64::try_from(number).unwrap_or_default());
                city::event(&own, &symbols, open + number + 1, &city::transferred(case, at, number))
            })
            .collect();
        let mut changes = Changes::default();
        let (secs, ()) = timed(|| {
            for event in events {
                state.apply(event, &mut changes);
                changes.rows.clear();
                changes.cases.clear();
            }
        });
        #[allow(clippy::cast_precision_loss)]
        let rate = EVENTS as f64 / secs;
        figure(&format!("fold_events_per_second_at_{open}_open"), rate, "events/s");
        per_second.push(rate);
    }
    if let [few, many] = per_second.as_slice() {
        figure("fold_rate_2m_over_100k", many / few, "ratio");
    }
}
