//! What people think of a case: what a rating counts, and whether a case that can be rated was.

use std::sync::Arc;

use crate::case::{Attrs, Measure, Point};
use crate::clock::Judgement;
use crate::dimension::Dimension;
use crate::event::Rating;
use crate::time::Timestamp;

/// The ratings of one case.
#[derive(Default)]
pub(super) struct Ratings {
    /// Since when it can be rated, and what it was then.
    rateable: Option<(Timestamp, Arc<Attrs>)>,
    first_rated_at: Option<Timestamp>,
}

impl Ratings {
    /// It was resolved. One that is resolved again is no second case to be asked about.
    pub(super) fn open(&mut self, at: Timestamp, attrs: &Arc<Attrs>) {
        self.rateable.get_or_insert_with(|| (at, attrs.clone()));
    }

    /// Somebody rated it. `attrs` is what the case is; whatever the rating is about comes before it.
    pub(super) fn rate(&mut self, rating: &Rating, attrs: Attrs, at: Timestamp, flows: &mut Vec<Point>) {
        self.first_rated_at = Some(self.first_rated_at.map_or(at, |first| first.min(at)));
        let mut attrs = attrs.with(Dimension::Stage, rating.stage);
        attrs.dims[Dimension::RatingChannel.index()] = rating.channel;
        if !rating.unit.is_none() {
            attrs.dims[Dimension::Agency.index()] = rating.unit;
        }
        let attrs = Arc::new(attrs);
        for answer in &rating.answers {
            let attrs = Arc::new(attrs.with(Dimension::Criterion, answer.criterion));
            if answer.satisfied {
                flows.push(point(Measure::CriterionSatisfied, at, at, None, attrs.clone()));
            }
            flows.push(point(Measure::CriterionAnswered, at, at, Some(answer.score_milli), attrs));
        }
        if rating.satisfied {
            flows.push(point(Measure::Satisfied, at, at, None, attrs.clone()));
        }
        flows.push(point(Measure::Rated, at, at, Some(rating.score_milli), attrs));
    }

    /// Whether it could be rated, and was. The answer counts in the period of the question, from the
    /// instant of the first rating on: of what could be rated, no more than all was.
    pub(super) fn finish(&mut self, flows: &mut Vec<Point>) {
        let Some((at, attrs)) = self.rateable.take() else { return };
        if let Some(rated) = self.first_rated_at {
            flows.push(point(Measure::Responded, at, rated.max(at), None, attrs.clone()));
        }
        flows.push(point(Measure::Rateable, at, at, None, attrs));
    }
}

fn point(
    measure: Measure,
    at: Timestamp,
    since: Timestamp,
    quantity: Option<i64>,
    attrs: Arc<Attrs>,
) -> Point {
    Point { at, since, weight: 1, measure, judged: Judgement::None, quantity, attrs }
}
