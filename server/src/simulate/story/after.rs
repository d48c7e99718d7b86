//! When the result is there: the reporter is told, it is published, and rated by some.

use domain::Timestamp;

use super::Story;
use crate::simulate::chance::Chance;
use crate::simulate::draft::{Rating, What};
use crate::simulate::model::{Code, RatingChannels};
use crate::simulate::world::World;

/// One in so many who rate answers the criteria one by one.
const CRITERIA_SHARE: f64 = 0.5;

/// The end of a report that was answered by `unit`; `due` is by when people were told it would be.
pub(super) fn tell(story: &mut Story<'_>, unit: &Code, due: Option<Timestamp>) {
    let plan = &story.world.model.after;
    let answered = story.at;
    story.wait(&plan.notice, None);
    story.say(What::Noticed("result"));
    if story.chance.happens(plan.published) {
        story.wait(&plan.publish, None);
        story.step("published", &story.world.model.units.portal);
    }
    if story.chance.happens(plan.rated) {
        story.wait(&plan.rate, None);
        let late = due.is_some_and(|due| answered > due);
        let channels = &story.world.model.rating.channels;
        let rating = rating(story.world, unit, late, None, None, channels, &mut story.chance);
        story.say(What::Rated(Box::new(rating)));
    }
}

/// What somebody thinks of it.
pub(in crate::simulate) fn rating(
    world: &World,
    unit: &Code,
    late: bool,
    stage: Option<&str>,
    officer: Option<u16>,
    channels: &RatingChannels,
    chance: &mut Chance,
) -> Rating {
    let plan = &world.model.rating;
    let weights = if late { &plan.scores_late } else { &plan.scores };
    let draw = |chance: &mut Chance| u8::try_from(chance.weighted(weights) + 1).unwrap_or(plan.scale);
    let score = draw(chance);
    let criteria = if chance.happens(CRITERIA_SHARE) {
        // Somebody who is content is so with nearly everything.
        let near = |chance: &mut Chance| if chance.happens(0.7) { score } else { draw(chance) };
        plan.criteria.iter().map(|code| (code.clone(), near(chance))).collect()
    } else {
        Vec::new()
    };
    Rating {
        score,
        scale: plan.scale,
        criteria,
        stage: stage.map(str::to_owned),
        unit: unit.clone(),
        officer,
        channel: channels.codes[chance.weighted(&channels.weights)].clone(),
    }
}
