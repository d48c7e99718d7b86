//! The operations centre's shift: who is on duty, what is open, what was done, and the handover.

mod acts;

use std::sync::Arc;

use domain::answer::{AlarmPage, AlarmView, ShiftPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::ready::{when_booted, when_ready};
use crate::address;
use crate::components::{AlarmLines, Choose, ChooseDuty, Crumb, Crumbs, DirectiveRows, Duties};
use crate::functions::{Boot, load_shift};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::text::{directives, shift, words};

use acts::Acts;

/// The page. Names come only after somebody has shown the administrator's token; it is kept no longer than the page.
#[component]
pub fn Shift() -> impl IntoView {
    let lang = use_lang();
    let shown_to = RwSignal::new(String::new());
    let found = use_list(move || shown_to.get(), load_shift);
    let chosen = RwSignal::new(None::<String>);
    let here = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        if let Some(page) = found.get() {
            here.set(page.on_duty);
        }
    });
    view! {
        <main id="content" class="office page case">
            <div class="main">
                <Title text=format!("{} · {}", shift::SHIFT.to(lang), words::PRODUCT)/>
                <Crumbs steps=vec![
                    Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") },
                    Crumb { name: shift::SHIFT.to(lang).to_owned(), href: String::new() },
                ]/>
                {when_ready(
                    move || {
                        found.track();
                        async move {
                            // The state moves by itself: the page is made anew only where something was done.
                            Ok(ShiftPage { seq: domain::Seq::default(), at: String::new(), ..found.await? })
                        }
                    },
                    move |boot: Arc<Boot>, page: ShiftPage| view! { <Standing boot page chosen/> },
                )}
            </div>
            <aside class="side evidence-side">
                {when_booted(move |_| view! {
                    <Acts chosen here shown_to again=Callback::new(move |()| found.ask_again())/>
                })}
            </aside>
        </main>
    }
}

#[component]
fn Standing(boot: Arc<Boot>, page: ShiftPage, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let lang = use_lang();
    let navigate = use_navigate();
    // What is done about an alarm is done on its own page.
    let handle: Choose = Callback::new(move |_: AlarmView| {
        navigate(&address::alarms(None), NavigateOptions { resolve: false, ..NavigateOptions::default() })
    });
    let choose: ChooseDuty = Callback::new(move |duty| chosen.set(Some(duty)));
    let title = shift::title(lang, page.on_duty.len(), page.handovers_waiting);
    let has_people = !page.on_duty.is_empty() || !page.recent.is_empty();
    let is_concealed = has_people && !page.shows_names;
    let on_duty = if page.on_duty.is_empty() {
        view! { <p class="aside">{shift::NOBODY_HELP.to(lang)}</p> }.into_any()
    } else {
        view! { <Duties boot=boot.clone() duties=page.on_duty act=Some(choose)/> }.into_any()
    };
    let late = if page.directives_overdue.is_empty() {
        view! { <p class="aside">{shift::NO_LATE_DIRECTIVES.to(lang)}</p> }.into_any()
    } else {
        let shown = page.directives_overdue.len();
        view! {
            <p class="aside">{directives::shown_of(lang, shown, page.directives_overdue_total)}</p>
            <DirectiveRows boot=boot.clone() directives=page.directives_overdue/>
        }
        .into_any()
    };
    let recent = if page.recent.is_empty() {
        view! { <p class="aside">{shift::NO_RECENT.to(lang)}</p> }.into_any()
    } else {
        view! { <Duties boot=boot.clone() duties=page.recent act=None/> }.into_any()
    };
    view! {
        <h1>{title}</h1>
        {is_concealed.then(|| view! { <p class="aside">{shift::NAMES_CONCEALED.to(lang)}</p> })}
        <section class="desk-part"><h2>{shift::ON_DUTY.to(lang)}</h2> {on_duty}</section>
        <section class="desk-part">
            <h2>{shift::OPEN_ALARMS.to(lang)}</h2>
            <Lines boot=boot.clone() alarms=page.unacknowledged total=page.unacknowledged_total none=shift::NO_OPEN_ALARMS.to(lang) act=handle/>
        </section>
        <section class="desk-part"><h2>{shift::LATE_DIRECTIVES.to(lang)}</h2> {late}</section>
        <section class="desk-part">
            <h2>{shift::HANDLED.to(lang)}</h2>
            <Lines boot alarms=page.handled total=page.handled_total none=shift::NONE_HANDLED.to(lang) act=handle/>
        </section>
        <section class="desk-part"><h2>{shift::RECENT.to(lang)}</h2> {recent}</section>
    }
}

#[component]
fn Lines(
    boot: Arc<Boot>,
    alarms: Vec<AlarmView>,
    total: u64,
    none: &'static str,
    act: Choose,
) -> impl IntoView {
    let lang = use_lang();
    if alarms.is_empty() {
        return view! { <p class="aside">{none}</p> }.into_any();
    }
    let shown = alarms.len();
    // A flood stands as one on the alarms' own page; here each is a line of the list.
    let alarms = alarms.into_iter().map(|alarm| AlarmView { in_flood: false, ..alarm }).collect();
    let page = AlarmPage { alarms, total, ..AlarmPage::default() };
    view! {
        <p class="aside">{directives::shown_of(lang, shown, total)}</p>
        <AlarmLines boot page act=Some(act)/>
    }
    .into_any()
}
