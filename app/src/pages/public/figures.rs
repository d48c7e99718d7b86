//! The figures of a month, in large type, and what people think.

use domain::public::{PublicRating, PublicSatisfaction, PublicTotals};
use leptos::prelude::*;

use crate::address;
use crate::components::{Mark, Shape};
use crate::locale::use_lang;
use crate::text::{number, public};

/// Reports of the month.
#[component]
pub(super) fn Reports(totals: PublicTotals) -> impl IntoView {
    let lang = use_lang();
    let count = |number| number::count(lang, number);
    let share =
        totals.in_time_percent.map_or(number::NOTHING.to_owned(), |share| number::percent(lang, share, 1));
    // Red is for what needs action: none overdue is nothing to act on.
    let overdue = (totals.overdue > 0).then(|| view! { <Mark shape=Shape::Overdue bare=true/> " " });
    let data = format!("{}?month={}", address::at("/api/v1/public/totals"), totals.month);
    view! {
        <section>
            <h2>{public::REPORTS.to(lang)}</h2>
            <dl class="public-figures">
                <div><dt>{public::RECEIVED.to(lang)}</dt><dd>{count(totals.received)}</dd></div>
                <div><dt>{public::RESOLVED.to(lang)}</dt><dd>{count(totals.resolved)}</dd></div>
                <div><dt>{public::IN_TIME_PERCENT.to(lang)}</dt><dd>{share}</dd></div>
                <div><dt>{public::OPEN.to(lang)}</dt><dd>{count(totals.open)}</dd></div>
                <div><dt>{public::OVERDUE.to(lang)}</dt><dd>{overdue}{count(totals.overdue)}</dd></div>
            </dl>
            <p class="aside"><a class="touch" href=data rel="external">{public::AS_DATA.to(lang)}</a></p>
        </section>
    }
}

/// What people think, with how many said so and how the rate is reckoned.
#[component]
pub(super) fn Ratings(told: PublicSatisfaction) -> impl IntoView {
    let lang = use_lang();
    let nobody = told.all.ratings == Some(0);
    let lines = std::iter::once(told.all.clone()).chain(told.units.clone());
    let rows = lines
        .enumerate()
        .map(|(place, rating)| view! { <Rating rating is_whole=place == 0/> })
        .collect_view();
    let table = if nobody {
        view! { <p>{public::NO_RATINGS.to(lang)}</p> }.into_any()
    } else {
        view! {
            <div class="sideways" tabindex="0" role="region" aria-label=public::SATISFACTION.to(lang)>
                <table class="public-set">
                    <thead><tr>
                        <th scope="col">{public::UNIT.to(lang)}</th>
                        <th scope="col" class="number">{public::SATISFIED.to(lang)}</th>
                        <th scope="col" class="number">{public::RATINGS.to(lang)}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let withheld = (told.is_withheld && !nobody)
        .then(|| view! { <p class="aside">{public::withheld(lang, told.ratings_min)}</p> });
    view! {
        <section>
            <h2>{public::SATISFACTION.to(lang)}</h2>
            {table}
            {withheld}
            <p class="aside">
                {format!("{}: {}", public::HOW.to(lang), lang.of(&told.formula))}
                {told.clause.map(|clause| format!(" {clause}."))}
            </p>
        </section>
    }
}

#[component]
fn Rating(rating: PublicRating, is_whole: bool) -> impl IntoView {
    let lang = use_lang();
    let name = if is_whole {
        public::WHOLE.to(lang).to_owned()
    } else if rating.key.is_none() {
        public::OTHERS.to(lang).to_owned()
    } else {
        lang.of(&rating.label)
    };
    let numbers = match (rating.ratings, rating.satisfied_percent) {
        (Some(ratings), share) => {
            let share = share.map_or(number::NOTHING.to_owned(), |share| number::percent(lang, share, 1));
            view! {
                <td class="number">{share}</td>
                <td class="number">{number::count(lang, ratings)}</td>
            }
            .into_any()
        }
        (None, _) => {
            view! { <td class="number untold" colspan="2">"○ " {public::UNTOLD.to(lang)}</td> }.into_any()
        }
    };
    view! { <tr><th scope="row">{name}</th>{numbers}</tr> }
}
