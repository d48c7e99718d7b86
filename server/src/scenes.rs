//! What walls show, and its versions: the newest that was saved, else the city's own file. A version is an event of
//! the log, so that every server has it, and none is ever changed: going back is a new one.

use domain::problem::Problem;
use domain::query::bad;
use domain::scene::rules::{faults, unknown_codes};
use domain::scene::saved::{Playlist, SaveScenes, Version, VersionView, WHY_CHARS_MAX, line};
use domain::state::State;
use jiff::tz::TimeZone;
use serde_json::json;
use toancanh_log::Outcome;

use crate::city::scenes::can_split;
use crate::running::Running;
use crate::screens::{event, heard};

/// So many faults of a playlist are said at once.
const FAULTS_SAID: usize = 8;

impl Running {
    /// What walls show now.
    pub(crate) fn playlist(&self) -> Playlist {
        let snapshot = self.core.snapshot();
        let state = snapshot.frozen.state();
        match state.scenes().latest() {
            Some(version) => playlist(version, &state.city().zone),
            None => self.playlist_of_city(),
        }
    }

    fn playlist_of_city(&self) -> Playlist {
        Playlist { version: 0, at: None, by: None, why: None, scenes: self.city.scenes.clone() }
    }

    /// One version; 0 is the city's own file.
    ///
    /// # Errors
    /// 404 where it never was, or is older than those that are kept at hand.
    pub(crate) fn playlist_of(&self, state: &State, number: u32) -> Result<Playlist, Problem> {
        if number == 0 {
            return Ok(self.playlist_of_city());
        }
        let version = state.scenes().get(number).map(|version| playlist(version, &state.city().zone));
        version.ok_or_else(|| {
            let detail =
                "version: none of this number is kept; GET /api/v1/scenes/versions names those that are.";
            Problem::new("not-found", 404, "Nothing here", detail).at("version")
        })
    }

    /// The versions that are kept, the newest first and the city's own file last.
    pub(crate) fn versions(&self, state: &State) -> Vec<VersionView> {
        let zone = &state.city().zone;
        let of_state = state.scenes().newest_first().map(|version| playlist(version, zone));
        let all = of_state.chain([self.playlist_of_city()]);
        all.map(|of| VersionView {
            version: of.version,
            at: of.at,
            by: of.by,
            why: of.why,
            scenes: of.scenes.len(),
        })
        .collect()
    }

    /// Saves a playlist as the next version.
    ///
    /// # Errors
    /// 400 for a name or a reason that is none; 409 where another version has come since; 422 with what the rules of
    /// scenes say; 503 where the log cannot take it.
    pub(crate) async fn save_scenes(&self, wish: SaveScenes) -> Result<Playlist, Problem> {
        let held = self.core.ready()?.frozen.state().scenes().number();
        if wish.made_from != held {
            return Err(changed(wish.made_from, held));
        }
        let said = |name: &str, text: &str| {
            let why = format!("is not 1 to {WHY_CHARS_MAX} characters on one line");
            line(text).map(str::to_owned).ok_or_else(|| bad(name, &why))
        };
        let (by, why) = (said("by", &wish.by)?, said("why", &wish.why)?);
        let mut found = faults(&wish.scenes, &can_split);
        found.extend(unknown_codes(&wish.scenes, &self.city.city.catalogue));
        if let Some(first) = found.first() {
            let said: Vec<String> = found.iter().take(FAULTS_SAID).map(ToString::to_string).collect();
            let more = found.len().saturating_sub(FAULTS_SAID);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            let detail = format!("{}{more}", said.join("; "));
            return Err(
                Problem::new("scenes-refused", 422, "The scenes cannot be shown", detail).at(first.path())
            );
        }
        let version = held.saturating_add(1);
        let data = json!({ "version": version, "by": by, "reason": why, "scenes": wish.scenes });
        // The name is the number's: of two that save at once this log takes one.
        let saved = event(&self.core, &format!("scenes/{version}"), "scenes.saved", data);
        let stored = self.store.append(vec![saved]).await?;
        if !matches!(stored.outcomes.first(), Some(Outcome::Appended(_))) {
            return Err(changed(held, version));
        }
        tracing::info!(version, "the scenes of the walls were saved");
        heard(&self.core, |state| state.scenes().number() >= version).await;
        let snapshot = self.core.snapshot();
        let playlist = self.playlist_of(snapshot.frozen.state(), version)?;
        // Of two servers that took the same number, the earlier stands.
        if *playlist.scenes == *wish.scenes { Ok(playlist) } else { Err(changed(held, version)) }
    }
}

fn playlist(version: &Version, zone: &TimeZone) -> Playlist {
    Playlist {
        version: version.saved.version,
        at: Some(version.at.to_rfc3339(zone)),
        by: Some(version.saved.by.to_string()),
        why: Some(version.saved.why.to_string()),
        scenes: version.saved.scenes.clone(),
    }
}

fn changed(made_from: u32, held: u32) -> Problem {
    let detail = format!(
        "made_from: version {held} holds now, and this was made from {made_from}. Read GET /api/v1/scenes, make the \
         changes there again, and save with made_from {held}."
    );
    Problem::new("scenes-changed", 409, "Somebody else saved meanwhile", detail).at("made_from")
}
