//! A server of Boston's on a port of its own, and events for it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::Timestamp;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value as Json, json};
use server::clock::{CityClock, ClockKind};
use server::serve::{self, Started};
use server::settings::Settings;
use server::source::{self, NewSource};

pub(super) const ONE: &str = "application/cloudevents+json";
pub(super) const BATCH: &str = "application/cloudevents-batch+json";
pub(super) const LINES: &str = "application/x-ndjson";

/// The city's time in these tests; it stands still.
pub(super) const NOW: &str = "2015-10-01T12:00:00-04:00";

pub(super) struct Server {
    pub(super) folder: tempfile::TempDir,
    pub(super) started: Started,
    pub(super) token: String,
    pub(super) client: Client,
}

pub(super) fn city(name: &str) -> String {
    format!("{}/../cities/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn settings(data: PathBuf) -> Settings {
    let mut keys = data.clone();
    keys.set_file_name("keys");
    Settings {
        city: city("boston"),
        data,
        keys,
        listen: "127.0.0.1:0".parse().unwrap(),
        clock: format!("{NOW},speed=0"),
        open_reads: false,
        training: false,
        encrypt_log: None,
        image_every: 0,
        site_root: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site")),
        notice: None,
        base_path: String::new(),
        other_servers: Vec::new(),
        carrying: server::settings::Carrying::default(),
        in_transit: server::settings::InTransit::default(),
        backup: None,
    }
}

pub(super) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

impl Server {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder).await
    }

    pub(super) async fn start_in(folder: tempfile::TempDir) -> Self {
        let settings = settings(folder.path().join("data"));
        let clock = CityClock::set(ClockKind::Set, at(NOW), 0.0);
        let started = serve::start(settings, clock).await.unwrap();
        started.is_ready().await;
        let server = Self { folder, started, token: String::new(), client: Client::new() };
        let token = server.source(NewSource { name: "portal".to_owned(), ..NewSource::default() });
        Self { token, ..server }
    }

    /// Registers one more source, of Boston unless it says otherwise.
    pub(super) fn source(&self, mut new: NewSource) -> String {
        if new.city.is_empty() {
            new.city = "boston".to_owned();
        }
        source::add(&self.data(), &new, true).unwrap().reveal().to_owned()
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.started.address
    }

    pub(super) fn post(&self, kind: &str) -> RequestBuilder {
        let url = format!("http://{}/api/v1/events", self.address());
        self.client.post(url).bearer_auth(&self.token).header("content-type", kind)
    }

    pub(super) async fn answer(&self, kind: &str, body: impl Into<reqwest::Body>) -> (StatusCode, Json) {
        read(self.post(kind).body(body).send().await.unwrap()).await
    }

    /// Sends a batch that must be taken in as far as it is good.
    pub(super) async fn batch(&self, events: &[Json]) -> Json {
        let (status, answer) = self.answer(BATCH, serde_json::to_vec(events).unwrap()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer
    }

    /// One number of all of the city, once it has come to stand at `seq`.
    pub(super) async fn number(&self, query: &str, seq: &str) -> Json {
        for _ in 0..200 {
            let url = format!("http://{}/api/v1/aggregates?{query}", self.address());
            let (status, answer) = read(self.client.get(url).send().await.unwrap()).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            if answer["seq"].as_str().unwrap() >= seq {
                return answer["rows"].clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the numbers never came to {seq}");
    }
}

pub(super) async fn read(response: Response) -> (StatusCode, Json) {
    let status = response.status();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let body = response.bytes().await.unwrap();
    let want = if status.is_success() { "application/json" } else { "application/problem+json" };
    assert_eq!(kind.as_deref(), Some(want), "{status} {}", String::from_utf8_lossy(&body));
    (status, serde_json::from_slice(&body).unwrap())
}

/// A good report.
pub(super) fn received(id: &str, case: &str) -> Json {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "urn:test",
        "type": "vn.toancanh.case.received",
        "time": "2015-09-01T08:00:00-04:00",
        "subject": case,
        "data": {"kind": "report", "city": "boston", "channel": "Self Service"},
    })
}

/// The end of a case.
pub(super) fn resolved(id: &str, case: &str) -> Json {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "urn:test",
        "type": "vn.toancanh.case.resolved",
        "time": "2015-09-02T08:00:00-04:00",
        "subject": case,
        "data": {"result": "done"},
    })
}

/// The event with one member (a dotted path) set, or taken away by null.
pub(super) fn with(mut event: Json, path: &str, value: Json) -> Json {
    let (members, name) = match path.rsplit_once('.') {
        Some((outer, name)) => (event.get_mut(outer).unwrap(), name),
        None => (&mut event, path),
    };
    let members = members.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    event
}

/// `accepted/duplicates` and then, for each rejection, `index:id:slug`.
pub(super) fn words(answer: &Json) -> String {
    let mut words = format!("{}/{}", answer["accepted"], answer["duplicates"]);
    for rejection in answer["rejected"].as_array().unwrap() {
        let id = rejection["id"].as_str().unwrap_or("-");
        let kind = rejection["problem"]["type"].as_str().unwrap();
        let slug = kind.strip_prefix("urn:toancanh:problem:").unwrap();
        words.push_str(&format!(" {}:{id}:{slug}", rejection["index"]));
    }
    words
}
