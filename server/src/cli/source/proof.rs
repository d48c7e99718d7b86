//! `toancanh source proof`: whether an event is what its source signed.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use clap::Args as ClapArgs;
use domain::Seq;
use toancanh_log::keys::KeyStore;
use toancanh_log::{OpenMode, Options};

use super::super::layers::Layers;
use super::super::server_options::{check_keys, keys_beside};
use super::super::{Failure, say};
use super::place;
use crate::gateway::local::{self, Ask, Reply};
use crate::source;
use crate::store::Store;
use crate::store::signed::{BodyProof, EventProof, Proof, SignatureProof};

/// Verifies again the signature that was kept beside an event, the digest of the body that it was over, and that
/// the body holds the event as the log has it. Works while a server runs.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit codes: 0 all of it holds; 1 it does not, cannot be shown any more (a case was erased), \
    or the event was not signed.\n\nExample:\n  toancanh source proof 00000000000000000042 --data ./boston-data"
)]
pub(in crate::cli) struct Args {
    /// The event's place in the log, as its acknowledgement and `/api/v1/cases/CODE` say it.
    seq: String,
    /// The source's token, where its signatures cover Authorization: no token is kept
    /// [env: TOANCANH_TOKEN].
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Where the server's data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where the keys lie [env: TOANCANH_KEYS; default: DATA.keys]. A server that runs on the data uses its own.
    #[arg(long, value_name = "DIR")]
    keys: Option<String>,
}

/// Longest that a server takes to answer: it may have to read all of the log.
const ANSWER_MAX: Duration = Duration::from_secs(600);

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    let data = place(layers, args.data);
    let keys = layers.pick_or("keys", args.keys.as_deref(), &keys_beside(&data).display().to_string()).text;
    let token = layers.pick("token", args.token.as_deref()).map(|setting| setting.text);
    let seq: u64 = args
        .seq
        .trim()
        .parse()
        .map_err(|_| Failure::usage(format!("{:?} is no place in the log, such as 42", args.seq)))?;
    check_keys(&data, Path::new(&keys))?;
    let found = match local::connect(&data) {
        Ok(socket) => ask(&socket, seq, token)?,
        // Nobody listens: the log and the keys are ours to open, or their lock says who has them.
        Err(_) => here(&data, Path::new(&keys), seq, token.as_deref())?,
    };
    let Some(proof) = found else {
        return Err(Failure::not_so(format!("the event at {seq} did not come in a signed request")));
    };
    for line in lines(&data, &proof)? {
        say(&line)?;
    }
    if proof.holds() {
        return Ok(());
    }
    Err(Failure::not_so(format!(
        "that the event at {seq} is what its source signed cannot be shown: see above"
    )))
}

fn here(data: &Path, keys: &Path, seq: u64, token: Option<&str>) -> Result<Option<Proof>, Failure> {
    if !KeyStore::is_in(keys) {
        return Err(Failure::usage(format!(
            "{} holds no keys; name their folder with --keys",
            keys.display()
        )));
    }
    let options = Options::default().mode(OpenMode::ReadOnly);
    let (store, _) = Store::open(data, keys, options)?;
    Ok(store.proof(Seq(seq), token)?)
}

fn ask(socket: &UnixStream, seq: u64, token: Option<String>) -> Result<Option<Proof>, Failure> {
    let reply = || -> std::io::Result<Reply> {
        let mut socket = socket;
        socket.set_read_timeout(Some(ANSWER_MAX))?;
        let mut line = serde_json::to_vec(&Ask::Proof { seq, token: token.clone() })?;
        line.push(b'\n');
        socket.write_all(&line)?;
        line.clear();
        BufReader::new(socket).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    };
    match reply() {
        Ok(Reply::Proof(proof)) => Ok(proof.map(|proof| *proof)),
        Ok(Reply::Problem(problem)) => Err(Failure::environment(problem.detail)),
        Ok(_) => Err(Failure::environment("the server answers what was not asked")),
        Err(error) => Err(Failure::environment(format!("the server did not answer: {error}"))),
    }
}

fn lines(data: &Path, proof: &Proof) -> Result<Vec<String>, Failure> {
    let signature = match proof.signature {
        SignatureProof::Holds => "holds",
        SignatureProof::Fails => "DOES NOT HOLD",
        SignatureProof::NeedsToken => "covers Authorization: give the token with --token",
    };
    let body = match proof.body {
        BodyProof::Holds => format!("{} bytes, and its digest is the one that was signed", proof.body_bytes),
        BodyProof::Differs => {
            format!("{} bytes, and its digest is ANOTHER than was signed", proof.body_bytes)
        }
        BodyProof::Erased { parts } => {
            format!("cannot be put together: {parts} of its parts can be read by nobody")
        }
    };
    let event = match proof.event {
        EventProof::Same => "stands in the body as the log has it",
        EventProof::Differs => "DOES NOT stand in the body as the log has it",
        EventProof::Erased => "as it came can be read by nobody any more",
    };
    Ok(vec![
        format!(
            "request {} of {} with its key {} ({})",
            proof.request, proof.source, proof.keyid, proof.algorithm
        ),
        format!("signed at {}", proof.created_at),
        format!("signature: {signature}"),
        format!("body: {body}"),
        format!("event: {event}"),
        format!("key: {}", standing(data, proof)?),
    ])
}

/// What the registry says of the key today.
fn standing(data: &Path, proof: &Proof) -> Result<String, Failure> {
    let source = source::list(data)?.into_iter().find(|source| source.name == proof.source);
    let key =
        source.and_then(|source| source.keys.into_iter().find(|key| key.public_key == proof.public_key));
    Ok(match key {
        None => format!("no longer registered for {}; it was {}", proof.source, proof.public_key),
        Some(key) => match key.revoked_at {
            None => "registered".to_owned(),
            Some(at) => {
                let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
                let is_before = instant(&proof.created_at) < instant(&at);
                let when = if is_before { "before" } else { "NOT before" };
                format!("revoked from {at}; the request says that it was signed {when} that")
            }
        },
    })
}
