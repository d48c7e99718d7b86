//! The versions of a city's scenes: each is the whole playlist as somebody saved it, and none is ever changed.
//! Version 0 is the city's own file, which no event says.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Scene;
use crate::time::Timestamp;

/// So many versions are kept at hand; of an older one the log alone still tells.
pub const VERSIONS_MAX: usize = 30;
/// The longest reason and the longest name of who saved, in characters.
pub const WHY_CHARS_MAX: usize = 200;

/// `scenes.saved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenesSaved {
    /// Its number, from 1.
    pub version: u32,
    /// Who saved it.
    pub by: Arc<str>,
    /// Why, in a line.
    pub why: Arc<str>,
    /// The whole playlist.
    pub scenes: Arc<[Scene]>,
    /// SHA-256 of the event's content.
    #[serde(skip)]
    pub digest: [u8; 32],
}

/// What is asked of the server: this playlist from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveScenes {
    /// The version that it was made from; where another has come meanwhile, nothing is saved.
    pub made_from: u32,
    /// Who saves it.
    pub by: String,
    /// Why, in a line.
    pub why: String,
    /// The whole playlist.
    pub scenes: Vec<Scene>,
}

/// The playlist that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playlist {
    /// Its number; 0 is the city's own file.
    pub version: u32,
    /// When it was saved, RFC 3339 with the city's offset; none of the city's own file.
    pub at: Option<String>,
    /// Who saved it.
    pub by: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// In the order of their turns.
    pub scenes: Arc<[Scene]>,
}

impl Playlist {
    /// The same without who saved it and in which words.
    #[must_use]
    pub fn without_author(self) -> Self {
        Self { by: None, why: None, ..self }
    }
}

/// One version in the list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// Its number; 0 is the city's own file.
    pub version: u32,
    /// When it was saved, RFC 3339 with the city's offset; none of the city's own file.
    pub at: Option<String>,
    /// Who saved it.
    pub by: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// How many scenes it has.
    pub scenes: usize,
}

/// A version as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// When it was saved.
    pub at: Timestamp,
    /// What was saved.
    pub saved: ScenesSaved,
    /// SHA-256 of the event's content.
    pub digest: [u8; 32],
}

/// The newest versions, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions(BTreeMap<u32, Arc<Version>>);

impl Versions {
    /// Takes a version in. Whatever order they come in: of two of one number the earlier counts, then the one of the
    /// smaller digest; of more than [`VERSIONS_MAX`] the lowest numbers fall out.
    pub fn hear(&mut self, saved: &ScenesSaved, at: Timestamp) {
        let digest = saved.digest;
        let is_kept = self.0.get(&saved.version).is_none_or(|held| (at, digest) < (held.at, held.digest));
        if is_kept {
            self.0.insert(saved.version, Arc::new(Version { at, saved: saved.clone(), digest }));
        }
        while self.0.len() > VERSIONS_MAX {
            self.0.pop_first();
        }
    }

    /// The number of the playlist that holds; 0 where none was ever saved.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.last_key_value().map_or(0, |(number, _)| *number)
    }

    /// The newest.
    #[must_use]
    pub fn latest(&self) -> Option<&Arc<Version>> {
        self.0.last_key_value().map(|(_, version)| version)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Arc<Version>> {
        self.0.get(&number)
    }

    /// All that are kept, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.0.values().rev()
    }
}

/// A line of who or why: without space around it.
#[must_use]
pub fn line(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = (1..=WHY_CHARS_MAX).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(version: u32, by: &str, digest: u8) -> ScenesSaved {
        ScenesSaved {
            version,
            by: by.into(),
            why: "thử".into(),
            scenes: Vec::new().into(),
            digest: [digest; 32],
        }
    }

    #[track_caller]
    fn check(news: &[(i64, ScenesSaved)], want: &[(u32, &str)]) {
        for order in [news.to_vec(), news.iter().rev().cloned().collect()] {
            let mut versions = Versions::default();
            for (secs, saved) in order.iter().chain(&order) {
                versions.hear(saved, Timestamp::from_secs(*secs));
            }
            let held: Vec<(u32, &str)> =
                versions.newest_first().map(|one| (one.saved.version, &*one.saved.by)).collect();
            assert_eq!(held, want, "{order:?}");
            assert_eq!(versions.number(), want.first().map_or(0, |(number, _)| *number));
        }
    }

    #[test]
    fn the_highest_number_holds_and_of_two_of_one_number_the_earlier_in_any_order() {
        check(&[], &[]);
        check(&[(1, saved(1, "a", 1)), (2, saved(2, "b", 1))], &[(2, "b"), (1, "a")]);
        check(&[(1, saved(1, "a", 9)), (2, saved(1, "b", 1))], &[(1, "a")]);
        check(&[(1, saved(1, "a", 9)), (1, saved(1, "b", 1))], &[(1, "b")]);
        check(&[(9, saved(1, "a", 1)), (1, saved(2, "b", 1))], &[(2, "b"), (1, "a")]);
    }

    #[test]
    fn of_too_many_versions_the_lowest_fall_out() {
        let many: Vec<(i64, ScenesSaved)> = (1..=40).map(|n| (i64::from(n), saved(n, "a", 1))).collect();
        let want: Vec<(u32, &str)> = (11..=40).rev().map(|n| (n, "a")).collect();
        check(&many, &want);
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        assert_eq!(line("  Thêm phản ánh giao thông "), Some("Thêm phản ánh giao thông"));
        for wrong in ["", "  ", "a\nb", &"ư".repeat(WHY_CHARS_MAX + 1)] {
            assert_eq!(line(wrong), None, "{wrong:?}");
        }
    }
}
