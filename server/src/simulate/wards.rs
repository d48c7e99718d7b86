//! The wards: how many reports come from each, and where in it.

use std::path::Path;
use std::sync::Arc;

use domain::city::City;
use domain::dimension::Dimension;
use domain::geo::LatLng;
use serde_json::Value as Json;

use super::chance::Chance;
use super::model::{Code, WardPlan, Weights};
use super::polygon::Shape;
use super::world::SimulateError;

/// One ward, commune or special zone.
#[derive(Debug)]
pub(super) struct Ward {
    pub(super) code: Code,
    /// What people call it.
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// All of a city's.
#[derive(Debug)]
pub(super) struct Wards {
    list: Vec<Ward>,
    weights: Weights,
}

impl Wards {
    /// Reads the boundaries and weighs each ward.
    pub(super) fn load(path: &Path, plan: &WardPlan, city: &City) -> Result<Self, SimulateError> {
        let wrong = |what: String| SimulateError::Wards { path: path.to_owned(), what };
        let text = std::fs::read_to_string(path)
            .map_err(|source| SimulateError::Unreadable { path: path.to_owned(), source })?;
        let json: Json = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let features = json.get("features").and_then(Json::as_array);
        let features = features.ok_or_else(|| wrong("has no features".to_owned()))?;
        let mut list = Vec::with_capacity(features.len());
        for feature in features {
            let code = feature["properties"]["code"].as_str().unwrap_or_default();
            if !city.catalogue.knows(Dimension::Ward, code) {
                return Err(wrong(format!("the code {code:?} is no ward of the city's catalogue")));
            }
            let shape = Shape::read(&feature["geometry"]);
            let shape = shape.ok_or_else(|| wrong(format!("{code} has no polygon")))?;
            let name = city.catalogue.label(Dimension::Ward, code).vi;
            list.push(Ward { code: Arc::from(code), name, shape });
        }
        // The order of the file is nothing to depend on.
        list.sort_by(|a, b| a.code.cmp(&b.code));
        let weights = Weights::of(list.iter().map(|ward| weight(ward, plan)));
        weights.map(|weights| Self { list, weights }).ok_or_else(|| wrong("has no ward".to_owned()))
    }

    pub(super) fn get(&self, place: usize) -> &Ward {
        &self.list[place]
    }

    pub(super) fn draw(&self, chance: &mut Chance) -> usize {
        chance.weighted(&self.weights)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The wards nearest to one, itself first.
    pub(super) fn around(&self, place: usize, count: usize) -> Vec<usize> {
        let middle = self.list[place].shape.middle();
        let mut order: Vec<(f64, usize)> = self
            .list
            .iter()
            .enumerate()
            .map(|(other, ward)| (distance_km(middle, ward.shape.middle()), other))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        order.into_iter().take(count).map(|(_, other)| other).collect()
    }

    /// The heaviest wards.
    pub(super) fn heaviest(&self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by(|a, b| self.weights.share(*b).total_cmp(&self.weights.share(*a)).then(a.cmp(b)));
        order.truncate(count);
        order
    }
}

/// Square kilometres times the density that the plan assumes in the ward's middle.
fn weight(ward: &Ward, plan: &WardPlan) -> f64 {
    let middle = ward.shape.middle();
    let density = plan
        .centres
        .iter()
        .map(|centre| centre.weight * (-distance_km(middle, centre.point) / centre.reach_km).exp())
        .sum::<f64>();
    ward.shape.area_km2() * (plan.floor + density)
}

fn distance_km(a: LatLng, b: LatLng) -> f64 {
    const KM_PER_DEG: f64 = 111.32;
    let east = (a.lng - b.lng) * f64::midpoint(a.lat, b.lat).to_radians().cos();
    (a.lat - b.lat).hypot(east) * KM_PER_DEG
}
