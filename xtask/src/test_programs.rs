//! The test programs of the host members: built by one Cargo call, run from here.
//!
//! `cargo test -p tests` would resolve features for that member alone and compile a second tokio
//! and hyper for it; running the programs ourselves keeps one build for all, and lets the end-to-end
//! tests run after the site without asking Cargo again.

use crate::cargo::{self, HOST};
use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// One compiled test program.
pub(crate) struct TestProgram {
    /// The member that it belongs to.
    pub member: String,
    /// The target's name: of the library, of the binary, or of the file in `tests/`.
    pub target: String,
    /// `lib`, `bin` or `test`.
    pub kind: String,
    file: PathBuf,
    /// The member's folder: tests run there, as Cargo would run them.
    folder: PathBuf,
}

impl TestProgram {
    /// The program, to be given its arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        command
    }

    /// The names of the tests in it.
    pub(crate) fn test_names(&self) -> Result<Vec<String>> {
        let text = run::text_of(self.command().args(["--list", "--format", "terse"]))?;
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// As people name it.
    pub(crate) fn shown(&self) -> String {
        format!("{} ({} {})", self.member, self.kind, self.target)
    }
}

/// Compiles every test program of the host members.
///
/// # Errors
/// When something does not compile.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<TestProgram>> {
    let mut command = cargo::on("test", &HOST);
    // Not `--all-targets`: benchmarks are built optimised, by `cargo xtask bench`.
    command.args(["--lib", "--bins", "--tests", "--no-run", "--message-format=json-render-diagnostics"]);
    command.current_dir(&workspace.root).stdout(Stdio::piped());
    let shown = run::describe(&command);
    eprintln!("    $ {shown}");
    let child = command.spawn().with_context(|| format!("cannot run `{shown}`"))?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("`{shown}` failed ({})", output.status);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| program_of(workspace, line)).collect())
}

/// Reads one of Cargo's messages, if it is about a test program.
fn program_of(workspace: &Workspace, line: &str) -> Option<TestProgram> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let file = PathBuf::from(message["executable"].as_str()?);
    let folder = PathBuf::from(message["manifest_path"].as_str()?).parent()?.to_owned();
    let member = workspace.members().into_iter().find(|name| workspace.folder_of(name) == Some(&folder))?;
    Some(TestProgram {
        member: member.to_owned(),
        target: message["target"]["name"].as_str()?.to_owned(),
        kind: message["target"]["kind"][0].as_str()?.to_owned(),
        file,
        folder,
    })
}
