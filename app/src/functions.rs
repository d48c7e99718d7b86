//! What pages ask of the server: each question is a GET whose parameters are those of REST, so the
//! same words stand in a page's address, in a receipt and here. In the browser the same functions
//! call the server.

#![allow(missing_docs)] // The macro makes a type of each function's arguments, without documents.

use domain::answer::{
    AlarmPage, AlarmView, CasePage, CaseRow, CaseStory, CentreDesk, DirectivePage, DirectiveView, DutyView,
    Hexagons, MetricView, OfficeDesk, Receipt, ShiftPage, Table, UnitDesk,
};
use domain::public::{
    PublicCase, PublicDossiers, PublicHexagons, PublicLobby, PublicSatisfaction, PublicTotals, Split,
};
use domain::wire::{Beat, Hello, WireQuery};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::live::Roaming;
use crate::pages::centre::Arrivals;
use crate::pages::today::Today;
use crate::pages::wall::{Levels, Surging, UsualDay};
use crate::source::CityView;

#[cfg(feature = "ssr")]
use crate::components::in_city_time;

#[cfg(feature = "ssr")]
mod alarmed;
#[cfg(feature = "ssr")]
mod asked;
#[cfg(feature = "ssr")]
mod directed;
#[cfg(feature = "ssr")]
mod sheet;
#[cfg(feature = "ssr")]
mod since;

/// What every page needs before its first number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// What names things.
    pub city: CityView,
    /// Who speaks.
    pub hello: Hello,
    /// Time and sources.
    pub beat: Beat,
    /// The metric registry.
    pub metrics: Vec<MetricView>,
    /// Origins of the city's other servers, where the same numbers can be had: `https://b.example`.
    pub servers: Vec<String>,
}

/// The first rows of a panel, and the question that they answer with the city's days filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// What to follow from here on.
    pub query: WireQuery,
    /// The rows.
    pub table: Table,
}

/// The first hexagons of a map, and their question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstHexagons {
    /// What to follow from here on.
    pub query: WireQuery,
    /// The cells.
    pub hexagons: Hexagons,
}

/// The city, its clock and its metrics.
///
/// # Errors
/// When the server cannot be reached.
#[server(prefix = "/fn", endpoint = "boot", input = GetUrl, client = Roaming)]
pub async fn load_boot() -> Result<Boot, AppError> {
    let source = asked::source()?;
    Ok(Boot {
        city: (*source.city()).clone(),
        hello: source.hello(),
        beat: source.beat(),
        metrics: source.metrics(),
        servers: source.servers(),
    })
}

/// Aggregates. `query` is a [`WireQuery`] in JSON, since its filters nest.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "table", input = GetUrl, client = Roaming)]
pub async fn load_table(query: String) -> Result<First, AppError> {
    let source = asked::source()?;
    let query = asked::wire_query(&*source, &query)?;
    let table = source.table(asked::query(&*source, &query.to_pairs())?).await?;
    Ok(First { query, table })
}

/// Hexagons. `query` is a [`WireQuery`] in JSON.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "hexagons", input = GetUrl, client = Roaming)]
pub async fn load_hexagons(query: String) -> Result<FirstHexagons, AppError> {
    let source = asked::source()?;
    let query = asked::wire_query(&*source, &query)?;
    let hexagons = source.hexagons(asked::query(&*source, &query.to_pairs())?).await?;
    Ok(FirstHexagons { query, hexagons })
}

/// A page of cases. `params` is a query string.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "cases", input = GetUrl, client = Roaming)]
pub async fn load_cases(params: String) -> Result<CasePage, AppError> {
    let source = asked::source()?;
    let query = asked::cases_query(&*source, &params)?;
    Ok(source.cases(query).await?)
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Found {
    /// The words are the code of this case.
    Case(String),
    /// The cases that match.
    List(CasePage),
}

/// A page of cases, or the one case whose code the words are. `params` is a query string.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "search", input = GetUrl, client = Roaming)]
pub async fn load_search(params: String) -> Result<Found, AppError> {
    let source = asked::source()?;
    let query = asked::cases_query(&*source, &params)?;
    if let Some(code) = asked::code_alone(&params)
        && let Some(story) = source.case(code).await?
    {
        return Ok(Found::Case(story.case.case));
    }
    Ok(Found::List(source.cases(query).await?))
}

/// The longest overdue case of each of the agencies that have one, longest first, at most `limit`.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "longest", input = GetUrl, client = Roaming)]
pub async fn load_longest(limit: usize) -> Result<CasePage, AppError> {
    asked::longest(&*asked::source()?, limit).await
}

/// The newest cases, and whether they were chosen by how grave they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewestCases {
    /// Whether they are the serious ones: some source states how grave a case is.
    pub serious: bool,
    /// The cases, the newest first.
    pub page: CasePage,
}

/// The newest serious open cases; the newest of all where no source says which are serious.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "newest", input = GetUrl, client = Roaming)]
pub async fn load_newest(limit: usize) -> Result<NewestCases, AppError> {
    asked::newest(&*asked::source()?, limit).await
}

/// How received and resolved went on the same weekday of the eight weeks before the day of `at`; empty is today.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "usual", input = GetUrl, client = Roaming)]
pub async fn load_usual(at: String) -> Result<[UsualDay; 2], AppError> {
    asked::usual(&*asked::source()?, &at).await
}

/// Open, due soon and overdue at the ends of the hours before `at`; empty is now.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "levels", input = GetUrl, client = Roaming)]
pub async fn load_levels(at: String) -> Result<Levels, AppError> {
    asked::levels(&*asked::source()?, &at).await
}

/// What came in today far above its usual level. `params` is a query string: a `group_by` and filters.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "surging", input = GetUrl, client = Roaming)]
pub async fn load_surging(params: String, limit: usize) -> Result<Surging, AppError> {
    asked::surging(&*asked::source()?, &params, limit).await
}

/// A case's story; `None` where there is no such case.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "case", input = GetUrl, client = Roaming)]
pub async fn load_case(code: String) -> Result<Option<CaseStory>, AppError> {
    let source = asked::source()?;
    let mut story = source.case(code).await?;
    for event in story.iter_mut().flat_map(|story| &mut story.events) {
        in_city_time(&mut event.data, &|at| source.show_time(at));
    }
    Ok(story)
}

/// Where a number comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The number.
    pub receipt: Receipt,
    /// Of what is resolved in time: what it is a share of, as the same question's `resolved_in_time`,
    /// `resolved_extended` and `resolved_late`.
    pub judged: Option<[i64; 3]>,
}

/// Where a number comes from. `params` is a query string with one metric and perhaps a `cursor`.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "receipt", input = GetUrl, client = Roaming)]
pub async fn load_receipt(params: String) -> Result<Explained, AppError> {
    asked::explained(&*asked::source()?, &params).await
}

/// Where overdue cases changed most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    /// The dimension's name: `agency`, `district`, `ward`, `field`.
    pub dimension: String,
    /// The code at the top of its tree.
    pub code: String,
    /// Overdue cases then.
    pub from: i64,
    /// Overdue cases now.
    pub to: i64,
}

/// Directives between two instants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectivesMoved {
    /// Answered in between.
    pub answered: i64,
    /// Still unanswered, their limit having passed in between.
    pub past_due: i64,
    /// Whether there are more directives than were looked at.
    pub is_cut: bool,
}

/// What changed from one instant to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// From when, RFC 3339.
    pub since: String,
    /// Until when: now.
    pub at: String,
    /// Whether the reader's last look is not known.
    pub is_assumed: bool,
    /// Cases received in between.
    pub received: i64,
    /// Cases resolved in between.
    pub resolved: i64,
    /// Those of them that were late.
    pub resolved_late: i64,
    /// Reopenings in between.
    pub reopened: i64,
    /// Overdue cases then and now.
    pub overdue: (i64, i64),
    /// Where that changed most, one of each dimension that the page is not about.
    pub movers: Vec<Mover>,
    /// The directives; `None` on a page that is narrower than an agency.
    pub directives: Option<DirectivesMoved>,
}

/// What changed since an instant. `params` is the query string of what the page is about; an empty
/// `since` is 17:00 of the city's yesterday.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "since", input = GetUrl, client = Roaming)]
pub async fn load_since(params: String, since: String) -> Result<Changed, AppError> {
    since::changed(&*asked::source()?, &params, &since).await
}

/// What a directive may be written about, as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The instant that it stands at.
    pub at: String,
    /// The case.
    pub case: Option<CaseRow>,
    /// The number's receipt.
    pub number: Option<Receipt>,
}

/// What a directive would rest on. `params` is a query string: `case`, or the parameters of a receipt.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "draft", input = GetUrl, client = Roaming)]
pub async fn load_draft(params: String) -> Result<Draft, AppError> {
    directed::draft(&*asked::source()?, &params).await
}

/// Directives. `params` is a query string.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "directives", input = GetUrl, client = Roaming)]
pub async fn load_directives(params: String) -> Result<DirectivePage, AppError> {
    Ok(asked::source()?.directives(directed::directives_query(&params)?).await?)
}

/// A directive; `None` where there is none of this name.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "directive", input = GetUrl, client = Roaming)]
pub async fn load_directive(code: String) -> Result<Option<DirectiveView>, AppError> {
    directed::directive(&*asked::source()?, code).await
}

/// How what a directive rests on stands now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvidenceNow {
    /// The instant; empty where nothing can be said.
    pub at: String,
    /// The metric and the number.
    pub number: Option<(String, domain::Value)>,
    /// The case.
    pub case: Option<CaseRow>,
}

/// How what a directive rests on stands now.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "evidence_now", input = GetUrl, client = Roaming)]
pub async fn load_evidence_now(code: String) -> Result<EvidenceNow, AppError> {
    directed::evidence_now(&*asked::source()?, code).await
}

/// Issues a directive. `wish` is a [`domain::directive::Wish`] in JSON; `token` says who acts. Posted: neither may
/// stand in an address.
///
/// # Errors
/// The problem that names what is at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "issue_directive", client = Roaming)]
pub async fn issue_directive(token: String, wish: String) -> Result<DirectiveView, AppError> {
    let source = asked::source()?;
    let wish = directed::wish_to_issue(&*source, &wish)?;
    Ok(source.issue(token, wish).await?)
}

/// Answers a directive. `wish` is a [`domain::directive::AnswerWish`] in JSON.
///
/// # Errors
/// As [`issue_directive`].
#[server(prefix = "/fn", endpoint = "answer_directive", client = Roaming)]
pub async fn answer_directive(token: String, code: String, wish: String) -> Result<DirectiveView, AppError> {
    Ok(asked::source()?.answer_directive(token, code, directed::wish(&wish)?).await?)
}

/// Closes a directive or sends it back. `wish` is a [`domain::directive::DecisionWish`] in JSON.
///
/// # Errors
/// As [`issue_directive`].
#[server(prefix = "/fn", endpoint = "decide_directive", client = Roaming)]
pub async fn decide_directive(token: String, code: String, wish: String) -> Result<DirectiveView, AppError> {
    Ok(asked::source()?.decide_directive(token, code, directed::wish(&wish)?).await?)
}

/// Alarms. `params` is a query string.
///
/// # Errors
/// The problem that names the parameter at fault, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "alarms", input = GetUrl, client = Roaming)]
pub async fn load_alarms(params: String) -> Result<AlarmPage, AppError> {
    Ok(asked::source()?.alarms(alarmed::alarms_query(&params)?).await?)
}

/// The first alarms that stand, without what people wrote of them and who: for a wall.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "wall_alarms", input = GetUrl, client = Roaming)]
pub async fn load_wall_alarms(limit: u32) -> Result<AlarmPage, AppError> {
    alarmed::for_wall(&*asked::source()?, limit).await
}

/// Acknowledges an alarm. `wish` is a [`domain::alarm::AcknowledgeWish`] in JSON; `token` says who acts.
///
/// # Errors
/// As [`issue_directive`].
#[server(prefix = "/fn", endpoint = "acknowledge_alarm", client = Roaming)]
pub async fn acknowledge_alarm(token: String, alarm: String, wish: String) -> Result<AlarmView, AppError> {
    Ok(asked::source()?.acknowledge(token, alarm, directed::wish(&wish)?).await?)
}

/// Shelves an alarm. `wish` is a [`domain::alarm::ShelveWish`] in JSON.
///
/// # Errors
/// As [`issue_directive`].
#[server(prefix = "/fn", endpoint = "shelve_alarm", client = Roaming)]
pub async fn shelve_alarm(token: String, alarm: String, wish: String) -> Result<AlarmView, AppError> {
    Ok(asked::source()?.shelve(token, alarm, directed::wish(&wish)?).await?)
}

/// The operations centre's shift. With the administrator's `token` names are in it; without one they are not.
///
/// # Errors
/// That the token is wrong, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "shift", client = Roaming)]
pub async fn load_shift(token: String) -> Result<ShiftPage, AppError> {
    Ok(asked::source()?.shift(token).await?)
}

/// Does something on duty. `act` is a [`crate::source::ShiftAct`] in JSON; `token` says who acts.
///
/// # Errors
/// As [`issue_directive`].
#[server(prefix = "/fn", endpoint = "on_duty", client = Roaming)]
pub async fn act_on_duty(token: String, act: String) -> Result<DutyView, AppError> {
    Ok(asked::source()?.on_duty(token, directed::wish(&act)?).await?)
}

/// The sheet of today. With the administrator's `token` the names of those on duty are on it; else they are not.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "today", client = Roaming)]
pub async fn load_today(token: String) -> Result<Today, AppError> {
    sheet::today(&*asked::source()?, token).await
}

/// How many lines of each part a desk shows.
#[cfg(feature = "ssr")]
const DESK_LINES: u32 = 20;

/// What a unit holds, by when it is due.
///
/// # Errors
/// That there is no such agency, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "unit_desk", input = GetUrl, client = Roaming)]
pub async fn load_unit_desk(agency: String) -> Result<UnitDesk, AppError> {
    Ok(asked::source()?.unit_desk(agency, DESK_LINES).await?)
}

/// What the City Office watches.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "office_desk", input = GetUrl, client = Roaming)]
pub async fn load_office_desk() -> Result<OfficeDesk, AppError> {
    Ok(asked::source()?.office_desk(DESK_LINES).await?)
}

/// The day of a place's centre; `None` where the city has no such place.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "centre_desk", input = GetUrl, client = Roaming)]
pub async fn load_centre_desk(place: String) -> Result<Option<CentreDesk>, AppError> {
    Ok(asked::source()?.centre_desk(place, DESK_LINES).await?)
}

/// What came in at a place today, beside the same weekdays of the weeks before.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "arrivals", input = GetUrl, client = Roaming)]
pub async fn load_arrivals(place: String) -> Result<Arrivals, AppError> {
    asked::arrivals(&*asked::source()?, &place).await
}

/// What a centre found by a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CentreFound {
    /// No code was given.
    NotAsked,
    /// A case of the place.
    Here(String),
    /// No case of the place: of another one, or of none.
    NotHere,
}

/// Looks up a case of a place by its code.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "centre_case", input = GetUrl, client = Roaming)]
pub async fn load_centre_case(place: String, code: String) -> Result<CentreFound, AppError> {
    asked::case_of_centre(&*asked::source()?, &place, &code).await
}

/// Reports of a month, for anybody.
///
/// # Errors
/// That there is no such month, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "public_totals", input = GetUrl, client = Roaming)]
pub async fn load_public_totals(month: Option<String>) -> Result<PublicTotals, AppError> {
    Ok(asked::source()?.public_totals(month).await?)
}

/// The published set of dossiers, for anybody.
///
/// # Errors
/// As [`load_public_totals`].
#[server(prefix = "/fn", endpoint = "public_dossiers", input = GetUrl, client = Roaming)]
pub async fn load_public_dossiers(by: Split, month: Option<String>) -> Result<PublicDossiers, AppError> {
    Ok(asked::source()?.public_dossiers(by, month).await?)
}

/// What people think, for anybody.
///
/// # Errors
/// As [`load_public_totals`].
#[server(prefix = "/fn", endpoint = "public_satisfaction", input = GetUrl, client = Roaming)]
pub async fn load_public_satisfaction(month: Option<String>) -> Result<PublicSatisfaction, AppError> {
    Ok(asked::source()?.public_satisfaction(month).await?)
}

/// What the screen in a centre's lobby shows, for anybody; `None` where the city has no such place.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "public_lobby", input = GetUrl, client = Roaming)]
pub async fn load_public_lobby(place: String) -> Result<Option<PublicLobby>, AppError> {
    Ok(asked::source()?.public_lobby(place).await?)
}

/// Where reports came from, for anybody.
///
/// # Errors
/// That the server cannot be reached.
#[server(prefix = "/fn", endpoint = "public_hexagons", input = GetUrl, client = Roaming)]
pub async fn load_public_hexagons() -> Result<PublicHexagons, AppError> {
    Ok(asked::source()?.public_hexagons().await?)
}

/// How a case stands, for anybody; `None` where none may be shown.
///
/// # Errors
/// That codes are looked up too fast, or that the server cannot be reached.
#[server(prefix = "/fn", endpoint = "public_case", input = GetUrl, client = Roaming)]
pub async fn load_public_case(code: String) -> Result<Option<PublicCase>, AppError> {
    let asker = use_context::<http::request::Parts>().map(|parts| parts.extensions).unwrap_or_default();
    Ok(asked::source()?.public_case(code, &asker).await?)
}
