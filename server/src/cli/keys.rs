//! `toancanh keys` and `toancanh checkpoint`: what an administrator does with keys, and what is handed to
//! somebody who shall be able to check later.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand};
use toancanh_log::keys::{KeyStore, public_key_in};
use toancanh_log::{Checkpoint, RealDisk, checkpoint};

use super::layers::Layers;
use super::server_options::{DATA, check_keys, keys_beside};
use super::{Failure, say};
use crate::store::LOG;

/// The keys of personal data, and the one that signs checkpoints. They lie outside the data and are in no backup.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Wraps every case's key under a new master key, while no server runs. Nothing that was sealed changes. The old
    /// master key opens the new store no more; a copy of the whole key folder of before still opens everything
    /// that was sealed till then, and must be destroyed. Where the master key comes from the environment
    /// (TOANCANH_MASTER_KEY, or TOANCANH_MASTER_KEY_FILE: 64 hexadecimal digits each, separated by commas), it is
    /// changed there: put a new one in front and start the server; once it has started, leave the old one out.
    #[command(after_help = "Example:\n  toancanh keys rotate --data ./boston-data")]
    Rotate {
        #[command(flatten)]
        place: Place,
    },
    /// Prints the public half of the key that signs checkpoints: for whoever is to verify them.
    #[command(after_help = "Example:\n  toancanh keys public --data ./boston-data > boston.pub")]
    Public {
        #[command(flatten)]
        place: Place,
    },
}

/// Where they are.
#[derive(Debug, ClapArgs)]
pub(super) struct Place {
    /// Where the data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where the keys lie [env: TOANCANH_KEYS; default: DATA.keys].
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
}

impl Place {
    fn keys(&self, layers: &Layers) -> Result<PathBuf, Failure> {
        let data = PathBuf::from(layers.pick_or("data", self.data.as_deref(), DATA).text);
        let beside = keys_beside(&data).display().to_string();
        let keys = PathBuf::from(layers.pick_or("keys", self.keys.as_deref(), &beside).text);
        check_keys(&data, &keys)?;
        Ok(keys)
    }
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    match command {
        Command::Rotate { place } => rotate(&place.keys(layers)?),
        Command::Public { place } => {
            let keys = place.keys(layers)?;
            let public = public_key_in(&keys)
                .map_err(|error| Failure::usage(format!("{}/signing.pub: {error}", keys.display())))?;
            let none =
                || Failure::not_so(format!("{} holds no signing.pub: a server makes it", keys.display()));
            say(&public.ok_or_else(none)?.to_string())
        }
    }
}

fn rotate(keys: &std::path::Path) -> Result<(), Failure> {
    if ["TOANCANH_MASTER_KEY", "TOANCANH_MASTER_KEY_FILE"].iter().any(|name| std::env::var_os(name).is_some())
    {
        return Err(Failure::usage(
            "the master key comes from the environment: put a new one in front of it there, and start the server",
        ));
    }
    if !KeyStore::is_in(keys) {
        return Err(Failure::usage(format!(
            "{} holds no keys; name their folder with --keys",
            keys.display()
        )));
    }
    let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
    let store = KeyStore::rotate_on(&disk, keys).map_err(|error| Failure::environment(error.to_string()))?;
    say(&format!(
        "the keys of {} cases are wrapped under a new master key in {}",
        store.len(),
        keys.display()
    ))
}

/// Prints the newest signed checkpoint, one line; with --check, says of lines that somebody kept whose they are: keep it elsewhere, and `toancanh verify --checkpoint` proves by it
/// that nothing before it was changed or cut off. A server signs one every ten minutes, and at a stop.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh checkpoint --data ./boston-data >> /mnt/auditor/boston-checkpoints\n  \
    toancanh checkpoint --check ./boston-checkpoints --key ./signing.pub"
)]
pub(super) struct CheckpointArgs {
    /// Where the data lie, or a backup of them [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Check the lines of this file, as exports and receipts carry them, instead; no data are needed.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    check: Option<PathBuf>,
    /// The public key that must have signed them, or a file with one.
    #[arg(long, value_name = "HEX|FILE", requires = "check")]
    key: Option<String>,
}

/// Whether each line is a checkpoint whose signature holds, and whose it is.
fn check(file: &std::path::Path, key: Option<&str>) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let key = key.map(super::verify::key).transpose()?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut checked = 0;
    for (at, line) in lines {
        let wrong = |why: String| Failure::not_so(format!("{}:{}: {why}", file.display(), at + 1));
        let found = Checkpoint::read(line.trim()).map_err(|fault| wrong(fault.to_string()))?;
        if key.is_some_and(|key| key != found.key) {
            return Err(wrong(format!("it was signed by {}, which is not the key given", found.key)));
        }
        say(&format!(
            "event {} of log {}, signed at {} by {}",
            found.position.durable().get(),
            found.cluster.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            super::instant(found.at_us),
            found.key
        ))?;
        checked += 1;
    }
    if checked == 0 {
        return Err(Failure::not_so(format!("{} holds no checkpoint", file.display())));
    }
    if key.is_none() {
        say("not proved\twhose key that is: give the one that you trust with --key")?;
    }
    Ok(())
}

pub(super) fn run_checkpoint(args: CheckpointArgs, layers: &Layers) -> Result<(), Failure> {
    if let Some(file) = &args.check {
        return check(file, args.key.as_deref());
    }
    let log = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text).join(LOG);
    let newest = checkpoint::newest(&RealDisk, &log)
        .map_err(|error| Failure::environment(format!("{}: {error}", log.display())))?;
    let none = || Failure::not_so(format!("{} holds no checkpoint yet", log.display()));
    say(&newest.ok_or_else(none)?.to_string())
}
