//! Day by day: what came in, what was resolved, how much of it in time, and what stood open at each
//! day's end.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use leptos::prelude::*;

use super::Empty;
use super::mark::Shape;
use super::num::{Num, Params};
use super::sort::{Sort, SortHead, Sorting, by_share};
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

/// The columns that the table can be sorted by.
pub const DAY_COLUMNS: [&str; 6] = ["day", "received", "resolved", "in_time", "open", "overdue"];

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
    /// The order of the rows.
    sorting: Sorting,
) -> impl IntoView {
    let lang = use_lang();
    let each = Memo::new(move |_| table.with(|table| read(table)));
    let at = Memo::new(move |_| table.with(|table| table.at.clone()));
    let drawing = Signal::derive(move || each.with(|each| days(&lines(lang, each))));
    // A day that is over is another row than the same day while it was today's.
    let of = StoredValue::new(sorting);
    let rows = move || {
        let today = at.with(|at| date::day(at));
        let row = |day: &Day| (day.start.clone(), date::day(&day.start) == today);
        let sort = of.with_value(|sorting| sorting.now.clone());
        each.with(|each| in_order(each, sort.as_ref()).into_iter().map(row).collect::<Vec<_>>())
    };
    let label = format!("{}, {}", words::RECEIVED.to(lang), words::RESOLVED.to(lang));
    let params = StoredValue::new(params);
    view! {
        <Show when=move || each.with(|each| !each.is_empty()) fallback=|| view! { <Empty/> }>
            <Figure drawing class="days" label=Signal::stored(label.clone())/>
            <table class="stories days">
                <thead>
                    <tr>
                        <SortHead sorting=of.get_value() column="day" class="name" label=words::DAY.to(lang).to_owned()/>
                        <SortHead sorting=of.get_value() column="received" class="number" label=words::RECEIVED.to(lang).to_owned()/>
                        <SortHead sorting=of.get_value() column="resolved" class="number" label=words::RESOLVED.to(lang).to_owned()/>
                        <SortHead sorting=of.get_value() column="in_time" class="number" label=words::SHARE_IN_TIME.to(lang).to_owned()/>
                        <SortHead sorting=of.get_value() column="open" class="number" label=words::OPEN_AT_END.to(lang).to_owned()/>
                        <SortHead sorting=of.get_value() column="overdue" class="number" label=words::OVERDUE.to(lang).to_owned() sign="■" title=words::OVERDUE.to(lang)/>
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

/// The days in an order, without one the newest first; equal days keep that.
fn in_order<'a>(each: &'a [Day], sort: Option<&Sort>) -> Vec<&'a Day> {
    let mut days: Vec<&Day> = each.iter().rev().collect();
    let Some(sort) = sort else { return days };
    let share = |day: &Day| (day.numbers[2], day.numbers[2] + day.numbers[3] + day.numbers[4]);
    days.sort_by(|a, b| {
        let number = |place: usize| a.numbers[place].cmp(&b.numbers[place]);
        sort.turn(match sort.column.as_str() {
            "received" => number(0),
            "resolved" => number(1),
            "in_time" => by_share(share(a), share(b)),
            "open" => number(5),
            "overdue" => number(6),
            _ => a.start.cmp(&b.start),
        })
    });
    days
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sort: Option<(&str, bool)>, want: [&str; 3]) {
        let day = |start: &str, numbers| Day { start: start.into(), numbers };
        let each = [
            day("1", [5, 1, 1, 0, 0, 3, 0]),
            day("2", [7, 2, 1, 1, 0, 9, 0]),
            day("3", [5, 3, 0, 0, 3, 6, 1]),
        ];
        let sort = sort.map(|(column, descending)| Sort { column: column.into(), descending });
        let got: Vec<&str> = in_order(&each, sort.as_ref()).iter().map(|day| day.start.as_str()).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn days_stand_newest_first_or_in_the_order_of_a_column() {
        check(None, ["3", "2", "1"]);
        check(Some(("day", false)), ["1", "2", "3"]);
        check(Some(("received", true)), ["2", "3", "1"]);
        check(Some(("received", false)), ["3", "1", "2"]);
        check(Some(("in_time", true)), ["1", "2", "3"]);
        check(Some(("open", true)), ["2", "3", "1"]);
        check(Some(("overdue", true)), ["3", "2", "1"]);
    }
}
