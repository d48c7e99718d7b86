//! The pages that are for anybody: totals, the published set, satisfaction; and the look-up of one case. They
//! ask what the public may be told and nothing else.

mod case;
mod figures;
mod map;
mod set;

use std::sync::Arc;

use domain::public::{PublicDossiers, PublicSatisfaction, PublicTotals, Split};
use jiff::civil::Date;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::components::{Freshness, Notice};
use crate::functions::{Boot, load_public_dossiers, load_public_satisfaction, load_public_totals};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::text::{Lang, date, public, words};

pub use case::PublicCasePage;
pub use map::PublicMapPage;

/// The page of totals.
#[component]
pub fn PublicPage() -> impl IntoView {
    let search = use_location().search;
    let asked = Memo::new(move |_| {
        let pairs = search.with(|search| address::pairs(search));
        let by = address::value(&pairs, "by").unwrap_or_default();
        let by = Split::ALL.into_iter().find(|split| split.name() == by).unwrap_or_default();
        (by, address::value(&pairs, "month"))
    });
    let month = move || asked.get().1;
    let totals = use_list(month, load_public_totals);
    let dossiers = use_list(move || asked.get(), |(by, month)| load_public_dossiers(by, month));
    let satisfaction = use_list(month, load_public_satisfaction);
    view! {
        <main id="content" class="office page public">
            <Head/>
            {when_ready(
                move || {
                    totals.track();
                    async move { totals.await.map(|totals| (totals, asked.get_untracked().0)) }
                },
                |_: Arc<Boot>, (totals, by): (PublicTotals, Split)| view! { <Totals totals by/> },
            )}
            {when_ready(
                move || { dossiers.track(); async move {
                    let dossiers = dossiers.await?;
                    // The state moves by itself: the set is made anew only where a figure did.
                    Ok(PublicDossiers { seq: domain::Seq::default(), at: String::new(), ..dossiers })
                } },
                |boot: Arc<Boot>, dossiers: PublicDossiers| view! { <set::Dossiers boot dossiers/> },
            )}
            {when_ready(
                move || { satisfaction.track(); async move {
                    let told = satisfaction.await?;
                    Ok(PublicSatisfaction { seq: domain::Seq::default(), at: String::new(), ..told })
                } },
                |_: Arc<Boot>, told: PublicSatisfaction| view! { <figures::Ratings told/> },
            )}
        </main>
    }
}

/// What stands over the public pages: the other page, the other language, what the data are.
#[component]
fn Head() -> impl IntoView {
    let (lang, location) = (use_lang(), use_location());
    let other = lang.other();
    // Loaded whole, since every word of it changes.
    let switch = move || {
        let mut params = address::pairs(&location.search.get());
        params.retain(|(key, _)| key != "lang");
        params.push(("lang".to_owned(), other.code().to_owned()));
        let path = location.pathname.with(|path| address::at(address::bare(path)));
        format!("{path}?{}", address::search(&params))
    };
    view! {
        <header class="public-head">
            <nav class="pages" aria-label=words::PAGES.to(lang)>
                <a href=address::at("/public")>{public::TITLE.to(lang)}</a>
                <a href=address::at("/public/map")>{public::MAP.to(lang)}</a>
                <a href=address::at("/public/case")>{public::LOOK_UP.to(lang)}</a>
                <a href=switch rel="external" lang=other.code()>{other.name()}</a>
            </nav>
            {super::ready::when_booted(|boot| view! { <Freshness boot=boot.clone() is_short=true/> <Notice boot/> })}
        </header>
    }
}

#[component]
fn Totals(totals: PublicTotals, by: Split) -> impl IntoView {
    let lang = use_lang();
    let title = public::finding(lang, &totals.month, totals.received, totals.in_time_percent);
    view! {
        <Title text=format!("{} · {}", public::TITLE.to(lang), words::PRODUCT)/>
        <h1>{title}</h1>
        <p class="aside">{format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &totals.at))}</p>
        <Months month=totals.month.clone() at=totals.at.clone() by/>
        <figures::Reports totals/>
    }
}

/// The months beside this one.
#[component]
fn Months(month: String, at: String, by: Split) -> impl IntoView {
    let lang = use_lang();
    let first: Option<Date> = format!("{month}-01").parse().ok();
    let beside = |months: i64| {
        let day = first?.checked_add(jiff::Span::new().try_months(months).ok()?).ok()?;
        (Some(day) <= date::day(&at)).then(|| {
            let month = format!("{:04}-{:02}", day.year(), day.month());
            let params = [("month".to_owned(), month), ("by".to_owned(), by.name().to_owned())];
            format!("{}?{}", address::at("/public"), address::search(&params))
        })
    };
    let link = |href: Option<String>, word: &'static str| {
        href.map(|href| view! { <a class="pill" href=href>{word}</a> })
    };
    view! {
        <nav class="pager" aria-label=months_word(lang)>
            {link(beside(-1), public::EARLIER.to(lang))}
            {link(beside(1), public::LATER.to(lang))}
        </nav>
    }
}

fn months_word(lang: Lang) -> &'static str {
    public::split(Split::Time).to(lang)
}
