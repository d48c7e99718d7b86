//! Two servers took an event each under the same (`source`, `id`) before they heard of each other.
//! Every server holds both and comes to the same: of two contents the smaller digest counts; of one
//! content that both took, the earlier recording.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use crate::case::CaseIx;
use crate::event::{Body, Event, Rival};

/// Which of several events of one identity counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Standing {
    digest: [u8; 32],
    subject: Arc<str>,
}

impl State {
    /// Weighs a rival against the one that stands, and lets the one that counts stand.
    pub(super) fn hold_rival(&mut self, event: Arc<Event>, rival: &Rival) -> [Option<CaseIx>; 2] {
        let says_the_same = rival.digest == rival.of_digest;
        if !says_the_same {
            self.events += 1;
            self.hear(&event);
        }
        if let Body::Directive(news) = &event.body {
            self.hear_directive(&event, news);
        }
        if let Body::Alarm(news) = &event.body {
            self.hear_of_alarm(&event, news);
        }
        if let Body::Shift(news) = &event.body {
            self.hear_of_duty(&event, news);
        }
        if let Body::Screen(news) = &event.body {
            self.hear_of_screen(&event, news);
        }
        if let Body::Scenes(saved) = &event.body {
            self.hear_of_scenes(&event, saved);
        }
        let is_of_a_case = !matches!(
            event.body,
            Body::Memo(_)
                | Body::Counter(_)
                | Body::Heartbeat { .. }
                | Body::Directive(_)
                | Body::Alarm(_)
                | Body::Shift(_)
                | Body::Screen(_)
                | Body::Scenes(_)
                | Body::Other
        );
        if event.subject.is_empty() || !is_of_a_case {
            return [None, None];
        }
        let identity = (event.source.clone(), event.id.clone());
        let first = || Standing { digest: rival.of_digest, subject: rival.of_subject.clone() };
        let standing = self.rivals.get(&identity).cloned().unwrap_or_else(first);
        let Some((ix, place)) = self.find_event(&standing.subject, &event) else { return [None, None] };
        let Some(case) = self.cases.get_mut(ix.0 as usize) else { return [None, None] };
        let recorded = case.events.get(place).map(|held| held.recorded);
        if (standing.digest, recorded) <= (rival.digest, Some(event.recorded)) {
            self.rivals.insert(identity, standing);
            return [None, None];
        }
        Arc::make_mut(case).events.remove(place);
        let standing = Standing { digest: rival.digest, subject: event.subject.clone() };
        self.rivals.insert(identity, standing);
        let held = self.insert(event);
        [held, Some(ix).filter(|ix| held != Some(*ix))]
    }

    fn find_event(&self, subject: &Arc<str>, like: &Event) -> Option<(CaseIx, usize)> {
        let ix = *self.by_code.get(subject)?;
        let is_it = |event: &Arc<Event>| event.source == like.source && event.id == like.id;
        Some((ix, self.case(ix)?.events.iter().position(is_it)?))
    }
}
