//! One digest of everything that the events of a city make: two servers that hold the same set of
//! events have the same one, whatever order they heard them in.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::State;
use crate::case::{Attrs, Case, Point, Timeline};
use crate::dimension::Dimension;

impl State {
    /// SHA-256 over the cases by code, each with its events (`source`, `id`, `recorded`) and every dated
    /// count that they come to, over the notes, the directives, what was done about alarms, the duties of the
    /// operations centre and the versions of what walls show, and over how many events there are. What a server has of
    /// its own is left out: `seq`, `at`, and when a source was last heard here.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"toancanh state 1\n");
        hash.update(self.events.to_be_bytes());
        let mut cases: Vec<&Case> = self.cases.iter().map(|case| &**case).collect();
        cases.retain(|case| !case.events.is_empty());
        cases.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        for case in cases {
            self.take_case(case, &mut hash);
        }
        let mut noted: Vec<_> = self.notes.iter().collect();
        noted.sort_unstable_by(|a, b| a.0.cmp(b.0));
        for (case, notes) in noted {
            take_text(case, &mut hash);
            for (memo, note) in notes {
                take_text(memo, &mut hash);
                hash.update([u8::from(note.stands)]);
            }
        }
        for (name, directive) in &self.directives {
            take_text(name, &mut hash);
            directive.digests().for_each(|digest| hash.update(digest));
        }
        for (name, handled) in &self.alarms {
            take_text(name, &mut hash);
            handled.digests().for_each(|digest| hash.update(digest));
        }
        for version in self.scenes.newest_first() {
            hash.update(version.saved.version.to_be_bytes());
            hash.update(version.digest);
        }
        for (name, duty) in &self.duties {
            take_text(name, &mut hash);
            duty.digests().for_each(|digest| hash.update(digest));
        }
        hash.finalize().into()
    }

    fn take_case(&self, case: &Case, hash: &mut Sha256) {
        take_text(&case.code, hash);
        hash.update((case.events.len() as u64).to_be_bytes());
        // Read in passing: every case is looked at, and few of them again soon.
        for event in case.events.glance().iter() {
            take_text(&event.source, hash);
            take_text(&event.id, hash);
            hash.update(event.recorded.micros().to_be_bytes());
        }
        let timeline = case.timeline.glance();
        let points = timeline.as_ref().map(Timeline::points).unwrap_or_default();
        let mut lines: Vec<String> = points.iter().map(|point| self.line(point)).collect();
        // They come in no promised order.
        lines.sort_unstable();
        lines.iter().for_each(|line| take_text(line, hash));
    }

    /// A count in words: the numbers of symbols differ from server to server.
    fn line(&self, point: &Point) -> String {
        let Point { at, since, weight, measure, judged, quantity, attrs } = point;
        let (at, since) = (at.micros(), since.micros());
        let mut line = format!("{at} {since} {weight} {measure:?} {judged:?} {quantity:?}");
        let Attrs { dims: _, point, unmapped } = &**attrs;
        for dimension in Dimension::ALL {
            line.push('\n');
            line.push_str(&self.symbols.name(attrs.code(dimension)).unwrap_or_default());
        }
        // Writing to a String cannot fail.
        let _ = write!(line, "\n{point:?} {unmapped}");
        line
    }
}

fn take_text(text: &str, hash: &mut Sha256) {
    // The length first, so that no two lists run together.
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}
