//! One case: its story down the left, its limits with their arithmetic on the right.

use std::sync::Arc;

use domain::answer::{CaseRow, CaseStory};
use domain::dimension::Dimension;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{
    Clocks, Contacts, Crumb, Crumbs, DirectActions, DirectiveRows, Stages, Story, case_title, named,
    own_title, status_said,
};
use crate::functions::{Boot, load_case};
use crate::live::{use_list, use_live};
use crate::locale::use_lang;
use crate::text::{Lang, begun, date, directives, events, stages, words};

/// The page.
#[component]
pub fn Case() -> impl IntoView {
    let path = use_location().pathname;
    let code = Memo::new(move |old: Option<&String>| {
        let parts = path.with(|path| address::segments(path));
        match parts.as_slice() {
            [place, code] if place == "case" => code.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let story = use_list(
        move || code.get(),
        |code| async move {
            let story = load_case(code.clone()).await?;
            Ok((code, story))
        },
    );
    view! {
        <main id="content" class="office page case">
            {when_ready(
                move || {
                    story.track();
                    async move {
                        let (code, story) = story.await?;
                        Ok((code, Known(story)))
                    }
                },
                |boot: Arc<Boot>, (code, story): (String, Known)| match story.0 {
                    Some(story) => view! { <Told boot story/> }.into_any(),
                    None => view! { <NoSuchCase code/> }.into_any(),
                },
            )}
        </main>
    }
}

/// What is known of a case. Equal where nothing was heard since: time alone moves its clocks, and
/// those run on the page by themselves.
#[derive(Clone)]
struct Known(Option<CaseStory>);

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => {
                one.events == other.events
                    && one.directives == other.directives
                    && one.case.status == other.case.status
                    && one.case.due == other.case.due
                    && one.contacts == other.contacts
            }
            (None, None) => true,
            _ => false,
        }
    }
}

#[component]
fn Told(boot: Arc<Boot>, story: CaseStory) -> impl IntoView {
    let lang = use_lang();
    let at = use_live().at(&boot);
    let title = case_title(lang, &boot, &story.case);
    let flags = flags(lang, &story.case);
    view! {
        <Title text=format!("{title} · {}", words::PRODUCT)/>
        <div class="main">
            <Crumbs steps=crumbs(lang, &boot, &story.case)/>
            <h1>{title}</h1>
            <p class="brief">{about(lang, &boot, &story.case)}</p>
            {(!flags.is_empty()).then(|| view! { <p class="flags">{words::FLAGS.to(lang)} ": " {flags.join(" · ")}</p> })}
            {(!story.stages.is_empty()).then(|| view! {
                <h2>{stages::STAGES.to(lang)}</h2>
                <Stages boot=boot.clone() stages=story.stages.clone() told_at=story.at.clone() at/>
            })}
            <h2 class="unseen">{words::STORY.to(lang)}</h2>
            <Story boot=boot.clone() story=story.clone() at/>
        </div>
        <aside class="side">
            <DirectActions params=vec![("case".to_owned(), story.case.case.clone())]/>
            {(!story.directives.is_empty()).then(|| view! {
                <section class="of-case">
                    <h2>{directives::OF_CASE.to(lang)}</h2>
                    <DirectiveRows boot=boot.clone() directives=story.directives.clone()/>
                </section>
            })}
            <Contacts boot=boot.clone() contacts=story.contacts.clone() agency=story.case.agency.clone()/>
            <h2>{words::CLOCKS.to(lang)}</h2>
            <Clocks clocks=story.clocks at/>
        </aside>
    }
}

fn crumbs(lang: Lang, boot: &Boot, case: &CaseRow) -> Vec<Crumb> {
    let mut crumbs = vec![Crumb { name: words::CITY.to(lang).to_owned(), href: address::at("/") }];
    let catalogue = &boot.city.catalogue;
    if let Some(agency) = &case.agency {
        let path =
            catalogue.tree(Dimension::Agency).map_or_else(|| vec![agency.clone()], |tree| tree.path(agency));
        for step in path {
            let name = lang.of(&catalogue.label(Dimension::Agency, &step));
            crumbs.push(Crumb { name, href: address::agency(&step) });
        }
        if let Some(field) = &case.field {
            let name = lang.of(&catalogue.label(Dimension::Field, field));
            crumbs.push(Crumb { name, href: address::agency_field(agency, field) });
        }
    }
    crumbs.push(Crumb { name: case.case.clone(), href: String::new() });
    crumbs
}

fn about(lang: Lang, boot: &Boot, case: &CaseRow) -> String {
    let word = |say: crate::text::Say| say.to(lang).to_owned();
    let parts = [
        Some(status_said(lang, boot, &case.status)),
        own_title(boot, case).and(named(lang, boot, Dimension::Field, case.field.as_deref())),
        case.severity.as_deref().and_then(words::severity).map(word),
        named(lang, boot, Dimension::Channel, case.channel.as_deref()),
        named(lang, boot, Dimension::Ward, case.ward.as_deref()),
        named(lang, boot, Dimension::District, case.district.as_deref()),
        (!case.received_at.is_empty()).then(|| {
            format!(
                "{} {}",
                words::RECEIVED_AT.to(lang).to_lowercase(),
                date::moment(lang, &case.received_at)
            )
        }),
    ];
    begun(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn flags(lang: Lang, case: &CaseRow) -> Vec<String> {
    let said = |flag: &String| events::flag(flag).map_or_else(|| flag.clone(), |say| say.to(lang).to_owned());
    case.flags.iter().map(said).collect()
}

#[component]
fn NoSuchCase(code: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="nothing">
            <h1 class="nothing-title">{words::NO_SUCH_CASE.to(lang)} ": " {code}</h1>
            <p>{words::NO_SUCH_CASE_HELP.to(lang)}</p>
            <p><a class="button" href=address::at("/")>{words::OVERVIEW.to(lang)}</a></p>
        </div>
    }
}
