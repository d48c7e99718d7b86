//! The queues at the counters of some committees: tickets drawn by the hour, served one after the other.

use domain::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::chance::Chance;
use super::model::{Code, CounterPlan};
use super::report::day_number;
use super::world::World;

/// A queue at an instant.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    unit: Code,
    waiting: u64,
    serving: u64,
    issued_today: u64,
    oldest_wait_secs: u64,
}

impl Queue {
    pub(super) fn data(&self) -> serde_json::Value {
        json!({
            "unit": &*self.unit,
            "waiting": self.waiting,
            "serving": self.serving,
            "issued_today": self.issued_today,
            "oldest_wait_secs": self.oldest_wait_secs,
            // Tickets are called in their order: all that were issued, without those that still wait.
            "called": self.issued_today.saturating_sub(self.waiting),
        })
    }

    pub(super) fn unit(&self) -> &str {
        &self.unit
    }
}

/// Every report of every queue on a day; none where nobody works.
pub(super) fn plan(world: &World, date: Date) -> Vec<(Timestamp, Queue)> {
    let Some(plan) = &world.model.counters else { return Vec::new() };
    if world.works(date) == Some(false) {
        return Vec::new();
    }
    let mut chance = Chance::of(world.seed, "counters", day_number(date));
    let mut reports = Vec::new();
    for ward in world.wards.heaviest(plan.wards) {
        queue(world, plan, ward, date, chance.branch(), &mut reports);
    }
    reports
}

fn queue(
    world: &World,
    plan: &CounterPlan,
    ward: usize,
    date: Date,
    mut chance: Chance,
    reports: &mut Vec<(Timestamp, Queue)>,
) {
    let unit = world.committee(ward);
    let start = world.start_of(date);
    let slots_per_hour = 3_600 / plan.every_secs.clamp(1, 3_600);
    #[allow(clippy::cast_precision_loss)] // Slots of an hour.
    let slots = slots_per_hour as f64;
    let mut queue = Queue { unit, waiting: 0, serving: 0, issued_today: 0, oldest_wait_secs: 0 };
    for hour in 0..24_u8 {
        let share = plan.hours.share(usize::from(hour));
        if share <= 0.0 {
            continue;
        }
        for slot in 0..slots_per_hour {
            let drawn = chance.count(plan.tickets_per_day * share / slots);
            let there = queue.waiting + drawn;
            queue.issued_today += drawn;
            queue.waiting = there.saturating_sub(chance.count(plan.served_per_hour / slots));
            queue.serving = queue.waiting.min(plan.places);
            // Whoever is last waits for all before him.
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let wait_secs = (queue.waiting as f64 / plan.served_per_hour * 3_600.0) as u64;
            queue.oldest_wait_secs = wait_secs;
            let at = start.plus_secs(i64::from(hour) * 3_600 + slot * plan.every_secs);
            reports.push((at, queue.clone()));
        }
    }
}
