//! The effective configuration: flags, then environment (`TOANCANH_…`), then one TOML file.

mod origin;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use origin::{Origin, OriginError};

/// What a server was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Name or folder of the city.
    pub city: String,
    /// Where the log lies.
    pub data: PathBuf,
    /// Where the keys lie: never inside `data`.
    pub keys: PathBuf,
    /// Where a second copy of the data is kept while the server runs.
    pub backup: Option<PathBuf>,
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// `system`, or an instant with `,speed=N`.
    pub clock: String,
    /// Whether reads answer on other addresses than loopback before accounts exist.
    pub open_reads: bool,
    /// Whether it is for training: nothing in it is real, and every screen says so.
    pub training: bool,
    /// Whether the log is encrypted on the disk; `None`: as it was.
    pub encrypt_log: Option<bool>,
    /// After how many events the state is kept beside the log; 0 never keeps it.
    pub image_every: u64,
    /// The folder with the browser's files.
    pub site_root: PathBuf,
    /// What every screen must say of its data, Vietnamese and English.
    pub notice: Option<(String, String)>,
    /// The path under which a reverse proxy shows the product: `/toancanh`; empty for the whole of a host.
    pub base_path: String,
    /// Where browsers reach the city's other servers: a page that loses this one goes on with them.
    pub other_servers: Vec<Origin>,
    /// How events come to the city's other servers.
    pub carrying: Carrying,
    /// What protects requests on their way.
    pub in_transit: InTransit,
}

/// What protects the server and its requests on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InTransit {
    /// The certificate and its key; none answers over plain HTTP.
    pub tls: Option<TlsFiles>,
    /// How old the signature of a request may be, seconds.
    pub signature_window_secs: u32,
    /// Live sockets at once, at most.
    pub live_sockets_max: u32,
}

impl Default for InTransit {
    /// Plain HTTP, signatures of the last five minutes, and three quarters of the connections for live sockets.
    fn default() -> Self {
        Self { tls: None, signature_window_secs: 300, live_sockets_max: 6_144 }
    }
}

/// Files of PEM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFiles {
    /// The certificate, and those between it and the root.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How events come to the city's other servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carrying {
    /// The address of Redis; none for a server that is alone.
    pub redis: Option<String>,
    /// Whether an event is acknowledged that no replica has.
    pub without_replica: bool,
    /// How long a server that is away holds back what may be trimmed from the stream, hours.
    pub absence_hours: u32,
}

impl Default for Carrying {
    /// One server, alone.
    fn default() -> Self {
        Self { redis: None, without_replica: false, absence_hours: 72 }
    }
}
