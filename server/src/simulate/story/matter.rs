//! A matter that is answered (4874/QĐ-UBND Điều 7.2), and infrastructure that is no incident (7.1.d).

use super::incident::whole_minute;
use super::{Story, after, intake};
use crate::simulate::draft::{Resolution, What};
use crate::simulate::model::{Code, FieldPlan, Intake, Matter};

pub(super) fn tell(story: &mut Story<'_>, intake: &Intake, plan: &Matter, field: &FieldPlan) {
    let mut unit = intake::dispatch(story, intake, field);
    if story.chance.happens(plan.not_competent) {
        unit = forward(story, intake, plan, field, &unit);
    }
    let delivered = story.at;
    story.wait(&plan.assign, Some(&unit));
    story.transfer("assigned_to_subordinate", &unit, &unit);
    story.wait(&plan.begin, Some(&unit));
    story.step("handling_begun", &unit);
    let begun = story.at;
    let done = story.when(begun, &plan.answer, Some(&unit));
    let says = story.when(delivered, &plan.commit, None);
    if done > says && says > begun && story.chance.happens(plan.commits) {
        story.at = says;
        story.say(What::Step {
            step: "progress_reported",
            unit: Some(unit.clone()),
            officer: None,
            evidence: true,
        });
        let rest = done.since(says);
        let until = if story.chance.happens(plan.overruns) { says.plus_micros(rest / 2) } else { done };
        let until = whole_minute(until.max(says.plus_secs(3_600)));
        story.say(What::Committed { commitment: "committed_completion_at", until });
    }
    story.at = done.max(story.at.plus_secs(1));
    story.resolve(Resolution {
        result: "Đã xử lý và trả lời người phản ánh.",
        unit: unit.clone(),
        handled_at: None,
        answered: true,
        fixed: false,
        images: story.facts.point.is_some(),
    });
    after::tell(story, &unit, Some(says));
}

/// Not within competence: back to the portal, which sends it on.
fn forward(story: &mut Story<'_>, intake: &Intake, plan: &Matter, field: &FieldPlan, unit: &Code) -> Code {
    let portal = story.world.model.units.portal.clone();
    let checked = story.chance.happens(plan.field_check);
    story.at = story.at.plus_secs(600);
    story.flag("not_competent");
    if checked {
        story.at = story.at.plus_secs(600);
        story.flag("field_check_done");
    }
    let delay = if checked { &plan.give_back_checked } else { &plan.give_back };
    story.wait(delay, Some(unit));
    story.give_back(unit, &portal, "Không thuộc thẩm quyền.", None);
    story.wait(&plan.forward, Some(&portal));
    let next = story.agency(&field.agencies, Some(unit));
    story.transfer("forwarded", &portal, &next);
    story.wait(&intake.deliver, None);
    story.transfer("delivered_to_unit", &portal, &next);
    next
}
