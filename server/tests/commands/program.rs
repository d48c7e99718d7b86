//! The program as a process, and cases for it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

/// What a command came to.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

/// Runs a command to its end, with nothing of this machine's settings.
pub(super) fn run(args: &[&str]) -> Ran {
    run_with(args, b"")
}

/// The same, with something to read.
pub(super) fn run_with(args: &[&str], input: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toancanh"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TOANCANH_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.args(args).spawn().unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A file of the repository.
pub(super) fn shipped(path: &str) -> String {
    format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))
}

/// A file beside these tests.
pub(super) fn data(name: &str) -> String {
    format!("{}/tests/commands/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// `2024-03-14 10:00` in Vietnam, as events and answers write it.
pub(super) fn at(local: &str) -> String {
    format!("{}:00+07:00", local.replace(' ', "T"))
}

/// One event of the case C-1; its id is its place.
pub(super) fn event(id: usize, time: &str, kind: &str, data: Json) -> Json {
    json!({
        "specversion": "1.0",
        "id": id.to_string(),
        "source": "urn:test",
        "type": format!("vn.toancanh.case.{kind}"),
        "time": at(time),
        "subject": "C-1",
        "data": data,
    })
}

/// Events, one a line.
pub(super) fn lines(events: &[Json]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// Writes a file and gives its path.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Asks for the clocks of a case that comes by standard input.
#[track_caller]
pub(super) fn ask(args: &[&str], events: &[Json], now: &str) -> Json {
    let now = at(now);
    let args = [["deadline", "--case", "-", "--at", now.as_str()].as_slice(), args].concat();
    let ran = run_with(&args, lines(events).as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The one clock of a rule.
#[track_caller]
pub(super) fn clock_of(answer: &Json, rule: &str) -> Json {
    let clocks = answer["clocks"].as_array().unwrap();
    let mut found = clocks.iter().filter(|clock| clock["rule"] == rule);
    let one = found.next().unwrap_or_else(|| panic!("no clock of {rule} in {answer}"));
    assert!(found.next().is_none(), "{answer}");
    one.clone()
}
