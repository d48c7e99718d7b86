//! Initiatives, and directives carried out late or badly (4874/QĐ-UBND Điều 7.3): through the City Office.

use super::{Story, after};
use crate::simulate::draft::{Resolution, What};
use crate::simulate::model::{FieldPlan, Intake, Office};

pub(super) fn tell(story: &mut Story<'_>, intake: &Intake, plan: &Office, field: &FieldPlan) {
    let portal = story.world.model.units.portal.clone();
    let office = story.world.model.units.city_office.clone();
    story.wait(&plan.send, Some(&portal));
    story.transfer("sent_to_city_office", &portal, &office);
    story.say(What::Noticed("recorded"));
    story.wait(&plan.receive, Some(&office));
    story.transfer("received_by_city_office", &portal, &office);
    story.wait(&plan.review, Some(&office));
    let unit = story.agency(&field.agencies, Some(&office));
    story.transfer("dispatched", &office, &unit);
    story.wait(&intake.deliver, None);
    story.transfer("delivered_to_unit", &office, &unit);
    story.wait(&plan.begin, Some(&unit));
    story.step("handling_begun", &unit);
    if story.chance.happens(plan.coordination) {
        story.at = story.at.plus_secs(60);
        story.flag("coordination_required");
        let other = story.agency(&field.agencies, Some(&unit));
        story.at = story.at.plus_secs(60);
        story.say(What::Transferred {
            step: "forwarded",
            from: Some(unit.clone()),
            to: other,
            support: true,
            reason: None,
            verification: None,
        });
    }
    story.wait(&plan.answer, Some(&unit));
    story.resolve(Resolution {
        result: "Đã xem xét và trả lời.",
        unit: unit.clone(),
        handled_at: None,
        answered: true,
        fixed: false,
        images: false,
    });
    after::tell(story, &unit, None);
}
