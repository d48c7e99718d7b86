//! `scenes.toml`: what the city's walls show. A city that says nothing of it has the product's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::document::Source;
use domain::metric::Metric;
use domain::query::GroupKey;
use domain::scene::Scene;
use engine::Registry;

use super::CityError;

/// The file in a city's folder.
pub(crate) const FILE: &str = "scenes.toml";
/// The product's own scenes.
const OWN: &str = include_str!("../../../cities/scenes.toml");

/// The scenes of a city's folder; the product's own where it has none, or is one file.
///
/// # Errors
/// Every fault of the file, each with its place.
pub(super) fn read(folder: Option<&Path>) -> Result<Arc<[Scene]>, CityError> {
    let (path, text) = match folder.map(|folder| folder.join(FILE)) {
        Some(path) if path.is_file() => {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| CityError::Unreadable { path: path.clone(), source })?;
            (path, text)
        }
        _ => (PathBuf::from("cities").join(FILE), OWN.to_owned()),
    };
    let source = Source::new(&path, text);
    let scenes = domain::scene::read(&source, &can_split).map_err(CityError::Faults)?;
    Ok(scenes.into())
}

/// Whether the registry splits a metric by this; of a metric that it does not have it says nothing.
pub(crate) fn can_split(metric: Metric, by: GroupKey) -> bool {
    let views = Registry::standard().views();
    let view = views.iter().find(|view| view.id == metric.name());
    view.is_none_or(|view| view.dimensions.iter().any(|known| known == by.dimension.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_own_scenes_are_the_eight_of_a_control_room() {
        let scenes = read(None).unwrap();
        let names: Vec<&str> = scenes.iter().map(|scene| scene.name.as_str()).collect();
        let want = [
            "city-now",
            "overdue",
            "areas",
            "agencies",
            "fields-channels",
            "satisfaction",
            "surge",
            "counters",
        ];
        assert_eq!(names, want);
    }

    #[test]
    fn a_city_may_have_its_own_scenes_and_every_fault_in_them_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join(FILE), text).unwrap();
        let panel = "[[scene.panel]]\nkind = \"shares\"\nat = [1, 1, 24, 12]\nmetric = \"received\"\n";
        let head = "[[scene]]\nname = \"one\"\ntitle = \"Một\"\nseconds = 20\n";
        write(&format!("{head}{panel}by = \"channel\"\n"));
        assert_eq!(read(Some(folder.path())).unwrap().len(), 1);
        write(&format!("{head}{panel}by = \"criterion\"\n"));
        let said = read(Some(folder.path())).unwrap_err().to_string();
        assert!(said.contains("received cannot be split by criterion"), "{said}");
        write(&format!("{head}{panel}by = \"street\"\n"));
        let said = read(Some(folder.path())).unwrap_err().to_string();
        assert!(said.contains("scenes.toml:9:"), "{said}");
    }
}
