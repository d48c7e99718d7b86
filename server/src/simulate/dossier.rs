//! The dossiers of a day (2686/QĐ-UBND Phần II.II.2.b): received online or at the desk, processed,
//! approved, returned, and rated stage by stage.

use std::sync::Arc;

use domain::Timestamp;
use domain::calendar::DayCount;
use jiff::civil::Date;

use super::arrivals;
use super::chance::Chance;
use super::draft::{Amendment, Facts, Kind, Resolution, What};
use super::model::{Code, Delay, DossierPlan, ProcedurePlan};
use super::report::day_number;
use super::story::{Planned, Story, rating};
use super::world::World;

/// Officers of a unit who may have a dossier in hand.
const OFFICERS: usize = 12;

/// Plans a day: every event of every dossier that comes in on it.
pub(super) fn plan(world: &World, date: Date, planned: &mut Vec<Planned>) {
    let (Some(plan), Some(source)) = (&world.model.dossiers, &world.sources.dossiers) else { return };
    let mut chance = Chance::of(world.seed, "dossiers", day_number(date));
    let per_year = plan.per_year * world.scale.dossiers;
    let mut online = arrivals::times(world, &plan.rhythm_online, per_year * plan.online, date, &mut chance);
    online.sort_unstable();
    let desk = per_year * (1.0 - plan.online);
    let mut in_person = arrivals::times(world, &plan.rhythm_in_person, desk, date, &mut chance);
    in_person.sort_unstable();
    let mut all: Vec<(Timestamp, bool)> = online.into_iter().map(|at| (at, true)).collect();
    all.extend(in_person.into_iter().map(|at| (at, false)));
    all.sort_unstable();
    for (number, (at, online)) in (1_u32..).zip(all) {
        let code = code(&plan.code_prefix, date, number);
        planned.extend(tell(world, plan, code, source, at, online, chance.branch()));
    }
}

/// A unit counts four digits of dossiers a day (Thông tư 01/2018/TT-VPCP Điều 19); a city has more.
fn code(prefix: &str, date: Date, number: u32) -> Code {
    let unit = prefix.replace("##", &format!("{:02}", number / 10_000));
    Arc::from(format!("{unit}-{}-{:04}", date.strftime("%y%m%d"), number % 10_000))
}

fn tell(
    world: &World,
    plan: &DossierPlan,
    code: Code,
    source: &Code,
    at: Timestamp,
    online: bool,
    mut chance: Chance,
) -> Vec<Planned> {
    let procedure = &plan.procedures[chance.weighted(&plan.procedure_weights)];
    let ward = world.wards.draw(&mut chance);
    let date = world.date_of(at);
    let unit = world.agency(&procedure.agencies, ward, date, None, &mut chance);
    let due = due(world, at, procedure);
    let facts = Facts {
        code,
        source: source.clone(),
        city: Arc::from(world.city.code.as_str()),
        field: procedure.field.clone(),
        ward: world.area_code(ward, at, false, &mut chance),
        point: None,
        place: world.wards.get(ward).name.clone(),
        kind: Kind::Dossier { procedure: procedure.code.clone(), online, agency: unit.clone(), due },
    };
    let mut story = Story::begin(world, Arc::new(facts), ward, at, chance);
    handle(&mut story, plan, procedure, &unit, due);
    story.end()
}

fn handle(story: &mut Story<'_>, plan: &DossierPlan, procedure: &ProcedurePlan, unit: &Code, due: Timestamp) {
    let desk = &plan.desk;
    let mut due = due;
    if story.chance.happens(desk.supplement) {
        story.wait(&desk.ask, None);
        act(story, "supplement_requested", unit);
        story.wait(&desk.supplied, None);
        act(story, "supplemented", unit);
        due = self::due(story.world, story.at, procedure);
        story.say(What::Amended(Amendment::DueAt(due)));
    }
    if story.chance.happens(desk.stopped) {
        story.wait(&desk.stop, None);
        return story.say(What::Cancelled("Người nộp rút hồ sơ."));
    }
    let begun = story.at;
    story.wait(&desk.circulate, Some(unit));
    let officer = act(story, "circulated", unit);
    process(story, desk.process, unit, begun, due);
    act(story, "submitted_for_approval", unit);
    if story.chance.happens(desk.sent_back) {
        story.wait(&desk.approve, Some(unit));
        act(story, "sent_back", unit);
        story.wait(&desk.rework, Some(unit));
        act(story, "submitted_for_approval", unit);
    }
    story.wait(&desk.approve, Some(unit));
    act(story, "approved", unit);
    let approved = story.at;
    story.resolve(Resolution {
        result: "Đã có kết quả.",
        unit: unit.clone(),
        handled_at: Some(approved),
        answered: true,
        fixed: false,
        images: false,
    });
    story.wait(&desk.give, None);
    act(story, "returned_result", unit);
    for (stage, rated) in &plan.stages {
        if story.chance.happens(*rated) {
            story.wait(&desk.rate, None);
            let late = approved > due;
            let channels = &plan.rating_channels;
            let said =
                rating(story.world, unit, late, Some(stage), Some(officer), channels, &mut story.chance);
            story.say(What::Rated(Box::new(said)));
        }
    }
}

/// Until it lies before the leader: a share of the time that there is, at the unit's own pace.
fn process(story: &mut Story<'_>, share: Delay, unit: &Code, begun: Timestamp, due: Timestamp) {
    let whole_micros = match &story.world.city.calendar {
        Some(calendar) => calendar.working_between(begun, due),
        None => due.since(begun),
    };
    #[allow(clippy::cast_precision_loss)] // A limit of years at most.
    let whole_secs = (whole_micros as f64 / 1e6).max(60.0);
    let delay = Delay { median_secs: share.median_secs * whole_secs, working: true, ..share };
    story.wait(&delay, Some(unit));
}

/// By when it has to be done.
fn due(world: &World, at: Timestamp, procedure: &ProcedurePlan) -> Timestamp {
    let days = procedure.limit_working_days;
    match &world.city.calendar {
        Some(calendar) => calendar.plus_working_days(at, days, DayCount::default()),
        None => at.plus_secs(i64::from(days) * 86_400),
    }
}

/// A step by one of the unit's officers, whose number it gives.
fn act(story: &mut Story<'_>, step: &'static str, unit: &Code) -> u16 {
    let officer = u16::try_from(story.chance.place(OFFICERS) + 1).unwrap_or(1);
    story.say(What::Step { step, unit: Some(unit.clone()), officer: Some(officer), evidence: false });
    officer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_form_on_a_day_with_more_dossiers_than_four_digits_count() {
        let date = Date::constant(2025, 10, 1);
        for (number, want) in [(1, "MP0.00.00.H29-251001-0001"), (12_345, "MP0.01.00.H29-251001-2345")] {
            assert_eq!(&*code("MP0.##.00.H29", date, number), want);
        }
    }
}
