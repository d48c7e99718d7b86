//! Servers of one city that share their events over Redis.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::events::event;
use crate::program::{Program, binary, token};
use crate::redis::Redis;

/// The city's time; it stands still.
pub const AT: &str = "2015-10-01T12:00:00-04:00";
const ANY_PORT: &str = "127.0.0.1:0";
const BEFORE: &str = "2015-10-01T11:59:59-04:00";
/// The content mode of what is posted.
pub const BATCH: &str = "application/cloudevents-batch+json";
/// Somebody who must not be found anywhere.
pub const PHONE: &str = "+84900777123";

/// A server of Boston with a folder of its own.
pub struct Server {
    /// The program.
    pub program: Program,
    /// A source's token.
    pub token: String,
    /// Where its log lies.
    pub data: PathBuf,
}

/// What a server is started with.
pub struct Plan<'a> {
    /// Where all folders lie.
    pub folder: &'a Path,
    /// The address of Redis.
    pub redis: &'a str,
    /// Further options.
    pub options: &'a [&'a str],
    /// The city.
    pub city: &'a str,
    /// The city's time.
    pub at: &'a str,
    /// Where the next server listens.
    pub listen: String,
    /// The program.
    pub binary: PathBuf,
}

impl<'a> Plan<'a> {
    /// A plan of Boston.
    #[must_use]
    pub fn new(folder: &'a Path, redis: &'a str) -> Self {
        Self {
            folder,
            redis,
            options: &[],
            city: "boston",
            at: AT,
            listen: ANY_PORT.to_owned(),
            binary: binary(),
        }
    }

    /// A plan of Boston over a Redis that has no replica.
    #[must_use]
    pub fn over_a_lone_redis(folder: &'a Path, redis: &'a str) -> Self {
        Self { options: &["--redis-without-replica"], ..Self::new(folder, redis) }
    }

    /// Starts a server by this name. All servers have the key folder of `a`, the first.
    pub async fn start(&self, name: &str) -> Server {
        let data = self.folder.join(name);
        std::fs::create_dir_all(&data).unwrap();
        let keys = self.folder.join(format!("{name}.keys"));
        if name != "a" && !keys.exists() {
            std::fs::create_dir(&keys).unwrap();
            for file in ["master.key", "case-keys"] {
                std::fs::copy(self.folder.join("a.keys").join(file), keys.join(file)).unwrap();
            }
        }
        let token_file = self.folder.join(format!("{name}.token"));
        let token = std::fs::read_to_string(&token_file).unwrap_or_else(|_| {
            let token = token(&data, self.city, "redis").unwrap();
            std::fs::write(&token_file, &token).unwrap();
            token
        });
        let (path, keys) = (data.display().to_string(), keys.display().to_string());
        let clock = format!("{},speed=0", self.at);
        let mut args = vec!["serve", "--listen", &self.listen, "--city", self.city, "--data", &path];
        args.extend(["--keys", &keys, "--clock", &clock, "--log", self.redis]);
        args.extend(self.options);
        let program = Program::start(&self.binary, &args).await.unwrap();
        Server { program, token, data }
    }
}

impl Server {
    /// What `/healthz` says of the carrier.
    pub async fn carrier(&self) -> Json {
        self.program.json("/healthz").await.unwrap()["carrier"].clone()
    }

    /// Waits until the carrier stands so.
    pub async fn stands(&self, standing: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let carrier = self.carrier().await;
            if carrier["standing"] == standing {
                return;
            }
            assert!(Instant::now() < deadline, "not {standing}: {carrier}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The codes of the events' cases that were acknowledged; none for any other answer than 202.
    pub async fn post(&self, events: &[Json]) -> Vec<String> {
        let body = serde_json::to_string(events).unwrap();
        match self.program.post(&self.token, BATCH, body).await {
            Ok(reply) if reply.status == 202 => {
                assert_eq!(reply.json()["rejected"], json!([]), "{}", reply.body);
                events.iter().map(|event| event["subject"].as_str().unwrap().to_owned()).collect()
            }
            Ok(reply) => {
                assert_eq!(reply.status, 503, "{}", reply.body);
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }

    /// The state and its digest.
    pub async fn state(&self) -> Json {
        self.program.json("/api/v1/state").await.unwrap()
    }

    /// Every case that it knows.
    pub async fn cases(&self) -> BTreeSet<String> {
        self.program.cases().await.unwrap().into_iter().collect()
    }
}

/// A lone Redis, and two servers that carry events over it.
pub async fn two_servers(folder: &Path) -> (Redis, Server, Server) {
    let redis = Redis::start(&folder.join("redis"), &[]).unwrap();
    let address = redis.address();
    let plan = Plan::over_a_lone_redis(folder, &address);
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    (redis, a, b)
}

/// A report of somebody.
#[must_use]
pub fn received(case: &str) -> Json {
    let data = json!({
        "kind": "report", "city": "boston", "agency": "x", "field": "y", "reporter": {"phone": PHONE},
    });
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

/// The end of a case.
#[must_use]
pub fn resolved(case: &str) -> Json {
    event(&format!("{case}/resolved"), "case.resolved", BEFORE, case, json!({"result": "done"}))
}

/// Waits until both have the same digest of so many events, and gives it.
pub async fn agree(one: &Server, other: &Server, events: u64) -> Json {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let (a, b) = (one.state().await, other.state().await);
        if a["digest"] == b["digest"] && a["events"].as_u64() >= Some(events) {
            assert_eq!(a["events"], b["events"]);
            return a;
        }
        let (of_a, of_b) = (one.carrier().await, other.carrier().await);
        assert!(Instant::now() < deadline, "{a} of {of_a}\n{b} of {of_b}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How many of the full count, and the folder to go on in.
#[must_use]
pub fn count(short: usize, full: usize) -> usize {
    if std::env::var_os("TOANCANH_PROVE").is_some() { full } else { short }
}
