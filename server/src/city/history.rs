//! What a city's folder held before it was changed: `config/` of the data folder keeps the
//! regulations and the calendar of every version, so that what was decided under one is never decided
//! again under another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Timestamp;
use domain::city::EarlierLaw;

use super::{CityError, CityFolder, digest, law};

/// A change of the folder that the log has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The digest of what holds from now on.
    pub digest: String,
    /// Since when.
    pub from: Timestamp,
}

/// One version that was kept.
struct Kept {
    from: Timestamp,
    digest: String,
    folder: PathBuf,
}

/// A city as it is served.
#[derive(Debug)]
pub struct Opened {
    /// With its earlier laws.
    pub city: Arc<CityFolder>,
    /// What the log has to be told.
    pub change: Option<Change>,
    /// What has to be kept once the log is open.
    pub unkept: Option<Unkept>,
}

/// What a folder holds that no version on file does; [`Unkept::keep`] puts it there.
#[derive(Debug)]
#[must_use = "an unkept version is told as new at the next start"]
pub struct Unkept {
    root: PathBuf,
    files: Vec<(String, PathBuf)>,
    from: Timestamp,
    digest: String,
}

impl Unkept {
    /// Copies the files beside the log, whole or not at all.
    ///
    /// # Errors
    /// With the file that cannot be written.
    pub fn keep(&self) -> Result<(), CityError> {
        keep(&self.root, &self.files, self.from, &self.digest)
    }
}

/// Compares the folder with what it held at the last start and gives the city its earlier laws. The
/// newest change is told again at every start: the log takes it once. Nothing is written before the caller
/// knows that the log beside it is one that it can go on with.
///
/// # Errors
/// With the file that cannot be read.
fn open(
    data: &Path,
    city: &mut CityFolder,
    now: Timestamp,
) -> Result<(Option<Change>, Option<Unkept>), CityError> {
    let root = data.join("config");
    let mut kept = versions(&root)?;
    let Some(folder) = city.dir.clone() else { return Ok((None, None)) };
    let files = law_files(&folder)?;
    if kept.is_empty() && files.is_empty() {
        return Ok((None, None));
    }
    let digest = digest::of_files(&files)?;
    let mut unkept = None;
    if kept.last().is_none_or(|last| last.digest != digest) {
        // The first version held from the beginning; a clock that stands behind the last change does
        // not move it.
        let from = kept.last().map_or(Timestamp::MIN, |last| now.max(last.from.plus_micros(Timestamp::STEP)));
        kept.push(Kept { from, digest: digest.clone(), folder: folder_of(&root, from, &digest) });
        unkept = Some(Unkept { root, files, from, digest });
    }
    earlier_laws(&kept, city)?;
    let newest = kept.last().filter(|newest| newest.from > Timestamp::MIN);
    let change = newest.map(|newest| Change { digest: newest.digest.clone(), from: newest.from });
    Ok((change, unkept))
}

fn folder_of(root: &Path, from: Timestamp, digest: &str) -> PathBuf {
    root.join(format!("{}_{digest}", from.micros()))
}

/// What held before the newest of these versions.
fn earlier_laws(kept: &[Kept], city: &mut CityFolder) -> Result<(), CityError> {
    for pair in kept.windows(2) {
        let [earlier, later] = pair else { continue };
        let mut old = domain::city::City::bare(&city.city.code);
        law::read_all(&earlier.folder, &mut old)?;
        city.city.earlier_laws.push(EarlierLaw {
            until: later.from,
            regulations: old.regulations,
            calendar: old.calendar,
        });
    }
    Ok(())
}

/// Gives a city the laws that held for the data when a server last ran on them, and changes nothing; says whether
/// the folder has been changed since.
///
/// # Errors
/// With the file that cannot be read.
pub fn held(data: &Path, city: &mut CityFolder) -> Result<bool, CityError> {
    let kept = versions(&data.join("config"))?;
    let Some(newest) = kept.last() else { return Ok(false) };
    earlier_laws(&kept, city)?;
    let files = city.dir.as_deref().map_or(Ok(Vec::new()), law_files)?;
    let is_changed = newest.digest != digest::of_files(&files)?;
    if is_changed {
        law::read_all(&newest.folder, &mut city.city)?;
    }
    Ok(is_changed)
}

/// The versions that were kept, ascending: folders named by instant and digest.
fn versions(root: &Path) -> Result<Vec<Kept>, CityError> {
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |source| CityError::Unreadable { path: root.to_owned(), source };
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(root).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?.path();
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // What a crash left half written has another ending.
        let Some((from, digest)) = name.split_once('_') else { continue };
        let Ok(from) = from.parse::<i64>() else { continue };
        kept.push(Kept { from: Timestamp::from_micros(from), digest: digest.to_owned(), folder });
    }
    kept.sort_by_key(|kept| kept.from);
    Ok(kept)
}

/// What decides about clocks: the calendar, the lists that it names, the regulations.
fn law_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, CityError> {
    let mut files = Vec::new();
    for (place, wanted) in [(folder.to_owned(), &["csv"][..]), (folder.join("regulations"), &["toml", "csv"])]
    {
        if !place.is_dir() {
            continue;
        }
        let unreadable = |source| CityError::Unreadable { path: place.clone(), source };
        for entry in std::fs::read_dir(&place).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            // Who is called about a unit's cases decides about no clock.
            let is_contacts =
                place == folder && path.file_name().is_some_and(|name| name == super::contacts::FILE);
            if path.is_file() && wanted.contains(&extension) && !is_contacts {
                files.push(path);
            }
        }
    }
    let calendar = folder.join("calendar.toml");
    files.extend(calendar.is_file().then_some(calendar));
    files.sort();
    let name =
        |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Ok(files.into_iter().map(|path| (name(&path), path)).collect())
}

fn keep(root: &Path, files: &[(String, PathBuf)], from: Timestamp, digest: &str) -> Result<(), CityError> {
    let folder = folder_of(root, from, digest);
    let half = folder.with_extension("half");
    for (name, path) in files {
        let to = half.join(name);
        let unwritable = |source| CityError::Unreadable { path: to.clone(), source };
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(unwritable)?;
        }
        std::fs::copy(path, &to).and_then(|_| std::fs::File::open(&to)?.sync_all()).map_err(unwritable)?;
    }
    let unwritable = |source| CityError::Unreadable { path: folder.clone(), source };
    std::fs::create_dir_all(&half).map_err(unwritable)?;
    std::fs::rename(&half, &folder).map_err(unwritable)?;
    std::fs::File::open(root).and_then(|root| root.sync_all()).map_err(unwritable)
}

/// The city with its earlier laws, what the log has to be told, and what has to be kept once the log is open.
///
/// # Errors
/// With the file that cannot be read.
pub fn opened(data: &Path, city: &CityFolder, now: Timestamp) -> Result<Opened, CityError> {
    let mut city = city.clone();
    let (change, unkept) = open(data, &mut city, now)?;
    Ok(Opened { city: Arc::new(city), change, unkept })
}
