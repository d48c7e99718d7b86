//! Saving the draft as a version, and the versions that were saved.

use std::sync::Arc;

use domain::scene::saved::{Playlist, SaveScenes, VersionView, WHY_CHARS_MAX};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use serde::Deserialize;

use super::changed::changes;
use super::draft::Draft;
use crate::live::stage::{How, call};
use crate::scenes::load_playlist;
use crate::text::{date, editor};

/// The answer of `GET /api/v1/scenes/versions`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Versions {
    versions: Vec<VersionView>,
}

async fn load_version(version: u32) -> Option<Playlist> {
    let reply = call(&format!("/api/v1/scenes/versions/{version}"), How::Get).await.ok()?;
    serde_json::from_str(&reply.text).ok().filter(|_| reply.status == 200)
}

/// What was done last, said aloud; the steps back and forth.
#[component]
pub(super) fn Steps(draft: Draft) -> impl IntoView {
    let lang = draft.lang;
    let (undo, redo) = draft.steps();
    view! {
        <button type="button" class="button edit-undo" disabled=move || !undo.get() on:click=move |_| draft.undo()>{editor::UNDO.to(lang)}</button>
        <button type="button" class="button edit-redo" disabled=move || !redo.get() on:click=move |_| draft.redo()>{editor::REDO.to(lang)}</button>
    }
}

/// How the draft stands, and its saving.
#[component]
pub(super) fn Save(draft: Draft) -> impl IntoView {
    let lang = draft.lang;
    let by = RwSignal::new(String::new());
    let is_saving = RwSignal::new(false);
    let is_changed = Memo::new(move |_| draft.is_changed());
    let is_late = Memo::new(move |_| {
        draft.held.with(|held| held.as_ref().is_some_and(|held| held.version != draft.made_from.get()))
    });
    let lines = move || {
        let held = draft.held.get();
        let lines = held.map(|held| draft.scenes.with(|scenes| changes(lang, &held.scenes, scenes)));
        lines.unwrap_or_default().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
    };
    let faults = Memo::new(move |_| {
        let faults = draft.faults();
        let line = |fault: &domain::scene::rules::SceneFault| {
            let scene = draft.scenes.with(|scenes| {
                fault
                    .scene
                    .and_then(|nth| scenes.get(nth))
                    .map(|scene| lang.of(&scene.title))
                    .unwrap_or_default()
            });
            let panel = fault.panel.map(|place| format!(", {} {}", editor::PANEL_WORD.to(lang), place + 1));
            let what = editor::field(fault.field).to(lang);
            format!("{scene}{}: {what}. {}", panel.unwrap_or_default(), editor::wrong(lang, &fault.wrong))
        };
        faults.iter().map(line).collect::<Vec<_>>()
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_saving.get_untracked() {
            return;
        }
        let wish = SaveScenes {
            made_from: draft.made_from.get_untracked(),
            by: by.get_untracked(),
            why: draft.why.get_untracked(),
            scenes: draft.scenes.get_untracked(),
        };
        let Ok(body) = serde_json::to_string(&wish) else { return };
        is_saving.set(true);
        leptos::task::spawn_local(async move {
            let reply = call("/api/v1/scenes", How::Put(body)).await.ok();
            // The page may be gone meanwhile.
            is_saving.try_set(false);
            let status = reply.as_ref().map_or(0, |reply| reply.status);
            let saved: Option<Playlist> = reply.and_then(|reply| serde_json::from_str(&reply.text).ok());
            let said = match (status, saved) {
                (200, Some(playlist)) => {
                    let said = editor::saved(lang, playlist.version);
                    draft.settle(playlist);
                    said
                }
                (409, _) => {
                    if let Some(playlist) = load_playlist().await {
                        draft.held.try_set(Some(Arc::new(playlist)));
                    }
                    editor::TOO_LATE.to(lang).to_owned()
                }
                (401 | 403, _) => editor::SIGNED_OUT.to(lang).to_owned(),
                _ => editor::NOT_SAVED.to(lang).to_owned(),
            };
            draft.said.try_set(said);
        });
    };
    view! {
        <section class="edit-save" aria-labelledby="edit-save-title">
            <Show when=move || is_changed.get() fallback=move || view! { <p class="aside">{editor::NOTHING_CHANGED.to(lang)}</p> }>
                <h2 id="edit-save-title">{editor::TO_SAVE.to(lang)}</h2>
                <p class="aside">{move || editor::draft_of(lang, draft.made_from.get())}</p>
                <ul class="edit-changes">{lines}</ul>
                <Show when=move || is_late.get()>
                    <p class="flags">{editor::TOO_LATE.to(lang)}</p>
                    <p><button type="button" class="button edit-keep" on:click=move |_| draft.keep_on_top()>{editor::KEEP.to(lang)}</button></p>
                </Show>
                <Show when=move || !faults.with(Vec::is_empty)>
                    <h3>{editor::TO_MEND.to(lang)}</h3>
                    <ul class="edit-faults">
                        {move || faults.get().into_iter().map(|line| view! { <li class="flags">{line}</li> }).collect_view()}
                    </ul>
                </Show>
                <form class="fleet-form edit-form" method="post" on:submit=save>
                    <label>
                        <span>{editor::BY.to(lang)}</span>
                        <input type="text" name="by" autocomplete="name" maxlength=WHY_CHARS_MAX.to_string() required prop:value=by on:input=move |event| by.set(event_target_value(&event))/>
                    </label>
                    <label class="edit-why">
                        <span>{editor::WHY.to(lang)}</span>
                        <input type="text" name="why" autocomplete="off" maxlength=WHY_CHARS_MAX.to_string() required prop:value=draft.why on:input=move |event| draft.why.set(event_target_value(&event))/>
                    </label>
                    <button type="submit" class="button strong" disabled=move || is_saving.get() || is_late.get() || !faults.with(Vec::is_empty)>{editor::SAVE.to(lang)}</button>
                    <button type="button" class="quiet edit-discard" on:click=move |_| draft.discard()>{editor::DISCARD.to(lang)}</button>
                </form>
            </Show>
        </section>
    }
}

/// The versions, the newest first.
#[component]
pub(super) fn VersionList(draft: Draft) -> impl IntoView {
    let lang = draft.lang;
    let versions = RwSignal::new(Vec::<VersionView>::new());
    let held = Memo::new(move |_| draft.held.with(|held| held.as_ref().map(|held| held.version)));
    Effect::new(move |_| {
        if held.get().is_none() {
            return;
        }
        spawn_local_scoped_with_cancellation(async move {
            let reply = call("/api/v1/scenes/versions", How::Get).await.ok();
            let read = reply.and_then(|reply| serde_json::from_str::<Versions>(&reply.text).ok());
            versions.set(read.unwrap_or_default().versions);
        });
    });
    view! {
        <section class="edit-versions">
            <h2>{editor::VERSIONS.to(lang)}</h2>
            <ol class="fleet-list">
                <For each=move || versions.get() key=|version| version.version let(version)>
                    <VersionLine draft version/>
                </For>
            </ol>
        </section>
    }
}

#[component]
fn VersionLine(draft: Draft, version: VersionView) -> impl IntoView {
    let lang = draft.lang;
    let number = version.version;
    let lines = RwSignal::new(None::<Vec<String>>);
    let look = move |_| {
        leptos::task::spawn_local(async move {
            let (Some(old), Some(new)) =
                (load_version(number.saturating_sub(1)).await, load_version(number).await)
            else {
                return;
            };
            lines.try_set(Some(changes(lang, &old.scenes, &new.scenes)));
        });
    };
    let go_back = move |_| {
        leptos::task::spawn_local(async move {
            let Some(version) = load_version(number).await else { return };
            draft.change(&mut |scenes| *scenes = version.scenes.to_vec());
            draft.why.try_set(editor::went_back(lang, number));
            draft.said.try_set(editor::went_back(lang, number));
        });
    };
    let facts = [version.at.as_deref().map(|at| date::moment(lang, at)), version.by, version.why];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let is_held = move || draft.held.with(|held| held.as_ref().is_some_and(|held| held.version == number));
    view! {
        <li class="fleet-line" data-version=number>
            <h3>{editor::version(lang, number)}</h3>
            <p class="aside">{facts.join(" · ")}</p>
            <p class="edit-acts">
                {(number > 0).then(|| view! { <button type="button" class="quiet edit-look" on:click=look>{editor::WHAT_CHANGED.to(lang)}</button> })}
                <Show when=move || draft.may.get() && !is_held()>
                    <button type="button" class="quiet edit-back" on:click=go_back>{editor::GO_BACK.to(lang)}</button>
                </Show>
            </p>
            {move || {
                lines.get().map(|lines| {
                    let lines = if lines.is_empty() { vec![editor::NOTHING_CHANGED.to(lang).to_owned()] } else { lines };
                    view! { <ul class="edit-changes">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
                })
            }}
        </li>
    }
}
