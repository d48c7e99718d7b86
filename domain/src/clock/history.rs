//! The facts of a case up to an instant, sorted and put under the words of one rule set, so that
//! rules can ask: what held when, and when did it happen.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::facts::{Fact, What};
use crate::regulation::vocabulary::{AttributeId, FlagId, StepId, own};
use crate::regulation::{Condition, Restart, Rule, RuleSet, Steps};
use crate::time::Timestamp;

/// What stands for a step may itself be stood for, so often: a file's ring of stand-ins ends here.
const STAND_INS_MAX: u8 = 8;

/// A step that was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) step: StepId,
    /// When it was done.
    pub(super) at: Timestamp,
    /// From when on that is known.
    pub(super) since: Timestamp,
    /// In which unit's hands the case was: 0 for the first.
    pub(super) run: u16,
    pub(super) evidence: Arc<[Arc<str>]>,
}

/// A promise.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub(super) commitment: Arc<str>,
    pub(super) recorded: Timestamp,
    pub(super) until: Timestamp,
    pub(super) run: u16,
    pub(super) evidence: Arc<[Arc<str>]>,
}

/// Which part of the history a question is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// One unit's part; `None` is all of it.
    pub(super) run: Option<u16>,
    /// What was known then.
    pub(super) until: Timestamp,
}

pub(super) struct History<'a> {
    rules: &'a RuleSet,
    pub(super) taken: Vec<Taken>,
    flags: Vec<(Timestamp, FlagId, Option<bool>)>,
    attributes: Vec<(Timestamp, AttributeId, Option<Arc<str>>)>,
    instants: FxHashMap<Arc<str>, Option<Timestamp>>,
    pub(super) promises: Vec<Promise>,
    /// From and to; one that goes on ends at the instant of the question.
    pub(super) suspensions: Vec<(Timestamp, Timestamp)>,
    copied: Option<Timestamp>,
    pub(super) received: Option<Timestamp>,
    /// When each further unit got the case.
    pub(super) handovers: Vec<Handover>,
    /// Instants at which an answer may change, ascending.
    changes: Vec<Timestamp>,
    pub(super) now: Timestamp,
}

/// The case came into another unit's hands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handover {
    pub(super) at: Timestamp,
    /// Whether by a forward, and not by a dispatch after a return.
    forwarded: bool,
}

impl<'a> History<'a> {
    pub(super) fn new(rules: &'a RuleSet, facts: &[Fact], now: Timestamp) -> Self {
        let mut facts: Vec<&Fact> = facts.iter().filter(|fact| fact.at <= now).collect();
        facts.sort_unstable_by(|a, b| a.order(b));
        let mut history = Self {
            rules,
            taken: Vec::with_capacity(facts.len()),
            flags: Vec::new(),
            attributes: Vec::new(),
            instants: FxHashMap::default(),
            promises: Vec::new(),
            suspensions: Vec::new(),
            copied: None,
            received: received_at(&facts),
            handovers: Vec::new(),
            changes: facts.iter().map(|fact| fact.at).collect(),
            now,
        };
        let mut returned = false;
        let mut waits: Option<Timestamp> = None;
        for fact in facts {
            history.take(fact, &mut returned, &mut waits);
        }
        if let Some(from) = waits {
            history.suspensions.push((from, now));
        }
        history.taken.sort_by_key(|taken| taken.at);
        history.changes.dedup();
        history
    }

    fn take(&mut self, fact: &Fact, returned: &mut bool, waits: &mut Option<Timestamp>) {
        let words = &self.rules.vocabulary;
        match &fact.what {
            What::Flag { name, holds } => {
                if let Some(flag) = words.flag(name) {
                    self.flags.push((fact.at, flag, *holds));
                }
            }
            What::Attribute { name, value } => {
                if let Some(attribute) = words.attribute(name) {
                    self.attributes.push((fact.at, attribute, value.clone()));
                }
            }
            What::Instant { name, instant } => {
                self.instants.insert(name.clone(), *instant);
            }
            What::Copied => self.copied = self.copied.or(Some(fact.at)),
            What::Step { name, done_at, evidence } => {
                if let Some(step) = words.step(name) {
                    self.hand_over(step, fact.at, returned);
                    let at = done_at.filter(|at| self.is_credible(*at, fact.at)).unwrap_or(fact.at);
                    let taken = Taken {
                        step,
                        at,
                        since: fact.at,
                        run: self.last_run(),
                        evidence: evidence.as_ref().into(),
                    };
                    self.verify(step, fact.at);
                    self.taken.push(taken);
                }
            }
            What::Committed { commitment, until, evidence } => self.promises.push(Promise {
                commitment: commitment.clone(),
                recorded: fact.at,
                until: *until,
                run: self.last_run(),
                evidence: evidence.as_ref().into(),
            }),
            What::Suspended => *waits = waits.or(Some(fact.at)),
            What::Resumed => {
                if let Some(from) = waits.take() {
                    self.suspensions.push((from, fact.at));
                }
            }
        }
    }

    /// The deciding instant of a resolution is `handled_at` where it lies between received and the
    /// event's time.
    fn is_credible(&self, done: Timestamp, event: Timestamp) -> bool {
        done <= event && self.received.is_none_or(|received| received <= done)
    }

    /// The latest verification is an attribute too.
    fn verify(&mut self, step: StepId, at: Timestamp) {
        let value = match step {
            own::VERIFIED_GENUINE => "genuine",
            own::VERIFIED_FALSE => "false_report",
            _ => return,
        };
        self.attributes.push((at, own::VERIFICATION, Some(value.into())));
    }

    fn hand_over(&mut self, step: StepId, at: Timestamp, returned: &mut bool) {
        if self.rules.settings.restart == Restart::Never {
            return;
        }
        let given_again = [own::DISPATCHED, own::DELIVERED, own::CITY_OFFICE, own::SLIP_FOCAL];
        let forwarded = step == own::FORWARDED;
        if forwarded || (*returned && given_again.contains(&step)) {
            self.handovers.push(Handover { at, forwarded });
            *returned = false;
        }
        if step == own::RETURNED {
            *returned = true;
        } else if Some(step) == self.rules.vocabulary.step("return_rejected") {
            *returned = false;
        }
    }

    pub(super) fn last_run(&self) -> u16 {
        u16::try_from(self.handovers.len()).unwrap_or(u16::MAX)
    }

    /// When a unit's part began; the first unit's began before everything.
    fn run_start(&self, run: u16) -> Timestamp {
        usize::from(run)
            .checked_sub(1)
            .and_then(|place| self.handovers.get(place))
            .map_or(Timestamp::MIN, |handover| handover.at)
    }

    /// When the next unit got the case.
    pub(super) fn run_end(&self, run: u16) -> Option<Timestamp> {
        self.handovers.get(usize::from(run)).map(|handover| handover.at)
    }

    /// A limit ran out, and that is a step that others wait for. True where that was not known.
    pub(super) fn derive(&mut self, step: StepId, at: Timestamp, since: Timestamp, run: u16) -> bool {
        let known = self
            .taken
            .iter()
            .any(|taken| taken.step == step && taken.at == at && taken.run == run && taken.since == since);
        if known {
            return false;
        }
        self.taken.push(Taken { step, at, since, run, evidence: Arc::from([]) });
        self.taken.sort_by_key(|taken| taken.at);
        let place = self.changes.partition_point(|change| *change < since);
        self.changes.insert(place, since);
        true
    }

    /// An instant that the case itself states now.
    pub(super) fn instant(&self, name: &str) -> Option<Timestamp> {
        self.instants.get(name).copied().flatten()
    }

    /// The first time that a step was taken, by what the view knows; the step that decided.
    pub(super) fn first(&self, step: StepId, view: View) -> Option<(Timestamp, StepId)> {
        let mut found = None;
        self.each(step, view, &mut |at, by| {
            if found.is_none_or(|(earliest, _)| at < earliest) {
                found = Some((at, by));
            }
        });
        found
    }

    /// Every time that a step was taken, in no order.
    pub(super) fn each(&self, step: StepId, view: View, visit: &mut dyn FnMut(Timestamp, StepId)) {
        self.each_within(step, view, STAND_INS_MAX, visit);
    }

    fn each_within(&self, step: StepId, view: View, depth: u8, visit: &mut dyn FnMut(Timestamp, StepId)) {
        let mut any = false;
        let word = self.rules.vocabulary.step_of(step);
        let not_before = word.after.map(|after| self.first(after, view).map_or(Timestamp::MAX, |(at, _)| at));
        let mut count = |at: Timestamp, by: StepId| {
            if not_before.is_none_or(|from| at >= from) {
                any = true;
                visit(at, by);
            }
        };
        if let Some(at) = self.delivered_by_forward(step, view) {
            count(at, own::FORWARDED);
        }
        for taken in self.taken.iter().filter(|taken| view.sees(taken)) {
            if taken.step == step || word.any_of.contains(&taken.step) {
                count(taken.at, taken.step);
            }
        }
        if let Some(condition) = &word.when {
            for at in self.begins(condition, view) {
                count(at, step);
            }
        }
        if any || depth == 0 {
            return;
        }
        for stand_in in &word.stand_ins {
            let after = stand_in.not_before.and_then(|before| self.last(before, view));
            let mut stood = false;
            self.each_within(stand_in.step, view, depth - 1, &mut |at, by| {
                if after.is_none_or(|after| at > after) {
                    stood = true;
                    visit(at, by);
                }
            });
            if stood {
                return;
            }
        }
    }

    /// The next unit's clocks start when the case is forwarded to it, whenever it receives it.
    fn delivered_by_forward(&self, step: StepId, view: View) -> Option<Timestamp> {
        if step != own::DELIVERED || self.rules.settings.restart != Restart::Forwarded {
            return None;
        }
        let place = usize::from(view.run?).checked_sub(1)?;
        self.handovers.get(place).filter(|handover| handover.forwarded).map(|handover| handover.at)
    }

    /// The last time that a step was taken.
    pub(super) fn last(&self, step: StepId, view: View) -> Option<Timestamp> {
        self.taken.iter().rev().find(|taken| taken.step == step && view.sees(taken)).map(|taken| taken.at)
    }

    /// What came with a step that was taken at an instant.
    pub(super) fn evidence_at(&self, at: Timestamp, view: View) -> impl Iterator<Item = &Arc<str>> {
        self.taken
            .iter()
            .filter(move |taken| taken.at == at && view.sees(taken))
            .flat_map(|taken| taken.evidence.iter())
    }

    /// When all or one of the steps were taken, and which decided.
    pub(super) fn moment(&self, steps: &Steps, view: View) -> Option<(Timestamp, StepId)> {
        match steps {
            Steps::One(step) => self.first(*step, view),
            Steps::All(parts) => {
                let mut last: Option<(Timestamp, StepId)> = None;
                for part in parts {
                    let found = self.moment(part, view)?;
                    last = Some(last.map_or(found, |known| if found.0 > known.0 { found } else { known }));
                }
                last
            }
            Steps::Any(parts) => {
                parts.iter().filter_map(|part| self.moment(part, view)).min_by_key(|(at, _)| *at)
            }
        }
    }

    /// When a clock that started at `start` stopped. What was done before the start counts where
    /// nothing came after it, unless only a later one means the same thing.
    pub(super) fn stop(
        &self,
        steps: &Steps,
        start: Timestamp,
        after_start: bool,
        floor: Timestamp,
        view: View,
    ) -> Option<Timestamp> {
        match steps {
            Steps::One(step) => {
                let (mut next, mut before): (Option<Timestamp>, Option<Timestamp>) = (None, None);
                self.each(*step, view, &mut |at, _| {
                    if at < floor {
                    } else if at > start || (at == start && !after_start) {
                        next = Some(next.map_or(at, |known| known.min(at)));
                    } else {
                        before = Some(before.map_or(at, |known| known.max(at)));
                    }
                });
                next.or(before.filter(|_| !after_start))
            }
            Steps::All(parts) => {
                let mut last = None;
                for part in parts {
                    last = last.max(Some(self.stop(part, start, after_start, floor, view)?));
                }
                last
            }
            Steps::Any(parts) => {
                let found: Vec<Timestamp> = parts
                    .iter()
                    .filter_map(|part| self.stop(part, start, after_start, floor, view))
                    .collect();
                let next = found.iter().filter(|at| **at >= start).min();
                next.or(found.iter().max()).copied()
            }
        }
    }

    /// Whether a rule applies to the case at an instant of a view.
    pub(super) fn applies(&self, rule: &Rule, own_only: bool, at: Timestamp, view: View) -> bool {
        if self.copied.is_some_and(|copied| copied <= at) {
            return false;
        }
        if own_only && self.flag(own::DUPLICATE, at, view) && !rule.when.mentions(own::DUPLICATE) {
            return false;
        }
        self.in_groups(rule, at) && self.holds(&rule.when, at, view)
    }

    /// A rule for all groups is also for a case whose group nobody has said yet.
    fn in_groups(&self, rule: &Rule, at: Timestamp) -> bool {
        if rule.groups.is_empty() {
            return true;
        }
        match self.attribute(own::GROUP, at).and_then(|group| group.parse::<u8>().ok()) {
            Some(group) => rule.groups.contains(&group),
            None => self.rules.groups.iter().all(|group| rule.groups.contains(group)),
        }
    }

    pub(super) fn holds(&self, condition: &Condition, at: Timestamp, view: View) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Flag(flag) => self.flag(*flag, at, view),
            Condition::Is(attribute, value) => self.value(*attribute, at) == Some(&**value),
            Condition::Not(inner) => !self.holds(inner, at, view),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, at, view)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, at, view)),
        }
    }

    /// A value that the vocabulary does not know counts as the attribute's default.
    fn value(&self, id: AttributeId, at: Timestamp) -> Option<&str> {
        let word = &self.rules.vocabulary.attributes()[usize::from(id.0)];
        let stated = self.attribute(id, at);
        stated
            .filter(|value| word.values.is_empty() || word.values.iter().any(|known| known == value))
            .or(word.default.as_deref())
    }

    fn attribute(&self, id: AttributeId, at: Timestamp) -> Option<&str> {
        let known = self.attributes.iter().rfind(|(since, other, _)| *other == id && *since <= at)?;
        known.2.as_deref()
    }

    fn flag(&self, id: FlagId, at: Timestamp, view: View) -> bool {
        let word = &self.rules.vocabulary.flags()[usize::from(id.0)];
        // What is said of a unit that no longer holds the case does not hold for the next.
        let from = match view.run {
            Some(run) if word.per_unit => self.run_start(run),
            _ => Timestamp::MIN,
        };
        let stated = self
            .flags
            .iter()
            .rfind(|(since, other, _)| {
                *other == id && *since <= at && (*since > from || from == Timestamp::MIN)
            })
            .and_then(|(_, _, holds)| *holds);
        if stated == Some(true) {
            return true;
        }
        let part = View { run: view.run.filter(|_| word.per_unit), until: at };
        if word
            .set_by
            .iter()
            .any(|step| self.taken.iter().any(|taken| taken.step == *step && part.sees(taken)))
        {
            return true;
        }
        match stated {
            Some(holds) => holds,
            // An infrastructure report is an incident until somebody says that it is none.
            None => id == own::INCIDENT && self.attribute(own::GROUP, at) == Some("1"),
        }
    }

    /// The instants of a view at which an answer may change, ascending; a later unit's part begins
    /// with what holds when it gets the case.
    pub(super) fn changes(&self, view: View) -> impl DoubleEndedIterator<Item = Timestamp> {
        let from = view.run.map_or(Timestamp::MIN, |run| self.run_start(run));
        let begin = self.changes.partition_point(|change| *change < from);
        let end = self.changes.partition_point(|change| *change <= view.until);
        self.changes[begin.min(end)..end].iter().copied()
    }

    /// The instants at which a condition begins to hold.
    fn begins(&self, condition: &Condition, view: View) -> Vec<Timestamp> {
        let mut held = false;
        let mut begins = Vec::new();
        for at in self.changes(view) {
            let holds = self.holds(condition, at, view);
            if holds && !held {
                begins.push(at);
            }
            held = holds;
        }
        begins
    }
}

impl View {
    fn sees(&self, taken: &Taken) -> bool {
        taken.since <= self.until && self.run.is_none_or(|run| taken.run == run)
    }
}

/// The first `received` by the facts, sorted.
fn received_at(facts: &[&Fact]) -> Option<Timestamp> {
    facts.iter().find_map(|fact| match &fact.what {
        What::Step { name, .. } if &**name == "received" => Some(fact.at),
        _ => None,
    })
}
