//! The table of calls: what answers them, and how they are described. The router and the OpenAPI
//! document are both made from it, so that neither knows a call that the other does not.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post, put};
use utoipa::openapi::path::{HttpMethod, Operation};

use super::api::Api;
use super::body::{EVENTS_BYTES_MAX, bounded};
use super::openapi::*;
use super::{
    alarms, cases, checkpoint, clock, commitments, counters, desks, directives, escalations, events, figures,
    health, live, numbers, public, quality, satisfaction, scenes, screens, shift, sources,
};
use crate::running::Running;

/// One call.
pub(super) struct Call {
    pub(super) method: HttpMethod,
    pub(super) path: &'static str,
    pub(super) operation: Operation,
    /// What answers it; `None` where another module brings its own routes.
    handler: Option<MethodRouter<Api>>,
}

/// Every call of the product.
pub(super) fn calls() -> Vec<Call> {
    let answered = |(method, path, operation): Described, handler: MethodRouter<Api>| Call {
        method,
        path,
        operation,
        handler: Some(handler),
    };
    let elsewhere = |(method, path, operation): Described| Call { method, path, operation, handler: None };
    vec![
        elsewhere(events_call()),
        elsewhere(stream_call()),
        elsewhere(live_call()),
        answered(metrics_call(), get(numbers::metrics)),
        answered(aggregates_call(), get(numbers::aggregates)),
        answered(hexagons_call(), get(numbers::hexagons)),
        answered(receipt_call(), get(numbers::receipt)),
        answered(satisfaction_call(), get(satisfaction::satisfaction)),
        answered(cases_call(), get(cases::cases)),
        answered(case_call(), get(cases::case)),
        answered(sources_call(), get(sources::sources)),
        answered(quality_call(), get(quality::quality)),
        answered(counters_call(), get(counters::counters)),
        answered(escalations_call(), get(escalations::escalations)),
        answered(commitments_call(), get(commitments::commitments)),
        answered(alarms_call(), get(alarms::list)),
        answered(acknowledge_call(), post(alarms::acknowledge)),
        answered(shelve_call(), post(alarms::shelve)),
        answered(shift_call(), get(shift::shift)),
        answered(begin_duty_call(), post(shift::begin)),
        answered(note_call(), post(shift::note)),
        answered(hand_over_call(), post(shift::hand_over)),
        answered(accept_call(), post(shift::accept)),
        answered(end_duty_call(), post(shift::end)),
        answered(unit_desk_call(), get(desks::unit)),
        answered(office_desk_call(), get(desks::city_office)),
        answered(centre_desk_call(), get(desks::centre)),
        answered(public_totals_call(), get(public::totals)),
        answered(public_dossiers_call(), get(public::dossiers)),
        answered(public_satisfaction_call(), get(public::satisfaction)),
        answered(public_lobby_call(), get(public::lobby)),
        answered(public_hexagons_call(), get(public::hexagons)),
        answered(public_case_call(), get(public::case)),
        answered(directives_call(), get(directives::list)),
        answered(issue_call(), post(directives::issue)),
        answered(answer_call(), post(directives::answer)),
        answered(decide_call(), post(directives::decide)),
        answered(unmapped_call(), get(quality::unmapped)),
        answered(scenes_call(), get(scenes::playlist)),
        answered(save_scenes_call(), put(scenes::save)),
        answered(scenes_versions_call(), get(scenes::versions)),
        answered(scenes_version_call(), get(scenes::version)),
        answered(fleet_call(), get(screens::fleet)),
        answered(ask_code_call(), post(screens::ask_code)),
        answered(me_call(), get(screens::me)),
        answered(keep_picture_call(), put(screens::keep_picture)),
        answered(picture_call(), get(screens::picture)),
        answered(approve_call(), post(screens::approve)),
        answered(set_screen_call(), put(screens::set)),
        answered(revoke_call(), post(screens::revoke)),
        answered(sign_in_call(), post(screens::sign_in)),
        answered(session_call(), get(screens::session)),
        answered(sign_out_call(), post(screens::sign_out)),
        elsewhere(screens_live_call()),
        answered(clock_call(), post(clock::move_on)),
        answered(state_call(), get(health::state)),
        answered(openapi_call(), get(openapi)),
        answered(alive_call(), get(health::alive)),
        answered(ready_call(), get(health::ready)),
        answered(figures_call(), get(figures::figures)),
    ]
}

/// The routes of all calls.
pub(super) fn routes(running: &Running, api: Api) -> Router {
    let of_rest = calls().into_iter().fold(Router::new(), |router, call| match call.handler {
        Some(handler) => router.route(call.path, handler),
        None => router,
    });
    let small = from_fn(super::small_body);
    let large = from_fn(|request: Request, next: Next| bounded(EVENTS_BYTES_MAX, request, next));
    let of_events = events::routes().layer(large).with_state(running.clone());
    let of_live = live::routes(running.settings.in_transit.live_sockets_max)
        .layer(small.clone())
        .with_state(running.clone());
    let of_screens = screens::routes().layer(small.clone()).with_state(running.clone());
    let carried = from_fn_with_state(running.clone(), checkpoint::carried);
    of_rest.layer(carried).layer(small).with_state(api).merge(of_events).merge(of_live).merge(of_screens)
}
