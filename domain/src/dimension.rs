//! What a number can be split and filtered by.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A dimension of `interfaces.md` section 4: each groups and filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the glossary's.
pub enum Dimension {
    Agency,
    District,
    Ward,
    Field,
    Channel,
    Kind,
    ContentGroup,
    ReportKind,
    Severity,
    Status,
    Timeliness,
    Procedure,
    SubmissionMode,
    Stage,
    Criterion,
    RatingChannel,
}

impl Dimension {
    /// How many there are.
    pub const COUNT: usize = 16;

    /// All, in the order of [`Dimension::index`].
    pub const ALL: [Self; Self::COUNT] = [
        Self::Agency,
        Self::District,
        Self::Ward,
        Self::Field,
        Self::Channel,
        Self::Kind,
        Self::ContentGroup,
        Self::ReportKind,
        Self::Severity,
        Self::Status,
        Self::Timeliness,
        Self::Procedure,
        Self::SubmissionMode,
        Self::Stage,
        Self::Criterion,
        Self::RatingChannel,
    ];

    /// Its place in an array of all.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether only ratings have it, and no case.
    #[must_use]
    pub const fn is_of_ratings(self) -> bool {
        matches!(self, Self::Criterion | Self::RatingChannel)
    }

    /// The name that queries and answers use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::District => "district",
            Self::Ward => "ward",
            Self::Field => "field",
            Self::Channel => "channel",
            Self::Kind => "kind",
            Self::ContentGroup => "content_group",
            Self::ReportKind => "report_kind",
            Self::Severity => "severity",
            Self::Status => "status",
            Self::Timeliness => "timeliness",
            Self::Procedure => "procedure",
            Self::SubmissionMode => "submission_mode",
            Self::Stage => "stage",
            Self::Criterion => "criterion",
            Self::RatingChannel => "rating_channel",
        }
    }
}

impl FromStr for Dimension {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name).ok_or(())
    }
}
