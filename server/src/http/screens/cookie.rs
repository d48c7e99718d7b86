//! The two cookies: that of an enrolled device, and that of an administrator's browser. No script reads them, no
//! other site sends them, no other host sets them (`__Host-`). They come only over https, and over http on the
//! server's own machine, which browsers hold to be as good.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::problem::Problem;

use super::header_value;
use crate::screens::Secret;

/// An enrolled device's token.
pub(super) const SCREEN: &str = "__Host-toancanh-screen";
/// An administrator's session.
pub(super) const ADMINISTRATOR: &str = "__Host-toancanh-administrator";

/// 400 days, the longest that browsers keep any.
const SCREEN_SECS: u32 = 34_560_000;
/// Hexadecimal digits of a secret.
const DIGITS: usize = 64;

/// The cookie of a name, where it has the form of one of ours.
pub(super) fn of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)?;
    let is_ours = value.len() == DIGITS && value.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_ours.then_some(value)
}

/// Gives a device its token.
pub(super) fn screen(secret: &Secret) -> Result<HeaderValue, Problem> {
    again(secret.reveal())
}

/// The same token for another 400 days.
pub(super) fn again(token: &str) -> Result<HeaderValue, Problem> {
    set(SCREEN, token, &format!("; Max-Age={SCREEN_SECS}"))
}

/// Gives a browser its session, until it is closed.
pub(super) fn session(secret: &Secret) -> Result<HeaderValue, Problem> {
    set(ADMINISTRATOR, secret.reveal(), "")
}

/// Takes a cookie away.
pub(super) fn gone(name: &str) -> Result<HeaderValue, Problem> {
    set(name, "", "; Max-Age=0")
}

fn set(name: &str, value: &str, more: &str) -> Result<HeaderValue, Problem> {
    let mut header =
        header_value(format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{more}"))?;
    header.set_sensitive(true);
    Ok(header)
}
