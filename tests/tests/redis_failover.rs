//! Redis' own servers are killed, held up and cut off: whatever was acknowledged is there.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tests::program::binary;
use tests::redis::{Partition, Redis, Site, signal};
use tests::servers::{Plan, Server, agree, count, received};

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
        Err(error) => {
            let test = "prove_redis_partition_loses_nothing_acknowledged";
            return tests::left_out::leave_out(test, &format!("network namespaces: {error:#}"));
        }
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
