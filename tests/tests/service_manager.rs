//! What the system's service manager is told, on a real socket of its kind: a server that opens a large log is
//! neither taken for one that failed to start nor for one that stands still.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::program::{binary, root, site_root};
use tests::redis::signal;

/// A sign of life is wanted this often.
const WATCHDOG: Duration = Duration::from_secs(2);

struct Manager {
    socket: UnixDatagram,
    child: Child,
}

impl Drop for Manager {
    fn drop(&mut self) {
        // A test that failed must not leave its server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Manager {
    /// Starts the server as the unit does. Its master key comes out of a pipe: until something is written
    /// there, its log cannot be opened.
    fn start(folder: &std::path::Path) -> Self {
        let address = folder.join("notify");
        let socket = UnixDatagram::bind(&address).unwrap();
        socket.set_read_timeout(Some(WATCHDOG)).unwrap();
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--city", "boston"]);
        command.arg("--data").arg(folder.join("data")).arg("--keys").arg(folder.join("keys"));
        command.env("TOANCANH_MASTER_KEY_FILE", folder.join("master")).env("NOTIFY_SOCKET", &address);
        command.env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string());
        command.env("TOANCANH_SITE_ROOT", site_root()).current_dir(root()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        Self { socket, child }
    }

    /// What is said next; the manager would end a server that says nothing for so long.
    fn hears(&self) -> String {
        let mut said = [0; 512];
        let length = self.socket.recv(&mut said).expect("the server says nothing: it would be ended");
        String::from_utf8_lossy(&said[..length]).into_owned()
    }

    fn hears_until(&self, part: &str, within: Duration) {
        let deadline = Instant::now() + within;
        while !self.hears().lines().any(|line| line == part) {
            assert!(Instant::now() < deadline, "{part} was not said within {within:?}");
        }
    }
}

#[test]
fn a_server_whose_log_takes_long_to_open_is_there_and_lives() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("master");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let manager = Manager::start(folder.path());
    manager.hears_until("READY=1", Duration::from_secs(10));
    // Longer than a watchdog waits, and the log is still not open.
    let began = Instant::now();
    let mut signs = 0;
    while began.elapsed() < WATCHDOG * 2 {
        signs += usize::from(manager.hears().lines().any(|line| line == "WATCHDOG=1"));
    }
    assert!(signs >= 4, "{signs} signs of life while the log was opened");
    assert!(!folder.path().join("data/log/HEAD").exists(), "the log was open: this showed nothing");
    let mut key = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writeln!(key, "{}", "5a".repeat(32)).unwrap();
    drop(key);
    manager.hears_until("STATUS=live", Duration::from_secs(30));
    manager.hears_until("WATCHDOG=1", Duration::from_secs(5));
    signal(manager.child.id(), "-TERM").unwrap();
    manager.hears_until("STOPPING=1", Duration::from_secs(10));
}
