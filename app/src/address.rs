//! Addresses of the pages. A code may hold anything (spaces, slashes, quotes, percent signs), so it
//! is percent-encoded whole when it goes into an address, and read back from the raw address by the
//! same rule on the server and in the browser.

use std::fmt::Write as _;
use std::sync::OnceLock;

/// The path under which a reverse proxy shows the product: `/toancanh`; empty for the whole of a host. It is
/// the program's own, not a page's: no address is built without it.
static BASE: OnceLock<String> = OnceLock::new();

/// Says once, before the first page, under which path the product is shown.
///
/// # Errors
/// The path that was said before, where it is another one.
pub fn stand_under(path: &str) -> Result<(), &'static str> {
    let known = BASE.get_or_init(|| path.to_owned());
    if known == path { Ok(()) } else { Err(known) }
}

/// That path, with a slash at its beginning and none at its end; empty where there is none.
#[must_use]
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// The address of `path`, which begins with a slash.
#[must_use]
pub fn at(path: &str) -> String {
    under(base(), path)
}

/// The path of an address without what stands before all of ours: on the server it may be gone already.
#[must_use]
pub fn bare(path: &str) -> &str {
    without(base(), path)
}

fn under(base: &str, path: &str) -> String {
    format!("{base}{path}")
}

fn without<'a>(base: &str, path: &'a str) -> &'a str {
    match path.strip_prefix(base) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

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

/// The decoded parts of a raw path, from the product's own first page on.
#[must_use]
pub fn segments(path: &str) -> Vec<String> {
    bare(path).split('/').filter(|part| !part.is_empty()).map(decode).collect()
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
    at(&format!("/agency/{}", encode(code)))
}

/// `/agency/{code}/field/{field}`.
#[must_use]
pub fn agency_field(code: &str, field: &str) -> String {
    at(&format!("/agency/{}/field/{}", encode(code), encode(field)))
}

/// `/field/{code}`.
#[must_use]
pub fn field(code: &str) -> String {
    at(&format!("/field/{}", encode(code)))
}

/// `/channel/{code}`.
#[must_use]
pub fn channel(code: &str) -> String {
    at(&format!("/channel/{}", encode(code)))
}

/// `/district/{code}`.
#[must_use]
pub fn district(code: &str) -> String {
    at(&format!("/district/{}", encode(code)))
}

/// `/district/{code}/ward/{ward}`.
#[must_use]
pub fn district_ward(code: &str, ward: &str) -> String {
    at(&format!("/district/{}/ward/{}", encode(code), encode(ward)))
}

/// `/ward/{code}`.
#[must_use]
pub fn ward(code: &str) -> String {
    at(&format!("/ward/{}", encode(code)))
}

/// `/case/{code}`.
#[must_use]
pub fn case(code: &str) -> String {
    at(&format!("/case/{}", encode(code)))
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

/// `/desk/{agency}`.
#[must_use]
pub fn desk(agency: &str) -> String {
    at(&format!("/desk/{}", encode(agency)))
}

/// `/centre/{place}`.
#[must_use]
pub fn centre(place: &str) -> String {
    at(&format!("/centre/{}", encode(place)))
}

/// `/centre/{place}/lobby`.
#[must_use]
pub fn lobby(place: &str) -> String {
    at(&format!("/centre/{}/lobby", encode(place)))
}

/// `/desk/city-office`.
#[must_use]
pub fn office_desk() -> String {
    at("/desk/city-office")
}

/// `/print/today`.
#[must_use]
pub fn today() -> String {
    at("/print/today")
}

/// `/alarms`, perhaps only those that stand so.
#[must_use]
pub fn alarms(status: Option<&str>) -> String {
    let params: Vec<_> = status.map(|status| ("status".to_owned(), status.to_owned())).into_iter().collect();
    with_search("/alarms", &params)
}

/// `/directives?…`.
#[must_use]
pub fn directives(params: &[(String, String)]) -> String {
    with_search("/directives", params)
}

/// `/directives/{code}`.
#[must_use]
pub fn directive(code: &str) -> String {
    at(&format!("/directives/{}", encode(code)))
}

/// `/directives/new?…`: `case`, or the parameters of a receipt.
#[must_use]
pub fn new_directive(params: &[(String, String)]) -> String {
    with_search("/directives/new", params)
}

fn with_search(path: &str, params: &[(String, String)]) -> String {
    if params.is_empty() { at(path) } else { format!("{}?{}", at(path), search(params)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_under_another_one_is_found_with_it_and_without() {
        for (path, want) in [
            ("/toancanh/case/1", "/case/1"),
            ("/toancanh", "/"),
            ("/toancanhx/y", "/toancanhx/y"),
            ("/case/1", "/case/1"),
        ] {
            assert_eq!(without("/toancanh", path), want);
            assert_eq!(without("", path), path);
        }
        assert_eq!(under("/toancanh", "/"), "/toancanh/");
    }

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
