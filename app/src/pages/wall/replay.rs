//! A past hour on a wall: the scene made anew, asked of each step's instant. What is live lies unseen behind it and
//! goes on.

use std::sync::Arc;
use std::time::Duration;

use domain::scene::saved::Playlist;
use domain::screen::Replay;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;
use leptos::prelude::*;

use super::SceneView;
use super::shown::{ShownScene, use_shown};
use crate::live::provide_past;
use crate::live::stage::Stage;

/// How often a wall looks whether the next step has come: all walls change within it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Says which instant is shown, step by step by the server's clock. In the browser only.
pub(super) fn step_through(stage: Stage, shown: ShownScene) {
    let show = stage.show();
    let replay = Memo::new(move |_| show.with(|show| show.replay.clone()));
    Effect::new(move |_| {
        let replay = replay.get();
        let Some(replay) = replay else {
            shown.replayed.set(None);
            return;
        };
        let look = move || {
            // The hour is over a moment before the server says so.
            let at = replay.step(stage.now_ms()).and_then(|step| written(&replay, step));
            if shown.replayed.try_with_untracked(|held| *held != at) == Some(true) {
                shown.replayed.set(at);
            }
        };
        look();
        if let Ok(interval) = set_interval_with_handle(look, LOOK_EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// The instant of a step at the offset that the hour is written with.
fn written(replay: &Replay, step: u32) -> Option<String> {
    let pieces = DateTimeParser::new().parse_pieces(&replay.from).ok()?;
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    Some(replay.at(step)?.to_rfc3339_at(offset))
}

/// The scene in hand at the instant that is shown; nothing while now is.
#[component]
pub(super) fn Replayed(playing: RwSignal<Arc<Playlist>>, current: Memo<usize>) -> impl IntoView {
    let shown = use_shown();
    let is_past = Memo::new(move |_| shown.replayed.with(Option::is_some));
    move || is_past.get().then(|| view! { <PastScene playing current/> })
}

#[component]
fn PastScene(playing: RwSignal<Arc<Playlist>>, current: Memo<usize>) -> impl IntoView {
    let shown = use_shown();
    // What was shown last stays while the part is taken off the page.
    let at = Memo::new(move |before: Option<&String>| {
        shown.replayed.get().or_else(|| before.cloned()).unwrap_or_default()
    });
    provide_past(at.into());
    let scene = Memo::new(move |_| playing.with(|playing| playing.scenes.get(current.get()).cloned()));
    view! {
        <div class="scenes is-replayed">
            {move || scene.get().map(|scene| view! { <SceneView scene is_away=Signal::stored(false)/> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_written_in_the_citys_time() {
        let replay = Replay { from: "2026-11-23T23:00:00+07:00".into(), begin_ms: 0, step_ms: 5_000 };
        for (step, want) in [
            (0, "2026-11-23T23:00:00+07:00"),
            (1, "2026-11-23T23:05:00+07:00"),
            (12, "2026-11-24T00:00:00+07:00"),
        ] {
            assert_eq!(written(&replay, step).as_deref(), Some(want));
        }
    }
}
