//! Cargo, called so that nothing is built twice.

use std::process::Command;

/// The members that are compiled for this machine.
///
/// Cargo unites the features of shared dependencies over the members named on its command line, so
/// `-p engine` alone asks for another polars than `-p server` does, and polars costs five minutes
/// of a core. Every host command therefore names either `server` or this whole list: both
/// resolve to the same features. `xtask` is left out because its own dependencies would change the
/// rest; `browser` because it is for wasm alone.
pub(crate) const HOST: [&str; 7] = ["domain", "engine", "toancanh-log", "server", "app", "tests", "benches"];

/// The target that browsers run.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Cargo, of the toolchain that runs this program.
pub(crate) fn command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // `cargo run` describes the package that it runs in the environment; build scripts of other
    // packages that look at these would otherwise run again with each change of the caller.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// `cargo VERB -p … -p …` for the given members.
pub(crate) fn on(verb: &str, members: &[&str]) -> Command {
    let mut command = command();
    command.arg(verb);
    for member in members {
        command.args(["-p", member]);
    }
    command
}
