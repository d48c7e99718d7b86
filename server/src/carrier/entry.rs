//! An event on the stream: what one server's log holds of it, with the keys of its case.
//!
//! | field | holds |
//! |---|---|
//! | `k` | key: the first 16 bytes of SHA-256 over `source` and `id` |
//! | `d` | content digest, 32 bytes |
//! | `r` | when the first server took it, microseconds since 1970 UTC, decimal |
//! | `s` | the server that added it |
//! | `p` | the record: a CloudEvent in JSON, its personal members sealed |
//! | `c` | the wrapped keys of its case, 72 bytes each; only where something is sealed |
//! | `o` | those of several cases, where it is what is kept of a signed request: JSON, base64 by case |

use std::collections::{BTreeMap, HashMap};

use redis::Cmd;
use toancanh_log::StoredRecord;
use toancanh_log::keys::{KeyError, KeyStore, TRAVELLING_BYTES, Travelling};

use crate::signature::{decoded, encoded};
use crate::store::carried::Carried;
use crate::store::signed::kept_cases;

/// An event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) carried: Carried,
    pub(super) keys: Vec<Travelling>,
    /// Keys of further cases, by case.
    pub(super) others: BTreeMap<String, Vec<Travelling>>,
}

impl Entry {
    /// What travels of a record. Where the key of its case was erased, no key travels.
    pub(super) fn of(record: StoredRecord, store: &KeyStore) -> Result<Self, KeyError> {
        let carried = Carried::of(record);
        let keys = match carried.sealed_case() {
            Some(case) => store.travelling(&case)?,
            None => Vec::new(),
        };
        let mut others = BTreeMap::new();
        for case in kept_cases(&carried.payload) {
            let held = store.travelling(&case)?;
            others.insert(case, held);
        }
        Ok(Self { carried, keys, others })
    }

    /// Every key that it brings, with its case.
    pub(super) fn all_keys(&self) -> Vec<(String, &Travelling)> {
        let own = self.carried.sealed_case().filter(|_| !self.keys.is_empty());
        let own = own.iter().flat_map(|case| self.keys.iter().map(move |key| (case.clone(), key)));
        let others =
            self.others.iter().flat_map(|(case, keys)| keys.iter().map(move |key| (case.clone(), key)));
        own.chain(others).collect()
    }

    /// Bytes on the way, about.
    pub(super) fn weight(&self) -> usize {
        let keys = self.keys.len() + self.others.values().map(Vec::len).sum::<usize>();
        self.carried.payload.len() + keys * 2 * TRAVELLING_BYTES + 128
    }

    /// The command that adds it.
    pub(super) fn command(&self, stream: &str, server: &str) -> Cmd {
        let Carried { key, digest, recorded_us, payload } = &self.carried;
        let mut command = redis::cmd("XADD");
        command.arg(stream).arg("*").arg("k").arg(&key[..]).arg("d").arg(&digest[..]);
        command.arg("r").arg(*recorded_us).arg("s").arg(server).arg("p").arg(&payload[..]);
        if !self.keys.is_empty() {
            command.arg("c").arg(self.keys.concat());
        }
        if !self.others.is_empty() {
            let others: BTreeMap<&str, String> =
                self.others.iter().map(|(case, keys)| (case.as_str(), encoded(&keys.concat()))).collect();
            command.arg("o").arg(serde_json::to_vec(&others).unwrap_or_default());
        }
        command
    }

    /// Reads it back; `None` for something that no server of this product wrote.
    pub(super) fn read(mut fields: HashMap<String, Vec<u8>>) -> Option<Self> {
        let carried = Carried {
            key: fields.remove("k")?.try_into().ok()?,
            digest: fields.remove("d")?.try_into().ok()?,
            recorded_us: std::str::from_utf8(&fields.remove("r")?).ok()?.parse().ok()?,
            payload: fields.remove("p").filter(|payload| payload.starts_with(b"{\""))?,
        };
        let keys = fields.remove("c").unwrap_or_default();
        let others = match fields.remove("o") {
            None => BTreeMap::new(),
            Some(others) => {
                let others: BTreeMap<String, String> = serde_json::from_slice(&others).ok()?;
                let read = |(case, keys): (String, String)| Some((case, cut(&decoded(&keys)?)?));
                others.into_iter().map(read).collect::<Option<_>>()?
            }
        };
        Some(Self { carried, keys: cut(&keys)?, others })
    }
}

fn cut(keys: &[u8]) -> Option<Vec<Travelling>> {
    keys.chunks(TRAVELLING_BYTES).map(Travelling::try_from).collect::<Result<_, _>>().ok()
}
