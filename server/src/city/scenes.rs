//! `scenes.toml`: what the city's walls show. A city that says nothing of it has the product's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::document::{Fault, Source};
use domain::scene::{Panel, Scene};
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
    let scenes = domain::scene::read(&source).map_err(CityError::Faults)?;
    let faults: Vec<Fault> = scenes.iter().filter_map(|scene| unsplittable(&source, scene)).collect();
    if faults.is_empty() { Ok(scenes.into()) } else { Err(CityError::Faults(faults)) }
}

/// A panel of a scene that splits a metric by what that metric does not have.
fn unsplittable(source: &Source, scene: &Scene) -> Option<Fault> {
    let views = Registry::standard().views();
    let is_wrong = |panel: &&Panel| {
        panel.by.is_some_and(|by| {
            panel.metrics.iter().any(|metric| {
                let view = views.iter().find(|view| view.id == metric.name());
                view.is_some_and(|view| !view.dimensions.iter().any(|known| known == by.dimension.name()))
            })
        })
    };
    let panel = scene.panels.iter().find(is_wrong)?;
    let by = panel.by.map(|by| by.to_string()).unwrap_or_default();
    let message = format!(
        "scene {:?}: {} cannot be split by {by}",
        scene.name,
        panel.metrics.first().map_or("", |metric| metric.name())
    );
    Some(source.fault(0, message))
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
