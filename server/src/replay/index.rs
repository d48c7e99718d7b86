//! The events of a file in the order of their times: 24 bytes of memory for each, the rest stays on
//! the disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Timestamp;
use serde::Deserialize;

use super::carry::Batch;
use super::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX, Events, ReplayError, at_path};

/// Sources that say by heartbeats how far they are; a file of more leaves the others silent.
const SOURCES_MAX: usize = 64;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    time: Timestamp,
    offset: u64,
    bytes: u32,
}

/// The events of a file.
pub(super) struct Index {
    pub(super) path: PathBuf,
    pub(super) sources: Vec<String>,
    pub(super) unreadable: u64,
    file: Arc<File>,
    places: Vec<Place>,
}

/// What of an event tells when it is due.
#[derive(Deserialize)]
struct Stub<'a> {
    #[serde(borrow)]
    time: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    source: std::borrow::Cow<'a, str>,
}

impl Index {
    pub(super) fn of(events: &Events) -> Result<Self, ReplayError> {
        let (path, file) = match events {
            Events::Spool(spool) => (spool.path.clone(), spool.file.clone()),
            Events::File(path) => (path.clone(), Arc::new(plain(path).map_err(at_path(path))?)),
        };
        let at_fault = at_path(&path);
        let index = Self { path, sources: Vec::new(), unreadable: 0, file, places: Vec::new() };
        index.read().map_err(at_fault)
    }

    fn read(mut self) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(1 << 20, At { file: self.file.clone(), offset: 0 });
        let mut sources = BTreeSet::new();
        let mut offset = 0;
        let mut line = Vec::new();
        loop {
            line.clear();
            let bytes = input.read_until(b'\n', &mut line)?;
            if bytes == 0 {
                break;
            }
            let text = line.trim_ascii();
            if let Some((time, source)) = stub(text) {
                let bytes = u32::try_from(text.len()).map_err(io::Error::other)?;
                let indent = line.len() - line.trim_ascii_start().len();
                self.places.push(Place { time, offset: offset + indent as u64, bytes });
                if sources.len() < SOURCES_MAX && !sources.contains(source.as_ref()) {
                    sources.insert(source.into_owned());
                }
            } else if !text.is_empty() {
                self.unreadable += 1;
            }
            offset += bytes as u64;
        }
        // Equal times keep the order of the file, whose offsets ascend.
        self.places.sort_unstable();
        self.sources = sources.into_iter().collect();
        Ok(self)
    }

    /// The first event's time at or after `from`.
    pub(super) fn first(&self, from: Option<Timestamp>) -> Option<Timestamp> {
        self.places[self.start(from)..].first().map(|place| place.time)
    }

    /// How many events lie in [`from`, `until`).
    pub(super) fn len(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> u64 {
        self.end(until).saturating_sub(self.start(from)) as u64
    }

    pub(super) fn walk(self, from: Option<Timestamp>, until: Option<Timestamp>) -> io::Result<Walk> {
        let (next, end) = (self.start(from), self.end(until));
        Ok(Walk { file: self.file, places: self.places, next, end })
    }

    fn start(&self, from: Option<Timestamp>) -> usize {
        from.map_or(0, |from| self.places.partition_point(|place| place.time < from))
    }

    fn end(&self, until: Option<Timestamp>) -> usize {
        until.map_or(self.places.len(), |until| self.places.partition_point(|place| place.time < until))
    }
}

/// A file being played.
pub(super) struct Walk {
    file: Arc<File>,
    places: Vec<Place>,
    next: usize,
    end: usize,
}

impl Walk {
    /// The time of the next event.
    pub(super) fn next_time(&self) -> Option<Timestamp> {
        self.places[..self.end].get(self.next).map(|place| place.time)
    }

    /// The next events that are due at `now`, as many as one batch holds; none if none is due.
    pub(super) fn due(&mut self, number: u64, now: Timestamp) -> io::Result<Option<Batch>> {
        let Some(first) = self.next_time().filter(|first| *first <= now) else {
            return Ok(None);
        };
        let mut text = vec![b'['];
        let mut events = 0;
        while let Some(place) = self.places[..self.end].get(self.next) {
            let is_full = events == BATCH_EVENTS_MAX || text.len() + place.bytes as usize > BATCH_BYTES_MAX;
            if place.time > now || (is_full && events > 0) {
                break;
            }
            if events > 0 {
                text.push(b',');
            }
            let start = text.len();
            text.resize(start + place.bytes as usize, 0);
            std::os::unix::fs::FileExt::read_exact_at(&*self.file, &mut text[start..], place.offset)?;
            self.next += 1;
            events += 1;
        }
        text.push(b']');
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        Ok(Some(Batch { number, first, events, text }))
    }
}

/// Reads a shared file from an offset of its own.
struct At {
    file: Arc<File>,
    offset: u64,
}

impl Read for At {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.offset)?;
        self.offset += bytes as u64;
        Ok(bytes)
    }
}

/// The time and the source of a line that is valid JSON.
fn stub(line: &[u8]) -> Option<(Timestamp, std::borrow::Cow<'_, str>)> {
    let stub: Stub<'_> = serde_json::from_slice(line).ok()?;
    Some((stub.time.parse().ok()?, stub.source))
}

/// The file itself, or what it holds when it is compressed, in a file without a name.
fn plain(path: &Path) -> io::Result<File> {
    let mut file = File::open(path)?;
    let mut start = [0; 4];
    let known = file.read(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    let start = &start[..known];
    let mut packed: Box<dyn Read> = if start.starts_with(&[0x1f, 0x8b]) {
        // A gzip file may hold several members one after the other.
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file)))
    } else if start == [0x28, 0xb5, 0x2f, 0xfd] {
        Box::new(zstd::Decoder::new(file)?)
    } else {
        return Ok(file);
    };
    let mut unpacked = tempfile::tempfile()?;
    io::copy(&mut packed, &mut unpacked)?;
    unpacked.flush()?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u32, time: &str) -> String {
        format!(r#"{{"id":"{id}","source":"urn:s","time":"{time}"}}"#)
    }

    fn file(bytes: &[u8]) -> (tempfile::TempDir, Events) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.ndjson");
        std::fs::write(&path, bytes).unwrap();
        (folder, Events::File(path))
    }

    fn ids(batch: Option<Batch>) -> Vec<String> {
        let events: Vec<serde_json::Value> = serde_json::from_str(&batch.unwrap().text).unwrap();
        events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }

    fn sample() -> String {
        let lines = [
            line(3, "2015-01-03T00:00:00Z"),
            "not an event".to_owned(),
            String::new(),
            format!("  {}  ", line(1, "2015-01-01T00:00:00Z")),
            line(2, "2015-01-01T19:00:00-05:00"),
            line(9, "yesterday"),
        ];
        lines.join("\n")
    }

    #[track_caller]
    fn check(bytes: &[u8]) {
        let (_folder, events) = file(bytes);
        let index = Index::of(&events).unwrap();
        assert_eq!((index.unreadable, index.sources.as_slice()), (2, &["urn:s".to_owned()][..]));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(index.first(None), Some(at("2015-01-01T00:00:00Z")));
        let mut walk = index.walk(None, None).unwrap();
        assert!(walk.due(0, at("2014-12-31T00:00:00Z")).unwrap().is_none());
        assert_eq!(ids(walk.due(0, at("2015-01-02T00:00:00Z")).unwrap()), ["1", "2"]);
        assert_eq!(walk.next_time(), Some(at("2015-01-03T00:00:00Z")));
        assert_eq!(ids(walk.due(0, at("2016-01-02T00:00:00Z")).unwrap()), ["3"]);
        assert_eq!(walk.next_time(), None);
    }

    #[test]
    fn a_file_is_played_in_the_order_of_its_times_packed_or_not() {
        check(sample().as_bytes());
        check(&zstd::encode_all(sample().as_bytes(), 1).unwrap());
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(sample().as_bytes()).unwrap();
        check(&packer.finish().unwrap());
    }

    #[test]
    fn a_part_of_a_file_can_be_played() {
        let (_folder, events) = file(sample().as_bytes());
        let index = Index::of(&events).unwrap();
        let (from, until) = ("2015-01-02T00:00:00Z".parse().ok(), "2015-01-03T00:00:00Z".parse().ok());
        assert_eq!(index.len(from, until), 1);
        let mut walk = index.walk(from, until).unwrap();
        assert_eq!(ids(walk.due(0, Timestamp::MAX).unwrap()), ["2"]);
        assert!(walk.due(1, Timestamp::MAX).unwrap().is_none());
    }

    #[test]
    fn a_batch_is_bounded_in_events_and_in_bytes() {
        let many: Vec<String> = (0..1_200).map(|id| line(id, "2015-01-01T00:00:00Z")).collect();
        let (_folder, events) = file(many.join("\n").as_bytes());
        let mut walk = Index::of(&events).unwrap().walk(None, None).unwrap();
        let counts: Vec<usize> =
            std::iter::from_fn(|| walk.due(0, Timestamp::MAX).unwrap()).map(|batch| batch.events).collect();
        assert_eq!(counts, [500, 500, 200]);
        let pad = "x".repeat(600 << 10);
        let large = format!("{0}\n{0}", line(1, "2015-01-01T00:00:00Z").replace("urn:s", &pad));
        let (_folder, events) = file(large.as_bytes());
        let mut walk = Index::of(&events).unwrap().walk(None, None).unwrap();
        assert_eq!(walk.due(0, Timestamp::MAX).unwrap().unwrap().events, 1);
    }
}
