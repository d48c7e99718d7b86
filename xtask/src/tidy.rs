//! The rules of the repository that a machine can check. Each rule is a pure function of a file's
//! path and text, or of the manifests; the compiler and clippy have the rest.

mod arrows;
mod library;
mod manifest;
mod text;

use crate::run;
use crate::workspace::Workspace;
use anyhow::Result;
use std::fmt;
use std::process::Command;

/// One rule broken at one place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    /// In the clone.
    pub path: String,
    /// Counted from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and what would be right.
    pub rule: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.rule),
            line => write!(f, "{}:{line}: {}", self.path, self.rule),
        }
    }
}

/// Every breach in what Git holds or would take.
///
/// # Errors
/// When the clone cannot be read.
pub(crate) fn breaches(workspace: &Workspace) -> Result<Vec<Breach>> {
    let mut found = arrows::breaches(workspace);
    for path in files(workspace)? {
        // Listed by Git, and deleted since; or data that is not text.
        let Ok(text) = std::fs::read_to_string(workspace.root.join(&path)) else {
            continue;
        };
        found.extend(text::breaches(&path, &text));
        found.extend(manifest::breaches(&path, &text));
        found.extend(library::breaches(&path, &text));
    }
    Ok(found)
}

fn files(workspace: &Workspace) -> Result<Vec<String>> {
    let list = run::text_of(
        Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(&workspace.root),
    )?;
    Ok(list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}
