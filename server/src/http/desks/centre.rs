//! `GET /api/v1/desks/centre`: the day of a place's administrative centre, limited to that place. Every number is
//! the city's own under the filter of the place.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::{CentreCase, CentreDesk, CentreField, CentreHolder, CentrePart, CentreRating};
use domain::case::Case;
use domain::desk::When;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::problem::Problem;
use domain::query::{GroupKey, Query, bad};
use domain::{Timestamp, Value};
use engine::{Frozen, QueryError};
use jiff::ToSpan;

use super::{LINES, LINES_MAX, columns_of, ends};
use crate::city_time::midnight;
use crate::http::accept::{Form, choose};
use crate::http::answer::Answers;
use crate::http::api::Api;
use crate::http::counters;
use crate::http::params::Params;
use crate::http::problem::Refusal;
use crate::http::sheet::{Sheet, answer, text};

/// What a centre looks at: what is late, and what falls due today and tomorrow.
const PARTS: [When; 3] = [When::Overdue, When::Today, When::Tomorrow];
/// How many days before today ratings are counted from: thirty, today among them.
const RATED_DAYS_BACK: i64 = 29;

/// `GET /api/v1/desks/centre`.
pub(in crate::http) async fn centre(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let place = params.take("place")?.ok_or_else(|| bad("place", "names no place"))?;
    let limit = params.take_number("limit", 1, LINES_MAX)?;
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let desk = centre_desk(&api.answers, place, limit).await?;
    let desk = desk.ok_or_else(|| bad("place", "is no ward and no district of the city's catalogue"))?;
    Ok(answer(form, desk.seq, &desk.at, &desk, || table(&desk))?)
}

/// The day of a place's centre; `None` where the city has no such place.
///
/// # Errors
/// While numbers are rebuilt, or where they cannot be counted.
pub(crate) async fn centre_desk(
    answers: &Answers,
    place: String,
    limit: Option<u32>,
) -> Result<Option<CentreDesk>, Problem> {
    let Some(dimension) = answers.city().catalogue.dimension_of_place(&place) else { return Ok(None) };
    let of = Place { dimension, code: place };
    let limit = limit.unwrap_or(LINES) as usize;
    Ok(Some(answers.read(move |snapshot| look(&snapshot.frozen, of, limit)).await??))
}

/// A place and the tree that it stands in.
struct Place {
    dimension: Dimension,
    code: String,
}

impl Place {
    fn only(&self, query: Query) -> Query {
        query.only(self.dimension, &self.code)
    }
}

fn look(frozen: &Frozen, place: Place, limit: usize) -> Result<CentreDesk, QueryError> {
    let state = frozen.state();
    let (city, at) = (state.city(), state.at());
    let today = at.to_jiff().to_zoned(city.zone.clone()).date();
    let first = today.checked_sub(RATED_DAYS_BACK.days()).ok();
    let ratings_from = first.and_then(|first| midnight(&city.zone, first)).unwrap_or(at);
    let fields = fields(frozen, &place)?;
    let unit = city.agency_of_centre(&place.code);
    Ok(CentreDesk {
        seq: state.seq(),
        at: at.to_rfc3339(&city.zone),
        dimension: place.dimension.name().to_owned(),
        counters: unit.as_deref().map(|unit| counters::of_unit(state, Some(unit))).unwrap_or_default(),
        unit,
        received_today: fields.iter().map(|field| field.received_today).sum(),
        fields,
        parts: parts(frozen, &place, limit),
        ratings_from: ratings_from.to_rfc3339(&city.zone),
        ratings_min: city.ratings_min_answers,
        ratings: ratings(frozen, &place, ratings_from)?,
        place: place.code,
    })
}

fn fields(frozen: &Frozen, place: &Place) -> Result<Vec<CentreField>, QueryError> {
    let query = Query {
        metrics: vec![Metric::Received, Metric::Open, Metric::DueSoon, Metric::Overdue],
        group_by: vec![GroupKey { dimension: Dimension::Field, level: Some(1) }],
        ..Query::default()
    };
    let table = engine::evaluate(frozen, &place.only(query))?;
    let fields = table.rows.iter().filter_map(|row| {
        let [field, numbers @ ..] = row.as_slice() else { return None };
        let number = |place: usize| numbers.get(place).and_then(Value::as_int).unwrap_or_default();
        Some(CentreField {
            field: field.as_text().map(str::to_owned),
            received_today: number(0),
            open: number(1),
            due_soon: number(2),
            overdue: number(3),
        })
    });
    let mut fields: Vec<CentreField> =
        fields.filter(|field| field.open > 0 || field.received_today > 0).collect();
    fields.sort_by(|a, b| b.open.cmp(&a.open).then_with(|| a.field.cmp(&b.field)));
    Ok(fields)
}

fn ratings(frozen: &Frozen, place: &Place, from: Timestamp) -> Result<Vec<CentreRating>, QueryError> {
    let query = Query {
        metrics: vec![Metric::Rated, Metric::Satisfied],
        group_by: vec![GroupKey { dimension: Dimension::RatingChannel, level: None }],
        from: Some(from),
        ..Query::default()
    };
    let table = engine::evaluate(frozen, &place.only(query))?;
    let ratings = table.rows.iter().filter_map(|row| {
        let [channel, Value::Int(rated), Value::Int(satisfied)] = row.as_slice() else { return None };
        let channel = channel.as_text().map(str::to_owned);
        (*rated > 0).then_some(CentreRating { channel, rated: *rated, satisfied: *satisfied })
    });
    Ok(ratings.collect())
}

/// A case that is due: when, who holds it, which.
type Due<'a> = (Timestamp, Option<String>, &'a Case);

fn parts(frozen: &Frozen, place: &Place, limit: usize) -> Vec<CentrePart> {
    let state = frozen.state();
    let (at, ends) = (state.at(), ends(state));
    let tree = state.city().catalogue.tree(place.dimension);
    let mut held: BTreeMap<When, Vec<Due<'_>>> = BTreeMap::new();
    for case in state.cases() {
        let Some(timeline) = &*case.timeline else { continue };
        let Some(now) = timeline.at(at).filter(|now| now.open) else { continue };
        let name = |dimension| state.symbols().name(now.attrs.code(dimension)).unwrap_or_default();
        let here = name(place.dimension);
        if !tree.map_or(*here == *place.code, |tree| tree.is_under(&here, &place.code)) {
            continue;
        }
        let Some(due) = now.clock.map(|clock| clock.governing_due()) else { continue };
        let when = When::of(Some(due), at, ends);
        if PARTS.contains(&when) {
            let holder = name(Dimension::Agency);
            let holder = (!holder.is_empty()).then(|| holder.to_string());
            held.entry(when).or_default().push((due, holder, case));
        }
    }
    let part = |when: When| part(frozen, when, held.remove(&when).unwrap_or_default(), limit);
    PARTS.map(part).into()
}

fn part(frozen: &Frozen, when: When, mut held: Vec<Due<'_>>, limit: usize) -> CentrePart {
    let state = frozen.state();
    let calendar = state.city().calendar.as_ref();
    held.sort_by(|a, b| (a.0, &a.2.code).cmp(&(b.0, &b.2.code)));
    let total = held.len() as u64;
    let mut holders: BTreeMap<Option<String>, CentreHolder> = BTreeMap::new();
    for (nth, (due, agency, case)) in held.into_iter().enumerate() {
        let holder = holders
            .entry(agency.clone())
            .or_insert_with(|| CentreHolder { agency, ..CentreHolder::default() });
        holder.total += 1;
        // The most pressing of all are told, whoever holds them.
        if nth < limit
            && let Some(case) = engine::case_row(frozen, case)
        {
            let left = calendar.map(|calendar| calendar.working_between(state.at(), due) / 1_000_000);
            holder.cases.push(CentreCase { case, working_left_secs: left });
        }
    }
    let mut holders: Vec<CentreHolder> = holders.into_values().collect();
    holders.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.agency.cmp(&b.agency)));
    CentrePart { when: when.name().to_owned(), total, holders }
}

/// The cases alone: what else the desk says stands in calls of its own.
fn table(desk: &CentreDesk) -> Sheet {
    let cases = desk.parts.iter().flat_map(|part| {
        part.holders.iter().flat_map(move |holder| holder.cases.iter().map(move |case| (part, case)))
    });
    let rows = cases.map(|(part, case)| {
        let [code, agency, status, due, rule] = columns_of(&case.case);
        let left = case.working_left_secs.map_or(Value::Null, Value::Int);
        [text(Some(&part.when)), code, agency, status, due, rule, left]
    });
    Sheet::new(["when", "case", "agency", "status", "due", "rule", "working_left_secs"], rows)
}
