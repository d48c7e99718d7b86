//! Counters and gauges, for `GET /metrics` (Prometheus text). Never a label with a case, a person
//! or an address.

use std::sync::atomic::AtomicU64;

/// What is counted. The names that Prometheus sees are given where they are written out.
#[derive(Debug, Default)]
pub struct Telemetry {
    /// Events accepted, by the gateway.
    pub events_accepted_total: AtomicU64,
    /// Events that were there already.
    pub events_duplicate_total: AtomicU64,
    /// Events rejected one by one.
    pub events_rejected_total: AtomicU64,
    /// Frames put on sockets' queues.
    pub live_frames_total: AtomicU64,
    /// Frames dropped because a socket was behind.
    pub live_frames_dropped_total: AtomicU64,
    /// Sockets open now.
    pub live_sockets: AtomicU64,
    /// Topics kept now.
    pub live_topics: AtomicU64,
    /// Ticks done.
    pub ticks_total: AtomicU64,
    /// How long the last tick took, microseconds.
    pub tick_micros: AtomicU64,
    /// The longest tick since the start, microseconds.
    pub tick_micros_max: AtomicU64,
}
