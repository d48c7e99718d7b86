//! Everything that a running server is made of: one handle, cheap to clone, built in one place.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::audit::Audit;
use crate::city::CityFolder;
use crate::clock::CityClock;
use crate::core::Core;
use crate::http::listen::Certificate;
use crate::screens::Screens;
use crate::settings::Settings;
use crate::source::Sources;
use crate::store::Store;
use crate::telemetry::Telemetry;

/// A running server. Handlers take the part they need through `FromRef`.
#[derive(Clone, FromRef)]
pub struct Running {
    /// The effective configuration.
    pub settings: Arc<Settings>,
    /// The city that it serves.
    pub city: Arc<CityFolder>,
    /// The city's clock.
    pub clock: Arc<CityClock>,
    /// Who may send events.
    pub sources: Arc<Sources>,
    /// The log and its keys.
    pub store: Arc<Store>,
    /// The fold, the cube and the hub, on their own thread.
    pub core: Core,
    /// Which build this is.
    pub version: Arc<str>,
    /// Who was refused.
    pub audit: Arc<Audit>,
    /// The certificate, where it answers over TLS.
    pub tls: Option<Arc<Certificate>>,
    /// The displays: their codes, and what walls show.
    pub screens: Arc<Screens>,
    /// Counters and gauges.
    pub telemetry: Arc<Telemetry>,
}
