//! One table whose rows are a whole story each: how the open cases stand, how many are close to
//! their limit or past it, how many were resolved in time, and how the fortnight went.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::answer::Table;
use domain::intake::fold_text::searchable;
use domain::metric::Metric;
use leptos::prelude::*;

use super::Empty;
use super::bar::TimelinessBar;
use super::mark::Shape;
use super::num::{Num, Params};
use super::sort::{Sort, SortHead, Sorting, by_share};
use crate::chart::{Figure, Paint, Split, spark};
use crate::locale::use_lang;
use crate::table::{code, column};
use crate::text::{Say, number, words};

/// What a table asks of its page for a code.
pub type ByCode<T> = Arc<dyn Fn(&str) -> T + Send + Sync>;

/// How many rows stand before the fold.
const FIRST_ROWS: usize = 12;

/// The columns that the table can be sorted by.
pub const STORY_COLUMNS: [&str; 7] = ["name", "split", "open", "due_soon", "overdue", "in_time", "received"];

/// The answers that the rows are made of, all split by the same key.
#[derive(Clone, Copy)]
pub struct Tables {
    /// `open`, `in_time`, `due_soon`, `overdue`, `no_deadline`.
    pub stock: Signal<Arc<Table>>,
    /// `resolved_in_time`, `resolved_extended`, `resolved_late` of 30 days.
    pub resolved: Signal<Arc<Table>>,
    /// `received` by day of the last fourteen whole days: the bucket, then the key. Today is left out:
    /// half a day would look like a fall.
    pub fortnight: Signal<Arc<Table>>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowStory {
    /// Its code; `None` for the cases that have none.
    pub code: Option<String>,
    /// How its open cases stand.
    pub split: Split,
    /// Resolved in time, of all resolved that had a limit, in 30 days.
    pub in_time: (i64, i64),
    /// Received a day, oldest first.
    pub fortnight: Vec<i64>,
}

impl Tables {
    /// The rows in an order, without one the most overdue first; `gather` says which row a code belongs
    /// to, `name` what people read for it.
    #[must_use]
    pub fn stories(
        self,
        gather: &dyn Fn(&str) -> String,
        name: &dyn Fn(&str) -> String,
        sort: Option<&Sort>,
    ) -> Vec<RowStory> {
        let mut stories = Stories { by_code: BTreeMap::new(), gather };
        self.stock.with(|table| add_stock(&mut stories, table));
        self.resolved.with(|table| add_resolved(&mut stories, table));
        self.fortnight.with(|table| add_fortnight(&mut stories, table));
        let stories = stories.by_code;
        let mut stories: Vec<RowStory> =
            stories.into_iter().map(|(code, story)| RowStory { code, ..story }).collect();
        stories.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.code.cmp(&b.code)));
        if let Some(sort) = sort {
            put_in_order(&mut stories, name, sort);
        }
        stories
    }
}

/// Rows that are equal in the column keep the table's own order.
fn put_in_order(stories: &mut [RowStory], name: &dyn Fn(&str) -> String, sort: &Sort) {
    if sort.column == "name" {
        // By the letters that a reader searches by, marks apart.
        stories.sort_by_cached_key(|story| story.code.as_deref().map(|code| searchable(&name(code))));
        if sort.descending {
            stories.reverse();
        }
    } else {
        stories.sort_by(|a, b| sort.turn(by_column(&sort.column, a, b)));
    }
    // What has no code stands last in every order: nobody can be asked about it.
    stories.sort_by_key(|story| story.code.is_none());
}

fn by_column(column: &str, a: &RowStory, b: &RowStory) -> Ordering {
    let received = |story: &RowStory| story.fortnight.iter().sum::<i64>();
    match column {
        "split" => by_share((a.split.overdue, a.split.open()), (b.split.overdue, b.split.open())),
        "open" => a.split.open().cmp(&b.split.open()),
        "due_soon" => a.split.due_soon.cmp(&b.split.due_soon),
        "overdue" => a.split.overdue.cmp(&b.split.overdue),
        "in_time" => by_share(a.in_time, b.in_time),
        _ => received(a).cmp(&received(b)),
    }
}

fn rank(story: &RowStory) -> (bool, i64, i64, i64) {
    // What has no code stands last: nobody can be asked about it.
    (story.code.is_some(), story.split.overdue, story.split.due_soon, story.split.open())
}

/// The rows while they are gathered.
struct Stories<'a> {
    by_code: BTreeMap<Option<String>, RowStory>,
    gather: &'a dyn Fn(&str) -> String,
}

impl Stories<'_> {
    /// The row that a code belongs to.
    fn of(&mut self, code: Option<String>) -> &mut RowStory {
        self.by_code.entry(code.map(|code| (self.gather)(&code))).or_default()
    }
}

fn add_stock(stories: &mut Stories<'_>, table: &Table) {
    let [in_time, no_deadline, due_soon, overdue] =
        [Metric::InTime, Metric::NoDeadline, Metric::DueSoon, Metric::Overdue]
            .map(|metric| column(table, metric));
    for row in &table.rows {
        let split = &mut stories.of(code(row, 0)).split;
        split.in_time += in_time.of(row);
        split.no_deadline += no_deadline.of(row);
        split.due_soon += due_soon.of(row);
        split.overdue += overdue.of(row);
    }
}

fn add_resolved(stories: &mut Stories<'_>, table: &Table) {
    let [in_time, extended, late] = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate]
        .map(|metric| column(table, metric));
    for row in &table.rows {
        let all = in_time.of(row) + extended.of(row) + late.of(row);
        let share = &mut stories.of(code(row, 0)).in_time;
        *share = (share.0 + in_time.of(row), share.1 + all);
    }
}

fn add_fortnight(stories: &mut Stories<'_>, table: &Table) {
    let received = column(table, Metric::Received);
    let mut days: Vec<&str> = table.rows.iter().filter_map(|row| row.first()?.as_text()).collect();
    days.dedup();
    for row in &table.rows {
        let Some(place) =
            row.first().and_then(|day| days.iter().position(|other| Some(*other) == day.as_text()))
        else {
            continue;
        };
        let story = stories.of(code(row, 1));
        story.fortnight.resize(days.len(), 0);
        story.fortnight[place] += received.of(row);
    }
}

/// How a row's code is named, where it leads, and what its numbers ask.
#[derive(Clone)]
pub struct Rows {
    /// The heading of the first column.
    pub heading: String,
    /// The row that a code of an answer belongs to.
    pub gather: ByCode<String>,
    /// What people read for a row's code.
    pub name: ByCode<String>,
    /// Where a row leads. Here and below an empty code stands for the cases that have none.
    pub href: ByCode<Option<String>>,
    /// The parameters that select a row within what the page is about.
    pub params: ByCode<Params>,
}

/// The table.
#[component]
pub fn StoryTable(
    /// Its answers.
    tables: Tables,
    /// Its rows.
    rows: Rows,
    /// Whether all rows are shown from the first.
    is_whole: bool,
    /// The address of the same page with all rows.
    whole_href: String,
    /// The order of the rows.
    sorting: Sorting,
) -> impl IntoView {
    let lang = use_lang();
    let gather = rows.gather.clone();
    let (name, sort) = (rows.name.clone(), sorting.now.clone());
    let stories = Memo::new(move |_| tables.stories(&*gather, &*name, sort.as_ref()));
    let full = Memo::new(move |_| {
        stories.with(|stories| stories.iter().map(|story| story.split.open()).max().unwrap_or(0))
    });
    let at = Memo::new(move |_| tables.stock.with(|table| table.at.clone()));
    let shown = move || {
        let limit = if is_whole { usize::MAX } else { FIRST_ROWS };
        stories.with(|stories| stories.iter().take(limit).map(|story| story.code.clone()).collect::<Vec<_>>())
    };
    let has_more = move || !is_whole && stories.with(|stories| stories.len() > FIRST_ROWS);
    let more_text = move || {
        format!(
            "{} ({})",
            words::ALL_ROWS.to(lang),
            number::count(lang, stories.with(|stories| i64::try_from(stories.len()).unwrap_or(i64::MAX)))
        )
    };
    let heading = rows.heading.clone();
    let of = StoredValue::new(sorting);
    let rows = StoredValue::new(rows);
    view! {
        <Show when=move || stories.with(|stories| !stories.is_empty()) fallback=|| view! { <Empty help=words::EMPTY_HERE/> }>
            <table class="stories">
                <thead>
                    <tr>
                        <SortHead sorting=of.get_value() column="name" class="name" label=heading.clone() is_word=true/>
                        <SortHead sorting=of.get_value() column="split" class="split" label=words::TIMELINESS_BAR.to(lang).to_owned() title=words::SORT_BY_OVERDUE_SHARE.to(lang)/>
                        <SortHead sorting=of.get_value() column="open" class="number" label=words::OPEN_SHORT.to(lang).to_owned() title=words::OPEN.to(lang)/>
                        <SortHead sorting=of.get_value() column="due_soon" class="number" label=words::DUE_SOON.to(lang).to_owned() sign="▲" title=words::DUE_SOON.to(lang)/>
                        <SortHead sorting=of.get_value() column="overdue" class="number" label=words::OVERDUE.to(lang).to_owned() sign="■" title=words::OVERDUE.to(lang)/>
                        <SortHead sorting=of.get_value() column="in_time" class="number" label=words::SHARE_IN_TIME.to(lang).to_owned() title=words::SHARE_IN_TIME_SPAN.to(lang)/>
                        <SortHead sorting=of.get_value() column="received" class="spark" label=words::FORTNIGHT.to(lang).to_owned() title=words::FORTNIGHT_LONG.to(lang)/>
                        <th scope="col" class="go"><span class="unseen">{words::MORE.to(lang)}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=shown key=Clone::clone let(code)>
                        <StoryRow code rows=rows.get_value() stories full at/>
                    </For>
                </tbody>
            </table>
        </Show>
        <Show when=has_more>
            <p class="more"><a class="button" href=whole_href.clone() data-noscroll="">{more_text}</a></p>
        </Show>
    }
}

#[component]
fn StoryRow(
    code: Option<String>,
    rows: Rows,
    stories: Memo<Vec<RowStory>>,
    full: Memo<i64>,
    at: Memo<String>,
) -> impl IntoView {
    let lang = use_lang();
    let name =
        code.as_deref().map_or_else(|| words::NONE_GIVEN.to(lang).to_owned(), |code| (rows.name)(code));
    let href = (rows.href)(code.as_deref().unwrap_or_default());
    let params = (rows.params)(code.as_deref().unwrap_or_default());
    let key = code.clone();
    let story = Memo::new(move |_| {
        stories.with(|stories| stories.iter().find(|story| story.code == key).cloned().unwrap_or_default())
    });
    let split = Memo::new(move |_| story.with(|story| story.split));
    let cell = |metric: Metric, label: Say, shape: Option<Shape>, value: Signal<i64>| {
        let said = format!("{name}, {}", label.to(lang));
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        view! { <PlainNum value params at said shape/> }
    };
    let open = cell(Metric::Open, words::OPEN, None, Signal::derive(move || split.get().open()));
    let due_soon = cell(
        Metric::DueSoon,
        words::DUE_SOON,
        Some(Shape::DueSoon),
        Signal::derive(move || split.get().due_soon),
    );
    let overdue = cell(
        Metric::Overdue,
        words::OVERDUE,
        Some(Shape::Overdue),
        Signal::derive(move || split.get().overdue),
    );
    let in_time = Memo::new(move |_| story.with(|story| story.in_time));
    let fortnight = Signal::derive(move || story.with(|story| spark(&story.fortnight, Paint::Line, true)));
    let share_text = Signal::derive(move || {
        let (part, whole) = in_time.get();
        number::share(lang, part, whole)
    });
    let mut share_params = params.clone();
    share_params.push(("metric".to_owned(), Metric::ResolvedInTime.name().to_owned()));
    share_params.push(("from".to_owned(), "today-29d".to_owned()));
    let share_said = format!("{name}, {}", words::SHARE_IN_TIME_SPAN.to(lang));
    let title = match href.clone() {
        Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
        None => view! { <span>{name.clone()}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="name">{title}</th>
            <td class="split"><TimelinessBar split=split full=full/></td>
            <td class="number" data-label=words::OPEN.to(lang)>{open}</td>
            <td class="number" data-label=words::DUE_SOON.to(lang)>{due_soon}</td>
            <td class="number" data-label=words::OVERDUE.to(lang)>{overdue}</td>
            <td class="number" data-label=words::SHARE_IN_TIME.to(lang)>
                <Num value=Signal::derive(move || in_time.get().0) params=share_params at label=share_said text=share_text/>
            </td>
            <td class="spark"><Figure drawing=fortnight class="line-small"/></td>
            <td class="go">{href.map(|href| view! { <a href=href tabindex="-1" aria-hidden="true">"›"</a> })}</td>
        </tr>
    }
}

/// A number in a cell: its column's heading says what it is, so it has no sign of its own.
#[component]
fn PlainNum(
    value: Signal<i64>,
    params: Params,
    at: Memo<String>,
    said: String,
    shape: Option<Shape>,
) -> impl IntoView {
    let class = move || match shape {
        Some(shape) if value.get() > 0 => shape.class(),
        Some(_) | None => "",
    };
    view! { <span class=class><Num value params at label=said/></span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(code: Option<&str>, overdue: i64, in_time: i64, judged: (i64, i64)) -> RowStory {
        let split = Split { in_time, no_deadline: 0, due_soon: 0, overdue };
        let code = code.map(str::to_owned);
        RowStory { code, split, in_time: judged, fortnight: vec![overdue, in_time] }
    }

    #[track_caller]
    fn check(column: &str, descending: bool, want: &str) {
        let mut stories = vec![
            story(Some("a"), 9, 91, (1, 2)),
            story(Some("b"), 5, 0, (2, 4)),
            story(Some("c"), 7, 7, (0, 0)),
            story(None, 99, 1, (9, 9)),
        ];
        let name = |code: &str| match code {
            "a" => "Đường".to_owned(),
            "b" => "Ánh sáng".to_owned(),
            _ => "Điện".to_owned(),
        };
        put_in_order(&mut stories, &name, &Sort { column: column.into(), descending });
        let got: String = stories.iter().map(|story| story.code.as_deref().unwrap_or("-")).collect();
        assert_eq!(got, want, "{column}");
    }

    #[test]
    fn rows_stand_in_the_order_of_a_column_and_what_has_no_code_last() {
        check("name", false, "bca-");
        check("name", true, "acb-");
        check("split", true, "bca-");
        check("open", true, "acb-");
        check("overdue", true, "acb-");
        check("overdue", false, "bca-");
        check("in_time", true, "abc-");
        check("in_time", false, "cab-");
        check("received", true, "acb-");
    }
}
