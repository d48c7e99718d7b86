//! Two movements day by day.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use domain::scene::Panel;
use leptos::prelude::*;

use crate::ask::Ask;
use crate::chart::{Days, Figure, days};
use crate::functions::{Boot, First};
use crate::live::use_table;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::column;
use crate::text::{Lang, date, metrics, scenes};

/// From when the days begin where the panel does not say: a month.
const FROM: &str = "today-29d";

/// The chart.
#[component]
pub(super) fn DaysPanel(panel: Panel) -> impl IntoView {
    let lang = use_lang();
    let &[first, second] = panel.metrics.as_slice() else { return ().into_any() };
    let metrics = [first, second];
    let from = panel.from.as_deref().unwrap_or(FROM);
    let ask = Ask::of(&metrics).narrowed(&panel.filter).with("from", from).with("bucket", "day");
    let table = use_table(Signal::stored(ask.query()));
    when_ready(
        move || table.first(),
        move |_: Arc<Boot>, first: First| {
            let rows = table.rows(first);
            let lines = Memo::new(move |_| rows.with(|table| lines(lang, table, metrics)));
            let drawing = Signal::derive(move || lines.with(days));
            let is_empty = move || lines.with(|lines| lines.names.len() < 2);
            let label = metrics.map(|metric| metrics::name(metric).to(lang)).join(", ");
            view! {
                <Show when=is_empty>
                    <p class="aside">{scenes::NONE_HERE.to(lang)}</p>
                </Show>
                <Figure drawing class="wall-days" label=Signal::stored(label)/>
            }
        },
    )
    .into_any()
}

fn lines(lang: Lang, table: &Table, metrics: [Metric; 2]) -> Days {
    // Today is in the table: on the lines half a day would look like a fall.
    let whole = table.rows.split_last().map_or(&[][..], |(_, whole)| whole);
    let name = |row: &domain::wire::Row| {
        let start = row.first().and_then(domain::Value::as_text).unwrap_or_default();
        date::day(start).map_or_else(|| start.to_owned(), |day| date::short_date(lang, day))
    };
    let line = |metric: Metric| {
        let number = column(table, metric);
        let word = metrics::name(metric).to(lang).to_owned();
        (word, whole.iter().map(|row| number.of(row)).collect())
    };
    let [first, second] = metrics;
    Days { names: whole.iter().map(name).collect(), first: line(first), second: line(second), lang }
}
