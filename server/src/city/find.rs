//! Where a city's folder is.

use std::path::{Path, PathBuf};

use super::CityError;

/// The settings file of a city that is named, or whose folder or file is given. A name is looked
/// up in `cities/` in the working directory, then in the directory that `TOANCANH_CITIES` names,
/// then beside the program.
pub(super) fn settings_file(name_or_path: &str) -> Result<PathBuf, CityError> {
    let mut tried = Vec::new();
    if is_name(name_or_path) {
        for folder in city_folders() {
            let file = folder.join(name_or_path).join("city.toml");
            if file.is_file() {
                return Ok(file);
            }
            tried.push(file);
        }
    }
    let path = Path::new(name_or_path);
    let file = if path.is_dir() { path.join("city.toml") } else { path.to_owned() };
    if file.is_file() {
        return Ok(file);
    }
    tried.push(file);
    Err(CityError::NotFound { name: name_or_path.to_owned(), tried })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '\\', '.'])
}

fn city_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("cities")];
    folders.extend(std::env::var_os("TOANCANH_CITIES").map(PathBuf::from));
    // Beside the program: `cities/` where it was unpacked, or some folders up in a build tree.
    if let Ok(program) = std::env::current_exe() {
        folders.extend(program.ancestors().skip(1).take(4).map(|folder| folder.join("cities")));
    }
    folders
}
