//! `GET /api/v1/desks/…`: what waits on a unit's desk and on the City Office's. What belongs on which is in
//! `domain::desk`.

mod centre;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::{CaseRow, MissingView, OfficeDesk, OfficeLineView, OfficeListView, UnitDesk, UnitPart};
use domain::case::Case;
use domain::desk::{OfficeList, When, office};
use domain::dimension::Dimension;
use domain::problem::Problem;
use domain::query::bad;
use domain::state::State as Cases;
use domain::{Timestamp, Value};
use engine::Frozen;
use jiff::ToSpan;

use super::accept::{Form, choose};
use super::answer::Answers;
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, text};
use crate::city_time::midnight;

pub(super) use centre::centre;
pub(crate) use centre::centre_desk;

/// How many lines of a list unless told.
const LINES: u32 = 20;
/// How many at most.
const LINES_MAX: u32 = 1_000;

/// `GET /api/v1/desks/unit`.
pub(super) async fn unit(State(api): State<Api>, uri: Uri, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let agency = params.take("agency")?.ok_or_else(|| bad("agency", "names no agency"))?;
    let limit = params.take_number("limit", 1, LINES_MAX)?;
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let desk = unit_desk(&api.answers, agency, limit).await?;
    Ok(answer(form, desk.seq, &desk.at, &desk, || unit_table(&desk))?)
}

/// `GET /api/v1/desks/city-office`.
pub(super) async fn city_office(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let limit = params.take_number("limit", 1, LINES_MAX)?;
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let desk = office_desk(&api.answers, limit).await?;
    Ok(answer(form, desk.seq, &desk.at, &desk, || office_table(&desk))?)
}

/// What a unit and those under it hold.
///
/// # Errors
/// While numbers are rebuilt; 400 where the city has no such agency.
pub(crate) async fn unit_desk(
    answers: &Answers,
    agency: String,
    limit: Option<u32>,
) -> Result<UnitDesk, Problem> {
    if !answers.city().catalogue.knows(Dimension::Agency, &agency) {
        return Err(bad("agency", "is no agency of the city's catalogue"));
    }
    answers.read(move |snapshot| hold(&snapshot.frozen, agency, limit.unwrap_or(LINES))).await
}

/// What the City Office watches.
///
/// # Errors
/// While numbers are rebuilt.
pub(crate) async fn office_desk(answers: &Answers, limit: Option<u32>) -> Result<OfficeDesk, Problem> {
    answers.read(move |snapshot| watch(&snapshot.frozen, limit.unwrap_or(LINES))).await
}

fn hold(frozen: &Frozen, agency: String, limit: u32) -> UnitDesk {
    let (state, limit) = (frozen.state(), limit as usize);
    let (at, zone) = (state.at(), &state.city().zone);
    let ends = ends(state);
    let mut parts: BTreeMap<When, Vec<(Timestamp, &Case)>> = BTreeMap::new();
    let mut missing = Vec::new();
    let tree = state.city().catalogue.tree(Dimension::Agency);
    for case in state.cases() {
        let Some(timeline) = &*case.timeline else { continue };
        let Some(now) = timeline.at(at).filter(|now| now.open) else { continue };
        let holder = state.symbols().name(now.attrs.code(Dimension::Agency)).unwrap_or_default();
        if !tree.map_or(*holder == *agency, |tree| tree.is_under(&holder, &agency)) {
            continue;
        }
        let due = now.clock.map(|clock| clock.governing_due());
        let when = When::of(due, at, ends);
        parts.entry(when).or_default().push((due.unwrap_or(timeline.received_at), case));
        for unmet in timeline.unmet.iter().filter(|unmet| !unmet.missing.is_empty()) {
            let Some(event) = case.events.get(unmet.event).filter(|event| event.time <= at) else { continue };
            missing.push((event.time, case.code.clone(), unmet.requirement.clone()));
        }
    }
    missing.sort_by(|a, b| (a.0, &a.1, &a.2.id).cmp(&(b.0, &b.1, &b.2.id)));
    let missing_total = missing.len() as u64;
    let missing = missing.into_iter().take(limit).map(|(time, case, requirement)| MissingView {
        case: case.to_string(),
        at: time.to_rfc3339(zone),
        text: requirement.text.clone(),
        clause: requirement.clause.clone(),
    });
    let part = |when: When| {
        let mut held = parts.remove(&when).unwrap_or_default();
        held.sort_by(|a, b| (a.0, &a.1.code).cmp(&(b.0, &b.1.code)));
        let rows = held.iter().take(limit).filter_map(|(_, case)| engine::case_row(frozen, case));
        UnitPart { when: when.name().to_owned(), total: held.len() as u64, cases: rows.collect() }
    };
    UnitDesk {
        contacts: super::contacts::of(state, &agency),
        seq: state.seq(),
        at: at.to_rfc3339(zone),
        parts: When::ALL.map(part).into(),
        agency,
        missing_total,
        missing: missing.collect(),
    }
}

/// The ends of today, of tomorrow, and of the week, which begins on Monday.
fn ends(state: &Cases) -> [Timestamp; 3] {
    let zone = &state.city().zone;
    let today = state.at().to_jiff().to_zoned(zone.clone()).date();
    let after = |days: i64| {
        let date = today.checked_add(days.days()).ok();
        date.and_then(|date| midnight(zone, date)).unwrap_or(Timestamp::MAX)
    };
    let until_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
    [after(1), after(2), after(until_monday)]
}

fn watch(frozen: &Frozen, limit: u32) -> OfficeDesk {
    let state = frozen.state();
    let zone = &state.city().zone;
    let lines = office(state);
    let list = |list: OfficeList| {
        let here = || lines.iter().filter(move |line| line.list == list);
        let view = |line: &domain::desk::OfficeLine| {
            Some(OfficeLineView {
                case: engine::case_row(frozen, state.find(&line.case)?)?,
                since: line.since.to_rfc3339(zone),
                due: line.due.map(|due| due.to_rfc3339(zone)),
                clause: line.clause.clone(),
            })
        };
        OfficeListView {
            list: list.name().to_owned(),
            clause: list.clause(state.city()),
            total: here().count() as u64,
            lines: here().take(limit as usize).filter_map(view).collect(),
        }
    };
    OfficeDesk { seq: state.seq(), at: state.at().to_rfc3339(zone), lists: OfficeList::ALL.map(list).into() }
}

/// The columns of a case on a desk, after the part or list that it is in.
fn columns_of(case: &CaseRow) -> [Value; 5] {
    [
        text(Some(&case.case)),
        text(case.agency.as_deref()),
        text(Some(&case.status)),
        text(case.due.as_deref()),
        text(case.rule.as_deref()),
    ]
}

fn unit_table(desk: &UnitDesk) -> Sheet {
    let rows = desk.parts.iter().flat_map(|part| part.cases.iter().map(move |case| (part, case)));
    let rows = rows.map(|(part, case)| {
        let [code, agency, status, due, rule] = columns_of(case);
        [text(Some(&part.when)), code, agency, status, due, rule]
    });
    Sheet::new(["when", "case", "agency", "status", "due", "rule"], rows)
}

fn office_table(desk: &OfficeDesk) -> Sheet {
    let rows = desk.lists.iter().flat_map(|list| list.lines.iter().map(move |line| (list, line)));
    let rows = rows.map(|(list, line)| {
        let [code, agency, status, ..] = columns_of(&line.case);
        let clause = line.clause.as_deref().or(list.clause.as_deref());
        [
            text(Some(&list.list)),
            code,
            agency,
            status,
            text(Some(&line.since)),
            text(line.due.as_deref()),
            text(clause),
        ]
    });
    Sheet::new(["list", "case", "agency", "status", "since", "due", "clause"], rows)
}
