//! Getting batches to a server, each until it is answered.

use std::time::Duration;

use domain::Timestamp;
use rand::Rng;
use reqwest::Url;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{post, socket};
use crate::gateway::Answer;
use crate::source::Token;

/// Where events are posted.
const POST_PATH: &str = "/api/v1/events";
/// Where a source opens its WebSocket.
const STREAM_PATH: &str = "/api/v1/events/stream";

/// Events on their way.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) number: u64,
    /// The time of its first event.
    pub(super) first: Timestamp,
    pub(super) events: usize,
    /// A JSON array.
    pub(super) text: String,
}

/// A batch that was answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) number: u64,
    pub(super) answer: Answer,
}

/// Why nothing can be carried any more.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The address is none.
    #[error("--to {to}: is not an address such as http://127.0.0.1:8080 or ws://127.0.0.1:8080")]
    BadAddress {
        /// What was given.
        to: String,
    },
    /// Nobody answers there.
    #[error("{to} cannot be reached: {why}")]
    Unreachable {
        /// Where.
        to: String,
        /// What the system says.
        why: String,
    },
    /// The server does not want what it is given, and will not want it later.
    #[error("{to} refuses: {why}")]
    Refused {
        /// Where.
        to: String,
        /// What it says.
        why: String,
    },
    /// A part of this program ended in a panic.
    #[error("the replay broke: {0}")]
    Lost(String),
}

/// Starts carrying. The task ends when no more batches come and all are answered, giving how often
/// the connection had to be opened again.
pub(super) fn start(
    to: &str,
    token: Token,
    batches: mpsc::Receiver<Batch>,
    answers: mpsc::Sender<Answered>,
) -> Result<JoinHandle<Result<u64, CarryError>>, CarryError> {
    Ok(match Way::to(to)? {
        Way::Post(url) => tokio::spawn(post::carry(url, token, batches, answers)),
        Way::Socket(url) => tokio::spawn(socket::carry(url, token, batches, answers)),
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Way {
    Post(Url),
    Socket(Url),
}

impl Way {
    fn to(to: &str) -> Result<Self, CarryError> {
        let bad = || CarryError::BadAddress { to: to.to_owned() };
        let mut url: Url = to.parse().map_err(|_| bad())?;
        if url.host_str().is_none() {
            return Err(bad());
        }
        let is_http = matches!(url.scheme(), "http" | "https");
        if is_http && url.path().trim_end_matches('/') == POST_PATH {
            return Ok(Self::Post(url));
        }
        let scheme = match url.scheme() {
            "http" | "ws" => "ws",
            "https" | "wss" => "wss",
            _ => return Err(bad()),
        };
        url.set_scheme(scheme).map_err(|()| bad())?;
        if matches!(url.path(), "" | "/") {
            url.set_path(STREAM_PATH);
        }
        Ok(Self::Socket(url))
    }
}

/// How long to wait before another attempt: longer each time, and never in step with others.
pub(super) fn back_off(attempt: u32) -> Duration {
    let most_secs = 0.5 * f64::from(1_u32 << attempt.min(6));
    Duration::from_secs_f64(rand::rng().random_range(0.1..most_secs.min(30.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(to: &str, want: Option<&str>) {
        let way = Way::to(to).ok().map(|way| match way {
            Way::Post(url) => format!("POST {url}"),
            Way::Socket(url) => url.to_string(),
        });
        assert_eq!(way.as_deref(), want, "{to}");
    }

    #[test]
    fn an_address_says_how_to_get_there() {
        check("http://h:1", Some("ws://h:1/api/v1/events/stream"));
        check("https://h/", Some("wss://h/api/v1/events/stream"));
        check("ws://h:1/api/v1/events/stream", Some("ws://h:1/api/v1/events/stream"));
        check("http://h:1/api/v1/events", Some("POST http://h:1/api/v1/events"));
        check("http://h:1/behind/proxy", Some("ws://h:1/behind/proxy"));
        check("ftp://h", None);
        check("localhost:8080", None);
        check("", None);
    }
}
