//! What travels of an erased case leaves the stream before its time: with its records travel the case's keys, wrapped
//! under the master key that all servers have. Each such record is put on the stream once more, without keys, and the
//! entry that holds them is deleted as soon as every server has read it: no server loses an event by that, not even one
//! that is yet to come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Shared;
use super::entry::Entry;
use super::error::CarrierError;
use super::link::{Link, Names};
use super::position::Id;

/// Cases that may wait. What is of further ones goes when the stream is trimmed.
const WAITING_MAX: usize = 10_000;
/// Entries looked at in one go.
const PAGE: usize = 500;

/// Cases whose keys were erased here, and how far the stream was looked through for them.
#[derive(Debug, Default)]
pub(crate) struct Erased(Mutex<BTreeMap<String, Search>>);

#[derive(Clone, Debug, Default)]
struct Search {
    looked: Id,
    /// Nothing later has keys of it, by Redis' clock, milliseconds since 1970 UTC; none before the first look.
    until_ms: Option<u64>,
}

impl Erased {
    /// A case is looked for from now on.
    pub(super) fn add(&self, case: &str) {
        let mut waiting = self.held();
        if waiting.len() < WAITING_MAX {
            waiting.insert(case.to_owned(), Search::default());
        }
    }

    /// The cases, and from where on the stream is to be looked through.
    fn begin(&self, now_ms: u64) -> Option<(BTreeSet<String>, Id)> {
        let mut waiting = self.held();
        waiting.values_mut().for_each(|search| {
            search.until_ms.get_or_insert(now_ms);
        });
        let from = waiting.values().map(|search| search.looked).min()?;
        Some((waiting.keys().cloned().collect(), from))
    }

    /// The stream was looked through for these cases up to here.
    fn end(&self, cases: &BTreeSet<String>, looked: Id) {
        self.held().retain(|case, search| {
            if cases.contains(case) {
                search.looked = looked;
            }
            search.until_ms.is_none_or(|until_ms| search.looked.0 <= until_ms)
        });
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Search>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks through what every server has read, up to `read`.
pub(super) async fn purge(
    shared: &Shared,
    link: &mut Link,
    names: &Names,
    read: Id,
    now_ms: u64,
) -> Result<(), CarrierError> {
    let Some((cases, mut at)) = shared.erased.begin(now_ms) else { return Ok(()) };
    let mut purged = 0;
    loop {
        let page = link.range(&names.stream, at, PAGE).await?;
        let is_last = page.len() < PAGE;
        let mut found = Vec::new();
        for (id, fields) in page {
            if id > read {
                break;
            }
            at = id;
            let entry = Entry::read(fields).filter(|entry| !entry.keys.is_empty());
            let case = |entry: &Entry| entry.carried.sealed_case().is_some_and(|case| cases.contains(&case));
            found.extend(entry.filter(case).map(|entry| (id, Entry { keys: Vec::new(), ..entry })));
        }
        purged += found.len();
        replace(shared, link, names, found).await?;
        if is_last || at >= read {
            break;
        }
    }
    // All that every server has read was looked at, whether or not an entry stands there.
    shared.erased.end(&cases, at.max(read));
    if purged > 0 {
        tracing::info!(purged, "keys of erased cases were taken off the stream");
    }
    Ok(())
}

async fn replace(
    shared: &Shared,
    link: &mut Link,
    names: &Names,
    found: Vec<(Id, Entry)>,
) -> Result<(), CarrierError> {
    if found.is_empty() {
        return Ok(());
    }
    let (ids, entries): (Vec<Id>, Vec<Entry>) = found.into_iter().unzip();
    link.offer(&names.stream, &shared.options.server, &entries).await?;
    let mut command = redis::cmd("XDEL");
    command.arg(&names.stream);
    ids.iter().for_each(|id| {
        command.arg(id.to_string());
    });
    link.ask::<u64>("taking keys off the stream", &command).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_looked_for_until_everything_of_before_was_seen() {
        let erased = Erased::default();
        assert!(erased.begin(1_000).is_none());
        erased.add("C-1");
        let (cases, from) = erased.begin(1_000).unwrap();
        assert_eq!((cases.len(), from), (1, Id::default()));
        // Some server has not read so far yet.
        erased.end(&cases, Id(900, 3));
        erased.add("C-2");
        let (cases, from) = erased.begin(1_100).unwrap();
        assert_eq!((cases.len(), from), (2, Id::default()));
        erased.end(&cases, Id(1_050, 0));
        let (cases, from) = erased.begin(1_200).unwrap();
        assert!(cases.contains("C-2") && cases.len() == 1 && from == Id(1_050, 0));
        erased.end(&cases, Id(1_101, 0));
        assert!(erased.begin(1_300).is_none());
    }
}
