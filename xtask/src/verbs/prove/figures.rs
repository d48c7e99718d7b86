//! The figures of a proof: read from its output, printed, and kept as JSON.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MARK: &str = "figure:";
/// Of the last run alone: a run that was stopped and resumed took longer in all.
const TOOK: &str = "last_run_secs";
const FINISHED: &str = "finished_unix_secs";

/// Names with their values, in order of name.
#[derive(Default)]
pub(super) struct Figures(Map<String, Value>);

impl Figures {
    /// Takes a line `figure: name = value`; any other line is not a figure. Said twice, the later
    /// value holds.
    pub(super) fn take_line(&mut self, line: &str) {
        // libtest writes `test name ... ` before the first line that a test prints.
        let Some((_, figure)) = line.split_once(MARK) else {
            return;
        };
        let Some((name, value)) = figure.split_once('=') else {
            return;
        };
        let value = value.trim();
        // A number stays a number; whatever else is text.
        let value =
            serde_json::from_str::<serde_json::Number>(value).map_or_else(|_| json!(value), Value::Number);
        self.0.insert(name.trim().to_owned(), value);
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.0.insert(TOOK.to_owned(), json!(time.as_secs()));
    }

    pub(super) fn print(&self) {
        eprintln!();
        for (name, value) in &self.0 {
            eprintln!("    {name} = {}", shown(value));
        }
    }

    /// On one line.
    pub(super) fn summary(&self) -> String {
        let figures = self.0.iter().filter(|(name, _)| *name != FINISHED);
        figures.map(|(name, value)| format!("{name} {}", shown(value))).collect::<Vec<_>>().join(", ")
    }

    /// Writes them beside the proof's state, with the instant.
    pub(super) fn keep(mut self, folder: &Path) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.0.insert(FINISHED.to_owned(), json!(now.as_secs()));
        let text = serde_json::to_string_pretty(&self.0)?;
        let file = Self::file(folder);
        std::fs::write(&file, text + "\n").with_context(|| format!("cannot write {}", file.display()))
    }

    /// Those of the last run that came to its end, if there was one.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let file = Self::file(folder);
        if !file.exists() {
            return Ok(None);
        }
        Ok(Some(Self(serde_json::from_str(&std::fs::read_to_string(file)?)?)))
    }

    pub(super) fn file(folder: &Path) -> PathBuf {
        folder.join("figures.json")
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], want: Value) {
        let mut figures = Figures::default();
        lines.iter().for_each(|line| figures.take_line(line));
        assert_eq!(Value::Object(figures.0), want);
    }

    #[test]
    fn figures_are_picked_out_of_what_a_test_prints() {
        check(&["figure: kills = 1000", "figure: lost = 0"], json!({"kills": 1000, "lost": 0}));
        check(&["test a::prove_b ... figure: p99_ms = 1.25"], json!({"p99_ms": 1.25}));
        check(&["figure: seed = 0x2a"], json!({"seed": "0x2a"}));
        check(&["running 1 test", "figure without a mark"], json!({}));
    }

    #[test]
    fn the_later_value_of_a_figure_holds() {
        check(&["figure: done = 1", "figure: done = 2"], json!({"done": 2}));
    }
}
