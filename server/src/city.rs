//! A city's folder: facts as data, read once at start. What the folder holds is described in
//! `cities/README.md`.

mod catalogue;
mod check;
mod contacts;
pub(crate) mod digest;
mod find;
pub mod history;
mod law;
mod lists;
mod places;
pub(crate) mod scenes;
pub(crate) mod settings;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::city::City;

use domain::document::{Fault, Source};

pub use check::{Checked, Part, check};
pub use law::{read_calendar, read_regulation};
pub use settings::{DimensionLabels, Layer, MapSettings, Replay, SourceLabels};

/// Why a city cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// No such folder or file.
    #[error(
        "no city {name:?}: looked for {}; give the name of a folder in cities/, a folder, or a TOML file with a [city] table",
        paths(.tried)
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        tried: Vec<PathBuf>,
    },
    /// The system will not give a file.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file says something that cannot be.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A file says several things that cannot be; at least one.
    #[error("{}", one_line(.0))]
    Faults(Vec<Fault>),
}

/// Every fault with its place, in the one line that a failure of the program has.
fn one_line(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn paths(tried: &[PathBuf]) -> String {
    tried.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// A city, and what only the server needs of it.
#[derive(Clone, Debug)]
pub struct CityFolder {
    /// The city as the gateway and the fold need it.
    pub city: City,
    /// Its folder; none where the city is one file.
    pub dir: Option<PathBuf>,
    /// What its map starts with.
    pub map: MapSettings,
    /// The city's own words for dimensions.
    pub labels: DimensionLabels,
    /// What people read for a source.
    pub sources: SourceLabels,
    /// The real cases that its demo replays.
    pub replay: Option<Replay>,
    /// What its walls show, in the order of the playlist.
    pub scenes: Arc<[domain::scene::Scene]>,
}

/// Reads the city that `name_or_path` names: a folder in `cities/`, any other folder with a
/// `city.toml`, or one TOML file with a `[city]` table (which may be a mapping).
///
/// # Errors
/// With the file, the line and what to do.
pub fn load(name_or_path: &str) -> Result<CityFolder, CityError> {
    let file = find::settings_file(name_or_path)?;
    let text = std::fs::read_to_string(&file)
        .map_err(|source| CityError::Unreadable { path: file.clone(), source })?;
    let folder = file.parent().filter(|_| file.file_name().is_some_and(|name| name == "city.toml"));
    match folder {
        Some(folder) => load_folder(&file, &text, folder),
        None => load_file(&file, &text),
    }
}

fn load_folder(file: &Path, text: &str, folder: &Path) -> Result<CityFolder, CityError> {
    let source = Source::new(file, text.to_owned());
    let root = source.parse()?;
    root.table().allow(&["city"])?;
    let mut settings = settings::read(&root.table().need("city")?.table()?)?;
    catalogue::read_all(&folder.join("catalogue"), &mut settings.city.catalogue)?;
    places::read_all(folder, &settings.map.layers, &mut settings.city)?;
    lists::read_all(folder, &mut settings.city)?;
    settings.city.contacts = contacts::read(folder, &settings.city)?.into();
    law::read_all(folder, &mut settings.city)?;
    settings.city.digest = digest::of_folder(folder)?;
    for layer in &settings.map.layers {
        let path = folder.join(&layer.file);
        std::fs::metadata(&path).map_err(|source| CityError::Unreadable { path, source })?;
    }
    assemble(settings, Some(folder.to_owned()))
}

fn load_file(file: &Path, text: &str) -> Result<CityFolder, CityError> {
    let source = Source::new(file, text.to_owned());
    let root = source.parse()?;
    let mut settings = settings::read(&root.table().need("city")?.table()?)?;
    if let Some(layer) = settings.map.layers.first() {
        let message = format!("{} has no folder to lie in: a city of one file has no layers", layer.file);
        return Err(source.fault(0, message).into());
    }
    for tree in settings.city.catalogue.trees.values_mut() {
        tree.open = true;
    }
    settings.city.digest = digest::of_file(text);
    assemble(settings, None)
}

fn assemble(settings: settings::Settings, dir: Option<PathBuf>) -> Result<CityFolder, CityError> {
    let settings::Settings { city, map, labels, sources, replay } = settings;
    let scenes = scenes::read(dir.as_deref())?;
    Ok(CityFolder { city, dir, map, labels, sources, replay, scenes })
}

impl CityFolder {
    /// The path of a layer that the map names, and of no other file.
    #[must_use]
    pub fn layer_path(&self, file: &str) -> Option<PathBuf> {
        let layer = self.map.layers.iter().find(|layer| layer.file == file)?;
        Some(self.dir.as_ref()?.join(&layer.file))
    }

    /// The path of a mapping: a file, or a name in the folder's `mapping/`.
    #[must_use]
    pub fn mapping_path(&self, name_or_path: &str) -> PathBuf {
        let named = self.dir.as_ref().map(|dir| dir.join("mapping").join(format!("{name_or_path}.toml")));
        match named {
            Some(path) if path.is_file() => path,
            _ => PathBuf::from(name_or_path),
        }
    }
}

#[cfg(test)]
mod tests;
