//! Tests that need what not every machine has: without it they fail with the reason, unless they are to be left out;
//! then each says so, and the summary of `cargo xtask test` counts it.

use std::io::Write;
use std::os::unix::fs::MetadataExt;

/// Where `cargo xtask test` gathers what was left out, one test a line.
const FILE: &str = "TOANCANH_LEFT_OUT";

/// Whether this process is root.
#[must_use]
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// For a test that cannot run here: notes it where it may be left out (`TOANCANH_WITHOUT_ROOT`).
///
/// # Panics
/// With the reason, where it may not.
pub fn leave_out(test: &str, why: &str) {
    assert!(
        std::env::var_os("TOANCANH_WITHOUT_ROOT").is_some(),
        "{test} needs root (--without-root or TOANCANH_WITHOUT_ROOT leaves it out): {why}"
    );
    // Seen with --nocapture alone.
    let _ = writeln!(std::io::stderr(), "left out: {test}: {why}");
    let Some(file) = std::env::var_os(FILE) else { return };
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(file);
    // One write, so that tests at the same time do not mix their lines.
    let written = opened.and_then(|mut file| file.write_all(format!("{test}: {why}\n").as_bytes()));
    assert!(written.is_ok(), "{test} was left out, and that could not be noted: {written:?}");
}
