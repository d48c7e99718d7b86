//! Which part of the product a change touches, by looking at the files' times.
//!
//! Looking is the same on every file system and needs no library; there are a few hundred files.

use crate::stamp::{changed_at, files_under};
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What has to be made again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// The browser's program.
    pub browser: bool,
    /// The server's program.
    pub server: bool,
    /// Files of the site that need no compiler.
    pub files: bool,
    /// Data that a server reads when it starts.
    pub data: bool,
}

impl Changed {
    pub(super) fn everything() -> Self {
        Self { browser: true, server: true, files: true, data: true }
    }

    pub(super) fn needs_new_server(self) -> bool {
        self.server || self.data
    }

    fn nothing(self) -> bool {
        self == Self::default()
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            browser: self.browser || other.browser,
            server: self.server || other.server,
            files: self.files || other.files,
            data: self.data || other.data,
        }
    }

    /// What a changed file touches, by its path in the clone.
    fn by(path: &Path) -> Self {
        let first = path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let both = Self { browser: true, server: true, ..Self::default() };
        match first.as_deref() {
            Some("domain" | "app" | "Cargo.toml" | "Cargo.lock") => both,
            Some("engine" | "server") => Self { server: true, ..Self::default() },
            Some("style" | "public") => Self { files: true, ..Self::default() },
            Some("cities") => Self { data: true, ..Self::default() },
            _ => Self::default(),
        }
    }
}

/// Remembers the times of the files that matter.
pub(super) struct Watcher {
    root: PathBuf,
    seen: HashMap<PathBuf, SystemTime>,
}

const WATCHED: [&str; 9] =
    ["domain", "app", "engine", "server", "style", "public", "cities", "Cargo.toml", "Cargo.lock"];

impl Watcher {
    pub(super) fn new(workspace: &Workspace) -> Result<Self> {
        let seen = look(&workspace.root)?;
        Ok(Self { root: workspace.root.clone(), seen })
    }

    /// What changed since the last look, if anything.
    pub(super) fn changes(&mut self) -> Result<Option<Changed>> {
        let now = look(&self.root)?;
        let altered =
            now.iter().filter(|(path, time)| self.seen.get(*path) != Some(time)).map(|(path, _)| path);
        let removed = self.seen.keys().filter(|path| !now.contains_key(*path));
        let changed = altered
            .chain(removed)
            .map(|path| Changed::by(path.strip_prefix(&self.root).unwrap_or(path)))
            .fold(Changed::default(), Changed::and);
        self.seen = now;
        Ok((!changed.nothing()).then_some(changed))
    }
}

fn look(root: &Path) -> Result<HashMap<PathBuf, SystemTime>> {
    let mut seen = HashMap::new();
    for name in WATCHED {
        for file in files_under(&root.join(name))? {
            // An editor's file may be gone again between the two looks.
            if let Ok(time) = changed_at(&file) {
                seen.insert(file, time);
            }
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, want: Changed) {
        assert_eq!(Changed::by(Path::new(path)), want, "{path}");
    }

    #[test]
    fn a_change_touches_only_what_depends_on_it() {
        let both = Changed { browser: true, server: true, ..Changed::default() };
        check("domain/src/lib.rs", both);
        check("app/src/pages/wall.rs", both);
        check("engine/src/cube.rs", Changed { server: true, ..Changed::default() });
        check("server/log/src/lib.rs", Changed { server: true, ..Changed::default() });
        check("style/wall.css", Changed { files: true, ..Changed::default() });
        check("cities/boston/city.toml", Changed { data: true, ..Changed::default() });
        check("README.md", Changed::default());
    }
}
