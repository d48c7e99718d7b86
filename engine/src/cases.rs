//! The cases themselves: which ones stand so, in pages, and one line of each.

mod search;

use std::cmp::Ordering;

use domain::Timestamp;
use domain::answer::{CasePage, CaseRow};
use domain::case::{Case, CaseIx, Measure, Point, Segment, Timeline};
use domain::clock::Clock;
use domain::dimension::Dimension;
use domain::query::Query;
use domain::symbol::{Sym, Symbols};
use jiff::tz::TimeZone;

use crate::cube::Frozen;
use crate::cursor::Cursor;
use crate::error::QueryError;
use crate::filter::Filter;
use crate::view::View;
use search::Search;

/// How many cases a page has unless told.
const PAGE: u32 = 100;
/// The most cases on a page.
const LARGEST_PAGE: u32 = 1_000;
/// The name of the rule where the source itself states the limit.
const RULE_OF_SOURCE: &str = "source";

/// Which cases, in which order, and where in the list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Filters, cells and instants; `from` and `to` bound `received_at`. No metrics, no groups.
    pub query: Query,
    /// Words, all of which the case has: in its code, its text, or the names of its unit, field and
    /// place in any language; with or without diacritics.
    pub q: Option<String>,
    /// `received_at`, `due` or `case`, with a leading `-` for descending; `-received_at` if none.
    pub sort: Option<String>,
    /// How many on a page: 100 unless told, at most 1,000.
    pub limit: Option<u32>,
    /// The next page of an earlier answer.
    pub cursor: Option<String>,
}

/// Lists the cases that stand so at the question's instant. Pages after the first are of the state
/// of the first, whatever happened since.
///
/// # Errors
/// [`QueryError::Bad`] names the parameter at fault.
pub fn list_cases(frozen: &Frozen, filter: &CaseFilter) -> Result<CasePage, QueryError> {
    check(&filter.query)?;
    let sort = Sort::read(filter.sort.as_deref())?;
    let limit = filter.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(QueryError::bad("limit", "is not a number from 1 to 1000"));
    }
    let question = format!("cases {:?} {:?} {sort:?}", filter.query, filter.q);
    let cursor = Cursor::read(frozen, filter.cursor.as_deref(), &question)?;
    let view = View::pinned(frozen, cursor.seq, cursor.at, filter.query.known_at, filter.query.rules)?;
    let at = instant(&view, &filter.query)?;

    let mut found = matching(&view, filter, sort, at)?;
    let total = found.len();
    let end = cursor.offset.saturating_add(limit as usize).min(total);
    let page = sort.page(&view, &mut found, cursor.offset, end);
    let state = view.state();
    let cases = page
        .iter()
        .filter_map(|(_, ix)| row_at(state.symbols(), &state.city().zone, view.case(*ix)?, at))
        .collect();
    let next = (end < total).then(|| Cursor { offset: end, ..cursor }.show(&question));
    Ok(CasePage { seq: view.seq(), at: view.show(at), total: total as u64, cases, next })
}

/// One line of a case as it stands at the frozen state; `None` before it was received.
#[must_use]
pub fn case_row(frozen: &Frozen, case: &Case) -> Option<CaseRow> {
    let state = frozen.state();
    row_at(state.symbols(), &state.city().zone, case, state.at())
}

fn check(query: &Query) -> Result<(), QueryError> {
    let no_meaning = |parameter| Err(QueryError::bad(parameter, "has no meaning for a list of cases"));
    if !query.metrics.is_empty() {
        return no_meaning("metric");
    }
    if !query.group_by.is_empty() {
        return no_meaning("group_by");
    }
    if query.bucket.is_some() {
        return no_meaning("bucket");
    }
    if query.res.is_some() {
        return no_meaning("res");
    }
    Ok(())
}

/// The instant at which cases are looked at.
pub(crate) fn instant(view: &View<'_>, query: &Query) -> Result<Timestamp, QueryError> {
    match query.at {
        Some(at) if at > view.at() => {
            let what = format!("lies ahead of the numbers, which stand at {}", view.show(view.at()));
            Err(QueryError::bad("at", what))
        }
        at => Ok(at.unwrap_or(view.at())),
    }
}

fn matching(
    view: &View<'_>,
    asked: &CaseFilter,
    sort: Sort,
    at: Timestamp,
) -> Result<Vec<(i64, CaseIx)>, QueryError> {
    let query = &asked.query;
    let city = view.state().city();
    let filter = Filter::new(city, view.state().symbols(), query)?;
    let search = Search::new(asked.q.as_deref(), view.state().symbols(), &city.catalogue);
    let (from, to) = (query.from.unwrap_or(Timestamp::MIN), query.to.unwrap_or(Timestamp::MAX));
    let open_alone = asks_of_open_cases(query);
    let found = view.cases().filter_map(|(ix, case)| {
        let timeline = case.timeline.as_ref()?;
        let segment = timeline.at(at)?;
        let asked = timeline.received_at >= from
            && timeline.received_at < to
            && (segment.open || !open_alone)
            && filter.matches_place(&dims_at(timeline, segment, at), segment.attrs.point)
            && search.as_ref().is_none_or(|search| search.finds(case, &segment.attrs));
        asked.then(|| (sort.key(timeline, segment, at), ix))
    });
    Ok(found.collect())
}

/// Whether only open cases are meant: who asks for the overdue means those behind that number, and
/// who wants the cases that were resolved late says so by their status.
fn asks_of_open_cases(query: &Query) -> bool {
    let asked = |dimension| query.filter.iter().any(|(other, _)| *other == dimension);
    asked(Dimension::Timeliness) && !asked(Dimension::Status)
}

/// The codes of a case as it stands, timeliness included.
fn dims_at(timeline: &Timeline, segment: &Segment, at: Timestamp) -> [Sym; Dimension::COUNT] {
    let mut dims = segment.attrs.dims;
    dims[Dimension::Timeliness.index()] = timeliness_at(timeline, segment, at);
    dims
}

/// How a case stands in its limit; once it is resolved, how its resolution stood; else none.
fn timeliness_at(timeline: &Timeline, segment: &Segment, at: Timestamp) -> Sym {
    if segment.open {
        return segment.timeliness_at(at).sym();
    }
    resolution(timeline, segment, at).map_or(Sym::NONE, |resolved| resolved.attrs.code(Dimension::Timeliness))
}

/// What a list is sorted by; cases that are equal in it follow their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sort {
    by: By,
    descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    ReceivedAt,
    Due,
    Code,
}

impl Sort {
    fn read(text: Option<&str>) -> Result<Self, QueryError> {
        let text = text.unwrap_or("-received_at");
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let by = match name {
            "received_at" => By::ReceivedAt,
            "due" => By::Due,
            "case" => By::Code,
            _ => {
                return Err(QueryError::bad(
                    "sort",
                    "is none of received_at, due, case, with or without a leading -",
                ));
            }
        };
        Ok(Self { by, descending })
    }

    /// Ascending in the asked order. Cases without a due instant come last either way.
    fn key(self, timeline: &Timeline, segment: &Segment, at: Timestamp) -> i64 {
        let instant = match self.by {
            By::ReceivedAt => Some(timeline.received_at),
            By::Due => limit(timeline, segment, at).map(|clock| clock.governing_due()),
            By::Code => Some(Timestamp::default()),
        };
        let sign = if self.descending { -1 } else { 1 };
        instant.map_or(i64::MAX, |instant| sign * instant.micros())
    }

    /// The lines from `begin` to `end`, sorted; only as much is sorted as the page needs.
    fn page<'f>(
        self,
        view: &View<'_>,
        found: &'f mut [(i64, CaseIx)],
        begin: usize,
        end: usize,
    ) -> &'f [(i64, CaseIx)] {
        let compare = |a: &(i64, CaseIx), b: &(i64, CaseIx)| {
            a.0.cmp(&b.0).then_with(|| self.compare_codes(view, a.1, b.1))
        };
        if begin >= end {
            return &[];
        }
        if end < found.len() {
            found.select_nth_unstable_by(end, compare);
        }
        let head = &mut found[..end];
        head.sort_unstable_by(compare);
        &head[begin..]
    }

    fn compare_codes(self, view: &View<'_>, a: CaseIx, b: CaseIx) -> Ordering {
        let code = |ix| view.case(ix).map(|case| &case.code);
        let order = code(a).cmp(&code(b));
        if self.by == By::Code && self.descending { order.reverse() } else { order }
    }
}

fn row_at(symbols: &Symbols, zone: &TimeZone, case: &Case, at: Timestamp) -> Option<CaseRow> {
    let timeline = case.timeline.as_ref()?;
    let segment = timeline.at(at)?;
    let code = |dimension| symbols.name(segment.attrs.code(dimension)).map(|name| name.to_string());
    let resolved = resolution(timeline, segment, at);
    let clock = limit(timeline, segment, at);
    let mut flags: Vec<String> = timeline.flags.iter().map(|flag| flag.name().to_owned()).collect();
    flags.dedup();
    Some(CaseRow {
        case: case.code.to_string(),
        kind: code(Dimension::Kind).unwrap_or_default(),
        status: code(Dimension::Status).unwrap_or_default(),
        received_at: timeline.received_at.to_rfc3339(zone),
        field: code(Dimension::Field),
        channel: code(Dimension::Channel),
        severity: code(Dimension::Severity),
        content_group: code(Dimension::ContentGroup).and_then(|group| group.parse().ok()),
        agency: code(Dimension::Agency),
        district: code(Dimension::District),
        ward: code(Dimension::Ward),
        point: segment.attrs.point,
        timeliness: symbols.name(timeliness_at(timeline, segment, at)).map(|name| name.to_string()),
        due_soon: clock.filter(|_| segment.open).map(|clock| clock.due_soon_at.to_rfc3339(zone)),
        due: clock.map(|clock| clock.governing_due().to_rfc3339(zone)),
        rule: clock.map(|clock| {
            symbols.name(clock.rule).map_or_else(|| RULE_OF_SOURCE.to_owned(), |rule| rule.to_string())
        }),
        resolved_at: resolved.map(|resolved| resolved.at.to_rfc3339(zone)),
        flags,
        title: None,
    })
}

/// The limit that a case runs against, or was resolved against. Of one that ended otherwise none was
/// judged.
fn limit(timeline: &Timeline, segment: &Segment, at: Timestamp) -> Option<Clock> {
    if segment.open {
        return segment.clock;
    }
    // What a source says of the limit afterwards judges no more.
    let resolved = resolution(timeline, segment, at)?;
    timeline.at(resolved.at).or(timeline.segments.first())?.clock
}

/// The latest resolution that stands at `at`: none while the case is open, and none that a
/// reopening has undone.
fn resolution<'t>(timeline: &'t Timeline, segment: &Segment, at: Timestamp) -> Option<&'t Point> {
    if segment.open {
        return None;
    }
    let latest = |measure| {
        let flows = timeline.flows.iter().filter(move |flow| flow.measure == measure && flow.since <= at);
        flows.max_by_key(|flow| flow.at)
    };
    let resolved = latest(Measure::Resolved)?;
    // At one and the same instant the fold knows which came last.
    let undone = latest(Measure::Reopened).is_some_and(|reopened| {
        reopened.at > resolved.at || (reopened.at == resolved.at && timeline.resolved_at != Some(resolved.at))
    });
    (!undone).then_some(resolved)
}
