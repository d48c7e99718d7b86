//! The Boston file, read and counted by itself: nothing of the product is used here, so that a
//! mistake of the product is not repeated.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

/// One row, instants in seconds.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Case {
    /// Unique.
    pub case_id: String,
    /// As written.
    pub opened_at: String,
    /// As written; may be empty.
    pub due_at: String,
    /// As written; may be empty.
    pub closed_at: String,
    /// `ontime`, `overdue` or empty.
    pub sla: String,
    /// First part of the field.
    pub subject: String,
    /// Second part.
    pub reason: String,
    /// Third part.
    #[serde(rename = "type")]
    pub kind: String,
    /// The handling unit.
    pub queue: String,
    /// What it lies under.
    pub department: String,
    /// How it came in.
    pub channel: String,
    /// Where.
    pub neighborhood: String,
    /// Where.
    pub ward: String,
    /// Degrees.
    pub lat: String,
    /// Degrees.
    pub lon: String,
    /// `ok` or `placeholder`.
    pub geo: String,
}

impl Case {
    /// When it opened, seconds since 1970.
    #[must_use]
    pub fn opened(&self) -> i64 {
        secs(&self.opened_at)
    }

    /// When it closed.
    #[must_use]
    pub fn closed(&self) -> Option<i64> {
        (!self.closed_at.is_empty()).then(|| secs(&self.closed_at))
    }

    /// When it was due.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        (!self.due_at.is_empty()).then(|| secs(&self.due_at))
    }

    /// The path of its field.
    #[must_use]
    pub fn field(&self) -> String {
        format!("{}/{}/{}", self.subject, self.reason, self.kind)
    }

    /// Its value in a dimension; none where it is empty.
    #[must_use]
    pub fn code(&self, dimension: &str) -> Option<String> {
        let value = match dimension {
            "agency" => self.queue.clone(),
            "agency:1" => self.department.clone(),
            "field" => self.field(),
            "field:1" => self.subject.clone(),
            "field:2" => format!("{}/{}", self.subject, self.reason),
            "district" => self.neighborhood.clone(),
            "ward" => self.ward.clone(),
            "channel" => self.channel.clone(),
            "kind" => "report".to_owned(),
            _ => String::new(),
        };
        (!value.is_empty()).then_some(value)
    }

    /// The local day of an instant of this case, as `2015-10-01`.
    #[must_use]
    pub fn day(instant: &str) -> String {
        // The file writes local time with its offset: the first ten letters are the local day.
        instant.chars().take(10).collect()
    }

    /// Where it stands in its limit at `at`, if it is open then.
    #[must_use]
    pub fn timeliness(&self, at: i64) -> Option<&'static str> {
        if self.opened() > at || self.closed().is_some_and(|closed| closed <= at) {
            return None;
        }
        Some(self.limit(at))
    }

    fn limit(&self, at: i64) -> &'static str {
        let Some(due) = self.due() else {
            return "no_deadline";
        };
        // Due soon from due − 20 % of (due − start), in fifths of a second.
        if due < at {
            "overdue"
        } else if 5 * at >= 5 * due - (due - self.opened()).max(0) {
            "due_soon"
        } else {
            "in_time"
        }
    }
}

fn secs(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("a time with an offset").as_second()
}

/// Where the file lies in the repository.
#[must_use]
pub fn path() -> PathBuf {
    crate::program::root().join("cities/boston/cases/boston-311-2015.csv.gz")
}

/// All rows.
///
/// # Errors
/// If the file cannot be read.
pub fn cases() -> Result<Vec<Case>> {
    let file = std::fs::File::open(path())?;
    let rows = csv::Reader::from_reader(flate2::read::GzDecoder::new(file))
        .into_deserialize()
        .collect::<Result<Vec<Case>, _>>()?;
    Ok(rows)
}

/// What the file's cases come to for one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// By metric.
    pub counts: BTreeMap<&'static str, i64>,
    /// Whole seconds from opened to closed.
    pub handling_secs: Vec<i64>,
}

/// The metrics that [`count`] counts.
pub const METRICS: [&str; 11] = [
    "cases",
    "received",
    "resolved",
    "resolved_in_time",
    "resolved_late",
    "resolved_no_deadline",
    "open",
    "in_time",
    "due_soon",
    "overdue",
    "no_deadline",
];

/// Counts flows in [`from`, `to`) and levels at `at`, by a key of each case.
#[must_use]
pub fn count(
    cases: &[Case],
    from: i64,
    to: i64,
    at: i64,
    key: impl Fn(&Case) -> Vec<Option<String>>,
) -> BTreeMap<Vec<Option<String>>, Counts> {
    let mut groups: BTreeMap<Vec<Option<String>>, Counts> = BTreeMap::new();
    for case in cases {
        let group = groups.entry(key(case)).or_default();
        let mut add = |metric| *group.counts.entry(metric).or_default() += 1;
        if (from..to).contains(&case.opened()) {
            add("received");
            add("cases");
        }
        if let Some(timeliness) = case.timeliness(at) {
            add("open");
            add(timeliness);
        }
        if let Some(closed) = case.closed().filter(|closed| (from..to).contains(closed)) {
            add("resolved");
            add(match case.due() {
                None => "resolved_no_deadline",
                Some(due) if closed <= due => "resolved_in_time",
                Some(_) => "resolved_late",
            });
            if closed >= case.opened() {
                group.handling_secs.push(closed - case.opened());
            }
        }
    }
    groups.retain(|_, group| !group.counts.is_empty());
    groups
}

impl Counts {
    /// Hours by nearest rank, two decimals, as a number of hundredths.
    #[must_use]
    pub fn hours_hundredths(&self, percent: usize) -> Option<i64> {
        let mut secs = self.handling_secs.clone();
        secs.sort_unstable();
        let rank = (percent * secs.len()).div_ceil(100);
        let secs = *secs.get(rank.checked_sub(1)?)?;
        Some((secs * 100 + 1_800).div_euclid(3_600))
    }
}
