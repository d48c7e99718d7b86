//! What can go wrong between a server and Redis. No message holds an event or a password.

use redis::RedisError;
use toancanh_log::{AppendError, ReadError};

use super::report::Standing;

/// Why a session with Redis ended.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    /// Redis refused, or could not be reached.
    #[error("{doing}: {source}")]
    Redis {
        /// What was being done.
        doing: &'static str,
        /// The answer.
        source: RedisError,
    },
    /// None of the addresses leads to a primary.
    #[error("none of the addresses leads to a primary")]
    NoPrimary,
    /// An answer of another form than Redis gives.
    #[error("{doing}: the answer has an unknown form")]
    Strange {
        /// What was being done.
        doing: &'static str,
    },
    /// The primary is another now.
    #[error("Redis has another primary now")]
    Moved,
    /// The own log.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// Reading it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] toancanh_log::keys::KeyError),
    /// Something that an administrator must put right.
    #[error("{}", .0.meaning())]
    Stopped(Standing),
    /// The work on a thread was lost.
    #[error("the work on the log was lost")]
    Lost,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

impl CarrierError {
    pub(super) fn redis(doing: &'static str) -> impl FnOnce(RedisError) -> Self {
        move |source| Self::Redis { doing, source }
    }
}
