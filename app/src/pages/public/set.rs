//! The published set of dossiers: eight figures by time, field or unit.

use std::sync::Arc;

use domain::public::{PublicDossiers, PublicLine, Split};
use leptos::prelude::*;

use crate::address;
use crate::components::{Tab, Tabs};
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, number, public};

/// The set.
#[component]
pub(super) fn Dossiers(boot: Arc<Boot>, dossiers: PublicDossiers) -> impl IntoView {
    let lang = use_lang();
    let tabs = Split::ALL.into_iter().map(|split| {
        let params =
            [("by".to_owned(), split.name().to_owned()), ("month".to_owned(), dossiers.month.clone())];
        Tab {
            name: public::split(split).to(lang).into(),
            href: format!("{}?{}", address::at("/public"), address::search(&params)),
            is_here: split.name() == dossiers.by,
        }
    });
    let tabs: Vec<Tab> = tabs.collect();
    let query = format!("by={}&month={}", dossiers.by, dossiers.month);
    let data = format!("{}?{query}", address::at("/api/v1/public/dossiers"));
    let small = (dossiers.by != Split::Time.name()).then(|| {
        let says = if dossiers.is_withheld { public::withheld } else { public::small_groups };
        view! { <p class="aside">{says(lang, dossiers.small_count_min)}</p> }
    });
    view! {
        <section>
            <h2>{public::DOSSIERS.to(lang)}</h2>
            <Tabs tabs name=public::SPLIT.to(lang)/>
            {table(lang, &dossiers)}
            {small}
            <details class="how">
                <summary>{public::HOW.to(lang)}</summary>
                {definitions(lang, &boot, &dossiers.figures)}
            </details>
            <p class="aside"><a class="touch" href=data rel="external">{public::AS_DATA.to(lang)}</a></p>
        </section>
    }
}

fn table(lang: Lang, dossiers: &PublicDossiers) -> AnyView {
    let is_empty = dossiers.lines.is_empty() && !dossiers.is_withheld;
    if is_empty {
        return view! { <p>{public::NONE_YET.to(lang)}</p> }.into_any();
    }
    let heads = dossiers.figures.iter().map(|metric| public::figure(metric).to(lang));
    let heads: Vec<&'static str> = heads.collect();
    let whole = dossiers.total.clone().map(|figures| (public::WHOLE.to(lang).to_owned(), Some(figures)));
    let lines = dossiers.lines.iter().map(|line| (name(lang, line), line.figures.clone()));
    let rows =
        whole.into_iter().chain(lines).map(|(name, figures)| row(lang, name, figures, &heads)).collect_view();
    let heads = heads.iter().map(|head| view! { <th scope="col" class="number">{*head}</th> }).collect_view();
    let by = Split::ALL.into_iter().find(|split| split.name() == dossiers.by).unwrap_or_default();
    view! {
        <table class="public-set eight">
            <thead><tr><th scope="col">{public::split(by).to(lang)}</th>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(lang: Lang, name: String, figures: Option<Vec<i64>>, heads: &[&'static str]) -> impl IntoView + use<> {
    let cells = match figures {
        Some(figures) => figures
            .iter()
            .zip(heads)
            .map(|(figure, head)| view! { <td class="number" data-label=*head>{number::count(lang, *figure)}</td> })
            .collect_view()
            .into_any(),
        None => view! { <td class="untold" colspan="8">"○ " {public::UNTOLD.to(lang)}</td> }.into_any(),
    };
    view! { <tr><th scope="row">{name}</th>{cells}</tr> }
}

fn name(lang: Lang, line: &PublicLine) -> String {
    match &line.key {
        None => public::OTHERS.to(lang).to_owned(),
        Some(month) if line.label == domain::city::Label::default() => public::month(lang, month),
        Some(_) => lang.of(&line.label),
    }
}

/// What each figure counts, in the registry's words.
fn definitions(lang: Lang, boot: &Boot, figures: &[String]) -> impl IntoView + use<> {
    let of = |name: &String| {
        let metric = boot.metrics.iter().find(|metric| metric.id == *name)?;
        let definition = lang.of(&metric.definition);
        Some(view! { <div><dt>{public::figure(name).to(lang)}</dt><dd>{definition}</dd></div> })
    };
    view! { <dl class="how-figures">{figures.iter().filter_map(of).collect_view()}</dl> }
}
