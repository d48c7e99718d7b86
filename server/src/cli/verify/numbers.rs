//! The second half of `verify`: every number from the log alone, held against what was kept and what is said.

use std::path::Path;
use std::sync::Arc;

use domain::Seq;
use toancanh_log::keys::LogKeys;
use toancanh_log::{Beheld, RealDisk, Verified};

use super::against::Server;
use crate::city;
use crate::cli::{Failure, say};
use crate::recompute::{From, RecomputeError, recompute};
use crate::store::{LOG, city_of, looked_at};

/// Recomputes, prints what was checked, and fails at the first number that is not so.
pub(super) fn check(
    data: &Path,
    log: &Verified,
    log_keys: Option<Arc<LogKeys>>,
    city: Option<String>,
    told: Option<Server>,
) -> Result<(), Failure> {
    let name = match city {
        Some(name) => name,
        None => match named(data, log, log_keys.clone())? {
            Some(name) => name,
            None if told.is_none() => {
                return say("not proved\tany number: no event names a city; say --city");
            }
            None => return Err(Failure::usage("no event of the log names a city; say --city")),
        },
    };
    let mut folder = city::load(&name)?;
    if city::history::held(data, &mut folder)? {
        say(
            "not compared\tthe city's folder has other rules than the data were last served with; those are used",
        )?;
    }
    let until = told.as_ref().map(Server::seq);
    check_reach(log, until)?;
    let city = Arc::new(folder.city);
    let found = recompute(&From { data, log, log_keys, city, until }).map_err(failed)?;
    for line in &found.lines {
        say(line)?;
    }
    if let Some(fault) = found.fault {
        return Err(Failure::not_so(fault.to_string()));
    }
    match told {
        Some(server) => server.check(&found),
        None => Ok(()),
    }
}

/// The city that the first events name.
fn named(data: &Path, log: &Verified, keys: Option<Arc<LogKeys>>) -> Result<Option<String>, Failure> {
    let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
    for stored in
        Beheld::new(&disk, &data.join(LOG), log.cluster, log.position.clone(), keys).take(looked_at())
    {
        if let Some(city) = city_of(&stored?) {
            return Ok(Some(city));
        }
    }
    Ok(None)
}

fn check_reach(log: &Verified, until: Option<Seq>) -> Result<(), Failure> {
    let last = log.position.durable().get();
    match until {
        Some(until) if until.0 > last => Err(Failure::not_so(format!(
            "the server holds {} events, and the log here ends with event {last}",
            until.0
        ))),
        _ => Ok(()),
    }
}

fn failed(error: RecomputeError) -> Failure {
    match error {
        RecomputeError::Log(error) => error.into(),
        RecomputeError::Store(error) => error.into(),
        RecomputeError::Count(error) => Failure::environment(error.to_string()),
    }
}
