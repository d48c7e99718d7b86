//! The clocks of one case: what a rule set's rules come to for its facts at an instant.
//!
//! Pure: the same facts in any order give the same clocks. Nothing is stored; what a later or a
//! correcting event changes is computed again.
//!
//! Long because a clock's start, stop, replacement and extension are one computation.

use std::sync::Arc;

use super::Judgement;
use super::facts::Fact;
use super::history::{History, Promise, View};
use super::limit;
use crate::calendar::Calendar;
use crate::regulation::requirement::is_met;
use crate::regulation::vocabulary::{StepId, own};
use crate::regulation::{
    Condition, Duplicates, Moment, Nature, Reopening, Rule, RuleIx, RuleSet, Suspension,
};
use crate::symbol::Sym;
use crate::time::Timestamp;

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockState {
    /// It runs, and there is time.
    InTime,
    /// It runs, and little time is left.
    DueSoon,
    /// It runs, and its limit or the promised time has passed.
    Overdue,
    /// It stopped within its limit.
    Met,
    /// It stopped after its limit.
    MetLate,
    /// A promised time counts: it runs within it, or stopped within it.
    Extended,
}

impl ClockState {
    /// Its word in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
            Self::Met => "met",
            Self::MetLate => "met_late",
            Self::Extended => "extended",
        }
    }
}

/// A promised time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The time that counts now: the latest that was recorded.
    pub until: Timestamp,
    /// The time that judges a resolution: the first that was recorded, unless set otherwise.
    pub reference: Timestamp,
    /// When the first was recorded.
    pub recorded_at: Timestamp,
    /// Whether the first was recorded after the limit: then statistics stay late.
    pub late: bool,
    /// How often it was changed.
    pub revisions: u32,
}

/// A limit that ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When: the last instant in time.
    pub at: Timestamp,
    /// From when on it was so.
    pub since: Timestamp,
}

/// The clock of a rule for one unit's part of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleClock {
    /// Whose.
    pub rule: RuleIx,
    /// 0 for the first unit that had the case, 1 for the next.
    pub run: u16,
    /// Since when it runs.
    pub start: Timestamp,
    /// The step that started it.
    pub started_by: StepId,
    /// The last instant in time.
    pub due: Timestamp,
    /// The first instant of *due soon*.
    pub due_soon_at: Timestamp,
    /// How it stands.
    pub state: ClockState,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// The end of the case that stopped it, where its own stop did not.
    pub ended_by: Option<StepId>,
    /// How its stop is judged.
    pub judged: Judgement,
    /// The promised time.
    pub extension: Option<Extension>,
    /// Since when the rule applies to the case.
    pub applies_since: Timestamp,
    /// The rule that takes its place.
    pub replaced_by: Option<RuleIx>,
    /// When the case came into another unit's hands before it stopped.
    pub superseded_at: Option<Timestamp>,
    /// Its limit ran out.
    pub breach: Option<Breach>,
    /// How long handling was suspended while it ran, in microseconds.
    pub suspended_micros: i64,
    /// Whether that was taken off.
    pub suspension_subtracted: bool,
    /// What its stop or promise should have carried and did not.
    pub missing_evidence: Vec<String>,
    /// Whether it touches days whose holidays are not known.
    pub beyond_known_holidays: bool,
}

/// A time that is shown and has no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// Whose.
    pub rule: RuleIx,
    /// 0 for the first unit that had the case.
    pub run: u16,
    /// Since when.
    pub start: Timestamp,
    /// Until when; it goes on where there is nothing.
    pub stopped_at: Option<Timestamp>,
}

/// All clocks of a case at an instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    /// In the order of the rules, then of the units.
    pub clocks: Vec<RuleClock>,
    /// Times without a limit.
    pub elapsed: Vec<Elapsed>,
    /// Rules that need a step which the city's sources never send.
    pub not_measured: Vec<RuleIx>,
    /// When the case was received: the total runs since then.
    pub received_at: Option<Timestamp>,
    /// The limit that the source states.
    pub source_due: Option<Timestamp>,
    /// The first instant at which an answer changes with no event arriving.
    pub next_at: Option<Timestamp>,
}

/// A rule set, on a calendar.
#[derive(Clone, Copy, Debug)]
pub struct Law<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// When people work.
    pub calendar: &'a Calendar,
    /// Due soon from this share of a limit before its end, in millionths, where neither the rule,
    /// the rule set nor the calendar says so.
    pub due_soon_ppm: u32,
}

/// The steps that end a case, whatever its clocks wait for.
const ENDS: [StepId; 3] = [own::CLOSED, own::REFUSED, own::CANCELLED];

impl<'a> Law<'a> {
    /// These rules on this calendar, with the product's share of *due soon*: a fifth.
    #[must_use]
    pub fn new(rules: &'a RuleSet, calendar: &'a Calendar) -> Self {
        Self { rules, calendar, due_soon_ppm: 200_000 }
    }

    /// The clocks of a case at `now`, from what is known of it then.
    #[must_use]
    pub fn clocks(&self, facts: &[Fact], now: Timestamp) -> Clocks {
        let mut history = History::new(self.rules, facts, now);
        let mut clocks = Clocks {
            received_at: history.received,
            source_due: history.instant("due_at"),
            ..Clocks::default()
        };
        // A limit that runs out may start another. Each round adds at least one such step, and no
        // rule brings more than one a unit.
        for _ in 0..=self.rules.rules.len() {
            clocks.clocks = self.limits(&history);
            replace(self.rules, &mut clocks.clocks);
            if !self.derive(&clocks.clocks, &mut history) {
                break;
            }
        }
        clocks.elapsed = self.elapsed(&history);
        clocks.not_measured =
            self.rules.each().filter(|(ix, rule)| self.is_unmeasured(*ix, rule)).map(|(ix, _)| ix).collect();
        clocks.next_at = next_at(&clocks.clocks, facts, now);
        clocks
    }

    /// Whether a condition of these rules holds for a case at an instant.
    #[must_use]
    pub fn holds(&self, facts: &[Fact], condition: &Condition, at: Timestamp) -> bool {
        matches!(condition, Condition::Always)
            || History::new(self.rules, facts, at).holds(condition, at, View { run: None, until: at })
    }

    /// Due soon from this share of a rule's limit before its end.
    #[must_use]
    pub fn due_soon_ppm(&self, ix: RuleIx) -> u32 {
        let settings = &self.rules.settings;
        let of_rule = settings.due_soon_of.get(&ix).copied().or(self.rules.rule(ix).due_soon_ppm);
        of_rule.or(settings.due_soon_ppm).or(self.calendar.due_soon_ppm()).unwrap_or(self.due_soon_ppm)
    }

    fn limits(&self, history: &History<'_>) -> Vec<RuleClock> {
        let mut clocks = Vec::new();
        for (ix, rule) in self.rules.each() {
            if rule.nature != Nature::Limit || self.is_unmeasured(ix, rule) {
                continue;
            }
            for (run, view) in self.views(ix, history) {
                clocks.extend(self.clock(ix, rule, run, view, history));
            }
        }
        clocks
    }

    /// Unit by unit; a clock that starts when the case is received knows only the whole of it.
    fn views(&self, ix: RuleIx, history: &History<'_>) -> Vec<(u16, View)> {
        let once = self.rules.start_of(ix).is_some_and(|start| start.steps.contains(own::RECEIVED));
        if once {
            return vec![(0, View { run: None, until: history.now })];
        }
        (0..=history.last_run())
            .map(|run| (run, View { run: Some(run), until: history.run_end(run).unwrap_or(history.now) }))
            .collect()
    }

    fn is_unmeasured(&self, ix: RuleIx, rule: &Rule) -> bool {
        let never = &self.rules.settings.never_sent;
        let needs = |moment: Option<&Moment>| {
            moment.is_some_and(|moment| never.iter().any(|step| moment.steps.contains(*step)))
        };
        !never.is_empty() && (needs(self.rules.start_of(ix)) || needs(rule.stop.as_ref()))
    }

    fn clock(
        &self,
        ix: RuleIx,
        rule: &Rule,
        run: u16,
        view: View,
        history: &History<'_>,
    ) -> Option<RuleClock> {
        let (since, lapsed) = self.applies(rule, view, history)?;
        let (start, started_by) = self.start(ix, rule, since, view, history)?;
        let stop = self.stop(rule, start, view, history);
        let (stopped_at, ended_by) = match (stop, self.end(start, view, history)) {
            (Some(stop), Some((end, by))) if end < stop => (Some(end), Some(by)),
            (None, Some((end, by))) => (Some(end), Some(by)),
            (stop, _) => (stop, None),
        };
        let until = stopped_at.unwrap_or(view.until);
        let limit = limit::Question { law: self, rule, start, until, suspensions: &history.suspensions };
        let (due, suspended_micros) = limit.due(history)?;
        // A rule that no longer applies leaves a clock behind only where that clock had come to its
        // end before: it stopped, or it ran out and nothing may take its place any more.
        if let Some(lapsed) = lapsed {
            let kept =
                stopped_at.is_some_and(|at| at <= lapsed) || (due < lapsed && self.stays_when_late(ix));
            if !kept {
                return None;
            }
        }
        let promises = self.promises(rule, due, until, view, history);
        let extension = self.extension(&promises, due);
        let governing = extension.map_or(due, |extension| due.max(extension.until));
        let due_soon_at = limit.due_soon_at(governing, self.due_soon_ppm(ix));
        let judged = stopped_at.map_or(Judgement::None, |at| judge(due, extension, at));
        let superseded_at = history.run_end(run).filter(|_| view.run.is_some() && stopped_at.is_none());
        let missing_evidence = missing(rule, stop.filter(|_| ended_by.is_none()), &promises, view, history);
        Some(RuleClock {
            rule: ix,
            run,
            start,
            started_by,
            due,
            due_soon_at,
            state: state(judged, extension, governing, due_soon_at, view.until),
            stopped_at,
            ended_by,
            judged,
            extension,
            applies_since: since,
            replaced_by: None,
            superseded_at,
            breach: breach(due, &promises, stopped_at, since, view.until),
            suspended_micros,
            suspension_subtracted: self.rules.settings.suspension == Suspension::Subtracted,
            missing_evidence,
            beyond_known_holidays: limit.looks_at_calendar() && self.calendar.is_beyond_known(start, due),
        })
    }

    /// Since when the rule applies and, where it does no longer, since when it does not.
    fn applies(
        &self,
        rule: &Rule,
        view: View,
        history: &History<'_>,
    ) -> Option<(Timestamp, Option<Timestamp>)> {
        let own_only = self.rules.settings.duplicates == Duplicates::NoClocks;
        let holds = |at: Timestamp| history.applies(rule, own_only, at, view);
        let mut lapsed = None;
        let mut since = None;
        for at in history.changes(view).rev() {
            match (holds(at), since) {
                (true, _) => since = Some(at),
                (false, Some(since)) => return Some((since, lapsed)),
                (false, None) => lapsed = Some(at),
            }
        }
        since.map(|since| (since, lapsed))
    }

    fn start(
        &self,
        ix: RuleIx,
        rule: &Rule,
        since: Timestamp,
        view: View,
        history: &History<'_>,
    ) -> Option<(Timestamp, StepId)> {
        let set = self.rules.settings.starts.get(&ix);
        let by_cause = || {
            let cause = rule.start_when.iter().find(|(condition, _)| history.holds(condition, since, view));
            cause.map(|(_, moment)| moment)
        };
        let moment = set.or_else(by_cause).or(rule.start.as_ref())?;
        history.moment(&moment.steps, view)
    }

    fn stop(&self, rule: &Rule, start: Timestamp, view: View, history: &History<'_>) -> Option<Timestamp> {
        let reopened = match self.rules.settings.reopening {
            Reopening::StaysStopped => None,
            Reopening::RunsOn => history.last(own::REOPENED, view),
        };
        let floor = reopened.unwrap_or(Timestamp::MIN);
        let own = rule
            .stop
            .as_ref()
            .and_then(|moment| history.stop(&moment.steps, start, rule.stop_after_start, floor, view));
        // What a reading adds counts only while the clock runs.
        let inferred = rule
            .inferred_stop
            .as_ref()
            .and_then(|moment| history.stop(&moment.steps, start, false, floor, view))
            .filter(|at| *at >= start);
        match (own, inferred) {
            (Some(own), Some(inferred)) => Some(own.min(inferred)),
            (own, inferred) => own.or(inferred),
        }
    }

    /// When the case itself ended after the clock had started, and by what.
    fn end(&self, start: Timestamp, view: View, history: &History<'_>) -> Option<(Timestamp, StepId)> {
        let reopened = history.last(own::REOPENED, view).unwrap_or(Timestamp::MIN);
        let mut first: Option<(Timestamp, StepId)> = None;
        for step in ENDS {
            history.each(step, view, &mut |at, by| {
                if at >= start && at > reopened && first.is_none_or(|(known, _)| at < known) {
                    first = Some((at, by));
                }
            });
        }
        first
    }

    /// Whether a rule that takes this one's place does so only before its limit runs out.
    fn stays_when_late(&self, ix: RuleIx) -> bool {
        self.rules.rules.iter().any(|other| other.replaces_before_due && other.replaces.contains(&ix))
    }

    /// The promises that count, in the order in which they were recorded.
    fn promises<'h>(
        &self,
        rule: &Rule,
        due: Timestamp,
        until: Timestamp,
        view: View,
        history: &'h History<'_>,
    ) -> Vec<&'h Promise> {
        let Some(kind) = &rule.extend_by else {
            return Vec::new();
        };
        let late_counts = !self.rules.settings.late_commitment_ignored;
        history
            .promises
            .iter()
            .filter(|promise| *promise.commitment == **kind)
            .filter(|promise| promise.recorded <= until && (late_counts || promise.recorded <= due))
            .filter(|promise| view.run.is_none_or(|run| run == promise.run))
            .collect()
    }

    fn extension(&self, promises: &[&Promise], due: Timestamp) -> Option<Extension> {
        let (first, last) = (promises.first()?, promises.last()?);
        let latest_judges = self.rules.settings.latest_commitment_judges;
        Some(Extension {
            until: last.until,
            reference: if latest_judges { last.until } else { first.until },
            recorded_at: first.recorded,
            late: first.recorded > due,
            revisions: u32::try_from(promises.len() - 1).unwrap_or(u32::MAX),
        })
    }

    /// What was to be done when limits ran out are steps that other rules wait for.
    fn derive(&self, clocks: &[RuleClock], history: &mut History<'_>) -> bool {
        let mut new = false;
        for clock in clocks.iter().filter(|clock| clock.replaced_by.is_none()) {
            let Some(breach) = clock.breach else {
                continue;
            };
            for action in &self.rules.rule(clock.rule).on_breach {
                if let Some(step) = self.rules.vocabulary.step(action) {
                    new |= history.derive(step, breach.at, breach.since, clock.run);
                }
            }
        }
        new
    }

    fn elapsed(&self, history: &History<'_>) -> Vec<Elapsed> {
        let mut all = Vec::new();
        for (ix, rule) in self.rules.each().filter(|(_, rule)| rule.nature == Nature::Elapsed) {
            for (run, view) in self.views(ix, history) {
                let found = self
                    .applies(rule, view, history)
                    .and_then(|(since, _)| self.start(ix, rule, since, view, history));
                if let Some((start, _)) = found {
                    let stop = self.stop(rule, start, view, history);
                    let end = stop.or(self.end(start, view, history).map(|(at, _)| at));
                    let stopped_at = end.or(history.run_end(run).filter(|_| view.run.is_some()));
                    all.push(Elapsed { rule: ix, run, start, stopped_at });
                }
            }
        }
        all
    }
}

impl RuleClock {
    /// Whether it still asks something of somebody.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.stopped_at.is_none() && self.counts()
    }

    /// Whether it counts: no other rule took its place and no other unit has the case.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.replaced_by.is_none() && self.superseded_at.is_none()
    }

    /// The last instant in time that governs now.
    #[must_use]
    pub fn governing_due(&self) -> Timestamp {
        self.extension.map_or(self.due, |extension| extension.until.max(self.due))
    }

    /// How a resolution at `at` is judged by it.
    #[must_use]
    pub fn judge(&self, at: Timestamp) -> Judgement {
        judge(self.due, self.extension, at)
    }

    /// The same as a plain limit with a promise, under the name of its rule.
    #[must_use]
    pub fn plain(&self, rule: Sym) -> super::Clock {
        super::Clock {
            start: self.start,
            due: self.due,
            due_soon_at: self.due_soon_at,
            extended_until: self.extension.map(|extension| extension.until),
            extended_late: self.extension.is_some_and(|extension| extension.late),
            rule,
        }
    }
}

impl Clocks {
    /// The governing clock: the earliest due among those that run.
    #[must_use]
    pub fn governing(&self) -> Option<&RuleClock> {
        self.clocks
            .iter()
            .filter(|clock| clock.is_running())
            .min_by_key(|clock| (clock.governing_due(), clock.rule))
    }

    /// The clocks that judge a resolution: the latest unit's, of rules that say so. A limit that ran
    /// out before another took over stands beside it, and the worst of them decides.
    pub fn judging(&self, rules: &RuleSet) -> impl Iterator<Item = &RuleClock> {
        let judges = |clock: &&RuleClock| clock.counts() && rules.rule(clock.rule).judges_resolution;
        let last = self.clocks.iter().filter(judges).map(|clock| clock.run).max();
        self.clocks.iter().filter(judges).filter(move |clock| Some(clock.run) == last)
    }

    /// The states that breaches stored, such as `overdue_pending`: which, since when, by which rule.
    #[must_use]
    pub fn stored_states<'r>(&self, rules: &'r RuleSet) -> Vec<(&'r str, Breach, RuleIx)> {
        let mut states = Vec::new();
        for clock in self.clocks.iter().filter(|clock| clock.counts()) {
            let Some(breach) = clock.breach else {
                continue;
            };
            let named = rules.rule(clock.rule).on_breach.iter();
            let set = named.filter_map(|action| action.strip_prefix("set_state:"));
            states.extend(set.map(|state| (state, breach, clock.rule)));
        }
        states
    }
}

fn judge(due: Timestamp, extension: Option<Extension>, at: Timestamp) -> Judgement {
    if at <= due {
        return Judgement::InTime;
    }
    match extension {
        Some(extension) if !extension.late && at <= extension.reference => Judgement::Extended,
        _ => Judgement::Late,
    }
}

fn state(
    judged: Judgement,
    extension: Option<Extension>,
    governing: Timestamp,
    due_soon_at: Timestamp,
    now: Timestamp,
) -> ClockState {
    match judged {
        Judgement::InTime => ClockState::Met,
        Judgement::Extended => ClockState::Extended,
        Judgement::Late => ClockState::MetLate,
        Judgement::None | Judgement::NoDeadline => {
            if now > governing {
                ClockState::Overdue
            } else if extension.is_some() {
                ClockState::Extended
            } else if now >= due_soon_at {
                ClockState::DueSoon
            } else {
                ClockState::InTime
            }
        }
    }
}

/// The limit ran out where it passed with no promise recorded before, and so did every promise.
fn breach(
    due: Timestamp,
    promises: &[&Promise],
    stopped_at: Option<Timestamp>,
    applies_since: Timestamp,
    now: Timestamp,
) -> Option<Breach> {
    let mut at = due;
    for promise in promises {
        if promise.recorded <= at {
            at = due.max(promise.until);
        }
    }
    let passed = stopped_at.unwrap_or(now) > at;
    passed.then(|| Breach { at, since: at.plus_micros(Timestamp::STEP).max(applies_since) })
}

fn missing(
    rule: &Rule,
    stop: Option<Timestamp>,
    promises: &[&Promise],
    view: View,
    history: &History<'_>,
) -> Vec<String> {
    let mut missing = Vec::new();
    if let Some(stop) = stop {
        let came: Vec<&Arc<str>> = history.evidence_at(stop, view).collect();
        missing.extend(
            rule.evidence.iter().filter(|wanted| !came.iter().any(|name| is_met(wanted, name))).cloned(),
        );
    }
    if let Some(last) = promises.last() {
        let came = &last.evidence;
        let lacks =
            |wanted: &&String| **wanted != *last.commitment && !came.iter().any(|name| is_met(wanted, name));
        missing.extend(rule.evidence_on_extend.iter().filter(lacks).cloned());
    }
    missing
}

/// Clocks whose place another rule's clock takes.
fn replace(rules: &RuleSet, clocks: &mut [RuleClock]) {
    let takers: Vec<(RuleIx, u16, Timestamp)> =
        clocks.iter().map(|clock| (clock.rule, clock.run, clock.applies_since)).collect();
    for clock in clocks {
        let taker = takers.iter().find(|(ix, run, since)| {
            let rule = rules.rule(*ix);
            rule.replaces.contains(&clock.rule)
                && *run == clock.run
                && (!rule.replaces_before_due || *since <= clock.due)
        });
        clock.replaced_by = taker.map(|(ix, ..)| *ix);
    }
}

fn next_at(clocks: &[RuleClock], facts: &[Fact], now: Timestamp) -> Option<Timestamp> {
    let of_clocks = clocks.iter().filter(|clock| clock.is_running()).flat_map(|clock| {
        let due = clock.due.plus_micros(Timestamp::STEP);
        let governing = clock.governing_due().plus_micros(Timestamp::STEP);
        [clock.due_soon_at, due, governing]
    });
    let of_facts = facts.iter().map(|fact| fact.at);
    of_clocks.chain(of_facts).filter(|at| *at > now && *at < Timestamp::MAX).min()
}
