//! Who may read, until there are accounts: callers on the same machine, and no page of another
//! site through their browser. `--open-reads` opens reading to every address.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use domain::problem::Problem;

use crate::settings::Settings;

/// Paths that answer to every address: sending needs a source's token, moving the clock an
/// administrator's; the rest says nothing of the city.
const OPEN: [&str; 6] = [
    "/api/v1/events",
    "/api/v1/events/stream",
    "/api/v1/clock",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
];

/// What proxies say of whom they ask for.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// Who may read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    open_reads: bool,
    listen: IpAddr,
}

impl Access {
    pub(super) fn of(settings: &Settings) -> Self {
        Self { open_reads: settings.open_reads, listen: settings.listen.ip() }
    }

    /// Lets a request pass, or says why not and what to do.
    pub(super) async fn guard(self, request: Request, next: Next) -> Response {
        match self.check(&request) {
            Ok(()) => next.run(request).await,
            Err(problem) => super::problem::response(problem),
        }
    }

    fn check(self, request: &Request) -> Result<(), Problem> {
        if self.open_reads || OPEN.contains(&request.uri().path()) {
            return Ok(());
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        if !peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback()) {
            return Err(on_loopback_only(
                "Until accounts exist, pages and reads answer only to callers on the server's own machine. \
                 Ask from there, or start the server with --open-reads, which lets every address that \
                 reaches it read everything but personal data.",
            ));
        }
        // Behind a proxy on the same machine every stranger looks like a neighbour.
        if let Some(name) = FORWARDED.into_iter().find(|name| request.headers().contains_key(*name)) {
            let detail = format!(
                "{name}: the request came through a proxy, for a caller elsewhere. Until accounts exist, reads \
                 answer only to callers on the server's own machine, unless it was started with --open-reads."
            );
            return Err(on_loopback_only(&detail).at(name));
        }
        let host = request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
            .or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()));
        // Every browser names the host. Another name than our own means that a foreign page had
        // its name point here (DNS rebinding), or that a proxy hands strangers' requests on.
        if host.is_some_and(|host| !self.is_own(host)) {
            return Err(on_loopback_only(
                "Host: is not a name of this machine's own (localhost, 127.0.0.1, [::1]). Ask under such a \
                 name, or start the server with --open-reads.",
            )
            .at("Host"));
        }
        Ok(())
    }

    fn is_own(self, host: &str) -> bool {
        let name = without_port(host);
        if name.trim_end_matches('.').eq_ignore_ascii_case("localhost") {
            return true;
        }
        let Ok(ip) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() else {
            return false;
        };
        ip.to_canonical().is_loopback() || (ip == self.listen && !ip.is_unspecified())
    }
}

fn without_port(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn on_loopback_only(detail: &str) -> Problem {
    Problem::new("reads-on-loopback-only", 403, "Reads answer on loopback only", detail)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[track_caller]
    fn check(open_reads: bool, peer: &str, host: &str, path: &str, may: bool) {
        let access = Access { open_reads, listen: "10.0.0.7".parse().unwrap() };
        let mut request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
        let checked = access.check(&request);
        assert_eq!(checked.is_ok(), may, "{peer} {host} {path}");
        if let Err(problem) = checked {
            assert_eq!((problem.status, problem.slug()), (403, "reads-on-loopback-only"));
        }
    }

    #[test]
    fn reads_answer_on_loopback_under_a_name_of_its_own() {
        for host in [
            "localhost",
            "localhost:8080",
            "LOCALHOST.",
            "127.0.0.1:80",
            "127.9.9.9",
            "[::1]:80",
            "10.0.0.7:80",
        ] {
            check(false, "127.0.0.1", host, "/api/v1/aggregates", true);
        }
        check(false, "::1", "[::1]", "/", true);
        check(false, "::ffff:127.0.0.1", "localhost", "/", true);
        check(false, "10.0.0.8", "10.0.0.7", "/api/v1/aggregates", false);
        check(false, "10.0.0.8", "localhost", "/", false);
    }

    #[test]
    fn a_foreign_name_that_points_here_is_refused() {
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "0.0.0.0", "[::2]"]
        {
            check(false, "127.0.0.1", host, "/api/v1/cases", false);
        }
    }

    #[test]
    fn what_has_its_own_key_or_says_nothing_of_the_city_answers_to_all() {
        for path in OPEN {
            check(false, "10.0.0.8", "city.example", path, true);
        }
        check(false, "10.0.0.8", "city.example", "/metrics", false);
        check(true, "10.0.0.8", "city.example", "/api/v1/cases", true);
    }

    #[test]
    fn a_stranger_behind_a_proxy_on_this_machine_is_refused() {
        let access = Access { open_reads: false, listen: "127.0.0.1".parse().unwrap() };
        for name in FORWARDED {
            let request = Request::get("/").header(name, "192.0.2.7").header(header::HOST, "localhost");
            let mut request = request.body(Body::empty()).unwrap();
            let peer: SocketAddr = "127.0.0.1:4000".parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            assert_eq!(access.check(&request).unwrap_err().parameter.as_deref(), Some(name));
        }
    }

    #[test]
    fn a_caller_of_unknown_address_is_a_stranger() {
        let access = Access { open_reads: false, listen: "127.0.0.1".parse().unwrap() };
        assert!(access.check(&Request::get("/").body(Body::empty()).unwrap()).is_err());
    }
}
