//! A rate over a dimension, lowest first, each beside the number that it rests on: without it a rate says nothing
//! (2686/QĐ-UBND Phần II.I.2.b asks for objective, transparent ratings).

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use domain::scene::{Panel, RATES};
use leptos::prelude::*;

use super::rows::{name, narrowed};
use crate::ask::Ask;
use crate::chart::{Figure, part};
use crate::components::{Num, Params};
use crate::functions::{Boot, First};
use crate::live::use_table;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::{code, column};
use crate::text::{metrics, number, scenes};

/// Fewer than this are no rate to rank by: one in a handful is chance.
const FEWEST: i64 = 10;

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    code: Option<String>,
    percent: f64,
    rests_on: i64,
}

/// The list.
#[component]
pub(super) fn Rates(panel: Panel) -> impl IntoView {
    let lang = use_lang();
    let rate = panel.metrics.first().and_then(|asked| RATES.iter().find(|(rate, _)| rate == asked));
    let (Some(key), Some(&(metric, rests_on))) = (panel.by, rate) else { return ().into_any() };
    let many = usize::from(panel.rows);
    let mut ask = Ask::of(&[metric, rests_on]).by(&key.to_string()).narrowed(&panel.filter);
    if let Some(from) = &panel.from {
        ask = ask.with("from", from);
    }
    let table = use_table(Signal::stored(ask.query()));
    let (filter, from) = (StoredValue::new(panel.filter), panel.from);
    when_ready(
        move || table.first(),
        move |boot: Arc<Boot>, first: First| {
            let rows = table.rows(first);
            let at = Memo::new(move |_| rows.with(|table| table.at.clone()));
            let all = Memo::new(move |_| rows.with(|table| lowest(table, (metric, rests_on), many)));
            let each = Memo::new(move |_| all.with(|(rows, _)| rows.clone()));
            let left_out = move || {
                let number = all.with(|(_, left_out)| *left_out);
                (number > 0)
                    .then(|| view! { <p class="wall-left-out">{scenes::too_few(lang, number, FEWEST)}</p> })
            };
            let is_empty = Memo::new(move |_| each.with(Vec::is_empty));
            let codes = move || each.with(|rows| rows.iter().map(|row| row.code.clone()).collect::<Vec<_>>());
            let from = from.clone();
            let row = StoredValue::new(move |code: Option<String>| {
                let name = name(lang, &boot, key.dimension, code.as_deref());
                let mut params = filter.with_value(|filter| narrowed(filter, key.dimension, code.as_deref()));
                params.push(("metric".to_owned(), metric.name().to_owned()));
                if let Some(from) = &from {
                    params.push(("from".to_owned(), from.clone()));
                }
                view! { <Rate name params code metric each at/> }
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
                {left_out}
            }
        },
    )
    .into_any()
}

#[component]
fn Rate(
    name: String,
    params: Params,
    code: Option<String>,
    metric: Metric,
    each: Memo<Vec<Row>>,
    at: Memo<String>,
) -> impl IntoView {
    let lang = use_lang();
    let row = Memo::new(move |_| {
        each.with(|rows| rows.iter().find(|row| row.code == code).cloned().unwrap_or_default())
    });
    let percent = move || row.with(|row| row.percent);
    let rests_on = Signal::derive(move || row.with(|row| row.rests_on));
    let drawing = Signal::derive(move || part(percent(), 100.0));
    let text = Signal::derive(move || number::percent(lang, percent(), 1));
    let label = format!("{name}, {}", metrics::name(metric).to(lang));
    view! {
        <li class="rank">
            <span class="rank-name">{name}</span>
            <span class="rank-share figure">{move || scenes::rests_on(lang, rests_on.get())}</span>
            <span class="rank-open"><Num value=rests_on params at label text/></span>
            <Figure drawing class="bar" stretched=true/>
        </li>
    }
}

/// The lowest rates first; of equals the one that rests on more. Beside them how many rest on too little; what
/// rests on nothing has no rate.
fn lowest(table: &Table, (rate, rests_on): (Metric, Metric), many: usize) -> (Vec<Row>, usize) {
    let number = column(table, rests_on);
    let place = table.columns.iter().position(|column| column == rate.name());
    let mut rows: Vec<Row> = table
        .rows
        .iter()
        .filter_map(|row| {
            let percent = row.get(place?)?.as_f64()?;
            let rests_on = number.of(row);
            (rests_on > 0).then(|| Row { code: code(row, 0), percent, rests_on })
        })
        .collect();
    let all = rows.len();
    rows.retain(|row| row.rests_on >= FEWEST);
    let left_out = all - rows.len();
    rows.sort_by(|a, b| {
        a.percent.total_cmp(&b.percent).then(b.rests_on.cmp(&a.rests_on)).then_with(|| a.code.cmp(&b.code))
    });
    rows.truncate(many);
    (rows, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;

    #[test]
    fn the_lowest_rate_comes_first_and_none_rests_on_too_little() {
        let row = |code: &str, rate: Value, number: i64| {
            vec![Value::Text(code.to_owned()), rate, Value::Int(number)]
        };
        let table = Table {
            columns: ["agency", "satisfaction_rate", "rated"].map(str::to_owned).to_vec(),
            rows: vec![
                row("a", Value::Float(90.0), 10),
                row("b", Value::Null, 0),
                row("c", Value::Float(70.0), 13),
                row("d", Value::Float(70.0), 30),
                row("e", Value::Float(0.0), 9),
            ],
            ..Table::default()
        };
        let (rows, left_out) = lowest(&table, (Metric::SatisfactionRate, Metric::Rated), 2);
        let codes: Vec<_> = rows.iter().map(|row| row.code.as_deref().unwrap_or_default()).collect();
        assert_eq!((codes, left_out), (vec!["d", "c"], 1));
    }
}
