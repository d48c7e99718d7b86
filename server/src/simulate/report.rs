//! The reports of a day: who reports what and where, what repeats what, and each one's story.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::geo::LatLng;
use jiff::civil::Date;

use super::arrivals::{self, Arrival};
use super::chance::Chance;
use super::draft::{Facts, Kind};
use super::model::{Code, FieldPlan};
use super::story::{self, Before, Planned, Story};
use super::world::World;

/// How far from the first report another of the same matter may be: about 150 metres.
const NEAR_DEG: f64 = 0.001_4;

/// The first report of a matter, which others may repeat on the same day.
struct First {
    code: Code,
    point: Option<LatLng>,
}

/// Plans a day: every event of every report that comes in on it.
pub(super) fn plan(world: &World, date: Date, planned: &mut Vec<Planned>) {
    let mut chance = Chance::of(world.seed, "reports", day_number(date));
    let arrivals = arrivals::reports(world, date, &mut chance);
    let prefix = format!("{}-{}", world.model.reports.code_prefix, date.strftime("%y%m%d"));
    let mut firsts: BTreeMap<(usize, usize), First> = BTreeMap::new();
    for (number, arrival) in (1_u32..).zip(&arrivals) {
        let mut chance = chance.branch();
        let code: Code = Arc::from(format!("{prefix}-{number:05}"));
        let matter = (arrival.field, arrival.ward);
        let first = firsts.get(&matter).filter(|_| chance.happens(arrival.repeated));
        let (before, near) = match first {
            Some(first) => (Before::Repeats(first.code.clone()), first.point),
            None => (Before::Nothing, None),
        };
        let report = Report::draw(world, arrival, near, &mut chance);
        if matches!(before, Before::Nothing) {
            firsts.insert(matter, First { code: code.clone(), point: report.point });
        }
        let copied = matches!(before, Before::Nothing) && chance.happens(world.model.copied());
        if copied {
            let again: Code = Arc::from(format!("{prefix}-{number:05}C"));
            let copy = Before::Copies(code.clone());
            planned.extend(report.tell(world, again, &world.sources.copies, &copy, chance.branch()));
        }
        planned.extend(report.tell(world, code, &world.sources.reports, &before, chance));
    }
}

/// The number of a day, for its own stream of chance.
pub(super) fn day_number(date: Date) -> i64 {
    i64::from(domain::calendar::Day::of(date).since(domain::calendar::Day::FIRST))
}

/// What somebody reports.
struct Report<'a> {
    arrival: &'a Arrival,
    field: &'a FieldPlan,
    incident: bool,
    channel: Code,
    confidential: bool,
    ward_code: Option<Code>,
    point: Option<LatLng>,
}

impl<'a> Report<'a> {
    fn draw(world: &'a World, arrival: &'a Arrival, near: Option<LatLng>, chance: &mut Chance) -> Self {
        let plan = &world.model.reports;
        let field = &plan.fields[arrival.field];
        let ward = world.wards.get(arrival.ward);
        let placed = chance.happens(field.placed);
        let point = match near {
            Some(near) => Some(ward.shape.draw_near(near, NEAR_DEG, chance)),
            None if placed => ward.shape.draw(chance),
            None => None,
        };
        let ward_code = world.area_code(arrival.ward, arrival.at, point.is_some(), chance);
        Self {
            arrival,
            field,
            incident: field.group == 1 && !chance.happens(field.not_incident),
            channel: plan.channels[chance.weighted(&plan.channel_weights)].clone(),
            confidential: chance.happens(world.model.confidential()),
            ward_code,
            point,
        }
    }

    fn tell(
        &self,
        world: &World,
        code: Code,
        source: &Code,
        before: &Before,
        chance: Chance,
    ) -> Vec<Planned> {
        let ward = world.wards.get(self.arrival.ward);
        let facts = Facts {
            code,
            source: source.clone(),
            city: Arc::from(world.city.code.as_str()),
            field: self.field.code.clone(),
            ward: self.ward_code.clone(),
            point: self.point,
            place: ward.name.clone(),
            kind: Kind::Report {
                channel: self.channel.clone(),
                group: self.field.group,
                incident: self.incident,
                severity: "normal",
                confidential: self.confidential,
                portal: world.model.units.portal.clone(),
                about: format!("{}, {} (dữ liệu mô phỏng)", self.field.label, ward.name),
            },
        };
        let mut story = Story::begin(world, Arc::new(facts), self.arrival.ward, self.arrival.at, chance);
        story::tell(&mut story, self.field, self.incident, before);
        story.end()
    }
}
