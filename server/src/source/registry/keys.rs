//! The keys that a source signs with, in the registry's file.

use std::path::Path;

use super::{SourceEntry, SourceError, change, now};
use crate::signature::PublicKey;
use crate::source::KeyEntry;

/// Adds a key to a source: PEM, or base64 (see [`PublicKey::read`]).
///
/// # Errors
/// With the file and what to do.
pub fn add(data: &Path, name: &str, keyid: &str, text: &str) -> Result<(), SourceError> {
    let fresh = entry(keyid, text)?;
    change(data, |sources| insert(name, &mut of(sources, name)?.keys, fresh.clone()))
}

/// Takes a key away, as if it had never been there.
///
/// # Errors
/// With the file and what to do.
pub fn remove(data: &Path, name: &str, keyid: &str) -> Result<(), SourceError> {
    change(data, |sources| {
        let keys = &mut of(sources, name)?.keys;
        let before = keys.len();
        keys.retain(|key| key.keyid != keyid);
        if keys.len() == before { Err(unknown(name, keyid)) } else { Ok(()) }
    })
}

/// Refuses a key from an instant on, by default from now on. The key stays in the file, so that what it signed
/// before can still be told from what it did not.
///
/// # Errors
/// With the file and what to do.
pub fn revoke(data: &Path, name: &str, keyid: &str, at: Option<jiff::Timestamp>) -> Result<(), SourceError> {
    change(data, |sources| {
        let keys = &mut of(sources, name)?.keys;
        let key = keys.iter_mut().find(|key| key.keyid == keyid).ok_or_else(|| unknown(name, keyid))?;
        key.revoked_at = Some(at.map_or_else(now, |at| at.to_string()));
        Ok(())
    })
}

pub(super) fn entry(keyid: &str, text: &str) -> Result<KeyEntry, SourceError> {
    let is_name = (1..=128).contains(&keyid.len()) && keyid.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !is_name {
        return Err(SourceError::BadKeyName { keyid: keyid.chars().take(64).collect() });
    }
    let key =
        PublicKey::read(text).map_err(|fault| SourceError::BadKey { keyid: keyid.to_owned(), fault })?;
    Ok(KeyEntry { keyid: keyid.to_owned(), public_key: key.to_base64(), added_at: now(), revoked_at: None })
}

pub(super) fn insert(name: &str, keys: &mut Vec<KeyEntry>, fresh: KeyEntry) -> Result<(), SourceError> {
    if keys.iter().any(|key| key.keyid == fresh.keyid) {
        return Err(SourceError::KeyExists { name: name.to_owned(), keyid: fresh.keyid });
    }
    keys.push(fresh);
    Ok(())
}

fn of<'a>(sources: &'a mut [SourceEntry], name: &str) -> Result<&'a mut SourceEntry, SourceError> {
    let found = sources.iter_mut().find(|source| source.name == name);
    found.ok_or_else(|| SourceError::Unknown { name: name.to_owned() })
}

fn unknown(name: &str, keyid: &str) -> SourceError {
    SourceError::UnknownKey { name: name.to_owned(), keyid: keyid.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{NewSource, list};

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn keys_come_and_go_and_a_revoked_one_is_remembered() {
        let data = tempfile::tempdir().unwrap();
        let new = NewSource { name: "a".into(), city: "boston".into(), ..NewSource::default() };
        super::super::add(data.path(), &new, false).unwrap();
        let file = || std::fs::read_to_string(data.path().join("sources.json")).unwrap();
        assert!(file().contains("\"version\": 1"));
        add(data.path(), "a", "k1", KEY).unwrap();
        assert!(file().contains("\"version\": 2"));
        assert!(matches!(add(data.path(), "a", "k1", KEY), Err(SourceError::KeyExists { .. })));
        assert!(matches!(add(data.path(), "b", "k1", KEY), Err(SourceError::Unknown { .. })));
        assert!(matches!(add(data.path(), "a", "k2", "hello"), Err(SourceError::BadKey { .. })));
        assert!(matches!(add(data.path(), "a", "", KEY), Err(SourceError::BadKeyName { .. })));
        add(data.path(), "a", "k2", KEY).unwrap();
        revoke(data.path(), "a", "k1", None).unwrap();
        remove(data.path(), "a", "k2").unwrap();
        assert!(matches!(remove(data.path(), "a", "k2"), Err(SourceError::UnknownKey { .. })));
        let keys = list(data.path()).unwrap().remove(0).keys;
        assert_eq!((keys.len(), keys[0].revoked_at.is_some()), (1, true));
    }
}
