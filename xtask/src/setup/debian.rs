//! The programs that only the tests need: a browser, its driver, strace, Redis, nginx, curl, iproute2 and
//! faketime.

use crate::run;
use crate::stages::Outcome;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// A program that the tests run, under the names that it may have, and Debian's package of it.
struct Needed {
    programs: &'static [&'static str],
    package: &'static str,
}

/// The browser, under the names that distributions give it.
pub(crate) const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
/// The other browser, as Debian ships it.
pub(crate) const FIREFOX: &[&str] = &["firefox-esr", "firefox"];
/// The browser's WebDriver.
pub(crate) const CHROMEDRIVER: &[&str] = &["chromedriver"];
/// The tracer with which the durability test looks at the order of system calls.
pub(crate) const STRACE: &[&str] = &["strace"];

/// Redis, which the tests of several servers start by themselves; as a Sentinel too.
pub(crate) const REDIS_SERVER: &[&str] = &["redis-server"];
/// Its library answers a process for the clock.
const FAKETIME: &[&str] = &["faketime"];
/// The client with which those tests look into it.
const REDIS_CLI: &[&str] = &["redis-cli"];

/// The reverse proxy behind which the tests look at the pages.
pub(crate) const NGINX: &[&str] = &["nginx", "/usr/sbin/nginx"];

const NEEDED: [Needed; 10] = [
    Needed { programs: CHROMIUM, package: "chromium" },
    Needed { programs: CHROMEDRIVER, package: "chromium-driver" },
    Needed { programs: FIREFOX, package: "firefox-esr" },
    Needed { programs: STRACE, package: "strace" },
    Needed { programs: REDIS_SERVER, package: "redis-server" },
    Needed { programs: REDIS_CLI, package: "redis-tools" },
    Needed { programs: NGINX, package: "nginx-light" },
    // With which a wall waits for its server.
    Needed { programs: &["curl"], package: "curl" },
    // Cuts Redis in two, in network namespaces.
    Needed { programs: &["ip"], package: "iproute2" },
    // Sets the clock of one process.
    Needed { programs: FAKETIME, package: "faketime" },
];

/// Installs what is missing with apt-get, as root or through sudo.
///
/// # Errors
/// When something is missing and cannot be installed from here; the error says what to install.
pub(crate) fn ensure_test_programs() -> Result<Outcome> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(Outcome::UpToDate);
    }
    let by_hand = format!("the tests need {0}: on Debian, `apt-get install {0}` as root", missing.join(" "));
    let Some(prefix) = root_prefix() else {
        bail!("{by_hand} (this is not root, and sudo asks for a password)")
    };
    if run::find_program(&["apt-get"]).is_none() {
        bail!("{by_hand} (apt-get is not here)");
    }
    run::visible(apt_get(prefix).arg("update")).with_context(|| by_hand.clone())?;
    run::visible(apt_get(prefix).args(["install", "-y", "--no-install-recommends"]).args(&missing))
        .with_context(|| by_hand.clone())?;
    let still_missing = missing_packages();
    if !still_missing.is_empty() {
        bail!("apt-get succeeded, but {} is still not on PATH", still_missing.join(", "));
    }
    Ok(Outcome::Done)
}

fn missing_packages() -> Vec<&'static str> {
    let absent = NEEDED.iter().filter(|needed| run::find_program(needed.programs).is_none());
    absent.map(|needed| needed.package).collect()
}

/// What to put before apt-get to be root; nothing when we are, `None` when we cannot be.
fn root_prefix() -> Option<&'static [&'static str]> {
    if run::text_of(Command::new("id").arg("-u")).is_ok_and(|id| id == "0") {
        return Some(&["env"]);
    }
    run::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n", "env"])
}

fn apt_get(prefix: &[&str]) -> Command {
    let mut command = Command::new(prefix[0]);
    command.args(&prefix[1..]).args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}
