//! Words that many events share, each kept once.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::case::{Attrs, Timeline};
use crate::event::Event;
use crate::packed::Pack;
use crate::regulation::requirement::Requirement;

/// The words met so far: without them a state that was read would be twice as large as the one that was
/// written.
#[derive(Default)]
pub struct Words {
    words: FxHashSet<Arc<str>>,
    requirements: Vec<Arc<Requirement>>,
}

impl Pack for Vec<Arc<Event>> {
    fn share(&mut self, words: &mut Words) {
        let mut subject: Option<Arc<str>> = None;
        for event in self {
            // Nobody else holds it yet.
            let Some(event) = Arc::get_mut(event) else { continue };
            match &subject {
                Some(subject) if **subject == *event.subject => event.subject = subject.clone(),
                _ => subject = Some(event.subject.clone()),
            }
            words.share_event(event);
        }
    }
}

impl Pack for Option<Timeline> {
    fn share(&mut self, words: &mut Words) {
        let Some(timeline) = self else { return };
        let mut known: Vec<Arc<Attrs>> = Vec::new();
        let flows = timeline.flows.iter_mut().map(|flow| &mut flow.attrs);
        for attrs in timeline.segments.iter_mut().map(|segment| &mut segment.attrs).chain(flows) {
            match known.iter().find(|known| *known == attrs) {
                Some(known) => *attrs = known.clone(),
                None => known.push(attrs.clone()),
            }
        }
        for unmet in &mut timeline.unmet {
            words.requirement(&mut unmet.requirement);
        }
        for escalation in &mut timeline.escalations {
            words.word(&mut escalation.action);
            words.word(&mut escalation.rule);
        }
    }
}

impl Words {
    fn share_event(&mut self, event: &mut Event) {
        self.word(&mut event.source);
        if let Some(bound_to) = &mut event.bound_to {
            self.word(bound_to);
        }
        let mut tie: Option<Arc<str>> = None;
        for fact in &mut event.facts {
            match &tie {
                Some(tie) if **tie == *fact.tie => fact.tie = tie.clone(),
                _ => tie = Some(fact.tie.clone()),
            }
            fact.what.each_word(|word| self.word(word));
        }
    }

    fn word(&mut self, word: &mut Arc<str>) {
        match self.words.get(word) {
            Some(known) => *word = known.clone(),
            None => drop(self.words.insert(word.clone())),
        }
    }

    fn requirement(&mut self, requirement: &mut Arc<Requirement>) {
        match self.requirements.iter().find(|known| *known == requirement) {
            Some(known) => *requirement = known.clone(),
            None => self.requirements.push(requirement.clone()),
        }
    }
}
