//! The product's forms side by side, for those who change them: colours, type, states, charts, and
//! the four pictures of nothing. Made-up numbers, and it says so.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::chart::{Days, Figure, Paint, Split, Usual, days, spark, stacked, usual_band};
use crate::components::{Empty, Failed, Forbidden, Loading, Mark, Shape};
use crate::error::AppError;
use crate::locale::use_lang;
use crate::text::{number, words};

/// The names of the colours, as the style sheets have them.
const COLOURS: [&str; 9] =
    ["ground", "ink", "quiet", "hairline", "in-time", "due-soon", "overdue", "no-data", "accent"];
/// A fortnight that nobody lived.
const FORTNIGHT: [i64; 14] = [31, 40, 38, 12, 9, 42, 43, 40, 37, 39, 14, 8, 44, 47];
/// Another number of it.
const ANOTHER: [i64; 14] = [29, 38, 39, 14, 10, 35, 44, 39, 37, 40, 12, 9, 41, 45];

/// The page.
#[component]
pub fn Styleguide() -> impl IntoView {
    let lang = use_lang();
    let usual = Usual {
        band: (0..24).map(|hour| (hour * 12, 20 + hour * 18)).collect(),
        today: (0..15).map(|hour| hour * 15 + 4).collect(),
    };
    let each_day = Days {
        names: (10..24).map(|day| format!("{day}-11")).collect(),
        first: (words::RECEIVED.to(lang).to_owned(), FORTNIGHT.into()),
        second: (words::RESOLVED.to(lang).to_owned(), ANOTHER.into()),
        lang,
    };
    let split = Split { in_time: 97, no_deadline: 6, due_soon: 21, overdue: 14 };
    let shapes = [Shape::InTime, Shape::DueSoon, Shape::Overdue, Shape::None];
    let grounds = ["office", "wall"].map(|theme| {
        view! {
            <section class=format!("{theme} guide-ground")>
                <h3>{theme}</h3>
                <ul class="swatches">
                    {COLOURS.map(|name| view! { <li><span class=format!("swatch swatch-{name}")></span>{name}</li> }).collect_view()}
                </ul>
                <p class="guide-number figure">{number::count(lang, 3204)}</p>
                <ul class="guide-states">
                    {shapes.map(|shape| view! { <li><Mark shape bare=true/> " " {shape.word().to(lang)}</li> }).collect_view()}
                </ul>
                <div class="guide-charts">
                    <Figure drawing=Signal::stored(spark(&FORTNIGHT, Paint::Line, true)) class="line-small"/>
                    <Figure drawing=Signal::stored(stacked(split, 160)) class="bar" stretched=true/>
                    <Figure drawing=Signal::stored(usual_band(&usual, Paint::Line)) class="wall-line"/>
                    <Figure drawing=Signal::stored(days(&each_day)) class="days"/>
                </div>
            </section>
        }
    });
    view! {
        <main id="content" class="office page guide">
            <Title text=format!("{} · {}", words::STYLEGUIDE.to(lang), words::PRODUCT)/>
            <h1>{words::STYLEGUIDE.to(lang)}</h1>
            <p class="aside">{words::MADE_UP.to(lang)}</p>
            <h2>{words::COLOURS.to(lang)}</h2>
            {grounds.into_iter().collect_view()}
            <h2>{words::EMPTIES.to(lang)}</h2>
            <div class="guide-empties">
                <Empty/>
                <Forbidden/>
                <Loading/>
                <Failed error=AppError::unreachable()/>
            </div>
        </main>
    }
}
