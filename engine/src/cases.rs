//! The cases themselves: which ones stand so, in pages, and one line of each.

mod search;

use std::cmp::Ordering;

use domain::Timestamp;
use domain::answer::{CasePage, CaseRow};
use domain::case::{Case, CaseIx, Measure, Segment, Timeline};
use domain::clock::Timeliness;
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
    let view = View::pinned(frozen, cursor.seq, cursor.at, filter.query.known_at)?;
    let at = instant(&view, &filter.query)?;

    let mut found = matching(&view, filter, sort, at)?;
    let total = found.len();
    let end = cursor.offset.saturating_add(limit as usize).min(total);
    let page = sort.page(&view, &mut found, cursor.offset, end);
    let state = view.state();
    let cases = page
        .iter()
        .filter_map(|(_, ix)| {
            row_at(state.symbols(), &state.city().zone, view.case(*ix)?, at, state.city().due_soon_percent)
        })
        .collect();
    let next = (end < total).then(|| Cursor { offset: end, ..cursor }.show(&question));
    Ok(CasePage { seq: view.seq(), at: view.show(at), total: total as u64, cases, next })
}

/// One line of a case as it stands at the frozen state; `None` before it was received.
#[must_use]
pub fn case_row(frozen: &Frozen, case: &Case) -> Option<CaseRow> {
    let state = frozen.state();
    row_at(state.symbols(), &state.city().zone, case, state.at(), state.city().due_soon_percent)
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
    let found = view.cases().filter_map(|(ix, case)| {
        let timeline = case.timeline.as_ref()?;
        let segment = timeline.at(at)?;
        let asked = timeline.received_at >= from
            && timeline.received_at < to
            && filter.matches_place(&dims_at(segment, at, city.due_soon_percent), segment.attrs.point)
            && search.as_ref().is_none_or(|search| search.finds(case, &segment.attrs));
        asked.then(|| (sort.key(timeline, segment), ix))
    });
    Ok(found.collect())
}

/// The codes of a case as it stands, timeliness included; it has none once it is not open.
fn dims_at(segment: &Segment, at: Timestamp, percent: u8) -> [Sym; Dimension::COUNT] {
    let mut dims = segment.attrs.dims;
    dims[Dimension::Timeliness.index()] =
        timeliness_at(segment, at, percent).map_or(Sym::NONE, Timeliness::sym);
    dims
}

fn timeliness_at(segment: &Segment, at: Timestamp, percent: u8) -> Option<Timeliness> {
    segment.open.then(|| segment.timeliness_at(at, percent))
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
    fn key(self, timeline: &Timeline, segment: &Segment) -> i64 {
        let instant = match self.by {
            By::ReceivedAt => Some(timeline.received_at),
            By::Due => segment.clock.filter(|_| segment.open).map(|clock| clock.governing_due()),
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

fn row_at(symbols: &Symbols, zone: &TimeZone, case: &Case, at: Timestamp, percent: u8) -> Option<CaseRow> {
    let timeline = case.timeline.as_ref()?;
    let segment = timeline.at(at)?;
    let code = |dimension| symbols.name(segment.attrs.code(dimension)).map(|name| name.to_string());
    let clock = segment.clock.filter(|_| segment.open);
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
        timeliness: timeliness_at(segment, at, percent).map(|timeliness| timeliness.name().to_owned()),
        due: clock.map(|clock| clock.governing_due().to_rfc3339(zone)),
        rule: clock.map(|_| RULE_OF_SOURCE.to_owned()),
        resolved_at: resolved_at(timeline, segment, at).map(|resolved| resolved.to_rfc3339(zone)),
        flags,
        title: None,
    })
}

/// The latest resolution that stands at `at`: none while the case is open, and none that a
/// reopening has undone.
fn resolved_at(timeline: &Timeline, segment: &Segment, at: Timestamp) -> Option<Timestamp> {
    if segment.open {
        return None;
    }
    let latest = |measure| {
        let flows = timeline.flows.iter().filter(move |flow| flow.measure == measure && flow.since <= at);
        flows.map(|flow| flow.at).max()
    };
    let resolved = latest(Measure::Resolved)?;
    // At one and the same instant the fold knows which came last.
    let undone = latest(Measure::Reopened).is_some_and(|reopened| {
        reopened > resolved || (reopened == resolved && timeline.resolved_at != Some(resolved))
    });
    (!undone).then_some(resolved)
}
