//! The events of one case from a file: one CloudEvent a line, or a JSON array of them, packed or not.
//!
//! Read as the gateway reads them, with two differences: a step, a commitment or a notice that only
//! a rule file knows is taken, and what clocks do not look at may be missing.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Timestamp;
use domain::city::City;
use domain::document::Fault;
use domain::intake::{self, TYPE_PREFIX};
use domain::problem::Problem;
use domain::symbol::Symbols;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};

use super::is_stdin;

/// More than this, unpacked, is no file of one case.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// So many subjects are named when there are several.
const SUBJECTS_SHOWN: usize = 10;

/// One event of the case.
#[derive(Clone, Debug)]
pub struct CaseEvent {
    /// Its type without `vn.toancanh.`.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// Its source and id.
    pub tie: Arc<str>,
    /// What it says.
    pub data: Map<String, Json>,
}

/// The events of one case, in the order in which they count.
#[derive(Clone, Debug)]
pub struct CaseEvents {
    /// The case's code.
    pub case: String,
    /// Its events.
    pub events: Vec<CaseEvent>,
}

/// Why a file gives no case.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// The system will not give it.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is larger than the events of one case can be.
    #[error("{}: holds more than 64 MiB: give the events of one case, not a log", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// An event cannot be read.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It holds no event of a case.
    #[error("{}: holds no event of a case: give its events, one CloudEvent a line", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// It holds the events of several cases.
    #[error("{}: holds events of {count} cases ({shown}): say which by --subject", path.display())]
    Several {
        /// Which file.
        path: PathBuf,
        /// How many cases.
        count: usize,
        /// The first of them.
        shown: String,
    },
    /// It holds no event of the case that was named.
    #[error("{}: holds no event of the case {subject:?}; it has {shown}", path.display())]
    NoSubject {
        /// Which file.
        path: PathBuf,
        /// The case.
        subject: String,
        /// Those that it has.
        shown: String,
    },
}

/// Reads the events of a case. With a city, an event of another city is refused.
///
/// # Errors
/// With the line of the event and what to do.
pub fn read(path: &Path, city: Option<&str>, subject: Option<&str>) -> Result<CaseEvents, EventsError> {
    let bytes = bytes(path)?;
    let path = if is_stdin(path) { Path::new("(standard input)") } else { path };
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = "this line is not UTF-8: save the file as UTF-8".to_owned();
        Fault { path: path.to_owned(), line, column: 1, message }
    })?;
    parse(path, text.trim_start_matches('\u{feff}'), city, subject)
}

fn parse(
    path: &Path,
    text: &str,
    city: Option<&str>,
    subject: Option<&str>,
) -> Result<CaseEvents, EventsError> {
    let reader =
        Reader { city: City::bare(city.unwrap_or("any")), only: city.is_some(), symbols: Symbols::default() };
    let mut cases: BTreeMap<String, Vec<Identified>> = BTreeMap::new();
    for (line, part) in parts(path, text)? {
        let event: Json = serde_json::from_str(part).map_err(|error| {
            let message = format!("this is no JSON: {}; one CloudEvent a line is wanted", short(&error));
            // serde counts the lines from that on which the event begins.
            let line = line + error.line().max(1) - 1;
            Fault { path: path.to_owned(), line, column: error.column(), message }
        })?;
        let read = reader.read(event).map_err(|problem| Fault {
            path: path.to_owned(),
            line,
            column: 1,
            message: told(&problem),
        })?;
        if let Some((case, event)) = read {
            cases.entry(case).or_default().push(event);
        }
    }
    let shown = || {
        let names: Vec<&str> = cases.keys().take(SUBJECTS_SHOWN).map(String::as_str).collect();
        names.join(", ") + if cases.len() > SUBJECTS_SHOWN { ", …" } else { "" }
    };
    let path = path.to_owned();
    let case = match (subject, cases.len()) {
        (_, 0) => return Err(EventsError::Empty { path }),
        (Some(subject), _) if !cases.contains_key(subject) => {
            return Err(EventsError::NoSubject { path, subject: subject.to_owned(), shown: shown() });
        }
        (Some(subject), _) => subject.to_owned(),
        (None, 1) => shown(),
        (None, count) => return Err(EventsError::Several { path, count, shown: shown() }),
    };
    let events = cases.remove(&case).unwrap_or_default();
    Ok(CaseEvents { case, events: once(events) })
}

/// An event with what identifies it.
struct Identified {
    event: CaseEvent,
    digest: [u8; 32],
}

/// Each event once; of two that one id names the one with the smaller digest counts.
fn once(mut events: Vec<Identified>) -> Vec<CaseEvent> {
    events.sort_by(|a, b| (&a.event.tie, a.digest).cmp(&(&b.event.tie, b.digest)));
    events.dedup_by(|later, first| later.event.tie == first.event.tie);
    let mut events: Vec<CaseEvent> = events.into_iter().map(|read| read.event).collect();
    events.sort_by(|a, b| (a.time, &a.tie).cmp(&(b.time, &b.tie)));
    events
}

/// The texts of the events, each with the line that it begins on.
fn parts<'a>(path: &Path, text: &'a str) -> Result<Vec<(usize, &'a str)>, Fault> {
    let begin = text.trim_start();
    let line_of = |part: &str| {
        let at = part.as_ptr().addr() - text.as_ptr().addr();
        text[..at].matches('\n').count() + 1
    };
    if begin.starts_with('[') {
        let events: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| Fault {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            message: format!("this is no JSON array of events: {}", short(&error)),
        })?;
        return Ok(events.into_iter().map(|event| (line_of(event.get()), event.get())).collect());
    }
    // One event written over several lines.
    if begin.starts_with('{')
        && let Ok(event) = serde_json::from_str::<&RawValue>(begin)
    {
        return Ok(vec![(line_of(event.get()), event.get())]);
    }
    let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line));
    Ok(lines.filter(|(_, line)| !line.trim().is_empty()).collect())
}

struct Reader {
    city: City,
    /// Whether events of other cities are refused.
    only: bool,
    symbols: Symbols,
}

impl Reader {
    /// The event with its case; nothing where it is about no case.
    fn read(&self, event: Json) -> Result<Option<(String, Identified)>, Problem> {
        let digest = intake::content_digest(&event);
        let completed = self.completed(event.clone());
        let read = intake::read(&completed, &self.city, &self.symbols, None)?;
        if read.time < intake::EARLIEST {
            return Err(Problem::new("time-out-of-range", 422, "", "time: lies before 1990"));
        }
        let Json::Object(mut members) = event else { return Ok(None) };
        let kind = members.get("type").and_then(Json::as_str).unwrap_or_default();
        let kind = kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind).to_owned();
        if !kind.starts_with("case.") {
            return Ok(None);
        }
        let named = |name: &str| members.get(name).and_then(Json::as_str);
        let tie = match (named("source"), named("id")) {
            (Some(source), Some(id)) => format!("{source} {id}"),
            // Nothing names it: it is what it says.
            _ => hex::encode(digest),
        };
        let data = match members.remove("data") {
            Some(Json::Object(data)) => data,
            _ => Map::new(),
        };
        let event = CaseEvent { kind, time: read.time, tie: tie.into(), data };
        Ok(Some((read.subject.to_string(), Identified { event, digest })))
    }

    /// The event as the gate wants it: words that only a rule file may know become words that the
    /// gate knows, and what no clock looks at is filled in.
    fn completed(&self, mut event: Json) -> Json {
        let kind = event.get("type").and_then(Json::as_str).unwrap_or_default();
        let kind = kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind).to_owned();
        let Some(members) = event.as_object_mut() else { return event };
        for (name, value) in [("specversion", "1.0"), ("id", "-"), ("source", "-")] {
            members.entry(name).or_insert_with(|| value.into());
        }
        let data = members.entry("data").or_insert_with(|| json!({}));
        let Some(data) = data.as_object_mut() else { return event };
        let mut known = |name: &str, word: &str| {
            if data.get(name).is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty())) {
                data.insert(name.to_owned(), word.into());
            }
        };
        match kind.as_str() {
            "case.step" => known("step", "published"),
            "case.transferred" => {
                known("step", "delivered_to_unit");
                data.entry("to").or_insert_with(|| "-".into());
            }
            "case.committed" => known("commitment", "promised_answer_at"),
            "case.noticed" => known("notice", "recorded"),
            "case.received" => {
                data.entry("kind").or_insert_with(|| "report".into());
                let city: Json = self.city.code.as_str().into();
                if self.only {
                    data.entry("city").or_insert(city);
                } else {
                    data.insert("city".to_owned(), city);
                }
            }
            _ => {}
        }
        // The gate knows five groups, a rule file nine.
        if data.get("content_group").and_then(Json::as_u64).is_some_and(|group| (6..=9).contains(&group)) {
            data.insert("content_group".to_owned(), 5.into());
        }
        event
    }
}

fn told(problem: &Problem) -> String {
    if problem.slug() == "wrong-city" {
        return "city: the case is of another city than --city: name its own, or rules by --rules".to_owned();
    }
    format!("{}: mend this event or leave it out", problem.detail)
}

/// What serde says, without the place, which stands before.
fn short(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn bytes(path: &Path) -> Result<Vec<u8>, EventsError> {
    let unreadable = |source| EventsError::Unreadable { path: path.to_owned(), source };
    let raw: Box<dyn Read> = if is_stdin(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path).map_err(unreadable)?)
    };
    let mut raw = io::BufReader::new(raw);
    let start = io::BufRead::fill_buf(&mut raw).map_err(unreadable)?;
    let plain: Box<dyn Read> = if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(raw))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::Decoder::with_buffer(raw).map_err(unreadable)?)
    } else {
        Box::new(raw)
    };
    let mut bytes = Vec::new();
    plain.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(EventsError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}
