//! What can be wrong with a question, and its safe face.

use domain::problem::Problem;
use domain::query::bad;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// 400 `bad-parameter`: a parameter cannot be used.
    #[error("{parameter}: {what}")]
    Bad {
        /// The parameter at fault.
        parameter: &'static str,
        /// What is wrong with it, ready to follow its name.
        what: String,
    },
    /// 500 `internal`: the cube failed. A fault of the product, never of the question.
    #[error("the cube could not compute: {source}")]
    Cube {
        /// What it says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl QueryError {
    pub(crate) fn bad(parameter: &'static str, what: impl Into<String>) -> Self {
        Self::Bad { parameter, what: what.into() }
    }
}

impl From<polars::error::PolarsError> for QueryError {
    fn from(source: polars::error::PolarsError) -> Self {
        Self::Cube { source: Box::new(source) }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Bad { parameter, what } => bad(parameter, &what),
            // The details are for the log; they may name columns, never what a reader can mend.
            QueryError::Cube { .. } => Self::new(
                "internal",
                500,
                "The server failed",
                "The numbers could not be computed. The fault is recorded; try again.",
            ),
        }
    }
}
