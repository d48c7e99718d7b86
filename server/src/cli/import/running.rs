//! Importing through the socket that a running server holds open in its data directory.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::problem::Problem;
use serde_json::Value as Json;

use super::session::{Offer, Session};
use crate::cli::Failure;
use crate::gateway::local::{self, Ask, Reply};
use crate::import::{EventSink, KnownEvent, Outcome, SinkError};

/// How long to wait for a server that reads its log again after a start.
const READY_MAX: Duration = Duration::from_secs(600);
/// How long to go on offering what the server cannot take now.
const DURABLE_MAX: Duration = Duration::from_secs(60);
/// How often to ask again.
const AGAIN_EVERY: Duration = Duration::from_millis(250);
/// How long a reply may take before the server counts as stuck.
const REPLY_MAX: Duration = Duration::from_secs(120);

pub(super) struct RunningServer {
    read: BufReader<UnixStream>,
    write: UnixStream,
    session: Session,
}

/// Why the server's answer is not the one asked for.
enum Fault {
    /// The server says no.
    Problem(Problem),
    /// It is gone, or speaks otherwise.
    Broken(String),
}

impl RunningServer {
    /// Opens the socket; none where no server runs on the data.
    pub(super) fn connect(data: &Path, city: &str, session: Session) -> Result<Option<Self>, Failure> {
        let socket = match local::connect(data) {
            Ok(socket) => socket,
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) =>
            {
                return Ok(None);
            }
            Err(error) => {
                let place = data.join("import.sock").display().to_string();
                return Err(Failure::environment(format!(
                    "{place}: {error}; import as the server's own user"
                )));
            }
        };
        let set_up = || -> io::Result<Self> {
            socket.set_read_timeout(Some(REPLY_MAX))?;
            socket.set_write_timeout(Some(REPLY_MAX))?;
            Ok(Self { read: BufReader::new(socket.try_clone()?), write: socket, session })
        };
        let mut server =
            set_up().map_err(|error| Failure::environment(format!("the import socket: {error}")))?;
        server.greet(city)?;
        Ok(Some(server))
    }

    fn greet(&mut self, city: &str) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            let hello = Ask::Hello { version: local::VERSION, city: city.to_owned() };
            match self.ask(&hello) {
                Ok(Reply::Ready { .. }) => return Ok(()),
                Ok(_) => return Err(Failure::environment("the server answers what was not asked")),
                Err(Fault::Problem(problem)) if problem.status == 503 && began.elapsed() < READY_MAX => {
                    std::thread::sleep(AGAIN_EVERY);
                }
                Err(Fault::Problem(problem)) if problem.status == 503 => {
                    return Err(Failure::environment(problem.detail));
                }
                Err(Fault::Problem(problem)) => return Err(Failure::usage(problem.detail)),
                Err(Fault::Broken(why)) => return Err(Failure::environment(why)),
            }
        }
    }

    fn ask(&mut self, ask: &Ask) -> Result<Reply, Fault> {
        let broken = |error: io::Error| {
            Fault::Broken(format!(
                "the server has let go of the import socket ({error}); run the same import again, it goes on from there"
            ))
        };
        let mut line = serde_json::to_vec(ask).map_err(|error| broken(error.into()))?;
        line.push(b'\n');
        self.write.write_all(&line).map_err(broken)?;
        line.clear();
        self.read.read_until(b'\n', &mut line).map_err(broken)?;
        match serde_json::from_slice(&line) {
            Ok(Reply::Problem(problem)) => Err(Fault::Problem(problem)),
            Ok(reply) => Ok(reply),
            Err(_) if line.is_empty() => Err(broken(io::ErrorKind::UnexpectedEof.into())),
            Err(_) => {
                Err(Fault::Broken("the server answers in other words; import with its own program".into()))
            }
        }
    }
}

impl EventSink for RunningServer {
    fn known(&mut self, source: &str, cases: &[String]) -> Result<Vec<Vec<KnownEvent>>, SinkError> {
        let reply = self.ask(&Ask::Known { source: source.to_owned(), cases: cases.to_vec() })?;
        let Reply::Known(told) = reply else { return Err(unasked()) };
        let of_case = |told: Vec<local::Told>| {
            told.into_iter()
                .map(|told| KnownEvent { id: told.id, time: Timestamp::from_micros(told.time_us) })
                .collect()
        };
        let mut known: Vec<Vec<KnownEvent>> = told.into_iter().map(of_case).collect();
        self.session.complete(source, cases, &mut known);
        Ok(known)
    }

    fn data(&mut self, source: &str, case: &str, ids: &[String]) -> Result<Vec<Option<Json>>, SinkError> {
        let ask = Ask::Data { source: source.to_owned(), case: case.to_owned(), ids: ids.to_vec() };
        match self.ask(&ask)? {
            Reply::Data(data) => Ok(data),
            _ => Err(unasked()),
        }
    }

    fn offer(&mut self, batch: Vec<Json>) -> Result<Outcome, SinkError> {
        let offer = Offer::of(&batch);
        let ask = Ask::Offer(batch);
        let began = Instant::now();
        loop {
            match self.ask(&ask) {
                Ok(Reply::Answer(answer)) => return Ok(self.session.settle(offer, answer)),
                Ok(_) => return Err(unasked()),
                // Its disk is full or busy: the same events under the same ids, a little later.
                Err(Fault::Problem(problem)) if problem.status == 503 && began.elapsed() < DURABLE_MAX => {
                    std::thread::sleep(AGAIN_EVERY);
                }
                Err(fault) => return Err(fault.into()),
            }
        }
    }
}

impl From<Fault> for SinkError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Problem(problem) => Self(problem.detail),
            Fault::Broken(why) => Self(why),
        }
    }
}

fn unasked() -> SinkError {
    SinkError("the server answers what was not asked".to_owned())
}
