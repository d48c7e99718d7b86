//! A wall in a real browser over hours that pass in minutes: sixty times as fast as life, its server started anew, its
//! network cut, its graphics lost, and nobody there to touch it. The browser's part is `tests/browser/soak.mjs`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tests::program::{Program, binary, root};

/// What happens to the wall, and what it may come to weigh.
struct Soak {
    seconds: u64,
    restarts: u32,
    cuts: u32,
    losses: u32,
    longest_cut_secs: u32,
    heap_mib_an_hour_max: f64,
    nodes_an_hour_max: f64,
}

/// Two hours.
const LONG: Soak = Soak {
    seconds: 7_200,
    restarts: 5,
    cuts: 20,
    losses: 5,
    longest_cut_secs: 60,
    heap_mib_an_hour_max: 2.0,
    nodes_an_hour_max: 200.0,
};

/// Five minutes of them. A heap that breathes by a few MiB has a steep slope over so short a time: a leak of
/// what a tick makes is steeper.
const SHORT: Soak = Soak {
    seconds: 300,
    restarts: 2,
    cuts: 3,
    losses: 1,
    longest_cut_secs: 12,
    heap_mib_an_hour_max: 60.0,
    nodes_an_hour_max: 6_000.0,
};

async fn demo(port: u16, data: &str) -> Program {
    let listen = format!("127.0.0.1:{port}");
    let args = ["demo", "--city", "boston", "--speed", "60", "--listen", &listen, "--data", data];
    Program::start(&binary(), &args).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_a_wall_that_nobody_touches_stays_honest_and_light() {
    let soak = if std::env::var_os("TOANCANH_PROVE").is_some() { LONG } else { SHORT };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut program = demo(port, &data).await;
    let mut browser = Command::new("node");
    browser.arg("browser/soak.mjs").current_dir(root().join("tests")).env("BASE", &program.base);
    browser.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    browser.env("SECONDS", soak.seconds.to_string()).env("CUTS", soak.cuts.to_string());
    browser.env("LOSSES", soak.losses.to_string()).env("LONGEST", soak.longest_cut_secs.to_string());
    browser.env("HEAP_MIB_AN_HOUR_MAX", soak.heap_mib_an_hour_max.to_string());
    browser.env("NODES_AN_HOUR_MAX", soak.nodes_an_hour_max.to_string());
    let mut browser = browser.stdout(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(browser.stdout.take().unwrap());
    let has_ended = Arc::new(AtomicBool::new(false));
    let ended = tokio::task::spawn_blocking({
        let has_ended = has_ended.clone();
        move || {
            said.lines().map_while(Result::ok).for_each(|line| println!("{line}"));
            let status = browser.wait().unwrap();
            has_ended.store(true, Relaxed);
            status
        }
    });
    for restart in 0..soak.restarts {
        let wait = Duration::from_secs(soak.seconds / u64::from(soak.restarts + 1));
        tokio::time::sleep(wait).await;
        if has_ended.load(Relaxed) {
            break;
        }
        // In good order, and as a power cut ends it.
        if restart % 2 == 0 {
            program.stop().unwrap();
        } else {
            program.kill().unwrap();
        }
        program = demo(port, &data).await;
        println!("the server was started anew");
    }
    let status = ended.await.unwrap();
    assert!(status.success(), "what the wall did wrong stands above");
    program.stop().unwrap();
}
