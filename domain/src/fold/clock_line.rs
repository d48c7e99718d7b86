//! How the governing clock of a case goes through time, and what limits that run out set off.

use super::LawFor;
use crate::case::Escalation;
use crate::clock::facts::Fact;
use crate::clock::rules::{Law, RuleClock};
use crate::clock::{Clock, Judgement};
use crate::regulation::{Condition, LifeCycle};
use crate::symbol::Symbols;
use crate::time::Timestamp;

/// No limit is longer: what runs out later is not looked for.
const HORIZON_SECS: i64 = 50 * 366 * 24 * 60 * 60;

/// The clocks of one case through time, as its events are known now. Each instant is looked at with
/// the regulations that the city's folder held then: what was decided stays decided.
pub(super) struct ClockLine<'a> {
    laws: Vec<LawFor<'a>>,
    facts: Vec<Fact>,
    /// Ascending; each holds until the next.
    spans: Vec<Span>,
    /// What limits that run out set off, ascending.
    pub(super) escalations: Vec<Escalation>,
}

/// From an instant on.
pub(super) struct Span {
    pub(super) from: Timestamp,
    /// The governing clock: the earliest due among those that run.
    pub(super) governing: Option<Clock>,
    /// The clocks that judge a resolution.
    judging: Vec<(RuleClock, Clock)>,
}

impl<'a> ClockLine<'a> {
    pub(super) fn new(laws: Vec<LawFor<'a>>, facts: Vec<Fact>, symbols: &Symbols) -> Self {
        let last = facts.iter().map(|fact| fact.at).max().unwrap_or_default();
        let mut escalations: Vec<Escalation> = Vec::new();
        let mut from = Timestamp::MIN;
        for LawFor { until, law } in &laws {
            let end = last.plus_secs(HORIZON_SECS).min(*until);
            for memo in law.iter().flat_map(|law| law.clocks(&facts, end).memos("", law.rules)) {
                let rule = law.as_ref().map_or("", |law| &law.rules.rule(memo.rule).id);
                // What a changed limit would have set off before the change is set off by the change,
                // unless it had been already.
                let is_of_before = from > Timestamp::MIN
                    && escalations.iter().any(|other| *other.rule == *rule && *other.action == memo.action);
                if memo.since < *until && !is_of_before {
                    escalations.push(Escalation {
                        since: memo.since.max(from),
                        at: memo.at,
                        action: memo.action.into(),
                        rule: rule.into(),
                    });
                }
            }
            from = *until;
        }
        escalations.sort();
        escalations.dedup();
        let mut instants: Vec<Timestamp> = facts.iter().map(|fact| fact.at).collect();
        instants.extend(escalations.iter().map(|escalation| escalation.since));
        instants.extend(laws.iter().map(|law| law.until).filter(|until| *until < Timestamp::MAX));
        instants.sort_unstable();
        instants.dedup();
        let mut line = Self { laws, facts, spans: Vec::new(), escalations };
        line.spans = instants.into_iter().map(|from| line.span(from, symbols)).collect();
        line
    }

    fn span(&self, from: Timestamp, symbols: &Symbols) -> Span {
        let Some(law) = self.law_at(from) else {
            return Span { from, governing: None, judging: Vec::new() };
        };
        let clocks = law.clocks(&self.facts, from);
        let plain = |clock: &RuleClock| clock.plain(symbols.intern(&law.rules.rule(clock.rule).id));
        Span {
            from,
            governing: clocks.governing().map(plain),
            judging: clocks.judging(law.rules).map(|clock| (clock.clone(), plain(clock))).collect(),
        }
    }

    /// The facts of the case.
    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The regulation that held at an instant.
    pub(super) fn law_at(&self, at: Timestamp) -> Option<&Law<'a>> {
        self.laws.iter().find(|law| at < law.until || law.until == Timestamp::MAX)?.law.as_ref()
    }

    /// The life cycle that holds now.
    pub(super) fn cycle(&self) -> Option<&'a LifeCycle> {
        self.laws.last()?.law?.rules.life_cycle.as_ref()
    }

    /// Whether a condition of the life cycle holds at an instant.
    pub(super) fn holds(&self, condition: &Condition, at: Timestamp) -> bool {
        let law = self.laws.last().and_then(|law| law.law.as_ref());
        law.is_some_and(|law| law.holds(&self.facts, condition, at))
    }

    /// The span that an instant lies in.
    pub(super) fn at(&self, at: Timestamp) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.from <= at);
        after.checked_sub(1).and_then(|place| self.spans.get(place))
    }

    /// The spans that begin after an instant.
    pub(super) fn after(&self, at: Timestamp) -> &[Span] {
        &self.spans[self.spans.partition_point(|span| span.from <= at)..]
    }
}

impl Span {
    /// How a resolution decided at `at` is judged, and by which clock: the worst of those that judge. A
    /// clock that had stopped before the case was opened again, at `opened`, judges no more. None where
    /// no rule judges it.
    pub(super) fn judge(&self, at: Timestamp, opened: Timestamp) -> Option<(Judgement, Clock)> {
        let judging =
            self.judging.iter().filter(|(clock, _)| clock.stopped_at.is_none_or(|stopped| stopped >= opened));
        let judged = judging.map(|(clock, plain)| match clock.judged {
            Judgement::None | Judgement::NoDeadline => (clock.judge(at), *plain),
            judged => (judged, *plain),
        });
        judged.max_by_key(|(judged, plain)| (*judged as u8, std::cmp::Reverse(plain.governing_due())))
    }

    /// Whether a rule of this time judges resolutions of the case at all.
    pub(super) fn has_judges(&self) -> bool {
        !self.judging.is_empty()
    }
}
