//! Whose turn it is: each scene of the playlist stands its seconds, unless somebody holds the wall.

use std::sync::Arc;
use std::time::Duration;

use domain::scene::saved::Playlist;
use leptos::prelude::*;

use super::shown::{ShownScene, use_shown};
use crate::live::stage::of_page;
use crate::live::{Link, use_live};
use crate::scenes::use_newest_playlist;

/// How long a scene has stood when the next one is made ready behind it, at most: its numbers and its map are
/// there when it is seen.
const AHEAD: Duration = Duration::from_secs(4);

/// More than this a wall's page never needs: eight scenes with their maps take a tenth of it.
const MEMORY_MB_MAX: u32 = 1_500;

/// Whether the page has taken more of the browser's memory than it can need, where the browser says so.
fn is_too_large() -> bool {
    let (memory_mb, ..) = of_page();
    memory_mb.is_some_and(|memory| memory > MEMORY_MB_MAX)
}

/// The wall knows which scenes there are, and of its own shows one of them.
pub(super) fn settle(shown: ShownScene, playlist: &Playlist) {
    let names: Vec<String> = playlist.scenes.iter().map(|scene| scene.name.clone()).collect();
    let own = shown.own.get_untracked();
    if !names.contains(&own) {
        shown.own.set(names.first().cloned().unwrap_or_default());
    }
    if shown.there.with_untracked(|there| *there != names) {
        shown.there.set(names);
    }
}

/// Takes a new version of the scenes up where the picture changes anyway: at the next turn, at a tablet's order. Where
/// no turn will come, at once. Never while the numbers stand still.
pub(super) fn take_up(
    asked: Memo<Option<String>>,
    playing: RwSignal<Arc<Playlist>>,
    current: Memo<usize>,
    made: RwSignal<Vec<usize>>,
) {
    let (shown, newest) = (use_shown(), use_newest_playlist());
    Effect::new(move |before: Option<(String, bool)>| {
        let now = (shown.name.get(), shown.hold.get());
        let next = newest.get();
        let is_frozen = shown.frozen.get();
        let stands = asked.with(Option::is_some) || playing.with(|playing| playing.scenes.len() < 2);
        let turns = before.is_some_and(|before| before != now);
        let is_newer = playing.with_untracked(|playing| playing.version < next.version);
        if is_newer && !is_frozen && (turns || (stands && !now.1)) {
            playing.set(next.clone());
            settle(shown, &next);
            made.set(vec![current.get_untracked()]);
        }
        now
    });
}

/// Moves on by the scenes' own seconds, and makes what is shown next ready before. In the browser only.
pub(super) fn take_turns(
    playing: RwSignal<Arc<Playlist>>,
    asked: Memo<Option<String>>,
    current: Memo<usize>,
    made: RwSignal<Vec<usize>>,
) {
    let (shown, live) = (use_shown(), use_live());
    // By its address, whenever that changes.
    Effect::new(move |before: Option<Option<String>>| {
        let asked = asked.get();
        if let (Some(before), Some(name)) = (before, &asked)
            && before.as_ref() != Some(name)
        {
            shown.own.set(name.clone());
        }
        asked
    });
    Effect::new(move |_| {
        let place = current.get();
        if made.with_untracked(|made| !made.contains(&place)) {
            made.update(|made| made.push(place));
        }
    });
    let many = Memo::new(move |_| playing.with(|playing| playing.scenes.len()));
    let moves = Memo::new(move |_| asked.with(Option::is_none) || shown.hold.get());
    // Whoever directs a wall may ask for any scene: they are made ready one after another.
    Effect::new(move |_| {
        let made_now = made.get();
        let (place, many) = (current.get(), many.get());
        if !moves.get() || many < 2 {
            return;
        }
        let next = (1..many).map(|ahead| (place + ahead) % many).find(|place| !made_now.contains(place));
        let Some(next) = next else { return };
        let make = move || {
            made.try_update(|made| {
                if !made.contains(&next) {
                    made.push(next);
                }
            });
        };
        if let Ok(timer) = set_timeout_with_handle(make, AHEAD) {
            on_cleanup(move || timer.clear());
        }
    });
    Effect::new(move |_| {
        let (place, many) = (current.get(), many.get());
        let is_held = shown.hold.get() || shown.told.with(Option::is_some) || shown.frozen.get();
        if asked.with(Option::is_some) || is_held || many < 2 {
            return;
        }
        let scenes = playing.with(|playing| playing.scenes.clone());
        let Some(scene) = scenes.get(place) else { return };
        let stands = Duration::from_secs(u64::from(scene.seconds));
        let next = scenes.get((place + 1) % many).map(|scene| scene.name.clone()).unwrap_or_default();
        let turn = move || {
            // Whatever leaks in a browser over weeks: a page that has grown too large begins anew between two
            // scenes, with the server there to answer.
            if is_too_large() && live.link().get_untracked() == Link::Live {
                let _ = window().location().reload();
                return;
            }
            if !live.is_frozen() {
                shown.own.try_set(next.clone());
            }
        };
        if let Ok(timer) = set_timeout_with_handle(turn, stands) {
            on_cleanup(move || timer.clear());
        }
    });
}
