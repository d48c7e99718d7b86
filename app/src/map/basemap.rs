//! What lies under and over the hexagons, as a MapLibre style. Everything in it comes from the
//! product itself: sources are the city's own files, letters are drawn from the served typeface.
//!
//! From the bottom: water, land, rivers, the area with cases, *the hexagons*, boundaries, names.
//! Boundaries lie over the hexagons on the dark wall and under them in the office, where the white
//! gaps between hexagons already cut the ground finely enough.

use serde_json::{Value, json};

use crate::address;
use crate::source::MapView;
use crate::theme::{Shade, Theme};

/// The source that takes [`super::area::area`].
pub(super) const AREA_SOURCE: &str = "area";
/// The source that takes [`super::names::names`].
pub(super) const NAMES_SOURCE: &str = "names";
/// The source and the land of Hoàng Sa and Trường Sa.
const ISLANDS: &str = "islands";
/// The layer of the names.
pub(super) const NAMES_LAYER: &str = "names";
/// The layer that the hexagons are put under.
pub(super) const OVER_HEXAGONS: &str = "over-hexagons";

/// Size of the names in the text size of the map's place on the page.
#[must_use]
pub(super) const fn name_em(theme: Theme) -> f64 {
    match theme {
        Theme::Wall => 0.94,
        Theme::Office => 0.8,
    }
}

struct Ink {
    water: &'static str,
    land: &'static str,
    river: &'static str,
    island: &'static str,
    boundary: &'static str,
    district: &'static str,
    area: &'static str,
    area_outline: &'static str,
    untold: &'static str,
    untold_outline: &'static str,
    name: &'static str,
    halo: &'static str,
}

const DARK: Ink = Ink {
    water: "#0c1113",
    land: "#161d20",
    river: "#0f171a",
    island: "#2b363a",
    boundary: "#0f171a",
    district: "#2b363a",
    area: "#161d20",
    area_outline: "#2b363a",
    untold: "#252e32",
    untold_outline: "#8fa0a3",
    name: "#e3ebe9",
    halo: "#0c1113",
};

const LIGHT: Ink = Ink {
    water: "#e3e8e9",
    land: "#f4f3ee",
    river: "#e3e8e9",
    island: "#c4c1b4",
    boundary: "#dedcd3",
    district: "#c4c1b4",
    area: "#f1efe8",
    area_outline: "#d5d3c9",
    untold: "#dcdcd5",
    untold_outline: "#5f6966",
    name: "#1b2422",
    halo: "#fbfaf6",
};

/// The colour under everything: sea where the city's land is drawn, ground where it is not.
const fn ground(ink: &Ink, has_land: bool) -> &'static str {
    if has_land { ink.water } else { ink.land }
}

const fn ink(shade: Shade) -> &'static Ink {
    match shade {
        Shade::Dark => &DARK,
        Shade::Light => &LIGHT,
    }
}

/// The whole style.
#[must_use]
pub(super) fn style(theme: Theme, shade: Shade, view: &MapView) -> Value {
    let ink = ink(shade);
    let empty = json!({ "type": "FeatureCollection", "features": [] });
    let mut sources = json!({
        AREA_SOURCE: { "type": "geojson", "data": empty.clone() },
        NAMES_SOURCE: { "type": "geojson", "data": empty },
    });
    let mut layers = vec![json!({
        "id": "ground",
        "type": "background",
        "paint": { "background-color": ground(ink, view.land_water_url.is_some()) },
    })];
    if let Some(url) = &view.land_water_url {
        sources["land-water"] = json!({ "type": "geojson", "data": url });
        layers.push(fill("land", "land-water", "layer", "land", ink.land));
        layers.push(line("river", "land-water", Some(["layer", "river"]), ink.river, 1.6));
    }
    if let Some(url) = &view.islands_url {
        sources[ISLANDS] = json!({ "type": "geojson", "data": url });
        layers.push(fill(ISLANDS, ISLANDS, "part", "land", ink.land));
        // Reefs smaller than a pixel are land all the same.
        layers.push(line("islands-shore", ISLANDS, Some(["part", "land"]), ink.island, 1.6));
    }
    layers.push(fill("area", AREA_SOURCE, "part", "ground", ink.area));
    layers.push(line("area-outline", AREA_SOURCE, Some(["part", "outline"]), ink.area_outline, 1.0));
    let boundaries = view.boundaries_url.as_ref().map(|url| {
        sources["boundaries"] = json!({ "type": "geojson", "data": url });
        line("boundaries", "boundaries", None, ink.boundary, 1.0)
    });
    let districts = view.districts_url.as_ref().map(|url| {
        sources["districts"] = json!({ "type": "geojson", "data": url });
        line("districts", "districts", None, ink.district, 1.6)
    });
    let boundaries = boundaries.into_iter().chain(districts);
    // An empty layer marks the place of the hexagons: MapLibre inserts before a layer by its name.
    let mark = json!({ "id": OVER_HEXAGONS, "type": "background", "layout": { "visibility": "none" } });
    match theme {
        Theme::Wall => {
            layers.push(mark);
            layers.extend(boundaries);
        }
        Theme::Office => {
            layers.extend(boundaries);
            layers.push(mark);
        }
    }
    if view.islands_url.is_some() {
        layers.push(island_names_layer(ink));
    }
    layers.push(names_layer(ink));
    json!({
        "version": 8,
        "font-faces": { "Names": typeface() },
        "sources": sources,
        "layers": layers,
        "transition": { "duration": 0, "delay": 0 },
    })
}

/// The same for anybody: [`AREA_SOURCE`] takes the cells whose number is not told, in the colour of what is not
/// known and with dashed outlines, so that they are neither little nor nothing.
#[must_use]
pub(super) fn style_for_all(theme: Theme, shade: Shade, view: &MapView) -> Value {
    let mut style = style(theme, shade, view);
    let ink = ink(shade);
    // A whole city of small cells would be all lines: there the fill alone says it.
    let width = json!(["interpolate", ["linear"], ["zoom"], 9.5, 0.0, 11.5, 1.0]);
    let layers = style["layers"].as_array_mut().into_iter().flatten();
    for layer in layers {
        if layer["id"] == "area" {
            layer["paint"]["fill-color"] = json!(ink.untold);
        }
        if layer["id"] == "area-outline" {
            layer["paint"] =
                json!({ "line-color": ink.untold_outline, "line-width": width, "line-dasharray": [2, 2] });
        }
    }
    style
}

fn fill(id: &str, source: &str, key: &str, value: &str, colour: &str) -> Value {
    json!({
        "id": id,
        "type": "fill",
        "source": source,
        "filter": ["==", ["get", key], value],
        // Without smoothing: cells that lie edge to edge would show their seams.
        "paint": { "fill-color": colour, "fill-antialias": false },
    })
}

fn line(id: &str, source: &str, filter: Option<[&str; 2]>, colour: &str, width_px: f64) -> Value {
    let mut layer = json!({
        "id": id,
        "type": "line",
        "source": source,
        "layout": { "line-join": "round" },
        "paint": { "line-color": colour, "line-width": width_px },
    });
    if let Some([key, value]) = filter {
        layer["filter"] = json!(["==", ["get", key], value]);
    }
    layer
}

fn names_layer(ink: &Ink) -> Value {
    json!({
        "id": NAMES_LAYER,
        "type": "symbol",
        "source": NAMES_SOURCE,
        "layout": {
            "text-field": ["get", "name"],
            "text-font": ["Names"],
            "text-size": 15,
            // One line: `names` keeps the middles of hexagons free, and counts on it.
            "text-max-width": 99,
            "text-padding": 4,
            "symbol-sort-key": ["get", "rank"],
        },
        "paint": {
            "text-color": ink.name,
            "text-halo-color": ink.halo,
            "text-halo-width": 1.4,
        },
    })
}

/// Each archipelago's name with the unit that it belongs to: in lines, for there is room at sea.
fn island_names_layer(ink: &Ink) -> Value {
    let mut layer = names_layer(ink);
    layer["id"] = json!("island-names");
    layer["source"] = json!(ISLANDS);
    layer["filter"] = json!(["==", ["get", "part"], "name"]);
    layer["layout"]["text-max-width"] = json!(12);
    if let Some(layout) = layer["layout"].as_object_mut() {
        layout.remove("symbol-sort-key");
    }
    layer
}

/// Be Vietnam Pro as it is served, in two files by their characters.
fn typeface() -> Value {
    json!([
        {
            "url": address::at("/vendor/be-vietnam-pro-vietnamese-500-normal.woff2"),
            "unicode-range": [
                "U+0102-0103", "U+0110-0111", "U+0128-0129", "U+0168-0169", "U+01A0-01A1",
                "U+01AF-01B0", "U+0300-0301", "U+0303-0304", "U+0308-0309", "U+0323", "U+0329",
                "U+1EA0-1EF9",
            ],
        },
        { "url": address::at("/vendor/be-vietnam-pro-latin-500-normal.woff2") },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(boundaries: bool) -> MapView {
        MapView {
            bounds: [106.6, 10.7, 106.8, 10.9],
            boundaries_url: boundaries.then(|| "/map/hcmc/wards.geojson".to_owned()),
            districts_url: boundaries.then(|| "/map/hcmc/districts.geojson".to_owned()),
            land_water_url: boundaries.then(|| "/map/hcmc/land-water.geojson".to_owned()),
            islands_url: boundaries.then(|| "/vietnam/islands.geojson".to_owned()),
            ..MapView::default()
        }
    }

    fn layer_ids(style: &Value) -> Vec<String> {
        let layers = style["layers"].as_array().unwrap();
        layers.iter().map(|layer| layer["id"].as_str().unwrap().to_owned()).collect()
    }

    fn position(ids: &[String], id: &str) -> usize {
        ids.iter().position(|other| other == id).unwrap()
    }

    #[test]
    fn nothing_in_the_style_comes_from_outside() {
        for theme in [Theme::Wall, Theme::Office] {
            let style = style(theme, theme.own_shade(), &view(true)).to_string();
            assert!(!style.contains("://"), "{style}");
            assert!(!style.contains("glyphs"));
        }
    }

    #[test]
    fn hexagons_lie_over_the_land_and_under_the_names() {
        for theme in [Theme::Wall, Theme::Office] {
            let ids = layer_ids(&style(theme, theme.own_shade(), &view(true)));
            let hexagons = position(&ids, OVER_HEXAGONS);
            assert!(position(&ids, "land") < hexagons && position(&ids, "area") < hexagons);
            assert!(hexagons < position(&ids, NAMES_LAYER));
            assert_eq!(hexagons < position(&ids, "boundaries"), theme == Theme::Wall);
            assert_eq!(position(&ids, "districts"), position(&ids, "boundaries") + 1);
        }
    }

    #[test]
    fn a_city_without_boundaries_has_ground_and_area_alone() {
        let style = style(Theme::Wall, Shade::Light, &view(false));
        let ids = layer_ids(&style);
        assert_eq!(ids, ["ground", "area", "area-outline", OVER_HEXAGONS, NAMES_LAYER]);
        assert!(style["sources"].get("boundaries").is_none());
    }

    #[test]
    fn what_is_not_told_has_a_colour_of_its_own() {
        for shade in [Shade::Dark, Shade::Light] {
            let style = style_for_all(Theme::Office, shade, &view(true));
            let ink = ink(shade);
            assert_ne!(ink.untold, ink.land);
            let layers = style["layers"].as_array().unwrap();
            let paint = |id: &str| layers.iter().find(|layer| layer["id"] == id).unwrap()["paint"].clone();
            assert_eq!(paint("area")["fill-color"], ink.untold);
            assert_eq!(paint("area-outline")["line-color"], ink.untold_outline);
            let ramp = super::super::ramp::ramp(shade).map(super::super::ramp::Rgb::hex);
            assert!(!ramp.contains(&ink.untold.to_owned()));
        }
    }

    #[test]
    fn every_layer_draws_a_source_of_the_style() {
        let style = style(Theme::Office, Shade::Dark, &view(true));
        for layer in style["layers"].as_array().unwrap() {
            if let Some(source) = layer["source"].as_str() {
                assert!(style["sources"].get(source).is_some(), "{source}");
            }
        }
    }
}
