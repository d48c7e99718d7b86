//! Reports that come together: a cloudburst floods a dozen wards, a cable goes and a street is dark.

use jiff::civil::Date;

use super::arrivals::{Arrival, instant};
use super::chance::Chance;
use super::model::ClusterPlan;
use super::world::World;

/// No cluster has more than so many times its usual number: a day is held in memory.
const TIMES_USUAL_MAX: f64 = 20.0;

/// Adds the reports of a day's clusters of one kind.
pub(super) fn add(
    world: &World,
    plan: &ClusterPlan,
    date: Date,
    chance: &mut Chance,
    arrivals: &mut Vec<Arrival>,
) {
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1).min(11);
    let start = world.start_of(date);
    for _ in 0..chance.count(plan.per_day[month]) {
        let hour = chance.weighted(&plan.hours);
        #[allow(clippy::cast_precision_loss)] // An hour of the day.
        let begins = instant(start, hour as f64, chance);
        let middle = world.wards.draw(chance);
        let wards = world.wards.around(middle, plan.wards);
        let usual = plan.reports.median_secs;
        let reports = chance.log_normal(usual, plan.reports.spread).min(usual * TIMES_USUAL_MAX);
        for _ in 0..chance.count(reports * world.scale.reports) {
            let field = plan.fields[chance.weighted(&plan.field_weights)];
            let ward = wards[chance.place(wards.len())];
            let at = world.after(begins, &plan.lasts, 1.0, chance);
            arrivals.push(Arrival { at, field, ward, repeated: plan.repeated });
        }
    }
}
