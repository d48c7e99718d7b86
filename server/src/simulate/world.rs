//! The city as the simulation sees it: its model, its wards, its units and its calendar.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Timestamp;
use domain::calendar::Day;
use domain::city::City;
use domain::dimension::Dimension;
use domain::document::{Fault, Source};
use domain::simulated::source_name;
use jiff::civil::Date;

use super::FILE;
use super::chance::Chance;
use super::former::Former;
use super::model::{Agencies, Code, Delay, Model, Weights};
use super::wards::Wards;
use crate::city::CityFolder;

/// How much of the true numbers is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Of the reports.
    pub reports: f64,
    /// Of the dossiers; 0 leaves them out.
    pub dossiers: f64,
}

/// Why a city cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// It says nothing of it.
    #[error("{city} has no {FILE} in its folder: it cannot be simulated; try --city hcmc")]
    NoModel {
        /// The city.
        city: String,
    },
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file says something that cannot be.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The boundaries do not fit the catalogue.
    #[error("{}: {what}", path.display())]
    Wards {
        /// The file of the boundaries.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// The names under which events are sent.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub(super) reports: Code,
    pub(super) copies: Code,
    pub(super) dossiers: Option<Code>,
    pub(super) counters: Option<Code>,
}

/// A city that can be simulated.
#[derive(Debug)]
pub struct World {
    pub(super) city: City,
    pub(super) model: Model,
    pub(super) wards: Wards,
    pub(super) sources: Sources,
    pub(super) seed: u64,
    pub(super) scale: Scale,
    /// How long a unit takes beside the usual.
    paces: BTreeMap<Code, f64>,
    former: Former,
}

impl World {
    /// Reads the city's model and boundaries.
    ///
    /// # Errors
    /// [`SimulateError`] says what is missing or wrong, and where.
    pub fn load(folder: &CityFolder, seed: u64, scale: Scale) -> Result<Self, SimulateError> {
        let city = &folder.city;
        let path = folder.dir.as_ref().map(|dir| dir.join(FILE)).filter(|path| path.is_file());
        let (Some(path), Some(dir)) = (path, folder.dir.as_ref()) else {
            return Err(SimulateError::NoModel { city: city.code.clone() });
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|source| SimulateError::Unreadable { path: path.clone(), source })?;
        let model = Model::read(&Source::new(&path, text), city)?;
        let wards = Wards::load(&dir.join(&model.wards.file), &model.wards, city)?;
        let paces = paces(&model, city, seed);
        let sources = sources(&model, scale);
        let former = Former::of(&city.places);
        Ok(Self { city: city.clone(), model, wards, sources, seed, scale, paces, former })
    }

    /// What `toancanh demo` begins with in this city.
    #[must_use]
    pub fn demo(&self) -> &super::DemoPlan {
        &self.model.demo
    }

    /// The first instant of a local day.
    pub(super) fn start_of(&self, date: Date) -> Timestamp {
        let zoned = date.to_zoned(self.city.zone.clone());
        zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp().into())
    }

    /// The local day of an instant.
    pub(super) fn date_of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.city.zone.clone()).date()
    }

    /// Whether people work on that day, where the city has a calendar.
    pub(super) fn works(&self, date: Date) -> Option<bool> {
        self.city.calendar.as_ref().map(|calendar| calendar.is_working(Day::of(date)))
    }

    /// When something is done that begins at `from`.
    pub(super) fn after(&self, from: Timestamp, delay: &Delay, pace: f64, chance: &mut Chance) -> Timestamp {
        let micros = chance.micros(delay, pace);
        match &self.city.calendar {
            Some(calendar) if delay.working => calendar.plus_working(from, micros),
            _ => from.plus_micros(micros),
        }
    }

    /// How long a unit takes beside the usual.
    pub(super) fn pace(&self, unit: &str) -> f64 {
        self.paces.get(unit).copied().unwrap_or(1.0)
    }

    /// Who gets something: one of those that exist on the day, other than `not`.
    pub(super) fn agency(
        &self,
        among: &Agencies,
        ward: usize,
        date: Date,
        not: Option<&Code>,
        chance: &mut Chance,
    ) -> Code {
        let at = chance.unit();
        let mut fit: Vec<(Code, f64)> = Vec::with_capacity(among.codes.len());
        for (code, weight) in among.codes.iter().zip(&among.weights) {
            let code = code.clone().unwrap_or_else(|| self.committee(ward));
            if self.exists(&code, date) && not != Some(&code) {
                fit.push((code, *weight));
            }
        }
        let drawn = Weights::of(fit.iter().map(|(_, weight)| *weight))
            .and_then(|weights| fit.get(weights.place_at(at * weights.total())));
        drawn.map_or_else(|| self.fallback(ward, date, not), |(code, _)| code.clone())
    }

    /// The code of the area that a source names: the ward's, and before there was one that of a unit
    /// of then.
    pub(super) fn area_code(
        &self,
        ward: usize,
        at: Timestamp,
        has_point: bool,
        chance: &mut Chance,
    ) -> Option<Code> {
        let ward = &self.wards.get(ward).code;
        if self.date_of(at) >= self.model.wards.codes_from {
            return Some(ward.clone());
        }
        self.former.draw(ward, at, has_point, chance)
    }

    /// The People's Committee of a ward.
    pub(super) fn committee(&self, ward: usize) -> Code {
        Arc::from(self.model.units.ward.replace("{ward}", &self.wards.get(ward).code))
    }

    /// Where nobody of the list fits: the ward's committee, and before there was one the portal itself.
    fn fallback(&self, ward: usize, date: Date, not: Option<&Code>) -> Code {
        let committee = self.committee(ward);
        if self.exists(&committee, date) && not != Some(&committee) {
            return committee;
        }
        self.model.units.portal.clone()
    }

    fn exists(&self, agency: &str, date: Date) -> bool {
        let Some(tree) = self.city.catalogue.tree(Dimension::Agency).filter(|tree| !tree.entries.is_empty())
        else {
            return true;
        };
        let Some(entry) = tree.entries.get(agency) else { return false };
        let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Date>().ok());
        day(&entry.valid_from).is_none_or(|from| from <= date)
            && day(&entry.valid_to).is_none_or(|to| date <= to)
    }
}

fn paces(model: &Model, city: &City, seed: u64) -> BTreeMap<Code, f64> {
    let tree = city.catalogue.tree(Dimension::Agency);
    let codes = tree.into_iter().flat_map(|tree| tree.entries.keys());
    let drawn = |code: &String| {
        let pace = Chance::of(seed, &format!("pace of {code}"), 0).log_normal(1.0, model.units.spread);
        (Arc::from(code.as_str()), pace)
    };
    let mut paces: BTreeMap<Code, f64> = codes.map(drawn).collect();
    paces.extend(model.units.paces.iter().cloned());
    paces
}

fn sources(model: &Model, scale: Scale) -> Sources {
    let name = |kind: &str, scale: f64| -> Code { Arc::from(source_name(kind, scale)) };
    Sources {
        reports: name(&model.reports.source, scale.reports),
        copies: name(&model.reports.copy_source, scale.reports),
        dossiers: model
            .dossiers
            .as_ref()
            .filter(|_| scale.dossiers > 0.0)
            .map(|dossiers| name(&dossiers.source, scale.dossiers)),
        counters: model.counters.as_ref().map(|counters| name(&counters.source, 1.0)),
    }
}
