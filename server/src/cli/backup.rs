//! `toancanh backup` and `toancanh restore`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as ClapArgs;
use domain::Timestamp;
use toancanh_log::backup::{self, Backup, Until};
use toancanh_log::keys::{LogKeys, Ring};
use toancanh_log::{Clock, Disk, RealDisk, Seq, SystemClock};

use super::layers::Layers;
use super::server_options::DATA;
use super::{Failure, instant, say};
use crate::store::{LOG, copy_beside};

/// Copies what is durable now into a backup, which it begins or goes on with. Works while a server runs (one
/// that is started with --backup does this by itself, all the time). Keys are never in a backup.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  toancanh backup --data ./boston-data --to /mnt/other-disk/boston")]
pub(super) struct BackupArgs {
    /// Where the data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The backup's folder, best on another machine's disk.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

pub(super) fn run_backup(args: BackupArgs, layers: &Layers) -> Result<(), Failure> {
    let data = PathBuf::from(layers.pick_or("data", args.data.as_deref(), DATA).text);
    let (from, to) = (data.join(LOG), args.to.join(LOG));
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let end = backup::end_of(disk.as_ref(), &from)?;
    let mut copy = Backup::open(disk, &from, &to, SystemClock::new().now_us())?;
    let before = copy.position().durable().get();
    copy.copy(&end, u64::MAX)?;
    copy.copy_checkpoints()?;
    beside(&data, &args.to)?;
    let now = copy.position().durable().get();
    say(&format!("{} holds events 1 to {now}, {} of them new; no keys", args.to.display(), now - before))
}

/// Makes data again from a backup, or from data whose server may be running, into a new folder: all of it, or
/// up to an event or an instant. The keys come from elsewhere: without them what is personal stays sealed.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  toancanh restore --from /mnt/other-disk/boston --to ./boston-again\n  toancanh restore \
    --from ./boston-data --to ./as-of-noon --until 2026-03-14T12:00:00+07:00"
)]
pub(super) struct RestoreArgs {
    /// A backup, or data.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The folder to make: it must be new or empty.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Up to and including the event with this number, or what was accepted up to this instant, by the clock of
    /// the log.
    #[arg(long, value_name = "SEQ|RFC3339")]
    until: Option<String>,
    /// Where the keys lie: needed where --until names an event inside an encrypted part of the log
    /// [default: FROM.keys].
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

pub(super) fn run_restore(args: RestoreArgs) -> Result<(), Failure> {
    let until = args.until.as_deref().map_or(Ok(Until::End), read_until)?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let now_us = SystemClock::new().now_us();
    let keys = args.keys.unwrap_or_else(|| super::server_options::keys_beside(&args.from));
    // Only where they are asked for does it matter whether they can be read.
    let log_keys =
        Ring::from_environment().and_then(|ring| LogKeys::read_in(&disk, &keys, ring)).ok().flatten();
    let (from, to) = (args.from.join(LOG), args.to.join(LOG));
    let restored = backup::restore_with(&disk, &from, &to, until, now_us, log_keys.as_deref())?;
    beside(&args.from, &args.to)?;
    let last = restored.position.durable().get();
    let to = args.to.display();
    match restored.recorded_us {
        Some(at_us) => say(&format!(
            "{to} holds events 1 to {last}, the last accepted at {}; the keys are to be put into {}, or named with --keys",
            instant(at_us),
            super::server_options::keys_beside(&args.to).display()
        )),
        None => say(&format!("{to} holds no event")),
    }
}

fn read_until(text: &str) -> Result<Until, Failure> {
    if let Ok(number) = text.parse() {
        return Ok(Until::Seq(Seq::new(number)));
    }
    let at: Timestamp = text.parse().map_err(|_| {
        Failure::usage(format!(
            "--until: {text:?} is neither the number of an event nor an instant such as 2026-03-14T12:00:00+07:00"
        ))
    })?;
    Ok(Until::Instant(at.micros()))
}

fn beside(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error| {
        Failure::environment(format!("copying what lies beside the log into {}: {error}", to.display()))
    };
    copy_beside(from, to).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<Until>) {
        assert_eq!(read_until(text).ok(), want, "{text}");
    }

    #[test]
    fn until_is_a_number_or_an_instant() {
        check("42", Some(Until::Seq(Seq::new(42))));
        check("1970-01-01T07:00:01+07:00", Some(Until::Instant(1_000_000)));
        check("yesterday", None);
        check("-3", None);
    }
}
