//! `toancanh source key`: what a source signs with.

use clap::Subcommand;

use super::super::layers::Layers;
use super::super::{Failure, say};
use super::{note, place};
use crate::source::{self, SourceError};

/// The keys that a source signs with.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Adds a key. Its old ones go on to hold: revoke or remove them once the source signs with the new one.
    #[command(
        after_help = "Example:\n  toancanh source key add portal portal-2027 ./portal.pub.pem --data ./boston-data"
    )]
    Add {
        /// The source's name.
        name: String,
        /// What the source calls the key: `keyid` in its signatures.
        keyid: String,
        /// The public key, Ed25519 or ECDSA P-256: PEM, base64 of its DER, or base64 of its bare bytes.
        file: String,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
    /// Refuses a key from now on, or from an instant on. The key is remembered: what it signed can still be verified,
    /// and `toancanh source proof` says whether it was before the instant.
    #[command(
        after_help = "Example:\n  toancanh source key revoke portal portal-2026 --data ./boston-data\n  \
        toancanh source key revoke portal portal-2026 --at 2026-12-01T00:00:00+07:00 --data ./boston-data"
    )]
    Revoke {
        /// The source's name.
        name: String,
        /// The key's name.
        keyid: String,
        /// From when on: when it was stolen, or when it is to end.
        #[arg(long, value_name = "INSTANT")]
        at: Option<String>,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
    /// Takes a key away.
    #[command(after_help = "Example:\n  toancanh source key remove portal portal-2026 --data ./boston-data")]
    Remove {
        /// The source's name.
        name: String,
        /// The key's name.
        keyid: String,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
    /// Lists a source's keys.
    #[command(after_help = "Example:\n  toancanh source key list portal --data ./boston-data")]
    List {
        /// The source's name.
        name: String,
        /// Where the server's data lie [env: TOANCANH_DATA; default: data].
        #[arg(long, value_name = "DIR")]
        data: Option<String>,
    },
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    match command {
        Command::Add { name, keyid, file, data } => {
            let data = place(layers, data);
            source::add_key(&data, &name, &keyid, &text(&file)?)?;
            note(&data, "source.key.added", &name, Some(&keyid))
        }
        Command::Revoke { name, keyid, at, data } => {
            let data = place(layers, data);
            let at = match at {
                Some(at) => Some(at.parse().map_err(|_| {
                    Failure::usage(format!("--at {at}: is no instant, such as 2026-12-01T00:00:00+07:00"))
                })?),
                None => None,
            };
            source::revoke_key(&data, &name, &keyid, at)?;
            note(&data, "source.key.revoked", &name, Some(&keyid))
        }
        Command::Remove { name, keyid, data } => {
            let data = place(layers, data);
            source::remove_key(&data, &name, &keyid)?;
            note(&data, "source.key.removed", &name, Some(&keyid))
        }
        Command::List { name, data } => {
            let sources = source::list(&place(layers, data))?;
            let Some(source) = sources.into_iter().find(|source| source.name == name) else {
                return Err(SourceError::Unknown { name }.into());
            };
            for key in source.keys {
                let revoked = key.revoked_at.map(|at| format!("\trevoked from {at}")).unwrap_or_default();
                say(&format!("{}\t{}\tsince {}{revoked}", key.keyid, key.public_key, key.added_at))?;
            }
            Ok(())
        }
    }
}

/// `KEYID=FILE`, with what the file holds.
pub(super) fn named(said: &str) -> Result<(String, String), Failure> {
    let Some((keyid, file)) = said.split_once('=') else {
        return Err(Failure::usage(format!(
            "--key {said}: say KEYID=FILE, the key's name and a file with it"
        )));
    };
    Ok((keyid.to_owned(), text(file)?))
}

fn text(file: &str) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::usage(format!("{file}: {error}")))
}
