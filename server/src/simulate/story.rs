//! One case from its beginning to its end, told forwards: each act moves the story's time on by the
//! delay that the model has for it, and leaves its event behind.

mod after;
mod incident;
mod intake;
mod matter;
mod office;
mod slip;

use std::sync::Arc;

use domain::Timestamp;
use jiff::civil::Date;

use super::chance::Chance;
use super::draft::{Amendment, Facts, Resolution, What};
use super::model::{Agencies, Code, Delay};
use super::world::World;

pub(super) use after::rating;
pub(super) use intake::{Before, tell};

/// An event of a story.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) time: Timestamp,
    /// The how-manieth of its case.
    pub(super) number: u16,
    pub(super) facts: Arc<Facts>,
    pub(super) what: What,
}

/// A story while it is told.
pub(super) struct Story<'a> {
    pub(super) world: &'a World,
    pub(super) chance: Chance,
    pub(super) facts: Arc<Facts>,
    /// Where it happened, as a place among the wards.
    pub(super) ward: usize,
    pub(super) date: Date,
    /// When its last act was.
    pub(super) at: Timestamp,
    told: Vec<Planned>,
}

impl<'a> Story<'a> {
    /// Begins with the receipt.
    pub(super) fn begin(
        world: &'a World,
        facts: Arc<Facts>,
        ward: usize,
        at: Timestamp,
        chance: Chance,
    ) -> Self {
        let date = world.date_of(at);
        let mut story = Self { world, chance, facts, ward, date, at, told: Vec::with_capacity(12) };
        story.say(What::Received);
        story
    }

    pub(super) fn end(self) -> Vec<Planned> {
        self.told
    }

    /// Time goes on by an act, at the pace of whoever does it.
    pub(super) fn wait(&mut self, delay: &Delay, unit: Option<&Code>) {
        self.at = self.when(self.at, delay, unit);
    }

    /// When an act that begins at `from` would be done.
    pub(super) fn when(&mut self, from: Timestamp, delay: &Delay, unit: Option<&Code>) -> Timestamp {
        let pace = unit.map_or(1.0, |unit| self.world.pace(unit));
        self.world.after(from, delay, pace, &mut self.chance)
    }

    /// Something happens now.
    pub(super) fn say(&mut self, what: What) {
        self.say_at(self.at, what);
    }

    /// Something happens beside the story.
    pub(super) fn say_at(&mut self, time: Timestamp, what: What) {
        let number = u16::try_from(self.told.len() + 1).unwrap_or(u16::MAX);
        self.told.push(Planned { time, number, facts: self.facts.clone(), what });
    }

    pub(super) fn flag(&mut self, name: &'static str) {
        self.say(What::Amended(Amendment::Flag(name)));
    }

    pub(super) fn step(&mut self, step: &'static str, unit: &Code) {
        self.say(What::Step { step, unit: Some(unit.clone()), officer: None, evidence: false });
    }

    pub(super) fn transfer(&mut self, step: &'static str, from: &Code, to: &Code) {
        let from = (from != to).then(|| from.clone());
        self.say(What::Transferred {
            step,
            from,
            to: to.clone(),
            support: false,
            reason: None,
            verification: None,
        });
    }

    pub(super) fn give_back(
        &mut self,
        from: &Code,
        to: &Code,
        reason: &'static str,
        verification: Option<&'static str>,
    ) {
        self.say(What::Transferred {
            step: "returned",
            from: Some(from.clone()),
            to: to.clone(),
            support: false,
            reason: Some(reason),
            verification,
        });
    }

    pub(super) fn agency(&mut self, among: &Agencies, not: Option<&Code>) -> Code {
        self.world.agency(among, self.ward, self.date, not, &mut self.chance)
    }

    pub(super) fn resolve(&mut self, resolution: Resolution) {
        self.say(What::Resolved(Box::new(resolution)));
    }
}
