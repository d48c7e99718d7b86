//! How long each stage of service took (2686/QĐ-UBND Phần II.II.2.b).

use std::sync::Arc;

use crate::case::{Attrs, Measure, Point, StageStay};
use crate::clock::Judgement;
use crate::dimension::Dimension;
use crate::symbol::Sym;
use crate::time::Timestamp;

/// The stages that one case went through.
#[derive(Default)]
pub(super) struct Stages {
    stays: Vec<StageStay>,
    /// For each stay that has ended, what the case was when it did.
    left: Vec<Arc<Attrs>>,
}

impl Stages {
    /// From `at` on the case is in a stage, or in none. A stage is left no earlier than it was entered,
    /// even where the work is said to have been done before.
    pub(super) fn enter(&mut self, stage: Sym, at: Timestamp, attrs: &Attrs) {
        let mut from = at;
        if let Some(last) = self.stays.last_mut() {
            from = at.max(last.to.unwrap_or(last.from));
            if last.to.is_none() {
                if last.stage == stage {
                    return;
                }
                last.to = Some(from);
                self.left.push(Arc::new(attrs.with(Dimension::Stage, last.stage)));
            }
        }
        if !stage.is_none() {
            self.stays.push(StageStay { stage, from, to: None });
        }
    }

    /// Adds what was counted: a case that comes back to a stage has been in it for the sum of its
    /// stays, so that each further stay takes the place of what was counted before.
    pub(super) fn finish(&mut self, flows: &mut Vec<Point>) -> Vec<StageStay> {
        let mut counted: Vec<(Sym, Point)> = Vec::new();
        for (stay, attrs) in self.stays.iter().zip(&self.left) {
            let Some(at) = stay.to else { break };
            let mut secs = at.since(stay.from).div_euclid(1_000_000);
            if let Some(place) = counted.iter().position(|(stage, _)| *stage == stay.stage) {
                let (_, before) = counted.swap_remove(place);
                secs += before.quantity.unwrap_or_default();
                flows.push(Point { since: at, weight: -1, ..before });
            }
            let point = Point {
                at,
                since: at,
                weight: 1,
                measure: Measure::StageLeft,
                judged: Judgement::None,
                quantity: Some(secs),
                attrs: attrs.clone(),
            };
            flows.push(point.clone());
            counted.push((stay.stage, point));
        }
        std::mem::take(&mut self.stays)
    }
}
