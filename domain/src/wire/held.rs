//! What a client holds of a topic, and how frames change it.

use std::collections::BTreeMap;

use super::{Delta, Row, ServerFrame, Snapshot};
use crate::time::Seq;

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A snapshot: forget the rest.
    Replace,
    /// The next delta.
    Apply,
    /// Had already.
    Ignore,
    /// A hole: subscribe again.
    AskForSnapshot,
}

/// What to do with a frame when frame `n` is the last one held.
#[must_use]
pub fn next_step(held: Option<u64>, frame: &ServerFrame) -> Step {
    match (held, frame) {
        (_, ServerFrame::Snapshot(_)) => Step::Replace,
        (Some(held), ServerFrame::Delta(delta)) if delta.n == held + 1 => Step::Apply,
        (Some(held), ServerFrame::Delta(delta)) if delta.n <= held => Step::Ignore,
        (_, ServerFrame::Delta(_)) => Step::AskForSnapshot,
        (
            _,
            ServerFrame::Hello(_)
            | ServerFrame::Subscribed { .. }
            | ServerFrame::Beat(_)
            | ServerFrame::Error { .. },
        ) => Step::Ignore,
    }
}

/// The rows of one topic as a client holds them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// The last frame applied.
    pub n: Option<u64>,
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339: the instant that the rows stand at.
    pub at: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// How many of the columns are the key.
    pub key_len: usize,
    /// By key.
    pub rows: BTreeMap<Row, Row>,
}

impl Held {
    /// Nothing yet, of a topic whose rows have a key of `key_len` columns.
    #[must_use]
    pub fn new(key_len: usize) -> Self {
        Self { key_len, ..Self::default() }
    }

    /// Applies a frame of this topic and says what was done.
    pub fn take(&mut self, frame: ServerFrame) -> Step {
        let step = next_step(self.n, &frame);
        match (step, frame) {
            (Step::Replace, ServerFrame::Snapshot(snapshot)) => self.replace(snapshot),
            (Step::Apply, ServerFrame::Delta(delta)) => self.apply(delta),
            _ => {}
        }
        step
    }

    fn replace(&mut self, snapshot: Snapshot) {
        self.n = Some(snapshot.n);
        self.seq = snapshot.seq;
        self.at = snapshot.at;
        self.columns = snapshot.columns;
        let key_len = self.key_len;
        self.rows = snapshot.rows.into_iter().map(|row| split(row, key_len)).collect();
    }

    fn apply(&mut self, delta: Delta) {
        self.n = Some(delta.n);
        self.seq = delta.seq;
        self.at = delta.at;
        for key in &delta.remove {
            self.rows.remove(key);
        }
        for row in delta.upsert {
            let (key, numbers) = split(row, self.key_len);
            self.rows.insert(key, numbers);
        }
    }
}

fn split(mut row: Row, key_len: usize) -> (Row, Row) {
    let numbers = row.split_off(key_len.min(row.len()));
    (row, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn delta(n: u64) -> ServerFrame {
        ServerFrame::Delta(Delta {
            topic: "t1".into(),
            n,
            seq: Seq(n),
            at: String::new(),
            upsert: vec![vec!["3".into(), Value::Int(i64::try_from(n).unwrap())]],
            remove: vec![],
        })
    }

    #[track_caller]
    fn check(held: Option<u64>, frame: &ServerFrame, want: Step) {
        assert_eq!(next_step(held, frame), want);
    }

    #[test]
    fn the_next_frame_is_applied_an_old_one_ignored_and_a_hole_asked_for() {
        check(Some(4), &delta(5), Step::Apply);
        check(Some(4), &delta(4), Step::Ignore);
        check(Some(4), &delta(6), Step::AskForSnapshot);
        check(None, &delta(1), Step::AskForSnapshot);
    }

    #[test]
    fn frames_survive_both_encodings() {
        let frame = delta(7);
        let json = serde_json::to_string(&frame).unwrap();
        assert_eq!(serde_json::from_str::<ServerFrame>(&json).unwrap(), frame);
        let bytes = postcard::to_allocvec(&frame).unwrap();
        assert_eq!(postcard::from_bytes::<ServerFrame>(&bytes).unwrap(), frame);
        assert!(json.starts_with("{\"delta\":{\"topic\":\"t1\",\"n\":7,\"seq\":\"00000000000000000007\""));
    }
}
