//! A signed body on its way into the log: what came, byte for byte, and where its events stand in it.

use std::ops::Range;

use axum::body::Bytes;
use serde_json::value::RawValue;

use crate::signature::Verified;

/// A body that a source signed.
#[derive(Clone, Debug)]
pub struct SignedBody {
    /// The source's name.
    pub source: String,
    /// Its signature, which holds.
    pub verified: Verified,
    /// The bytes as they came.
    pub body: Bytes,
    /// Where each event stands, ascending, in the order in which they are offered.
    pub spans: Vec<Range<usize>>,
}

impl SignedBody {
    /// The body of a request; `spans` finds its events.
    #[must_use]
    pub fn new(source: &str, verified: Verified, body: Bytes, spans: fn(&[u8]) -> Vec<Range<usize>>) -> Self {
        let spans = spans(&body);
        Self { source: source.to_owned(), verified, body, spans }
    }

    /// Whether each of so many events has its place. Else the body is kept as one piece.
    pub(super) fn settle(&mut self, events: usize) {
        if self.spans.len() != events {
            self.spans = whole(&self.body);
        }
    }
}

/// All of a body is one event.
#[must_use]
pub fn whole(body: &[u8]) -> Vec<Range<usize>> {
    std::iter::once(0..body.len()).collect()
}

/// The lines that hold something.
#[must_use]
pub fn lines(body: &[u8]) -> Vec<Range<usize>> {
    body.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(|line| span(body, line))
        .collect()
}

/// The elements of an array.
#[must_use]
pub fn elements(body: &[u8]) -> Vec<Range<usize>> {
    let elements: Vec<&RawValue> = serde_json::from_slice(body).unwrap_or_default();
    elements.into_iter().map(|element| span(body, element.get().as_bytes())).collect()
}

/// Where a part of a body stands in it.
fn span(body: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - body.as_ptr() as usize;
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(spans: fn(&[u8]) -> Vec<Range<usize>>, body: &str, want: &[&str]) {
        let found: Vec<&str> = spans(body.as_bytes()).into_iter().map(|span| &body[span]).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn the_events_of_a_body_are_found_where_they_stand() {
        check(whole, " {} ", &[" {} "]);
        check(lines, "{\"a\":1}\r\n\n  {} \nx", &["{\"a\":1}", "{}", "x"]);
        check(elements, " [ {\"a\": 1} , 7,\n\"x\"] ", &["{\"a\": 1}", "7", "\"x\""]);
        check(elements, "[", &[]);
    }
}
