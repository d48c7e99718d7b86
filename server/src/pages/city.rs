//! What the city's folder gives the map: its layers as GeoJSON, and where the first view lies.

use std::sync::Arc;

use app::source::{CityView, MapView};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::city::Label;
use domain::dimension::Dimension;
use domain::geo::Extent;
use domain::problem::Problem;

use crate::city::{CityFolder, Layer};
use crate::http::problem::{internal, not_found, response};
use crate::settings::Settings;

/// The boundaries of the city's places.
const BOUNDARIES: &str = "boundaries.geojson";
/// The districts of the old map.
const DISTRICTS: &str = "districts.geojson";
/// The city's own outline.
const OUTLINE: &str = "outline.geojson";
/// Land and water.
const LAND_WATER: &str = "land-water.geojson";

/// `GET /city/{layer}`.
pub(super) async fn layer(
    State(city): State<Arc<CityFolder>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match read(&city, &name, &headers).await {
        Ok(response) => response,
        Err(problem) => response(problem),
    }
}

async fn read(city: &CityFolder, name: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let layer = find(city, name).ok_or_else(|| not_found("The city has no such layer."))?;
    let path = city.layer_path(&layer.file).ok_or_else(|| not_found("The city has no such layer."))?;
    // The digest is of the whole folder: another layer, another digest.
    let etag = format!("\"{}-{name}\"", city.city.digest);
    let held = headers.get(header::IF_NONE_MATCH).and_then(|held| held.to_str().ok());
    let mut answer = if held.is_some_and(|held| held.contains(&etag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = tokio::fs::read(&path).await.map_err(|error| {
            tracing::error!(%error, path = %path.display(), "a layer of the city cannot be read");
            internal()
        })?;
        bytes.into_response()
    };
    let said = answer.headers_mut();
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        said.insert(header::ETAG, etag);
    }
    Ok(answer)
}

fn find<'a>(city: &'a CityFolder, name: &str) -> Option<&'a Layer> {
    let with_role = |fits: &dyn Fn(&str) -> bool| city.map.layers.iter().find(|layer| fits(&layer.role));
    match name {
        BOUNDARIES => with_role(&|role| role.parse::<Dimension>().is_ok()).or_else(|| find(city, OUTLINE)),
        // A city whose districts are its boundaries has no other map of them.
        DISTRICTS => with_role(&|role| role == Dimension::District.name())
            .filter(|layer| find(city, BOUNDARIES) != Some(layer)),
        OUTLINE => with_role(&|role| role == "outline"),
        LAND_WATER => with_role(&|role| role == "land"),
        _ => None,
    }
}

/// The city as pages name it. `seen` is where its cases lie, for a city that says no extent.
pub(super) fn view(city: &CityFolder, settings: &Settings, seen: Option<Extent>) -> CityView {
    let address = |name: &str| find(city, name).map(|_| app::address::at(&format!("/city/{name}")));
    let mut attributions: Vec<&str> =
        city.map.layers.iter().map(|layer| layer.attribution.as_str()).collect();
    attributions.retain(|attribution| !attribution.is_empty());
    attributions.sort_unstable();
    attributions.dedup();
    CityView {
        code: city.city.code.clone(),
        name: city.city.name.clone(),
        catalogue: city.city.catalogue.clone(),
        words: city.labels.clone(),
        sources: city.sources.clone(),
        map: MapView {
            bounds: bounds(city, seen),
            boundaries_url: address(BOUNDARIES),
            districts_url: address(DISTRICTS),
            land_water_url: address(LAND_WATER),
            islands_url: is_in_viet_nam(bounds(city, seen)).then(|| app::address::at(ISLANDS)),
            area_label: city.map.area.clone().unwrap_or_default(),
            attribution: attributions.join(" · "),
        },
        notice: settings.notice.clone().map(|(vi, en)| Label { vi, en }),
    }
}

/// The land and names of Hoàng Sa and Trường Sa, on the site.
const ISLANDS: &str = "/vietnam/islands.geojson";

/// Whether a first view lies in the rectangle around Việt Nam with its islands: from there one can go on to them.
fn is_in_viet_nam([west, south, east, north]: [f64; 4]) -> bool {
    102.1 <= west && east <= 117.9 && 6.5 <= south && north <= 23.5
}

/// Whether the city itself says where its map begins.
pub(super) fn says_where(city: &CityFolder) -> bool {
    city.map.view.is_some() || city.city.extent != Extent::WORLD
}

/// West, south, east, north.
fn bounds(city: &CityFolder, seen: Option<Extent>) -> [f64; 4] {
    let own = (city.city.extent != Extent::WORLD).then_some(city.city.extent);
    let view = city.map.view.or(own).or(seen).unwrap_or(Extent::WORLD);
    [view.west, view.south, view.east, view.north]
}
