//! What a page can be refused, in a form that crosses from the server to the browser.

use domain::problem::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

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

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let detail = match error {
            ServerFnErrorErr::Request(_) => "the server cannot be reached",
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => "the page and the server do not speak the same version",
            _ => "the server could not answer",
        };
        Self(Problem::new("page", 500, "The page could not be filled", detail))
    }
}
