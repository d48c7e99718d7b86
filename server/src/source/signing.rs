//! What a source was registered to sign with.

use serde::{Deserialize, Serialize};

use super::SourceEntry;
use crate::signature::PublicKey;

/// A key as the registry's file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEntry {
    /// What the source calls it: `keyid` of RFC 9421.
    pub keyid: String,
    /// Base64 of its DER (`SubjectPublicKeyInfo`).
    pub public_key: String,
    /// When it was registered, RFC 3339 UTC.
    pub added_at: String,
    /// From when on it is refused, RFC 3339 UTC; what was signed with it before stays what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// How the requests of one source are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signing {
    /// Whether an unsigned request is refused.
    pub is_required: bool,
    /// Headers that must be covered besides what always must, in lower case.
    pub cover: Vec<String>,
    /// Its keys; several while one takes over from another.
    pub keys: Vec<SigningKey>,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name.
    pub keyid: String,
    /// The key.
    pub key: PublicKey,
    /// From when on it is refused, Unix seconds.
    pub revoked_at: Option<i64>,
}

impl Signing {
    /// What an entry of the registry says. A key that cannot be read is left out and told in the log: what it
    /// signs is refused then.
    pub(super) fn of(entry: &SourceEntry) -> Self {
        let keys = entry.keys.iter().filter_map(|key| {
            let read = SigningKey::of(key);
            if read.is_none() {
                tracing::error!(
                    source = entry.name,
                    keyid = key.keyid,
                    "the registry holds no valid key under it"
                );
            }
            read
        });
        Self { is_required: entry.require_signature, cover: entry.cover.clone(), keys: keys.collect() }
    }
}

impl SigningKey {
    fn of(entry: &KeyEntry) -> Option<Self> {
        let revoked_at = match &entry.revoked_at {
            Some(at) => Some(at.parse::<jiff::Timestamp>().ok()?.as_second()),
            None => None,
        };
        let key = PublicKey::read(&entry.public_key).ok()?;
        Some(Self { keyid: entry.keyid.clone(), key, revoked_at })
    }

    /// Whether it is refused at an instant, Unix seconds.
    #[must_use]
    pub fn is_revoked(&self, now: i64) -> bool {
        self.revoked_at.is_some_and(|at| at <= now)
    }
}
