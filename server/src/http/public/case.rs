//! How one case stands, for whoever has its code.

use domain::case::{Case, Segment, Timeline};
use domain::dimension::Dimension;
use domain::problem::Problem;
use domain::public::PublicCase;
use domain::state::State;

use crate::core::Snapshot;
use crate::http::story;
use crate::store::Store;

/// Tells it; `None` where there is no such case, where it was not received yet, and where its reporter ever asked
/// for confidentiality.
pub(super) fn tell(snapshot: &Snapshot, store: &Store, code: &str) -> Result<Option<PublicCase>, Problem> {
    let state = snapshot.frozen.state();
    let Some(case) = state.find(code) else { return Ok(None) };
    let Some(timeline) = case.timeline.as_ref() else { return Ok(None) };
    let Some(now) = timeline.at(state.at()) else { return Ok(None) };
    if story::is_confidential(store, case)? {
        return Ok(None);
    }
    Ok(Some(view(snapshot, state, case, timeline, now)))
}

fn view(snapshot: &Snapshot, state: &State, case: &Case, timeline: &Timeline, now: &Segment) -> PublicCase {
    let (city, zone) = (state.city(), &state.city().zone);
    let name = |dimension| state.symbols().name(now.attrs.code(dimension)).map(|name| name.to_string());
    let entry = |dimension, code: &str| city.catalogue.tree(dimension)?.entries.get(code);
    let stays = timeline.stages.iter();
    let stay = stays.rev().find(|stay| stay.from <= state.at() && stay.to.is_none_or(|to| to > state.at()));
    let row = engine::case_row(&snapshot.frozen, case).unwrap_or_default();
    // Both are of closed lists; anything else would be a source's own words.
    let status = name(Dimension::Status).filter(|status| city.states().any(|known| known == status));
    let kind = name(Dimension::Kind).filter(|kind| ["report", "dossier"].contains(&kind.as_str()));
    PublicCase {
        seq: state.seq(),
        at: state.at().to_rfc3339(zone),
        case: case.code.to_string(),
        kind: kind.unwrap_or_default(),
        status: status.unwrap_or_default(),
        stage: stay.and_then(|stay| state.symbols().name(stay.stage)).map(|stage| stage.to_string()),
        unit: name(Dimension::Agency)
            .and_then(|unit| entry(Dimension::Agency, &unit).map(|entry| entry.label.clone())),
        received_at: row.received_at,
        due: row.due,
        timeliness: row.timeliness,
        outcome: outcome(now, row.resolved_at.is_some()).to_owned(),
        resolved_at: row.resolved_at,
    }
}

/// What became of it. One that ended without a result that stands was refused, withdrawn, stopped, or joined to
/// another: its status says which.
const fn outcome(now: &Segment, is_resolved: bool) -> &'static str {
    match (now.open, is_resolved) {
        (true, _) => "open",
        (false, true) => "resolved",
        (false, false) => "ended",
    }
}
