//! The centre of a place: its own load by field and counter, what falls due today and tomorrow by holder, arrivals
//! against what is usual, satisfaction, and the look-up of a case. It asks for its own place and nothing else.

mod arrivals;
mod choose;
mod due;
mod load;
mod look_up;

use std::sync::Arc;

use domain::answer::CentreDesk;
use domain::dimension::Dimension;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ready::when_ready;
use crate::address;
use crate::ask::escape;
use crate::components::{Crumb, Crumbs, Params, named};
use crate::functions::{Boot, load_arrivals, load_centre_desk};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::source::Nowhere;
use crate::text::{centre, date, desks, words};

pub use arrivals::Arrivals;
#[cfg(feature = "ssr")]
pub(crate) use arrivals::arrivals_of;
pub use choose::Centres;

/// The page.
#[component]
pub fn Centre() -> impl IntoView {
    let path = use_location().pathname;
    let place = Memo::new(move |old: Option<&String>| {
        let parts = path.with(|path| address::segments(path));
        match parts.as_slice() {
            [page, place] if page == "centre" => place.clone(),
            _ => old.cloned().unwrap_or_default(),
        }
    });
    let desk = use_list(move || place.get(), load_centre_desk);
    let arrivals = use_list(move || place.get(), load_arrivals);
    let as_of = RwSignal::new(String::new());
    let ready = move || {
        desk.track();
        async move {
            let desk = desk.await?;
            if let Some(desk) = &desk {
                as_of.try_set(desk.at.clone());
            }
            Ok(desk.map(steady))
        }
    };
    view! {
        <main id="content" class="office page case">
            <div class="main">
                {when_ready(
                    ready,
                    move |boot: Arc<Boot>, desk: Option<CentreDesk>| match desk {
                        Some(desk) => view! { <Head boot desk as_of/> }.into_any(),
                        None => view! { <NoSuchPlace/> }.into_any(),
                    },
                )}
                {when_ready(
                    move || { arrivals.track(); async move { arrivals.await } },
                    move |_: Arc<Boot>, arrivals: Arrivals| view! { <arrivals::Today arrivals place/> },
                )}
                {when_ready(
                    ready,
                    move |boot: Arc<Boot>, desk: Option<CentreDesk>| desk.map(|desk| view! {
                        <load::Fields boot=boot.clone() desk=desk.clone() as_of/>
                        <due::Parts boot desk as_of/>
                    }),
                )}
            </div>
            <aside class="side">
                <look_up::LookUp place/>
                {when_ready(
                    ready,
                    move |boot: Arc<Boot>, desk: Option<CentreDesk>| desk.map(|desk| view! {
                        <load::Counters boot=boot.clone() desk=desk.clone()/>
                        <load::Ratings boot desk as_of/>
                    }),
                )}
            </aside>
        </main>
    }
}

/// The same desk without what moves by itself: it is made anew only where something happened, and each minute.
fn steady(mut desk: CentreDesk) -> CentreDesk {
    desk.seq = domain::Seq::default();
    desk.at.clear();
    desk.counters.iter_mut().for_each(|counter| counter.age_secs = 0);
    let cases = desk.parts.iter_mut().flat_map(|part| &mut part.holders).flat_map(|holder| &mut holder.cases);
    for case in cases {
        case.working_left_secs = case.working_left_secs.map(|secs| secs - secs.rem_euclid(60));
    }
    desk
}

/// The place as a parameter of questions and addresses.
fn of_place(desk: &CentreDesk) -> Params {
    vec![(desk.dimension.clone(), escape(&desk.place))]
}

/// The tree that the place stands in.
fn dimension_of(desk: &CentreDesk) -> Dimension {
    desk.dimension.parse().unwrap_or(Dimension::Ward)
}

#[component]
fn Head(boot: Arc<Boot>, desk: CentreDesk, as_of: RwSignal<String>) -> impl IntoView {
    let lang = use_lang();
    let name = named(lang, &boot, dimension_of(&desk), Some(&desk.place)).unwrap_or_default();
    let total = |when: &str| desk.parts.iter().find(|part| part.when == when).map_or(0, |part| part.total);
    let title = desks::unit_title(lang, &name, total("overdue"), total("today"));
    view! {
        <Title text=format!("{} {name} · {}", centre::CENTRE.to(lang), words::PRODUCT)/>
        <Crumbs steps=vec![
            Crumb { name: centre::CENTRE.to(lang).to_owned(), href: address::at("/centre") },
            Crumb { name, href: String::new() },
        ]/>
        <h1>{title}</h1>
        <p class="aside">
            {move || format!("{} {}", words::AS_OF.to(lang), date::moment(lang, &as_of.get()))} " · "
            <a class="touch" href=address::lobby(&desk.place) rel="external">{centre::LOBBY.to(lang)}</a>
        </p>
    }
}

#[component]
fn NoSuchPlace() -> impl IntoView {
    let lang = use_lang();
    if let Some(Nowhere(say)) = use_context::<Nowhere>() {
        say();
    }
    view! {
        <Title text=format!("{} · {}", centre::NO_SUCH.to(lang), words::PRODUCT)/>
        <div class="nothing">
            <h1 class="nothing-title">{centre::NO_SUCH.to(lang)}</h1>
            <p><a class="button" href=address::at("/centre")>{centre::CHOOSE.to(lang)}</a></p>
        </div>
    }
}
