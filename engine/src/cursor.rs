//! Where a list goes on: a page's cursor names the state that the first page was of, so that all
//! pages are of one state, however much happens meanwhile.

use domain::{Seq, Timestamp};
use sha2::{Digest, Sha256};

use crate::cube::Frozen;
use crate::error::QueryError;

/// The place after a page, in a list of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The state.
    pub(crate) seq: Seq,
    /// Its instant.
    pub(crate) at: Timestamp,
    /// How many lines came before.
    pub(crate) offset: usize,
}

const PARTS: [usize; 4] = [16, 16, 16, 8];

impl Cursor {
    /// As text: hexadecimal, with a digest of the question, so that it goes with no other.
    pub(crate) fn show(&self, question: &str) -> String {
        let at = self.at.micros().cast_unsigned();
        format!("{:016x}{at:016x}{:016x}{:08x}", self.seq.0, self.offset, digest(question))
    }

    /// Reads a cursor of this question. Without a text it is the first page, of the newest state.
    pub(crate) fn read(frozen: &Frozen, text: Option<&str>, question: &str) -> Result<Self, QueryError> {
        let Some(text) = text else {
            return Ok(Self { seq: frozen.seq(), at: frozen.at(), offset: 0 });
        };
        let bad = |what: &str| QueryError::bad("cursor", what);
        let [seq, at, offset, asked] =
            parse(text).ok_or_else(|| bad("is not the next of an earlier answer"))?;
        if asked != u64::from(digest(question)) {
            return Err(bad("belongs to another question; ask the same one again, with its cursor"));
        }
        let cursor = Self {
            seq: Seq(seq),
            at: Timestamp::from_micros(at.cast_signed()),
            offset: usize::try_from(offset).map_err(|_| bad("is not the next of an earlier answer"))?,
        };
        if cursor.seq > frozen.seq() || cursor.at > frozen.at() {
            return Err(bad("is of a state that this server has not reached; begin at the first page"));
        }
        Ok(cursor)
    }
}

fn parse(text: &str) -> Option<[u64; 4]> {
    if text.len() != PARTS.iter().sum::<usize>() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut rest = text;
    let mut numbers = [0; 4];
    for (number, width) in numbers.iter_mut().zip(PARTS) {
        let (part, after) = rest.split_at_checked(width)?;
        *number = u64::from_str_radix(part, 16).ok()?;
        rest = after;
    }
    Some(numbers)
}

fn digest(question: &str) -> u32 {
    let digest = Sha256::digest(question.as_bytes());
    digest.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}
