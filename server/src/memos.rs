//! Notes of what limits that ran out set off: a memo in the log for each, once, whatever is restarted
//! and however many servers write it. Memos are never an input: an answer that was in time and came
//! late withdraws them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use domain::Timestamp;
use domain::case::{Case, Escalation};
use domain::clock::memo::memo_id;
use domain::state::State;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

use crate::core::Core;
use crate::store::Store;

/// The source of what the product itself puts into the log.
pub const OWN_SOURCE: &str = "urn:toancanh:server";

/// How many ticks' cases may wait; beyond that every case is looked at again.
const WAITING: usize = 1_024;
/// How many memos go into the log at once.
const AT_ONCE: usize = 500;

/// The way in: the core names the cases whose limits may have run out.
#[derive(Clone, Debug)]
pub struct Escalating {
    cases: mpsc::Sender<Vec<Arc<str>>>,
    missed: Arc<AtomicBool>,
}

impl Escalating {
    /// Names cases. It never waits: where the notes cannot follow, all cases are looked at later.
    pub fn tell(&self, cases: Vec<Arc<str>>) {
        if !cases.is_empty() && self.cases.try_send(cases).is_err() {
            self.missed.store(true, Ordering::Relaxed);
        }
    }
}

/// The notes, not yet begun.
#[derive(Debug)]
pub struct Notes {
    cases: mpsc::Receiver<Vec<Arc<str>>>,
    missed: Arc<AtomicBool>,
}

/// Both ends.
#[must_use]
pub fn notes() -> (Escalating, Notes) {
    let (sender, cases) = mpsc::channel(WAITING);
    let missed = Arc::new(AtomicBool::new(false));
    (Escalating { cases: sender, missed: missed.clone() }, Notes { cases, missed })
}

impl Notes {
    /// Notes for as long as the core lives. What ran out before the server was there is no deed of
    /// the server: only later instants are noted.
    pub async fn run(mut self, core: Core, store: Weak<Store>) {
        let mut snapshots = core.watch();
        let since = match snapshots.wait_for(|snapshot| snapshot.rebuilding.is_none()).await {
            Ok(first) => first.frozen.at(),
            Err(_) => return,
        };
        let mut waiting: BTreeSet<Arc<str>> = BTreeSet::new();
        loop {
            // A case that waits for its source is looked at again with the next second.
            let named = tokio::time::timeout(std::time::Duration::from_secs(1), self.cases.recv()).await;
            match named {
                Ok(Some(cases)) => waiting.extend(cases),
                Ok(None) => return,
                Err(_) => {}
            }
            let snapshot = core.snapshot();
            let state = snapshot.frozen.state();
            if self.missed.swap(false, Ordering::Relaxed) {
                waiting.extend(state.cases().iter().map(|case| case.code.clone()));
            }
            let mut memos = Vec::new();
            waiting.retain(|code| {
                let Some(case) = state.find(code) else { return false };
                let due = due(state, case, since);
                memos.extend(due.memos);
                due.waits
            });
            if memos.is_empty() {
                continue;
            }
            // Not held in between: a server that stops lets the log go.
            let Some(store) = store.upgrade() else { return };
            for batch in memos.chunks(AT_ONCE) {
                if let Err(problem) = store.append(batch.to_vec()).await {
                    tracing::warn!(detail = problem.detail, "memos could not be noted; they are tried again");
                    self.missed.store(true, Ordering::Relaxed);
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }
    }
}

/// What there is to note of a case.
struct Due {
    memos: Vec<Json>,
    /// Whether something waits for its source to come so far.
    waits: bool,
}

fn due(state: &State, case: &Case, since: Timestamp) -> Due {
    let mut due = Due { memos: Vec::new(), waits: false };
    let Some(timeline) = &*case.timeline else { return due };
    let nothing = BTreeMap::new();
    let noted = state.notes(&case.code).unwrap_or(&nothing);
    let mut standing: BTreeSet<String> = BTreeSet::new();
    for escalation in timeline.escalations.iter().filter(|escalation| escalation.since <= state.at()) {
        let id = memo_id(&case.code, &escalation.rule, &escalation.action, escalation.at);
        if escalation.since > since && !noted.contains_key(id.as_str()) {
            if has_come(state, case, escalation.since) {
                due.memos.push(memo(state, case, escalation, &id));
            } else {
                due.waits = true;
            }
        }
        standing.insert(id);
    }
    let withdrawn = noted.iter().filter(|(id, note)| note.stands && !standing.contains(&***id));
    due.memos.extend(withdrawn.filter_map(|(id, note)| Some(withdrawal(state, case, id, note.of?))));
    due
}

/// Whether the case's source has come past an instant, or has been waited for long enough: what it has
/// not sent yet may still take everything back.
fn has_come(state: &State, case: &Case, since: Timestamp) -> bool {
    let received = domain::fold::receipt(&case.events).map(|(event, _)| &event.source);
    let source = received.and_then(|source| state.sources().get(source));
    let said = source.is_some_and(|source| source.watermark.is_some_and(|watermark| watermark >= since));
    said || state.at() >= since.plus_secs(state.city().effects_wait_secs)
}

fn memo(state: &State, case: &Case, escalation: &Escalation, id: &str) -> Json {
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    event(
        id.to_owned(),
        "memo.noted",
        json!({
            "memo": id, "case": &*case.code, "rule": &*escalation.rule, "action": &*escalation.action,
            "at": show(escalation.at), "since": show(escalation.since),
        }),
    )
}

/// Dated by the instant of the note that it takes back, so that all servers write the same one: when it
/// was taken back is when it was recorded.
fn withdrawal(state: &State, case: &Case, id: &str, of: Timestamp) -> Json {
    let since = of.to_rfc3339(&state.city().zone);
    let data = json!({ "memo": id, "case": &*case.code, "withdrawn": true, "since": since });
    event(format!("{id}/withdrawn"), "memo.withdrawn", data)
}

/// That the key of a case's personal data was destroyed, for whoever looks into the log later: which case and when, and
/// nothing of the person. `is_again` where it had been destroyed before. Each time is an event of its own.
#[must_use]
pub fn erased(case: &str, at: Timestamp, is_again: bool) -> Json {
    let id = format!("erased/{case}/{}", at.micros());
    let since = at.to_rfc3339_at(jiff::tz::Offset::UTC);
    let data = json!({ "memo": id, "case": case, "action": "erased", "again": is_again, "since": since });
    event(id.clone(), "memo.erased", data)
}

/// The same memo is the same event, whenever and by whichever server it is written.
fn event(id: String, kind: &str, mut data: Json) -> Json {
    let since = data.as_object_mut().and_then(|members| members.remove("since"));
    let time = since.unwrap_or_default();
    json!({
        "specversion": "1.0", "id": id, "source": OWN_SOURCE, "time": time,
        "type": format!("{}{kind}", domain::intake::TYPE_PREFIX), "data": data,
    })
}
