//! What a page can be refused, in a form that crosses from the server to the browser.

use domain::problem::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::text::Say;
use crate::text::lang::say;

/// Why a page has no numbers. The reader sees a safe sentence; the cause stays with the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{}: {}", .0.title, .0.detail)]
pub struct AppError(pub Problem);

/// The status of something that the reader may not see.
const FORBIDDEN: u16 = 403;

impl AppError {
    /// Whether the reader lacks the right.
    #[must_use]
    pub const fn is_forbidden(&self) -> bool {
        self.0.status == FORBIDDEN
    }
}

/// The kind of an answer to a question that nobody asks any more.
const SUPERSEDED: &str = "superseded";

impl AppError {
    /// The answer came to a question that has been replaced since: what is shown stays.
    #[must_use]
    pub fn superseded() -> Self {
        Self(Problem::new(SUPERSEDED, 409, "Superseded", "another question was asked meanwhile"))
    }

    /// Whether the question has been replaced since.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.0.slug() == SUPERSEDED
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// The kind of an answer that never came.
const UNREACHABLE: &str = "unreachable";
/// The kind of an answer that the page cannot read.
const OTHER_VERSION: &str = "other-version";
/// The kind of a question that no server can answer.
const BAD_PARAMETER: &str = "bad-parameter";
/// The kind of a look-up that comes too soon after others.
const TOO_MANY_LOOKUPS: &str = "too-many-lookups";

impl AppError {
    /// The server cannot be reached, or says nothing.
    #[must_use]
    pub fn unreachable() -> Self {
        Self(Problem::new(UNREACHABLE, 503, "Unreachable", "the server cannot be reached"))
    }

    /// Whether the same question may well be answered later: the server cannot be reached, is
    /// starting or is too busy.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self.0.status, 408 | 425 | 429 | 500..)
    }

    /// What happened, as the reader is told.
    #[must_use]
    pub fn what(&self) -> Say {
        match self.0.slug() {
            UNREACHABLE => say("Không nối được với máy chủ", "The server cannot be reached"),
            OTHER_VERSION => {
                say("Trang này khác phiên bản với máy chủ", "This page and the server differ in version")
            }
            BAD_PARAMETER => say("Địa chỉ này không dùng được", "This address cannot be used"),
            TOO_MANY_LOOKUPS => say("Tra cứu quá nhanh", "Too many look-ups"),
            _ if self.0.status == 404 => say("Không có gì ở địa chỉ này", "There is nothing here"),
            _ => say("Không tải được số liệu", "The numbers could not be loaded"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Say {
        match self.0.slug() {
            UNREACHABLE => say(
                "Trang tự hỏi lại cho đến khi có số liệu. Nếu kéo dài, hãy báo cho người vận hành.",
                "The page asks again until there are numbers. If it lasts, tell the operator.",
            ),
            OTHER_VERSION => say("Hãy tải lại trang.", "Load the page again."),
            BAD_PARAMETER => say(
                "Một phần của địa chỉ có thể đã gõ sai. Hãy bắt đầu từ tổng quan.",
                "A part of the address may be mistyped. Start from the overview.",
            ),
            TOO_MANY_LOOKUPS => {
                say("Xin chờ ít giây; trang tự hỏi lại.", "Please wait a few seconds; the page asks again.")
            }
            _ if self.is_passing() => say(
                "Máy chủ đang khởi động hoặc đang bận; trang tự hỏi lại. Nếu kéo dài, hãy báo cho người vận hành.",
                "The server is starting or busy; the page asks again. If it lasts, tell the operator.",
            ),
            _ => say("Hãy bắt đầu từ tổng quan.", "Start from the overview."),
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::unreachable(),
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => Self(Problem::new(
                OTHER_VERSION,
                502,
                "Another version",
                "the page and the server do not speak the same version",
            )),
            _ => Self(Problem::new("page", 500, "No answer", "the server could not answer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &AppError, is_passing: bool, vi: &str) {
        assert_eq!((error.is_passing(), error.what().vi), (is_passing, vi));
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        let refused = AppError(domain::query::bad("from", "is neither a time nor a date"));
        check(&refused, false, "Địa chỉ này không dùng được");
        check(&AppError::unreachable(), true, "Không nối được với máy chủ");
        let busy = AppError(Problem::new("busy", 503, "Too busy now", "again in a second"));
        check(&busy, true, "Không tải được số liệu");
        check(&AppError::superseded(), false, "Không tải được số liệu");
    }
}
