//! Who reports on a day: the ordinary ones by the rhythm of day and week, and those of clusters.

use domain::Timestamp;
use jiff::civil::Date;

use super::chance::Chance;
use super::cluster;
use super::model::Rhythm;
use super::world::World;

/// Somebody reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) at: Timestamp,
    /// The place of its field in the model.
    pub(super) field: usize,
    /// The place of its ward.
    pub(super) ward: usize,
    /// How likely it is of a matter that somebody has reported already.
    pub(super) repeated: f64,
}

/// The reports of a day in the order of time.
pub(super) fn reports(world: &World, date: Date, chance: &mut Chance) -> Vec<Arrival> {
    let plan = &world.model.reports;
    let times = times(world, &plan.rhythm, plan.per_year * world.scale.reports, date, chance);
    let mut arrivals: Vec<Arrival> = times
        .into_iter()
        .map(|at| {
            let field = chance.weighted(&plan.field_weights);
            let ward = world.wards.draw(chance);
            Arrival { at, field, ward, repeated: plan.fields[field].repeated }
        })
        .collect();
    for cluster in &world.model.clusters {
        cluster::add(world, cluster, date, chance, &mut arrivals);
    }
    // Stable: equal times keep the order in which they were drawn.
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

/// When something happens on a day that happens `per_year` times in a year, in any order.
pub(super) fn times(
    world: &World,
    rhythm: &Rhythm,
    per_year: f64,
    date: Date,
    chance: &mut Chance,
) -> Vec<Timestamp> {
    let mean = per_year / 365.25 * rhythm.day(date, world.works(date));
    let start = world.start_of(date);
    let mut times = Vec::new();
    for hour in 0..24_u8 {
        let count = chance.count(mean * rhythm.hours.share(usize::from(hour)));
        times.extend((0..count).map(|_| instant(start, f64::from(hour), chance)));
    }
    times
}

/// A whole second of an hour of the day.
pub(super) fn instant(start: Timestamp, hour: f64, chance: &mut Chance) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)] // Seconds of a day.
    let secs = ((hour + chance.unit()) * 3_600.0) as i64;
    start.plus_secs(secs)
}
