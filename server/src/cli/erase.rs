//! `toancanh erase`: a person is taken out of a case for good.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;
use toancanh_log::keys::{Erased, KeyStore};

use super::layers::Layers;
use super::server_options::{DATA, check_keys, keys_beside};
use super::{Failure, say};
use crate::gateway::local::{self, Ask, Reply};
use crate::store::{LOG, Store};

/// Destroys the key of a case's personal data. The case stays, with its times and its story; whoever is named in
/// it cannot be recovered by anybody, from the data or from any backup, for neither holds keys. Copies of the key
/// folder must be destroyed as well. There is no way back. The log notes which case and when. Works
/// while the server runs.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  toancanh erase --case HCM-2026-000123 --data ./hcmc-data")]
pub(super) struct Args {
    /// The case's code.
    #[arg(long, value_name = "CODE")]
    case: String,
    /// Where the data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where the keys lie [env: TOANCANH_KEYS; default: DATA.keys]. A server that runs on the data uses its own.
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
}

/// Longest that a server takes to answer: the store of keys is written anew.
const ANSWER_MAX: Duration = Duration::from_secs(120);

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    let data = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text);
    let keys = layers.pick_or("keys", args.keys.as_deref(), &keys_beside(&data).display().to_string()).text;
    let keys = PathBuf::from(keys);
    check_keys(&data, &keys)?;
    let case = &args.case;
    let erased = match local::connect(&data) {
        Ok(socket) => ask(socket, case)?,
        // Nobody listens: the keys are ours to open, or their lock says who has them.
        Err(_) => here(&data, &keys, case)?,
    };
    match erased {
        Erased::Now => say(&format!(
            "{case}: its key is destroyed. Destroy copies of the key folder too; copies of the data need nothing"
        )),
        Erased::Before => say(&format!("{case}: its key was destroyed before")),
        Erased::NoKey => Err(Failure::not_so(format!(
            "{case} has no key in {}: nothing personal was ever sealed for it with these keys",
            keys.display()
        ))),
    }
}

fn here(data: &Path, keys: &Path, case: &str) -> Result<Erased, Failure> {
    if !KeyStore::is_in(keys) {
        return Err(Failure::usage(format!(
            "{} holds no keys; name their folder with --keys",
            keys.display()
        )));
    }
    if !data.join(LOG).join("log.id").exists() {
        // Keys without their data: there is nowhere to note it.
        let failed = |error: toancanh_log::keys::KeyError| Failure::environment(error.to_string());
        return KeyStore::open(keys).and_then(|keys| keys.erase(case)).map_err(failed);
    }
    let options = toancanh_log::Options::default().opened_by("toancanh erase");
    let (store, _) = Store::open(data, keys, options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::environment(format!("the system gives no threads: {error}")))?;
    runtime.block_on(store.erase_and_note(case)).map_err(|problem| Failure::environment(problem.detail))
}

fn ask(socket: UnixStream, case: &str) -> Result<Erased, Failure> {
    let reply = || -> std::io::Result<Reply> {
        socket.set_read_timeout(Some(ANSWER_MAX))?;
        let mut line = serde_json::to_vec(&Ask::Erase { case: case.to_owned() })?;
        line.push(b'\n');
        (&socket).write_all(&line)?;
        line.clear();
        BufReader::new(&socket).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    };
    match reply() {
        Ok(Reply::Erased(erased)) => Ok(erased.into()),
        Ok(Reply::Problem(problem)) => Err(Failure::environment(problem.detail)),
        Ok(_) => Err(Failure::environment("the server answers what was not asked")),
        Err(error) => {
            Err(Failure::environment(format!("the server did not say that the key is destroyed: {error}")))
        }
    }
}
