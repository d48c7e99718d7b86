//! The scene editor: the playlist with its versions at `/scenes`, a scene on its grid at `/scenes/{name}`. Both work on
//! one draft, which this device keeps until it is saved or thrown away.

mod changed;
mod draft;
mod form;
mod grid;
mod save;

use domain::city::Label;
use domain::scene::rules::Field;
use domain::scene::{Panel, PanelKind, ROWS_DEFAULT, Scene};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::draft::{Draft, room};
use self::form::{Line, PanelForm, Wrong};
use self::grid::{Grid, GridView};
use self::save::{Save, Steps, VersionList};
use crate::address;
use crate::components::{Crumb, Crumbs, Loading};
use crate::text::{Lang, editor, words};

/// The playlist.
#[component]
pub fn Scenes() -> impl IntoView {
    let draft = Draft::new();
    let lang = draft.lang;
    let held = move || {
        let held = draft.held.get()?;
        let facts = [Some(editor::holds(lang, held.version)), held.by.clone(), held.why.clone()];
        Some(facts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    };
    view! {
        <main id="content" class="office page edit">
            <Title text=format!("{} · {}", editor::SCENES.to(lang), words::PRODUCT)/>
            <h1>{editor::SCENES.to(lang)}</h1>
            <Begun draft>
                <p class="aside">{held}</p>
                <Rights draft/>
                <h2>{editor::IN_TURN.to(lang)}</h2>
                <Turns draft/>
                <Show when=move || draft.may.get()>
                    <p class="edit-acts">
                        <button type="button" class="button edit-add" on:click=move |_| add_scene(draft)>{editor::ADD_SCENE.to(lang)}</button>
                        <Steps draft/>
                    </p>
                </Show>
                <Said draft/>
                <Show when=move || draft.may.get()><Save draft/></Show>
                <VersionList draft/>
            </Begun>
        </main>
    }
}

/// What needs the scenes, once they are there.
#[component]
fn Begun(draft: Draft, children: ChildrenFn) -> impl IntoView {
    let lang = draft.lang;
    let is_begun = Memo::new(move |_| draft.held.with(Option::is_some));
    let waits = move || {
        if draft.is_unreached.get() {
            view! { <p class="nothing-title">{editor::UNREACHED.to(lang)}</p> }.into_any()
        } else {
            view! { <Loading/> <noscript><p>{editor::NEEDS_SCRIPT.to(lang)}</p></noscript> }.into_any()
        }
    };
    view! { <Show when=move || is_begun.get() fallback=waits>{children()}</Show> }
}

/// Who may change anything, where the reader may not.
#[component]
fn Rights(draft: Draft) -> impl IntoView {
    let lang = draft.lang;
    view! {
        <Show when=move || !draft.may.get()>
            <p class="edit-rights">
                {editor::READ_ONLY.to(lang)} " "
                <a href=address::at("/fleet") rel="external">{editor::TO_FLEET.to(lang)}</a>
            </p>
        </Show>
    }
}

/// What was done last, said aloud.
#[component]
fn Said(draft: Draft) -> impl IntoView {
    view! { <p class="fleet-said edit-said" role="status" aria-live="polite">{draft.said}</p> }
}

#[component]
fn Turns(draft: Draft) -> impl IntoView {
    let names = Memo::new(move |_| {
        draft.scenes.with(|scenes| {
            scenes.iter().enumerate().map(|(nth, scene)| (nth, scene.name.clone())).collect::<Vec<_>>()
        })
    });
    view! {
        <ol class="fleet-list edit-turns">
            <For each=move || names.get() key=Clone::clone let((nth, name))>
                <Turn draft nth name/>
            </For>
        </ol>
    }
}

#[component]
fn Turn(draft: Draft, nth: usize, name: String) -> impl IntoView {
    let lang = draft.lang;
    let may = draft.may;
    let read = move |read: fn(&Scene, Lang) -> String| {
        Signal::derive(move || {
            draft.scenes.with(|scenes| scenes.get(nth).map(|scene| read(scene, lang)).unwrap_or_default())
        })
    };
    let title = read(|scene, lang| lang.of(&scene.title));
    let panels = read(|scene, lang| editor::panels(lang, scene.panels.len()));
    let seconds = read(|scene, _| scene.seconds.to_string());
    let set_seconds = Callback::new(move |text: String| {
        draft.change_scene(nth, &mut |scene| scene.seconds = text.trim().parse().unwrap_or(0));
    });
    let go = move |by: isize| {
        draft.change(&mut |scenes| {
            if let Some(other) = nth.checked_add_signed(by).filter(|other| *other < scenes.len()) {
                scenes.swap(nth, other);
            }
        });
        draft.said.set(draft.scenes.with_untracked(|scenes| {
            let titles: Vec<String> = scenes.iter().map(|scene| lang.of(&scene.title)).collect();
            titles.join(", ")
        }));
    };
    let copy = move |_| {
        draft.change(&mut |scenes| {
            if let Some(scene) = scenes.get(nth).cloned() {
                let name = free_name(scenes, &scene.name);
                scenes.insert(nth + 1, Scene { name, ..scene });
            }
        });
    };
    let remove = move |_| draft.change(&mut |scenes| drop(scenes.remove(nth)));
    let lines = Memo::new(move |_| {
        let fields = [Field::Name, Field::Title, Field::Seconds, Field::Panels];
        fields.into_iter().flat_map(|field| draft.wrong(nth, None, field)).collect::<Vec<_>>()
    });
    view! {
        <li class="fleet-line edit-turn" data-scene=name.clone()>
            <h3><a href=address::at(&format!("/scenes/{name}"))>{title}</a></h3>
            <p class="aside">{panels}</p>
            <div class="edit-acts">
                <Line label=editor::SECONDS_EACH lang name="seconds" is_number=true value=seconds set=set_seconds may/>
                <Show when=move || may.get()>
                    <button type="button" class="quiet edit-up" on:click=move |_| go(-1)>{editor::UP.to(lang)}</button>
                    <button type="button" class="quiet edit-down" on:click=move |_| go(1)>{editor::DOWN.to(lang)}</button>
                    <button type="button" class="quiet edit-copy" on:click=copy>{editor::COPY.to(lang)}</button>
                    <button type="button" class="quiet edit-drop" on:click=remove>{editor::REMOVE.to(lang)}</button>
                </Show>
            </div>
            <Wrong lines/>
        </li>
    }
}

/// A name like this one that no scene has.
fn free_name(scenes: &[Scene], like: &str) -> String {
    let stem: String = like.chars().take(domain::screen::SCENE_BYTES_MAX - 3).collect();
    let names = (2..).map(|number| format!("{stem}-{number}"));
    let mut free = names.filter(|name| domain::scene::find(scenes, name).is_none());
    free.next().unwrap_or_default()
}

fn new_panel(at: domain::scene::Area) -> Panel {
    Panel {
        kind: PanelKind::Newest,
        title: None,
        under: None,
        metrics: Vec::new(),
        by: None,
        filter: Vec::new(),
        from: None,
        rows: ROWS_DEFAULT,
        at,
        wide: at.stretched(),
    }
}

fn add_scene(draft: Draft) {
    draft.change(&mut |scenes| {
        let title = Label {
            vi: editor::NEW_SCENE.to(Lang::Vi).to_owned(),
            en: editor::NEW_SCENE.to(Lang::En).to_owned(),
        };
        let mut scene = Scene { name: free_name(scenes, "scene"), title, seconds: 30, panels: Vec::new() };
        scene.panels.extend(room(&scene).map(new_panel));
        scenes.push(scene);
    });
}

/// A scene on its grid.
#[component]
pub fn SceneEditor() -> impl IntoView {
    let draft = Draft::new();
    let lang = draft.lang;
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name").unwrap_or_default()));
    // Which one it is, it stays while it is renamed: the address says what it was called when the page was opened.
    // A save that renames it begins the draft anew, at the same place.
    let nth = Memo::new(move |before: Option<&(String, Option<usize>)>| {
        draft.held.track();
        let name = name.get();
        draft.scenes.with_untracked(|scenes| {
            let found = scenes.iter().position(|scene| scene.name == name);
            let held = before.filter(|(of, _)| *of == name).and_then(|(_, nth)| *nth);
            let place = found.or(held.filter(|nth| *nth < scenes.len()));
            (name, place)
        })
    });
    let body = move || match nth.get().1 {
        Some(nth) => view! { <Editor draft nth/> }.into_any(),
        None => view! { <p class="nothing-title">{editor::NO_SCENE.to(lang)}</p> }.into_any(),
    };
    view! {
        <main id="content" class="office page edit">
            <Title text=format!("{} · {}", editor::SCENES.to(lang), words::PRODUCT)/>
            <Crumbs steps=vec![
                Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                Crumb { name: editor::SCENES.to(lang).to_owned(), href: address::at("/scenes") },
            ]/>
            <Begun draft>{body}</Begun>
        </main>
    }
}

#[component]
fn Editor(draft: Draft, nth: usize) -> impl IntoView {
    let lang = draft.lang;
    let grid = Grid::new(draft, nth);
    let is_large = RwSignal::new(false);
    let title = move || {
        draft.scenes.with(|scenes| scenes.get(nth).map(|scene| lang.of(&scene.title)).unwrap_or_default())
    };
    let add = move |_| {
        let space = draft.scenes.with_untracked(|scenes| scenes.get(nth).and_then(room));
        let Some(space) = space else {
            draft.said.set(editor::NO_ROOM.to(lang).to_owned());
            return;
        };
        draft.change_scene(nth, &mut |scene| scene.panels.push(new_panel(space)));
        grid.chosen.set(draft.scenes.with_untracked(|scenes| {
            scenes.get(nth).map_or(0, |scene| scene.panels.len().saturating_sub(1))
        }));
    };
    let shape = move |wide: bool, word: crate::text::Say| {
        view! {
            <button type="button" class="pill" aria-pressed=move || (grid.is_wide.get() == wide).to_string() on:click=move |_| grid.is_wide.set(wide)>{word.to(lang)}</button>
        }
    };
    let leave = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            is_large.set(false);
        }
    };
    view! {
        <h1>{title}</h1>
        <Rights draft/>
        <div class="edit-acts edit-tools">
            <span role="group" aria-label=editor::SHAPE.to(lang) class="edit-shape">
                {shape(false, editor::USUAL)} {shape(true, editor::WIDE)}
            </span>
            <Show when=move || draft.may.get()>
                <Steps draft/>
                <button type="button" class="button edit-add" on:click=add>{editor::ADD_PANEL.to(lang)}</button>
            </Show>
            <button type="button" class="button edit-large" on:click=move |_| is_large.set(true)>{editor::PREVIEW.to(lang)}</button>
        </div>
        <Said draft/>
        <div class="edit-desk">
            <div class="edit-stage" class:is-large=move || is_large.get() on:keydown=leave>
                <Show when=move || is_large.get()>
                    <button type="button" class="button edit-close" autofocus on:click=move |_| is_large.set(false)>{editor::CLOSE_PREVIEW.to(lang)}</button>
                </Show>
                <GridView grid/>
                <p class="aside">{editor::HOW.to(lang)}</p>
            </div>
            <div class="edit-side">
                <h2>{editor::PANEL.to(lang)}</h2>
                <PanelForm grid/>
                <h2>{editor::SCENE.to(lang)}</h2>
                <SceneForm draft nth/>
            </div>
        </div>
        <Show when=move || draft.may.get()><Save draft/></Show>
    }
}

#[component]
fn SceneForm(draft: Draft, nth: usize) -> impl IntoView {
    let (lang, may) = (draft.lang, draft.may);
    let value = move |read: fn(&Scene) -> String| {
        Signal::derive(move || draft.scenes.with(|scenes| scenes.get(nth).map(read).unwrap_or_default()))
    };
    let set = move |write: fn(&mut Scene, &str)| {
        Callback::new(move |text: String| draft.change_scene(nth, &mut |scene| write(scene, text.trim())))
    };
    let wrong = move |field: Field| {
        let lines = Memo::new(move |_| draft.wrong(nth, None, field));
        view! { <Wrong lines/> }
    };
    view! {
        <Line label=editor::TITLE_VI lang name="scene-vi" value=value(|scene| scene.title.vi.clone()) set=set(|scene, text| text.clone_into(&mut scene.title.vi)) may/>
        <Line label=editor::TITLE_EN lang name="scene-en" value=value(|scene| scene.title.en.clone()) set=set(|scene, text| text.clone_into(&mut scene.title.en)) may/>
        {wrong(Field::Title)}
        <Line label=editor::NAME lang name="scene-name" value=value(|scene| scene.name.clone()) set=set(|scene, text| text.clone_into(&mut scene.name)) may/>
        {wrong(Field::Name)}
        <Line label=editor::SECONDS_EACH lang name="scene-seconds" is_number=true value=value(|scene| scene.seconds.to_string()) set=set(|scene, text| scene.seconds = text.parse().unwrap_or(0)) may/>
        {wrong(Field::Seconds)}
        {wrong(Field::Panels)}
    }
}
