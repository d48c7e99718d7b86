//! The digest of a city's folder: two servers with equal digests read the same facts.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::CityError;

/// Case files are history, a simulation is made up, scenes are how facts are shown, contacts are who is called: no facts
/// that anything is reckoned from. Replacing one changes no clock.
const NOT_COUNTED: [&str; 4] = ["cases", crate::simulate::FILE, super::scenes::FILE, super::contacts::FILE];

/// SHA-256 over the folder's files in the order of their names, hexadecimal: for each its path,
/// its length in bytes and its content.
pub(super) fn of_folder(folder: &Path) -> Result<String, CityError> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    files.sort();
    of_files(&files)
}

/// The same over these files, each under its name.
pub(super) fn of_files(files: &[(String, PathBuf)]) -> Result<String, CityError> {
    let mut hash = Sha256::new();
    for (name, path) in files {
        let content =
            std::fs::read(path).map_err(|source| CityError::Unreadable { path: path.clone(), source })?;
        add(&mut hash, name, &content);
    }
    Ok(hex::encode(hash.finalize()))
}

/// The digest of a city that is one file.
pub(super) fn of_file(content: &str) -> String {
    let mut hash = Sha256::new();
    add(&mut hash, "city.toml", content.as_bytes());
    hex::encode(hash.finalize())
}

fn add(hash: &mut Sha256, name: &str, content: &[u8]) {
    hash.update(name.as_bytes());
    hash.update([0]);
    hash.update((content.len() as u64).to_le_bytes());
    hash.update(content);
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<(), CityError> {
    let unreadable = |source| CityError::Unreadable { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let hidden = path.file_name().is_some_and(|file| file.to_string_lossy().starts_with('.'));
        if hidden || NOT_COUNTED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}
