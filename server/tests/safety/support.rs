//! A server as a process on data of its own, and commands beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// What must be found nowhere outside the keys.
pub(super) const PHONE: &str = "+84 90 123 45 67";
pub(super) const NAME: &str = "Nguyễn Thị Bích";

/// What a command came to.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toancanh"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TOANCANH_")) {
        command.env_remove(name);
    }
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command.args(args);
    command
}

/// Runs a command to its end.
pub(super) fn run(args: &[&str]) -> Ran {
    let output = program(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a command that must succeed.
#[track_caller]
pub(super) fn done(args: &[&str]) -> String {
    let ran = run(args);
    assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    ran.out
}

/// A folder with data, keys beside them, and places for copies.
pub(super) struct Place {
    folder: PathBuf,
    _own: Option<tempfile::TempDir>,
    token: String,
}

impl Place {
    pub(super) fn new() -> Place {
        let own = tempfile::tempdir().unwrap();
        let place = Place::in_folder(own.path());
        Place { _own: Some(own), ..place }
    }

    /// In a folder that somebody else looks after.
    pub(super) fn in_folder(folder: &Path) -> Place {
        let data = folder.join("data").display().to_string();
        let token = done(&["source", "add", "test", "--city", "boston", "--data", &data]);
        Place { folder: folder.to_owned(), _own: None, token: token.lines().last().unwrap().to_owned() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Serves the data with these further arguments.
    pub(super) fn serve(&self, more: &[&str]) -> Server<'_> {
        self.start(more, Stdio::null())
    }

    /// The same, with what it says in its own log written to a file.
    pub(super) fn serve_saying(&self, more: &[&str], said: &Path) -> Server<'_> {
        self.start(more, Stdio::from(std::fs::File::create(said).unwrap()))
    }

    fn start(&self, more: &[&str], said: Stdio) -> Server<'_> {
        let data = self.at("data");
        let mut args = vec!["serve", "--city", "boston", "--data", &data, "--listen", "127.0.0.1:0"];
        args.extend(more);
        let mut child = program(&args).stdout(Stdio::piped()).stderr(said).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        let server = Server { place: self, child, address };
        // It answers before its log is open; commands beside it want it open.
        server.until(|server| server.request("GET", "/readyz", "text/plain", "").0 == 200);
        server
    }

    /// Whether any file of this folder holds these bytes.
    pub(super) fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        files(&self.path(name)).iter().any(|file| {
            let held = std::fs::read(file).unwrap();
            held.windows(bytes.len()).any(|window| window == bytes)
        })
    }
}

/// All files in a folder and below.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// A server that runs; dropped, it is killed.
pub(super) struct Server<'a> {
    place: &'a Place,
    child: Child,
    address: String,
}

impl Server<'_> {
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What stands before the body of an answer in this form.
    pub(super) fn head(&self, path: &str, accept: &str) -> String {
        let answer = self.bytes(path, accept);
        let text = String::from_utf8_lossy(&answer);
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    /// An answer in this form, with its head, as it came.
    pub(super) fn bytes(&self, path: &str, accept: &str) -> Vec<u8> {
        let address = &self.address;
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        ))
    }

    /// What answers a request, to the end of the connection.
    fn exchange(&self, request: &str) -> Vec<u8> {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        answer
    }

    /// One request; its status and body.
    pub(super) fn request(&self, method: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
        self.send(&format!("{method} {path}"), &self.place.token, &[], kind, body)
    }

    /// Posts events under another token, with further headers.
    pub(super) fn with_headers(
        &self,
        token: &str,
        headers: &[(String, String)],
        kind: &str,
        body: &str,
    ) -> (u16, String) {
        self.send("POST /api/v1/events", token, headers, kind, body)
    }

    fn send(
        &self,
        what: &str,
        token: &str,
        headers: &[(String, String)],
        kind: &str,
        body: &str,
    ) -> (u16, String) {
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let answer = self.exchange(&format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n\
             {more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        ));
        let answer = String::from_utf8(answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    pub(super) fn get(&self, path: &str) -> String {
        self.request("GET", path, "text/plain", "").1
    }

    /// Posts reports of the cases C-`from` to C-`to`, each with a person in it.
    pub(super) fn report(&self, cases: std::ops::Range<u64>) {
        for chunk in cases.collect::<Vec<_>>().chunks(50) {
            let events: Vec<Json> = chunk.iter().map(|case| report(*case)).collect();
            let body = serde_json::to_string(&events).unwrap();
            let (status, said) =
                self.request("POST", "/api/v1/events", "application/cloudevents-batch+json", &body);
            assert_eq!(status, 202, "{said}");
        }
    }

    /// Waits until it is so.
    #[track_caller]
    pub(super) fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < Duration::from_secs(60), "{}", self.get("/metrics"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// One figure of `/metrics`.
    pub(super) fn figure(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics");
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        line.trim().parse().ok()
    }

    /// As a power cut of the process: no goodbye.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits.
    pub(super) fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The report of a case, with a person in it.
pub(super) fn report(case: u64) -> Json {
    json!({
        "specversion": "1.0",
        "id": format!("C-{case}/received"),
        "source": "urn:test",
        "type": "vn.toancanh.case.received",
        "time": "2026-01-02T03:04:05Z",
        "subject": format!("C-{case}"),
        "data": {
            "kind": "report", "city": "boston", "agency": "x", "field": "y",
            "reporter": { "name": NAME, "phone": PHONE },
        },
    })
}

/// Notes a test that was left out where `cargo xtask test` counts them.
pub(super) fn left_out(test: &str, why: &str) {
    use std::io::Write;
    eprintln!("left out: {test}: {why}");
    let Some(file) = std::env::var_os("TOANCANH_LEFT_OUT") else { return };
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    file.write_all(format!("{test}: {why}\n").as_bytes()).unwrap();
}
