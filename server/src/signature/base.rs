//! The signature base (RFC 9421 section 2.5): the very text that was signed, made again from the
//! request.

use axum::http::header;
use axum::http::{HeaderMap, HeaderName};
use sfv::{FieldType, InnerList, ListEntry};

use super::{Asked, SignatureError};

/// Components that one signature covers, at most.
const COMPONENTS_MAX: usize = 64;

/// How the line of a covered `Authorization` begins.
const AUTHORIZATION: &str = "\"authorization\": ";

/// A signature base.
pub(super) struct Base {
    /// What was signed.
    pub(super) text: String,
    /// The same without the secret in `Authorization`: no token is ever kept.
    pub(super) kept: String,
    /// The names of the components.
    pub(super) covered: Vec<String>,
}

/// Makes the base of the components that `input` names, in their order.
pub(super) fn make(asked: Asked<'_>, input: &InnerList) -> Result<Base, SignatureError> {
    if input.items.len() > COMPONENTS_MAX {
        return Err(SignatureError::Malformed("Signature-Input: covers more than 64 components"));
    }
    let mut base = Base { text: String::new(), kept: String::new(), covered: Vec::new() };
    for item in &input.items {
        let name = item
            .bare_item
            .as_string()
            .map(|name| name.as_str())
            .ok_or(SignatureError::Malformed("Signature-Input: a component's name is not a string"))?;
        if !item.params.is_empty() {
            return Err(SignatureError::Malformed(
                "Signature-Input: components with parameters are not taken",
            ));
        }
        if base.covered.iter().any(|covered| covered == name) {
            return Err(SignatureError::Malformed("Signature-Input: a component stands in it twice"));
        }
        let value = value(asked, name)?;
        base.text.push_str(&format!("\"{name}\": {value}\n"));
        let kept = if name == header::AUTHORIZATION.as_str() { scheme(&value) } else { &value };
        base.kept.push_str(&format!("\"{name}\": {kept}\n"));
        base.covered.push(name.to_owned());
    }
    let parameters: Option<String> = vec![ListEntry::InnerList(input.clone())].serialize();
    let last = format!("\"@signature-params\": {}", parameters.unwrap_or_default());
    base.text.push_str(&last);
    base.kept.push_str(&last);
    Ok(base)
}

/// Whether a kept base can only be verified with the token that it covered.
#[must_use]
pub fn ask_for_token(kept: &str) -> bool {
    kept.lines().any(|line| line.starts_with(AUTHORIZATION))
}

/// A kept base with its token put back.
#[must_use]
pub fn with_authorization(kept: &str, token: &str) -> String {
    let put_back = |line: &str| match line.strip_prefix(AUTHORIZATION) {
        Some(scheme) => format!("{AUTHORIZATION}{scheme} {token}"),
        None => line.to_owned(),
    };
    kept.lines().map(put_back).collect::<Vec<_>>().join("\n")
}

fn scheme(authorization: &str) -> &str {
    authorization.split_once(' ').map_or("", |(scheme, _)| scheme)
}

fn value(asked: Asked<'_>, name: &str) -> Result<String, SignatureError> {
    let missing =
        || SignatureError::Malformed("Signature-Input: covers a component that the request does not have");
    let scheme = if asked.over_tls { "https" } else { "http" };
    let host = || asked.headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or_else(missing);
    let target = asked.uri.path_and_query().map_or("/", |target| target.as_str());
    Ok(match name {
        "@method" => asked.method.as_str().to_owned(),
        "@target-uri" => format!("{scheme}://{}{target}", host()?),
        "@authority" => authority(host()?, asked.over_tls),
        "@scheme" => scheme.to_owned(),
        "@request-target" => target.to_owned(),
        "@path" => asked.uri.path().to_owned(),
        "@query" => format!("?{}", asked.uri.query().unwrap_or_default()),
        derived if derived.starts_with('@') => {
            return Err(SignatureError::Malformed(
                "Signature-Input: covers a derived component that is not taken",
            ));
        }
        name if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            return Err(SignatureError::Malformed("Signature-Input: names of headers are in lower case"));
        }
        name => {
            let name: HeaderName = name.parse().map_err(|_| missing())?;
            field(asked.headers, name.as_str()).ok_or_else(missing)?
        }
    })
}

/// In lower case, and without the port that its scheme has anyway.
fn authority(host: &str, over_tls: bool) -> String {
    let host = host.to_ascii_lowercase();
    let usual = if over_tls { ":443" } else { ":80" };
    host.strip_suffix(usual).map_or(host.clone(), str::to_owned)
}

/// All values of a header, as one line (RFC 9421 section 2.1); none where there is none, or one of them is no
/// text.
pub(super) fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = Vec::new();
    for value in headers.get_all(name) {
        values.push(value.to_str().ok()?.trim());
    }
    (!values.is_empty()).then(|| values.join(", "))
}
