//! The names on the map: which places, in which words, and which is nearest to a hexagon.

use domain::city::{Catalogue, Tree};
use domain::dimension::Dimension;
use domain::geo::LatLng;

use crate::text::Lang;

/// A name at its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// As the map writes it, without the kind of place: `Gò Vấp`.
    pub(super) name: String,
    /// Where it belongs.
    pub(super) centre: LatLng,
}

/// What a name's kind is written as, before it in Vietnamese and after it in English.
const KINDS_VI: [&str; 8] =
    ["Phường ", "Xã ", "Thị trấn ", "Đặc khu ", "Quận ", "Huyện ", "Thị xã ", "Thành phố "];
const KINDS_EN: [&str; 7] =
    [" Ward", " Commune", " Township", " Special Zone", " District", " Town", " City"];

/// The places to name: districts where the city has some today, else wards.
#[must_use]
pub(super) fn places(catalogue: &Catalogue, lang: Lang) -> Vec<Place> {
    [Dimension::District, Dimension::Ward]
        .into_iter()
        .filter_map(|dimension| catalogue.tree(dimension))
        .map(|tree| places_of(tree, lang))
        .find(|places| !places.is_empty())
        .unwrap_or_default()
}

fn places_of(tree: &Tree, lang: Lang) -> Vec<Place> {
    let today = tree.entries.values().filter(|entry| entry.valid_to.is_none());
    let named = today.filter_map(|entry| {
        let name = short_name(&lang.of(&entry.label));
        Some(Place { name, centre: entry.centre? })
    });
    // Old and new spellings of one place give the same short name: it is written once.
    let mut places: Vec<Place> = Vec::new();
    for place in named {
        if places.iter().all(|other| other.name != place.name) {
            places.push(place);
        }
    }
    places
}

/// A name without its kind, and of several names for one place the first. A number keeps its kind,
/// since "1" names nothing.
fn short_name(name: &str) -> String {
    let name = name.split(" / ").next().unwrap_or(name);
    let without_vi = KINDS_VI.iter().find_map(|kind| name.strip_prefix(kind));
    let short = without_vi.or_else(|| KINDS_EN.iter().find_map(|kind| name.strip_suffix(kind)));
    let short =
        short.filter(|rest| !rest.is_empty() && !rest.starts_with(|first: char| first.is_ascii_digit()));
    short.unwrap_or(name).to_owned()
}

/// The place nearest to a hexagon, to call it by.
#[must_use]
pub(super) fn nearest(places: &[Place], cell: u64) -> Option<&Place> {
    let cell = h3o::CellIndex::try_from(cell).ok()?;
    let centre = h3o::LatLng::from(cell);
    places.iter().min_by(|one, two| {
        let far = |place: &Place| distance_squared(place.centre, centre);
        far(one).total_cmp(&far(two))
    })
}

/// Good enough within a city to tell which of two is nearer.
fn distance_squared(place: LatLng, centre: h3o::LatLng) -> f64 {
    let north = place.lat - centre.lat();
    let east = (place.lng - centre.lng()) * centre.lat_radians().cos();
    north * north + east * east
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::city::{Entry, Label};

    fn entry(vi: &str, en: &str, lat: f64, lng: f64, valid_to: Option<&str>) -> Entry {
        Entry {
            label: Label { vi: vi.into(), en: en.into() },
            centre: Some(LatLng { lat, lng }),
            valid_to: valid_to.map(str::to_owned),
            ..Entry::default()
        }
    }

    fn city() -> Catalogue {
        let mut catalogue = Catalogue::default();
        let district = Tree {
            entries: [(
                "764".into(),
                entry("Quận Gò Vấp", "Go Vap District", 10.8, 106.6, Some("2025-06-30")),
            )]
            .into(),
            ..Tree::default()
        };
        let ward = Tree {
            entries: [
                ("26890".into(), entry("Phường Gò Vấp", "Go Vap Ward", 10.83, 106.67, None)),
                ("26740".into(), entry("Phường Sài Gòn", "Saigon Ward", 10.78, 106.70, None)),
            ]
            .into(),
            ..Tree::default()
        };
        catalogue.trees.insert("district".into(), district);
        catalogue.trees.insert("ward".into(), ward);
        catalogue
    }

    #[test]
    fn places_that_hold_today_are_named_without_their_kind() {
        let names = |lang| {
            let mut names: Vec<_> = places(&city(), lang).into_iter().map(|place| place.name).collect();
            names.sort();
            names
        };
        assert_eq!(names(Lang::Vi), ["Gò Vấp", "Sài Gòn"]);
        assert_eq!(names(Lang::En), ["Go Vap", "Saigon"]);
    }

    #[test]
    fn a_number_keeps_its_kind() {
        for name in ["Quận 1", "Ward 12", "Khu bầu cử 1", "Back Bay", "Phường"] {
            assert_eq!(short_name(name), name);
        }
        assert_eq!(short_name("Thành phố Thủ Đức"), "Thủ Đức");
        assert_eq!(short_name("Fenway / Kenmore / Audubon Circle"), "Fenway");
    }

    #[test]
    fn a_hexagon_is_called_by_the_nearest_place() {
        let places = places(&city(), Lang::Vi);
        let cell = h3o::LatLng::new(10.79, 106.70).unwrap().to_cell(h3o::Resolution::Eight);
        assert_eq!(nearest(&places, cell.into()).map(|place| place.name.as_str()), Some("Sài Gòn"));
        assert_eq!(nearest(&places, 0), None);
        assert_eq!(nearest(&[], cell.into()), None);
    }
}
