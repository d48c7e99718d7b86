//! What a running server says of itself, held against what the events make.

use std::time::Duration;

use domain::intake::EARLIEST;
use domain::wire::Row;
use domain::{Seq, Timestamp};
use engine::evaluate;
use jiff::tz::Offset;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::cli::{Failure, say};
use crate::recompute::{Recomputed, questions, rows, words};

/// Longest that a server counts for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// A server that was asked for its state.
pub(super) struct Server {
    url: String,
    told: State,
}

/// `GET /api/v1/state`.
#[derive(Deserialize)]
struct State {
    seq: Seq,
    events: u64,
    digest: String,
}

/// `GET /api/v1/aggregates`.
#[derive(Deserialize)]
struct Table {
    seq: Seq,
    at: String,
    rows: Vec<Row>,
}

impl Server {
    /// Asks for its state.
    pub(super) fn ask(url: &str) -> Result<Server, Failure> {
        let url = url.trim_end_matches('/').to_owned();
        let told = get(&url, "/api/v1/state", &[])?;
        Ok(Server { url, told })
    }

    /// The last event that was in its numbers then.
    pub(super) fn seq(&self) -> Seq {
        self.told.seq
    }

    /// Holds its state and every number against those recomputed.
    pub(super) fn check(&self, found: &Recomputed) -> Result<(), Failure> {
        let state = found.frozen.state();
        let (url, seq) = (&self.url, self.told.seq.0);
        let ours = hex::encode(state.digest());
        if (state.events(), &ours) != (self.told.events, &self.told.digest) {
            return Err(Failure::not_so(format!(
                "{url} at event {seq} holds {} events, digest {}; these make {} events, digest {ours}",
                self.told.events,
                self.told.digest,
                state.events()
            )));
        }
        say(&format!("server\t{url} at event {seq} holds the state that these events make"))?;
        let mut fixed: Option<Timestamp> = None;
        let mut counted = None;
        let mut numbers = 0;
        for query in questions() {
            let metrics: Vec<&str> = query.metrics.iter().map(|metric| metric.name()).collect();
            let group_by: Vec<String> = query.group_by.iter().map(ToString::to_string).collect();
            let mut params = vec![
                ("metric", metrics.join(",")),
                ("from", EARLIEST.to_rfc3339_at(Offset::UTC)),
                ("group_by", group_by.join(",")),
            ];
            params.extend(fixed.map(|at| ("at", at.to_rfc3339_at(Offset::UTC))));
            params.retain(|(_, value)| !value.is_empty());
            let said: Table = get(url, "/api/v1/aggregates", &params)?;
            if said.seq != self.told.seq {
                return say(&format!(
                    "not compared\tthe numbers of {url}: it takes events meanwhile; ask when none come"
                ));
            }
            let at: Timestamp = match fixed {
                Some(at) => at,
                None => said
                    .at
                    .parse()
                    .map_err(|_| Failure::environment(format!("{url}: no instant: {}", said.at)))?,
            };
            fixed = Some(at);
            let failed = |error: engine::QueryError| Failure::environment(error.to_string());
            if counted.is_none() {
                counted = Some(found.at(at).map_err(failed)?);
            }
            let Some(counted) = &counted else { continue };
            let mut asked = query.clone();
            asked.at = Some(at);
            let table = evaluate(counted, &asked).map_err(failed)?;
            numbers += rows(&query, &said.rows, &table.rows)
                .map_err(|difference| Failure::not_so(format!("{url}: {difference}")))?;
        }
        say(&format!("server\t{} of {url} are those that these events make", words(numbers)))
    }
}

fn get<T: DeserializeOwned>(url: &str, path: &str, params: &[(&str, String)]) -> Result<T, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::environment(format!("{url}{path}: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    runtime.block_on(async {
        let client =
            reqwest::Client::builder().timeout(ANSWER_MAX).build().map_err(|error| failed(&error))?;
        let asked = client.get(format!("{url}{path}")).query(params).header("accept", "application/json");
        let answer = asked.send().await.map_err(|error| failed(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| failed(&error))?;
        if !status.is_success() {
            return Err(failed(&format!("answers {status}")));
        }
        serde_json::from_slice(&body).map_err(|error| failed(&error))
    })
}
