//! How the carrier stands, in words that a person and a monitor can read.

use serde::Serialize;

/// How the carrier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not connected yet.
    Connecting,
    /// Connected to another primary than before: what it lost is being looked for and offered again.
    Repairing,
    /// Events are taken, carried and read.
    Live,
    /// No replica confirms: nothing can be acknowledged.
    NoReplica,
    /// Redis does not answer.
    Away,
    /// The stream has been trimmed beyond what this server has read.
    MustBeRestored,
    /// The other servers of the city hold another key ring.
    OtherKeys,
    /// Another running server goes by the same name.
    NameTaken,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Connecting,
        Self::Repairing,
        Self::Live,
        Self::NoReplica,
        Self::Away,
        Self::MustBeRestored,
        Self::OtherKeys,
        Self::NameTaken,
    ];

    /// As `/healthz` names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Repairing => "repairing",
            Self::Live => "live",
            Self::NoReplica => "no_replica",
            Self::Away => "away",
            Self::MustBeRestored => "must_be_restored",
            Self::OtherKeys => "other_keys",
            Self::NameTaken => "name_taken",
        }
    }

    /// What it means, and what to do.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Connecting => "The server is connecting to Redis",
            Self::Repairing => "Redis has another primary, and what it lost is being offered again",
            Self::Live => "Events are carried between the servers",
            Self::NoReplica => "No replica of Redis confirms what is written",
            Self::Away => "Redis does not answer",
            Self::MustBeRestored => {
                "This server was away for too long: the stream no longer holds all that it missed. Stop it, and \
                 restore its data from a backup that is newer, or from a copy of another server's log"
            }
            Self::OtherKeys => {
                "The other servers of the city seal personal data with another key ring. Stop this server, and copy \
                 the key folder of one of them before its first start"
            }
            Self::NameTaken => {
                "Another running server goes by the same name: remove the file server.name from the data of the copy"
            }
        }
    }
}

/// How the carrier stands and what it has done since the start.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Report {
    /// How it stands.
    pub standing: Standing,
    /// Whether events are acknowledged that no replica has.
    pub without_replica: bool,
    /// Events of this server that are confirmed on the stream.
    pub acknowledged: u64,
    /// Events of other servers that came into this log.
    pub present: u64,
    /// Events that the stream had lost and that were offered again.
    pub repaired: u64,
    /// Events that two servers took under one identity with another content.
    pub rivals: u64,
    /// Entries of the stream that could not be taken.
    pub refused: u64,
    /// Changes of the primary.
    pub primaries: u64,
    /// Records of the own log that are not known to be on the stream.
    pub unconfirmed: u64,
    /// How far this server lies behind the stream, milliseconds; none while that is not known.
    pub lag_ms: Option<u64>,
}
