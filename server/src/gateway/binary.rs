//! CloudEvents' binary content mode: attributes in `ce-` headers, the data as the body.

use axum::http::HeaderMap;
use domain::problem::Problem;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json};

use super::{EVENT_BYTES_MAX, Offered, problems};

const PREFIX: &str = "ce-";

/// Whether the headers hold an event.
#[must_use]
pub fn is_binary(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with(PREFIX))
}

/// The event of one request.
///
/// # Errors
/// If the body is not JSON (400).
pub fn event(headers: &HeaderMap, body: &[u8]) -> Result<Vec<Offered>, Problem> {
    let attributes = attributes(headers);
    let id = id(headers);
    let header_bytes: usize = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(PREFIX))
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if header_bytes + body.len() > EVENT_BYTES_MAX {
        return Ok(vec![Offered::Refused { id, problem: problems::too_large() }]);
    }
    let data = match body.trim_ascii() {
        b"" => None,
        body => Some(serde_json::from_slice::<Json>(body).map_err(|error| {
            problems::unparsable_body(format!(
                "it is not JSON: line {} column {}",
                error.line(),
                error.column()
            ))
        })?),
    };
    Ok(vec![match attributes {
        Ok(mut event) => {
            if let Some(data) = data {
                event.insert("data".to_owned(), data);
            }
            Offered::Event(Json::Object(event))
        }
        Err(problem) => Offered::Refused { id, problem },
    }])
}

/// The id, cut to a readable length, whatever is wrong with the other headers.
fn id(headers: &HeaderMap) -> Option<String> {
    let mut ids = headers.get_all("ce-id").iter();
    let (Some(id), None) = (ids.next(), ids.next()) else { return None };
    Some(text(id.as_bytes())?.chars().take(256).collect())
}

/// A header's value as text, percent-decoded.
fn text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

/// The attributes in the headers, percent-decoded as the HTTP binding says.
fn attributes(headers: &HeaderMap) -> Result<Map<String, Json>, Problem> {
    let mut event = Map::new();
    for (header, value) in headers {
        let Some(name) = header.as_str().strip_prefix(PREFIX) else {
            continue;
        };
        let wrong = |what: &str| problems::bad_attribute(name, what);
        if name == "data" || name == "data_base64" {
            return Err(wrong("is the body's in binary mode"));
        }
        let text = text(value.as_bytes()).ok_or_else(|| wrong("is not UTF-8"))?;
        if event.insert(name.to_owned(), Json::String(text)).is_some() {
            return Err(wrong("is sent twice"));
        }
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn attributes_are_percent_decoded_and_the_body_is_the_data() {
        let headers = headers(&[
            ("ce-specversion", "1.0"),
            ("ce-id", "a%20b%C3%A9"),
            ("ce-subject", "\"ờ\""),
            ("content-type", "application/json"),
        ]);
        assert!(is_binary(&headers));
        let read = event(&headers, br#"{"kind":"report"}"#).unwrap();
        let want = serde_json::json!({"specversion": "1.0", "id": "a bé", "subject": "ờ", "data": {"kind": "report"}});
        assert_eq!(read, [Offered::Event(want)]);
    }

    #[test]
    fn what_is_wrong_with_a_header_is_the_events_problem_and_what_is_wrong_with_the_body_the_requests() {
        let twice = headers(&[("ce-id", "a"), ("ce-id", "b")]);
        assert!(matches!(&event(&twice, b"{}").unwrap()[..], [Offered::Refused { .. }]));
        let beside = headers(&[("ce-id", "a%20b"), ("ce-time", "1"), ("ce-time", "2")]);
        let refused = event(&beside, b"{}").unwrap();
        assert!(
            matches!(&refused[..], [Offered::Refused { id: Some(id), .. }] if id == "a b"),
            "{refused:?}"
        );
        let broken = headers(&[("ce-id", "%FF")]);
        assert!(matches!(&event(&broken, b"{}").unwrap()[..], [Offered::Refused { .. }]));
        assert_eq!(event(&headers(&[("ce-id", "a")]), b"{").unwrap_err().status, 400);
    }
}
