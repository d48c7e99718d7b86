//! `PROVENANCE.md`: every data file is named there, in a section that states its licence.

use std::path::{Path, PathBuf};

use super::super::CityError;
use super::{Checked, Part, files_of};

/// The words by which a section states a licence.
const WORDS: [&str; 3] = ["licence", "license", "giấy phép"];

/// What describes the folder, and is no data.
const OWN: [&str; 2] = ["city.toml", "PROVENANCE.md"];

pub(super) fn check(folder: &Path, checked: &mut Checked) -> Result<(), CityError> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.retain(|file| {
        let name = file.strip_prefix(folder).unwrap_or(file);
        !OWN.iter().any(|own| name == Path::new(own)) && !name.starts_with("licences")
    });
    checked.count(files.len(), ["data file", "data files"]);
    let path = folder.join("PROVENANCE.md");
    let text = match super::read(&path) {
        Ok(text) => text,
        Err(_) if files.is_empty() => return Ok(()),
        Err(error) => {
            checked.refused(Part::Provenance, &path, error);
            return Ok(());
        }
    };
    let sections = sections(&text);
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        let about: Vec<&(usize, String)> =
            sections.iter().filter(|(_, section)| names(section, &name)).collect();
        let Some((line, _)) = about.first() else {
            let message = format!("{shown} is not named here: say where it comes from and its licence");
            checked.at(Part::Provenance, &path, (1, 1), message);
            continue;
        };
        if !about.iter().any(|(_, section)| states_licence(section)) {
            let message = format!("the section that names {shown} states no licence");
            checked.at(Part::Provenance, &path, (*line, 1), message);
        }
    }
    Ok(())
}

/// The parts under each `##` heading with their first line.
fn sections(text: &str) -> Vec<(usize, String)> {
    let mut sections = vec![(1, String::new())];
    for (place, line) in text.lines().enumerate() {
        if line.starts_with("## ") {
            sections.push((place + 1, String::new()));
        }
        if let Some((_, section)) = sections.last_mut() {
            section.push_str(line);
            section.push('\n');
        }
    }
    sections
}

/// Whether the file's name stands there, and not as the end of another's.
fn names(section: &str, name: &str) -> bool {
    section.match_indices(name).any(|(at, _)| {
        let before = section[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '-' | '_' | '.'))
    })
}

fn states_licence(section: &str) -> bool {
    let lower = section.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CityError> {
    for path in files_of(folder, "")? {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
