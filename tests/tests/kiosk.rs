//! The wall PC's own start, as the package installs it: it waits for a server in the dark, shows the page once
//! there is one, and the page is live.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::program::{Program, binary, root};
use tests::redis::signal;

const FLAGS: &str =
    "--headless=new --no-sandbox --disable-quic --use-angle=swiftshader --enable-unsafe-swiftshader";

/// The script, and the browser that it becomes, as a group of processes of their own.
struct Kiosk(Child);

impl Drop for Kiosk {
    fn drop(&mut self) {
        // A test that failed must not leave its browser behind.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

fn kiosk(folder: &std::path::Path, urls: &str) -> Kiosk {
    let mut command = Command::new(root().join("server/packaging/kiosk/toancanh-kiosk"));
    command.env("TOANCANH_WALL_URLS", urls).env("TOANCANH_WALL_FLAGS", FLAGS).env("HOME", folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    Kiosk(command.spawn().unwrap())
}

/// Screens that a server has now.
async fn screens(program: &Program) -> u64 {
    let figures = program.get("/metrics").await.unwrap().body;
    let line = figures.lines().find_map(|line| line.strip_prefix("toancanh_live_sockets "));
    line.unwrap().parse().unwrap()
}

async fn has_screen(program: &Program, within: Duration) {
    let deadline = Instant::now() + within;
    while screens(program).await == 0 {
        assert!(Instant::now() < deadline, "no screen came within {within:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_that_is_switched_on_before_its_server_shows_the_page_when_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // The first address never answers: the second is shown.
    let urls = format!("http://127.0.0.1:9/wall/city-now http://127.0.0.1:{port}/wall/city-now");
    let mut kiosk = kiosk(folder.path(), &urls);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(kiosk.0.try_wait().unwrap().is_none(), "it did not wait");
    assert!(!folder.path().join("profile").exists(), "a browser was started without a server");
    let data = folder.path().join("data").display().to_string();
    let listen = format!("127.0.0.1:{port}");
    let args = ["serve", "--listen", &listen, "--city", "boston", "--data", &data];
    let program = Program::start(&binary(), &args).await.unwrap();
    has_screen(&program, Duration::from_secs(60)).await;
    // A power cut of the wall: the next start asks nobody anything.
    signal(kiosk.0.id(), "-KILL").unwrap();
    drop(kiosk);
    let deadline = Instant::now() + Duration::from_secs(30);
    while screens(&program).await > 0 {
        assert!(Instant::now() < deadline, "the screen is gone and still counted");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let _again = self::kiosk(folder.path(), &urls);
    has_screen(&program, Duration::from_secs(60)).await;
}
