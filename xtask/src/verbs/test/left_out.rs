//! What tests leave out for want of root, gathered in a file: the test harness swallows what passing tests print.

use anyhow::{Context, Result};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the test programs are told of the file.
pub(super) const VARIABLE: &str = "TOANCANH_LEFT_OUT";

/// The file of one run of `cargo xtask test`.
pub(super) struct LeftOut(PathBuf);

impl LeftOut {
    /// An empty one.
    pub(super) fn begin() -> Result<Self> {
        let file = std::env::temp_dir().join(format!("toancanh-left-out-{}", std::process::id()));
        std::fs::write(&file, "").with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Self(file))
    }

    /// Where it is.
    pub(super) fn file(&self) -> &Path {
        &self.0
    }

    /// Adds one thing that was left out, and why.
    pub(super) fn add(&self, what: &str) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().append(true).open(&self.0)?;
        writeln!(file, "{what}").with_context(|| format!("cannot write {}", self.0.display()))
    }

    /// Names what was left out, and counts it.
    pub(super) fn print(&self) -> Result<usize> {
        let text =
            std::fs::read_to_string(&self.0).with_context(|| format!("cannot read {}", self.0.display()))?;
        let lines: Vec<&str> = text.lines().collect();
        if !lines.is_empty() {
            eprintln!("\nleft out: {}", lines.len());
            lines.iter().for_each(|line| eprintln!("    {line}"));
        }
        Ok(lines.len())
    }
}

impl Drop for LeftOut {
    fn drop(&mut self) {
        // What stays behind is a small file in the folder for such.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_was_left_out_is_counted() {
        let left_out = LeftOut::begin().expect("a file");
        assert_eq!(left_out.print().expect("readable"), 0);
        let mut file = std::fs::OpenOptions::new().append(true).open(left_out.file()).expect("there");
        file.write_all(b"one: why\nother: why\n").expect("written");
        assert_eq!(left_out.print().expect("readable"), 2);
    }
}
