//! A display that is to be enrolled: it shows its code and waits, and goes on by itself.

use domain::screen::{PLAYLIST, Role};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use leptos_meta::Title;

use crate::components::Loading;
use crate::live::Live;
use crate::live::stage::{How, Me, call, go_to};
use crate::locale::use_lang;
use crate::scenes::use_scenes;
use crate::text::{screens, words};

/// How often it is asked whether the code was approved.
const EVERY_MS: i32 = 2_000;

/// How the display stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// Not known yet.
    Asking,
    /// Nobody answers.
    Unreached,
    /// Too many ask.
    Crowded,
    /// The browser keeps no cookie.
    NotKept,
    /// It waits.
    Waiting { code: String, holds_secs: u64 },
    /// It was approved.
    Enrolled,
    /// It was put out.
    Out,
}

/// The page.
#[component]
pub fn Enrol() -> impl IntoView {
    let lang = use_lang();
    let standing = RwSignal::new(Standing::Asking);
    let again = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let wants_new = again.get() > 0;
        spawn_local_scoped_with_cancellation(wait(standing, wants_new));
    });
    let shown = move || {
        match standing.get() {
        Standing::Asking => view! { <Loading/> }.into_any(),
        Standing::Waiting { code, holds_secs } => {
            let minutes = holds_secs.div_ceil(60);
            view! {
                <p class="enrol-word">{screens::ENROL_CODE.to(lang)}</p>
                <p class="enrol-code">{code}</p>
                <p class="enrol-help">{screens::ENROL_HELP.to(lang)}</p>
                <p class="aside">{screens::ENROL_HOLDS.to(lang)} " " {minutes} " " {screens::MINUTES.to(lang)}</p>
            }
                .into_any()
        }
        Standing::Enrolled => view! { <p class="enrol-help">{screens::ENROLLED.to(lang)}</p> }.into_any(),
        Standing::Unreached => said(lang, screens::UNREACHED, screens::ASKS_AGAIN),
        Standing::Crowded => said(lang, screens::CROWDED, screens::ASKS_AGAIN),
        Standing::NotKept => said(lang, screens::NOT_KEPT, screens::NOT_KEPT_HELP),
        Standing::Out => view! {
            <p class="nothing-title">{screens::ENROL_OUT.to(lang)}</p>
            <p class="enrol-help">{screens::ENROL_OUT_HELP.to(lang)}</p>
            <p><button type="button" class="button" on:click=move |_| again.update(|times| *times += 1)>{screens::ENROL_AGAIN.to(lang)}</button></p>
        }
            .into_any(),
    }
    };
    view! {
        <main id="content" class="office page enrol">
            <Title text=format!("{} · {}", screens::ENROL.to(lang), words::PRODUCT)/>
            <h1>{screens::ENROL.to(lang)}</h1>
            <div class="enrol-panel" aria-live="polite">{shown}</div>
        </main>
    }
}

fn said(lang: crate::text::Lang, title: crate::text::Say, help: crate::text::Say) -> AnyView {
    view! {
        <p class="nothing-title">{title.to(lang)}</p>
        <p class="enrol-help">{help.to(lang)}</p>
    }
    .into_any()
}

/// Asks until the display is enrolled. One that was put out asks for a code only when a person wants it.
async fn wait(standing: RwSignal<Standing>, wants_new: bool) {
    // The answer to an own question must come back with the next one: else the browser keeps nothing.
    let mut has_just_asked = false;
    loop {
        let found = match call("/api/v1/screens/me", How::Get).await {
            Ok(reply) if reply.status == 200 => serde_json::from_str::<Me>(&reply.text).ok(),
            _ => None,
        };
        let now = match found.as_ref().map(|me| me.state.as_str()) {
            Some("enrolled") => {
                standing.set(Standing::Enrolled);
                go_to(&home(&found.unwrap_or_default()));
                return;
            }
            Some("waiting") => {
                has_just_asked = false;
                waiting(found.unwrap_or_default())
            }
            Some("revoked") if !wants_new => Standing::Out,
            Some("unknown") if has_just_asked => Standing::NotKept,
            Some(_) => {
                let asked = ask_code().await;
                has_just_asked = matches!(asked, Standing::Waiting { .. });
                asked
            }
            None => Standing::Unreached,
        };
        if standing.get_untracked() != now {
            standing.set(now);
        }
        Live::pause(EVERY_MS).await;
    }
}

async fn ask_code() -> Standing {
    match call("/api/v1/screens/codes", How::Post(String::new())).await {
        Ok(reply) if reply.status == 201 => {
            // A code alone says no state.
            #[derive(serde::Deserialize)]
            struct Code {
                code: String,
                holds_secs: u64,
            }
            serde_json::from_str::<Code>(&reply.text).map_or(Standing::Unreached, |code| Standing::Waiting {
                code: code.code,
                holds_secs: code.holds_secs,
            })
        }
        Ok(reply) if reply.status == 429 => Standing::Crowded,
        _ => Standing::Unreached,
    }
}

fn waiting(me: Me) -> Standing {
    // Whole minutes are shown: the page does not change every two seconds.
    let holds_secs = me.holds_secs.unwrap_or_default().div_ceil(60) * 60;
    Standing::Waiting { code: me.code.unwrap_or_default(), holds_secs }
}

/// Where an enrolled device belongs.
fn home(me: &Me) -> String {
    if me.role == Some(Role::Director) {
        return "/director".to_owned();
    }
    let scenes = use_scenes();
    let known = me.scene.as_deref().filter(|scene| domain::scene::find(&scenes, scene).is_some());
    match (known, me.scene.as_deref(), scenes.first()) {
        (Some(scene), ..) => format!("/wall/{scene}"),
        // Enrolled for a scene that the city has no more: its first one.
        (None, Some(scene), Some(first)) if scene != PLAYLIST => format!("/wall/{}", first.name),
        _ => "/wall".to_owned(),
    }
}
