//! How the governing clock of a case goes through time, and what limits that run out set off.

use crate::clock::facts::Fact;
use crate::clock::rules::{Law, RuleClock};
use crate::clock::{Clock, Judgement};
use crate::symbol::Symbols;
use crate::time::Timestamp;

/// No limit is longer: what runs out later is not looked for.
const HORIZON_SECS: i64 = 50 * 366 * 24 * 60 * 60;

/// The clocks of one case through time, as its events are known now.
pub(super) struct ClockLine<'a> {
    pub(super) law: Law<'a>,
    pub(super) facts: Vec<Fact>,
    /// Ascending; each holds until the next.
    spans: Vec<Span>,
    /// What limits that run out set off, ascending: the action, and from when on.
    pub(super) actions: Vec<(Timestamp, String)>,
}

/// From an instant on.
pub(super) struct Span {
    pub(super) from: Timestamp,
    /// The governing clock: the earliest due among those that run.
    pub(super) governing: Option<Clock>,
    /// The clock that judges a resolution.
    judging: Option<RuleClock>,
}

impl<'a> ClockLine<'a> {
    pub(super) fn new(law: Law<'a>, facts: Vec<Fact>, symbols: &Symbols) -> Self {
        let last = facts.iter().map(|fact| fact.at).max().unwrap_or_default();
        let memos = law.clocks(&facts, last.plus_secs(HORIZON_SECS)).memos("", law.rules);
        let mut instants: Vec<Timestamp> = facts.iter().map(|fact| fact.at).collect();
        instants.extend(memos.iter().map(|memo| memo.since));
        instants.sort_unstable();
        instants.dedup();
        let spans = instants.into_iter().map(|from| {
            let clocks = law.clocks(&facts, from);
            let plain = |clock: &RuleClock| clock.plain(symbols.intern(&law.rules.rule(clock.rule).id));
            Span {
                from,
                governing: clocks.governing().map(plain),
                judging: clocks.judging(law.rules).cloned(),
            }
        });
        let spans = spans.collect();
        let mut actions: Vec<_> = memos.into_iter().map(|memo| (memo.since, memo.action)).collect();
        actions.sort();
        actions.dedup();
        Self { law, facts, spans, actions }
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
    /// How a resolution decided at `at` is judged; `None` where no rule judges it.
    pub(super) fn judge(&self, at: Timestamp) -> Option<Judgement> {
        let clock = self.judging.as_ref()?;
        Some(match clock.judged {
            Judgement::None | Judgement::NoDeadline => clock.judge(at),
            judged => judged,
        })
    }
}
