//! Real Redis servers and Sentinels, each on a port of its own, without a word on the disk but what a
//! test asks for.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// Where a Redis runs: on this machine, or in a network namespace of its own.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address at which everybody finds it.
    pub host: String,
    /// The namespace.
    pub namespace: Option<String>,
}

impl Default for Site {
    fn default() -> Self {
        Self { host: "127.0.0.1".to_owned(), namespace: None }
    }
}

impl Site {
    fn command(&self) -> Command {
        let Some(namespace) = &self.namespace else { return Command::new(program()) };
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace]).arg(program());
        command
    }
}

/// A running Redis server or Sentinel. It ends with its handle.
pub struct Redis {
    child: Child,
    /// Where it answers.
    pub port: u16,
    site: Site,
    folder: PathBuf,
}

impl Redis {
    /// Starts a server that keeps nothing, with further options of the command line.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn start(folder: &Path, options: &[&str]) -> Result<Self> {
        Self::start_at(Site::default(), free_port()?, folder, options)
    }

    /// The same on this port.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn start_on(port: u16, folder: &Path, options: &[&str]) -> Result<Self> {
        Self::start_at(Site::default(), port, folder, options)
    }

    /// The same in this place.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn start_in(site: &Site, folder: &Path, options: &[&str]) -> Result<Self> {
        Self::start_at(site.clone(), free_port()?, folder, options)
    }

    fn start_at(site: Site, port: u16, folder: &Path, options: &[&str]) -> Result<Self> {
        let mut command = site.command();
        command.args(["--bind", "0.0.0.0", "--protected-mode", "no"]);
        command.args(["--replica-announce-ip", &site.host]);
        command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        // A replica is there at once, and a promoted one is asked at once.
        command.args(["--repl-diskless-sync-delay", "0", "--repl-timeout", "5"]).args(options);
        Self::run(command, site, port, folder)
    }

    /// A replica of this one.
    ///
    /// # Errors
    /// If it has not caught up within ten seconds.
    pub fn replica(&self, folder: &Path) -> Result<Self> {
        self.replica_in(&self.site, folder)
    }

    /// The same in this place.
    ///
    /// # Errors
    /// If it has not caught up within ten seconds.
    pub fn replica_in(&self, site: &Site, folder: &Path) -> Result<Self> {
        let of = format!("{} {}", self.site.host, self.port);
        let replica = Self::start_in(site, folder, &["--replicaof", &of])?;
        replica.wait_for("replication", "master_link_status:up")?;
        Ok(replica)
    }

    /// A Sentinel that watches this one under the name `city`; of `quorum` as many as must agree.
    ///
    /// # Errors
    /// If it does not answer within ten seconds.
    pub fn sentinel(&self, site: &Site, folder: &Path, quorum: u32) -> Result<Self> {
        let port = free_port()?;
        let file = folder.join(format!("sentinel-{port}.conf"));
        let text = format!(
            "port {port}\nbind 0.0.0.0\nprotected-mode no\nsentinel announce-ip {}\n\
             sentinel monitor city {} {} {quorum}\nsentinel down-after-milliseconds city 1000\n\
             sentinel failover-timeout city 4000\n",
            site.host, self.site.host, self.port
        );
        std::fs::write(&file, text)?;
        let mut command = site.command();
        command.arg(&file).arg("--sentinel");
        Self::run(command, site.clone(), port, folder)
    }

    fn run(mut command: Command, site: Site, port: u16, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let log = std::fs::File::create(folder.join(format!("redis-{port}.log")))?;
        command.current_dir(folder).stdin(Stdio::null()).stdout(log).stderr(Stdio::null());
        let child = command.spawn().context("redis-server cannot be run: on Debian it is in redis-server")?;
        crate::program::watch(child.id())?;
        let redis = Self { child, port, site, folder: folder.to_owned() };
        redis.wait_until("it to answer", || redis.cli(&["PING"]).is_ok_and(|said| said.trim() == "PONG"))?;
        Ok(redis)
    }

    /// `redis://…` of this one.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis://{}", self.place())
    }

    /// `host:port` of this one.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.site.host, self.port)
    }

    /// What a command answers.
    ///
    /// # Errors
    /// With what went wrong.
    pub fn cli(&self, command: &[&str]) -> Result<String> {
        let port = self.port.to_string();
        let output =
            Command::new("redis-cli").args(["-h", &self.site.host, "-p", &port]).args(command).output();
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

/// Two network namespaces that reach this machine and each other, until the link between them is cut.
/// Needs root.
pub struct Partition {
    /// One side.
    pub one: Site,
    /// The other.
    pub other: Site,
}

impl Partition {
    /// Makes them.
    ///
    /// # Errors
    /// With what the system refused: it takes root.
    pub fn make() -> Result<Self> {
        let names = ["a", "b"].map(|side| format!("tc{}{side}", std::process::id()));
        let site =
            |nth: usize| Site { host: format!("10.213.9.{}", nth + 1), namespace: Some(names[nth].clone()) };
        let made = Self { one: site(0), other: site(1) };
        let [a, b] = &names;
        for (nth, name) in (1..).zip(&names) {
            ip(&format!("netns add {name}"))?;
            ip(&format!("-n {name} link set lo up"))?;
            ip(&format!("-n {name} addr add 10.213.9.{nth}/32 dev lo"))?;
            ip(&format!("link add {name}h type veth peer name home netns {name}"))?;
            ip(&format!("addr add 10.213.{nth}.1/24 dev {name}h"))?;
            ip(&format!("-n {name} addr add 10.213.{nth}.2/24 dev home"))?;
            ip(&format!("link set {name}h up"))?;
            ip(&format!("-n {name} link set home up"))?;
            ip(&format!("route add 10.213.9.{nth}/32 via 10.213.{nth}.2"))?;
        }
        ip(&format!("-n {a} link add across type veth peer name across netns {b}"))?;
        ip(&format!("-n {a} addr add 10.213.3.1/24 dev across"))?;
        ip(&format!("-n {b} addr add 10.213.3.2/24 dev across"))?;
        ip(&format!("-n {b} link set across up"))?;
        made.heal()?;
        Ok(made)
    }

    /// Cuts the link between the two.
    ///
    /// # Errors
    /// If the system will not.
    pub fn cut(&self) -> Result<()> {
        ip(&format!("-n {} link set across down", self.names()[0]))
    }

    /// Puts it back.
    ///
    /// # Errors
    /// If the system will not.
    pub fn heal(&self) -> Result<()> {
        let [a, b] = self.names();
        ip(&format!("-n {a} link set across up"))?;
        ip(&format!("-n {a} route replace 10.213.9.2/32 via 10.213.3.2 src 10.213.9.1"))?;
        ip(&format!("-n {b} route replace 10.213.9.1/32 via 10.213.3.1 src 10.213.9.2"))
    }

    fn names(&self) -> [&str; 2] {
        [&self.one, &self.other].map(|site| site.namespace.as_deref().unwrap_or_default())
    }
}

impl Drop for Partition {
    fn drop(&mut self) {
        for name in self.names() {
            // Its links go with it.
            let _ = ip(&format!("netns del {name}"));
        }
    }
}

fn ip(words: &str) -> Result<()> {
    let output = Command::new("ip").args(words.split(' ')).output();
    let output = output.context("ip cannot be run: on Debian it is in iproute2")?;
    ensure!(output.status.success(), "ip {words}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
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
