//! `GET /metrics`: the server's own figures, for Prometheus (OpenMetrics text).

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Metric, Registry, Unit};
use toancanh_log::{Stats, TendStatus};

use super::api::Api;
use super::listen::Certificate;
use super::problem::{Refusal, internal};
use crate::carrier::{Report, Standing};
use crate::clock_sync::ClockSync;
use crate::core::Snapshot;
use crate::telemetry::Telemetry;

/// The media type of OpenMetrics text.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`.
pub(super) async fn figures(State(api): State<Api>) -> Result<Response, Refusal> {
    let mut registry = Registry::with_prefix("toancanh");
    of_gateway_and_hub(&mut registry, &api.running.telemetry);
    if let Some(tls) = &api.running.tls {
        of_tls(&mut registry, tls);
    }
    of_log(&mut registry, &api.running.store.log().stats());
    if let Some(carrier) = api.running.store.carrier() {
        of_carrier(&mut registry, &carrier.report(api.running.store.durable()));
    }
    if let Some(tended) = api.running.store.tended() {
        of_tending(&mut registry, &tended);
    }
    of_state(&mut registry, &api.running.core.snapshot());
    gauge(
        &mut registry,
        "answers_waiting",
        "Questions being counted or waiting",
        api.answers.work().waiting(),
    );
    if let Ok(clock) = crate::clock_sync::read() {
        of_clock(&mut registry, clock);
    }
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| {
        tracing::error!(%error, "the figures could not be written");
        Refusal(internal())
    })?;
    let mut response = text.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(OPEN_METRICS));
    Ok(response)
}

fn of_gateway_and_hub(registry: &mut Registry, telemetry: &Telemetry) {
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let t = telemetry;
    counter(registry, "events_accepted", "Events accepted and durable", get(&t.events_accepted_total));
    counter(registry, "events_duplicate", "Events that were there already", get(&t.events_duplicate_total));
    counter(registry, "events_rejected", "Events rejected one by one", get(&t.events_rejected_total));
    counter(registry, "live_frames", "Frames put on sockets' queues", get(&t.live_frames_total));
    let dropped = get(&t.live_frames_dropped_total);
    counter(registry, "live_frames_dropped", "Frames dropped because a socket was behind", dropped);
    gauge(registry, "live_sockets", "Live sockets open now", get(&t.live_sockets));
    gauge(registry, "live_topics", "Questions kept up to date now", get(&t.live_topics));
    let image = "The place of the image that the start went on from; 0 where it read the whole log";
    gauge(registry, "state_image_seq", image, get(&t.image_seq));
    let unreadable = "Records of the log that are no events to this build: the numbers are without them";
    gauge(registry, "log_records_unreadable", unreadable, get(&t.records_unreadable));
    counter(registry, "ticks", "Ticks done", get(&t.ticks_total));
    seconds(registry, "tick_last", "How long the last tick took", get(&t.tick_micros));
    seconds(registry, "tick_max", "The longest tick since the start", get(&t.tick_micros_max));
    let refused = "Requests of sources refused for who sent them, by source and reason";
    registry.register("source_requests_refused", refused, t.refusals.0.clone());
    registry.register("http_requests", "Requests answered", t.requests.answered.clone());
    let seconds = t.requests.seconds.clone();
    registry.register_with_unit("http_request", "How long requests took", Unit::Seconds, seconds);
}

fn of_tls(registry: &mut Registry, tls: &Certificate) {
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    counter(registry, "tls_handshakes", "Handshakes that came to their end", get(&tls.handshakes_total));
    let failed = "Connections that never became one over TLS";
    counter(registry, "tls_handshakes_failed", failed, get(&tls.handshakes_failed_total));
    let current = "1 while what the certificate's files hold is what is used";
    gauge(registry, "tls_certificate_current", current, u64::from(tls.is_current()));
}

fn of_log(registry: &mut Registry, stats: &Stats) {
    gauge(registry, "log_durable_seq", "The highest durable position", stats.durable.get());
    counter(registry, "log_frames", "Frames written", stats.frames_total);
    counter(registry, "log_records", "Records written", stats.records_total);
    counter(registry, "log_bytes", "Bytes of frames written", stats.bytes_total);
    counter(registry, "log_fsyncs", "fdatasync calls for frames", stats.fsyncs_total);
    seconds(registry, "log_fsync_last", "How long the last fdatasync took", stats.fsync_last_us);
    seconds(registry, "log_fsync_max", "The longest fdatasync since the start", stats.fsync_max_us);
    counter(
        registry,
        "log_refused_busy",
        "Batches refused because the queue was full",
        stats.refused_busy_total,
    );
    counter(
        registry,
        "log_refused_full",
        "Commits refused because the disk was full",
        stats.refused_full_total,
    );
    gauge(registry, "log_queued_batches", "Batches waiting for the disk", stats.queued_batches);
    gauge(registry, "log_queued_bytes", "Bytes waiting for the disk", stats.queued_bytes);
    gauge(registry, "log_poisoned", "1 once the log has stopped acknowledging", u64::from(stats.poisoned));
}

fn of_carrier(registry: &mut Registry, report: &Report) {
    for standing in Standing::ALL {
        let name = format!("carrier_{}", standing.word());
        gauge(registry, &name, standing.meaning(), u64::from(report.standing == standing));
    }
    counter(
        registry,
        "carrier_acknowledged",
        "Events of this server confirmed on the stream",
        report.acknowledged,
    );
    counter(registry, "carrier_present", "Events of other servers taken from the stream", report.present);
    counter(registry, "carrier_repaired", "Events that Redis had lost, offered again", report.repaired);
    counter(
        registry,
        "carrier_rivals",
        "Events taken by two servers under one identity with other content",
        report.rivals,
    );
    counter(registry, "carrier_refused", "Entries of the stream that could not be taken", report.refused);
    counter(registry, "carrier_primaries", "Changes of the primary", report.primaries);
    gauge(registry, "carrier_unconfirmed", "Records not known to be on the stream", report.unconfirmed);
    if let Some(lag_ms) = report.lag_ms {
        seconds(registry, "carrier_lag", "How far this server lies behind the stream", lag_ms * 1_000);
    }
}

fn of_tending(registry: &mut Registry, tended: &TendStatus) {
    let t = tended;
    counter(registry, "checkpoints", "Signed checkpoints written", t.checkpoints_total);
    let errors = t.checkpoint_errors_total;
    counter(registry, "checkpoint_errors", "Checkpoints that could not be written", errors);
    if t.has_backup {
        gauge(registry, "backup_seq", "Up to here the backup is durable", t.backup.get());
        gauge(registry, "backup_lag_records", "Durable events that the backup lacks", t.backup_lag_records);
        let lag = u64::try_from(t.backup_lag.as_micros()).unwrap_or(u64::MAX);
        seconds(registry, "backup_lag", "How long the backup has lacked any", lag);
        let errors = t.backup_errors_total;
        counter(registry, "backup_errors", "Turns of the backup that failed", errors);
    }
}

fn of_clock(registry: &mut Registry, clock: ClockSync) {
    let help = "1 while something keeps the system's clock in step";
    gauge(registry, "clock_synchronised", help, u64::from(clock.is_synchronised));
    let micros = u64::try_from(clock.error_max.as_micros()).unwrap_or(u64::MAX);
    seconds(registry, "clock_error", "By how much the system's clock may be wrong at most", micros);
}

fn of_state(registry: &mut Registry, snapshot: &Snapshot) {
    let state = snapshot.frozen.state();
    gauge(registry, "state_seq", "Every event up to here is in the numbers", state.seq().0);
    gauge(registry, "state_events", "Events in the numbers", state.events());
    gauge(registry, "state_cases", "Cases ever heard of", state.cases().len());
    gauge(registry, "state_timers", "Instants at which a case will turn", state.timers());
    gauge(registry, "state_sources", "Sources ever heard of", state.sources().len());
    let at_secs = state.at().micros().div_euclid(1_000_000);
    registry.register_with_unit(
        "state_at",
        "The instant that the numbers stand at",
        Unit::Seconds,
        ConstGauge::new(at_secs),
    );
    gauge(
        registry,
        "ready",
        "1 once every event of the log is in the numbers",
        u64::from(snapshot.rebuilding.is_none()),
    );
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    register(registry, name, help, ConstCounter::new(value));
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: impl TryInto<i64>) {
    register(registry, name, help, ConstGauge::new(value.try_into().unwrap_or(i64::MAX)));
}

fn seconds(registry: &mut Registry, name: &str, help: &str, micros: u64) {
    #[allow(clippy::cast_precision_loss)] // Microseconds of a pause stay far below 2^53.
    let value = ConstGauge::new(micros as f64 / 1e6);
    registry.register_with_unit(name, help, Unit::Seconds, value);
}

fn register(registry: &mut Registry, name: &str, help: &str, metric: impl Metric) {
    registry.register(name, help, metric);
}
