//! What an alarm may rest on beside the state: silent sources, the machine's clock, and how today's reports stand
//! beside those of the same weekday in the weeks before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::alarm::{About, Beside, KEPT_SECS, Silence, peak};
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::{Bucket, GroupKey, Query};
use domain::{Timestamp, Value};
use engine::QueryError;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::city_time::midnight;
use crate::core::Snapshot;
use crate::running::Running;
use crate::source_state::{SILENT_SECS, state_of, watermark};

/// What is usual is looked up again after so long, and whenever an hour of the city is full.
const AGAIN: Duration = Duration::from_secs(60);
/// How many weeks show what is usual.
const WEEKS: i32 = 8;
/// What a surge may be of: the fields at the top of their tree, and places.
const OF: [GroupKey; 2] = [
    GroupKey { dimension: Dimension::Field, level: Some(1) },
    GroupKey { dimension: Dimension::District, level: None },
];

/// The surges that were found last.
#[derive(Default)]
pub(super) struct Usual(Mutex<Option<Found>>);

/// Each surge with its beginning; until when they were looked for, and when that was.
struct Found {
    to: Timestamp,
    made: Instant,
    surges: Vec<(Timestamp, About)>,
}

/// Gathers it.
///
/// # Errors
/// Where the numbers cannot be counted.
pub(super) fn gather(running: &Running, snapshot: &Snapshot, usual: &Usual) -> Result<Beside, QueryError> {
    Ok(Beside {
        silences: silences(running, snapshot),
        clock_astray_since: clock_astray_since(running, snapshot),
        surges: usual.surges(snapshot)?,
    })
}

/// The sources that are silent: those registered under their name, and those that spoke within the last day. What was
/// imported once is not expected to go on for ever.
fn silences(running: &Running, snapshot: &Snapshot) -> Vec<Silence> {
    let state = snapshot.frozen.state();
    let machine = Timestamp::from(jiff::Timestamp::now());
    let silent = state.sources().iter().filter(|(name, source)| {
        let is_expected = running.sources.is_bound(name) || source.recorded > machine.plus_secs(-KEPT_SECS);
        is_expected && state_of(source, machine) == "silent"
    });
    silent
        .map(|(name, source)| {
            let heard = watermark(source, state.at());
            Silence { source: name.clone(), heard, since: heard.plus_secs(SILENT_SECS) }
        })
        .collect()
}

/// The beginning of the city's day, where the city goes by the machine's clock and nothing keeps that in step: the
/// kernel does not say since when, and the alarm is to have one name all day.
fn clock_astray_since(running: &Running, snapshot: &Snapshot) -> Option<Timestamp> {
    if running.clock.name() != "system" {
        return None;
    }
    let sync = crate::clock_sync::read().ok()?;
    let state = snapshot.frozen.state();
    let zone = &state.city().zone;
    let today = state.at().to_jiff().to_zoned(zone.clone()).date();
    (!sync.is_synchronised).then(|| midnight(zone, today)).flatten()
}

impl Usual {
    fn surges(&self, snapshot: &Snapshot) -> Result<Vec<(Timestamp, About)>, QueryError> {
        let Some(day) = Day::of(snapshot) else { return Ok(Vec::new()) };
        // Whoever comes while they are looked for waits: it is the same question.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Found { to, made, surges }) = &*held
            && *to == day.to
            && made.elapsed() < AGAIN
        {
            return Ok(surges.clone());
        }
        let mut surges = Vec::new();
        for key in OF {
            surges.extend(day.surges(snapshot, key)?);
        }
        *held = Some(Found { to: day.to, made: Instant::now(), surges: surges.clone() });
        Ok(surges)
    }
}

/// A day of the city until its last full hour.
struct Day {
    date: Date,
    from: Timestamp,
    to: Timestamp,
    hours: usize,
}

impl Day {
    /// None in the first hour of a day.
    fn of(snapshot: &Snapshot) -> Option<Self> {
        let state = snapshot.frozen.state();
        let now = state.at().to_jiff().to_zoned(state.city().zone.clone());
        let date = now.date();
        let past = i64::from(now.minute()) * 60 + i64::from(now.second());
        let to = Timestamp::from(now.timestamp())
            .plus_secs(-past)
            .plus_micros(-i64::from(now.subsec_nanosecond() / 1_000));
        let hours = usize::try_from(now.hour()).ok().filter(|hours| *hours > 0)?;
        Some(Self { date, from: midnight(&state.city().zone, date)?, to, hours })
    }

    fn surges(&self, snapshot: &Snapshot, key: GroupKey) -> Result<Vec<(Timestamp, About)>, QueryError> {
        let state = snapshot.frozen.state();
        let first = self.date.checked_sub((WEEKS * 7).days()).ok();
        let Some(from) = first.and_then(|first| midnight(&state.city().zone, first)) else {
            return Ok(Vec::new());
        };
        let query = Query {
            group_by: vec![key],
            from: Some(from),
            to: Some(self.to),
            bucket: Some(Bucket::Hour),
            ..Query::of(Metric::Received)
        };
        let table = engine::evaluate(&snapshot.frozen, &query)?;
        let mut days: BTreeMap<(Date, Option<&str>), Vec<u32>> = BTreeMap::new();
        for row in &table.rows {
            let [Value::Text(hour), code, Value::Int(count)] = row.as_slice() else { continue };
            let (Some(date), Some(hour)) = (
                hour.get(..10).and_then(|date| date.parse().ok()),
                hour.get(11..13).and_then(|hour| hour.parse().ok()),
            ) else {
                continue;
            };
            let hour: usize = hour;
            let hours = days.entry((date, code.as_text())).or_insert_with(|| vec![0; 24]);
            if let Some(held) = hours.get_mut(hour) {
                *held += u32::try_from(*count).unwrap_or_default();
            }
        }
        let weekdays = (1..=WEEKS).filter_map(|weeks| self.date.checked_sub((weeks * 7).days()).ok());
        // A day on which nothing at all came in is one from before the city's records.
        let is_known = |date: &Date| {
            days.iter().any(|((other, _), hours)| other == date && hours.iter().any(|count| *count > 0))
        };
        let weekdays: Vec<Date> = weekdays.filter(is_known).collect();
        let of_today = days.iter().filter(|((date, code), _)| *date == self.date && code.is_some());
        let found = of_today.filter_map(|((_, code), hours)| {
            let weeks: Vec<Vec<u32>> = weekdays
                .iter()
                .map(|date| days.get(&(*date, *code)).cloned().unwrap_or_else(|| vec![0; 24]))
                .collect();
            let peak = peak(hours.get(..self.hours)?, &weeks, &state.city().alarms)?;
            let since = self.from.plus_secs(i64::try_from(peak.since_hour).ok()? * 3_600);
            let about = About::Place {
                dimension: key.dimension,
                code: Arc::from((*code)?),
                count: peak.count,
                usual_max: peak.usual_max,
                from: self.from,
                to: self.to,
            };
            Some((since, about))
        });
        Ok(found.collect())
    }
}
