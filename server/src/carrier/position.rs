//! How far the stream has been read, durable in the frames of the own log, together with what was read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toancanh_log::Cursor;

/// The id of an entry: milliseconds of Redis' clock, and a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Id(pub(super) u64, pub(super) u64);

impl Id {
    /// The same, so much earlier.
    pub(super) fn earlier(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms), 0)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

impl FromStr for Id {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (ms, number) = text.split_once('-').ok_or(())?;
        Ok(Self(ms.parse().map_err(|_| ())?, number.parse().map_err(|_| ())?))
    }
}

/// Where a server stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Every entry up to here is in the own log.
    pub(super) read: Id,
    /// Every record of the own log up to here is on the stream, confirmed.
    pub(super) confirmed: u64,
    /// The run of the primary that both are true of.
    pub(super) primary: String,
    /// When this server last was live, by its own clock, microseconds since 1970 UTC.
    pub(super) live_us: i64,
}

impl Position {
    /// As the log keeps it.
    pub(super) fn cursor(&self, stream: &str) -> Cursor {
        // Numbers and a short text: writing them as JSON cannot fail.
        Cursor { source: stream.to_owned(), position: serde_json::to_vec(self).unwrap_or_default() }
    }

    /// As the log kept it; the beginning where it kept none.
    pub(super) fn of(log: &toancanh_log::Log, stream: &str) -> Self {
        let cursors = log.cursors();
        cursors.get(stream).and_then(|kept| serde_json::from_slice(kept).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_the_stream() {
        let id = |text: &str| text.parse::<Id>().unwrap();
        assert!(id("9-1") < id("10-0") && id("10-2") < id("10-10"));
        assert_eq!(id("700-3").earlier(600), Id(100, 0));
        assert_eq!(id("7-3").to_string(), "7-3");
        assert_eq!("7".parse::<Id>(), Err(()));
    }
}
