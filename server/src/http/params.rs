//! The query string as pairs, in their order, strictly decoded: what is not UTF-8 or not
//! percent-encoded rightly is refused instead of guessed at.

use axum::http::Uri;
use domain::city::City;
use domain::dimension::Dimension;
use domain::problem::Problem;
use domain::query::{Query, bad};

/// Nobody asks with more parameters than this.
const PAIRS_MAX: usize = 1_024;

/// Parameters not yet used, in the order given.
#[derive(Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads the query string of an address.
    pub(super) fn of(uri: &Uri) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == PAIRS_MAX {
                return Err(bad("query", "holds more than 1,024 parameters"));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or_else(|| undecodable("query"))?;
            let value = decode(value).ok_or_else(|| undecodable(&name))?;
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// Parameters that came as the members of an object.
    pub(super) fn of_members(members: std::collections::BTreeMap<String, String>) -> Result<Self, Problem> {
        if members.len() > PAIRS_MAX {
            return Err(bad("query", "holds more than 1,024 parameters"));
        }
        Ok(Self(members.into_iter().collect()))
    }

    /// Takes a parameter that may be given once.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let (taken, rest) = std::mem::take(&mut self.0).into_iter().partition(|(key, _)| key == name);
        self.0 = rest;
        let mut taken: Vec<(String, String)> = taken;
        match taken.len() {
            0 | 1 => Ok(taken.pop().map(|(_, value)| value)),
            _ => Err(bad(name, "is given more than once")),
        }
    }

    /// Takes a whole number between two bounds.
    pub(super) fn take_number(&mut self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Problem> {
        let Some(text) = self.take(name)? else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| (min..=max).contains(number));
        number.map(Some).ok_or_else(|| bad(name, &format!("is not a whole number from {min} to {max}")))
    }

    /// Refuses parameters that other calls know and this one does not.
    pub(super) fn refuse(&self, names: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(key, _)| names.contains(&key.as_str())) {
            None => Ok(()),
            Some((key, _)) => Err(bad(key, "is not a parameter of this call; see /api/v1/openapi.json")),
        }
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((key, _)) => Err(bad(key, "is not a parameter of this call; see /api/v1/openapi.json")),
        }
    }

    /// What is left is a question about numbers.
    pub(super) fn query(self, city: &City) -> Result<Query, Problem> {
        for name in ["from", "to", "at", "known_at", "rules", "bucket", "res", "no_position"] {
            if self.0.iter().filter(|(key, _)| key == name).count() > 1 {
                return Err(bad(name, "is given more than once"));
            }
        }
        let query = Query::parse(&self.0, &|text| crate::city_time::parse(&city.zone, text))?;
        closed_lists(&query, city)?;
        Ok(query)
    }
}

/// The codes of a dimension that no city adds to; none where it may.
pub(super) fn closed_list(dimension: Dimension) -> Option<&'static [&'static str]> {
    match dimension {
        Dimension::Kind => Some(&["report", "dossier"]),
        Dimension::Timeliness => Some(&["in_time", "due_soon", "overdue", "no_deadline"]),
        Dimension::ContentGroup => Some(&["1", "2", "3", "4", "5"]),
        _ => None,
    }
}

/// Refuses a filter by a code that cannot be: it would be answered with a zero that looks like one.
/// An empty code asks for the cases that have none.
pub(super) fn closed_lists(query: &Query, city: &City) -> Result<(), Problem> {
    for (dimension, codes) in &query.filter {
        let list: Vec<&str> = match (closed_list(*dimension), *dimension) {
            (Some(list), _) => list.to_vec(),
            (None, Dimension::Status) => city.states().collect(),
            (None, _) => continue,
        };
        if codes.iter().any(|code| !code.is_empty() && !list.contains(&code.as_str())) {
            return Err(bad(dimension.name(), &format!("is none of {}", list.join(", "))));
        }
    }
    Ok(())
}

fn undecodable(name: &str) -> Problem {
    bad(name, "is not UTF-8 in percent-encoding (%C3%A0 for à)")
}

/// `application/x-www-form-urlencoded`, strictly; `None` for a broken escape or what is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Result<Params, Problem> {
        Params::of(&format!("/x?{query}").parse().unwrap())
    }

    #[track_caller]
    fn check_refused(query: &str, at_fault: &str) {
        let problem =
            params(query).and_then(|params| params.query(&City::bare("test"))).map(|_| ()).unwrap_err();
        assert_eq!((problem.status, problem.parameter.as_deref()), (400, Some(at_fault)));
    }

    #[test]
    fn a_broken_escape_or_bytes_that_are_no_text_are_refused_by_name() {
        check_refused("agency=%C3%28", "agency");
        check_refused("agency=%4", "agency");
        check_refused("agency=%zz", "agency");
        check_refused("%ff=1", "query");
    }

    #[test]
    fn an_instant_given_twice_is_refused() {
        check_refused("at=2015-01-01&at=2016-01-01", "at");
        assert_eq!(params("limit=1&limit=2").unwrap().take("limit").unwrap_err().status, 400);
    }

    #[test]
    fn pairs_keep_their_order_and_their_signs() {
        let params = params("district=a%2Cb&district=c+d&&q=%C4%91").unwrap();
        let want = [("district", "a,b"), ("district", "c d"), ("q", "đ")];
        assert!(params.0.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(want));
    }

    #[test]
    fn a_number_outside_its_bounds_is_refused() {
        assert_eq!(params("limit=1000").unwrap().take_number("limit", 1, 1_000).unwrap(), Some(1_000));
        for limit in ["0", "1001", "-1", "x", ""] {
            assert!(params(&format!("limit={limit}")).unwrap().take_number("limit", 1, 1_000).is_err());
        }
    }
}
