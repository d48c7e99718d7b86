//! Addresses of the pages. A code may hold anything (spaces, slashes, quotes, percent signs), so it
//! is percent-encoded whole when it goes into an address, and read back from the raw address by the
//! same rule on the server and in the browser.

use std::fmt::Write as _;

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Undoes [`encode`]. A percent sign that begins no escape stands for itself.
#[must_use]
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(&byte) = bytes.get(place) {
        let escaped = (byte == b'%')
            .then(|| text.get(place + 1..place + 3))
            .flatten()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(byte));
        place += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The decoded parts of a raw path.
#[must_use]
pub fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty()).map(decode).collect()
}

/// The decoded parameters of a raw query string, in their order. `+` is a space, as forms write it.
#[must_use]
pub fn pairs(search: &str) -> Vec<(String, String)> {
    search
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// A query string of parameters, without the question mark.
#[must_use]
pub fn search(pairs: &[(String, String)]) -> String {
    let pair = |(key, value): &(String, String)| format!("{}={}", encode(key), encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The value of a parameter.
#[must_use]
pub fn value(pairs: &[(String, String)], key: &str) -> Option<String> {
    pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
}

/// `/agency/{code}`.
#[must_use]
pub fn agency(code: &str) -> String {
    format!("/agency/{}", encode(code))
}

/// `/agency/{code}/field/{field}`.
#[must_use]
pub fn agency_field(code: &str, field: &str) -> String {
    format!("/agency/{}/field/{}", encode(code), encode(field))
}

/// `/field/{code}`.
#[must_use]
pub fn field(code: &str) -> String {
    format!("/field/{}", encode(code))
}

/// `/channel/{code}`.
#[must_use]
pub fn channel(code: &str) -> String {
    format!("/channel/{}", encode(code))
}

/// `/district/{code}`.
#[must_use]
pub fn district(code: &str) -> String {
    format!("/district/{}", encode(code))
}

/// `/district/{code}/ward/{ward}`.
#[must_use]
pub fn district_ward(code: &str, ward: &str) -> String {
    format!("/district/{}/ward/{}", encode(code), encode(ward))
}

/// `/ward/{code}`.
#[must_use]
pub fn ward(code: &str) -> String {
    format!("/ward/{}", encode(code))
}

/// `/case/{code}`.
#[must_use]
pub fn case(code: &str) -> String {
    format!("/case/{}", encode(code))
}

/// `/cases?…`.
#[must_use]
pub fn cases(params: &[(String, String)]) -> String {
    with_search("/cases", params)
}

/// `/cell/{cell}?…`.
#[must_use]
pub fn cell(cell: &str, params: &[(String, String)]) -> String {
    with_search(&format!("/cell/{}", encode(cell)), params)
}

/// `/receipt?…`.
#[must_use]
pub fn receipt(params: &[(String, String)]) -> String {
    with_search("/receipt", params)
}

fn with_search(path: &str, params: &[(String, String)]) -> String {
    if params.is_empty() { path.to_owned() } else { format!("{path}?{}", search(params)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str) {
        let path = agency_field(code, code);
        assert!(path.is_ascii(), "{path}");
        assert!(!path.contains([' ', '"', '\'', '<', '>', '?', '#', '&']), "{path}");
        assert_eq!(segments(&path), ["agency", code, "field", code]);
        let params = vec![("agency".to_owned(), code.to_owned()), ("q".to_owned(), code.to_owned())];
        assert_eq!(pairs(&search(&params)), params);
    }

    #[test]
    fn every_code_comes_back_from_an_address() {
        check("PWDx");
        check("Allston / Brighton");
        check("Mayor's 24 Hour Hotline/\"Notification\"/Abandoned Bicycle");
        check("50% off & more?#1+1=2");
        check("a%2Fb%25");
        check("Lĩnh vực: điện, nước");
        check("..");
    }

    #[test]
    fn a_form_writes_spaces_as_plus_signs() {
        assert_eq!(
            pairs("?q=c%C3%A2y+ng%C3%A3&x"),
            [("q".into(), "cây ngã".into()), ("x".into(), String::new())]
        );
    }

    #[test]
    fn a_lone_percent_sign_stands_for_itself() {
        assert_eq!(decode("50%%20off%"), "50% off%");
        assert_eq!(decode("%é1"), "%é1");
    }
}
