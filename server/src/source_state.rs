//! How a source stands: what it last said, and how long ago. Age is measured on the machine's own
//! clock, so that a replay at six hundred times real speed is as live as its connection is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Timestamp;
use domain::state::{SourceState, State};
use domain::wire::SourceBeat;
use jiff::tz::TimeZone;

/// A source that said something within this time is live.
pub const LIVE_SECS: i64 = 60;
/// One that said nothing for longer is silent; in between it is late.
pub const SILENT_SECS: i64 = 600;

/// `live`, `late` or `silent`, seen at `now` on the machine's clock.
#[must_use]
pub fn state_of(source: &SourceState, now: Timestamp) -> &'static str {
    let age_secs = now.since(source.recorded) / 1_000_000;
    if age_secs <= LIVE_SECS {
        "live"
    } else if age_secs <= SILENT_SECS {
        "late"
    } else {
        "silent"
    }
}

/// How many sources a beat names: it goes to every screen twice a second.
pub const BEAT_SOURCES_MAX: usize = 64;

/// Up to where a source has sent everything, as far as it is known at the city's `now`: what it
/// said itself, else the time of its latest event, which may be dated ahead.
#[must_use]
pub fn watermark(source: &SourceState, now: Timestamp) -> Timestamp {
    source.watermark.unwrap_or(source.latest.min(now))
}

/// The sources of a city, by name: at most 64, those last heard.
#[must_use]
pub fn beats(state: &State, zone: &TimeZone) -> Vec<SourceBeat> {
    beats_first(state, zone, |_| false)
}

/// The same, those that are `registered` under their name before all others.
#[must_use]
pub fn beats_first(state: &State, zone: &TimeZone, registered: impl Fn(&str) -> bool) -> Vec<SourceBeat> {
    let now = Timestamp::from(jiff::Timestamp::now());
    let beat = |(name, source): (&Arc<str>, &SourceState)| SourceBeat {
        source: name.to_string(),
        watermark: Some(watermark(source, state.at()).to_rfc3339(zone)),
        state: state_of(source, now).to_owned(),
    };
    chosen(state.sources(), registered).into_iter().map(beat).collect()
}

fn chosen(
    sources: &BTreeMap<Arc<str>, SourceState>,
    registered: impl Fn(&str) -> bool,
) -> Vec<(&Arc<str>, &SourceState)> {
    let mut chosen: Vec<_> = sources.iter().collect();
    if chosen.len() > BEAT_SOURCES_MAX {
        chosen.sort_by_cached_key(|(name, source)| (!registered(name), Reverse(source.recorded)));
        chosen.truncate(BEAT_SOURCES_MAX);
        chosen.sort_by_key(|(name, _)| *name);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(recorded_secs: i64) -> SourceState {
        let recorded = Timestamp::from_secs(recorded_secs);
        SourceState { watermark: None, latest: Timestamp::from_secs(50), recorded, events: 1 }
    }

    #[test]
    fn a_watermark_is_what_the_source_said_else_its_latest_event_but_never_later_than_now() {
        let mut source = heard(1_000);
        assert_eq!(watermark(&source, Timestamp::from_secs(60)), Timestamp::from_secs(50));
        assert_eq!(watermark(&source, Timestamp::from_secs(40)), Timestamp::from_secs(40));
        source.watermark = Some(Timestamp::from_secs(20));
        assert_eq!(watermark(&source, Timestamp::from_secs(60)), Timestamp::from_secs(20));
    }

    #[test]
    fn of_many_sources_the_registered_and_the_newest_are_named() {
        let sources: BTreeMap<Arc<str>, SourceState> =
            (0..5_000).map(|number| (Arc::from(format!("urn:{number:04}")), heard(number))).collect();
        let names: Vec<&str> =
            chosen(&sources, |name| name == "urn:0007").into_iter().map(|(name, _)| &**name).collect();
        assert_eq!((names.len(), names[0], names[1], names[63]), (64, "urn:0007", "urn:4937", "urn:4999"));
        let few: BTreeMap<_, _> = sources.into_iter().take(64).collect();
        assert_eq!(chosen(&few, |_| false).len(), 64);
    }

    #[track_caller]
    fn check(age_secs: i64, want: &str) {
        let source = SourceState {
            watermark: None,
            latest: Timestamp::MIN,
            recorded: Timestamp::from_secs(0),
            events: 1,
        };
        assert_eq!(state_of(&source, Timestamp::from_secs(age_secs)), want);
    }

    #[test]
    fn a_quiet_source_turns_late_and_then_silent() {
        check(60, "live");
        check(61, "late");
        check(601, "silent");
    }
}
