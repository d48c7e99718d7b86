//! An infrastructure incident (4874/QĐ-UBND Điều 7.1): verified, assigned, inspected, repaired.

use domain::Timestamp;

use super::{Story, after, intake};
use crate::simulate::draft::{Amendment, Resolution, What};
use crate::simulate::model::{Code, FieldPlan, Incident, Intake};

pub(super) fn tell(story: &mut Story<'_>, intake: &Intake, plan: &Incident, field: &FieldPlan) {
    let mut unit = intake::dispatch(story, intake, field);
    if story.chance.happens(plan.other_unit) {
        unit = forward(story, intake, plan, field, &unit);
    }
    story.wait(&plan.verify, Some(&unit));
    if story.chance.happens(plan.false_report) {
        story.step("verified_false", &unit);
        story.wait(&plan.close_false, Some(&unit));
        return story.say(What::Closed("Báo giả: kiểm tra thực tế không có sự cố."));
    }
    story.step("verified_genuine", &unit);
    story.wait(&plan.assign, Some(&unit));
    let worker = story.agency(&field.agencies, Some(&unit));
    story.transfer("assigned_to_subordinate", &unit, &worker);
    let is_complex = story.chance.happens(plan.complex);
    story.wait(&plan.inspect, Some(&worker));
    story.step("inspected", &worker);
    let inspected = story.at;
    if is_complex {
        repair_complex(story, plan, &worker);
    } else {
        repair(story, plan, &worker);
    }
    let repaired = story.at;
    story.step("repaired", &worker);
    story.wait(&plan.record, Some(&worker));
    story.resolve(Resolution {
        result: "Đã khắc phục sự cố.",
        unit: worker.clone(),
        handled_at: Some(repaired),
        answered: false,
        fixed: true,
        images: true,
    });
    after::tell(story, &worker, Some(promised(inspected, plan, is_complex)));
}

/// By when people would have expected it.
fn promised(inspected: Timestamp, plan: &Incident, is_complex: bool) -> Timestamp {
    let delay = if is_complex { plan.commit_complex } else { plan.commit };
    #[allow(clippy::cast_possible_truncation)] // Hours.
    inspected.plus_secs(delay.median_secs as i64)
}

/// Another unit's responsibility: back, confirmed, and on to the right one.
fn forward(story: &mut Story<'_>, intake: &Intake, plan: &Incident, field: &FieldPlan, unit: &Code) -> Code {
    let portal = story.world.model.units.portal.clone();
    story.at = story.at.plus_secs(60);
    story.flag("other_unit_responsible");
    story.wait(&plan.give_back, Some(unit));
    let found = "Có thật; hạ tầng do đơn vị khác quản lý.";
    story.give_back(unit, &portal, "Không thuộc trách nhiệm của đơn vị.", Some(found));
    story.wait(&plan.review, Some(&portal));
    story.step("return_confirmed", &portal);
    story.wait(&plan.forward, Some(&portal));
    let next = story.agency(&field.agencies, Some(unit));
    story.transfer("forwarded", &portal, &next);
    story.wait(&intake.deliver, None);
    story.transfer("delivered_to_unit", &portal, &next);
    next
}

fn repair(story: &mut Story<'_>, plan: &Incident, worker: &Code) {
    let begun = story.at;
    let done = story.when(begun, &plan.repair, Some(worker));
    let says = story.when(begun, &plan.commit, None);
    commit(story, plan, says, done);
}

fn repair_complex(story: &mut Story<'_>, plan: &Incident, worker: &Code) {
    story.at = story.at.plus_secs(60);
    let is_major = story.chance.happens(plan.major);
    story.say(What::Amended(Amendment::Severity(if is_major { "major" } else { "complex" })));
    let begun = story.at;
    story.wait(&plan.mitigate, Some(worker));
    story.say(What::Step { step: "mitigated", unit: Some(worker.clone()), officer: None, evidence: true });
    let mitigated = story.at;
    let done = story.when(begun, &plan.repair_complex, Some(worker)).max(mitigated.plus_secs(60));
    let says = story.when(begun, &plan.commit_complex, None).max(mitigated.plus_secs(1));
    commit(story, plan, says, done);
}

/// A repair that takes longer than the limit: most units say until when, some of them are wrong.
fn commit(story: &mut Story<'_>, plan: &Incident, says: Timestamp, done: Timestamp) {
    if done > says && story.chance.happens(plan.commits) {
        let rest = done.since(says);
        let until = if story.chance.happens(plan.overruns) {
            says.plus_micros(rest / 2)
        } else {
            done.plus_micros(rest / 4)
        };
        let until = whole_minute(until);
        story.say_at(says, What::Committed { commitment: "expected_completion_at", until });
    }
    story.at = done;
}

/// People promise minutes, not seconds.
pub(super) fn whole_minute(at: Timestamp) -> Timestamp {
    const MINUTE_MICROS: i64 = 60_000_000;
    Timestamp::from_micros((at.micros().div_euclid(MINUTE_MICROS) + 1) * MINUTE_MICROS)
}
