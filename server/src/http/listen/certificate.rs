//! The server's certificate: read at the start, and again when its files change or the process gets SIGHUP. A new
//! one that cannot be used changes nothing; the log says why, and `/healthz` that it is so.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use crate::settings::TlsFiles;

/// How often the files are looked at.
const LOOK_EVERY: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(2) };

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of its kind.
    #[error("{}: {source}: it must hold {what} as PEM", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What it must hold.
        what: &'static str,
        /// What is wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key are not of each other, or of no use.
    #[error("{} and {} cannot be used together: {source}", cert.display(), key.display())]
    Unusable {
        /// The certificate.
        cert: PathBuf,
        /// Its key.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
}

/// A certificate that is kept up to date.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
    stamp: Mutex<[Option<Stamp>; 2]>,
    is_current: AtomicBool,
    /// Handshakes that came to their end.
    pub handshakes_total: AtomicU64,
    /// Connections that never became one over TLS.
    pub handshakes_failed_total: AtomicU64,
}

/// Tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// With the file, and what is wrong.
    pub fn open(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let stamp = stamps(&files);
        let config = read(&files)?;
        Ok(Arc::new(Self {
            files,
            config: RwLock::new(config),
            stamp: Mutex::new(stamp),
            is_current: AtomicBool::new(true),
            handshakes_total: AtomicU64::new(0),
            handshakes_failed_total: AtomicU64::new(0),
        }))
    }

    /// What a new connection is shaken hands with.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether what the files hold now is what is used.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.is_current.load(Relaxed)
    }

    /// Looks at the files for as long as it is not dropped.
    pub(super) async fn keep(&self) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = signal(SignalKind::hangup()).ok();
        loop {
            let is_asked = match &mut asked {
                None => {
                    look.tick().await;
                    false
                }
                Some(asked) => tokio::select! {
                    _ = look.tick() => false,
                    _ = asked.recv() => true,
                },
            };
            self.look(is_asked);
        }
    }

    fn look(&self, is_asked: bool) {
        let now = stamps(&self.files);
        {
            let mut held = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
            if *held == now && !is_asked {
                return;
            }
            *held = now;
        }
        // A certificate and its key are seldom replaced at one instant: what does not fit yet is looked at again
        // with the next change.
        match read(&self.files) {
            Ok(config) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
                self.is_current.store(true, Relaxed);
                tracing::info!(cert = %self.files.cert.display(), "a new certificate is in use");
            }
            Err(error) => {
                self.is_current.store(false, Relaxed);
                tracing::error!(%error, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let TlsFiles { cert, key } = files;
    let unreadable = |path: &Path, what: &'static str| {
        let path = path.to_owned();
        move |source| TlsError::Unreadable { path, what, source }
    };
    let chain =
        CertificateDer::pem_file_iter(cert)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|chain| {
                if chain.is_empty() { Err(rustls::pki_types::pem::Error::NoItemsFound) } else { Ok(chain) }
            })
            .map_err(unreadable(cert, "a certificate"))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key, "a private key"))?;
    let unusable = |source| TlsError::Unusable { cert: cert.clone(), key: key.clone(), source };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Whoever was here comes back without a new signature: the dear part of a handshake.
    config.ticketer = rustls::crypto::ring::Ticketer::new().map_err(unusable)?;
    Ok(Arc::new(config))
}

fn stamps(files: &TlsFiles) -> [Option<Stamp>; 2] {
    let stamp = |path: &PathBuf| {
        let meta = std::fs::metadata(path).ok()?;
        Some(Stamp { inode: meta.ino(), bytes: meta.len(), modified: (meta.mtime(), meta.mtime_nsec()) })
    };
    [stamp(&files.cert), stamp(&files.key)]
}
