//! Several servers on a real Redis: all come to the same state, and none of it is lost with one of them.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::Program;
use tests::redis::Redis;
use tests::servers::{BATCH, PHONE, Plan, agree, count, received, resolved, two_servers};

#[tokio::test(flavor = "multi_thread")]
async fn prove_redis_two_servers_come_to_the_same_and_one_can_be_lost() {
    let events = count(2_000, 100_000);
    let folder = tempfile::tempdir().unwrap();
    let primary = Redis::start(&folder.path().join("primary"), &[]).unwrap();
    let replica = primary.replica(&folder.path().join("replica")).unwrap();
    let address = format!("{},127.0.0.1:{}", primary.address(), replica.port);
    // What is carried is read from an encrypted log and goes into another.
    let plan = Plan { options: &["--encrypt-log"], ..Plan::new(folder.path(), &address) };
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
    let address = redis.address();
    let c = Plan::over_a_lone_redis(folder.path(), &address).start("c").await;
    agree(&a, &c, 199).await;
    drop(redis);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_two_servers_took_with_other_content_counts_alike_on_both() {
    let folder = tempfile::tempdir().unwrap();
    let (redis, a, b) = two_servers(folder.path()).await;
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

/// How many entries of the stream carry keys of a case.
fn entries_with_keys(redis: &Redis) -> usize {
    let stream = redis.cli(&["--scan", "--pattern", "toancanh:*:events"]).unwrap();
    let entries = redis.cli(&["--csv", "XRANGE", stream.trim(), "-", "+"]).unwrap();
    entries.matches(",\"c\",").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_case_takes_its_keys_off_the_stream_and_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let (redis, a, b) = two_servers(folder.path()).await;
    a.post(&[received("e1"), received("e2")]).await;
    agree(&a, &b, 2).await;
    // The control: until then each travels with its key.
    assert_eq!(entries_with_keys(&redis), 2);
    for server in [&a, &b] {
        let data = server.data.display().to_string();
        let said = tests::program::run(&["erase", "--case", "e1", "--data", &data]).unwrap();
        assert!(said.contains("its key is destroyed"), "{said}");
    }
    let begun = Instant::now();
    while entries_with_keys(&redis) != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} entries have keys", entries_with_keys(&redis));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Two servers noted it, and a third that comes now has everything.
    agree(&a, &b, 4).await;
    let address = redis.address();
    let c = Plan::over_a_lone_redis(folder.path(), &address).start("c").await;
    c.stands("live").await;
    agree(&a, &c, 4).await;
    assert_eq!(a.cases().await, c.cases().await);
}
