//! A wall: the city's scenes, one at a time. At `/wall` they take turns, at `/wall/{scene}` one stands; a tablet
//! that directs the wall goes before both. Read from six metres: no scrollbars, nothing to hover, type that grows
//! with the wall.

mod control;
mod numbers;
mod panel;
mod past;
mod picture;
mod replay;
mod seams;
mod shown;
mod sight;
mod spotlight;
mod turn;

use std::sync::Arc;

use domain::city::Label;
use domain::scene::{Scene, find};
use domain::screen::Role;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::replay::Replayed;
use self::seams::{Seams, keep_off};
use self::shown::use_shown;
use self::sight::Sight;
use self::turn::{settle, take_turns, take_up};
use super::NotFound;
use super::ready::when_booted;
use crate::components::{Freshness, Notice};
use crate::functions::Boot;
use crate::live::Live;
use crate::live::stage::{go_to, load_me};
use crate::locale::use_lang;
use crate::scenes::{use_playlist, use_scenes};
use crate::source::Nowhere;
use crate::text::{Lang, scenes, words};

pub use control::WallControl;
#[cfg(feature = "ssr")]
pub(crate) use numbers::LEVELS;
pub(crate) use numbers::usual_said;
pub(crate) use panel::PanelView;
pub(crate) use panel::Surging;
#[cfg(feature = "ssr")]
pub(crate) use panel::surging;
pub use past::{Levels, UsualDay};
#[cfg(feature = "ssr")]
pub(crate) use past::{levels_of, usual_of};

/// How often it is asked whether this device is enrolled, while nobody answers.
const ASK_AGAIN_MS: i32 = 5_000;

/// The wall.
#[component]
pub fn Wall() -> impl IntoView {
    let (lang, scenes, params, search) = (use_lang(), use_scenes(), use_params_map(), use_query_map());
    let all = scenes.clone();
    // None where they take turns.
    let asked = Memo::new(move |_| params.with(|params| params.get("scene")));
    let is_there = Memo::new(move |_| {
        asked.with(|asked| match asked {
            Some(name) => find(&all, name).is_some(),
            None => !all.is_empty(),
        })
    });
    let setting = use_shown().setting;
    let sight = Memo::new(move |_| {
        setting.with(|setting| search.with(|search| Sight::of(&|key| search.get(key), setting)))
    });
    keep_off(Memo::new(move |_| {
        setting.with(|setting| search.with(|search| Seams::of(&|key| search.get(key), setting)))
    }));
    move || {
        if !is_there.get() {
            if let Some(Nowhere(say)) = use_context::<Nowhere>() {
                say();
            }
            return view! { <NotFound/> <GoOn/> }.into_any();
        }
        view! { <Scenes lang asked sight/> }.into_any()
    }
}

/// An enrolled wall whose scene is no more goes on with what there is: nobody stands before it to choose.
#[component]
fn GoOn() -> impl IntoView {
    Effect::new(|_| {
        spawn_local_scoped_with_cancellation(async {
            loop {
                match load_me().await {
                    Some(me) if me.role == Some(Role::Wall) => return go_to("/wall"),
                    Some(_) => return,
                    None => Live::pause(ASK_AGAIN_MS).await,
                }
            }
        });
    });
}

#[component]
fn Scenes(lang: Lang, asked: Memo<Option<String>>, sight: Memo<Sight>) -> impl IntoView {
    let shown = use_shown();
    let playing = RwSignal::new(use_playlist());
    shown.own.set(asked.get_untracked().unwrap_or_default());
    settle(shown, &playing.get_untracked());
    // A scene that is nowhere leaves what was shown.
    let current = Memo::new(move |before: Option<&usize>| {
        playing.with(|playing| {
            let scenes = &playing.scenes;
            let place = shown.name.with(|name| scenes.iter().position(|scene| scene.name == *name));
            place.or(before.copied().filter(|before| *before < scenes.len())).unwrap_or_default()
        })
    });
    // What was made once is kept: a turn is then a matter of seeing, and nothing is made again and again for weeks.
    let made = RwSignal::new(vec![current.get_untracked()]);
    take_up(asked, playing, current, made);
    take_turns(playing, asked, current, made);
    let title = Memo::new(move |_| {
        let place = current.get();
        playing
            .with(|playing| playing.scenes.get(place).map(|scene| lang.of(&scene.title)).unwrap_or_default())
    });
    let place = move || {
        let title = title.get();
        let many = playing.with(|playing| playing.scenes.len());
        match asked.with(Option::is_none) {
            true => scenes::place(lang, current.get() + 1, many, &title),
            false => scenes::scene(lang, &title),
        }
    };
    let is_past = Memo::new(move |_| shown.replayed.with(Option::is_some));
    view! {
        <main id="content" class=move || format!("wall scene {}", sight.get().class()) class:is-past=is_past>
            <Title text=move || format!("{} · {}", title.try_get().unwrap_or_default(), words::PRODUCT)/>
            <WallControl/>
            <Replayed playing current/>
            <div class="scenes" class:away=is_past inert=move || is_past.get() data-version=move || playing.with(|playing| playing.version)>
                <For
                    each=move || {
                        let version = playing.with(|playing| playing.version);
                        made.get().into_iter().map(move |nth| (version, nth)).collect::<Vec<_>>()
                    }
                    key=|place| *place
                    let((_, nth))
                >
                    {playing.with_untracked(|playing| playing.scenes.get(nth).cloned()).map(|scene| {
                        let is_away = Signal::derive(move || current.get() != nth);
                        view! { <SceneView scene is_away/> }
                    })}
                </For>
            </div>
            <footer class="wall-foot">
                {when_booted(
                    move |boot: Arc<Boot>| view! {
                        <Freshness boot=boot.clone()/>
                        <Notice boot/>
                        <p class="scene-name">{place}</p>
                    },
                )}
            </footer>
        </main>
    }
}

/// A scene's panels on their grid. One that is away keeps its place and its numbers, unseen and unheard.
#[component]
fn SceneView(scene: Scene, is_away: Signal<bool>) -> impl IntoView {
    let name = scene.name.clone();
    let title = scene.title.clone();
    let panels = scene.panels.into_iter().enumerate().map(move |(place, panel)| {
        let head: Option<Label> = (place == 0).then(|| title.clone());
        view! { <PanelView panel head/> }
    });
    view! {
        <section class="panels" class:away=is_away inert=move || is_away.get() data-panels=name>
            {panels.collect_view()}
        </section>
    }
}
