//! The stream: days are planned one after the other, and what they hold comes out in the order of time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

use domain::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::counters::{self, Queue};
use super::draft;
use super::model::Code;
use super::story::Planned;
use super::world::World;
use super::{dossier, report};

/// An event whose time has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// Its time.
    pub time: Timestamp,
    /// The CloudEvent.
    pub event: Json,
}

/// An endless stream of events, or one that ends.
#[derive(Debug)]
pub struct Simulation {
    world: Arc<World>,
    from: Timestamp,
    until: Timestamp,
    /// The day that is planned next.
    next: Date,
    /// Its first instant: everything earlier is in the heap already.
    planned_to: Timestamp,
    pending: BinaryHeap<Reverse<Pending>>,
    serial: u64,
}

#[derive(Debug)]
struct Pending {
    time: Timestamp,
    /// Of equal times the one that was planned first.
    serial: u64,
    what: Waiting,
}

#[derive(Debug)]
enum Waiting {
    Case(Planned),
    Counter(Queue),
    Heartbeat(Code),
}

impl Simulation {
    /// Cases from `from` on. It ends before `until`, and leaves open what then is open.
    #[must_use]
    pub fn new(world: Arc<World>, from: Timestamp, until: Option<Timestamp>) -> Self {
        let next = world.date_of(from);
        let planned_to = world.start_of(next);
        let until = until.unwrap_or(Timestamp::MAX);
        Self { world, from, until, next, planned_to, pending: BinaryHeap::new(), serial: 0 }
    }

    /// The time of the next event.
    pub fn next_time(&mut self) -> Option<Timestamp> {
        while self.planned_to < self.until
            && self.pending.peek().is_none_or(|Reverse(first)| first.time >= self.planned_to)
        {
            self.plan_day();
        }
        self.pending.peek().map(|Reverse(first)| first.time).filter(|time| *time < self.until)
    }

    /// Goes past everything before `time` without making events of it; how much that was.
    pub fn pass(&mut self, time: Timestamp) -> u64 {
        let mut passed = 0;
        while self.next_time().is_some_and(|next| next < time) {
            self.pending.pop();
            passed += 1;
        }
        passed
    }

    /// How many events wait for their time.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    fn plan_day(&mut self) {
        let world = self.world.clone();
        let date = self.next;
        let mut cases = Vec::new();
        report::plan(&world, date, &mut cases);
        dossier::plan(&world, date, &mut cases);
        // A day that is entered in its middle has only the cases that come in from then on.
        let mut from_here = true;
        for planned in cases {
            if planned.number == 1 {
                from_here = planned.time >= self.from;
            }
            if from_here {
                self.push(planned.time, Waiting::Case(planned));
            }
        }
        for (time, queue) in counters::plan(&world, date) {
            self.push(time, Waiting::Counter(queue));
        }
        self.next = date.tomorrow().unwrap_or(Date::MAX);
        let end = world.start_of(self.next);
        let sources = &world.sources;
        let of = [
            Some(&sources.reports),
            Some(&sources.copies),
            sources.dossiers.as_ref(),
            sources.counters.as_ref(),
        ];
        let mut beat = self.planned_to;
        while beat < end {
            for source in of.into_iter().flatten() {
                self.push(beat, Waiting::Heartbeat(source.clone()));
            }
            beat = beat.plus_secs(world.model.heartbeat_secs);
        }
        self.planned_to = end;
    }

    fn push(&mut self, time: Timestamp, what: Waiting) {
        if time < self.from || time >= self.until {
            return;
        }
        self.serial += 1;
        self.pending.push(Reverse(Pending { time, serial: self.serial, what }));
    }

    fn made(&self, pending: &Pending) -> Json {
        let zone = &self.world.city.zone;
        let time = pending.time;
        let plain = |source: &Code, id: String, kind: &str, data: Json| {
            draft::plain(source, &id, kind, time, zone, &data)
        };
        let secs = time.micros() / 1_000_000;
        match &pending.what {
            Waiting::Case(planned) => draft::event(&planned.facts, planned.number, time, &planned.what, zone),
            Waiting::Counter(queue) => {
                let source = self.world.sources.counters.as_ref().unwrap_or(&self.world.sources.reports);
                plain(source, format!("{}/{secs}", queue.unit()), "counter.reported", queue.data())
            }
            Waiting::Heartbeat(source) => {
                let data = json!({"watermark": time.to_rfc3339(zone)});
                plain(source, format!("heartbeat/{secs}"), "source.heartbeat", data)
            }
        }
    }
}

impl Iterator for Simulation {
    type Item = Simulated;

    fn next(&mut self) -> Option<Simulated> {
        self.next_time()?;
        let Reverse(pending) = self.pending.pop()?;
        Some(Simulated { time: pending.time, event: self.made(&pending) })
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}

impl Eq for Pending {}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time, self.serial).cmp(&(other.time, other.serial))
    }
}
