//! Where Redis is: `--log redis://host:port[,host:port…][/DB][?area=NAME]`.
//!
//! | address | leads to |
//! |---|---|
//! | `redis://a:6379,b:6379` | whichever of them is the primary; nodes of a Redis Cluster likewise, which name the one that has the stream |
//! | `rediss://…` | the same over TLS, the certificate checked against the system's authorities (`SSL_CERT_FILE`) |
//! | `redis+sentinel://a:26379,b:26379/NAME[/DB]`, `rediss+sentinel://…` | the primary that the Sentinels name for NAME |

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo};

const PORT: u16 = 6_379;
const SENTINEL_PORT: u16 = 26_379;
/// Events of the whole city.
const WHOLE: &str = "all";

/// Where Redis is.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    nodes: Vec<(String, u16)>,
    /// The name of the primary that Sentinels watch.
    service: Option<String>,
    is_tls: bool,
    user: Option<String>,
    password: Option<String>,
    db: i64,
    area: String,
}

impl Address {
    /// The nodes that were named.
    pub(super) fn nodes(&self) -> &[(String, u16)] {
        &self.nodes
    }

    /// The name of the primary that the nodes, being Sentinels, watch.
    pub(super) fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// The part of the city whose events are carried.
    pub(super) fn area(&self) -> &str {
        &self.area
    }

    /// How to connect to a data node.
    pub(super) fn node(&self, host: &str, port: u16) -> Option<ConnectionInfo> {
        let mut settings = RedisConnectionInfo::default().set_db(self.db);
        if let Some(user) = &self.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.password {
            settings = settings.set_password(password);
        }
        Some(self.bare(host, port)?.set_redis_settings(settings))
    }

    /// How to connect to a Sentinel: they take no password here.
    pub(super) fn sentinel(&self, host: &str, port: u16) -> Option<ConnectionInfo> {
        self.bare(host, port)
    }

    fn bare(&self, host: &str, port: u16) -> Option<ConnectionInfo> {
        let host = host.to_owned();
        let address = match self.is_tls {
            false => ConnectionAddr::Tcp(host, port),
            true => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
        };
        address.into_connection_info().ok()
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or("an address such as redis://host:6379")?;
        let (is_tls, is_sentinel) = match scheme {
            "redis" => (false, false),
            "rediss" => (true, false),
            "redis+sentinel" => (false, true),
            "rediss+sentinel" => (true, true),
            _ => return Err("an address that begins with redis://, rediss:// or redis+sentinel://".into()),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let area = match query.split_once('=') {
            None if query.is_empty() => WHOLE,
            Some(("area", area)) if is_name(area) => area,
            _ => return Err("followed by nothing else than ?area=NAME".into()),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, hosts) = authority.rsplit_once('@').map_or((None, authority), |(l, h)| (Some(l), h));
        let decoded = |text: &str| {
            let plain = percent_encoding::percent_decode_str(text).decode_utf8();
            plain.map(|plain| plain.into_owned()).map_err(|_| "login details in UTF-8".to_owned())
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or(("", login))) {
            None => (None, None),
            Some((user, password)) => {
                (Some(decoded(user)?).filter(|user| !user.is_empty()), Some(decoded(password)?))
            }
        };
        let port = if is_sentinel { SENTINEL_PORT } else { PORT };
        let nodes: Result<Vec<_>, String> = hosts.split(',').map(|host| node(host, port)).collect();
        let (service, db) = match is_sentinel {
            false => (None, path),
            true => path.split_once('/').map_or((Some(path), ""), |(service, db)| (Some(service), db)),
        };
        if service.is_some_and(str::is_empty) {
            return Err("followed by /NAME, the primary that the Sentinels watch".into());
        }
        let db = if db.is_empty() { Ok(0) } else { db.parse::<i64>() };
        Ok(Self {
            nodes: nodes?,
            service: service.map(str::to_owned),
            is_tls,
            user,
            password,
            db: db.map_err(|_| "followed by /DB, the number of a database".to_owned())?,
            area: area.to_owned(),
        })
    }
}

fn node(text: &str, port: u16) -> Result<(String, u16), String> {
    let whole = || format!("a list of host:port, which {text:?} is not");
    // An IPv6 address stands in brackets.
    let (host, given) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = given.map_or(Ok(port), str::parse).map_err(|_| whole())?;
    if host.is_empty() { Err(whole()) } else { Ok((host.to_owned(), port)) }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Without the login details.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = if self.is_tls { "s" } else { "" };
        let sentinel = if self.service.is_some() { "+sentinel" } else { "" };
        let login = if self.password.is_some() { "********@" } else { "" };
        let nodes: Vec<String> = self.nodes.iter().map(|(host, port)| format!("{host}:{port}")).collect();
        write!(f, "redis{tls}{sentinel}://{login}{}/", nodes.join(","))?;
        match &self.service {
            Some(service) => write!(f, "{service}/{}?area={}", self.db, self.area),
            None => write!(f, "{}?area={}", self.db, self.area),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let read = text.parse::<Address>();
        assert_eq!(read.map_or_else(|fault| fault, |address| address.to_string()), want);
    }

    #[test]
    fn an_address_is_read_and_shown_without_its_login() {
        check("redis://a", "redis://a:6379/0?area=all");
        check("redis://u:p%40s@a:1,[::1]:2/3?area=north", "redis://********@a:1,::1:2/3?area=north");
        check("rediss://:secret@a", "rediss://********@a:6379/0?area=all");
        check("redis+sentinel://a,b:7/main", "redis+sentinel://a:26379,b:7/main/0?area=all");
        check("redis+sentinel://a/main/2", "redis+sentinel://a:26379/main/2?area=all");
    }

    #[test]
    fn what_is_no_address_is_said() {
        check("a:6379", "an address such as redis://host:6379");
        check("http://a", "an address that begins with redis://, rediss:// or redis+sentinel://");
        check("redis://a:x", "a list of host:port, which \"a:x\" is not");
        check("redis://a,", "a list of host:port, which \"\" is not");
        check("redis+sentinel://a", "followed by /NAME, the primary that the Sentinels watch");
        check("redis://a/x", "followed by /DB, the number of a database");
        check("redis://a?zone=1", "followed by nothing else than ?area=NAME");
    }
}
