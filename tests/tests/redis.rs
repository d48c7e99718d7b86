//! Several servers on a real Redis: whatever is acknowledged is on all of them, whichever of them, or
//! of Redis' own servers, is killed; and all come to the same state.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, binary, token};
use tests::redis::{Partition, Redis, Site, signal};

const AT: &str = "2015-10-01T12:00:00-04:00";
const BEFORE: &str = "2015-10-01T11:59:59-04:00";
const BATCH: &str = "application/cloudevents-batch+json";
/// Somebody who must not be found anywhere.
const PHONE: &str = "+84900777123";

/// A server of Boston with a folder of its own.
struct Server {
    program: Program,
    token: String,
    data: PathBuf,
}

/// What a server is started with.
struct Plan<'a> {
    folder: &'a Path,
    redis: &'a str,
    options: &'a [&'a str],
    city: &'a str,
    at: &'a str,
    binary: PathBuf,
}

impl<'a> Plan<'a> {
    fn new(folder: &'a Path, redis: &'a str) -> Self {
        Self { folder, redis, options: &[], city: "boston", at: AT, binary: binary() }
    }

    /// Starts a server by this name. All servers have the key folder of `a`, the first.
    async fn start(&self, name: &str) -> Server {
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
        let mut args = vec!["serve", "--listen", "127.0.0.1:0", "--city", self.city, "--data", &path];
        args.extend(["--keys", &keys, "--clock", &clock, "--log", self.redis]);
        args.extend(self.options);
        let program = Program::start(&self.binary, &args).await.unwrap();
        Server { program, token, data }
    }
}

impl Server {
    async fn carrier(&self) -> Json {
        self.program.json("/healthz").await.unwrap()["carrier"].clone()
    }

    async fn stands(&self, standing: &str) {
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
    async fn post(&self, events: &[Json]) -> Vec<String> {
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

    async fn state(&self) -> Json {
        self.program.json("/api/v1/state").await.unwrap()
    }

    async fn cases(&self) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/cases?limit=1000&sort=case{cursor}");
            let page = self.program.json(&path).await.unwrap();
            let cases = page["cases"].as_array().unwrap();
            codes.extend(cases.iter().map(|case| case["case"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={}", tests::program::encode(next)),
                None => return codes,
            }
        }
    }
}

fn received(case: &str) -> Json {
    let data = json!({
        "kind": "report", "city": "boston", "agency": "x", "field": "y", "reporter": {"phone": PHONE},
    });
    event(&format!("{case}/received"), "case.received", BEFORE, case, data)
}

fn resolved(case: &str) -> Json {
    event(&format!("{case}/resolved"), "case.resolved", BEFORE, case, json!({"result": "done"}))
}

/// Waits until both have the same digest of so many events, and gives it.
async fn agree(one: &Server, other: &Server, events: u64) -> Json {
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
fn count(short: usize, full: usize) -> usize {
    if std::env::var_os("TOANCANH_PROVE").is_some() { full } else { short }
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_redis_two_servers_come_to_the_same_and_one_can_be_lost() {
    let events = count(2_000, 100_000);
    let folder = tempfile::tempdir().unwrap();
    let primary = Redis::start(&folder.path().join("primary"), &[]).unwrap();
    let replica = primary.replica(&folder.path().join("replica")).unwrap();
    let address = format!("{},127.0.0.1:{}", primary.address(), replica.port);
    let plan = Plan::new(folder.path(), &address);
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;

    let mut chance = rand::rngs::StdRng::seed_from_u64(4);
    let mut all: Vec<Json> = (0..events / 2)
        .flat_map(|case| [received(&format!("c{case}")), resolved(&format!("c{case}"))])
        .collect();
    rand::seq::SliceRandom::shuffle(all.as_mut_slice(), &mut chance);
    let begun = Instant::now();
    let mut acknowledged = BTreeSet::new();
    for batch in all.chunks(events / 40) {
        // What goes to both at the same instant is one event all the same.
        let to_both = chance.random_range(0..10) == 0;
        let (one, other) = if chance.random() { (&a, &b) } else { (&b, &a) };
        if to_both {
            let (first, second) = tokio::join!(one.post(batch), other.post(batch));
            assert_eq!((first.len(), second.len()), (batch.len(), batch.len()));
            acknowledged.extend(first);
        } else {
            let codes = one.post(batch).await;
            assert_eq!(codes.len(), batch.len());
            acknowledged.extend(codes);
        }
    }
    let state = agree(&a, &b, events as u64).await;
    println!("figure: events = {events}");
    println!("figure: seconds until both states are equal = {:.1}", begun.elapsed().as_secs_f64());
    assert_eq!((state["events"].as_u64(), acknowledged.len()), (Some(events as u64), events / 2));
    assert_eq!(
        (a.carrier().await["rivals"].clone(), b.carrier().await["rivals"].clone()),
        (json!(0), json!(0))
    );

    for redis in [&primary, &replica] {
        let held = redis.dump().unwrap();
        let holds = |text: &str| held.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("c1/received") && !holds(PHONE) && !holds("777123"));
    }

    // What was known when is the same on both.
    let recorded = a.program.json("/api/v1/cases/c1").await.unwrap()["events"][0]["recorded"].clone();
    let known = format!(
        "/api/v1/aggregates?metric=received,resolved&known_at={}",
        tests::program::encode(recorded.as_str().unwrap())
    );
    let (of_a, of_b) = (a.program.json(&known).await.unwrap(), b.program.json(&known).await.unwrap());
    assert_eq!(of_a["rows"], of_b["rows"]);

    let begun = Instant::now();
    let after = a.post(&[received("last")]).await;
    a.program.kill().unwrap();
    acknowledged.extend(after);
    while b.cases().await != acknowledged {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "the other server has not all that was acknowledged"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("figure: seconds until all is on the other server = {:.2}", begun.elapsed().as_secs_f64());

    // What happens meanwhile is there when the lost one comes back.
    assert_eq!(b.post(&[received("meanwhile")]).await.len(), 1);
    let a = plan.start("a").await;
    agree(&a, &b, events as u64 + 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_redis_is_refused_unless_asked_for_and_what_it_forgets_is_offered_again() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(&folder.path().join("redis"), &[]).unwrap();
    let (port, address) = (redis.port, redis.address());
    let plan = Plan::new(folder.path(), &address);
    let a = plan.start("a").await;
    a.stands("live").await;
    let reply = a.program.post(&a.token, BATCH, json!([received("c1")]).to_string()).await.unwrap();
    assert_eq!(
        (reply.status, &*reply.json()["type"].to_string()),
        (503, "\"urn:toancanh:problem:not-durable\"")
    );
    a.stands("no_replica").await;
    a.program.stop().unwrap();

    let plan = Plan { options: &["--redis-without-replica"], ..plan };
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    // It was kept, and is no other event when it comes again.
    let reply = a.program.post(&a.token, BATCH, json!([received("c1")]).to_string()).await.unwrap();
    assert_eq!((reply.status, &reply.json()["duplicates"]), (202, &json!(1)));
    agree(&a, &b, 1).await;

    // The other server is away while events come, and Redis forgets everything.
    b.program.kill().unwrap();
    let events: Vec<Json> = (2..200).map(|case| received(&format!("c{case}"))).collect();
    assert_eq!(a.post(&events).await.len(), 198);
    redis.kill().unwrap();
    a.stands("away").await;
    let begun = Instant::now();
    assert_eq!(a.post(&[received("c200")]).await.len(), 0);
    assert!(begun.elapsed() < Duration::from_secs(1), "refused late: {:?}", begun.elapsed());
    let redis = Redis::start_on(port, &folder.path().join("redis"), &[]).unwrap();
    a.stands("live").await;
    let b = plan.start("b").await;
    agree(&a, &b, 199).await;
    let carrier = a.carrier().await;
    assert!(carrier["repaired"].as_u64() >= Some(198), "{carrier}");
    // A server trims as soon as it is live. There was nothing to trim: one that has nothing yet finds all.
    // How far it has read is written every five seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    a.program.stop().unwrap();
    let a = plan.start("a").await;
    a.stands("live").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let c = plan.start("c").await;
    agree(&a, &c, 199).await;
    drop(redis);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_two_servers_took_with_other_content_counts_alike_on_both() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(&folder.path().join("redis"), &[]).unwrap();
    let address = redis.address();
    let plan = Plan { options: &["--redis-without-replica"], ..Plan::new(folder.path(), &address) };
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    let mut other = received("c1");
    other["data"]["field"] = json!("z");
    // Neither hears of the other before both have answered.
    redis.pause().unwrap();
    let (first, second) = ([received("c1")], [other]);
    let posts = async { tokio::join!(a.post(&first), b.post(&second)) };
    let resume = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        redis.go_on().unwrap();
    };
    let _ = tokio::join!(posts, resume);
    agree(&a, &b, 2).await;
    let field = |server: &Json| server["cases"][0]["field"].clone();
    let of_a = a.program.json("/api/v1/cases").await.unwrap();
    let of_b = b.program.json("/api/v1/cases").await.unwrap();
    assert_eq!(field(&of_a), field(&of_b));
    assert_eq!(
        (a.carrier().await["rivals"].clone(), b.carrier().await["rivals"].clone()),
        (json!(1), json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_leads_to_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(&folder.path().join("redis"), &["--cluster-enabled", "yes"]).unwrap();
    redis.cli(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).unwrap();
    redis.wait_for("cluster", "cluster_enabled:1").unwrap();
    let address = redis.address();
    let plan = Plan { options: &["--redis-without-replica"], ..Plan::new(folder.path(), &address) };
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    assert_eq!(a.post(&[received("c1")]).await.len(), 1);
    agree(&a, &b, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_with_other_keys_another_s_name_or_a_trimmed_stream_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(&folder.path().join("redis"), &[]).unwrap();
    let address = redis.address();
    let plan = Plan { options: &["--redis-without-replica"], ..Plan::new(folder.path(), &address) };
    let a = plan.start("a").await;
    a.stands("live").await;
    let strange = folder.path().join("strange");
    std::fs::create_dir(&strange).unwrap();
    let other = Plan { folder: &strange, options: plan.options, ..Plan::new(&strange, &address) };
    let stranger = other.start("a").await;
    stranger.stands("other_keys").await;
    assert_eq!(stranger.post(&[received("c1")]).await.len(), 0);
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(a.data.join("server.name"), copy.join("server.name")).unwrap();
    plan.start("copy").await.stands("name_taken").await;

    assert_eq!(a.post(&[received("c1"), received("c2")]).await.len(), 2);
    // As the servers trim when each of them has everything.
    let stream = "toancanh:{boston/all}:events";
    let last = redis.cli(&["--raw", "XREVRANGE", stream, "+", "-", "COUNT", "1"]).unwrap();
    let last = last.lines().next().unwrap();
    redis.cli(&["HSET", "toancanh:{boston/all}:about", "trimmed", last]).unwrap();
    redis.cli(&["XTRIM", stream, "MINID", last]).unwrap();
    let late = plan.start("late").await;
    late.stands("must_be_restored").await;
    assert_eq!(late.post(&[received("c3")]).await.len(), 0);
}

/// What ran out is noted by both servers, and stands in the log once; as does what is taken back.
#[tokio::test(flavor = "multi_thread")]
async fn a_memo_that_two_servers_write_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(&folder.path().join("redis"), &[]).unwrap();
    let address = redis.address();
    let plan = Plan {
        options: &["--redis-without-replica"],
        city: "haiphong",
        at: "2026-11-23T08:05:00+07:00",
        ..Plan::new(folder.path(), &address)
    };
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    let data = json!({
        "kind": "report", "city": "haiphong", "agency": "SXD", "field": "roads", "content_group": 2,
    });
    let slip = json!({"step": "slip_delivered_to_focal_officer", "to": "SXD-1"});
    let events = [
        event("1", "case.received", "2026-11-23T07:50:00+07:00", "slip", data),
        event("2", "case.transferred", "2026-11-23T08:00:00+07:00", "slip", slip),
    ];
    assert_eq!(a.post(&events).await.len(), 2);
    agree(&a, &b, 2).await;
    let move_both = async |at: &str| {
        for (server, name) in [(&a, "a"), (&b, "b")] {
            let token =
                std::fs::read_to_string(folder.path().join(format!("{name}.keys/admin-token"))).unwrap();
            let request =
                server.program.request(reqwest::Method::POST, "/api/v1/clock").bearer_auth(token.trim());
            let reply = Program::read(request.json(&json!({"at": at}))).await.unwrap();
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
    };
    move_both("2026-12-01T17:16:00+07:00").await;
    let noted = agree(&a, &b, 3).await["events"].as_u64().unwrap();
    // Both have looked again since.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(agree(&a, &b, noted).await["events"].as_u64(), Some(noted));
    let answer = json!({"result": "done", "answered": true});
    let answered = [event("3", "case.resolved", "2026-11-23T16:00:00+07:00", "slip", answer)];
    assert_eq!(b.post(&answered).await.len(), 1);
    // Each memo is taken back once.
    let all = 2 + 2 * (noted - 2) + 1;
    agree(&a, &b, all).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(agree(&a, &b, all).await["events"].as_u64(), Some(all));
    for server in [&a, &b] {
        assert_eq!(server.carrier().await["rivals"], 0);
    }
}

/// Primary, two replicas (one must be left to confirm when the other has become the primary), and
/// three Sentinels.
struct Watched {
    primary: Option<Redis>,
    _replicas: [Redis; 2],
    _sentinels: Vec<Redis>,
    address: String,
}

impl Watched {
    /// The primary in one place, the rest in another.
    fn start(folder: &Path, one: &Site, other: &Site) -> Self {
        let primary = Redis::start_in(one, &folder.join("primary"), &[]).unwrap();
        let replicas =
            ["replica-1", "replica-2"].map(|name| primary.replica_in(other, &folder.join(name)).unwrap());
        let watch = |nth: usize| {
            let folder = folder.join(format!("sentinel-{nth}"));
            std::fs::create_dir_all(&folder).unwrap();
            primary.sentinel(other, &folder, 2).unwrap()
        };
        let sentinels: Vec<Redis> = (0..3).map(watch).collect();
        for sentinel in &sentinels {
            sentinel.wait_for("sentinel", "slaves=2,sentinels=3").unwrap();
        }
        let nodes: Vec<String> = sentinels.iter().map(Redis::place).collect();
        let address = format!("redis+sentinel://{}/city", nodes.join(","));
        Self { primary: Some(primary), _replicas: replicas, _sentinels: sentinels, address }
    }
}

/// Posts by both servers without pause; what was acknowledged, and the longest time without an
/// acknowledgement.
async fn load(a: &Server, b: &Server, until: impl Fn() -> bool) -> (BTreeSet<String>, Duration) {
    let (mut acknowledged, mut nth) = (BTreeSet::new(), 0);
    let (mut last, mut gap) = (Instant::now(), Duration::ZERO);
    while !until() {
        let events: Vec<Json> = (0..20).map(|place| received(&format!("c{}", nth + place))).collect();
        nth += 20;
        let server = if nth % 40 == 0 { a } else { b };
        let codes = server.post(&events).await;
        if codes.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        } else {
            gap = gap.max(last.elapsed());
            last = Instant::now();
            acknowledged.extend(codes);
        }
    }
    (acknowledged, gap)
}

async fn failover(
    (one, other): (Site, Site),
    lose: impl FnOnce(&mut Watched) + Send + 'static,
    figure: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let mut watched = Watched::start(folder.path(), &one, &other);
    let address = watched.address.clone();
    let plan = Plan::new(folder.path(), &address);
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    let begun = Instant::now();
    let lasts = Duration::from_secs(count(14, 60) as u64);
    let losing = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_secs(3));
        lose(&mut watched);
        watched
    });
    let (acknowledged, gap) = load(&a, &b, || begun.elapsed() > lasts).await;
    let _watched = losing.await.unwrap();
    a.stands("live").await;
    b.stands("live").await;
    agree(&a, &b, acknowledged.len() as u64).await;
    let present = a.cases().await;
    let lost = acknowledged.difference(&present).count();
    let repaired: u64 =
        [a.carrier().await, b.carrier().await].iter().map(|c| c["repaired"].as_u64().unwrap()).sum();
    println!("figure: {figure}: acknowledged = {}", acknowledged.len());
    println!("figure: {figure}: present = {}", present.len());
    println!("figure: {figure}: repaired = {repaired}");
    println!("figure: {figure}: lost = {lost}");
    println!("figure: {figure}: seconds without an acknowledgement = {:.1}", gap.as_secs_f64());
    assert_eq!(lost, 0);
    assert!(acknowledged.len() > 100, "too little was acknowledged to say anything");
    assert!(a.carrier().await["primaries"].as_u64() >= Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_redis_failover_loses_nothing_acknowledged() {
    failover(here(), |watched| watched.primary.take().unwrap().kill().unwrap(), "primary killed").await;
    // It comes back when another has taken its place, believing that it still is the primary.
    let pause = |watched: &mut Watched| {
        let primary = watched.primary.as_ref().unwrap();
        primary.pause().unwrap();
        std::thread::sleep(Duration::from_secs(5));
        primary.go_on().unwrap();
    };
    failover(here(), pause, "primary held up and back").await;
}

fn here() -> (Site, Site) {
    (Site::default(), Site::default())
}

/// The primary is alive and still answers the servers, but the rest of Redis cannot see it: two
/// primaries at once, for a while.
#[tokio::test(flavor = "multi_thread")]
async fn prove_redis_partition_loses_nothing_acknowledged() {
    let partition = match Partition::make() {
        Ok(partition) => partition,
        Err(error) if std::env::var_os("TOANCANH_WITHOUT_ROOT").is_some() => {
            println!("left out, since it needs root: {error:#}");
            return;
        }
        Err(error) => panic!("network namespaces need root (or set TOANCANH_WITHOUT_ROOT): {error:#}"),
    };
    let sites = (partition.one.clone(), partition.other.clone());
    let cut = move |_: &mut Watched| {
        partition.cut().unwrap();
        std::thread::sleep(Duration::from_secs(7));
        partition.heal().unwrap();
        // Dropped here: the namespaces lose their names, and last as long as what runs in them.
        drop(partition);
    };
    failover(sites, cut, "primary cut off").await;
}

/// The replica is cut off while one server takes events; then that server and the primary are lost for
/// good, and the replica goes on. How many acknowledged events the other server lacks.
async fn lost_with_server_and_primary(binary: PathBuf) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let primary = Redis::start(&folder.path().join("primary"), &[]).unwrap();
    let replica = primary.replica(&folder.path().join("replica")).unwrap();
    let address = format!("{},127.0.0.1:{}", primary.address(), replica.port);
    let plan = Plan { binary, ..Plan::new(folder.path(), &address) };
    let (a, b) = (plan.start("a").await, plan.start("b").await);
    a.stands("live").await;
    b.stands("live").await;
    let mut acknowledged: BTreeSet<String> = a.post(&[received("before")]).await.into_iter().collect();
    assert_eq!(acknowledged.len(), 1);
    agree(&a, &b, 1).await;

    // Nobody answers there.
    replica.cli(&["REPLICAOF", "127.0.0.1", "1"]).unwrap();
    signal(b.program.id(), "-STOP").unwrap();
    for case in 0..5 {
        acknowledged.extend(a.post(&[received(&format!("c{case}"))]).await);
    }
    let data = a.data.clone();
    a.program.kill().unwrap();
    std::fs::remove_dir_all(data).unwrap();
    primary.kill().unwrap();
    replica.cli(&["REPLICAOF", "NO", "ONE"]).unwrap();
    signal(b.program.id(), "-CONT").unwrap();
    b.stands("live").await;
    // It has read what there is.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let present = b.cases().await;
    (acknowledged.len(), acknowledged.difference(&present).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_outlives_its_server_and_the_primary_and_without_wait_it_would_not() {
    let (acknowledged, lost) = lost_with_server_and_primary(binary()).await;
    println!("figure: server and primary lost: acknowledged = {acknowledged}, lost = {lost}");
    assert_eq!(lost, 0);
    let control =
        std::env::var_os("TOANCANH_BIN_NO_WAIT").expect("the control build: cargo xtask test --only build");
    let (acknowledged, lost) = lost_with_server_and_primary(control.into()).await;
    println!("figure: control without WAIT: acknowledged = {acknowledged}, lost = {lost}");
    assert!(lost > 0, "the control lost nothing: the test says nothing");
}
