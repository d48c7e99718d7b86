//! Administrative areas over time. The statistics office gives codes out again, so a unit is known
//! by its epoch and its code; lineage leads from one epoch to the next.
//!
//! ```text
//!   2024 · 27139 Võ Thị Sáu ──full──▶ 2025h1 · 27139 Võ Thị Sáu ──full──▶ 2025 · 27139 Xuân Hoà
//!                                     2025h1 · 27127 Phường 14  ──main──▶ 2025 · 27142 Nhiêu Lộc
//! ```
//!
//! A case is counted on two maps, whenever it happened: under a ward of the newest epoch and under
//! a district as districts were when they ended. Where that is not certain the answer says so.
//!
//! Not here: what people read for a code on a screen (the catalogue has it), and files.

mod outline;

use std::collections::BTreeMap;

pub use outline::{Outline, Ring};

use crate::city::Label;
use crate::geo::LatLng;
use crate::time::Timestamp;

/// A time during which the list of units did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its name, as the files use it.
    pub name: String,
    /// Its first instant; the first epoch's reaches back without end.
    pub from: Timestamp,
}

/// What stands above what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Quận, huyện, thị xã, city under the province: until 2025-06-30.
    District,
    /// Phường, xã, thị trấn, đặc khu.
    Ward,
}

/// How much of a unit became another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All of it.
    Full,
    /// A part, and the one in which its middle lies.
    Main,
    /// A part.
    Part,
}

/// What became of a unit in the next epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The unit's code in the next epoch.
    pub code: String,
    /// How much of it.
    pub coverage: Coverage,
}

/// One unit of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What it was called.
    pub label: Label,
    /// Where it stood.
    pub level: Level,
    /// Its district on the old map; of a unit of the newest epoch, that from which most of it came.
    /// A district is its own.
    pub district: String,
    /// What became of it, as the resolutions list it; empty in the newest epoch.
    pub successors: Vec<Successor>,
}

/// Where a case is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The ward of the newest epoch; none where only a district is known.
    pub ward: Option<&'a str>,
    /// The district of the old map.
    pub district: &'a str,
    /// Whether lineage alone decided where it leaves room.
    pub is_approximate: bool,
    /// Whether the code was not in force at the time.
    pub is_of_other_epoch: bool,
}

/// What is wrong with a list of places.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A successor that no unit of the next epoch is.
    #[error("{code:?} of {epoch} became {successor:?}, which the next epoch does not list")]
    NoSuccessor {
        /// The unit's epoch.
        epoch: String,
        /// Its code.
        code: String,
        /// What is missing.
        successor: String,
    },
    /// A unit that leads nowhere.
    #[error("{code:?} of {epoch} has no successor: its cases would be lost on the newest map")]
    Orphan {
        /// The unit's epoch.
        epoch: String,
        /// Its code.
        code: String,
    },
    /// Shares that contradict each other.
    #[error("{code:?} of {epoch} must have one full successor, or parts of which exactly one is \"main\"")]
    Coverage {
        /// The unit's epoch.
        epoch: String,
        /// Its code.
        code: String,
    },
    /// A district that no epoch lists.
    #[error("{code:?} of {epoch} lies in the district {district:?}, which no epoch lists as a district")]
    NoDistrict {
        /// The unit's epoch.
        epoch: String,
        /// Its code.
        code: String,
        /// What is missing.
        district: String,
    },
}

/// The places of a city; none where nobody has listed them.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Oldest first.
    epochs: Vec<Epoch>,
    /// For each epoch its units by code.
    units: Vec<BTreeMap<String, Unit>>,
    /// The wards of the newest epoch that came from more than one district.
    mixed: Vec<String>,
    /// Where the wards of the newest epoch lie.
    outlines: Vec<Outline>,
}

impl Places {
    /// Puts lists together. `units` has one map for each epoch, oldest first; `outlines` are of the
    /// newest epoch.
    ///
    /// # Errors
    /// When a unit would lose its cases on one of the two maps.
    pub fn new(
        epochs: Vec<Epoch>,
        units: Vec<BTreeMap<String, Unit>>,
        outlines: Vec<Outline>,
    ) -> Result<Self, PlaceError> {
        let mut places = Self { epochs, units, mixed: Vec::new(), outlines };
        places.check()?;
        places.mixed = places.wards_of_several_districts();
        Ok(places)
    }

    /// Whether nobody has listed any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// Every epoch with its units by code, oldest first.
    pub fn epochs(&self) -> impl Iterator<Item = (&Epoch, &BTreeMap<String, Unit>)> {
        self.epochs.iter().zip(&self.units)
    }

    /// Where a case lies that was received with the code of an area. A code that was not in force
    /// `at` that time is taken from the last epoch before that had it, else from the next one.
    #[must_use]
    pub fn resolve(&self, code: &str, at: Timestamp, point: Option<LatLng>) -> Option<Found<'_>> {
        let now = self.epochs.iter().rposition(|epoch| epoch.from <= at)?;
        let order = (0..=now).rev().chain(now + 1..self.epochs.len());
        let (epoch, unit) = order.into_iter().find_map(|epoch| {
            self.units[epoch].get_key_value(code).map(|(code, unit)| (epoch, (code, unit)))
        })?;
        let (code, unit) = unit;
        let mut found = match self.ward_of(epoch, code, unit, point) {
            Some((ward, is_certain)) => {
                // Only the newest map leaves room for doubt about the district.
                let is_mixed = epoch + 1 == self.epochs.len() && self.is_mixed(ward);
                let is_approximate = is_mixed || !is_certain;
                Found { ward: Some(ward), district: &unit.district, is_approximate, is_of_other_epoch: false }
            }
            None => Found {
                ward: point.and_then(|point| self.ward_at(point)),
                district: &unit.district,
                is_approximate: false,
                is_of_other_epoch: false,
            },
        };
        found.is_of_other_epoch = epoch != now;
        Some(found)
    }

    /// Where a case lies of which only the point is known.
    #[must_use]
    pub fn at_point(&self, point: LatLng) -> Option<Found<'_>> {
        self.of_ward(self.ward_at(point)?)
    }

    /// Where a case lies of which the ward of the newest epoch is known.
    #[must_use]
    pub fn of_ward(&self, ward: &str) -> Option<Found<'_>> {
        let (ward, unit) = self.units.last()?.get_key_value(ward)?;
        Some(Found {
            ward: Some(ward),
            district: &unit.district,
            is_approximate: self.is_mixed(ward),
            is_of_other_epoch: false,
        })
    }

    /// The ward of the newest epoch in which a point lies.
    fn ward_at(&self, point: LatLng) -> Option<&str> {
        self.outlines.iter().find(|outline| outline.contains(point)).map(Outline::code)
    }

    fn is_mixed(&self, ward: &str) -> bool {
        self.mixed.binary_search_by(|mixed| mixed.as_str().cmp(ward)).is_ok()
    }

    /// The ward that a unit became, and whether that is certain: by full succession, or because the
    /// point lies in one of those that it was split into. None of a district.
    fn ward_of<'a>(
        &'a self,
        epoch: usize,
        code: &'a str,
        unit: &'a Unit,
        point: Option<LatLng>,
    ) -> Option<(&'a str, bool)> {
        if epoch + 1 == self.epochs.len() {
            return (unit.level == Level::Ward).then_some((code, true));
        }
        let (mut wards, is_certain) = self.leaves(epoch, unit);
        let main = *wards.first()?;
        if is_certain {
            return Some((main, true));
        }
        wards.retain(|ward| {
            point.is_some_and(|point| self.outlines.iter().any(|o| o.code() == *ward && o.contains(point)))
        });
        Some(wards.first().map_or((main, false), |ward| (*ward, true)))
    }

    /// The wards of the newest epoch that a unit became, the main one first, and whether it went
    /// over whole.
    fn leaves<'a>(&'a self, epoch: usize, unit: &'a Unit) -> (Vec<&'a str>, bool) {
        let mut here: Vec<&Unit> = vec![unit];
        let mut codes: Vec<&str> = Vec::new();
        let mut is_certain = true;
        for next in &self.units[epoch + 1..] {
            codes.clear();
            for unit in &here {
                is_certain &= unit.successors.iter().all(|one| one.coverage == Coverage::Full);
                let of = |main: bool| {
                    let fits = move |one: &&Successor| (one.coverage != Coverage::Part) == main;
                    unit.successors.iter().filter(fits).map(|one| one.code.as_str())
                };
                codes.extend(of(true).chain(of(false)));
            }
            here = codes.iter().filter_map(|code| next.get(*code)).collect();
        }
        (codes, is_certain)
    }

    fn wards_of_several_districts(&self) -> Vec<String> {
        let mut districts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let last = self.units.len().saturating_sub(1);
        for (epoch, units) in self.units.iter().enumerate().take(last) {
            for unit in units.values() {
                for ward in self.leaves(epoch, unit).0 {
                    let of = districts.entry(ward).or_default();
                    if !of.contains(&unit.district.as_str()) {
                        of.push(&unit.district);
                    }
                }
            }
        }
        let several = districts.into_iter().filter(|(_, of)| of.len() > 1);
        several.map(|(ward, _)| ward.to_owned()).collect()
    }

    fn check(&self) -> Result<(), PlaceError> {
        for (place, (epoch, units)) in self.epochs().enumerate() {
            let next = self.units.get(place + 1);
            for (code, unit) in units {
                let (epoch, code) = (epoch.name.clone(), code.clone());
                if !self.is_district(&unit.district) {
                    return Err(PlaceError::NoDistrict { epoch, code, district: unit.district.clone() });
                }
                if let Some(next) = next {
                    check_successors(epoch, code, unit, next)?;
                }
            }
        }
        Ok(())
    }

    fn is_district(&self, code: &str) -> bool {
        self.units.iter().any(|units| units.get(code).is_some_and(|unit| unit.level == Level::District))
    }
}

fn check_successors(
    epoch: String,
    code: String,
    unit: &Unit,
    next: &BTreeMap<String, Unit>,
) -> Result<(), PlaceError> {
    if let Some(missing) = unit.successors.iter().find(|one| !next.contains_key(&one.code)) {
        return Err(PlaceError::NoSuccessor { epoch, code, successor: missing.code.clone() });
    }
    // Most districts ended without a successor; their wards carry their cases on.
    if unit.successors.is_empty() {
        return if unit.level == Level::Ward { Err(PlaceError::Orphan { epoch, code }) } else { Ok(()) };
    }
    let count = |coverage| unit.successors.iter().filter(|one| one.coverage == coverage).count();
    let is_whole = unit.successors.len() == 1 && count(Coverage::Full) == 1;
    let is_split = count(Coverage::Full) == 0 && count(Coverage::Main) == 1;
    if is_whole || is_split { Ok(()) } else { Err(PlaceError::Coverage { epoch, code }) }
}

#[cfg(test)]
mod tests;
