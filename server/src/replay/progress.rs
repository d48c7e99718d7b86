//! What a person sees while a replay runs.

use domain::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;

use super::Played;

pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    pub(super) fn over(events: u64) -> Self {
        let bar = ProgressBar::new(events);
        let style = "replay [{bar:24}] {pos}/{len} events  {msg}";
        // The template is a constant; where it did not parse the default style would do.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// Where the replay stands: its now, what was refused, and by how much it is behind.
    pub(super) fn show(&self, played: &Played, now: Timestamp, behind: Option<Timestamp>) {
        self.0.set_position(played.sent);
        let mut message = now.plus_micros(-now.micros().rem_euclid(1_000_000)).to_rfc3339(&TimeZone::UTC);
        if let Some(next) = behind {
            message.push_str(&format!("  {} s behind", now.since(next) / 1_000_000));
        }
        if played.duplicates > 0 {
            message.push_str(&format!("  {} duplicates", played.duplicates));
        }
        if played.rejected > 0 {
            message.push_str(&format!("  {} rejected", played.rejected));
        }
        self.0.set_message(message);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
