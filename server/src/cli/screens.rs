//! `toancanh screens`: displays are approved and put out without the web page, by whoever owns the data.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};
use domain::screen::{Heard, Role, ScreenView};

use super::layers::Layers;
use super::server_options::DATA;
use super::{Failure, say};
use crate::gateway::local::{self, Ask, Reply};

/// Longest that a server takes to answer.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// Approves displays that show a code, lists them, puts them out. The server must run.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Approves the display that shows this code: from then on it comes back by itself.
    #[command(
        after_help = "Example:\n  toancanh screens approve K7M-4QP --name 'Tường phía Đông' --data ./hcmc-data\n  \
        toancanh screens approve V9C-3RT --name 'Máy tính bảng 1' --role director --data ./hcmc-data"
    )]
    Approve {
        /// The code that the display shows at /enrol.
        code: String,
        /// What people will call it.
        #[arg(long)]
        name: String,
        /// `wall` shows; `director` is a tablet that directs walls.
        #[arg(long, value_parser = ["wall", "director"], default_value = "wall")]
        role: String,
        /// The scene that it opens with [default: city-now].
        #[arg(long)]
        scene: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Prints the displays: name for machines, name for people, role, scene, how it was heard last.
    #[command(after_help = "Example:\n  toancanh screens list --data ./hcmc-data")]
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Puts a display out, for good. Its page goes within five seconds.
    #[command(after_help = "Example:\n  toancanh screens revoke s3f0c9a7712e4b6d8 --data ./hcmc-data")]
    Revoke {
        /// Its name for machines, as `toancanh screens list` prints it.
        screen: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Which server.
#[derive(Debug, ClapArgs)]
pub(super) struct Place {
    /// Where the server's data lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

pub(super) fn run(command: Command, layers: &Layers) -> Result<(), Failure> {
    match command {
        Command::Approve { code, name, role, scene, place } => {
            let role = if role == Role::Director.name() { Role::Director } else { Role::Wall };
            match ask(&place, layers, &Ask::ApproveScreen { code, name: name.clone(), role, scene })? {
                Reply::Approved(screen) => say(&format!("{name} is enrolled as {screen}")),
                other => Err(refused(other)),
            }
        }
        Command::List { place } => match ask(&place, layers, &Ask::Screens)? {
            Reply::Screens(screens) => screens.iter().try_for_each(|screen| say(&line(screen))),
            other => Err(refused(other)),
        },
        Command::Revoke { screen, place } => {
            match ask(&place, layers, &Ask::RevokeScreen { screen: screen.clone() })? {
                Reply::Revoked => say(&format!("{screen} is out")),
                other => Err(refused(other)),
            }
        }
    }
}

fn line(screen: &ScreenView) -> String {
    let heard = match (screen.heard, screen.age_secs) {
        (Heard::Revoked, _) => "put out".to_owned(),
        (_, None) => "not heard since the server's start".to_owned(),
        (Heard::Live, Some(age)) => format!("heard {age} s ago"),
        (Heard::Silent, Some(age)) => format!("silent for {age} s"),
    };
    format!("{}\t{}\t{}\t{}\t{heard}", screen.screen, screen.name, screen.role.name(), screen.scene)
}

fn ask(place: &Place, layers: &Layers, ask: &Ask) -> Result<Reply, Failure> {
    let data = PathBuf::from(layers.pick_or("data", place.data.as_deref(), DATA).text);
    let socket = local::connect(&data).map_err(|_| {
        Failure::environment(format!(
            "no server runs on {}: start it, or name its data with --data",
            data.display()
        ))
    })?;
    let reply = || -> std::io::Result<Reply> {
        socket.set_read_timeout(Some(ANSWER_MAX))?;
        let mut line = serde_json::to_vec(ask)?;
        line.push(b'\n');
        (&socket).write_all(&line)?;
        line.clear();
        BufReader::new(&socket).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    };
    reply().map_err(|error| Failure::environment(format!("the server did not answer: {error}")))
}

/// What it was answered instead.
fn refused(reply: Reply) -> Failure {
    match reply {
        Reply::Problem(problem) if problem.status == 400 => Failure::usage(problem.detail),
        Reply::Problem(problem) if problem.status < 500 => Failure::not_so(problem.detail),
        Reply::Problem(problem) => Failure::environment(problem.detail),
        _ => Failure::environment("the server answers what was not asked"),
    }
}
