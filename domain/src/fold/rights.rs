//! Which ratings of a case are ones that somebody had the right to give: after the answer, or in a
//! stage that the dossier had come to, and once.

use super::clock_line::ClockLine;
use crate::case::Verdict;
use crate::clock::facts::What;
use crate::event::{Body, Event, Flag, Rating};
use crate::regulation::life_cycle::Stands;
use crate::regulation::{LifeCycle, Ratings as Reading};
use crate::symbol::{Sym, Symbols};
use crate::time::Timestamp;

/// What was heard of a case until now that decides on its ratings.
#[derive(Debug, Default)]
pub(super) struct Rights {
    /// Whether its reporter has an answer.
    answered: bool,
    /// The stages of service that it came to.
    stages: Vec<Sym>,
    given: Vec<Rating>,
}

/// How a case stands when it is rated.
#[derive(Clone, Copy)]
pub(super) struct AsRated<'a> {
    pub(super) symbols: &'a Symbols,
    pub(super) is_dossier: bool,
    pub(super) received: bool,
    pub(super) stands: Stands,
}

/// The step that answers a reporter without ending the case.
const ANSWER: &str = "responded_to_reporter";

impl Rights {
    /// Something happened, and the case is now in this stage.
    pub(super) fn hear(&mut self, event: &Event, stage: Sym) {
        self.answered |= match &event.body {
            Body::Resolved { .. } | Body::Closed | Body::Refused => true,
            Body::Step(_) => event
                .facts
                .iter()
                .any(|fact| matches!(&fact.what, What::Step { name, .. } if &**name == ANSWER)),
            _ => false,
        };
        if !stage.is_none() && !self.stages.contains(&stage) {
            self.stages.push(stage);
        }
    }

    /// What becomes of a rating, and whether it counts. A city without regulations has no right to
    /// rate that begins at some instant: there every rating counts.
    pub(super) fn take(
        &mut self,
        rating: &Rating,
        line: Option<&ClockLine<'_>>,
        case: &AsRated<'_>,
        at: Timestamp,
    ) -> (Verdict, bool) {
        let Some(rules) = line.and_then(|line| line.law_at(at)).map(|law| law.rules) else {
            return (Verdict::APPLIED, true);
        };
        let settings = &rules.settings;
        let (flag, reading) = if self.is_early(rating, rules.life_cycle.as_ref(), case) {
            (Flag::RatedBeforeAnswer, settings.early_rating)
        } else if self.given.iter().any(|given| is_same(given, rating, case.is_dossier)) {
            (Flag::RatedAgain, settings.repeated_rating)
        } else {
            self.given.push(rating.clone());
            return (Verdict::APPLIED, true);
        };
        let counts = reading == Reading::Counted;
        (Verdict { applied: counts, flag: Some(flag) }, counts)
    }

    fn is_early(&self, rating: &Rating, cycle: Option<&LifeCycle>, case: &AsRated<'_>) -> bool {
        if !case.received {
            return true;
        }
        match case.stands {
            // A duplicate follows its first report, which is answered elsewhere. With a result a source
            // that does not send the stages between says that they are over.
            Stands::Duplicate | Stands::Resolved | Stands::Closed => false,
            _ if self.answered => false,
            _ if !case.is_dossier => true,
            // A stage that is no state's, such as guidance, may be rated at any time.
            _ => case.symbols.name(rating.stage).is_some_and(|stage| {
                let mut stages =
                    cycle.iter().flat_map(|cycle| &cycle.states).filter_map(|state| state.stage.as_deref());
                !self.stages.contains(&rating.stage) && stages.any(|known| known == &*stage)
            }),
        }
    }
}

/// A report is rated once. Of a dossier each officer is rated once in each stage. A form that is sent
/// once more is the same wherever it comes from.
fn is_same(one: &Rating, other: &Rating, is_dossier: bool) -> bool {
    let same_form = one.id.is_some() && one.id == other.id;
    let same_subject = !is_dossier || (one.stage == other.stage && one.officer == other.officer);
    same_form || same_subject
}
