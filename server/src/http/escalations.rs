//! `GET /api/v1/escalations`: what limits that ran out set off, each with its instant and clause: the
//! list of a unit's head, of the City Office.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::EscalationView;
use domain::case::{Case, Escalation};
use domain::city::City;
use domain::clock::memo::memo_id;
use domain::dimension::Dimension;
use domain::query::bad;
use domain::state::State as Cases;
use domain::{Seq, Timestamp};
use serde::Serialize;

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, text};

/// How many lines an answer has unless told.
const LINES: u32 = 100;
/// How many at most.
const LINES_MAX: u32 = 1_000;

#[derive(Serialize)]
struct Escalations {
    seq: Seq,
    at: String,
    /// How many there are in all.
    total: u64,
    escalations: Vec<EscalationView>,
}

/// What is asked for.
struct Wanted {
    action: Option<String>,
    open: Option<bool>,
    limit: usize,
}

/// `GET /api/v1/escalations`.
pub(super) async fn escalations(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let open = match params.take("open")?.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(bad("open", "is neither true nor false").into()),
    };
    let limit = params.take_number("limit", 1, LINES_MAX)?.unwrap_or(LINES) as usize;
    let wanted = Wanted { action: params.take("action")?, open, limit };
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let body = api.answers.read(move |snapshot| list(snapshot.frozen.state(), &wanted)).await?;
    Ok(answer(form, body.seq, &body.at, &body, || table(&body.escalations))?)
}

/// The newest first.
fn list(state: &Cases, wanted: &Wanted) -> Escalations {
    let now = state.at();
    let mut found: Vec<(&Arc<Case>, &Escalation)> = Vec::new();
    for case in state.cases() {
        let Some(timeline) = &*case.timeline else { continue };
        let is_open = timeline.at(now).is_some_and(|segment| segment.open);
        if wanted.open.is_some_and(|open| open != is_open) {
            continue;
        }
        let mine = timeline.escalations.iter().filter(|escalation| {
            escalation.since <= now
                && wanted.action.as_deref().is_none_or(|action| action == &*escalation.action)
        });
        found.extend(mine.map(|escalation| (case, escalation)));
    }
    let total = found.len() as u64;
    found.sort_by(|(one, a), (other, b)| b.since.cmp(&a.since).then_with(|| one.code.cmp(&other.code)));
    found.truncate(wanted.limit);
    let clauses = clauses(state.city());
    let views = found.into_iter().map(|(case, escalation)| view(state, case, escalation, &clauses));
    Escalations {
        seq: state.seq(),
        at: now.to_rfc3339(&state.city().zone),
        total,
        escalations: views.collect(),
    }
}

/// What limits of one case set off until now, ascending.
pub(super) fn of_case(state: &Cases, case: &Case) -> Vec<EscalationView> {
    let clauses = clauses(state.city());
    let all = case.timeline.iter().flat_map(|timeline| &timeline.escalations);
    let come = all.filter(|escalation| escalation.since <= state.at());
    come.map(|escalation| view(state, case, escalation, &clauses)).collect()
}

/// Where each rule stands, those of earlier regulations included.
pub(super) fn clauses(city: &City) -> BTreeMap<&str, &str> {
    let books = city.earlier_laws.iter().map(|law| &law.regulations).chain([&city.regulations]);
    let rules = books.flat_map(|book| book.sets()).flat_map(|set| &set.rules);
    rules.map(|rule| (rule.id.as_str(), rule.clause.as_str())).collect()
}

fn view(
    state: &Cases,
    case: &Case,
    escalation: &Escalation,
    clauses: &BTreeMap<&str, &str>,
) -> EscalationView {
    let show = |at: Timestamp| at.to_rfc3339(&state.city().zone);
    let segment = case.timeline.as_ref().and_then(|timeline| timeline.at(state.at()));
    let code = |dimension| {
        let code = segment.map(|segment| segment.attrs.code(dimension))?;
        state.symbols().name(code).map(|name| name.to_string())
    };
    let memo = memo_id(&case.code, &escalation.rule, &escalation.action, escalation.at);
    let notes = state.notes(&case.code);
    EscalationView {
        noted: notes.is_some_and(|notes| notes.get(memo.as_str()).is_some_and(|note| note.stands)),
        case: case.code.to_string(),
        agency: code(Dimension::Agency),
        status: code(Dimension::Status).unwrap_or_default(),
        action: escalation.action.to_string(),
        rule: escalation.rule.to_string(),
        clause: clauses.get(&*escalation.rule).copied().unwrap_or_default().to_owned(),
        at: show(escalation.at),
        since: show(escalation.since),
    }
}

fn table(escalations: &[EscalationView]) -> Sheet {
    let rows = escalations.iter().map(|line| {
        [
            text(Some(&line.case)),
            text(line.agency.as_deref()),
            text(Some(&line.status)),
            text(Some(&line.action)),
            text(Some(&line.rule)),
            text(Some(&line.clause)),
            text(Some(&line.at)),
            text(Some(&line.since)),
        ]
    });
    Sheet::new(["case", "agency", "status", "action", "rule", "clause", "at", "since"], rows)
}
