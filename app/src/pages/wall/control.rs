//! An enrolled wall: it says how it is, shows what its director asks, and says who that is. A wall that is not
//! enrolled goes on as ever.

use std::sync::Arc;
use std::time::Duration;

use domain::screen::{DeviceFrame, Role, Spotlight, WallBeat};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;

use super::picture::{is_hidden, take_pictures};
use super::replay;
use super::shown::use_shown;
use super::spotlight::SpotlightPanel;
use crate::functions::Boot;
use crate::live::stage::{Stage, go_to, load_me, of_page};
use crate::live::{Live, use_live};
use crate::locale::use_lang;
use crate::pages::ready::when_booted;
use crate::text::{date, screens};

/// How often a wall says that it is.
const BEAT_EVERY: Duration = Duration::from_secs(2);
/// How often it is asked whether this device is enrolled, while nobody answers.
const ASK_AGAIN_MS: i32 = 5_000;

/// What connects a wall with its director.
#[component]
pub fn WallControl() -> impl IntoView {
    when_booted(|boot: Arc<Boot>| view! { <Control boot/> })
}

#[component]
fn Control(boot: Arc<Boot>) -> impl IntoView {
    let (lang, live, shown) = (use_lang(), use_live(), use_shown());
    let stage = Stage::new();
    let show = stage.show();
    let beat = live.beat(&boot);
    let version = boot.hello.version.clone();
    Effect::new(move |_| {
        spawn_local_scoped_with_cancellation(async move {
            let me = loop {
                match load_me().await {
                    Some(me) => break me,
                    None => Live::pause(ASK_AGAIN_MS).await,
                }
            };
            if me.role == Some(Role::Wall) {
                stage.start();
            }
        });
    });
    Effect::new(move |_| {
        let show = show.get();
        shown.hold.set(show.holder.is_some());
        shown.frozen.set(show.frozen);
        shown.spotlight.set(show.spotlight.as_ref().map(Spotlight::to_string));
        if shown.told.get_untracked() != show.scene {
            shown.told.set(show.scene);
        }
    });
    replay::step_through(stage, shown);
    take_pictures(stage, shown);
    let setting = stage.setting();
    Effect::new(move |_| shown.setting.set(setting.get()));
    let freeze = stage.freeze();
    Effect::new(move |_| live.freeze(freeze.get()));
    Effect::new(move |_| {
        if stage.is_out() {
            go_to("/enrol");
        }
    });
    let say_beat = move || {
        let (memory_mb, width_px, height_px) = of_page();
        let (seq, at) = beat.with_untracked(|beat| (beat.seq.to_string(), beat.at.clone()));
        stage.say(&DeviceFrame::Beat(WallBeat {
            version: version.clone(),
            width_px,
            height_px,
            scene: shown.name.get_untracked(),
            seq,
            at,
            revision: show.with_untracked(|show| show.revision),
            memory_mb,
            is_hidden: is_hidden(),
        }));
    };
    Effect::new(move |_| {
        // At once after each order and each new link, then every two seconds.
        show.track();
        if stage.is_linked() {
            say_beat();
        }
        let say_beat = say_beat.clone();
        if let Ok(interval) = set_interval_with_handle(say_beat, BEAT_EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    // Left with its page, a wall's stillness stays behind.
    on_cleanup(move || {
        live.freeze(None);
        shown.replayed.try_set(None);
    });
    let lines = move || {
        let show = show.get();
        let holder = show.holder.map(|name| (screens::directed(lang, &name), "held"));
        let lost = show.lost.map(|name| (screens::lost(lang, &name), "lost"));
        let frozen = show.frozen.then(|| {
            // A beat that is not later may still be on its way.
            let time = beat.with(|beat| date::time(&beat.at).to_owned());
            (screens::frozen(lang, &time), "frozen")
        });
        let lines = [holder, lost, frozen].into_iter().flatten();
        lines.map(|(text, class)| view! { <p class=class>{text}</p> }).collect_view()
    };
    let replayed = move || {
        let at = shown.replayed.get()?;
        let text = screens::replayed(lang, &date::moment(lang, &at));
        Some(view! { <p class="replayed">{text}</p> })
    };
    let large = Memo::new(move |_| show.with(|show| show.spotlight.clone()));
    let shown_spotlight = move || large.get().as_ref().map(Spotlight::to_string).unwrap_or_default();
    view! {
        <div
            class="wall-control"
            role="status"
            data-name=stage.name()
            data-revision=move || show.with(|show| show.revision)
            data-scene=shown.name
            data-spotlight=shown_spotlight
            data-frozen=move || show.with(|show| show.frozen.to_string())
            data-replay=move || shown.replayed.get().unwrap_or_default()
            data-holder=move || show.with(|show| show.holder.clone().unwrap_or_default())
            data-lost=move || show.with(|show| show.lost.clone().unwrap_or_default())
            data-seq=move || beat.with(|beat| beat.seq.to_string())
            data-at=move || beat.with(|beat| beat.at.clone())
        >
            {replayed}
            {lines}
        </div>
        {move || large.get().map(|large| view! { <SpotlightPanel boot=boot.clone() large/> })}
    }
}
