//! The messages of the live socket, and the rule by which a client applies them. The same types
//! are JSON for anyone (`toancanh.v1.json`) and postcard for the product's pages
//! (`toancanh.v1.bin`).

pub mod held;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::time::Seq;
use crate::value::Value;

pub use held::{Held, Step};

/// One row of an answer: its key first, then its numbers.
pub type Row = Vec<Value>;

/// The subprotocol for anyone.
pub const JSON_PROTOCOL: &str = "toancanh.v1.json";
/// The subprotocol of the product's own pages.
pub const BINARY_PROTOCOL: &str = "toancanh.v1.bin";

/// A panel's question, in the words of the REST parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireQuery {
    /// Metric names.
    pub metric: Vec<String>,
    /// Dimensions, perhaps with a level: `field:2`.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// The REST parameters as texts.
    #[serde(default)]
    pub filter: BTreeMap<String, String>,
    /// Group by H3 cells of this resolution.
    #[serde(default)]
    pub res: Option<u8>,
}

/// Where a client left a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The epoch in which `n` was counted.
    pub epoch: u64,
    /// The last frame it has.
    pub n: u64,
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// Follow a question.
    Subscribe {
        /// The client's own number for it.
        id: u32,
        /// The question.
        query: WireQuery,
        /// Where it was left.
        #[serde(default)]
        since: Option<Since>,
    },
    /// No longer follow it.
    Unsubscribe {
        /// The number given with `subscribe`.
        id: u32,
    },
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first message on every socket.
    Hello(Hello),
    /// The topic that answers subscription `id`.
    Subscribed {
        /// The client's number.
        id: u32,
        /// The topic.
        topic: String,
    },
    /// All rows.
    Snapshot(Snapshot),
    /// The rows that changed.
    Delta(Delta),
    /// Time and sources, at least once a second.
    Beat(Beat),
    /// What could not be done.
    Error {
        /// The subscription it answers.
        id: Option<u32>,
        /// Why.
        problem: Problem,
    },
}

/// Who speaks, and where its numbers stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Changes when frames are counted anew: after a restart, at the seam of a replay.
    pub epoch: u64,
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339 in the city's offset: the instant that the numbers stand at.
    pub at: String,
    /// `system`, `replay`, `simulated` or `still`.
    pub clock: String,
    /// City seconds per second.
    pub speed: f64,
    /// The city's code.
    pub city: String,
    /// The digest of the city's folder.
    pub config: String,
    /// The product's version; a page of another one reloads itself.
    pub version: String,
    /// Whether the numbers are of a training: none of them is real.
    #[serde(default)]
    pub training: bool,
}

/// All rows of a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which topic.
    pub topic: String,
    /// The number of this frame in its topic.
    pub n: u64,
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339 in the city's offset.
    pub at: String,
    /// The names of the columns: the key first, then the metrics.
    pub columns: Vec<String>,
    /// Ascending by key, null last.
    pub rows: Vec<Row>,
}

/// The rows of a topic that changed since frame `n` − 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// Which topic.
    pub topic: String,
    /// The number of this frame in its topic.
    pub n: u64,
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339 in the city's offset.
    pub at: String,
    /// Rows that are new or have other numbers.
    pub upsert: Vec<Row>,
    /// Keys whose numbers are all zero now.
    pub remove: Vec<Row>,
}

/// Time and sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beat {
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339 in the city's offset.
    pub at: String,
    /// `system`, `replay`, `simulated` or `still`.
    pub clock: String,
    /// City seconds per second.
    pub speed: f64,
    /// The sources.
    pub sources: Vec<SourceBeat>,
    /// The version of what walls show; 0 is the city's own file.
    #[serde(default)]
    pub scenes: u32,
}

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceBeat {
    /// Its name.
    pub source: String,
    /// RFC 3339: it has sent everything up to here. Null where it never said.
    pub watermark: Option<String>,
    /// `live`, `late`, `silent` or `closed`.
    pub state: String,
}

impl WireQuery {
    /// The same as REST parameters.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![("metric".to_owned(), self.metric.join(","))];
        if !self.group_by.is_empty() {
            pairs.push(("group_by".to_owned(), self.group_by.join(",")));
        }
        pairs.extend(self.filter.iter().map(|(key, value)| (key.clone(), value.clone())));
        if let Some(res) = self.res {
            pairs.push(("res".to_owned(), res.to_string()));
        }
        pairs
    }
}
