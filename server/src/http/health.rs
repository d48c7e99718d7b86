//! `GET /healthz` (is it alive) and `GET /readyz` (may it be asked): open to every address, and
//! silent about the city.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use domain::problem::Problem;
use serde_json::json;

use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::json;

/// Alive as long as the core's thread is. With several servers it says how the carrier stands.
pub(super) async fn alive(State(api): State<Api>) -> Result<Response, Refusal> {
    core_runs(&api)?;
    let store = &api.running.store;
    let mut said = json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION") });
    if api.running.settings.training {
        said["training"] = json!(true);
    }
    let unreadable = api.running.telemetry.records_unreadable.load(std::sync::atomic::Ordering::Relaxed);
    // A machine that does not let us ask says nothing.
    if let Ok(clock) = crate::clock_sync::read() {
        said["clock"] =
            json!({ "synchronised": clock.is_synchronised, "error_seconds": clock.error_max.as_secs_f64() });
    }
    if unreadable > 0 {
        said["records_unreadable"] = json!(unreadable);
    }
    if let Some(tended) = store.tended().filter(|tended| tended.has_backup) {
        // Why it fails is in the server's own log: paths are for nobody else.
        said["backup"] =
            json!({ "ok": tended.backup_error.is_none(), "lag_seconds": tended.backup_lag.as_secs() });
    }
    if let Some(tls) = &api.running.tls {
        // Why it cannot be used is in the server's own log: paths are for nobody else.
        said["tls"] = json!({ "ok": tls.is_current() });
    }
    if let Some(carrier) = store.carrier() {
        said["carrier"] = json!(carrier.report(store.durable()));
    }
    Ok(json(&said)?)
}

/// `GET /api/v1/state`: by which two servers know that they hold the same events.
pub(super) async fn state(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let told = api.answers.read(|snapshot| {
        let state = snapshot.frozen.state();
        let digest: String = state.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        let at = state.at().to_rfc3339(&state.city().zone);
        let cases = state.cases().len();
        json!({ "seq": state.seq(), "at": at, "events": state.events(), "cases": cases, "digest": digest })
    });
    Ok(json(&told.await?)?)
}

/// Ready once every event of the log is in the numbers and the log takes more.
pub(super) async fn ready(State(api): State<Api>) -> Result<Response, Refusal> {
    core_runs(&api)?;
    if let Some(percent) = api.running.core.rebuilding() {
        return Ok(super::front::refused(percent));
    }
    let snapshot = api.running.core.snapshot();
    if api.running.store.log().stats().poisoned {
        let detail = "The log has stopped taking events after a failed write; the server's log says what to do. \
                      Reading goes on.";
        return Err(Problem::new("log-stopped", 503, "The log has stopped", detail).into());
    }
    Ok(json(&json!({ "status": "ready", "seq": snapshot.frozen.state().seq() }))?)
}

fn core_runs(api: &Api) -> Result<(), Problem> {
    // The channel closes only with the thread that publishes.
    match api.running.core.watch().has_changed() {
        Ok(_) => Ok(()),
        Err(_) => {
            let detail = "The thread that keeps the numbers has ended; the server must be started again.";
            Err(Problem::new("core-stopped", 503, "The core has stopped", detail))
        }
    }
}
