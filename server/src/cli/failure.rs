//! How a command fails: one line that says what, where and what to do, and an exit code.

use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;

use crate::audit::AuditError;
use crate::city::CityError;
use crate::deadline::{EventsError, LawsError};
use crate::http::listen::TlsError;
use crate::import::{ImportError, MappingError};
use crate::replay::{CarryError, ReplayError};
use crate::simulate::SimulateError;
use crate::source::SourceError;
use crate::store::StoreError;
use toancanh_log::OpenError;

/// Why a command did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    line: String,
}

impl Failure {
    /// The thing asked about is not so: exit code 1.
    #[must_use]
    pub fn not_so(line: impl Into<String>) -> Self {
        Self::new(1, line.into())
    }

    /// Bad usage or input: exit code 2.
    #[must_use]
    pub fn usage(line: impl Into<String>) -> Self {
        Self::new(2, line.into())
    }

    /// The environment (disk, network) failed: exit code 3.
    #[must_use]
    pub fn environment(line: impl Into<String>) -> Self {
        Self::new(3, line.into())
    }

    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    fn new(code: u8, line: String) -> Self {
        // One line, whatever it was made of.
        let line = line.split('\n').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        Self { code, line: line.join("; ") }
    }

    /// A file that was named and is not there, or is not what it should be, is bad input; a disk
    /// that fails is not.
    fn of_file(error: &std::io::Error, line: String) -> Self {
        match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput
            | ErrorKind::UnexpectedEof => Self::usage(line),
            _ => Self::environment(line),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl From<CityError> for Failure {
    fn from(error: CityError) -> Self {
        match &error {
            CityError::Unreadable { source, .. } => Self::of_file(source, error.to_string()),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<LawsError> for Failure {
    fn from(error: LawsError) -> Self {
        match error {
            LawsError::File(error) => error.into(),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<EventsError> for Failure {
    fn from(error: EventsError) -> Self {
        match &error {
            EventsError::Unreadable { source, .. } => Self::of_file(source, error.to_string()),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<MappingError> for Failure {
    fn from(error: MappingError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match &error {
            ImportError::Unreadable { source, .. } => Self::of_file(source, error.to_string()),
            ImportError::Rejects(_) | ImportError::Sink(_) => Self::environment(error.to_string()),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match &error {
            ReplayError::File { source, .. } => Self::of_file(source, error.to_string()),
            ReplayError::Nothing { .. } | ReplayError::Carry(CarryError::BadAddress { .. }) => {
                Self::usage(error.to_string())
            }
            ReplayError::Carry(CarryError::Refused { .. }) => Self::usage(error.to_string()),
            ReplayError::Carry(_) => Self::environment(error.to_string()),
        }
    }
}

impl From<SimulateError> for Failure {
    fn from(error: SimulateError) -> Self {
        match &error {
            SimulateError::Unreadable { source, .. } => Self::of_file(source, error.to_string()),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match &error {
            SourceError::Unknown { .. } | SourceError::UnknownKey { .. } => Self::not_so(error.to_string()),
            SourceError::Exists { .. }
            | SourceError::BadName { .. }
            | SourceError::BadKey { .. }
            | SourceError::BadKeyName { .. }
            | SourceError::BadCover { .. }
            | SourceError::KeyExists { .. } => Self::usage(error.to_string()),
            _ => Self::environment(error.to_string()),
        }
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        match &error {
            AuditError::Broken { .. } => Self::not_so(error.to_string()),
            AuditError::Io { .. } => Self::environment(error.to_string()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match &error {
            OpenError::OtherLog { .. }
            | OpenError::NotAsBackedUp { .. }
            | OpenError::IsCopy { .. }
            | OpenError::NotEmpty { .. }
            | OpenError::BadOptions { .. } => Self::usage(error.to_string()),
            OpenError::Io { source, .. } => Self::of_file(source, error.to_string()),
            _ => Self::environment(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::OtherCity { .. } => Self::usage(error.to_string()),
            StoreError::Open(OpenError::NotAsBackedUp { .. } | OpenError::IsCopy { .. }) => {
                Self::usage(error.to_string())
            }
            _ => Self::environment(error.to_string()),
        }
    }
}

/// What `serve` and `demo` come to: a city that cannot be read is bad input, a part that cannot be
/// opened the environment's failure.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<CityError>() {
            Ok(city) => return city.into(),
            Err(error) => error,
        };
        let error = match error.downcast::<SimulateError>() {
            Ok(simulate) => return simulate.into(),
            Err(error) => error,
        };
        let error = match error.downcast::<TlsError>() {
            Ok(tls) => return Self::usage(tls.to_string()),
            Err(error) => error,
        };
        match error.downcast::<StoreError>() {
            Ok(store) => store.into(),
            Err(error) => Self::environment(told_once(&error)),
        }
    }
}

/// An error and its causes in one line. Many say their cause themselves; it is not said again.
fn told_once(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .reduce(|said, cause| if said.ends_with(&cause) { said } else { format!("{said}: {cause}") })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_cause_that_is_said_already_is_not_said_again() {
        let denied = || std::io::Error::from(ErrorKind::PermissionDenied);
        let source = SourceError::Io { path: "data/sources.json".into(), source: denied() };
        let failure = Failure::from(anyhow::Error::from(source));
        assert_eq!(failure.to_string(), "data/sources.json: permission denied");
        let failure = Failure::from(Err::<(), _>(denied()).context("cannot make data").unwrap_err());
        assert_eq!(failure.to_string(), "cannot make data: permission denied");
    }

    #[test]
    fn another_citys_data_are_bad_usage() {
        let (held, asked) = ("boston".to_owned(), "hcmc".to_owned());
        let error = StoreError::OtherCity { data: "data".into(), held, asked };
        assert_eq!(Failure::from(anyhow::Error::from(error)).code(), 2);
    }
}
