//! What a shape stands for. plotters carries colours as bytes; ours are numbers of names, which the
//! backend turns back into classes.

use plotters::style::RGBColor;

/// What a shape stands for: the name of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// The measured line.
    Line,
    /// A second line beside it.
    Second,
    /// The newest value.
    Last,
    /// What is usual.
    Band,
    /// A hairline to read by.
    Grid,
    /// A word on an axis.
    Label,
    /// In time.
    InTime,
    /// Due soon.
    DueSoon,
    /// Overdue.
    Overdue,
    /// Without a limit, or no data.
    NoData,
}

impl Paint {
    const ALL: [Self; 10] = [
        Self::Line,
        Self::Second,
        Self::Last,
        Self::Band,
        Self::Grid,
        Self::Label,
        Self::InTime,
        Self::DueSoon,
        Self::Overdue,
        Self::NoData,
    ];

    /// The class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Second => "second",
            Self::Last => "last",
            Self::Band => "band",
            Self::Grid => "grid",
            Self::Label => "label",
            Self::InTime => "in-time",
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::NoData => "no-data",
        }
    }

    /// As plotters carries it.
    #[must_use]
    pub(super) const fn color(self) -> RGBColor {
        RGBColor(0, 0, self as u8)
    }

    /// Back from what plotters carried; a colour that is none of ours is a hairline.
    pub(super) fn of(rgb: (u8, u8, u8)) -> Self {
        Self::ALL.get(usize::from(rgb.2)).copied().unwrap_or(Self::Grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paint_comes_back_from_its_colour() {
        for paint in Paint::ALL {
            let RGBColor(red, green, blue) = paint.color();
            assert_eq!(Paint::of((red, green, blue)), paint);
        }
    }
}
