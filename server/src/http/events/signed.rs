//! Who may send: the bearer of a token, and where its registration asks for it the holder of a key. Whoever is
//! refused is counted (`/metrics`, by source and reason) and audited.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use axum::http::request::Parts;
use bytes::Bytes;
use domain::problem::Problem;
use sha2::{Digest, Sha256};

use crate::audit::Entry;
use crate::http::listen::OverTls;
use crate::running::Running;
use crate::signature::{self, Asked, Refused, SignatureError, Verified, Window};
use crate::source::SourceGrant;

/// Who is not registered.
const UNKNOWN: &str = "unknown";

/// Under what bodies' digests are keyed in the audit file.
const AUDIT: &str = "audit";

/// Verifies the signature of a request, and that it did not come before. None where the source need not sign.
///
/// # Errors
/// The problem of the whole request, already counted and audited.
pub(super) fn admit(
    running: &Running,
    source: &SourceGrant,
    parts: &Parts,
    has_body: bool,
) -> Result<Option<Verified>, Problem> {
    let now = jiff::Timestamp::now().as_second();
    let secs = i64::from(running.settings.in_transit.signature_window_secs);
    let window = Window { now, secs, since: running.sources.since };
    let over_tls = parts.extensions.get::<OverTls>().is_some();
    let (method, uri, headers) = (&parts.method, &parts.uri, &parts.headers);
    let asked = Asked { method, uri, headers, over_tls, has_body };
    let admitted = signature::verify(asked, source, window).and_then(|verified| {
        if let Some(verified) = &verified {
            let taken =
                running.sources.nonces.take(&source.name, &verified.nonce, verified.created + secs, now);
            taken.map_err(|error| Refused { error, keyid: Some(verified.keyid.clone()) })?;
        }
        Ok(verified)
    });
    admitted.map_err(|refused| refuse(running, source, &parts.extensions, &refused, None))
}

/// Holds a body against the digest that was signed.
///
/// # Errors
/// The problem of the whole request, already counted and audited.
pub(super) fn check_body(
    running: &Running,
    source: &SourceGrant,
    extensions: &Extensions,
    verified: &Verified,
    body: &Bytes,
) -> Result<(), Problem> {
    if verified.digest.as_ref().is_none_or(|digest| digest.is_of(body)) {
        return Ok(());
    }
    let refused = Refused { error: SignatureError::DigestMismatch, keyid: Some(verified.keyid.clone()) };
    Err(refuse(running, source, extensions, &refused, Some(body)))
}

fn refuse(
    running: &Running,
    source: &SourceGrant,
    extensions: &Extensions,
    refused: &Refused,
    body: Option<&Bytes>,
) -> Problem {
    let problem = refused.error.problem();
    running.telemetry.refusals.count(&source.name, problem.slug());
    let digest = body.and_then(|body| {
        // Keyed: nobody guesses at a body by its digest.
        let keyed = running.store.keys().content_digest(AUDIT, &Sha256::digest(body)).ok()?;
        Some(keyed.iter().map(|byte| format!("{byte:02x}")).collect())
    });
    running.audit.refused(Entry {
        reason: Some(problem.slug().to_owned()),
        keyid: refused.keyid.clone(),
        from: from(extensions),
        digest,
        ..Entry::new(&source.name, "events.refused")
    });
    problem
}

/// A token that nobody has, or none.
pub(super) fn unknown(running: &Running, extensions: &Extensions) -> Problem {
    let problem = crate::gateway::problems::unknown_source();
    running.telemetry.refusals.count(UNKNOWN, problem.slug());
    running.audit.refused(Entry {
        reason: Some(problem.slug().to_owned()),
        from: from(extensions),
        ..Entry::new(UNKNOWN, "events.refused")
    });
    problem
}

/// A source has opened its socket.
pub(super) fn opened(running: &Running, source: &SourceGrant, extensions: &Extensions, verified: &Verified) {
    running.audit.refused(Entry {
        keyid: Some(verified.keyid.clone()),
        from: from(extensions),
        ..Entry::new(&source.name, "stream.opened")
    });
}

/// From where, without saying from whom.
fn from(extensions: &Extensions) -> Option<String> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let kind = match peer.ip().to_canonical() {
        ip if ip.is_loopback() => "loopback",
        std::net::IpAddr::V4(ip) if ip.is_private() || ip.is_link_local() => "private",
        std::net::IpAddr::V6(ip) if ip.is_unique_local() || ip.is_unicast_link_local() => "private",
        _ => "public",
    };
    Some(kind.to_owned())
}
