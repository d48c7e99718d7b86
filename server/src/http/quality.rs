//! `GET /api/v1/quality` and `GET /api/v1/catalogue/unmapped`: what is odd about the data, with
//! counts and cases, and the codes that the catalogue does not know.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::case::Case;
use domain::city::Label;
use domain::dimension::Dimension;
use domain::event::Flag;
use domain::query::bad;
use domain::regulation::Requirement;
use domain::state::State as City;
use domain::{Seq, Value};
use serde::Serialize;

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, text};

/// How many codes of cases are shown with a problem unless told.
const CODES: u32 = 20;
/// How many at most.
const CODES_MAX: u32 = 1_000;

#[derive(Serialize)]
struct Quality {
    seq: Seq,
    at: String,
    problems: Vec<FlagView>,
}

#[derive(Serialize)]
struct FlagView {
    /// The flag's name.
    flag: &'static str,
    /// The dimension, where the flag is about one.
    dimension: Option<&'static str>,
    /// What the regulation asks, where the flag says that it is not there.
    requirement: Option<String>,
    /// Where that stands.
    clause: Option<String>,
    /// What it means.
    label: Label,
    /// How many cases have it.
    cases: u64,
    /// The first of them after `after`, ascending.
    codes: Vec<Arc<str>>,
}

/// `GET /api/v1/quality`.
pub(super) async fn quality(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let only = params.take("flag")?;
    let after = params.take("after")?.unwrap_or_default();
    let limit = params.take_number("limit", 0, CODES_MAX)?.unwrap_or(CODES) as usize;
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let zone = api.answers.zone().clone();
    let body = api.answers.read(move |snapshot| {
        let state = snapshot.frozen.state();
        let mut problems = flagged(state, &after, limit);
        problems.retain(|problem| only.as_deref().is_none_or(|only| only == problem.flag));
        (Quality { seq: state.seq(), at: state.at().to_rfc3339(&zone), problems }, only)
    });
    let (body, only) = body.await?;
    if let Some(only) = only.filter(|only| !is_flag(only)) {
        let shown: String = only.chars().take(64).collect();
        return Err(bad("flag", &format!("{shown:?} is not known")).into());
    }
    Ok(answer(form, body.seq, &body.at, &body, || flags_table(&body.problems))?)
}

/// Whether there is such a flag, so that an unknown name is told from one that no case has.
fn is_flag(name: &str) -> bool {
    Flag::ALL.iter().any(|flag| flag.name() == name)
}

/// What is odd: a flag and, where a regulation asks for what is not there, the id of what it asks.
type Oddity<'a> = (Flag, Option<&'a str>);

/// The cases that have it.
#[derive(Default)]
struct Found<'a> {
    requirement: Option<&'a Requirement>,
    cases: u64,
    codes: Vec<Arc<str>>,
}

fn flagged(state: &City, after: &str, limit: usize) -> Vec<FlagView> {
    let mut all: BTreeMap<Oddity<'_>, Found<'_>> = BTreeMap::new();
    for case in state.cases() {
        for (oddity, requirement) in oddities(case) {
            let found = all.entry(oddity).or_default();
            found.requirement = requirement;
            found.cases += 1;
            if &*case.code > after {
                found.codes.push(case.code.clone());
            }
        }
    }
    all.into_iter().map(|((flag, _), found)| found.view(flag, limit)).collect()
}

impl Found<'_> {
    fn view(mut self, flag: Flag, limit: usize) -> FlagView {
        self.codes.sort_unstable();
        self.codes.truncate(limit);
        let (vi, en) = flag.describe();
        let said = |flag: &str, asked: Option<&str>| match asked {
            Some(asked) => format!("{flag}: {asked}"),
            None => flag.to_owned(),
        };
        let text = self.requirement.map(|asked| &asked.text);
        FlagView {
            flag: flag.name(),
            dimension: match flag {
                Flag::UnknownCode(dimension) => Some(dimension.name()),
                _ => None,
            },
            requirement: self.requirement.map(|asked| asked.id.clone()),
            clause: self.requirement.map(|asked| asked.clause.clone()),
            label: Label {
                vi: said(vi, text.map(|text| text.vi.as_str())),
                en: said(en, text.map(|text| text.en.as_str())),
            },
            cases: self.cases,
            codes: self.codes,
        }
    }
}

/// What is odd about a case, each once; a requirement that several of its events do not meet too.
fn oddities(case: &Case) -> BTreeMap<Oddity<'_>, Option<&Requirement>> {
    let Some(timeline) = &*case.timeline else {
        return BTreeMap::from([((Flag::CaseUnknown, None), None)]);
    };
    let asked = timeline.unmet.iter().map(|unmet| &*unmet.requirement);
    let mut all: BTreeMap<Oddity<'_>, Option<&Requirement>> =
        asked.clone().map(|asked| ((asked.flag, Some(asked.id.as_str())), Some(asked))).collect();
    let plain = timeline.flags.iter().filter(|flag| !asked.clone().any(|asked| asked.flag == **flag));
    all.extend(plain.map(|flag| ((*flag, None), None)));
    all
}

fn flags_table(problems: &[FlagView]) -> Sheet {
    let rows = problems.iter().map(|problem| {
        [
            text(Some(problem.flag)),
            text(problem.dimension),
            text(problem.requirement.as_deref()),
            text(problem.clause.as_deref()),
            text(Some(&problem.label.vi)),
            text(Some(&problem.label.en)),
            Value::Int(i64::try_from(problem.cases).unwrap_or(i64::MAX)),
        ]
    });
    let columns = ["flag", "dimension", "requirement", "clause", "label_vi", "label_en", "cases"];
    Sheet::new(columns, rows)
}

#[derive(Serialize)]
struct Unmapped {
    seq: Seq,
    at: String,
    codes: Vec<CodeView>,
}

#[derive(Serialize)]
struct CodeView {
    /// Which list the code is missing from.
    dimension: &'static str,
    /// The code as sent.
    code: Arc<str>,
    /// How many cases have it now.
    cases: u64,
    /// How many of these are open.
    open: u64,
    /// Some of them, ascending.
    examples: Vec<Arc<str>>,
}

/// `GET /api/v1/catalogue/unmapped`.
pub(super) async fn unmapped(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let zone = api.answers.zone().clone();
    let body = api.answers.read(move |snapshot| {
        let state = snapshot.frozen.state();
        Unmapped { seq: state.seq(), at: state.at().to_rfc3339(&zone), codes: unknown_codes(state) }
    });
    let body = body.await?;
    Ok(answer(form, body.seq, &body.at, &body, || codes_table(&body.codes))?)
}

fn unknown_codes(state: &City) -> Vec<CodeView> {
    let catalogue = &state.city().catalogue;
    let mut known = HashSet::new();
    let mut found: BTreeMap<(Dimension, Arc<str>), CodeView> = BTreeMap::new();
    for case in state.cases() {
        let Some(segment) = case.timeline.as_ref().and_then(|timeline| timeline.at(state.at())) else {
            continue;
        };
        if !segment.attrs.unmapped {
            continue;
        }
        for dimension in Dimension::ALL {
            let sym = segment.attrs.code(dimension);
            let Some(code) = state.symbols().name(sym).filter(|_| !known.contains(&(dimension, sym))) else {
                continue;
            };
            if catalogue.knows(dimension, &code) {
                known.insert((dimension, sym));
                continue;
            }
            let none = || CodeView {
                dimension: dimension.name(),
                code: code.clone(),
                cases: 0,
                open: 0,
                examples: Vec::new(),
            };
            let view = found.entry((dimension, code.clone())).or_insert_with(none);
            view.cases += 1;
            view.open += u64::from(segment.open);
            view.examples.push(case.code.clone());
        }
    }
    let mut views: Vec<CodeView> = found.into_values().collect();
    for view in &mut views {
        view.examples.sort_unstable();
        view.examples.truncate(CODES as usize);
    }
    views
}

fn codes_table(codes: &[CodeView]) -> Sheet {
    let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = codes.iter().map(|view| {
        [text(Some(view.dimension)), text(Some(&view.code)), count(view.cases), count(view.open)]
    });
    Sheet::new(["dimension", "code", "cases", "open"], rows)
}
