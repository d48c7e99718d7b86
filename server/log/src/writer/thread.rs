//! The writer's thread: gathers what waits, commits it, hands it on, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::error::AppendError;
use crate::item::{Appended, Batch};
use crate::landmark::Unverified;
use crate::log::Completion;
use crate::options::Sink;

use super::Writer;

/// How long a commit waits for one more batch while batches keep coming.
const COMPANY: Duration = Duration::from_micros(200);

/// A batch on its way.
pub(crate) struct Request {
    pub(crate) batch: Batch,
    pub(crate) answer: Answer,
}

/// Calls the completion exactly once, also when nobody gets round to it.
pub(crate) struct Answer(Option<Completion>);

impl Answer {
    pub(crate) fn new(completion: Completion) -> Answer {
        Answer(Some(completion))
    }

    pub(crate) fn give(mut self, answer: Result<Appended, AppendError>) {
        self.call(answer);
    }

    fn call(&mut self, answer: Result<Appended, AppendError>) {
        if let Some(completion) = self.0.take() {
            // One caller's panic is not the other callers' loss.
            catch_unwind(AssertUnwindSafe(|| completion(answer))).ok();
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.call(Err(AppendError::Closed));
    }
}

/// How a commit is gathered.
pub(crate) struct Gathering {
    pub(crate) wait: Duration,
    pub(crate) bytes: usize,
}

/// Works until every sender is gone and the queue is empty, and closes the log.
pub(crate) fn run(
    mut writer: Writer,
    requests: &Receiver<Request>,
    gathering: &Gathering,
    mut sink: Option<Box<dyn Sink>>,
    mut unverified: Option<Unverified>,
) {
    let mut had_company = false;
    loop {
        let first = match wait_for_one(&mut writer, requests) {
            Some(first) => first,
            None => break,
        };
        if let Some(unverified) = unverified.take() {
            // Until all of it has been seen, nobody can tell what repeats, and nothing is promised.
            if !writer.verify(unverified) {
                // Somebody closes it: what waits is answered so.
                break;
            }
        }
        let group = gather(first, requests, gathering, had_company);
        had_company = group.len() > 1;
        commit(&mut writer, group, sink.as_deref_mut());
        writer.tend_head();
    }
    writer.close();
}

fn wait_for_one(writer: &mut Writer, requests: &Receiver<Request>) -> Option<Request> {
    loop {
        let Some(due_in) = writer.head_due_in() else { return requests.recv().ok() };
        // Not longer than a moment by any clock: a clock that stands still must not hang us, nor
        // one that is always due spin us.
        match requests.recv_timeout(due_in.clamp(Duration::from_millis(1), Duration::from_secs(1))) {
            Ok(request) => return Some(request),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => writer.tend_head(),
        }
    }
}

/// Takes what is there. While the last commit's `fdatasync` ran, others will have come: that alone
/// makes groups under load. Only if the last commit had company does this one wait for some.
fn gather(
    first: Request,
    requests: &Receiver<Request>,
    gathering: &Gathering,
    had_company: bool,
) -> Vec<Request> {
    let began = Instant::now();
    let mut bytes = first.batch.weight();
    let mut group = vec![first];
    while bytes < gathering.bytes {
        let next = match requests.try_recv() {
            Ok(next) => next,
            Err(_) if had_company && began.elapsed() < gathering.wait => {
                match requests.recv_timeout(COMPANY) {
                    Ok(next) => next,
                    Err(_) => break,
                }
            }
            Err(_) => break,
        };
        bytes += next.batch.weight();
        group.push(next);
    }
    group
}

fn commit(writer: &mut Writer, group: Vec<Request>, sink: Option<&mut (dyn Sink + 'static)>) {
    let counters = &writer.shared.counters;
    let weight: usize = group.iter().map(|request| request.batch.weight()).sum();
    counters.queued_batches.fetch_sub(group.len() as u64, Ordering::Relaxed);
    counters.queued_bytes.fetch_sub(weight as u64, Ordering::Relaxed);

    let (batches, answers): (Vec<Batch>, Vec<Answer>) =
        group.into_iter().map(|request| (request.batch, request.answer)).unzip();
    let committed = writer.commit(batches);
    if let Some(sink) = sink.filter(|_| !committed.records.is_empty()) {
        let records = committed.records;
        if catch_unwind(AssertUnwindSafe(|| sink.deliver(records))).is_err() {
            writer.poison("handing records on", &"the reader panicked");
        }
    }
    for (answer, result) in answers.into_iter().zip(committed.answers) {
        answer.give(result);
    }
}
