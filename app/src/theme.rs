//! The two grounds that the product is read on.

/// Which colours a screen wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark, read from six metres.
    Wall,
    /// Light, read at arm's length.
    #[default]
    Office,
}

impl Theme {
    /// The class that turns it on.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Office => "office",
        }
    }
}
