//! How a source stands: what it last said, and how long ago. Age is measured on the machine's own
//! clock, so that a replay at six hundred times real speed is as live as its connection is.

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

/// Up to where a source has sent everything, as far as it is known: what it said itself, else the
/// time of its latest event.
#[must_use]
pub fn watermark(source: &SourceState) -> Timestamp {
    source.watermark.unwrap_or(source.latest)
}

/// Every source, by name.
#[must_use]
pub fn beats(state: &State, zone: &TimeZone) -> Vec<SourceBeat> {
    let now = Timestamp::from(jiff::Timestamp::now());
    let beat = |(name, source): (&std::sync::Arc<str>, &SourceState)| SourceBeat {
        source: name.to_string(),
        watermark: Some(watermark(source).to_rfc3339(zone)),
        state: state_of(source, now).to_owned(),
    };
    state.sources().iter().map(beat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
