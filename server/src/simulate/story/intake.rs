//! How a report begins: refused, linked to a first one, copied, or sent to a unit.

use super::{Story, incident, matter, office, slip};
use crate::simulate::draft::What;
use crate::simulate::model::{Code, FieldPlan, Flow, Intake};

/// What is the matter with a report before anybody handles it.
#[derive(Clone, Debug)]
pub(in crate::simulate) enum Before {
    /// It is another report of the matter of this case.
    Repeats(Code),
    /// It is the same report as this case, sent by another system.
    Copies(Code),
    /// It is a report of its own.
    Nothing,
}

/// Tells the whole story of a report.
pub(in crate::simulate) fn tell(story: &mut Story<'_>, field: &FieldPlan, incident: bool, before: &Before) {
    let model = &story.world.model;
    match (field.flow, &model.slip, &model.intake) {
        (Flow::Slip, Some(plan), _) => slip::tell(story, plan, field, before),
        (_, _, Some(plan)) => {
            if is_settled(story, plan, before) {
                return;
            }
            match (field.flow, &model.incident, &model.matter, &model.office) {
                (Flow::Incident, Some(ours), _, _) if incident => incident::tell(story, plan, ours, field),
                (Flow::Office, _, _, Some(ours)) => office::tell(story, plan, ours, field),
                (_, _, Some(ours), _) => matter::tell(story, plan, ours, field),
                // The model was read so that every field's procedure is there.
                _ => {}
            }
        }
        _ => {}
    }
}

/// Whether the hotline is done with it: refused, or a repeat.
fn is_settled(story: &mut Story<'_>, plan: &Intake, before: &Before) -> bool {
    let portal = story.world.model.units.portal.clone();
    match before {
        Before::Repeats(first) => {
            story.wait(&plan.link, Some(&portal));
            story.say(What::Linked { relation: "duplicate_of", to: first.clone() });
            story.at = story.at.plus_secs(1);
            story.say(What::Noticed("duplicate"));
            true
        }
        Before::Copies(first) => {
            story.wait(&plan.link, Some(&portal));
            story.say(What::Linked { relation: "copy_of", to: first.clone() });
            true
        }
        Before::Nothing => {
            let refused = story.chance.happens(plan.refused);
            if refused {
                story.wait(&plan.refuse, Some(&portal));
                story.say(What::Refused("Nội dung không thuộc phạm vi tiếp nhận."));
            }
            refused
        }
    }
}

/// Classified, sent, delivered, and the reporter told; the unit that gets it.
pub(super) fn dispatch(story: &mut Story<'_>, plan: &Intake, field: &FieldPlan) -> Code {
    let portal = story.world.model.units.portal.clone();
    let unit = story.agency(&field.agencies, None);
    if story.chance.happens(plan.undetermined) {
        story.at = story.at.plus_secs(30);
        story.flag("unit_undetermined");
        story.wait(&plan.guide, Some(&portal));
        story.step("guidance_received", &portal);
    }
    story.wait(&plan.dispatch, Some(&portal));
    story.transfer("dispatched", &portal, &unit);
    story.say(What::Noticed("recorded"));
    story.wait(&plan.deliver, None);
    story.transfer("delivered_to_unit", &portal, &unit);
    unit
}
