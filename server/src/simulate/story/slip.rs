//! A report in Hai Phong (583/QĐ-UBND Điều 8, 9): answered by the agent, or by slip to the focal officer
//! of a unit, from there to its head when working hours run out, and in dispute to the City Office.

use domain::Timestamp;

use super::incident::whole_minute;
use super::intake::Before;
use super::{Story, after};
use crate::simulate::draft::{Amendment, Resolution, What};
use crate::simulate::model::{Code, FieldPlan, Slip};

pub(super) fn tell(story: &mut Story<'_>, plan: &Slip, field: &FieldPlan, before: &Before) {
    let portal = story.world.model.units.portal.clone();
    match before {
        Before::Copies(first) => {
            story.wait(&plan.link, Some(&portal));
            return story.say(What::Linked { relation: "copy_of", to: first.clone() });
        }
        // Duplicates are not regulated: linked for display, and told.
        Before::Repeats(first) => {
            story.wait(&plan.link, Some(&portal));
            story.say(What::Linked { relation: "duplicate_of", to: first.clone() });
            story.at = story.at.plus_secs(1);
            return story.say(What::Noticed("duplicate"));
        }
        Before::Nothing => {}
    }
    if story.chance.happens(plan.refused) {
        story.wait(&plan.refuse, Some(&portal));
        return story.say(What::Refused("Nội dung không đáp ứng yêu cầu tiếp nhận."));
    }
    if story.chance.happens(plan.unclear) {
        story.at = story.at.plus_secs(60);
        story.flag("unclear");
        story.wait(&plan.ask, Some(&portal));
        story.step("clarification_requested", &portal);
        story.wait(&plan.clarify, None);
        story.step("clarified", &portal);
    }
    if story.chance.happens(plan.direct) {
        story.wait(&plan.answer_direct, Some(&portal));
        answered(story, &portal, "Tổng đài viên đã trả lời trực tiếp.");
        return after::tell(story, &portal, None);
    }
    if story.chance.happens(plan.pressing) {
        pressing(story, plan);
    }
    handled(story, plan, field);
}

/// Everything that a unit handles, from the call to the answer.
fn handled(story: &mut Story<'_>, plan: &Slip, field: &FieldPlan) {
    let portal = story.world.model.units.portal.clone();
    let unit = story.agency(&field.agencies, None);
    if story.chance.happens(plan.urgent) {
        story.at = story.at.plus_secs(30);
        story.say(What::Amended(Amendment::Severity("urgent")));
        story.wait(&plan.call, Some(&portal));
        story.transfer("delivered_to_unit", &portal, &unit);
    }
    story.wait(&plan.slip, Some(&portal));
    story.transfer("slip_delivered_to_focal_officer", &portal, &unit);
    story.say(What::Noticed("recorded"));
    if story.chance.happens(plan.disputed) {
        return disputed(story, plan, field, &unit);
    }
    let slip = story.at;
    let limit = story.world.after(slip, &plan.limit, 1.0, &mut story.chance);
    let mut due = limit;
    let done = if story.chance.happens(plan.promises) {
        let says = story.when(slip, &plan.promise, None).min(limit.plus_secs(-60)).max(slip.plus_secs(60));
        let done = story.when(says, &plan.answer_promised, Some(&unit));
        due = whole_minute(done.max(limit));
        story.say_at(says, What::Committed { commitment: "promised_answer_at", until: due });
        done
    } else {
        story.when(slip, &plan.answer, Some(&unit))
    };
    if done > due {
        escalated(story, plan, &portal, &unit, due);
    } else {
        story.at = done;
        answered(story, &unit, "Đã xử lý và trả lời người phản ánh.");
    }
    disagreed(story, plan, &unit);
    after::tell(story, &unit, Some(due));
}

/// No answer within the limit: to the head of the unit, who may need longer than his.
fn escalated(story: &mut Story<'_>, plan: &Slip, portal: &Code, unit: &Code, due: Timestamp) {
    story.at = due;
    story.wait(&plan.escalate, None);
    story.transfer("slip_delivered_to_unit_head", portal, unit);
    story.wait(&plan.answer_head, Some(unit));
    story.step("answered_to_hotline", unit);
    story.at = story.at.plus_secs(60);
    answered(story, unit, "Thủ trưởng đơn vị đã chỉ đạo xử lý và trả lời.");
}

/// Two units, neither of which wants it: the City Office names the lead.
fn disputed(story: &mut Story<'_>, plan: &Slip, field: &FieldPlan, unit: &Code) {
    let office = story.world.model.units.city_office.clone();
    story.at = story.at.plus_secs(600);
    story.transfer("sent_to_city_office", unit, &office);
    story.wait(&plan.direct_lead, Some(&office));
    let lead = story.agency(&field.agencies, Some(unit));
    story.transfer("forwarded", &office, &lead);
    story.wait(&plan.answer_promised, Some(&lead));
    answered(story, &lead, "Đã xử lý theo chỉ đạo.");
    after::tell(story, &lead, None);
}

/// A pressing matter: compiled for the City Office before the unit gets it.
fn pressing(story: &mut Story<'_>, plan: &Slip) {
    let portal = story.world.model.units.portal.clone();
    let office = story.world.model.units.city_office.clone();
    story.at = story.at.plus_secs(60);
    story.flag("pressing");
    story.wait(&plan.compile, Some(&portal));
    story.say(What::Transferred {
        step: "sent_to_city_office",
        from: Some(portal),
        to: office,
        support: true,
        reason: None,
        verification: None,
    });
}

/// The reporter is not content with the answer and sends it again.
fn disagreed(story: &mut Story<'_>, plan: &Slip, unit: &Code) {
    if !story.chance.happens(plan.disagrees) {
        return;
    }
    let office = story.world.model.units.city_office.clone();
    story.wait(&plan.disagree, None);
    story.say(What::Reopened("Người phản ánh không đồng ý với kết quả."));
    story.flag("reporter_disagrees");
    story.at = story.at.plus_secs(60);
    story.transfer("sent_to_city_office", unit, &office);
    story.wait(&plan.direct_lead, Some(&office));
    story.transfer("forwarded", &office, unit);
    story.wait(&plan.answer_again, Some(unit));
    answered(story, unit, "Đã xem xét lại và trả lời.");
}

fn answered(story: &mut Story<'_>, unit: &Code, result: &'static str) {
    story.step("responded_to_reporter", unit);
    story.at = story.at.plus_secs(1);
    story.resolve(Resolution {
        result,
        unit: unit.clone(),
        handled_at: None,
        answered: true,
        fixed: false,
        images: false,
    });
}
