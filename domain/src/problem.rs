//! Answers that say what is wrong (RFC 9457): the safe face of every error.

use serde::{Deserialize, Serialize};

/// A problem detail. `kind` is `urn:toancanh:problem:<slug>`; `parameter` names what is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:toancanh:problem:<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same sentence for every problem of the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time, where, and what to do. Never holds personal data.
    pub detail: String,
    /// The parameter or attribute at fault.
    pub parameter: Option<String>,
}

impl Problem {
    /// A problem of the kind `slug`.
    #[must_use]
    pub fn new(slug: &str, status: u16, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:toancanh:problem:{slug}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            parameter: None,
        }
    }

    /// Names the parameter or attribute at fault.
    #[must_use]
    pub fn at(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    /// The kind without its prefix.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }
}
