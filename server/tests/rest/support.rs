//! A server of a small city, and a client that asks it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use server::clock::{CityClock, ClockKind};
use server::serve::{Started, start};
use server::settings::Settings;
use server::source::{NewSource, add};

/// Where the city's clock starts. It stands still unless a test moves it.
pub(crate) const NOW: &str = "2026-11-23T08:00:00+07:00";

const CITY: &str = r#"
[city]
code = "thu"
name = { vi = "Thành phố Thử", en = "Trial City" }
zone = "Asia/Ho_Chi_Minh"
extent = { south = 10.0, west = 106.0, north = 11.0, east = 107.0 }

[[city.placeholders]]
lat = 10.5
lng = 106.5

[city.dimension.field]
path_separator = "/"

[city.map]
view = { south = 10.6, west = 106.5, north = 10.9, east = 106.9 }

[[city.map.layer]]
role = "ward"
file = "wards.geojson"
attribution = "Drawn for trials"
"#;

const AGENCIES: &str = "code,name_vi,name_en,parent\nSXD,Sở Xây dựng,Department of Construction,\n\
                        SXD-1,Thanh tra,Inspectorate,SXD\nUBND-A,Ủy ban A,Committee A,\n";

const WARDS: &str = r#"{"type":"FeatureCollection","features":[]}"#;

/// A server that runs for one test.
pub(crate) struct Server {
    pub(crate) started: Started,
    token: String,
    client: reqwest::Client,
    folder: tempfile::TempDir,
}

/// What a request was answered with.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem that it is: its status and slug, and the parameter at fault.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, Option<String>) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty());
        let slug = body["type"].as_str().unwrap().strip_prefix("urn:toancanh:problem:").unwrap().to_owned();
        (self.status.as_u16(), slug, body["parameter"].as_str().map(str::to_owned))
    }
}

impl Server {
    /// A server without a case.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let city = folder.path().join("city");
        fs::create_dir_all(city.join("catalogue")).unwrap();
        fs::write(city.join("city.toml"), CITY).unwrap();
        fs::write(city.join("catalogue/agency.csv"), AGENCIES).unwrap();
        fs::write(city.join("wards.geojson"), WARDS).unwrap();
        fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        fs::write(folder.path().join("site/style.css"), "body{}").unwrap();
        fs::write(folder.path().join("site/pkg/toan_canh.js"), "export default 1").unwrap();
        let new = NewSource { name: "trial".to_owned(), city: "thu".to_owned(), ..NewSource::default() };
        let token = add(&folder.path().join("data"), &new, false).unwrap().reveal().to_owned();
        Self::start(folder, token).await
    }

    /// The same with a second copy of its data.
    pub(crate) async fn with_backup(self) -> Self {
        self.started.stop().await.unwrap();
        let settings =
            Settings { backup: Some(self.folder.path().join("backup")), ..settings(self.folder.path()) };
        Self::start_with(settings, self.folder, self.token).await
    }

    async fn start(folder: tempfile::TempDir, token: String) -> Self {
        Self::start_with(settings(folder.path()), folder, token).await
    }

    async fn start_with(settings: Settings, folder: tempfile::TempDir, token: String) -> Self {
        let clock = CityClock::set(ClockKind::Set, NOW.parse().unwrap(), 0.0);
        let started = start(settings, clock).await.unwrap();
        started.is_ready().await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { started, token, client, folder }
    }

    /// Writes a file of the city's folder; it counts from the next start on.
    pub(crate) fn write_city(&self, name: &str, text: &str) {
        let path = self.folder.path().join("city").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Stops, changes the folder of the images, and starts again.
    pub(crate) async fn restart_with_images(self, change: impl FnOnce(&Path)) -> Self {
        self.started.stop().await.unwrap();
        change(&self.folder.path().join("data/images"));
        Self::start(self.folder, self.token).await
    }

    /// Stops, and leaves what it kept.
    pub(crate) async fn halt(self) -> tempfile::TempDir {
        self.started.stop().await.unwrap();
        self.folder
    }

    /// The place of the log at which the start began to read it.
    pub(crate) async fn begun_after(&self) -> u64 {
        let figures = self.get("/metrics").await.text();
        let line = figures.lines().find_map(|line| line.strip_prefix("toancanh_state_image_seq "));
        line.unwrap().parse().unwrap()
    }

    /// A file of the city's folder.
    pub(crate) fn read_city(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join("city").join(name)).unwrap()
    }

    /// A server with the cases of [`events`].
    pub(crate) async fn with_cases() -> Self {
        let server = Self::empty().await;
        server.post(&events()).await;
        server
    }

    /// The same server after a stop and a start.
    pub(crate) async fn restart(self) -> Self {
        self.started.stop().await.unwrap();
        Self::start(self.folder, self.token).await
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.started.address
    }

    pub(crate) fn administrator_token(&self) -> String {
        fs::read_to_string(self.folder.path().join("keys/admin-token")).unwrap().trim().to_owned()
    }

    pub(crate) fn source_token(&self) -> &str {
        &self.token
    }

    /// Sends a request; `change` adds headers and a body.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Reply {
        let request = self.client.request(method, format!("http://{}{path}", self.address()));
        let response = change(request).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, |request| request).await
    }

    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> Reply {
        self.send(Method::GET, path, |request| request.header("accept", accept)).await
    }

    /// Asks for JSON, which must be answered.
    #[track_caller]
    pub(crate) fn json<'a>(&'a self, path: &'a str) -> impl Future<Output = Json> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let reply = self.get(path).await;
            assert_eq!(reply.status, StatusCode::OK, "{place}: {path}: {}", reply.text());
            assert_eq!(reply.header("content-type"), "application/json", "{place}");
            reply.json()
        }
    }

    /// Sends events and waits until the numbers have them.
    pub(crate) async fn post(&self, events: &[Json]) {
        let reply = self
            .send(Method::POST, "/api/v1/events", |request| {
                request
                    .bearer_auth(&self.token)
                    .header("content-type", "application/cloudevents-batch+json")
                    .body(Json::from(events).to_string())
            })
            .await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
        let body = reply.json();
        assert_eq!(body["accepted"], events.len(), "{body}");
        let seq: domain::Seq = body["seq"].as_str().unwrap().parse().unwrap();
        let mut snapshots = self.started.running.core.watch();
        snapshots.wait_for(|snapshot| snapshot.frozen.seq() >= seq).await.unwrap();
    }

    /// Moves the clock and waits until the numbers stand there.
    pub(crate) async fn move_to(&self, at: &str) {
        let reply = self.move_clock(json!({ "at": at }), &self.administrator_token()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let at = at.parse().unwrap();
        let mut snapshots = self.started.running.core.watch();
        snapshots.wait_for(|snapshot| snapshot.frozen.at() >= at).await.unwrap();
    }

    pub(crate) async fn move_clock(&self, body: Json, token: &str) -> Reply {
        let request = |request: reqwest::RequestBuilder| {
            request.bearer_auth(token).header("content-type", "application/json").body(body.to_string())
        };
        self.send(Method::POST, "/api/v1/clock", request).await
    }
}

pub(crate) fn settings(folder: &Path) -> Settings {
    Settings {
        city: folder.join("city").to_string_lossy().into_owned(),
        data: folder.join("data"),
        keys: folder.join("keys"),
        listen: "127.0.0.1:0".parse().unwrap(),
        clock: NOW.to_owned(),
        open_reads: false,
        training: false,
        // Every restart of these tests goes on from an image, unless a test takes it away.
        encrypt_log: None,
        image_every: 1,
        site_root: folder.join("site"),
        backup: None,
        notice: Some(("Thử nghiệm".to_owned(), "A trial".to_owned())),
        base_path: String::new(),
        other_servers: Vec::new(),
        carrying: server::settings::Carrying::default(),
        in_transit: server::settings::InTransit::default(),
    }
}

/// A CloudEvent of the product's types.
pub(crate) fn event(id: &str, kind: &str, time: &str, case: &str, data: Json) -> Json {
    json!({
        "specversion": "1.0", "id": id, "source": "urn:trial", "type": format!("vn.toancanh.{kind}"),
        "time": time, "subject": case, "data": data,
    })
}

/// Six cases of the day: open, due soon, overdue, resolved, without a position, of an unknown
/// agency.
pub(crate) fn events() -> Vec<Json> {
    let received = |case: &str, time: &str, more: Json| {
        let mut data =
            json!({ "kind": "report", "city": "thu", "channel": "hotline", "field": "roads/pothole" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(&format!("{case}/r"), "case.received", time, case, data)
    };
    let at = |lat: f64, lng: f64| json!({ "point": { "lat": lat, "lng": lng } });
    vec![
        received(
            "A-1",
            "2026-11-23T06:00:00+07:00",
            json!({
                "agency": "SXD-1", "content": "Ổ gà lớn\n trước cổng trường", "content_group": 1,
                "incident_location": at(10.77, 106.70), "due_at": "2026-11-24T06:00:00+07:00",
                "reporter": { "name": "Nguyễn Văn Kín", "phone": "0900000001" },
            }),
        ),
        received(
            "A-2",
            "2026-11-22T08:00:00+07:00",
            json!({
                "agency": "SXD", "incident_location": at(10.7701, 106.7001), "due_at": "2026-11-23T09:00:00+07:00",
            }),
        ),
        received(
            "A-3",
            "2026-11-20T08:00:00+07:00",
            json!({
                "agency": "UBND-A", "field": "roads/light", "incident_location": at(10.80, 106.75),
                "due_at": "2026-11-22T08:00:00+07:00",
            }),
        ),
        received(
            "A-4",
            "2026-11-23T05:00:00+07:00",
            json!({
                "agency": "UBND-A", "incident_location": at(10.80, 106.75), "due_at": "2026-11-23T07:00:00+07:00",
            }),
        ),
        event(
            "A-4/x",
            "case.resolved",
            "2026-11-23T07:30:00+07:00",
            "A-4",
            json!({ "result": "done", "handling_unit": "UBND-A" }),
        ),
        received(
            "B, 5/\"%",
            "2026-11-23T07:00:00+07:00",
            json!({
                "agency": "SXD", "incident_location": at(0.0, 0.0), "channel": "app, mobile",
            }),
        ),
        received("C-6", "2026-11-23T07:10:00+07:00", json!({ "agency": "NOBODY" })),
    ]
}
