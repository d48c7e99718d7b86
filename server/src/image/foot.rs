//! An image's foot: what it is of, and the place of the log at which it was made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toancanh_log::{Landmark, Position, Seq};

use super::Origin;

/// Behind an image's parts.
#[derive(Serialize, Deserialize)]
pub(super) struct Foot {
    pub(super) origin: Origin,
    pub(super) parts: usize,
    /// Whether the parts are sealed.
    #[serde(default)]
    pub(super) is_sealed: bool,
    /// From where on an opening reads the log at once; none where that is the beginning.
    pub(super) landmark: Option<Place>,
}

/// A [`Landmark`] in JSON, its bytes in hexadecimal.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Place {
    log: String,
    segment: u64,
    segment_first: u64,
    offset: u32,
    next_seq: u64,
    chain: String,
    frame_at: u32,
    cursors: BTreeMap<String, String>,
}

impl From<Landmark> for Place {
    fn from(landmark: Landmark) -> Self {
        let Landmark { cluster, position, frame_at, cursors } = landmark;
        Self {
            log: hex::encode(cluster),
            segment: position.segment,
            segment_first: position.segment_first.get(),
            offset: position.offset,
            next_seq: position.next_seq.get(),
            chain: hex::encode(position.chain),
            frame_at,
            cursors: cursors.into_iter().map(|(source, position)| (source, hex::encode(&position))).collect(),
        }
    }
}

impl Place {
    /// `None` where it is none: then the log is read from its beginning.
    pub(super) fn landmark(&self) -> Option<Landmark> {
        let cursors = self.cursors.iter().map(|(source, position)| Some((source.clone(), bytes(position)?)));
        Some(Landmark {
            cluster: bytes(&self.log)?.try_into().ok()?,
            position: Position {
                segment: self.segment,
                segment_first: Seq::new(self.segment_first),
                offset: self.offset,
                next_seq: Seq::new(self.next_seq),
                chain: bytes(&self.chain)?.try_into().ok()?,
            },
            frame_at: self.frame_at,
            cursors: cursors.collect::<Option<_>>()?,
        })
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_log_comes_back_as_it_was_written() {
        let landmark = Landmark {
            cluster: [7; 16],
            position: Position {
                segment: 3,
                segment_first: Seq::new(40),
                offset: 8_192,
                next_seq: Seq::new(99),
                chain: [0xab; 32],
            },
            frame_at: 4_096,
            cursors: [("redis".to_owned(), b"1-0".to_vec())].into(),
        };
        let written = serde_json::to_string(&Place::from(landmark.clone())).unwrap();
        let read: Place = serde_json::from_str(&written).unwrap();
        assert_eq!(read.landmark(), Some(landmark));
        for (part, other) in [("abab", "abax"), ("0707", "07"), ("312d30", "31é")] {
            let broken: Place = serde_json::from_str(&written.replacen(part, other, 1)).unwrap();
            assert_eq!(broken.landmark(), None, "{other}");
        }
    }
}
