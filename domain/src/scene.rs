//! What a wall shows, as data: scenes of panels on a grid, in the order of the playlist.
//!
//! A panel asks one question of the cube in the words of [`crate::query`]; how its kind is drawn is the app's.

mod read;
pub mod rules;
pub mod saved;

use serde::{Deserialize, Serialize};

use crate::city::Label;
use crate::metric::Metric;
use crate::query::GroupKey;

pub use read::{ROWS_DEFAULT, read};

/// Columns of a wall of about 16:9.
pub const COLUMNS: u8 = 24;
/// Columns of a wall that is wider than 8:3.
pub const COLUMNS_WIDE: u8 = 48;
/// Rows of every wall.
pub const ROWS: u8 = 12;
/// Most scenes of a city: a playlist that nobody sees to its end is no use.
pub const SCENES_MAX: usize = 32;
/// Most panels of a scene.
pub const PANELS_MAX: usize = 12;
/// How long a scene stands in its turn, in seconds: shorter cannot be read.
pub const SECONDS: std::ops::RangeInclusive<u32> = 5..=3_600;
/// How many rows a list may ask for.
pub const LIST_ROWS: std::ops::RangeInclusive<u8> = 1..=40;
/// Most numbers of a panel of figures.
pub const FIGURES_MAX: usize = 12;

/// A named layout of panels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The last part of its address; see [`crate::screen::scene`].
    pub name: String,
    /// What people read.
    pub title: Label,
    /// How long it stands in its turn.
    pub seconds: u32,
    /// In the order of reading; the first bears the scene's title.
    pub panels: Vec<Panel>,
}

/// One question on a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// How it is drawn.
    pub kind: PanelKind,
    /// Its heading; the kind's own where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Label>,
    /// The line under the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<Label>,
    /// What is counted, in the order of showing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// What it is split by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<GroupKey>,
    /// Only these: dimension and codes, as the parameters of a query say them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<(String, String)>,
    /// From which of the city's days movements count: `today`, `today-29d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How many rows a list has at most.
    pub rows: u8,
    /// Where it stands on a wall of about 16:9.
    pub at: Area,
    /// Where it stands on a wall that is wider than 8:3.
    pub wide: Area,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// The five numbers of the city, each with how it went.
    Numbers,
    /// One metric in hexagons.
    Map,
    /// The longest overdue cases by agency, their clocks running.
    Longest,
    /// The newest serious cases.
    Newest,
    /// A dimension ranked by a level, with bars of timeliness.
    Ranked,
    /// How one metric is shared out over a dimension.
    Shares,
    /// A rate over a dimension, each beside the number that it rests on.
    Rates,
    /// Several numbers.
    Figures,
    /// Two movements day by day.
    Days,
    /// What is well above its usual level.
    Surge,
    /// The alarms that stand.
    Alarms,
}

impl PanelKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Numbers,
        Self::Map,
        Self::Longest,
        Self::Newest,
        Self::Ranked,
        Self::Shares,
        Self::Rates,
        Self::Figures,
        Self::Days,
        Self::Surge,
        Self::Alarms,
    ];

    /// The word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Map => "map",
            Self::Longest => "longest",
            Self::Newest => "newest",
            Self::Ranked => "ranked",
            Self::Shares => "shares",
            Self::Rates => "rates",
            Self::Figures => "figures",
            Self::Days => "days",
            Self::Surge => "surge",
            Self::Alarms => "alarms",
        }
    }

    /// How many metrics it takes, lowest and highest.
    #[must_use]
    pub const fn metrics(self) -> (usize, usize) {
        match self {
            Self::Map | Self::Shares | Self::Rates => (1, 1),
            Self::Ranked => (0, 1),
            Self::Figures => (1, FIGURES_MAX),
            Self::Days => (2, 2),
            Self::Numbers | Self::Longest | Self::Newest | Self::Surge | Self::Alarms => (0, 0),
        }
    }

    /// Whether it is split by a dimension: then it must say which.
    #[must_use]
    pub const fn is_split(self) -> bool {
        matches!(self, Self::Ranked | Self::Shares | Self::Rates | Self::Surge)
    }

    /// Whether it takes a filter.
    #[must_use]
    pub const fn is_filtered(self) -> bool {
        !matches!(self, Self::Numbers | Self::Longest | Self::Newest | Self::Alarms)
    }

    /// Whether it counts movements from a day on, which a panel may say.
    #[must_use]
    pub const fn has_period(self) -> bool {
        matches!(self, Self::Shares | Self::Rates | Self::Figures | Self::Days)
    }
}

/// The levels that a ranking goes by.
pub const RANKED_BY: [Metric; 3] = [Metric::Overdue, Metric::DueSoon, Metric::Open];

/// The rates that a panel may show, each with the number that it rests on.
pub const RATES: [(Metric, Metric); 3] = [
    (Metric::SatisfactionRate, Metric::Rated),
    (Metric::ResponseRate, Metric::Rateable),
    (Metric::CriterionSatisfactionRate, Metric::CriterionAnswers),
];

/// A rectangle of the grid, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its first column.
    pub column: u8,
    /// Its first row.
    pub row: u8,
    /// How many columns.
    pub columns: u8,
    /// How many rows.
    pub rows: u8,
}

impl Area {
    /// Whether it lies in a grid of so many columns.
    #[must_use]
    pub fn fits(self, columns: u8) -> bool {
        let within = |from: u8, many: u8, all: u8| {
            from >= 1 && many >= 1 && u16::from(from) + u16::from(many) <= u16::from(all) + 1
        };
        within(self.column, self.columns, columns) && within(self.row, self.rows, ROWS)
    }

    /// Whether two share a place.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let apart = |a: u8, many: u8, b: u8| u16::from(a) + u16::from(many) <= u16::from(b);
        !(apart(self.column, self.columns, other.column)
            || apart(other.column, other.columns, self.column)
            || apart(self.row, self.rows, other.row)
            || apart(other.row, other.rows, self.row))
    }

    /// The same part of a wall twice as wide.
    #[must_use]
    pub const fn stretched(self) -> Self {
        Self {
            column: self.column.saturating_mul(2).saturating_sub(1),
            columns: self.columns.saturating_mul(2),
            ..self
        }
    }
}

/// The scene of a name.
#[must_use]
pub fn find<'a>(scenes: &'a [Scene], name: &str) -> Option<&'a Scene> {
    scenes.iter().find(|scene| scene.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn area(column: u8, row: u8, columns: u8, rows: u8) -> Area {
        Area { column, row, columns, rows }
    }

    #[test]
    fn an_area_lies_within_the_grid_or_not() {
        for (area, fits) in [
            (area(1, 1, 24, 12), true),
            (area(24, 12, 1, 1), true),
            (area(1, 1, 25, 12), false),
            (area(2, 1, 24, 12), false),
            (area(1, 2, 1, 12), false),
            (area(0, 1, 1, 1), false),
            (area(1, 1, 0, 1), false),
            (area(255, 255, 255, 255), false),
        ] {
            assert_eq!(area.fits(COLUMNS), fits, "{area:?}");
        }
    }

    #[test]
    fn areas_that_touch_do_not_overlap() {
        let middle = area(5, 5, 4, 4);
        for (other, overlaps) in [
            (area(1, 5, 4, 4), false),
            (area(9, 5, 4, 4), false),
            (area(5, 1, 4, 4), false),
            (area(5, 9, 4, 4), false),
            (area(8, 8, 4, 4), true),
            (area(1, 1, 24, 12), true),
            (area(6, 6, 1, 1), true),
        ] {
            assert_eq!((middle.overlaps(other), other.overlaps(middle)), (overlaps, overlaps), "{other:?}");
        }
    }

    #[test]
    fn a_stretched_area_fits_the_wide_wall_wherever_it_fitted() {
        for column in 1..=COLUMNS {
            for columns in 1..=COLUMNS + 1 - column {
                assert!(area(column, 1, columns, 1).stretched().fits(COLUMNS_WIDE));
            }
        }
    }

    #[test]
    fn every_kind_has_its_own_word() {
        for kind in PanelKind::ALL {
            let said = serde_json::to_string(&kind).unwrap();
            assert_eq!(said, format!("\"{}\"", kind.name()));
        }
    }
}
