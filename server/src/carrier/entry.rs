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

use std::collections::HashMap;

use redis::Cmd;
use toancanh_log::StoredRecord;
use toancanh_log::keys::{KeyError, KeyStore, TRAVELLING_BYTES, Travelling};

use crate::store::carried::Carried;

/// An event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) carried: Carried,
    pub(super) keys: Vec<Travelling>,
}

impl Entry {
    /// What travels of a record. Where the key of its case was erased, no key travels.
    pub(super) fn of(record: StoredRecord, keys: &KeyStore) -> Result<Self, KeyError> {
        let carried = Carried::of(record);
        let keys = match carried.sealed_case() {
            Some(case) => keys.travelling(&case)?,
            None => Vec::new(),
        };
        Ok(Self { carried, keys })
    }

    /// Bytes on the way, about.
    pub(super) fn weight(&self) -> usize {
        self.carried.payload.len() + self.keys.len() * TRAVELLING_BYTES + 128
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
        let keys = keys.chunks(TRAVELLING_BYTES).map(Travelling::try_from).collect::<Result<_, _>>().ok()?;
        Some(Self { carried, keys })
    }
}
