//! The address of a server as browsers name it: scheme, host and port, and nothing after it.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use serde::{Deserialize, Serialize};

/// An origin (RFC 6454), in lower case and without a final slash: `https://b.city.example`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Origin(String);

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an origin, such as https://b.city.example or http://10.0.0.7:8080")]
pub struct OriginError;

impl Origin {
    /// As browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The same for its sockets: `wss://b.city.example`.
    #[must_use]
    pub fn of_sockets(&self) -> String {
        format!("ws{}", self.0.strip_prefix("http").unwrap_or_default())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.trim().parse().map_err(|_| OriginError)?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let (Some(scheme), Some(authority)) = (scheme, authority) else { return Err(OriginError) };
        if uri.path() != "/" || uri.query().is_some() || authority.host().is_empty() {
            return Err(OriginError);
        }
        Ok(Self(format!("{scheme}://{authority}").to_ascii_lowercase()))
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        assert_eq!(text.parse::<Origin>().ok().as_ref().map(Origin::as_str), want, "{text}");
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        check("https://b.city.example", Some("https://b.city.example"));
        check(" HTTP://B.Example:8080/ ", Some("http://b.example:8080"));
        check("http://[::1]:8081", Some("http://[::1]:8081"));
        for text in [
            "",
            "b.example",
            "ftp://b.example",
            "https://b.example/page",
            "https://b.example/?q",
            "https://u@b",
            "/",
        ] {
            check(text, None);
        }
        let origin: Origin = "https://b.example".parse().unwrap();
        assert_eq!((origin.of_sockets().as_str(), origin.authority()), ("wss://b.example", "b.example"));
    }
}
