//! The short and the long form of one test: the long one goes on after a stop where it was.
//!
//! Under `TOANCANH_PROVE` a proof does its full count and keeps in `TOANCANH_PROVE_DIR` how far each of
//! its parts has come; its figures are printed as lines `figure: name = value`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a proof speaks, and stops"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A case that takes longer than this hangs: one takes milliseconds.
const HANGS_AFTER: Duration = Duration::from_secs(60);

/// Cases between two notes of how far it has come.
const PIECE: u64 = 500;

/// Whether the full count is asked for.
pub(crate) fn is_long() -> bool {
    std::env::var_os("TOANCANH_PROVE").is_some()
}

/// The full count, or the short form's.
pub(crate) fn count(short: u64, long: u64) -> u64 {
    if is_long() { long } else { short }
}

/// The name of the longest that one case took, in milliseconds.
pub(crate) const SLOWEST: &str = "slowest_ms";

/// Says a figure.
pub(crate) fn figure(name: &str, value: impl std::fmt::Display) {
    println!("figure: {name} = {value}");
}

/// What was counted, by name.
pub(crate) type Tally = BTreeMap<String, u64>;

/// Does the cases `0..cases`, on two threads, and says what they were counted under. `work` gives the
/// name under which a case counts, or what is wrong, which ends the test with the case's number.
pub(crate) fn each(
    part: &str,
    cases: u64,
    work: impl Fn(u64) -> Result<&'static str, String> + Sync,
) -> Tally {
    let state = State::of(part);
    let (mut done, mut tally) = state.read();
    while done < cases {
        let end = (done + PIECE).min(cases);
        for (name, count) in piece(part, done, end, &work) {
            let total = tally.entry(name.clone()).or_default();
            *total = if name == SLOWEST { count.max(*total) } else { *total + count };
        }
        done = end;
        state.keep(done, &tally);
    }
    tally
}

fn piece(
    part: &str,
    from: u64,
    to: u64,
    work: &(impl Fn(u64) -> Result<&'static str, String> + Sync),
) -> Tally {
    let next = AtomicU64::new(from);
    let tally = Mutex::new(Tally::new());
    let worker = || {
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= to {
                return;
            }
            let began = Instant::now();
            let name = work(case).unwrap_or_else(|what| panic!("{part}, case {case}: {what}"));
            let mut tally = tally.lock().unwrap();
            *tally.entry(name.to_owned()).or_default() += 1;
            let slowest = tally.entry(SLOWEST.to_owned()).or_default();
            *slowest = (*slowest).max(began.elapsed().as_millis() as u64);
        }
    };
    std::thread::scope(|scope| {
        let workers = [scope.spawn(worker), scope.spawn(worker)];
        let (mut seen, mut since) = (from, Instant::now());
        while !workers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            std::thread::sleep(Duration::from_millis(2));
            let now = next.load(Ordering::Relaxed);
            if now != seen {
                (seen, since) = (now, Instant::now());
            } else if since.elapsed() > HANGS_AFTER {
                // The scope would wait for it for ever.
                eprintln!("{part}: a case near {seen} hangs");
                std::process::exit(101);
            }
        }
    });
    tally.into_inner().unwrap()
}

/// Where a part has come to, in a file of its own: `done`, then a line for each name.
struct State(Option<PathBuf>);

impl State {
    fn of(part: &str) -> State {
        State(std::env::var_os("TOANCANH_PROVE_DIR").map(|dir| PathBuf::from(dir).join(part)))
    }

    fn read(&self) -> (u64, Tally) {
        let text = self.0.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let mut tally: Tally = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(name, count)| Some((name.to_owned(), count.parse().ok()?)))
            .collect();
        (tally.remove("done").unwrap_or(0), tally)
    }

    fn keep(&self, done: u64, tally: &Tally) {
        let Some(path) = &self.0 else { return };
        let lines = tally.iter().map(|(name, count)| format!("{name} {count}\n"));
        let text: String = std::iter::once(format!("done {done}\n")).chain(lines).collect();
        let new = path.with_extension("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, path).unwrap();
    }
}
