//! A period beside the one before it, row by row: what came in, what was done, how much of it in time, and
//! what was overdue when it ended. Both periods are whole days of the same number, so that like stands
//! beside like.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use domain::answer::Table;
use domain::intake::fold_text::searchable;
use domain::metric::Metric;
use leptos::prelude::*;

use super::Empty;
use super::num::Num;
use super::sort::{Sort, SortHead, Sorting, by_share};
use super::story_table::Rows;
use crate::address;
use crate::locale::use_lang;
use crate::table::{code, column};
use crate::text::{Lang, Say, compare, date, number, words};

/// How many rows stand before the fold.
const FIRST_ROWS: usize = 12;
/// The parameter of an address.
const COMPARE: &str = "compare";

/// The columns that the table can be sorted by.
pub const COMPARE_COLUMNS: [&str; 5] = ["name", "received", "resolved", "in_time", "overdue"];

/// What is summed over a period, in the order of its question.
pub const COMPARE_METRICS: [Metric; 5] = [
    Metric::Received,
    Metric::Resolved,
    Metric::ResolvedInTime,
    Metric::ResolvedExtended,
    Metric::ResolvedLate,
];

/// A number of whole days that ended with yesterday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(u32);

impl Period {
    /// Those that can be chosen.
    pub const ALL: [Self; 4] = [Self(1), Self(7), Self(30), Self(90)];

    /// The one that an address asks for.
    #[must_use]
    pub fn asked(search: &str) -> Option<Self> {
        let slug = address::value(&address::pairs(search), COMPARE)?;
        Self::ALL.into_iter().find(|period| period.param().1 == slug)
    }

    /// The parameter of an address.
    #[must_use]
    pub fn param(self) -> (String, String) {
        (COMPARE.to_owned(), format!("{}d", self.0))
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> Say {
        match self.0 {
            1 => compare::YESTERDAY,
            7 => compare::WEEK,
            30 => compare::MONTH,
            _ => compare::QUARTER,
        }
    }

    /// Its first day and the day after its last, then the same of the period before.
    #[must_use]
    pub fn bounds(self) -> [(String, String); 2] {
        let before = |days: u32| format!("today-{days}d");
        [(before(self.0), "today".to_owned()), (before(self.0 * 2), before(self.0))]
    }
}

/// One of the two periods as it was asked for and answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Its first day.
    pub from: String,
    /// The day after its last.
    pub to: String,
    /// [`COMPARE_METRICS`] over it, split by the key.
    pub flows: Table,
    /// `overdue` when it ended, split by the key.
    pub level: Table,
}

/// The numbers of a row in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Numbers {
    received: i64,
    resolved: i64,
    /// Resolved in time, of all that had a limit.
    in_time: (i64, i64),
    overdue: i64,
}

/// One row: the period, and the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Pair {
    code: Option<String>,
    now: Numbers,
    before: Numbers,
}

fn pairs(now: &Span, before: &Span, rows: &Rows, sort: Option<&Sort>) -> Vec<Pair> {
    let mut each: BTreeMap<Option<String>, Pair> = BTreeMap::new();
    let gathered = |code: Option<String>| code.map(|code| (rows.gather)(&code));
    for (span, is_now) in [(now, true), (before, false)] {
        let columns = COMPARE_METRICS.map(|metric| column(&span.flows, metric));
        let overdue = column(&span.level, Metric::Overdue);
        for row in &span.flows.rows {
            let pair = each.entry(gathered(code(row, 0))).or_default();
            let numbers = if is_now { &mut pair.now } else { &mut pair.before };
            let [received, resolved, in_time, extended, late] = columns.map(|column| column.of(row));
            numbers.received += received;
            numbers.resolved += resolved;
            numbers.in_time.0 += in_time;
            numbers.in_time.1 += in_time + extended + late;
        }
        for row in &span.level.rows {
            let pair = each.entry(gathered(code(row, 0))).or_default();
            let numbers = if is_now { &mut pair.now } else { &mut pair.before };
            numbers.overdue += overdue.of(row);
        }
    }
    let mut pairs: Vec<Pair> = each.into_iter().map(|(code, pair)| Pair { code, ..pair }).collect();
    let own = Sort { column: "received".to_owned(), descending: true };
    put_in_order(&mut pairs, &*rows.name, sort.unwrap_or(&own));
    pairs
}

fn put_in_order(pairs: &mut [Pair], name: &dyn Fn(&str) -> String, sort: &Sort) {
    if sort.column == "name" {
        pairs.sort_by_cached_key(|pair| pair.code.as_deref().map(|code| searchable(&name(code))));
        if sort.descending {
            pairs.reverse();
        }
    } else {
        pairs.sort_by(|a, b| sort.turn(by_column(&sort.column, &a.now, &b.now)));
    }
    // What has no code stands last in every order: nobody can be asked about it.
    pairs.sort_by_key(|pair| pair.code.is_none());
}

fn by_column(column: &str, a: &Numbers, b: &Numbers) -> Ordering {
    match column {
        "resolved" => a.resolved.cmp(&b.resolved),
        "in_time" => by_share(a.in_time, b.in_time),
        "overdue" => a.overdue.cmp(&b.overdue),
        _ => a.received.cmp(&b.received),
    }
}

/// The table.
#[component]
pub fn CompareTable(
    /// The period.
    now: Span,
    /// The one before.
    before: Span,
    /// Its rows.
    rows: Rows,
    /// Whether all rows are shown.
    is_whole: bool,
    /// The address of the same page with all rows.
    whole_href: String,
    /// The order of the rows.
    sorting: Sorting,
) -> impl IntoView {
    let lang = use_lang();
    let pairs = pairs(&now, &before, &rows, sorting.now.as_ref());
    if pairs.is_empty() {
        return view! { <Empty help=words::EMPTY_HERE/> }.into_any();
    }
    let more = (!is_whole && pairs.len() > FIRST_ROWS).then(|| {
        let all = number::count(lang, i64::try_from(pairs.len()).unwrap_or(i64::MAX));
        let text = format!("{} ({all})", words::ALL_ROWS.to(lang));
        view! { <p class="more"><a class="button" href=whole_href data-noscroll="">{text}</a></p> }
    });
    let limit = if is_whole { usize::MAX } else { FIRST_ROWS };
    let spans = compare::spans(lang, &days(lang, &now), &days(lang, &before));
    let heading = rows.heading.clone();
    let head = |column: &'static str, say: Say| {
        let label = say.to(lang).to_owned();
        view! { <SortHead sorting=sorting.clone() column class="number" label/> }
    };
    let bounds = [(now.from, now.to), (before.from, before.to)];
    let each: Vec<_> = pairs.into_iter().take(limit).map(|pair| row(lang, pair, &rows, &bounds)).collect();
    view! {
        <p class="aside">{spans}</p>
        <table class="stories compared">
            <thead>
                <tr>
                    <SortHead sorting=sorting.clone() column="name" class="name" label=heading is_word=true/>
                    {head("received", words::RECEIVED)}
                    {head("resolved", words::RESOLVED)}
                    {head("in_time", words::SHARE_IN_TIME)}
                    {head("overdue", compare::OVERDUE_AT_END)}
                </tr>
            </thead>
            <tbody>{each}</tbody>
        </table>
        {more}
    }
    .into_any()
}

fn row(lang: Lang, pair: Pair, rows: &Rows, bounds: &[(String, String); 2]) -> impl IntoView + use<> {
    let code = pair.code.as_deref();
    let name = code.map_or_else(|| words::NONE_GIVEN.to(lang).to_owned(), |code| (rows.name)(code));
    let code = code.unwrap_or_default();
    let params = (rows.params)(code);
    let asked = |metric: Metric, place: usize| {
        let ((from, to), mut params) = (bounds[place].clone(), params.clone());
        params.push(("metric".to_owned(), metric.name().to_owned()));
        if metric == Metric::Overdue {
            params.push(("at".to_owned(), to));
        } else {
            params.extend([("from".to_owned(), from), ("to".to_owned(), to)]);
        }
        params
    };
    let cell = |say: Say, metric: Metric, now: i64, before: i64| {
        let label = format!("{name}, {}", say.to(lang));
        view! {
            <td class="number" data-label=say.to(lang)>
                <Num value=now params=asked(metric, 0) label=label.clone()/>
                <span class="beside">
                    {compare::change(lang, now, before)} " · " {compare::BEFORE.to(lang)}
                    <Num value=before params=asked(metric, 1) label/>
                </span>
            </td>
        }
    };
    let (now, before) = (pair.now, pair.before);
    let said = format!("{name}, {}", words::SHARE_IN_TIME.to(lang));
    let share = |place: usize, (part, whole): (i64, i64)| {
        let text = Signal::stored(number::share(lang, part, whole));
        view! { <Num value=part params=asked(Metric::ResolvedInTime, place) label=said.clone() text=text/> }
    };
    let title = match (rows.href)(code) {
        Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
        None => view! { <span>{name.clone()}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="name">{title}</th>
            {cell(words::RECEIVED, Metric::Received, now.received, before.received)}
            {cell(words::RESOLVED, Metric::Resolved, now.resolved, before.resolved)}
            <td class="number" data-label=words::SHARE_IN_TIME.to(lang)>
                {share(0, now.in_time)}
                <span class="beside">
                    {compare::share_change(lang, now.in_time, before.in_time)} " · " {compare::BEFORE.to(lang)}
                    {share(1, before.in_time)}
                </span>
            </td>
            {cell(compare::OVERDUE_AT_END, Metric::Overdue, now.overdue, before.overdue)}
        </tr>
    }
}

/// The days of a period, its last one included.
fn days(lang: Lang, span: &Span) -> String {
    let last = date::day(&span.to).and_then(|day| day.yesterday().ok());
    match (date::day(&span.from), last) {
        (Some(first), Some(last)) if first == last => date::short_date(lang, first),
        (Some(first), Some(last)) => {
            format!("{} – {}", date::short_date(lang, first), date::short_date(lang, last))
        }
        _ => format!("{} – {}", span.from, span.to),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_period_is_read_from_an_address_and_stands_beside_as_many_days() {
        for period in Period::ALL {
            let search = address::search(&[period.param()]);
            assert_eq!(Period::asked(&search), Some(period));
        }
        assert_eq!(Period::asked("compare=8d"), None);
        assert_eq!(Period::asked("by=field"), None);
        let own = |text: &str| text.to_owned();
        let [now, before] = Period(7).bounds();
        assert_eq!(now, (own("today-7d"), own("today")));
        assert_eq!(before, (own("today-14d"), own("today-7d")));
    }

    fn span(flows: &[(&str, [i64; 5])], level: &[(&str, i64)]) -> Span {
        let columns = |metrics: &[Metric]| {
            let names = metrics.iter().map(|metric| metric.name().to_owned());
            std::iter::once("agency".to_owned()).chain(names).collect()
        };
        let flow = |(code, numbers): &(&str, [i64; 5])| {
            std::iter::once((*code).into()).chain(numbers.map(domain::Value::Int)).collect()
        };
        Span {
            from: "2026-11-16".into(),
            to: "2026-11-23".into(),
            flows: Table {
                columns: columns(&COMPARE_METRICS),
                rows: flows.iter().map(flow).collect(),
                ..Table::default()
            },
            level: Table {
                columns: columns(&[Metric::Overdue]),
                rows: level.iter().map(|(code, n)| vec![(*code).into(), domain::Value::Int(*n)]).collect(),
                ..Table::default()
            },
        }
    }

    #[test]
    fn each_row_has_both_periods_even_where_it_was_in_one_alone() {
        let now = span(&[("A.1", [3, 2, 1, 0, 1]), ("A.2", [4, 0, 0, 0, 0])], &[("A.1", 2)]);
        let before = span(&[("B", [9, 8, 7, 1, 0])], &[("A.2", 5)]);
        let rows = Rows {
            heading: String::new(),
            gather: Arc::new(|code| code.split('.').next().unwrap_or_default().to_owned()),
            name: Arc::new(str::to_owned),
            href: Arc::new(|_| None),
            params: Arc::new(|_| Vec::new()),
        };
        let got = pairs(&now, &before, &rows, None);
        let a = Pair {
            code: Some("A".into()),
            now: Numbers { received: 7, resolved: 2, in_time: (1, 2), overdue: 2 },
            before: Numbers { overdue: 5, ..Numbers::default() },
        };
        let b = Pair {
            code: Some("B".into()),
            now: Numbers::default(),
            before: Numbers { received: 9, resolved: 8, in_time: (7, 8), overdue: 0 },
        };
        assert_eq!(got, [a, b]);
        let by_name = Sort { column: "name".into(), descending: true };
        let got = pairs(&now, &before, &rows, Some(&by_name));
        assert_eq!(got.iter().map(|pair| pair.code.as_deref()).collect::<Vec<_>>(), [Some("B"), Some("A")]);
    }
}
