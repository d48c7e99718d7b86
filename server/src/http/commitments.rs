//! `GET /api/v1/commitments`: cases whose limit can be moved by a time that the unit records, with that
//! time, how often it was changed, and whether it was missed; and those without one.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::CommitmentView;
use domain::case::{Case, Timeline};
use domain::clock::facts::What;
use domain::clock::rules::{Law, RuleClock};
use domain::dimension::Dimension;
use domain::fold::{facts_of_case, laws_of, receipt};
use domain::query::bad;
use domain::state::State as Cases;
use domain::{Seq, Value};
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
struct Commitments {
    seq: Seq,
    at: String,
    /// How many there are in all.
    total: u64,
    commitments: Vec<CommitmentView>,
}

/// What is asked for.
struct Wanted {
    rule: Option<String>,
    commitment: Option<String>,
    committed: Option<bool>,
    past_due: Option<bool>,
    /// Cases that are over are looked at only where something was committed: those without are the
    /// city's whole past.
    open: bool,
    limit: usize,
}

/// `GET /api/v1/commitments`.
pub(super) async fn commitments(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let limit = params.take_number("limit", 1, LINES_MAX)?.unwrap_or(LINES) as usize;
    let wanted = Wanted {
        rule: params.take("rule")?,
        commitment: params.take("commitment")?,
        committed: truth(&mut params, "committed")?,
        past_due: truth(&mut params, "past_due")?,
        open: truth(&mut params, "open")?.unwrap_or(true),
        limit,
    };
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let body = api.answers.read(move |snapshot| list(snapshot.frozen.state(), &wanted)).await?;
    Ok(answer(form, body.seq, &body.at, &body, || table(&body.commitments))?)
}

fn truth(params: &mut Params, name: &str) -> Result<Option<bool>, Refusal> {
    match params.take(name)?.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(bad(name, "is neither true nor false").into()),
    }
}

/// The earliest limit first.
fn list(state: &Cases, wanted: &Wanted) -> Commitments {
    let mut found: Vec<CommitmentView> = Vec::new();
    for case in state.cases() {
        let Some(timeline) = &*case.timeline else { continue };
        let is_open = timeline.at(state.at()).is_some_and(|segment| segment.open);
        let needs_one = !wanted.open || wanted.committed == Some(true);
        if is_open != wanted.open || (needs_one && !has_commitment(case)) {
            continue;
        }
        of_case(state, case, timeline, wanted, &mut found);
    }
    let total = found.len() as u64;
    found.sort_by(|one, other| (&one.due, &one.case, &one.rule).cmp(&(&other.due, &other.case, &other.rule)));
    found.truncate(wanted.limit);
    Commitments { seq: state.seq(), at: state.at().to_rfc3339(&state.city().zone), total, commitments: found }
}

fn has_commitment(case: &Case) -> bool {
    let mut facts = case.events.iter().flat_map(|event| &event.facts);
    facts.any(|fact| matches!(fact.what, What::Committed { .. }))
}

fn of_case(state: &Cases, case: &Case, timeline: &Timeline, wanted: &Wanted, into: &mut Vec<CommitmentView>) {
    let Some((received, facts)) = receipt(&case.events) else { return };
    let Some(law) = laws_of(state.city(), received.time, facts).pop().and_then(|last| last.law) else {
        return;
    };
    let is = |wanted: &Option<String>, name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    let may_move = |commitment: &str, id: &str| is(&wanted.commitment, commitment) && is(&wanted.rule, id);
    let mut rules = law.rules.rules.iter();
    if !rules.any(|rule| rule.extend_by.as_ref().is_some_and(|by| may_move(by, &rule.id))) {
        return;
    }
    let clocks = law.clocks(&facts_of_case(&case.events, received), state.at());
    for clock in clocks.clocks.iter().filter(|clock| clock.counts()) {
        let rule = law.rules.rule(clock.rule);
        let Some(commitment) = rule.extend_by.as_ref().filter(|by| may_move(by, &rule.id)) else { continue };
        let past_due = clock.due < clock.stopped_at.unwrap_or(state.at());
        let fits = wanted.committed.is_none_or(|wanted| wanted == clock.extension.is_some())
            && wanted.past_due.is_none_or(|wanted| wanted == past_due);
        if fits {
            into.push(view(state, case, timeline, &law, clock, commitment));
        }
    }
}

fn view(
    state: &Cases,
    case: &Case,
    timeline: &Timeline,
    law: &Law<'_>,
    clock: &RuleClock,
    commitment: &str,
) -> CommitmentView {
    let show = |at: domain::Timestamp| at.to_rfc3339(&state.city().zone);
    let segment = timeline.at(state.at());
    let code = |dimension| {
        let code = segment.map(|segment| segment.attrs.code(dimension))?;
        state.symbols().name(code).map(|name| name.to_string())
    };
    let rule = law.rules.rule(clock.rule);
    let of_commitment = |on: &[String]| on.iter().any(|on| on == commitment);
    let unmet = timeline.unmet.iter().filter(|unmet| of_commitment(&unmet.requirement.on));
    let mut missing: Vec<String> = unmet.flat_map(|unmet| unmet.missing.iter().cloned()).collect();
    missing.sort();
    missing.dedup();
    CommitmentView {
        case: case.code.to_string(),
        agency: code(Dimension::Agency),
        status: code(Dimension::Status).unwrap_or_default(),
        rule: rule.id.clone(),
        clause: rule.clause.clone(),
        commitment: commitment.to_owned(),
        due: show(clock.due),
        reference: clock.extension.map(|extension| show(extension.reference)),
        until: clock.extension.map(|extension| show(extension.until)),
        recorded_at: clock.extension.map(|extension| show(extension.recorded_at)),
        revisions: clock.extension.map_or(0, |extension| extension.revisions),
        state: clock.state.name().to_owned(),
        missing,
    }
}

fn table(commitments: &[CommitmentView]) -> Sheet {
    let columns = [
        "case",
        "agency",
        "status",
        "rule",
        "clause",
        "commitment",
        "due",
        "reference",
        "until",
        "recorded_at",
        "revisions",
        "state",
        "missing",
    ];
    let rows = commitments.iter().map(|line| {
        [
            text(Some(&line.case)),
            text(line.agency.as_deref()),
            text(Some(&line.status)),
            text(Some(&line.rule)),
            text(Some(&line.clause)),
            text(Some(&line.commitment)),
            text(Some(&line.due)),
            text(line.reference.as_deref()),
            text(line.until.as_deref()),
            text(line.recorded_at.as_deref()),
            Value::Int(i64::from(line.revisions)),
            text(Some(&line.state)),
            text(Some(&line.missing.join(", "))),
        ]
    });
    Sheet::new(columns, rows)
}
