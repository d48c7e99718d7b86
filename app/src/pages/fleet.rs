//! The displays, for an administrator: how each was heard last, what it shows, a new one approved, one put out.

mod picture;
mod setting;

use domain::screen::{Heard, Role, ScreenView};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use leptos_meta::Title;
use serde::Deserialize;

use self::picture::Pictured;
use self::setting::SettingForm;
use super::director::scene_name;
use crate::address;
use crate::components::{Loading, Shape};
use crate::live::Live;
use crate::live::stage::{How, call, is_signed_in};
use crate::locale::use_lang;
use crate::scenes::use_scenes;
use crate::text::{Lang, Say, date, scenes as scenes_words, screens, words};

/// How often the list is asked for.
const EVERY_MS: i32 = 2_000;

/// What the page knows.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    /// Nothing yet.
    Asking,
    /// Nobody is signed in here.
    SignedOut,
    /// Nobody answers.
    Unreached,
    /// The displays.
    Fleet(Fleet),
}

/// The answer of `GET /api/v1/screens`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Fleet {
    version: String,
    screens: Vec<ScreenView>,
}

/// The page.
#[component]
pub fn FleetPage() -> impl IntoView {
    let lang = use_lang();
    let seen = RwSignal::new(Seen::Asking);
    // Asked again at once after each deed.
    let again = RwSignal::new(0_u32);
    Effect::new(move |_| {
        again.track();
        spawn_local_scoped_with_cancellation(async move {
            loop {
                let now = look().await;
                let is_signed_out = now == Seen::SignedOut;
                if seen.get_untracked() != now {
                    seen.set(now);
                }
                if is_signed_out {
                    // Until somebody signs in there is nothing to ask for.
                    return;
                }
                Live::pause(EVERY_MS).await;
            }
        });
    });
    // What is typed and asked stays while the list moves.
    let kind = Memo::new(move |_| seen.with(std::mem::discriminant));
    let body = move || {
        // Read, not only tracked: a memo that nobody reads never looks at what it is of.
        kind.get();
        match seen.get_untracked() {
            Seen::Asking => view! { <Loading/> }.into_any(),
            Seen::SignedOut => view! { <SignIn again/> }.into_any(),
            Seen::Unreached => view! {
                <p class="nothing-title">{screens::UNREACHED.to(lang)}</p>
                <p>{screens::ASKS_AGAIN.to(lang)}</p>
            }
            .into_any(),
            Seen::Fleet(_) => view! { <Signed seen again/> }.into_any(),
        }
    };
    view! {
        <main id="content" class="office page fleet">
            <Title text=format!("{} · {}", screens::FLEET.to(lang), words::PRODUCT)/>
            <h1>{screens::FLEET.to(lang)}</h1>
            <p class="acts">
                <a class="button" href=address::at("/scenes")>{crate::text::editor::SCENES.to(lang)}</a>
                <a class="button" href=address::at("/director")>{screens::DIRECTOR.to(lang)}</a>
            </p>
            {body}
        </main>
    }
}

async fn look() -> Seen {
    if is_signed_in().await == Some(false) {
        return Seen::SignedOut;
    }
    match call("/api/v1/screens", How::Get).await {
        Ok(reply) if reply.status == 401 => Seen::SignedOut,
        Ok(reply) if reply.status == 200 => {
            serde_json::from_str(&reply.text).map_or(Seen::Unreached, Seen::Fleet)
        }
        _ => Seen::Unreached,
    }
}

/// Does something, and says what became of it.
fn act(
    again: RwSignal<u32>,
    said: RwSignal<Option<Say>>,
    path: String,
    how: How,
    say: impl Fn(u16) -> Option<Say> + 'static,
) {
    leptos::task::spawn_local(async move {
        let status = call(&path, how).await.map_or(0, |reply| reply.status);
        // The page may be gone meanwhile.
        said.try_set(say(status));
        again.try_update(|times| *times = times.wrapping_add(1));
    });
}

#[component]
fn SignIn(again: RwSignal<u32>) -> impl IntoView {
    let lang = use_lang();
    let (token, said) = (RwSignal::new(String::new()), RwSignal::new(None));
    let sign_in = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let given = token.get_untracked().trim().to_owned();
        token.set(String::new());
        // What is no token cannot stand in a header.
        if given.is_empty() || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            said.set(Some(screens::WRONG_TOKEN));
            return;
        }
        act(again, said, "/api/v1/screens/session".to_owned(), How::PostAs(given), |status| match status {
            204 => None,
            401 => Some(screens::WRONG_TOKEN),
            _ => Some(screens::NOT_DONE),
        });
    };
    view! {
        <form class="fleet-form" method="post" on:submit=sign_in>
            <h2>{screens::SIGN_IN.to(lang)}</h2>
            <label>
                <span>{screens::TOKEN.to(lang)}</span>
                <input type="password" autocomplete="off" maxlength="128" required prop:value=token on:input=move |event| token.set(event_target_value(&event))/>
            </label>
            <button type="submit" class="button">{screens::SIGN_IN_BUTTON.to(lang)}</button>
            <p class="aside">{screens::TOKEN_HELP.to(lang)}</p>
            <p class="fleet-said" role="status">{move || said.get().map(|say| say.to(lang))}</p>
        </form>
    }
}

#[component]
fn Signed(seen: RwSignal<Seen>, again: RwSignal<u32>) -> impl IntoView {
    let lang = use_lang();
    let said = RwSignal::new(None);
    let fleet = Memo::new(move |_| {
        seen.with(|seen| match seen {
            Seen::Fleet(fleet) => fleet.clone(),
            _ => Fleet { version: String::new(), screens: Vec::new() },
        })
    });
    let ids = Memo::new(move |_| {
        fleet.with(|fleet| fleet.screens.iter().map(|screen| screen.screen.clone()).collect::<Vec<_>>())
    });
    let sign_out = move |_| {
        act(again, said, "/api/v1/screens/session/end".to_owned(), How::Post(String::new()), |_| None);
    };
    view! {
        <ApproveForm again/>
        <Show when=move || ids.with(Vec::is_empty)>
            <div class="nothing">
                <p class="nothing-title">{screens::NO_SCREENS.to(lang)}</p>
                <p>{screens::NO_SCREENS_HELP.to(lang)}</p>
            </div>
        </Show>
        <p class="fleet-said" role="status">{move || said.get().map(|say: Say| say.to(lang))}</p>
        <ul class="fleet-list">
            <For each=move || ids.get() key=String::clone let(id)>
                <Line id fleet again said/>
            </For>
        </ul>
        <p><button type="button" class="quiet" on:click=sign_out>{screens::SIGN_OUT.to(lang)}</button></p>
    }
}

#[component]
fn ApproveForm(again: RwSignal<u32>) -> impl IntoView {
    let lang = use_lang();
    let (code, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let scenes = use_scenes();
    let (role, scene) = (
        RwSignal::new("wall".to_owned()),
        RwSignal::new(scenes.first().map(|scene| scene.name.clone()).unwrap_or_default()),
    );
    let said = RwSignal::new(None);
    let approve = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = serde_json::json!({
            "code": code.get_untracked(), "name": name.get_untracked(),
            "role": role.get_untracked(), "scene": scene.get_untracked(),
        });
        act(again, said, "/api/v1/screens/approve".to_owned(), How::Post(body.to_string()), move |status| {
            if status == 201 {
                code.try_set(String::new());
                name.try_set(String::new());
            }
            Some(match status {
                201 => screens::APPROVED,
                404 => screens::UNKNOWN_CODE,
                400 => screens::BAD_INPUT,
                _ => screens::NOT_DONE,
            })
        });
    };
    let options = scenes.iter().map(|scene| (scene.name.clone(), lang.of(&scene.title)));
    let turns = (domain::screen::PLAYLIST.to_owned(), scenes_words::PLAYLIST.to(lang).to_owned());
    let options = options.chain([turns]).map(|(name, title)| view! { <option value=name>{title}</option> });
    view! {
        <form class="fleet-form" method="post" on:submit=approve>
            <h2>{screens::APPROVE.to(lang)}</h2>
            <label>
                <span>{screens::CODE.to(lang)}</span>
                <input type="text" name="code" class="fleet-code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" required prop:value=code on:input=move |event| code.set(event_target_value(&event))/>
            </label>
            <label>
                <span>{screens::NAME.to(lang)}</span>
                <input type="text" name="name" autocomplete="off" maxlength="40" required prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
            </label>
            <label>
                <span>{screens::ROLE.to(lang)}</span>
                <select name="role" on:change=move |event| role.set(event_target_value(&event))>
                    <option value="wall">{screens::ROLE_WALL.to(lang)}</option>
                    <option value="director">{screens::ROLE_DIRECTOR.to(lang)}</option>
                </select>
            </label>
            <label>
                <span>{screens::SCENE.to(lang)}</span>
                <select name="scene" on:change=move |event| scene.set(event_target_value(&event))>{options.collect_view()}</select>
            </label>
            <button type="submit" class="button">{screens::APPROVE_BUTTON.to(lang)}</button>
            <p class="fleet-said" role="status">{move || said.get().map(|say: Say| say.to(lang))}</p>
        </form>
    }
}

#[component]
fn Line(id: String, fleet: Memo<Fleet>, again: RwSignal<u32>, said: RwSignal<Option<Say>>) -> impl IntoView {
    let lang = use_lang();
    let id = StoredValue::new(id);
    let screen = Memo::new(move |_| {
        fleet.with(|fleet| {
            fleet.screens.iter().find(|screen| id.with_value(|id| *id == screen.screen)).cloned()
        })
    });
    let is_old = move || {
        let own = fleet.with(|fleet| fleet.version.clone());
        screen.with(|screen| {
            screen.as_ref().and_then(|screen| screen.beat.as_ref()).is_some_and(|beat| beat.version != own)
        })
    };
    let facts = move || screen.get().map(|screen| facts(lang, &screen, is_old()));
    let heard = move || screen.get().map(|screen| heard(lang, &screen));
    let is_sure = RwSignal::new(false);
    let revoke = move |_| {
        let path = format!("/api/v1/screens/{}/revoke", id.get_value());
        act(again, said, path, How::Post(String::new()), |status| {
            (status != 204).then_some(screens::NOT_DONE)
        });
    };
    let name = move || screen.with(|screen| screen.as_ref().map(|screen| screen.name.clone()));
    let setting = Signal::derive(move || {
        screen.with(|screen| screen.as_ref().map(|screen| screen.setting.clone()).unwrap_or_default())
    });
    let is_wall = Memo::new(move |_| {
        screen.with(|screen| screen.as_ref().is_some_and(|screen| screen.role == Role::Wall))
    });
    let stands = Memo::new(move |_| {
        screen.with(|screen| screen.as_ref().is_some_and(|screen| screen.heard != Heard::Revoked))
    });
    view! {
        <li class="fleet-line">
            <Pictured screen/>
            <h3>{name}</h3>
            <p>{heard}</p>
            <dl class="fleet-facts">{facts}</dl>
            <Show when=move || stands.get() && is_wall.get()>
                <SettingForm id=id.get_value() setting again/>
            </Show>
            <Show when=move || stands.get()>
                <Show
                    when=move || is_sure.get()
                    fallback=move || view! { <button type="button" class="quiet fleet-out" on:click=move |_| is_sure.set(true)>{screens::REVOKE.to(lang)}</button> }
                >
                    <p class="fleet-sure">
                        <span>{screens::REVOKE_SURE.to(lang)}</span>
                        <button type="button" class="button fleet-yes" on:click=revoke>{screens::REVOKE.to(lang)}</button>
                        <button type="button" class="quiet" on:click=move |_| is_sure.set(false)>{screens::KEEP.to(lang)}</button>
                    </p>
                </Show>
            </Show>
        </li>
    }
}

/// Its sign and its word: never a colour alone. A silent display asks somebody to go and look.
fn heard(lang: Lang, screen: &ScreenView) -> impl IntoView + use<> {
    let (shape, word) = match (screen.heard, screen.age_secs) {
        (Heard::Live, _) => (Shape::InTime, screens::LIVE),
        (Heard::Silent, Some(_)) => (Shape::Overdue, screens::SILENT),
        (Heard::Silent, None) => (Shape::None, screens::NEVER),
        (Heard::Revoked, _) => (Shape::None, screens::REVOKED),
    };
    let age = screen.age_secs.filter(|_| screen.heard != Heard::Revoked).map(|secs| screens::ago(lang, secs));
    view! {
        <span class=shape.class()>
            <span class="sign" aria-hidden="true">{shape.sign()}</span>
            " "
            {word.to(lang)}
        </span>
        {age.map(|age| view! { <span class="aside">" · " {age}</span> })}
    }
}

fn facts(lang: Lang, screen: &ScreenView, is_old: bool) -> impl IntoView + use<> {
    let mut facts: Vec<(Say, String)> = vec![(
        screens::ROLE,
        match screen.role {
            Role::Wall => screens::ROLE_WALL,
            Role::Director => screens::ROLE_DIRECTOR,
        }
        .to(lang)
        .to_owned(),
    )];
    if screen.role == Role::Wall {
        let shown = screen.beat.as_ref().map_or(screen.scene.as_str(), |beat| beat.scene.as_str());
        facts.push((screens::SHOWS, scene_name(lang, &use_scenes(), shown)));
    }
    if let Some(holder) = &screen.show.holder {
        facts.push((screens::DIRECTOR, screens::directed(lang, holder)));
    }
    if let Some(beat) = &screen.beat {
        let memory = beat.memory_mb.map(|memory| format!(" · {memory} MiB")).unwrap_or_default();
        facts.push((screens::SHOWS_AT, date::moment(lang, &beat.at)));
        facts.push((screens::SIZE, format!("{}×{}{memory}", beat.width_px, beat.height_px)));
        let old = if is_old { format!(" · {}", screens::OLD_VERSION.to(lang)) } else { String::new() };
        facts.push((screens::VERSION, format!("{}{old}", beat.version)));
    }
    let each =
        facts.into_iter().map(|(word, value)| view! { <div><dt>{word.to(lang)}</dt><dd>{value}</dd></div> });
    each.collect_view()
}
