//! A dimension ranked by a level: each row a bar of timeliness, its open and its overdue cases.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use domain::scene::Panel;
use leptos::prelude::*;

use super::rows::{name, narrowed};
use crate::ask::Ask;
use crate::chart::Split;
use crate::components::{Num, Shape, TimelinessBar};
use crate::functions::{Boot, First};
use crate::live::use_table;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::{code, column};
use crate::text::{scenes, words};

const LEVELS: [Metric; 5] =
    [Metric::Open, Metric::InTime, Metric::DueSoon, Metric::Overdue, Metric::NoDeadline];

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    code: Option<String>,
    split: Split,
}

/// The list.
#[component]
pub(super) fn Ranked(panel: Panel) -> impl IntoView {
    let lang = use_lang();
    let Some(key) = panel.by else { return ().into_any() };
    let metric = panel.metrics.first().copied().unwrap_or(Metric::Overdue);
    let many = usize::from(panel.rows);
    let table =
        use_table(Signal::stored(Ask::of(&LEVELS).by(&key.to_string()).narrowed(&panel.filter).query()));
    let filter = StoredValue::new(panel.filter);
    when_ready(
        move || table.first(),
        move |boot: Arc<Boot>, first: First| {
            let rows = table.rows(first);
            let at = Memo::new(move |_| rows.with(|table| table.at.clone()));
            let ranked = Memo::new(move |_| rows.with(|table| rank(table, metric, many)));
            let full = Memo::new(move |_| {
                ranked.with(|rows| rows.iter().map(|row| row.split.open()).max().unwrap_or(0))
            });
            let codes =
                move || ranked.with(|rows| rows.iter().map(|row| row.code.clone()).collect::<Vec<_>>());
            let is_empty = Memo::new(move |_| ranked.with(Vec::is_empty));
            let row = move |code: Option<String>| {
                let name = name(lang, &boot, key.dimension, code.as_deref());
                let params = filter.with_value(|filter| narrowed(filter, key.dimension, code.as_deref()));
                view! { <RankedRow name params code ranked=ranked full=full at=at/> }
            };
            let row = StoredValue::new(row);
            view! {
                <p class="rank-heads" aria-hidden="true">
                    <span>"● " {words::IN_TIME.to(lang)}</span>
                    <span>"▲ " {words::DUE_SOON.to(lang)}</span>
                    <span>"■ " {words::OVERDUE.to(lang)}</span>
                    <span class="rank-last">{scenes::OF_OPEN.to(lang)}</span>
                </p>
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
fn RankedRow(
    name: String,
    params: Vec<(String, String)>,
    code: Option<String>,
    ranked: Memo<Vec<Row>>,
    full: Memo<i64>,
    at: Memo<String>,
) -> impl IntoView {
    let lang = use_lang();
    let split = Memo::new(move |_| {
        ranked.with(|rows| rows.iter().find(|row| row.code == code).map(|row| row.split).unwrap_or_default())
    });
    let of = |metric: Metric| {
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        params
    };
    let (open, overdue) = (of(Metric::Open), of(Metric::Overdue));
    let label = |word: &str| format!("{name}, {word}");
    view! {
        <li class="rank">
            <span class="rank-name">{name.clone()}</span>
            <span class="rank-overdue"><Num value=Signal::derive(move || split.get().overdue) params=overdue at label=label(words::OVERDUE.to(lang)) shape=Shape::Overdue/></span>
            <span class="rank-open"><Num value=Signal::derive(move || split.get().open()) params=open at label=label(words::OPEN.to(lang))/></span>
            <TimelinessBar split=Signal::derive(move || split.get()) full=Signal::derive(move || full.get())/>
        </li>
    }
}

/// The rows with most of a level, those without any open case left out; equals by their code, so that they never
/// change places for nothing.
fn rank(table: &Table, metric: Metric, many: usize) -> Vec<Row> {
    let [open, in_time, due_soon, overdue, no_deadline] = LEVELS.map(|metric| column(table, metric));
    let by = column(table, metric);
    let mut rows: Vec<(i64, i64, Row)> = table
        .rows
        .iter()
        .filter(|row| open.of(row) > 0)
        .map(|row| {
            let split = Split {
                in_time: in_time.of(row),
                no_deadline: no_deadline.of(row),
                due_soon: due_soon.of(row),
                overdue: overdue.of(row),
            };
            (by.of(row), open.of(row), Row { code: code(row, 0), split })
        })
        .collect();
    rows.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.code.cmp(&b.2.code)));
    rows.truncate(many);
    rows.into_iter().map(|(_, _, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;

    fn table(rows: &[(&str, [i64; 5])]) -> Table {
        let columns = ["agency", "open", "in_time", "due_soon", "overdue", "no_deadline"];
        let row = |(code, numbers): &(&str, [i64; 5])| {
            let code = if code.is_empty() { Value::Null } else { Value::Text((*code).to_owned()) };
            std::iter::once(code).chain(numbers.iter().map(|number| Value::Int(*number))).collect()
        };
        Table {
            columns: columns.map(str::to_owned).to_vec(),
            rows: rows.iter().map(row).collect(),
            ..Table::default()
        }
    }

    #[track_caller]
    fn check(metric: Metric, many: usize, want: &[&str]) {
        let table = table(&[
            ("a", [10, 5, 3, 2, 0]),
            ("b", [20, 20, 0, 0, 0]),
            ("", [4, 0, 0, 4, 0]),
            ("c", [0, 0, 0, 0, 0]),
            ("d", [10, 6, 2, 2, 0]),
        ]);
        let codes: Vec<String> =
            rank(&table, metric, many).into_iter().map(|row| row.code.unwrap_or_default()).collect();
        assert_eq!(codes, want);
    }

    #[test]
    fn rows_are_ranked_by_the_level_then_by_load_then_by_code() {
        check(Metric::Overdue, 9, &["", "a", "d", "b"]);
        check(Metric::Open, 9, &["b", "a", "d", ""]);
        check(Metric::DueSoon, 2, &["a", "d"]);
    }
}
