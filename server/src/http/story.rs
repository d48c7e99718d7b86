//! One case: how it stands, its clocks with their arithmetic, and its events as they were sent,
//! without anything sealed.

use axum::response::Response;
use domain::Seq;
use domain::answer::{CaseRow, CaseStory, EventView, UnmetView};
use domain::case::{Case, Timeline, Unmet, Verdict};
use domain::event::{Event, Flag};
use domain::fold::fold;
use domain::intake::{CONFIDENTIAL_MEMBERS, conceal_officers};
use domain::problem::Problem;
use domain::query::Rules;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::problem::internal;
use super::sheet::json;
use super::{case_clock, case_stages, contacts, escalations};
use crate::core::Snapshot;
use crate::store::{Store, record};

/// A title is cut to so many characters: a line of a screen.
const TITLE_CHARS_MAX: usize = 160;

/// The state of a case whose `case.received` has not come yet.
const NOT_RECEIVED: &str = "not_received";

/// Tells a case's story under the rules that are asked for; `None` where nothing was ever heard of it.
pub(super) fn tell(
    snapshot: &Snapshot,
    store: &Store,
    code: &str,
    rules: Rules,
) -> Result<Option<CaseStory>, Problem> {
    let frozen = &snapshot.frozen;
    let state = frozen.state();
    let Some(held) = state.find(code) else {
        return Ok(None);
    };
    let other = (rules != Rules::Kept).then(|| state.city().under(rules));
    let city = other.as_ref().unwrap_or(state.city());
    let folded = other
        .as_ref()
        .map(|city| Case { timeline: fold(city, state.symbols(), &held.events).into(), ..Case::clone(held) });
    let case = folded.as_ref().unwrap_or(held);
    let zone = &state.city().zone;
    let mut said = read_back(store, case)?;
    conceal(&mut said);
    said.iter_mut().filter_map(|event| event.get_mut("data")).for_each(conceal_officers);
    let mut row = engine::case_row(frozen, case).unwrap_or_else(|| not_received(case));
    if let Some(title) = title(case, &said) {
        row.title = Some(title);
    }
    let clocks = case.timeline.as_ref().map(|timeline| case_clock::views(case, timeline, city, state.at()));
    let contacts = row.agency.as_deref().map(|agency| contacts::of(state, agency)).unwrap_or_default();
    Ok(Some(CaseStory {
        contacts,
        seq: state.seq(),
        at: state.at().to_rfc3339(zone),
        case: row,
        clocks: clocks.unwrap_or_default(),
        escalations: escalations::of_case(state, case),
        stages: case
            .timeline
            .as_ref()
            .map(|timeline| case_stages::views(state, case, timeline))
            .unwrap_or_default(),
        events: events(case, said, zone),
        directives: super::directives::of_case(state, code),
    }))
}

fn not_received(case: &Case) -> CaseRow {
    let flags = vec![Flag::CaseUnknown.name().to_owned()];
    CaseRow { case: case.code.to_string(), status: NOT_RECEIVED.to_owned(), flags, ..CaseRow::default() }
}

/// The events as the log holds them, in the case's own order.
fn read_back(store: &Store, case: &Case) -> Result<Vec<Json>, Problem> {
    let places: Vec<Seq> = case.events.iter().map(|event| event.seq).collect();
    let records = store.read_many(&places).map_err(|error| {
        tracing::error!(%error, "the events of a case could not be read");
        internal()
    })?;
    let shown = records.iter().map(record::shown).collect::<Result<Vec<Json>, _>>();
    shown.map_err(|error| {
        tracing::error!(%error, "an event of a case could not be read");
        internal()
    })
}

/// Whether the reporter of a case asked for confidentiality, at any time and in any of its events.
///
/// # Errors
/// Where the log cannot be read: then nobody knows, and nothing may be told.
pub(super) fn is_confidential(store: &Store, case: &Case) -> Result<bool, Problem> {
    Ok(read_back(store, case)?.iter().any(asks_for_confidentiality))
}

fn asks_for_confidentiality(event: &Json) -> bool {
    event["data"]["confidentiality_requested"] == true
}

/// Takes the content out of every event of a case whose reporter asked for confidentiality, at any
/// time: until there are accounts, every reader is the public.
fn conceal(said: &mut [Json]) {
    if !said.iter().any(asks_for_confidentiality) {
        return;
    }
    for event in said {
        if let Some(data) = event.get_mut("data").and_then(Json::as_object_mut) {
            CONFIDENTIAL_MEMBERS.iter().for_each(|member| drop(data.remove(*member)));
        }
    }
}

fn events(case: &Case, said: Vec<Json>, zone: &TimeZone) -> Vec<EventView> {
    let verdicts = case.timeline.as_ref().map(|timeline: &Timeline| timeline.verdicts.as_slice());
    let unheard = Verdict { applied: false, flag: Some(Flag::CaseUnknown) };
    let verdict = |place: usize| match verdicts {
        Some(verdicts) => verdicts.get(place).copied().unwrap_or(unheard),
        None => unheard,
    };
    let views = case.events.iter().zip(said).enumerate();
    let unmet = case.timeline.as_ref().map_or(&[][..], |timeline| &timeline.unmet);
    let unmet = |place: usize| unmet.iter().filter(|unmet| unmet.event == place).map(asked).collect();
    views.map(|(place, (event, said))| view(event, said, verdict(place), unmet(place), zone)).collect()
}

fn asked(unmet: &Unmet) -> UnmetView {
    let requirement = &unmet.requirement;
    UnmetView {
        requirement: requirement.id.clone(),
        clause: requirement.clause.clone(),
        label: requirement.text.clone(),
        flag: requirement.flag.name().to_owned(),
        missing: unmet.missing.clone(),
    }
}

fn view(
    event: &Event,
    mut said: Json,
    verdict: Verdict,
    unmet: Vec<UnmetView>,
    zone: &TimeZone,
) -> EventView {
    let flag = verdict.flag.or_else(|| event.flags.first().copied());
    EventView {
        id: event.id.to_string(),
        source: event.source.to_string(),
        kind: said.get("type").and_then(Json::as_str).unwrap_or_default().to_owned(),
        time: event.time.to_rfc3339(zone),
        recorded: event.recorded.to_rfc3339(zone),
        seq: event.seq,
        applied: verdict.applied,
        flag: flag.map(|flag| flag.name().to_owned()),
        unmet,
        data: match said.get_mut("data").map(Json::take) {
            None | Some(Json::Null) => Json::Object(serde_json::Map::new()),
            Some(data) => data,
        },
    }
}

/// A short text to know the case by: the latest content that a source gave.
fn title(case: &Case, said: &[Json]) -> Option<String> {
    let received = |said: &&Json| {
        let kind = said.get("type").and_then(Json::as_str).unwrap_or_default();
        kind.ends_with(".case.received") || kind.ends_with(".case.amended")
    };
    let content = |said: &Json| {
        let content = said.get("data")?.get("content")?.as_str()?;
        let line = content.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then(|| shorten(&line))
    };
    case.timeline.as_ref()?;
    said.iter().rev().filter(received).find_map(content)
}

fn shorten(line: &str) -> String {
    match line.char_indices().nth(TITLE_CHARS_MAX) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}

/// The story as JSON: what was never received has no instant at which it was.
pub(super) fn respond(story: &CaseStory) -> Result<Response, Problem> {
    if !story.case.received_at.is_empty() {
        return json(story);
    }
    let mut told = serde_json::to_value(story).map_err(|error| {
        tracing::error!(%error, "a case could not be written");
        internal()
    })?;
    told["case"]["received_at"] = Json::Null;
    json(&told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let line = "đ".repeat(200);
        let short = shorten(&line);
        assert_eq!(short.chars().count(), TITLE_CHARS_MAX + 1);
        assert!(short.ends_with('…'));
        assert_eq!(shorten("ngắn"), "ngắn");
    }
}
