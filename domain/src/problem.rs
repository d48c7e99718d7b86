//! Answers that say what is wrong (RFC 9457): the safe face of every error.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// A problem detail. `kind` is `urn:toancanh:problem:<slug>`; `parameter` names what is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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

/// Where it is read by people, a parameter that there is not is left out. Forms that do not name
/// their members hold all of them.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let leaves_out = serializer.is_human_readable() && self.parameter.is_none();
        let mut problem = serializer.serialize_struct("Problem", if leaves_out { 4 } else { 5 })?;
        problem.serialize_field("type", &self.kind)?;
        problem.serialize_field("title", &self.title)?;
        problem.serialize_field("status", &self.status)?;
        problem.serialize_field("detail", &self.detail)?;
        if leaves_out {
            problem.skip_field("parameter")?;
        } else {
            problem.serialize_field("parameter", &self.parameter)?;
        }
        problem.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_there_is_not_is_left_out_where_members_have_names() {
        let bare = Problem::new("lost", 503, "Lost", "all");
        let named = bare.clone().at("id");
        for (problem, has) in [(&bare, false), (&named, true)] {
            let json = serde_json::to_string(problem).unwrap();
            assert_eq!(json.contains("parameter"), has, "{json}");
            assert_eq!(&serde_json::from_str::<Problem>(&json).unwrap(), problem);
            let bytes = postcard::to_allocvec(problem).unwrap();
            assert_eq!(&postcard::from_bytes::<Problem>(&bytes).unwrap(), problem);
        }
    }
}
