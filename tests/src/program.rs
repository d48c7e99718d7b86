//! The real program as a process, on a port of its own choice.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;

/// The binary under test: `TOANCANH_BIN`, else the one that Cargo built beside the tests.
#[must_use]
pub fn binary() -> PathBuf {
    std::env::var_os("TOANCANH_BIN").map_or_else(|| root().join("target/debug/toancanh"), PathBuf::from)
}

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    // Where this was compiled: the tests run where they were built.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The site that the program serves.
#[must_use]
pub fn site_root() -> PathBuf {
    std::env::var_os("TOANCANH_SITE_ROOT").map_or_else(|| root().join("target/site"), PathBuf::from)
}

/// Runs a command of the program to its end and gives what it printed.
///
/// # Errors
/// With what it said, if it failed.
pub fn run(args: &[&str]) -> Result<String> {
    let output = command(&binary()).args(args).output().context("cannot run the program")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(
        output.status.success(),
        "{args:?} ended with {}:\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    Ok(text(&output.stdout))
}

/// A command of a binary, told where everything is.
#[must_use]
pub fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(root()).env("TOANCANH_SITE_ROOT", site_root());
    command
}

/// A running `toancanh serve` (or another long command).
pub struct Program {
    child: Child,
    /// `http://127.0.0.1:…`.
    pub base: String,
    client: reqwest::Client,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub kind: String,
    /// The body.
    pub body: String,
}

impl Reply {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Program {
    /// Starts `toancanh serve` with these arguments and waits until its numbers are ready.
    ///
    /// # Errors
    /// If it does not come up within two minutes.
    pub async fn serve(args: &[&str]) -> Result<Self> {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend_from_slice(args);
        Self::start(&binary(), &all).await
    }

    /// Starts `toancanh serve` with these arguments and waits only until it listens: there need be no numbers.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn launch(args: &[&str]) -> Result<Self> {
        let mut command = command(&binary());
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(args);
        Self::listening(command).await
    }

    /// Starts a long-running command of a binary and waits until its numbers are ready.
    ///
    /// # Errors
    /// If it does not come up within two minutes.
    pub async fn start(binary: &Path, args: &[&str]) -> Result<Self> {
        let mut command = command(binary);
        command.args(args);
        Self::spawn(command).await
    }

    /// The same for a command made by the test, such as one under `strace`.
    ///
    /// # Errors
    /// If it does not come up within two minutes.
    pub async fn spawn(command: Command) -> Result<Self> {
        let mut program = Self::listening(command).await?;
        program.wait_ready().await?;
        Ok(program)
    }

    async fn listening(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        watch(child.id())?;
        let stdout = child.stdout.take().context("no output")?;
        let (said, says) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut said = Some(said);
            // Read to the end, so that the program never waits for its reader.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on ")
                    && let Some(said) = said.take()
                {
                    let _ = said.send(address.trim().trim_end_matches('/').to_owned());
                }
            }
        });
        let base = match tokio::time::timeout(Duration::from_secs(120), says).await {
            Ok(Ok(base)) => base,
            Ok(Err(_)) | Err(_) => {
                let _ = child.kill();
                bail!("the program never said where it listens");
            }
        };
        Ok(Self { child, base, client: reqwest::Client::builder().no_proxy().build()? })
    }

    async fn wait_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            if self.get("/readyz").await.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            // It listens before it has opened its log, and may find there that it cannot go on.
            if let Some(status) = self.child.try_wait()? {
                bail!("the program ended before it was ready: {status}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the program was not ready within two minutes")
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: `kill -9`.
    ///
    /// # Errors
    /// If the system will not.
    pub fn kill(mut self) -> Result<ExitStatus> {
        self.child.kill()?;
        Ok(self.child.wait()?)
    }

    /// Asks it to go (SIGTERM) and waits.
    ///
    /// # Errors
    /// If it does not go within twenty seconds.
    pub fn stop(mut self) -> Result<ExitStatus> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the program did not go within twenty seconds")
    }

    /// `GET`.
    ///
    /// # Errors
    /// If there is no answer at all.
    pub async fn get(&self, path: &str) -> Result<Reply> {
        Self::read(self.client.get(format!("{}{path}", self.base))).await
    }

    /// `GET` as a browser asks for a page: status and text.
    ///
    /// # Errors
    /// If there is no answer at all.
    pub async fn page(&self, path: &str) -> Result<(u16, String)> {
        let request = self.client.get(format!("{}{path}", self.base)).header("accept", "text/html,*/*;q=0.8");
        Self::read(request).await.map(|reply| (reply.status, reply.body))
    }

    /// `GET` of JSON that must be there.
    ///
    /// # Panics
    /// If the status is not 200.
    ///
    /// # Errors
    /// If there is no answer at all.
    pub async fn json(&self, path: &str) -> Result<Json> {
        let reply = self.get(path).await?;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        Ok(reply.json())
    }

    /// `POST` of events.
    ///
    /// # Errors
    /// If there is no answer at all.
    pub async fn post(&self, token: &str, kind: &str, body: impl Into<reqwest::Body>) -> Result<Reply> {
        let request = self
            .client
            .post(format!("{}/api/v1/events", self.base))
            .bearer_auth(token)
            .header("content-type", kind)
            .body(body);
        Self::read(request).await
    }

    /// A request of the test's own making.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request and reads its answer whole.
    ///
    /// # Errors
    /// If there is no answer at all.
    pub async fn read(request: reqwest::RequestBuilder) -> Result<Reply> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        Ok(Reply { status, kind, body: response.text().await? })
    }

    /// The codes of every case that it knows, page by page.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn cases(&self) -> Result<Vec<String>> {
        let (mut codes, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.json(&format!("/api/v1/cases?limit=1000&sort=case{cursor}")).await?;
            let cases = page["cases"].as_array().context("a page without cases")?;
            codes.extend(cases.iter().filter_map(|case| case["case"].as_str().map(str::to_owned)));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={}", encode(next)),
                None => return Ok(codes),
            }
        }
    }

    /// Waits until everything up to `seq` is in the numbers.
    ///
    /// # Errors
    /// If it is not within thirty seconds.
    pub async fn wait_seq(&self, seq: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            let table = self.json("/api/v1/aggregates?metric=received").await?;
            if table["seq"].as_str().is_some_and(|at| at >= seq) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the numbers did not reach {seq}")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed must not leave its server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Registers a source in a stopped or running server's data and gives its token.
///
/// # Errors
/// With what the command said.
pub fn token(data: &Path, city: &str, name: &str) -> Result<String> {
    let data = data.display().to_string();
    let printed = run(&["source", "add", name, "--city", city, "--data", &data])?;
    let last = printed.lines().map(str::trim).rfind(|line| !line.is_empty());
    last.map(str::to_owned).context("no token was printed")
}

/// A value, percent-encoded for a query.
#[must_use]
pub fn encode(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// Ends a program when the tests that started it are gone. One that many tests share is never
/// dropped, and tests that are stopped drop nothing.
pub(crate) fn watch(program: u32) -> Result<()> {
    const UNTIL_ALONE: &str = r#"while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 1; done; kill -9 "$2" 2>/dev/null"#;
    let (tests, program) = (std::process::id().to_string(), program.to_string());
    Command::new("sh")
        .args(["-c", UNTIL_ALONE, "sh", &tests, &program])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("no shell to watch the program")?;
    Ok(())
}
