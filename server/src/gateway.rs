//! The one way in. Whatever carries an event (a request, a source's WebSocket, an import) hands it
//! to [`offer`], which checks it, appends it to the log and says, for each event, what became of it.
//!
//! Nothing is acknowledged before it is durable, and one bad event never costs the others.
//!
//! Not here: HTTP (`http::events`), what an event must say (`domain::intake`), telling repeats from
//! news (the log's writer, because "we have that already" is a promise too).
//!
//! The CloudEvents SDK for Rust (`cloudevents-sdk` 0.9) was considered for the envelope and its
//! bindings and left out: it reads a body without a limit, knows neither batches nor lines, does
//! not percent-decode `ce-` headers, reads `time` into UTC and so loses the offset that the city
//! wrote, and its errors repeat the values at fault, which may be personal. What is left of the
//! specification at this gate is the JSON form, which `domain::intake` reads member by member with a
//! problem for each, and the binary mode's headers ([`binary`]).

pub mod admission;
pub mod binary;
mod check;
pub mod local;
pub mod problems;
pub mod signed;
pub mod split;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use domain::problem::Problem;
use domain::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toancanh_log::Outcome;

use crate::running::Running;
use crate::source::SourceGrant;
use crate::store::Store;
use crate::store::signed::SIGNED_REQUEST;

pub use check::Checker;
pub use signed::SignedBody;

/// Bytes of one event as sent, at most.
pub const EVENT_BYTES_MAX: usize = 256 << 10;

/// Bytes of one request's body and of one message, at most.
pub const BODY_BYTES_MAX: usize = 16 << 20;

/// Events in one body, at most. An event of valid shape has more than 110 bytes, so that 16 MiB
/// hold fewer than 153,000: only a body of rubbish meets this bound, whose answer would grow far
/// beyond the body.
pub const EVENTS_MAX: usize = 1 << 18;

/// From here on the work of a body leaves the threads that answer everyone.
const BYTES_INLINE_MAX: usize = 32 << 10;

/// An event as it was offered: readable, or not even that.
#[derive(Clone, Debug, PartialEq)]
pub enum Offered {
    /// JSON, not checked yet.
    Event(Json),
    /// Something that cannot be an event.
    Refused {
        /// Its id, where one can be read.
        id: Option<String>,
        /// What is wrong with it.
        problem: Problem,
    },
}

impl From<Result<Json, Problem>> for Offered {
    fn from(read: Result<Json, Problem>) -> Self {
        match read {
            Ok(event) => Self::Event(event),
            Err(problem) => Self::Refused { id: None, problem },
        }
    }
}

/// What became of the events of one request or message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Events that are in the log now and were not before.
    pub accepted: u64,
    /// Events that were there already with the same content.
    pub duplicates: u64,
    /// The others, ascending by index.
    pub rejected: Vec<Rejection>,
    /// The highest durable place of the log: at least that of every event accepted or repeated here.
    pub seq: Seq,
}

/// An event that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Its place in the body, from 0; blank lines do not count.
    pub index: u64,
    /// Its id, where one can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Takes the events of one request of `source`, whose times are bounded by the city's clock. What was
/// `signed` is kept beside them.
///
/// # Errors
/// The problem of the whole request: another city's source (403), not durable now (503).
pub async fn offer(
    running: &Running,
    source: &SourceGrant,
    events: Vec<Offered>,
    signed: Option<SignedBody>,
) -> Result<Answer, Problem> {
    offer_at(running, source, events, signed, running.clock.now()).await
}

/// The same with times bounded by `now`: an import of history is not bound to a replay's clock.
///
/// # Errors
/// As [`offer`].
pub async fn offer_at(
    running: &Running,
    source: &SourceGrant,
    events: Vec<Offered>,
    signed: Option<SignedBody>,
    now: Timestamp,
) -> Result<Answer, Problem> {
    check_city(running, source)?;
    source.rate.take(events.len(), Instant::now());
    let cases = source.own_cases_only.then(|| running.core.snapshot());
    let checker = Checker::new(&running.city.city, source, now, cases);
    // One sender speaks under one name as a rule: the first stands for all of a request.
    let name = events.iter().find_map(named).unwrap_or_else(|| source.name.clone());
    let snapshot = running.core.snapshot();
    let known = snapshot.frozen.state().sources();
    // While the log is read again it is not known which names it holds.
    let has_room = |uri: &str| snapshot.rebuilding.is_some() || running.sources.has_room_for(uri, known);
    let answer = take(&running.store, &checker, &has_room, events, signed).await?;
    count(running, &name, &answer);
    Ok(answer)
}

/// Checks events and appends the good ones: what every way in comes down to, with a server or
/// without one. `has_room` says whether the city may hear of one more `source`, if it is new.
///
/// # Errors
/// Not durable now (503).
pub async fn take(
    store: &Store,
    checker: &Checker<'_>,
    has_room: &(dyn Fn(&str) -> bool + Send + Sync),
    events: Vec<Offered>,
    signed: Option<SignedBody>,
) -> Result<Answer, Problem> {
    let signed = signed.map(|signed| (subjects(&events), signed));
    let check = |event: &Json| {
        checker.check(event)?;
        let uri = event.get("source").and_then(Json::as_str).unwrap_or_default();
        if has_room(uri) { Ok(()) } else { Err(problems::too_many_names()) }
    };
    let mut rejected = Vec::new();
    let mut places = Vec::with_capacity(events.len());
    let mut good = Vec::with_capacity(events.len());
    for (index, offered) in (0_u64..).zip(events) {
        match offered {
            Offered::Event(mut event) => match check(&event) {
                Ok(()) => {
                    checker.bind(&mut event);
                    places.push((index, id_of(&event)));
                    good.push(event);
                }
                Err(problem) => rejected.push(Rejection { index, id: id_of(&event), problem }),
            },
            Offered::Refused { id, problem } => rejected.push(Rejection { index, id, problem }),
        }
    }
    let mut answer = Answer { accepted: 0, duplicates: 0, rejected, seq: store.durable() };
    if good.is_empty() {
        return Ok(answer);
    }
    let mut before = 0;
    if let Some((subjects, mut signed)) = signed {
        signed.settle(subjects.len());
        let (request, mut records) = store.kept(&signed, &subjects)?;
        for event in &mut good {
            event[SIGNED_REQUEST] = Json::String(request.clone());
        }
        before = records.len();
        records.append(&mut good);
        good = records;
    }
    let stored = store.append(good).await?;
    answer.seq = stored.durable;
    for ((index, id), outcome) in places.into_iter().zip(stored.outcomes.into_iter().skip(before)) {
        match outcome {
            Outcome::Appended(_) => answer.accepted += 1,
            Outcome::Duplicate(_) => answer.duplicates += 1,
            Outcome::IdReused(_) => {
                answer.rejected.push(Rejection { index, id, problem: problems::id_reused() });
            }
        }
    }
    answer.rejected.sort_by_key(|rejection| rejection.index);
    Ok(answer)
}

/// As [`offer`], from the bytes of a body that `read` takes apart. Where they are many, all of it is
/// done on a thread of its own.
///
/// # Errors
/// As [`offer`], and what `read` refuses.
pub async fn offer_bytes<B, R>(
    running: &Running,
    source: &Arc<SourceGrant>,
    body: B,
    signed: Option<SignedBody>,
    read: R,
) -> Result<Answer, Problem>
where
    B: AsRef<[u8]> + Send + 'static,
    R: FnOnce(&[u8]) -> Result<Vec<Offered>, Problem> + Send + 'static,
{
    if body.as_ref().len() <= BYTES_INLINE_MAX {
        return offer(running, source, read(body.as_ref())?, signed).await;
    }
    let (running, source) = (running.clone(), source.clone());
    let runtime = tokio::runtime::Handle::current();
    let work = move || {
        let events = read(body.as_ref())?;
        drop(body);
        runtime.block_on(offer(&running, &source, events, signed))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the work on a body was lost");
        Err(problems::lost())
    })
}

/// Refuses a source that has no right to this server's city.
///
/// # Errors
/// The problem of the whole request (403).
pub fn check_city(running: &Running, source: &SourceGrant) -> Result<(), Problem> {
    if source.city == running.city.city.code {
        return Ok(());
    }
    Err(problems::no_right_to_city())
}

/// An event that came already parsed, with the size limit that every way in has.
#[must_use]
pub fn sized(event: Json) -> Offered {
    let is_small = serde_json::to_writer(split::Measure(EVENT_BYTES_MAX), &event).is_ok();
    if is_small {
        return Offered::Event(event);
    }
    Offered::Refused { id: id_of(&event), problem: problems::too_large() }
}

/// The id as sent, cut to a readable length: it is repeated in answers.
fn id_of(event: &Json) -> Option<String> {
    event.get("id")?.as_str().map(|id| id.chars().take(256).collect())
}

/// The attribute `source` of an event, where one can be read.
fn named(offered: &Offered) -> Option<String> {
    let Offered::Event(event) = offered else {
        return None;
    };
    event.get("source")?.as_str().map(|name| name.chars().take(256).collect())
}

/// The case that each event names, where one can be read.
fn subjects(events: &[Offered]) -> Vec<Option<String>> {
    let subject = |offered: &Offered| match offered {
        Offered::Event(event) => event
            .get("subject")
            .and_then(Json::as_str)
            .filter(|subject| !subject.is_empty())
            .map(str::to_owned),
        Offered::Refused { .. } => None,
    };
    events.iter().map(subject).collect()
}

fn count(running: &Running, source: &str, answer: &Answer) {
    let telemetry = &running.telemetry;
    if let Some(last) = answer.rejected.last() {
        let now = Timestamp::from(jiff::Timestamp::now());
        telemetry.source_errors.note(source, now, &last.problem, answer.rejected.len() as u64);
    }
    telemetry.events_accepted_total.fetch_add(answer.accepted, Relaxed);
    telemetry.events_duplicate_total.fetch_add(answer.duplicates, Relaxed);
    telemetry.events_rejected_total.fetch_add(answer.rejected.len() as u64, Relaxed);
}
