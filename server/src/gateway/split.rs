//! Taking a body apart into events: one, a batch, or one a line.

use std::fmt;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::problem::Problem;
use serde::Deserialize;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::{EVENT_BYTES_MAX, EVENTS_MAX, Offered, problems};

/// One event in JSON.
///
/// # Errors
/// If the body is not a JSON object (400).
pub fn one(body: &[u8]) -> Result<Vec<Offered>, Problem> {
    let text = utf8(body)?.trim_ascii();
    let _: &RawValue = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    if !text.starts_with('{') {
        return Err(problems::unparsable_body(
            "the body is JSON, but not an object: this type holds one event",
        ));
    }
    Ok(vec![event(text.as_bytes())])
}

/// A JSON array of events.
///
/// # Errors
/// If the body is not a JSON array (400), or holds too many (413).
pub fn batch(body: &[u8]) -> Result<Vec<Offered>, Problem> {
    let text = utf8(body)?;
    let mut events = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut is_too_many = false;
    let read = Elements { into: &mut events, is_too_many: &mut is_too_many }
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    match read {
        Ok(()) => Ok(events),
        Err(_) if is_too_many => Err(problems::body_too_large()),
        Err(error) => Err(not_json(&error)),
    }
}

/// One event a line. Blank lines are skipped and do not count; a line that is not JSON, or not UTF-8,
/// costs only itself.
///
/// # Errors
/// If there are too many (413).
pub fn lines(body: &[u8]) -> Result<Vec<Offered>, Problem> {
    let mut events = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        if events.len() == EVENTS_MAX {
            return Err(problems::body_too_large());
        }
        events.push(event(line));
    }
    Ok(events)
}

/// A WebSocket message: one event or an array of them. What is neither is one refused event, so that
/// every message gets an answer of the same form.
///
/// # Errors
/// If there are too many (413).
pub fn message(body: &[u8]) -> Result<Vec<Offered>, Problem> {
    if !body.trim_ascii_start().starts_with(b"[") {
        return Ok(vec![event(body)]);
    }
    match batch(body) {
        Err(problem) if problem.status == 400 => {
            Ok(vec![Offered::Refused { id: None, problem: problems::unparsable_event(problem.detail) }])
        }
        read => read,
    }
}

/// One event from its bytes.
fn event(bytes: &[u8]) -> Offered {
    if bytes.len() > EVENT_BYTES_MAX {
        // Only its id is read, without keeping the rest.
        let id = serde_json::from_slice::<IdOnly>(bytes).ok().and_then(|event| event.id);
        let id = id.map(|id| id.chars().take(256).collect());
        return Offered::Refused { id, problem: problems::too_large() };
    }
    let read =
        std::str::from_utf8(bytes).map_err(|error| problems::unparsable_event(not_utf8(&error))).and_then(
            |text| serde_json::from_str(text).map_err(|error| problems::unparsable_event(at_fault(&error))),
        );
    match read.map(|event: Json| (super::id_of(&event), plain_data(event))) {
        Ok((_, Ok(event))) => Offered::Event(event),
        Ok((id, Err(problem))) => Offered::Refused { id, problem },
        Err(problem) => Offered::Refused { id: None, problem },
    }
}

/// Replaces `data_base64`, in which any binding may carry JSON, by `data`.
fn plain_data(mut event: Json) -> Result<Json, Problem> {
    let Some(members) = event.as_object_mut() else {
        return Ok(event);
    };
    let Some(encoded) = members.remove("data_base64") else {
        return Ok(event);
    };
    let wrong = |what: &str| Err(problems::bad_attribute("data_base64", what));
    if members.get("data").is_some_and(|data| !data.is_null()) {
        return wrong("stands beside data; send one of them");
    }
    let Some(bytes) = encoded.as_str().and_then(|text| STANDARD.decode(text).ok()) else {
        return wrong("is not base64");
    };
    let Ok(data) = serde_json::from_slice::<Json>(&bytes) else {
        return wrong("does not hold JSON");
    };
    members.insert("data".to_owned(), data);
    Ok(event)
}

#[derive(Deserialize)]
struct IdOnly {
    id: Option<String>,
}

/// Reads the elements of an array one by one, so that the size of each is known before it is parsed
/// and one of them can be wrong in itself without costing the others.
struct Elements<'a> {
    into: &'a mut Vec<Offered>,
    is_too_many: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element::<&RawValue>()? {
            if self.into.len() == EVENTS_MAX {
                *self.is_too_many = true;
                return Err(serde::de::Error::custom("too many events"));
            }
            self.into.push(event(raw.get().as_bytes()));
        }
        Ok(())
    }
}

/// Counts what is written and fails once it is more than so many bytes.
pub(super) struct Measure(pub(super) usize);

impl io::Write for Measure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn utf8(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|error| problems::unparsable_body(not_utf8(&error)))
}

fn not_utf8(error: &std::str::Utf8Error) -> String {
    format!("it is not UTF-8: byte {} begins no character", error.valid_up_to())
}

fn not_json(error: &serde_json::Error) -> Problem {
    problems::unparsable_body(at_fault(error))
}

/// What is wrong with a JSON text. For a value of the wrong kind serde would repeat the value, so
/// only its place is said.
fn at_fault(error: &serde_json::Error) -> String {
    if error.is_data() {
        return format!(
            "it is JSON, but not of the form asked for, at line {} column {}",
            error.line(),
            error.column()
        );
    }
    format!("it is not JSON: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(read: Result<Vec<Offered>, Problem>) -> String {
        match read {
            Err(problem) => format!("{} {}", problem.status, problem.slug()),
            Ok(events) => events
                .into_iter()
                .map(|offered| match offered {
                    Offered::Event(event) => event["id"].as_str().unwrap_or("?").to_owned(),
                    Offered::Refused { id, problem } => {
                        format!("{}:{}", id.as_deref().unwrap_or("-"), problem.slug())
                    }
                })
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    #[track_caller]
    fn check(read: fn(&[u8]) -> Result<Vec<Offered>, Problem>, body: impl AsRef<[u8]>, want: &str) {
        assert_eq!(words(read(body.as_ref())), want);
    }

    #[test]
    fn one_event_is_one_object() {
        check(one, r#" {"id":"a"} "#, "a");
        check(one, r#"[{"id":"a"}]"#, "400 unparsable-body");
        check(one, r#"{"id":"a""#, "400 unparsable-body");
        check(one, r#"{"id":"a"} {"#, "400 unparsable-body");
        check(one, "", "400 unparsable-body");
        check(one, b"{\"id\":\"\xff\"}", "400 unparsable-body");
    }

    #[test]
    fn a_batch_is_an_array_whose_elements_fail_alone() {
        check(batch, r#"[{"id":"a"}, 7, {"id":"b"}]"#, "a ? b");
        check(batch, "[]", "");
        check(batch, r#"{"id":"a"}"#, "400 unparsable-body");
        check(batch, r#"[{"id":"a"},"#, "400 unparsable-body");
        check(batch, r#"[{"id":"a"}] x"#, "400 unparsable-body");
        check(batch, b"[\"\xff\"]", "400 unparsable-body");
        let deep = format!(r#"[{{"id":"a"}}, {}{}, {{"id":"b"}}]"#, "[".repeat(500), "]".repeat(500));
        check(batch, deep, "a -:unparsable-event b");
    }

    #[test]
    fn a_bad_line_costs_only_itself_and_blank_lines_do_not_count() {
        check(
            lines,
            b"{\"id\":\"a\"}\r\n\n  \n{\"id\":\n{\"id\":\"\xff\"}\n{\"id\":\"b\"}",
            "a -:unparsable-event -:unparsable-event b",
        );
        check(lines, "\n\n", "");
    }

    #[test]
    fn an_event_that_is_too_large_is_named_by_its_id() {
        let large = format!(r#"{{"data":{{"content":"{}"}},"id":"big"}}"#, "x".repeat(1 << 20));
        check(one, &large, "big:too-large");
        check(batch, format!(r#"[{large}, {{"id":"b"}}]"#), "big:too-large b");
        check(lines, format!("{large}\n{{\"id\":\"b\"}}"), "big:too-large b");
    }

    #[test]
    fn a_body_of_rubbish_is_bounded() {
        check(lines, "x\n".repeat(EVENTS_MAX + 1), "413 body-too-large");
        check(batch, format!("[{}0]", "0,".repeat(EVENTS_MAX)), "413 body-too-large");
    }

    #[test]
    fn data_may_come_in_base64() {
        let read = one(br#"{"id":"a","data_base64":"eyJraW5kIjoicmVwb3J0In0="}"#).unwrap();
        let want = serde_json::json!({"id": "a", "data": {"kind": "report"}});
        assert_eq!(read, [Offered::Event(want)]);
        check(one, r#"{"id":"a","data_base64":"%"}"#, "a:mistyped-attribute");
        check(one, r#"{"id":"a","data_base64":"AAAA"}"#, "a:mistyped-attribute");
        check(one, r#"{"id":"a","data_base64":"e30=","data":{}}"#, "a:mistyped-attribute");
    }

    #[test]
    fn every_message_has_an_answer() {
        check(message, r#"{"id":"a"}"#, "a");
        check(message, r#" [{"id":"a"},{"id":"b"}]"#, "a b");
        check(message, "hello", "-:unparsable-event");
        check(message, "[", "-:unparsable-event");
        check(message, b"\xff", "-:unparsable-event");
        check(message, "", "-:unparsable-event");
    }

    #[test]
    fn a_problem_never_repeats_what_was_sent() {
        for body in [r#"{"id":"a","x":Nguyen}"#, r#""Nguyen""#, r#"{"Nguyen""#] {
            let problem = one(body.as_bytes()).unwrap_err();
            assert!(!problem.detail.contains("Nguyen"), "{}", problem.detail);
            let problem = batch(body.as_bytes()).unwrap_err();
            assert!(!problem.detail.contains("Nguyen"), "{}", problem.detail);
        }
    }
}
