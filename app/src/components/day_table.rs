//! Day by day: what came in, what was resolved, how much of it in time, and what stood open at each
//! day's end.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use leptos::prelude::*;

use super::Empty;
use super::mark::Shape;
use super::num::{Num, Params};
use crate::chart::{Days, Figure, days};
use crate::locale::use_lang;
use crate::table::column;
use crate::text::{Lang, Say, date, number, words};

/// The metrics of the table, in the order of its question.
pub const DAY_METRICS: [Metric; 7] = [
    Metric::Received,
    Metric::Resolved,
    Metric::ResolvedInTime,
    Metric::ResolvedExtended,
    Metric::ResolvedLate,
    Metric::Open,
    Metric::Overdue,
];

/// One day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Day {
    start: String,
    /// In the order of [`DAY_METRICS`].
    numbers: [i64; 7],
}

/// The chart and the table.
#[component]
pub fn DayTable(
    /// [`DAY_METRICS`] by `bucket=day`.
    table: Signal<Arc<Table>>,
    /// What the page is about.
    params: Params,
) -> impl IntoView {
    let lang = use_lang();
    let each = Memo::new(move |_| table.with(|table| read(table)));
    let at = Memo::new(move |_| table.with(|table| table.at.clone()));
    let drawing = Signal::derive(move || each.with(|each| days(&lines(lang, each))));
    // A day that is over is another row than the same day while it was today's.
    let rows = move || {
        let today = at.with(|at| date::day(at));
        let row = |day: &Day| (day.start.clone(), date::day(&day.start) == today);
        each.with(|each| each.iter().rev().map(row).collect::<Vec<_>>())
    };
    let label = format!("{}, {}", words::RECEIVED.to(lang), words::RESOLVED.to(lang));
    let params = StoredValue::new(params);
    view! {
        <Show when=move || each.with(|each| !each.is_empty()) fallback=|| view! { <Empty/> }>
            <Figure drawing class="days" label=Signal::stored(label.clone())/>
            <table class="stories days">
                <thead>
                    <tr>
                        <th scope="col" class="name">{words::DAY.to(lang)}</th>
                        <th scope="col" class="number">{words::RECEIVED.to(lang)}</th>
                        <th scope="col" class="number">{words::RESOLVED.to(lang)}</th>
                        <th scope="col" class="number">{words::SHARE_IN_TIME.to(lang)}</th>
                        <th scope="col" class="number">{words::OPEN_AT_END.to(lang)}</th>
                        <th scope="col" class="number"><span aria-hidden="true">"■"</span><span class="unseen">{words::OVERDUE.to(lang)}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=Clone::clone let((start, is_today))>
                        <DayRow start is_today each at params=params.get_value()/>
                    </For>
                </tbody>
            </table>
        </Show>
    }
}

#[component]
fn DayRow(
    start: String,
    is_today: bool,
    each: Memo<Vec<Day>>,
    at: Memo<String>,
    params: Params,
) -> impl IntoView {
    let lang = use_lang();
    let name = date::day(&start).map_or_else(|| start.clone(), |day| date::long_date(lang, day));
    // Today's end lies ahead, where nothing is known: its numbers are those of now.
    let next = date::day(&start).filter(|_| !is_today).and_then(|day| day.tomorrow().ok());
    let next = next.map(|day| day.to_string());
    let from = start.get(..10).unwrap_or_default().to_owned();
    let key = start.clone();
    let day = Memo::new(move |_| {
        each.with(|each| each.iter().find(|day| day.start == key).cloned().unwrap_or_default())
    });
    let said = name.clone();
    let cell = move |place: usize, word: Say, text: Option<Signal<String>>, shape: Option<Shape>| {
        let metric = DAY_METRICS[place];
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        // A level is that of the day's end, a movement that of the whole day.
        match (metric.kind(), &next) {
            (domain::metric::MetricKind::Stock, Some(next)) => params.push(("at".to_owned(), next.clone())),
            (_, Some(next)) => {
                params.push(("from".to_owned(), from.clone()));
                params.push(("to".to_owned(), next.clone()));
            }
            (domain::metric::MetricKind::Stock, None) => {}
            (_, None) => params.push(("from".to_owned(), from.clone())),
        }
        let value = Signal::derive(move || day.with(|day| day.numbers[place]));
        let text = text.unwrap_or_else(|| Signal::derive(move || number::count(lang, value.get())));
        let class = move || match shape {
            Some(shape) if value.get() > 0 => shape.class(),
            Some(_) | None => "",
        };
        let label = format!("{said}, {}", word.to(lang));
        view! { <td class="number" data-label=word.to(lang)><span class=class><Num value params at label text=text/></span></td> }
    };
    let share = Signal::derive(move || {
        day.with(|day| number::share(lang, day.numbers[2], day.numbers[2] + day.numbers[3] + day.numbers[4]))
    });
    view! {
        <tr>
            <th scope="row" class="name">{name}</th>
            {cell(0, words::RECEIVED, None, None)}
            {cell(1, words::RESOLVED, None, None)}
            {cell(2, words::SHARE_IN_TIME, Some(share), None)}
            {cell(5, words::OPEN_AT_END, None, None)}
            {cell(6, words::OVERDUE, None, Some(Shape::Overdue))}
        </tr>
    }
}

fn read(table: &Table) -> Vec<Day> {
    let columns = DAY_METRICS.map(|metric| column(table, metric));
    let day = |row: &domain::wire::Row| {
        let start = row.first()?.as_text()?.to_owned();
        Some(Day { start, numbers: columns.map(|column| column.of(row)) })
    };
    table.rows.iter().filter_map(day).collect()
}

fn lines(lang: Lang, each: &[Day]) -> Days {
    let name = |day: &Day| {
        date::day(&day.start).map_or_else(|| day.start.clone(), |day| date::short_date(lang, day))
    };
    // Today is in the table: on the lines half a day would look like a fall.
    let each = each.split_last().map_or(each, |(_, whole)| whole);
    Days {
        names: each.iter().map(name).collect(),
        first: (words::RECEIVED.to(lang).to_owned(), each.iter().map(|day| day.numbers[0]).collect()),
        second: (words::RESOLVED.to(lang).to_owned(), each.iter().map(|day| day.numbers[1]).collect()),
        lang,
    }
}
