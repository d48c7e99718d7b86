//! Reading one member, and saying what is wrong with it. Values are never repeated in problems:
//! they may be personal.

use serde_json::{Map, Value as Json};

use crate::problem::Problem;
use crate::time::Timestamp;

pub(super) fn missing(name: &str) -> Problem {
    let detail = format!("{name}: is missing or empty");
    Problem::new("missing-attribute", 422, "An attribute is missing", detail).at(name)
}

pub(super) fn mistyped(name: &str, what: &str) -> Problem {
    let detail = format!("{name}: {what}");
    Problem::new("mistyped-attribute", 422, "An attribute has the wrong form", detail).at(name)
}

/// A text that must be there.
pub(super) fn text<'a>(members: &'a Map<String, Json>, name: &str) -> Result<&'a str, Problem> {
    match members.get(name) {
        None | Some(Json::Null) => Err(missing(name)),
        Some(Json::String(text)) => Ok(text),
        Some(_) => Err(mistyped(name, "is not a text")),
    }
}

/// A text that may be left out; an empty one counts as left out.
pub(super) fn optional_text<'a>(
    members: &'a Map<String, Json>,
    name: &str,
) -> Result<Option<&'a str>, Problem> {
    match members.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.is_empty() => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(mistyped(name, "is not a text")),
    }
}

/// A code: a text of at most 256 bytes without control characters.
pub(super) fn optional_code<'a>(
    members: &'a Map<String, Json>,
    name: &str,
) -> Result<Option<&'a str>, Problem> {
    let code = optional_text(members, name)?;
    if code.is_some_and(|code| code.len() > 256 || code.chars().any(char::is_control)) {
        return Err(mistyped(name, "is longer than 256 bytes or holds control characters"));
    }
    Ok(code)
}

pub(super) fn optional_time(members: &Map<String, Json>, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = optional_text(members, name)? else {
        return Ok(None);
    };
    let time = text.parse().map_err(|_| mistyped(name, "is not an RFC 3339 time with an offset"))?;
    Ok(Some(time))
}

pub(super) fn time(members: &Map<String, Json>, name: &str) -> Result<Timestamp, Problem> {
    optional_time(members, name)?.ok_or_else(|| missing(name))
}

pub(super) fn optional_bool(members: &Map<String, Json>, name: &str) -> Result<bool, Problem> {
    match members.get(name) {
        None | Some(Json::Null) => Ok(false),
        Some(Json::Bool(value)) => Ok(*value),
        Some(_) => Err(mistyped(name, "is neither true nor false")),
    }
}

pub(super) fn optional_object<'a>(
    members: &'a Map<String, Json>,
    name: &str,
) -> Result<Option<&'a Map<String, Json>>, Problem> {
    match members.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(object)) => Ok(Some(object)),
        Some(_) => Err(mistyped(name, "is not a JSON object")),
    }
}

/// One of a closed list.
pub(super) fn one_of<'a>(
    members: &'a Map<String, Json>,
    name: &str,
    list: &[&str],
) -> Result<&'a str, Problem> {
    let value = text(members, name)?;
    if list.contains(&value) {
        return Ok(value);
    }
    Err(mistyped(name, &format!("is none of {}", list.join(", "))))
}
