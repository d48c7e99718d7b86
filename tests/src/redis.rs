//! Real Redis servers and Sentinels, each on a port of its own, without a word on the disk but what a
//! test asks for.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// A running Redis server or Sentinel. It ends with its handle.
pub struct Redis {
    child: Child,
    /// Where it answers on 127.0.0.1.
    pub port: u16,
    folder: PathBuf,
}

impl Redis {
    /// Starts a server that keeps nothing, with further options of the command line.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn start(folder: &Path, options: &[&str]) -> Result<Self> {
        Self::start_on(free_port()?, folder, options)
    }

    /// The same on this port.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn start_on(port: u16, folder: &Path, options: &[&str]) -> Result<Self> {
        let mut command = Command::new(program());
        command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        // A replica is there at once, and a promoted one is asked at once.
        command.args(["--repl-diskless-sync-delay", "0", "--repl-timeout", "5"]).args(options);
        Self::run(command, port, folder)
    }

    /// A replica of this one.
    ///
    /// # Errors
    /// If it has not caught up within ten seconds.
    pub fn replica(&self, folder: &Path) -> Result<Self> {
        let of = format!("127.0.0.1 {}", self.port);
        let replica = Self::start(folder, &["--replicaof", &of])?;
        replica.wait_for("replication", "master_link_status:up")?;
        Ok(replica)
    }

    /// A Sentinel that watches this one under the name `city`; of `quorum` as many as must agree.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn sentinel(&self, folder: &Path, quorum: u32) -> Result<Self> {
        let port = free_port()?;
        let file = folder.join(format!("sentinel-{port}.conf"));
        let text = format!(
            "port {port}\nsentinel monitor city 127.0.0.1 {} {quorum}\nsentinel down-after-milliseconds city 1000\n\
             sentinel failover-timeout city 4000\n",
            self.port
        );
        std::fs::write(&file, text)?;
        let mut command = Command::new(program());
        command.arg(&file).arg("--sentinel");
        Self::run(command, port, folder)
    }

    fn run(mut command: Command, port: u16, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let log = std::fs::File::create(folder.join(format!("redis-{port}.log")))?;
        command.current_dir(folder).stdin(Stdio::null()).stdout(log).stderr(Stdio::null());
        let child = command.spawn().context("redis-server cannot be run: on Debian it is in redis-server")?;
        crate::program::watch(child.id())?;
        let redis = Self { child, port, folder: folder.to_owned() };
        redis.wait_until("it to answer", || redis.cli(&["PING"]).is_ok_and(|said| said.trim() == "PONG"))?;
        Ok(redis)
    }

    /// `redis://…` of this one.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What a command answers.
    ///
    /// # Errors
    /// With what went wrong.
    pub fn cli(&self, command: &[&str]) -> Result<String> {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(command).output();
        let output = output.context("redis-cli cannot be run: on Debian it is in redis-tools")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "{command:?}: {said}");
        Ok(said)
    }

    /// Everything that it holds, as one file without compression.
    ///
    /// # Errors
    /// If it cannot be had.
    pub fn dump(&self) -> Result<Vec<u8>> {
        self.cli(&["CONFIG", "SET", "rdbcompression", "no"])?;
        self.cli(&["SAVE"])?;
        Ok(std::fs::read(self.folder.join("dump.rdb"))?)
    }

    /// Waits until a section of `INFO` says something.
    ///
    /// # Errors
    /// If it does not within ten seconds.
    pub fn wait_for(&self, section: &str, says: &str) -> Result<()> {
        self.wait_until(says, || self.cli(&["INFO", section]).is_ok_and(|said| said.contains(says)))
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !is_so() {
            if Instant::now() > deadline {
                bail!("waited ten seconds for {what} (Redis on port {})", self.port);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Holds it up: it answers nothing and keeps its connections, as behind a broken link.
    ///
    /// # Errors
    /// If the system will not.
    pub fn pause(&self) -> Result<()> {
        signal(self.child.id(), "-STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// If the system will not.
    pub fn go_on(&self) -> Result<()> {
        signal(self.child.id(), "-CONT")
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// If the system will not.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
///
/// # Errors
/// If the system will not.
pub fn signal(process: u32, signal: &str) -> Result<()> {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status()?;
    ensure!(sent.success(), "kill {signal} {process} failed");
    Ok(())
}

fn program() -> PathBuf {
    std::env::var_os("TOANCANH_REDIS_SERVER").map_or_else(|| "redis-server".into(), PathBuf::from)
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
