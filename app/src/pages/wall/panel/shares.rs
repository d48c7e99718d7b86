//! How one metric is shared out over a dimension: bars from zero, each with its number and its part of all.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::{Metric, MetricKind};
use domain::scene::Panel;
use leptos::prelude::*;

use super::rows::{name, narrowed};
use crate::ask::Ask;
use crate::chart::{Figure, part};
use crate::components::{Num, Params};
use crate::functions::{Boot, First};
use crate::live::use_table;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::{code, column, sum};
use crate::text::{metrics, number, scenes};

/// One row: the code and the number.
type Row = (Option<String>, i64);

/// The list.
#[component]
pub(super) fn Shares(panel: Panel) -> impl IntoView {
    let lang = use_lang();
    let (Some(key), Some(metric)) = (panel.by, panel.metrics.first().copied()) else { return ().into_any() };
    let many = usize::from(panel.rows);
    let mut ask = Ask::of(&[metric]).by(&key.to_string()).narrowed(&panel.filter);
    let from = panel.from.filter(|_| metric.kind() == MetricKind::Flow);
    if let Some(from) = &from {
        ask = ask.with("from", from);
    }
    let table = use_table(Signal::stored(ask.query()));
    let filter = StoredValue::new(panel.filter);
    when_ready(
        move || table.first(),
        move |boot: Arc<Boot>, first: First| {
            let rows = table.rows(first);
            let at = Memo::new(move |_| rows.with(|table| table.at.clone()));
            let all = Memo::new(move |_| rows.with(|table| sum(table, metric)));
            let each = Memo::new(move |_| rows.with(|table| largest(table, metric, many)));
            let is_empty = Memo::new(move |_| each.with(Vec::is_empty));
            let codes =
                move || each.with(|rows| rows.iter().map(|(code, _)| code.clone()).collect::<Vec<_>>());
            let from = from.clone();
            let row = StoredValue::new(move |code: Option<String>| {
                let name = name(lang, &boot, key.dimension, code.as_deref());
                let mut params = filter.with_value(|filter| narrowed(filter, key.dimension, code.as_deref()));
                params.push(("metric".to_owned(), metric.name().to_owned()));
                if let Some(from) = &from {
                    params.push(("from".to_owned(), from.clone()));
                }
                view! { <Share name params code metric each all at/> }
            });
            view! {
                <Show when=move || is_empty.get()>
                    <p class="aside">{scenes::NONE_HERE.to(lang)}</p>
                </Show>
                <ol class="whole-rows">
                    <For each=codes key=Clone::clone let(code)>
                        {row.with_value(|row| row(code))}
                    </For>
                </ol>
            }
        },
    )
    .into_any()
}

#[component]
fn Share(
    name: String,
    params: Params,
    code: Option<String>,
    metric: Metric,
    each: Memo<Vec<Row>>,
    all: Memo<i64>,
    at: Memo<String>,
) -> impl IntoView {
    let lang = use_lang();
    let value = Memo::new(move |_| {
        each.with(|rows| {
            rows.iter().find(|(of, _)| *of == code).map(|(_, number)| *number).unwrap_or_default()
        })
    });
    #[allow(clippy::cast_precision_loss)] // For a bar's length.
    let drawing = Signal::derive(move || {
        let largest = each.with(|rows| rows.first().map_or(0, |(_, number)| *number));
        part(value.get() as f64, largest as f64)
    });
    let share = move || number::share(lang, value.get(), all.get());
    let label = format!("{name}, {}", metrics::name(metric).to(lang));
    view! {
        <li class="rank">
            <span class="rank-name">{name}</span>
            <span class="rank-open"><Num value=Signal::derive(move || value.get()) params at label/></span>
            <span class="rank-share figure">{share}</span>
            <Figure drawing class="bar" stretched=true/>
        </li>
    }
}

/// The largest parts, largest first; equals by their code.
fn largest(table: &Table, metric: Metric, many: usize) -> Vec<Row> {
    let number = column(table, metric);
    let mut rows: Vec<Row> = table
        .rows
        .iter()
        .map(|row| (code(row, 0), number.of(row)))
        .filter(|(_, number)| *number > 0)
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows.truncate(many);
    rows
}
