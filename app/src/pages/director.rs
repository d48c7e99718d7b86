//! The tablet: it sees the walls, takes hold of some, and says what they show.

mod replay;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::dimension::Dimension;
use domain::scene::{Scene, find};
use domain::screen::{DeviceFrame, Heard, Order, PLAYLIST, RENEW_SECS, Role, ScreenView, Spotlight};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use leptos_meta::Title;

use self::replay::Replaying;
use super::ready::when_booted;
use crate::address;
use crate::components::Loading;
use crate::functions::Boot;
use crate::live::Live;
use crate::live::stage::{Stage, go_to, load_me};
use crate::locale::use_lang;
use crate::scenes::use_newest_playlist;
use crate::text::{scenes as scenes_words, screens, words};

/// How often it is asked whether this device may direct, while nobody answers.
const ASK_AGAIN_MS: i32 = 3_000;

/// The page.
#[component]
pub fn Director() -> impl IntoView {
    let lang = use_lang();
    view! {
        <main id="content" class="office page narrow director">
            <Title text=format!("{} · {}", screens::DIRECTOR.to(lang), words::PRODUCT)/>
            <h1>{screens::DIRECTOR.to(lang)}</h1>
            {when_booted(|boot: Arc<Boot>| view! { <Desk boot/> })}
        </main>
    }
}

#[component]
fn Desk(boot: Arc<Boot>) -> impl IntoView {
    let lang = use_lang();
    // Whether it may direct: not known at first.
    let may = RwSignal::new(None::<bool>);
    let stage = Stage::new();
    Effect::new(move |_| {
        spawn_local_scoped_with_cancellation(async move {
            let me = loop {
                match load_me().await {
                    Some(me) => break me,
                    None => Live::pause(ASK_AGAIN_MS).await,
                }
            };
            let is_director = me.role == Some(Role::Director);
            may.set(Some(is_director));
            if is_director {
                stage.start();
            }
        });
    });
    Effect::new(move |_| {
        if stage.is_out() {
            go_to("/enrol");
        }
    });
    Effect::new(move |_| {
        let renew = move || stage.say(&DeviceFrame::Renew {});
        if let Ok(interval) = set_interval_with_handle(renew, Duration::from_secs(RENEW_SECS)) {
            on_cleanup(move || interval.clear());
        }
    });
    move || {
        match may.get() {
        None => view! { <Loading/> }.into_any(),
        Some(false) => view! {
            <div class="nothing">
                <p class="nothing-title">{screens::NO_DIRECTOR.to(lang)}</p>
                <p>{screens::NO_DIRECTOR_HELP.to(lang)}</p>
                <p><a class="button" href=address::at("/enrol") rel="external">{screens::ENROL.to(lang)}</a></p>
            </div>
        }
            .into_any(),
        Some(true) => view! { <Walls stage boot=boot.clone()/> }.into_any(),
    }
    }
}

#[component]
fn Walls(stage: Stage, boot: Arc<Boot>) -> impl IntoView {
    let lang = use_lang();
    let walls = stage.walls();
    let chosen = RwSignal::new(BTreeSet::<String>::new());
    let ids = Memo::new(move |_| {
        walls.with(|walls| {
            let each = walls.iter().flatten().map(|wall| (wall.screen.clone(), wall.name.clone()));
            each.collect::<Vec<_>>()
        })
    });
    let refused = stage.refused();
    let said = move || {
        refused.get().map(|problem| {
            let say = match problem.slug() {
                "held" => screens::HELD,
                "not-held" => screens::NOT_HELD,
                _ if problem.parameter.as_deref() == Some("replay") => screens::REPLAY_NOT,
                _ => screens::NOT_DONE,
            };
            view! { <p class="director-said">{say.to(lang)}</p> }
        })
    };
    // One that has gone is chosen no more.
    let picked = Memo::new(move |_| {
        let ids = ids.get();
        chosen.with(|chosen| {
            let there = ids.iter().map(|(id, _)| id.clone()).filter(|id| chosen.contains(id));
            there.collect::<Vec<String>>()
        })
    });
    // A group is taken up whole; another touch lets it go.
    let named = Memo::new(move |_| walls.with(|walls| groups_of(walls.iter().flatten())));
    let groups = move || {
        let button = |(group, of_group): (String, BTreeSet<String>)| {
            let members = of_group.clone();
            let is_on = move || chosen.with(|chosen| of_group.is_subset(chosen));
            let is_pressed = is_on.clone();
            let toggle = move |_| {
                let is_whole = is_on();
                chosen.update(|chosen| {
                    if is_whole {
                        chosen.retain(|id| !members.contains(id));
                    } else {
                        chosen.extend(members.iter().cloned());
                    }
                });
            };
            let name = format!("{}: {group}", screens::WHOLE_GROUP.to(lang));
            view! { <button type="button" class="pill" data-group=group aria-pressed=move || is_pressed().to_string() on:click=toggle>{name}</button> }
        };
        named.get().into_iter().map(button).collect_view()
    };
    view! {
        <Show when=move || !stage.is_linked()>
            <p class="director-said" role="alert">{screens::UNLINKED.to(lang)}</p>
        </Show>
        <h2>{screens::WALLS.to(lang)}</h2>
        <Show when=move || walls.with(|walls| walls.as_ref().is_some_and(Vec::is_empty))>
            <div class="nothing">
                <p class="nothing-title">{screens::NO_WALLS.to(lang)}</p>
                <p>{screens::NO_SCREENS_HELP.to(lang)}</p>
            </div>
        </Show>
        <div class="director-scenes">{groups}</div>
        <ul class="director-walls">
            <For each=move || ids.get() key=|id| id.clone() let((id, name))>
                <WallChoice stage id name chosen/>
            </For>
        </ul>
        <div aria-live="polite">{said}</div>
        <Show when=move || !picked.with(Vec::is_empty)>
            <Orders stage picked boot=boot.clone()/>
        </Show>
    }
}

/// The groups that walls are of, each with its walls.
fn groups_of<'a>(walls: impl Iterator<Item = &'a ScreenView>) -> Vec<(String, BTreeSet<String>)> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for wall in walls {
        if let Some(group) = &wall.setting.group {
            groups.entry(group.to_string()).or_default().insert(wall.screen.clone());
        }
    }
    groups.into_iter().collect()
}

#[component]
fn WallChoice(stage: Stage, id: String, name: String, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let lang = use_lang();
    let (walls, own, scenes) = (stage.walls(), stage.name(), use_newest_playlist());
    let id = StoredValue::new(id);
    let wall = Memo::new(move |_| {
        walls
            .with(|walls| walls.iter().flatten().find(|wall| id.with_value(|id| *id == wall.screen)).cloned())
    });
    let holds = move || {
        wall.with(|wall| match wall.as_ref().and_then(|wall| wall.show.holder.clone()) {
            None => screens::FREE.to(lang).to_owned(),
            Some(holder) if holder == own.get() => screens::MINE.to(lang).to_owned(),
            Some(holder) => screens::directed(lang, &holder),
        })
    };
    let shows = move || {
        wall.with(|wall| {
            let Some(wall) = wall else { return String::new() };
            let scene = wall.beat.as_ref().map_or(wall.scene.as_str(), |beat| beat.scene.as_str());
            let silent = if wall.heard == Heard::Live {
                String::new()
            } else {
                format!(" · {}", screens::SILENT.to(lang))
            };
            format!("{}{silent}", scenes.with(|newest| scene_name(lang, &newest.scenes, scene)))
        })
    };
    let is_on = move || chosen.with(|chosen| id.with_value(|id| chosen.contains(id)));
    let toggle = move |_| {
        chosen.update(|chosen| {
            let id = id.get_value();
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    view! {
        <li>
            <button type="button" class="director-wall" aria-pressed=move || is_on().to_string() on:click=toggle>
                <strong>{name}</strong>
                <span>{shows}</span>
                <span class="aside">{holds}</span>
            </button>
        </li>
    }
}

/// A scene's name for people.
pub(super) fn scene_name(lang: crate::text::Lang, scenes: &[Scene], scene: &str) -> String {
    match find(scenes, scene) {
        Some(scene) => lang.of(&scene.title),
        None if scene == PLAYLIST => scenes_words::PLAYLIST.to(lang).to_owned(),
        None => scene.to_owned(),
    }
}

#[component]
fn Orders(stage: Stage, picked: Memo<Vec<String>>, boot: Arc<Boot>) -> impl IntoView {
    let lang = use_lang();
    // A scene that was saved meanwhile can be shown at once.
    let newest = use_newest_playlist();
    let (walls, own) = (stage.walls(), stage.name());
    let of_picked = move |test: &dyn Fn(&ScreenView) -> bool| {
        let picked = picked.get();
        walls.with(|walls| walls.iter().flatten().filter(|wall| picked.contains(&wall.screen)).any(test))
    };
    let own_name = move || own.get();
    let is_others = Memo::new(move |_| {
        let own = own_name();
        of_picked(&|wall| wall.show.holder.as_ref().is_some_and(|holder| *holder != own))
    });
    let is_held = Memo::new(move |_| {
        let own = own_name();
        !of_picked(&|wall| wall.show.holder.as_ref() != Some(&own))
    });
    let is_frozen = Memo::new(move |_| of_picked(&|wall| wall.show.frozen));
    let is_replaying = Memo::new(move |_| of_picked(&|wall| wall.show.replay.is_some()));
    let say = move |frame: DeviceFrame| {
        stage.refused().set(None);
        stage.say(&frame);
    };
    let drive = move |order: Order| say(DeviceFrame::Drive { screens: picked.get_untracked(), order });
    let take = move |_| {
        say(DeviceFrame::Take { screens: picked.get_untracked(), over: is_others.get_untracked() });
    };
    let release = move |_| say(DeviceFrame::Release { screens: picked.get_untracked() });
    let freeze = move |_| drive(Order::Frozen(!is_frozen.get_untracked()));
    let take_word = move || if is_others.get() { screens::TAKE_OVER } else { screens::TAKE }.to(lang);
    let freeze_word = move || if is_frozen.get() { screens::THAW } else { screens::FREEZE }.to(lang);
    let case = RwSignal::new(String::new());
    let show_case = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = case.get_untracked().trim().to_owned();
        if !code.is_empty() {
            drive(Order::Spotlight(Some(Spotlight::Case(code))));
        }
    };
    let choose_district = move |event: leptos::ev::Event| {
        let code = event_target_value(&event);
        drive(Order::Spotlight((!code.is_empty()).then_some(Spotlight::District(code))));
    };
    let tree = boot.city.catalogue.tree(Dimension::District);
    let districts: Vec<(String, String)> = tree.map_or_else(Vec::new, |tree| {
        let label = |code: &str| lang.of(&boot.city.catalogue.label(Dimension::District, code));
        tree.children(None).into_iter().map(|code| (code.to_owned(), label(code))).collect()
    });
    let districts = StoredValue::new(districts);
    let boot = StoredValue::new(boot);
    let options = move || {
        let option = |(code, name): (String, String)| view! { <option value=code>{name}</option> };
        districts.get_value().into_iter().map(option).collect_view()
    };
    view! {
        <div class="director-hold">
            <Show
                when=move || is_held.get()
                fallback=move || view! { <button type="button" class="button" data-order="take" on:click=take>{take_word}</button> }
            >
                <button type="button" class="button" data-order="release" on:click=release>{screens::RELEASE.to(lang)}</button>
                <button type="button" class="button" data-order="freeze" aria-pressed=move || is_frozen.get().to_string() on:click=freeze>{freeze_word}</button>
            </Show>
        </div>
        <Show when=move || is_held.get()>
            <h2>{screens::SCENE.to(lang)}</h2>
            <div class="director-scenes">
                {move || {
                    let playlist = newest.get();
                    let each = playlist.scenes.iter().map(|scene| {
                        let (name, title) = (scene.name.clone(), lang.of(&scene.title));
                        let told = name.clone();
                        let order = move |_| drive(Order::Scene(Some(told.clone())));
                        view! { <button type="button" class="pill" data-order=name on:click=order>{title}</button> }
                    });
                    each.collect_view()
                }}
            </div>
            <h2>{screens::SPOTLIGHT.to(lang)}</h2>
            <div class="director-spotlight">
                <label>
                    <span>{screens::SPOTLIGHT_DISTRICT.to(lang)}</span>
                    <select data-order="district" on:change=choose_district>
                        <option value="">{screens::SPOTLIGHT_NONE.to(lang)}</option>
                        {options}
                    </select>
                </label>
                <form on:submit=show_case>
                    <label>
                        <span>{screens::SPOTLIGHT_CASE.to(lang)}</span>
                        <input type="text" autocomplete="off" maxlength="64" prop:value=case on:input=move |event| case.set(event_target_value(&event))/>
                    </label>
                    <button type="submit" class="button">{screens::SPOTLIGHT_SHOW.to(lang)}</button>
                </form>
                <button type="button" class="quiet" data-order="dark" on:click=move |_| drive(Order::Spotlight(None))>{screens::SPOTLIGHT_NONE.to(lang)}</button>
            </div>
            <Replaying boot=boot.get_value() is_on=is_replaying drive=Callback::new(drive)/>
        </Show>
    }
}
