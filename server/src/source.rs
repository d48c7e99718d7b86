//! Who may send events. A source is a name with a secret token; the registry
//! (`<data>/sources.json`) holds the token's SHA-256 and never the token, so that whoever reads the
//! file cannot send in a source's name.
//!
//! What a source may do is its [`SourceGrant`]:
//!
//! - it sends for one city;
//! - the CloudEvents attribute `source` of its events is free, unless it was registered with a URI:
//!   then it must be that URI, or begin with it followed by `/`, `#` or `?`. An event is identified
//!   by (`source`, `id`) in either case;
//! - it may add events to cases that another source reported, unless it was registered with
//!   "own cases only" (which needs a URI, because that is how a case is known to be its own);
//! - it sends at most so many events per second;
//! - it signs its requests, where it was registered to ([`Signing`]).
//!
//! `toancanh source` changes the file while a server runs; the server notices within a second, and
//! at once where it meets a token that it does not know.

mod rate;
mod registry;
mod signing;
mod token;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::state::SourceState;

use crate::signature::Nonces;

pub use rate::Bucket;
pub use registry::keys::{add as add_key, remove as remove_key, revoke as revoke_key};
pub use registry::{NewSource, SourceEntry, SourceError, add, list, remove};
pub use signing::{KeyEntry, Signing, SigningKey};
pub use token::Token;

use registry::Stamp;
use token::TokenDigest;

/// Events per second that a source may send where nothing else was said. Far above what a city's
/// systems send, and below what one server takes.
pub const EVENTS_PER_SECOND: u32 = 50_000;

/// How many values of the attribute `source` a city has at most, but for those that sources are
/// registered with: each is kept for ever, and told on every screen's list of sources.
pub const NAMES_MAX: usize = 1_024;

/// How old the reading of the registry may be: a source that was removed is refused after this.
const REREAD_AFTER: Duration = Duration::from_secs(1);

/// What one source may do.
#[derive(Debug)]
pub struct SourceGrant {
    /// Its name.
    pub name: String,
    /// The code of the only city that it sends for.
    pub city: String,
    /// What the attribute `source` of its events must be or begin with.
    pub uri: Option<String>,
    /// Whether it may add events only to cases whose `case.received` was its own.
    pub own_cases_only: bool,
    /// How fast it may send.
    pub rate: Bucket,
    /// How it signs.
    pub signing: Signing,
    digest: TokenDigest,
}

impl SourceGrant {
    fn new(entry: &SourceEntry, digest: TokenDigest) -> Self {
        Self {
            name: entry.name.clone(),
            city: entry.city.clone(),
            uri: entry.uri.clone(),
            own_cases_only: entry.own_cases_only,
            rate: Bucket::new(entry.events_per_second, Instant::now()),
            signing: Signing::of(entry),
            digest,
        }
    }

    /// What an administrator may do who writes to the data's own socket: everything, for `city`.
    #[must_use]
    pub fn local(city: &str) -> Self {
        let entry = SourceEntry {
            name: "import".to_owned(),
            city: city.to_owned(),
            token_sha256: String::new(),
            uri: None,
            own_cases_only: false,
            events_per_second: u32::MAX,
            added_at: String::new(),
            require_signature: false,
            cover: Vec::new(),
            keys: Vec::new(),
        };
        Self::new(&entry, TokenDigest::default())
    }

    /// Whether events may carry this attribute `source`.
    #[must_use]
    pub fn may_say(&self, source: &str) -> bool {
        let Some(uri) = &self.uri else {
            return true;
        };
        domain::event::is_under(uri, source)
    }

    fn is_still(&self, entry: &SourceEntry) -> bool {
        self.name == entry.name
            && self.city == entry.city
            && self.uri == entry.uri
            && self.own_cases_only == entry.own_cases_only
            && self.rate.per_second() == entry.events_per_second
            && self.signing == Signing::of(entry)
    }
}

/// The sources of a running server.
#[derive(Debug)]
pub struct Sources {
    data: PathBuf,
    held: Mutex<Held>,
    /// What signed requests said once.
    pub nonces: Nonces,
    /// Since when these are remembered, Unix seconds.
    pub since: i64,
}

#[derive(Debug, Default)]
struct Held {
    by_digest: HashMap<TokenDigest, Arc<SourceGrant>>,
    /// Sources of this run only; they are in no file.
    lent: HashMap<TokenDigest, Arc<SourceGrant>>,
    /// Values of the attribute `source` of which the first event is on its way.
    let_in: HashSet<String>,
    stamp: Option<Stamp>,
    looked_at: Option<Instant>,
}

impl Sources {
    /// Reads the registry in `data`; a missing file is an empty registry.
    ///
    /// # Errors
    /// With the file and what to do.
    pub fn open(data: &Path) -> Result<Self, SourceError> {
        let since = jiff::Timestamp::now().as_second();
        let sources =
            Self { data: data.to_owned(), held: Mutex::default(), nonces: Nonces::default(), since };
        sources.reread(&mut sources.held())?;
        Ok(sources)
    }

    /// What the bearer of `token` may do; `None` for a token that nobody has.
    ///
    /// The token is looked up by its SHA-256, so the time that it takes says nothing about the
    /// tokens there are.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Arc<SourceGrant>> {
        let digest = TokenDigest::of(token);
        let mut held = self.held();
        self.look_again(&mut held, REREAD_AFTER);
        if let Some(grant) = held.get(&digest) {
            return Some(grant);
        }
        self.look_again(&mut held, Duration::ZERO);
        held.get(&digest)
    }

    /// Whether some source is bound to speak under this attribute `source`.
    #[must_use]
    pub fn is_bound(&self, uri: &str) -> bool {
        self.held().by_digest.values().any(|grant| grant.uri.is_some() && grant.may_say(uri))
    }

    /// Whether a city that has heard of the sources `known` may hear of one more under the name
    /// `uri`. Names let in are remembered until the city has heard of them, so that many at once
    /// are no more than the bound either.
    #[must_use]
    pub fn has_room_for(&self, uri: &str, known: &BTreeMap<Arc<str>, SourceState>) -> bool {
        if known.contains_key(uri) {
            return true;
        }
        let is_registered = |grant: &Arc<SourceGrant>| grant.uri.as_deref() == Some(uri);
        let mut held = self.held();
        if held.by_digest.values().any(is_registered) || held.let_in.contains(uri) {
            return true;
        }
        if known.len() + held.let_in.len() >= NAMES_MAX {
            held.let_in.retain(|name| !known.contains_key(name.as_str()));
        }
        let has_room = known.len() + held.let_in.len() < NAMES_MAX;
        if has_room {
            held.let_in.insert(uri.to_owned());
        }
        has_room
    }

    /// Whether a grant found earlier still stands: asked for each message of a long connection.
    #[must_use]
    pub fn still_holds(&self, grant: &SourceGrant) -> bool {
        let mut held = self.held();
        self.look_again(&mut held, REREAD_AFTER);
        held.get(&grant.digest).is_some_and(|now| std::ptr::eq(Arc::as_ptr(&now), grant))
    }

    /// Gives a source a token that works until this server stops and stands in no file: for what
    /// the product itself plays into its own gateway.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn register_for_this_run(&self, name: &str, city: &str) -> Result<Token, SourceError> {
        let token = Token::random().map_err(SourceError::Random)?;
        let mut grant = SourceGrant::local(city);
        name.clone_into(&mut grant.name);
        grant.digest = TokenDigest::of(token.reveal());
        self.held().lent.insert(grant.digest, Arc::new(grant));
        Ok(token)
    }

    /// Reads the file again if it changed and the last look is older than `age`. A file that cannot
    /// be read changes nothing: the sources that were known stay.
    fn look_again(&self, held: &mut Held, age: Duration) {
        if held.looked_at.is_some_and(|at| at.elapsed() < age) {
            return;
        }
        if let Err(error) = self.reread(held) {
            tracing::error!(%error, "the registry of sources cannot be read; what it said before holds");
        }
    }

    fn reread(&self, held: &mut Held) -> Result<(), SourceError> {
        held.looked_at = Some(Instant::now());
        let stamp = registry::stamp(&self.data);
        if held.stamp.is_some() && held.stamp == stamp {
            return Ok(());
        }
        let entries = registry::list(&self.data)?;
        let mut by_digest = HashMap::with_capacity(entries.len());
        for entry in entries {
            let Some(digest) = TokenDigest::from_hex(&entry.token_sha256) else {
                tracing::error!(source = entry.name, "the registry holds no valid token digest for it");
                continue;
            };
            // The bucket lives on: reading the file again fills nobody's allowance.
            let grant = match held.by_digest.remove(&digest) {
                Some(grant) if grant.is_still(&entry) => grant,
                _ => Arc::new(SourceGrant::new(&entry, digest)),
            };
            by_digest.insert(digest, grant);
        }
        held.by_digest = by_digest;
        held.stamp = stamp;
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A panic elsewhere cannot leave the table half made: it is replaced in one step.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn get(&self, digest: &TokenDigest) -> Option<Arc<SourceGrant>> {
        self.by_digest.get(digest).or_else(|| self.lent.get(digest)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str) -> NewSource {
        NewSource { name: name.to_owned(), city: "boston".to_owned(), ..NewSource::default() }
    }

    #[test]
    fn a_source_added_while_the_server_runs_is_known_at_once_and_a_removed_one_soon_not() {
        let data = tempfile::tempdir().unwrap();
        let sources = Sources::open(data.path()).unwrap();
        let first = add(data.path(), &new("a"), false).unwrap();
        let grant = sources.find(first.reveal()).unwrap();
        assert_eq!((grant.name.as_str(), grant.city.as_str()), ("a", "boston"));
        let second = add(data.path(), &new("b"), false).unwrap();
        assert_eq!(sources.find(second.reveal()).unwrap().name, "b");
        assert!(sources.still_holds(&grant));
        remove(data.path(), "a").unwrap();
        sources.look_again(&mut sources.held(), Duration::ZERO);
        assert!(!sources.still_holds(&grant));
        assert!(sources.find(first.reveal()).is_none());
        assert!(sources.find(second.reveal()).is_some());
    }

    #[test]
    fn a_token_lent_for_a_run_is_in_no_file() {
        let data = tempfile::tempdir().unwrap();
        let sources = Sources::open(data.path()).unwrap();
        let token = sources.register_for_this_run("replay", "boston").unwrap();
        assert!(sources.still_holds(&sources.find(token.reveal()).unwrap()));
        assert!(list(data.path()).unwrap().is_empty());
        assert!(Sources::open(data.path()).unwrap().find(token.reveal()).is_none());
    }

    #[test]
    fn reading_the_registry_again_fills_no_allowance() {
        let data = tempfile::tempdir().unwrap();
        let sources = Sources::open(data.path()).unwrap();
        let slow = NewSource { events_per_second: 10, ..new("slow") };
        let token = add(data.path(), &slow, false).unwrap();
        sources.find(token.reveal()).unwrap().rate.take(1_000, Instant::now());
        add(data.path(), &new("other"), false).unwrap();
        sources.look_again(&mut sources.held(), Duration::ZERO);
        assert!(sources.find(token.reveal()).unwrap().rate.ready(Instant::now()).is_err());
    }

    #[test]
    fn a_city_hears_of_so_many_names_and_of_every_registered_one() {
        let data = tempfile::tempdir().unwrap();
        let bound = NewSource { uri: Some("urn:bound".to_owned()), ..new("bound") };
        add(data.path(), &bound, false).unwrap();
        let sources = Sources::open(data.path()).unwrap();
        let mut known = BTreeMap::new();
        let state = SourceState {
            watermark: None,
            latest: domain::Timestamp::MIN,
            recorded: domain::Timestamp::MIN,
            events: 1,
        };
        for number in 0..2 * NAMES_MAX {
            let name = format!("urn:{number}");
            assert_eq!(sources.has_room_for(&name, &known), number < NAMES_MAX, "{number}");
            if number < 1_000 {
                known.insert(Arc::from(name), state.clone());
            }
        }
        assert!(sources.has_room_for("urn:3", &known) && sources.has_room_for("urn:1023", &known));
        assert!(sources.has_room_for("urn:bound", &known) && sources.is_bound("urn:bound/a"));
        assert!(!sources.is_bound("urn:3"));
    }

    #[track_caller]
    fn check(uri: Option<&str>, source: &str, want: bool) {
        let mut grant = SourceGrant::local("boston");
        grant.uri = uri.map(str::to_owned);
        assert_eq!(grant.may_say(source), want, "{uri:?} {source}");
    }

    #[test]
    fn a_bound_source_speaks_only_under_its_own_uri() {
        check(None, "urn:anything", true);
        check(Some("urn:a"), "urn:a", true);
        check(Some("urn:a"), "urn:a/b", true);
        check(Some("urn:a"), "urn:a#b", true);
        check(Some("urn:a"), "urn:ab", false);
        check(Some("urn:a"), "urn:", false);
        check(Some("urn:a"), "", false);
    }
}
