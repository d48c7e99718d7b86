//! `toancanh verify`: whether the data are what was written, and what that does not say.

mod against;
mod numbers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as ClapArgs;
use toancanh_log::keys::{LogKeys, PublicKey, Ring, public_key_in};
use toancanh_log::{Against, Checkpoint, RealDisk, Verified, verify};

use super::layers::Layers;
use super::server_options::{DATA, keys_beside};
use super::{Failure, instant, say};
use crate::store::LOG;
use against::Server;

/// Checks every frame of the log, the chain of their hashes, and the signed checkpoints; then folds the whole log from
/// nothing, and holds every number against the images beside it, against the live way of counting, and against a
/// running server. It names the first bad byte or number, and says what it cannot prove. It changes nothing, and works
/// while a server runs, and on a backup.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit codes: 0 everything holds; 1 something does not, and the line says where.\n\nExample:\n  \
    toancanh verify --data ./boston-data\n  toancanh verify --data ./boston-data --checkpoint ./kept-by-the-auditor\n  \
    toancanh verify --data ./boston-data --against http://127.0.0.1:8080"
)]
pub(super) struct Args {
    /// Where the data lie, or a backup of them [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where the keys lie: of them, only the public signing key is read [env: TOANCANH_KEYS; default: DATA.keys].
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
    /// A file of checkpoints that was kept elsewhere; may be given several times.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// A public key that is trusted to sign, or a file with one, instead of that in the keys; may be given several
    /// times.
    #[arg(long, value_name = "HEX|FILE")]
    key: Vec<String>,
    /// The city: a name in cities/, or a folder [env: TOANCANH_CITY; default: the one that the first events name].
    #[arg(long, value_name = "NAME|DIR")]
    city: Option<String>,
    /// The address of the server that runs on these data: what it says is held against what the events make.
    #[arg(long, value_name = "URL", conflicts_with = "log_only")]
    against: Option<String>,
    /// Look at the log alone, and at no number.
    #[arg(long)]
    log_only: bool,
}

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    let data = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text);
    let keys = layers.pick_or("keys", args.keys.as_deref(), &keys_beside(&data).display().to_string()).text;
    let trusted = trusted(&args.key, &keys)?;
    for file in &args.checkpoint {
        // A missing file would otherwise be one without checkpoints.
        std::fs::metadata(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    }
    let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
    let opener = Ring::from_environment().and_then(|ring| LogKeys::read_in(&disk, Path::new(&keys), ring));
    let log_keys = opener.as_ref().ok().cloned().flatten();
    // Asked first: what the log gets meanwhile is behind what the server said.
    let told = args.against.as_deref().map(Server::ask).transpose()?;
    let against = Against {
        kept: args.checkpoint.clone(),
        trusted: trusted.clone(),
        log_keys: log_keys.clone(),
        progress: None,
    };
    let found = verify(&disk, &data.join(LOG), against)?;
    for line in lines(&found, &trusted) {
        say(&line)?;
    }
    judge(&found)?;
    if found.frames_closed > 0 {
        let why = opener.err().map_or_else(|| String::from("no log key is there"), |error| error.to_string());
        say(&format!(
            "not proved\twhat is in {} encrypted frames, and no number: {why}; name their key folder with --keys",
            found.frames_closed
        ))?;
    } else if args.log_only {
        say("not proved\tany number: --log-only looks at the log alone")?;
    } else {
        numbers::check(
            &data,
            &found,
            log_keys,
            layers.pick("city", args.city.as_deref()).map(|city| city.text),
            told,
        )?;
    }
    unproved(&found, &args)
}

/// What all this does not say.
fn unproved(found: &Verified, args: &Args) -> Result<(), Failure> {
    say(&match &found.newest_kept {
        Some(kept) => format!(
            "not proved\tthat nothing behind event {} was cut off: the newest checkpoint that was kept elsewhere ends \
             there",
            kept.position.durable().get()
        ),
        None if !args.checkpoint.is_empty() => String::from(
            "not proved\tthat no tail was cut off: the files given hold no checkpoint of this log",
        ),
        None => String::from(
            "not proved\tthat no tail was cut off together with HEAD and the checkpoints beside it: for that, give a \
             checkpoint that was kept elsewhere with --checkpoint",
        ),
    })?;
    if args.against.is_none() && !args.log_only {
        say("not proved\twhat a screen showed: what a running server says is compared with --against")?;
    }
    say("not proved\twhat the sources sent: only what was written when it was accepted")
}

/// Whose signatures are believed.
fn trusted(said: &[String], keys: &str) -> Result<Vec<PublicKey>, Failure> {
    if said.is_empty() {
        let held =
            public_key_in(keys).map_err(|error| Failure::usage(format!("{keys}/signing.pub: {error}")))?;
        return Ok(held.into_iter().collect());
    }
    said.iter().map(|said| key(said)).collect()
}

pub(super) fn key(said: &str) -> Result<PublicKey, Failure> {
    if let Ok(key) = said.parse() {
        return Ok(key);
    }
    let text = std::fs::read_to_string(said).map_err(|error| {
        Failure::usage(format!("--key {said}: neither 64 hexadecimal digits nor a file ({error})"))
    })?;
    text.parse().map_err(|error| Failure::usage(format!("--key {said}: {error}")))
}

fn judge(found: &Verified) -> Result<(), Failure> {
    if let Some(damage) = &found.damage {
        return Err(Failure::not_so(damage.to_string()));
    }
    if let Some(bad) = found.bad_checkpoints.first() {
        let more = match found.bad_checkpoints_total {
            1 => String::new(),
            total => format!(" (and {} more)", total - 1),
        };
        return Err(Failure::not_so(format!("{bad}{more}")));
    }
    Ok(())
}

/// What holds, and what that does not prove.
fn lines(found: &Verified, trusted: &[PublicKey]) -> Vec<String> {
    let mut lines = Vec::new();
    let (last, frames, segments) = (found.position.durable().get(), found.frames, found.segments);
    lines.push(format!(
        "log\tevents 1 to {last} in {frames} frames of {segments} segments hold, and each frame continues the one \
         before; the last frame's SHA-256 is {}",
        hex::encode(found.position.chain)
    ));
    match &found.newest {
        None => lines.push(String::from("checkpoints\tnone")),
        Some(newest) => {
            lines.push(format!("checkpoints\t{} hold; the newest: {}", found.checkpoints, shown(newest)));
        }
    }
    if let Some(torn) = &found.torn {
        lines.push(format!(
            "tail\t{} bytes from byte {} of {} on were never finished and never acknowledged",
            torn.bytes,
            torn.offset,
            torn.file.display()
        ));
    }
    if found.head_slots_bad == 1 {
        lines.push(String::from("HEAD\tone of its two slots cannot be read; the next start writes it again"));
    }
    if trusted.is_empty() {
        lines.push(String::from(
            "not proved\twho signed the checkpoints: there is no signing.pub in the keys, and no --key was given",
        ));
    }
    lines
}

fn shown(checkpoint: &Checkpoint) -> String {
    let at = instant(checkpoint.at_us);
    format!("event {} of {at}, signed by {}", checkpoint.position.durable().get(), checkpoint.key)
}
