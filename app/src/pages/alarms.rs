//! The alarms: what needs a person now, and the form that says that somebody takes care.

use std::sync::Arc;

use domain::alarm::{AcknowledgeWish, ShelveWish};
use domain::answer::{AlarmPage, AlarmView};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::{when_booted, when_ready};
use crate::address;
use crate::components::{
    AlarmLines, Choose, Crumb, Crumbs, OperatorToken, Rate, Tab, Tabs, alarm_title, steady, use_operator,
};
use crate::error::AppError;
use crate::functions::{Boot, acknowledge_alarm, load_alarms, shelve_alarm};
use crate::live::{Answer, fresh_name, use_list};
use crate::locale::use_lang;
use crate::text::{Lang, alarms, desks, directives, words};

/// How a list may be narrowed.
const STATUSES: [&str; 2] = ["shelved", "cleared"];
/// For how many minutes one may be put away.
const MINUTES: [u32; 4] = [30, 60, 120, 480];

type Found = Answer<String, (String, AlarmPage)>;

/// The page.
#[component]
pub fn Alarms() -> impl IntoView {
    let lang = use_lang();
    let search = use_location().search;
    let found: Found = use_list(
        move || search.get(),
        |search| async move { load_alarms(search.clone()).await.map(|page| (search, page)) },
    );
    let chosen = RwSignal::new(None::<AlarmView>);
    view! {
        <main id="content" class="office page case">
            <div class="main">
                <Title text=format!("{} · {}", alarms::ALARMS.to(lang), words::PRODUCT)/>
                <Crumbs steps=vec![
                    Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                    Crumb { name: alarms::ALARMS.to(lang).to_owned(), href: String::new() },
                ]/>
                {when_ready(
                    move || {
                        found.track();
                        async move {
                            let (search, page) = found.await?;
                            Ok((search, steady(page)))
                        }
                    },
                    move |boot: Arc<Boot>, (search, page): (String, AlarmPage)| {
                        let choose: Choose = Callback::new(move |alarm| chosen.set(Some(alarm)));
                        view! {
                            <h1>{alarms::title(lang, page.unacknowledged)}</h1>
                            <Rate page=page.clone()/>
                            <p class="acts"><a class="button" href=address::office_desk()>{desks::OFFICE.to(lang)}</a></p>
                            <Tabs tabs=tabs(lang, &search) name=words::STATUS.to(lang)/>
                            {if page.alarms.is_empty() {
                                nothing(lang, &search).into_any()
                            } else {
                                view! {
                                    <p class="aside">{directives::shown_of(lang, page.alarms.len(), page.total)}</p>
                                    <AlarmLines boot page act=Some(choose)/>
                                }.into_any()
                            }}
                        }
                    },
                )}
            </div>
            <aside class="side evidence-side">
                {when_booted(move |boot: Arc<Boot>| view! { <Handle boot chosen found/> })}
            </aside>
        </main>
    }
}

/// Nothing is the matter, or nothing of this kind.
fn nothing(lang: Lang, search: &str) -> impl IntoView + use<> {
    let is_narrowed = address::value(&address::pairs(search), "status").is_some();
    let title = if is_narrowed { alarms::NONE_SO } else { alarms::NONE };
    view! {
        <p class="nothing-title none-directives">{title.to(lang)}</p>
        {(!is_narrowed).then(|| view! { <p class="aside">{alarms::NONE_HELP.to(lang)}</p> })}
    }
}

fn tabs(lang: Lang, search: &str) -> Vec<Tab> {
    let here = address::value(&address::pairs(search), "status");
    let tab = |status: Option<&str>| Tab {
        name: status.map_or(alarms::STANDING, alarms::status).to(lang).into(),
        href: address::alarms(status),
        is_here: here.as_deref() == status,
    };
    std::iter::once(None).chain(STATUSES.map(Some)).map(tab).collect()
}

/// What may be done.
#[derive(Clone, Copy)]
enum Act {
    Acknowledge,
    Shelve,
}

#[component]
fn Handle(boot: Arc<Boot>, chosen: RwSignal<Option<AlarmView>>, found: Found) -> impl IntoView {
    let lang = use_lang();
    let (text, minutes) = (RwSignal::new(String::new()), RwSignal::new(MINUTES[0]));
    let (sending, error) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let request = StoredValue::new(fresh_name());
    let operator = use_operator();
    let form = NodeRef::<leptos::html::Form>::new();
    // Another alarm is another act.
    Effect::new(move |_| {
        chosen.track();
        request.set_value(fresh_name());
        error.set(None);
    });
    let act = move |act: Act| {
        move |event: MouseEvent| {
            event.prevent_default();
            let is_filled = form.get_untracked().is_some_and(|form| form.report_validity());
            let Some(alarm) = chosen.get_untracked().filter(|_| is_filled && !sending.get_untracked()) else {
                return;
            };
            sending.set(true);
            error.set(None);
            let (token, request) = (operator.get(), request.get_value());
            let (text, minutes) = (text.get_untracked(), minutes.get_untracked());
            leptos::task::spawn_local(async move {
                let sent = send(act, token, alarm.alarm, request, text, minutes).await;
                sending.try_set(false);
                match sent {
                    Ok(()) => {
                        chosen.try_set(None);
                        found.ask_again();
                    }
                    Err(refused) => drop(error.try_set(Some(refused))),
                }
            });
        }
    };
    let option =
        move |given: u32| view! { <option value=given.to_string()>{alarms::minutes(lang, given)}</option> };
    let choose = move |event| {
        if let Ok(given) = event_target_value(&event).parse() {
            minutes.set(given);
        }
    };
    let refusal = move || error.get().map(|error| view! { <p>{alarms::refusal(&error.0).to(lang)}</p> });
    view! {
        <section>
            <h2>{alarms::HANDLING.to(lang)}</h2>
            <p class="alarm-chosen" aria-live="polite">
                {move || match chosen.get() {
                    Some(alarm) => format!("{} ({})", alarm_title(lang, &boot, &alarm), alarm.alarm),
                    None => alarms::CHOOSE.to(lang).to_owned(),
                }}
            </p>
            <form class="sheet" node_ref=form hidden=move || chosen.with(Option::is_none) on:submit=|event| event.prevent_default()>
                <label class="field">
                    <span>{alarms::TEXT.to(lang)}</span>
                    <textarea name="text" rows="3" maxlength="2000" prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))></textarea>
                    <span class="aside">{directives::TEXT_HELP.to(lang)}</span>
                </label>
                <label class="field">
                    <span>{alarms::FOR.to(lang)}</span>
                    <select name="minutes" on:change=choose>{MINUTES.map(option).collect_view()}</select>
                </label>
                <OperatorToken/>
                <div role="alert" class="refused">{refusal}</div>
                <p class="acts">
                    <button type="button" class="button strong" disabled=move || sending.get() on:click=act(Act::Acknowledge)>{alarms::ACKNOWLEDGE.to(lang)}</button>
                    <button type="button" class="button" disabled=move || sending.get() on:click=act(Act::Shelve)>{alarms::SHELVE.to(lang)}</button>
                </p>
            </form>
            <noscript><p class="flags">{directives::NEEDS_SCRIPT.to(lang)}</p></noscript>
        </section>
    }
}

async fn send(
    act: Act,
    token: String,
    alarm: String,
    request: String,
    text: String,
    minutes: u32,
) -> Result<(), AppError> {
    let unwritable = |_| AppError::unreachable();
    let sent = match act {
        Act::Acknowledge => {
            let wish =
                serde_json::to_string(&AcknowledgeWish { request, text: Some(text) }).map_err(unwritable)?;
            acknowledge_alarm(token, alarm, wish).await
        }
        Act::Shelve => {
            let wish =
                serde_json::to_string(&ShelveWish { request, minutes, reason: text }).map_err(unwritable)?;
            shelve_alarm(token, alarm, wish).await
        }
    };
    sent.map(drop)
}
