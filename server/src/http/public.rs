//! What anybody may be told. Everything public is made here and nowhere else: each answer is a type of its own
//! ([`domain::public`]) that is filled member by member, out of numbers of whole groups and of codes that the
//! city's catalogue names. What a source wrote freely (contents, names, addresses, unknown codes) has no member
//! to come in by.
//!
//! Small groups are left out by [`domain::public::suppress`], over one split at a time: there is no question here
//! that crosses two, and a period is a whole month, so that no two answers can be taken from each other.

mod case;
mod lobby;
mod lookups;
mod month;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::Uri;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use domain::Value;
use domain::answer::Table;
use domain::city::{City, Label};
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::problem::Problem;
use domain::public::suppress::{Group, Told, decide};
use domain::public::{
    DOSSIER_FIGURES, PublicCase, PublicDossiers, PublicHexagons, PublicLine, PublicRating,
    PublicSatisfaction, PublicTotals, Split,
};
use domain::query::{Bucket, Query, bad};
use jiff::ToSpan;

use super::answer::Answers;
use super::api::Api;
use super::params::Params;
use super::problem::{self, Refusal, not_found};
use super::sheet::json;
use crate::city_time::midnight;
use lookups::Lookups;
use month::Month;

/// The resolution of the open map, and the only one: two would tell by their difference.
const RES: u8 = 8;
/// How many whole days the open map holds.
const MAP_DAYS: i64 = 30;
/// How many months the published set tells by time.
const MONTHS: i64 = 12;

/// Answers anybody. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Public {
    answers: Answers,
    lookups: Arc<Lookups>,
}

impl Public {
    /// Answers from these numbers.
    pub(crate) fn new(answers: Answers) -> Self {
        Self { answers, lookups: Arc::default() }
    }

    /// Reports of a month, in the whole city.
    ///
    /// # Errors
    /// 400 for what is no month; while numbers are rebuilt.
    pub(crate) async fn totals(&self, month: Option<&str>) -> Result<PublicTotals, Problem> {
        let month = self.month(month)?;
        let metrics = vec![
            Metric::Received,
            Metric::Resolved,
            Metric::ResolvedInTime,
            Metric::ResolvedExtended,
            Metric::ResolvedLate,
            Metric::Open,
            Metric::Overdue,
        ];
        let query = Query { metrics, ..self.within(month)? }.only(Dimension::Kind, "report");
        let table = self.answers.table(query).await?;
        let numbers = table.rows.first().map(|row| ints(row)).unwrap_or_default();
        let number = |place: usize| numbers.get(place).copied().unwrap_or_default();
        let judged = number(2) + number(3) + number(4);
        Ok(PublicTotals {
            seq: table.seq,
            at: table.at.clone(),
            month: month.to_string(),
            received: number(0),
            resolved: number(1),
            resolved_in_time: number(2),
            resolved_extended: number(3),
            resolved_late: number(4),
            in_time_percent: percent(number(2), judged),
            open: number(5),
            overdue: number(6),
        })
    }

    /// The published set of dossiers.
    ///
    /// # Errors
    /// 400 for what is no month; while numbers are rebuilt.
    pub(crate) async fn dossiers(&self, by: Split, month: Option<&str>) -> Result<PublicDossiers, Problem> {
        let month = self.month(month)?;
        let mut query = Query { metrics: DOSSIER_FIGURES.to_vec(), ..self.within(month)? };
        match by {
            Split::Time => {
                query.from = Some(self.start_of(month.back(MONTHS - 1))?);
                query.bucket = Some(Bucket::Month);
            }
            Split::Field => query = query.by(Dimension::Field),
            Split::Unit => query = query.by(Dimension::Agency),
        }
        let table = self.answers.table(query).await?;
        let city = self.answers.city();
        let mut dossiers = PublicDossiers {
            seq: table.seq,
            at: table.at.clone(),
            month: month.to_string(),
            by: by.name().to_owned(),
            figures: DOSSIER_FIGURES.map(|metric| metric.name().to_owned()).into(),
            small_count_min: city.public.small_count_min,
            ..PublicDossiers::default()
        };
        match by {
            Split::Time => dossiers.lines = table.rows.iter().map(|row| of_month(row)).collect(),
            Split::Field => split(&mut dossiers, named(city, Dimension::Field, &table), |key| {
                city.is_sensitive_field(key)
            }),
            Split::Unit => split(&mut dossiers, named(city, Dimension::Agency, &table), |_| false),
        }
        Ok(dossiers)
    }

    /// What people think, in the whole city and by unit.
    ///
    /// # Errors
    /// 400 for what is no month; while numbers are rebuilt.
    pub(crate) async fn satisfaction(&self, month: Option<&str>) -> Result<PublicSatisfaction, Problem> {
        let month = self.month(month)?;
        let metrics = vec![Metric::Rated, Metric::Satisfied];
        let query = Query { metrics, ..self.within(month)? }.by(Dimension::Agency);
        let table = self.answers.table(query).await?;
        let city = self.answers.city();
        let ratings_min = city.ratings_min_answers.max(city.public.small_count_min);
        let units = named(city, Dimension::Agency, &table);
        let rate =
            self.answers.metrics().into_iter().find(|metric| metric.id == Metric::SatisfactionRate.name());
        let (formula, clause) = rate.map(|rate| (rate.definition, rate.clause)).unwrap_or_default();
        let groups: Vec<Group> =
            units.iter().map(|unit| Group { size: unit.figures[0], ..Group::default() }).collect();
        let min = i64::from(ratings_min);
        let rating = |unit: &Named, told: bool| PublicRating {
            key: unit.key.clone(),
            label: unit.label.clone(),
            ratings: told.then_some(unit.figures[0]),
            satisfied_percent: if told { percent(unit.figures[1], unit.figures[0]) } else { None },
        };
        let mut all = Named { key: None, label: city.name.clone(), figures: vec![0, 0] };
        units.iter().for_each(|unit| all.add(&unit.figures));
        let is_told = all.figures[0] == 0 || all.figures[0] >= min;
        let told = match decide(&groups, min) {
            Told::Groups(told) if is_told => Some(told),
            Told::Groups(_) | Told::Nothing => None,
        };
        Ok(PublicSatisfaction {
            seq: table.seq,
            at: table.at.clone(),
            month: month.to_string(),
            formula,
            clause,
            ratings_min,
            all: rating(&all, is_told),
            is_withheld: told.is_none(),
            units: told
                .map(|told| units.iter().zip(told).map(|(unit, told)| rating(unit, told)).collect())
                .unwrap_or_default(),
        })
    }

    /// Where reports came from, over whole days: a number that moved with every report would tell of each.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(crate) async fn hexagons(&self) -> Result<PublicHexagons, Problem> {
        let today = self.today()?;
        let zone = self.answers.zone();
        let day = |back: i64| {
            let date = today.checked_sub(back.days()).ok();
            date.and_then(|date| midnight(zone, date)).ok_or_else(out_of_time)
        };
        let (from, to) = (day(MAP_DAYS)?, day(0)?);
        let mut query = Query::of(Metric::Received).only(Dimension::Kind, "report");
        (query.from, query.to, query.res) = (Some(from), Some(to), Some(RES));
        let hexagons = self.answers.hexagons(query).await?;
        let small_count_min = self.answers.city().public.small_count_min;
        let groups: Vec<Group> =
            hexagons.cells.iter().map(|(_, size)| Group { size: *size, ..Group::default() }).collect();
        let mut open = PublicHexagons {
            seq: hexagons.seq,
            at: hexagons.at.clone(),
            from: from.to_rfc3339(zone),
            to: to.to_rfc3339(zone),
            res: RES,
            small_count_min,
            ..PublicHexagons::default()
        };
        match decide(&groups, i64::from(small_count_min)) {
            Told::Nothing => open.is_withheld = !groups.is_empty(),
            Told::Groups(told) => {
                for ((cell, number), told) in hexagons.cells.iter().zip(told) {
                    match told {
                        true => open.cells.push((cell.clone(), *number)),
                        false => open.suppressed.push(cell.clone()),
                    }
                }
            }
        }
        Ok(open)
    }

    /// How a case stands; `None` alike for a code that nobody has and for a case that nobody may see.
    ///
    /// # Errors
    /// 429 where the caller asks too often; while numbers are rebuilt.
    pub(crate) async fn case(
        &self,
        code: String,
        peer: Option<IpAddr>,
    ) -> Result<Option<PublicCase>, Problem> {
        if !self.lookups.admit(peer, std::time::Instant::now()) {
            let detail = format!(
                "Codes are looked up too fast from this address; the next may be asked in {} seconds.",
                lookups::REFILL_SECS
            );
            return Err(Problem::new("too-many-lookups", 429, "Too many look-ups", detail));
        }
        let store = self.answers.running().store.clone();
        self.answers.read(move |snapshot| case::tell(&snapshot, &store, &code)).await?
    }

    fn today(&self) -> Result<jiff::civil::Date, Problem> {
        let snapshot = self.answers.running().core.ready()?;
        Ok(snapshot.frozen.at().to_jiff().to_zoned(self.answers.zone().clone()).date())
    }

    fn month(&self, text: Option<&str>) -> Result<Month, Problem> {
        let now = Month::of(self.today()?);
        let month = text.map_or(Some(now), Month::parse);
        month
            .filter(|month| *month <= now)
            .ok_or_else(|| bad("month", "is no month of the past such as 2026-11"))
    }

    fn start_of(&self, month: Month) -> Result<domain::Timestamp, Problem> {
        month.first().and_then(|day| midnight(self.answers.zone(), day)).ok_or_else(out_of_time)
    }

    /// The month as a period: the one that runs ends now.
    fn within(&self, month: Month) -> Result<Query, Problem> {
        let is_over = month < Month::of(self.today()?);
        let to = is_over.then(|| self.start_of(month.back(-1))).transpose()?;
        Ok(Query { from: Some(self.start_of(month)?), to, ..Query::default() })
    }
}

/// A group that the catalogue names, or all that it does not.
struct Named {
    key: Option<String>,
    label: Label,
    figures: Vec<i64>,
}

impl Named {
    fn add(&mut self, figures: &[i64]) {
        for (own, more) in self.figures.iter_mut().zip(figures) {
            *own += more;
        }
    }
}

/// The rows of a table by one dimension. A code that the catalogue does not list may be anything that a source
/// wrote: all of those are one group without a name.
fn named(city: &City, dimension: Dimension, table: &Table) -> Vec<Named> {
    let entries = city.catalogue.tree(dimension).map(|tree| &tree.entries);
    let mut groups: Vec<Named> = Vec::new();
    let mut rest: Option<Named> = None;
    for row in &table.rows {
        let Some((key, numbers)) = row.split_first() else { continue };
        let figures = ints(numbers);
        let code = match key {
            Value::Text(code) => Some(code),
            _ => None,
        };
        match code.and_then(|code| Some((code, entries?.get(code)?))) {
            Some((code, entry)) => {
                groups.push(Named { key: Some(code.clone()), label: entry.label.clone(), figures });
            }
            None => match &mut rest {
                Some(rest) => rest.add(&figures),
                None => rest = Some(Named { key: None, label: Label::default(), figures }),
            },
        }
    }
    groups.extend(rest);
    groups
}

/// Puts the groups into the answer, those that may be told with their figures.
fn split(dossiers: &mut PublicDossiers, named: Vec<Named>, is_sensitive: impl Fn(Option<&str>) -> bool) {
    let mut total = Named { key: None, label: Label::default(), figures: vec![0; DOSSIER_FIGURES.len()] };
    named.iter().for_each(|group| total.add(&group.figures));
    dossiers.total = Some(total.figures);
    // Handled is the largest of the eight: all that was pending, came in or came to an end.
    let groups: Vec<Group> = named
        .iter()
        .map(|group| Group {
            size: group.figures.iter().copied().max().unwrap_or_default(),
            figures: group.figures.clone(),
            is_sensitive: is_sensitive(group.key.as_deref()),
        })
        .collect();
    match decide(&groups, i64::from(dossiers.small_count_min)) {
        Told::Nothing => dossiers.is_withheld = !groups.is_empty(),
        Told::Groups(told) => {
            let line = |(group, told): (Named, bool)| PublicLine {
                key: group.key,
                label: group.label,
                figures: told.then_some(group.figures),
            };
            dossiers.lines = named.into_iter().zip(told).map(line).collect();
        }
    }
}

/// A month of the whole city: no small group.
fn of_month(row: &[Value]) -> PublicLine {
    let (key, numbers) = row.split_first().map_or((None, &[][..]), |(key, numbers)| (Some(key), numbers));
    let key = match key {
        Some(Value::Text(day)) => Some(day.chars().take("2026-11".len()).collect()),
        _ => None,
    };
    PublicLine { key, label: Label::default(), figures: Some(ints(numbers)) }
}

fn ints(values: &[Value]) -> Vec<i64> {
    values.iter().map(|value| value.as_int().unwrap_or_default()).collect()
}

/// As every other share of the product is reckoned.
fn percent(part: i64, whole: i64) -> Option<f64> {
    engine::share(part, whole).as_f64()
}

fn out_of_time() -> Problem {
    bad("month", "lies outside the years that can be reckoned with")
}

/// `GET /api/v1/public/totals`.
pub(super) async fn totals(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let month = params.take("month")?;
    params.end()?;
    Ok(json(&api.public.totals(month.as_deref()).await?)?)
}

/// `GET /api/v1/public/dossiers`.
pub(super) async fn dossiers(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let month = params.take("month")?;
    let by = params.take("by")?;
    params.end()?;
    let by = split_of(by.as_deref())?;
    Ok(json(&api.public.dossiers(by, month.as_deref()).await?)?)
}

/// By what the set is asked for: by time unless told.
fn split_of(by: Option<&str>) -> Result<Split, Problem> {
    let Some(by) = by else { return Ok(Split::Time) };
    let found = Split::ALL.into_iter().find(|split| split.name() == by);
    found.ok_or_else(|| bad("by", "is none of time, field, unit"))
}

/// `GET /api/v1/public/satisfaction`.
pub(super) async fn satisfaction(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let month = params.take("month")?;
    params.end()?;
    Ok(json(&api.public.satisfaction(month.as_deref()).await?)?)
}

/// `GET /api/v1/public/lobby`.
pub(super) async fn lobby(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let place = params.take("place")?.ok_or_else(|| bad("place", "names no place"))?;
    params.end()?;
    let lobby = api.public.lobby(&place).await?;
    Ok(json(&lobby.ok_or_else(|| bad("place", "is no ward and no district of the city's catalogue"))?)?)
}

/// `GET /api/v1/public/hexagons`.
pub(super) async fn hexagons(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    Ok(json(&api.public.hexagons().await?)?)
}

/// `GET /api/v1/public/cases/{code}`.
pub(super) async fn case(
    State(api): State<Api>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    code: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let Path(code) = code.map_err(|_| bad("code", "is not UTF-8 in percent-encoding"))?;
    Params::of(&uri)?.end()?;
    match api.public.case(code, Some(peer.ip())).await {
        Ok(Some(case)) => Ok(json(&case)?),
        Ok(None) => Err(not_found("code: no case of this code can be shown").into()),
        Err(problem) if problem.status == 429 => {
            let mut refused = problem::response(problem);
            refused.headers_mut().insert(RETRY_AFTER, lookups::REFILL_SECS.into());
            Ok(refused)
        }
        Err(problem) => Err(problem.into()),
    }
}
