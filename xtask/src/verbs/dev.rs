//! `cargo xtask dev`: the demo, built again and started anew whenever a file changes.

mod watch;

use crate::setup;
use crate::site::{self, Speed};
use crate::stages::Stages;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use watch::{Changed, Watcher};

/// How often the sources are looked at. Looking takes a few milliseconds.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// How long the server may take to leave before it is ended; it survives that, by design.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let stop = stop_flag()?;
    let mut stages = Stages::begin();
    stages.run("wasm target", setup::rust::ensure_wasm_target)?;
    stages.run("npm packages", || setup::npm::ensure_packages(&workspace))?;
    let mut watcher = Watcher::new(&workspace)?;
    let mut server = None;
    let mut pending = Some(Changed::everything());
    // What a failed build still owes: the change that mends it may be in another part.
    let mut owed = Changed::default();
    while !stop.load(Ordering::Relaxed) {
        if let Some(changed) = pending.take() {
            let changed = changed.and(std::mem::take(&mut owed));
            match rebuild(&workspace, changed) {
                Ok(()) if changed.needs_new_server() || server.is_none() => {
                    leave(server.take());
                    server = Some(
                        super::demo::server(&workspace, Speed::Development)
                            .arg("demo")
                            .args(args)
                            .spawn()
                            .context("cannot start the server")?,
                    );
                }
                Ok(()) => eprintln!("\nthe site is new: reload the page"),
                // The last good server goes on while the developer mends it.
                Err(error) => {
                    eprintln!("\n{error:#}\nwaiting for a change");
                    owed = changed;
                }
            }
        }
        report_end(&mut server)?;
        std::thread::sleep(LOOK_EVERY);
        pending = watcher.changes()?;
    }
    leave(server);
    Ok(())
}

fn rebuild(workspace: &Workspace, changed: Changed) -> Result<()> {
    let mut stages = Stages::begin();
    if changed.browser {
        site::build(workspace, Speed::Development, &mut stages)?;
    } else if changed.files {
        stages.run("site", || site::publish_all(workspace, Speed::Development))?;
    }
    if changed.server {
        stages.run("server", || super::demo::build_server(workspace))?;
    }
    stages.print_table();
    Ok(())
}

/// Says so, once, if the server ended by itself.
fn report_end(server: &mut Option<Child>) -> Result<()> {
    if let Some(child) = server
        && let Some(status) = child.try_wait()?
    {
        eprintln!("\nthe server ended ({status}); waiting for a change");
        *server = None;
    }
    Ok(())
}

/// Asks the server to leave, and waits until it has.
fn leave(server: Option<Child>) {
    let Some(mut child) = server else { return };
    crate::run::succeeds(Command::new("kill").args(["-TERM", &child.id().to_string()]));
    let asked = Instant::now();
    while asked.elapsed() < LEAVE_WITHIN {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    eprintln!("the server did not leave within {LEAVE_WITHIN:?}: ending it");
    child.kill().ok();
    child.wait().ok();
}

/// Becomes true on ctrl-c or SIGTERM, so that the server never outlives this program.
fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).context("cannot listen for signals")?;
    }
    Ok(stop)
}
