//! `boundaries/*.geojson`: valid, closed, inside the city, and of units that the catalogue knows.

use std::collections::BTreeSet;
use std::path::Path;

use domain::dimension::Dimension;
use domain::geo::{Extent, LatLng};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::super::CityError;
use super::super::settings::{Layer, Settings};
use super::codes::Codes;
use super::settings::Span;
use super::{Checked, Part, files_with, place_of, read};

/// A file of features, each still as it stands.
#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

pub(super) fn check(
    folder: &Path,
    city: Option<&Settings>,
    codes: &Codes,
    checked: &mut Checked,
) -> Result<(), CityError> {
    let layers = city.map_or([].as_slice(), |city| city.map.layers.as_slice());
    let mut paths = files_with(&folder.join("boundaries"), ".geojson")?;
    paths.extend(layers.iter().map(|layer| folder.join(&layer.file)));
    paths.sort();
    paths.dedup();
    let mut features = 0;
    // A file that a layer names and that is not there is said of city.toml.
    for path in paths.iter().filter(|path| path.is_file()) {
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                checked.refused(Part::Boundaries, path, error);
                continue;
            }
        };
        let layers: Vec<&Layer> = layers.iter().filter(|layer| folder.join(&layer.file) == *path).collect();
        let file = File { path, text: &text, layers, extent: city.map(|city| city.city.extent), codes };
        features += file.check(checked);
    }
    checked.count(layers.len(), ["layer", "layers"]);
    checked.count(features, ["outline", "outlines"]);
    Ok(())
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
    /// The layers that show it.
    layers: Vec<&'a Layer>,
    extent: Option<Extent>,
    codes: &'a Codes,
}

impl File<'_> {
    /// The number of its features.
    fn check(&self, checked: &mut Checked) -> usize {
        let mut say = |place: (usize, usize), message: String| {
            checked.at(Part::Boundaries, self.path, place, message);
        };
        let collection: Collection<'_> = match serde_json::from_str(self.text) {
            Ok(collection) => collection,
            Err(error) => {
                let what = error.to_string();
                let what = what.split(" at line ").next().unwrap_or(&what);
                say((error.line().max(1), error.column().max(1)), format!("this is no GeoJSON: {what}"));
                return 0;
            }
        };
        if collection.kind != "FeatureCollection" {
            say((1, 1), format!("the file must be a FeatureCollection, not {:?}", collection.kind));
        }
        if collection.features.is_empty() {
            say((1, 1), "there is not one feature in it".to_owned());
        }
        let mut seen = BTreeSet::new();
        for raw in &collection.features {
            let place = place_of(self.text, raw.get().as_ptr().addr() - self.text.as_ptr().addr());
            // It is JSON: the collection has been read.
            let feature: Json = serde_json::from_str(raw.get()).unwrap_or_default();
            let name = feature["properties"]["code"].as_str();
            self.code(name, &mut seen, &mut |message| say(place, message));
            let shown = name.map_or_else(String::new, |code| format!(" of {code:?}"));
            if let Err(what) = self.shape(&feature["geometry"]) {
                say(place, format!("the outline{shown} {what}"));
            }
        }
        collection.features.len()
    }

    /// Features of a dimension's layer carry codes that its list has, each once.
    fn code<'f>(&self, code: Option<&'f str>, seen: &mut BTreeSet<String>, say: &mut impl FnMut(String)) {
        let of = |layer: &&Layer| Some((layer.role.parse::<Dimension>().ok()?, span(layer)));
        let layers: Vec<(Dimension, Span)> = self.layers.iter().filter_map(of).collect();
        if layers.is_empty() {
            return;
        }
        let Some(code): Option<&'f str> = code.filter(|code| !code.is_empty()) else {
            return say("a feature without properties.code, a text".to_owned());
        };
        if !seen.insert(code.to_owned()) {
            say(format!("the code {code:?} is drawn a second time"));
        }
        for (dimension, span) in layers {
            let list = dimension.name();
            if self.codes.lacks(dimension, code) {
                say(format!("{code:?} is no code of catalogue/{list}.csv"));
            } else if self.codes.holds_never_in(dimension, code, &span) {
                say(format!("{code:?} of catalogue/{list}.csv holds on no day of the layer"));
            }
        }
    }

    fn shape(&self, geometry: &Json) -> Result<(), String> {
        // Land reaches beyond the city that lies on it.
        let land = self.layers.iter().any(|layer| layer.role == "land");
        let extent = self.extent.filter(|_| !land && !self.layers.is_empty());
        let parts = geometry["coordinates"].as_array();
        match (geometry["type"].as_str(), parts) {
            (Some("Polygon"), Some(rings)) => polygon(rings, extent),
            (Some("MultiPolygon"), Some(polygons)) => {
                let rings = |polygon: &Json| polygon.as_array().cloned().unwrap_or_default();
                polygons.iter().try_for_each(|part| polygon(&rings(part), extent))
            }
            (Some("LineString" | "MultiLineString" | "Point" | "MultiPoint"), Some(_)) if land => Ok(()),
            _ => Err("is no Polygon or MultiPolygon".to_owned()),
        }
    }
}

fn span(layer: &Layer) -> Span {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    Span { from: day(&layer.valid_from), to: day(&layer.valid_to) }
}

fn polygon(rings: &[Json], extent: Option<Extent>) -> Result<(), String> {
    if rings.is_empty() {
        return Err("has no ring".to_owned());
    }
    for ring in rings {
        let points = ring.as_array().map(Vec::as_slice).unwrap_or_default();
        if points.len() < 4 || points.first() != points.last() {
            return Err("has a ring that is not closed, or of fewer than four points".to_owned());
        }
        for point in points {
            let at = point_of(point).ok_or_else(|| format!("has {point}, which is no [lng, lat]"))?;
            if extent.is_some_and(|extent| !extent.contains(at)) {
                let (lng, lat) = (at.lng, at.lat);
                return Err(format!("leaves the city's extent at [{lng}, {lat}]"));
            }
        }
    }
    Ok(())
}

fn point_of(point: &Json) -> Option<LatLng> {
    let [lng, lat, ..] = point.as_array()?.as_slice() else { return None };
    let at = LatLng { lat: lat.as_f64()?, lng: lng.as_f64()? };
    Extent::WORLD.contains(at).then_some(at)
}
