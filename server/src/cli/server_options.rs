//! The settings of a server, which `serve`, `demo` and `config` share.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use super::layers::{Layers, Setting};
use crate::carrier::Address;
use crate::settings::{Carrying, InTransit, Origin, OriginError, Settings, TlsFiles};

/// Where data lie if nobody says.
pub(super) const DATA: &str = "data";
/// Where a server listens if nobody says.
const LISTEN: &str = "127.0.0.1:8080";
/// After how many events an image is kept if nobody says: a city's quiet night, or a second of folding.
const IMAGE_EVERY: &str = "20000";

/// A log that goes on as its last segment is.
const AS_BEFORE: &str = "as before";

/// A server that is alone.
const OWN_LOG: &str = "own";

/// What a server can be told.
#[derive(Clone, Debug, Default, Args)]
pub struct ServerOptions {
    /// The city: a name in cities/, or a folder [env: TOANCANH_CITY].
    #[arg(long, value_name = "NAME|DIR")]
    pub city: Option<String>,
    /// Where the events lie [env: TOANCANH_DATA; default: data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
    /// Where the keys of personal data lie, outside the data [env: TOANCANH_KEYS; default: DATA.keys].
    #[arg(long, value_name = "DIR")]
    pub keys: Option<String>,
    /// Keep a second copy of the data here while the server runs, best on another machine's disk; it never has
    /// the keys. At a start it bears witness that nothing was cut off the log [env: TOANCANH_BACKUP].
    #[arg(long, value_name = "DIR")]
    pub backup: Option<String>,
    /// Where to answer; port 0 picks one [env: TOANCANH_LISTEN; default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The city's clock: system, or an instant with a speed, 2015-10-01T00:00:00-04:00,speed=600; speed 0
    /// stands still [env: TOANCANH_CLOCK; default: system].
    #[arg(long, value_name = "CLOCK")]
    pub clock: Option<String>,
    /// Let pages and reads answer on addresses other than loopback, to anybody who can reach them: there
    /// are no accounts yet. Posting needs a source's token in any case [env: TOANCANH_OPEN_READS].
    #[arg(long)]
    pub open_reads: bool,
    /// Serve for training: every page, wall, sheet and answer says so, and the data are a folder of their own that no
    /// real server opens, as this one opens no real data [env: TOANCANH_TRAINING].
    #[arg(long)]
    pub training: bool,
    /// With several servers, where Redis carries events between their logs: redis://HOST:PORT[,HOST:PORT…],
    /// rediss:// for TLS, redis+sentinel://HOST:PORT[,…]/NAME, or nodes of a cluster
    /// [env: TOANCANH_LOG; default: own, this server's log alone].
    #[arg(long, value_name = "ADDRESS")]
    pub log: Option<String>,
    /// Acknowledge events that no replica of Redis has. An event is in this server's log and in one Redis
    /// then: if both are lost together before another server has read it, an acknowledged event is lost
    /// [env: TOANCANH_REDIS_WITHOUT_REPLICA].
    #[arg(long)]
    pub redis_without_replica: bool,
    /// The path under which a reverse proxy shows the product, such as /toancanh, whether it hands the path on or
    /// takes it off [env: TOANCANH_BASE_PATH; default: none, the whole of a host].
    #[arg(long, value_name = "PATH")]
    pub base_path: Option<String>,
    /// Where browsers reach the city's other servers, by commas: https://b.city.example. A screen that loses
    /// this server goes on with them, and their screens may come here [env: TOANCANH_OTHER_SERVERS].
    #[arg(long, value_name = "ORIGIN[,ORIGIN…]")]
    pub other_servers: Option<String>,
    /// How long Redis keeps events for a server that is away; one that is away for longer must be restored
    /// from a backup or another server's log [env: TOANCANH_REDIS_ABSENCE_HOURS; default: 72].
    #[arg(long, value_name = "HOURS")]
    pub redis_absence_hours: Option<String>,
    /// Encrypt the log on the disk, segment by segment, and the images beside it; what is personal is sealed in any
    /// case. Segments of before stay as they are. Without it, a log goes on as its last segment is;
    /// --encrypt-log=false ends it [env: TOANCANH_ENCRYPT_LOG; default: as before].
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub encrypt_log: Option<String>,
    /// Keep an image of the numbers beside the log whenever so many events have come in, so that a start
    /// reads only what came after it; 0 keeps none [env: TOANCANH_IMAGE_EVERY; default: 20000].
    #[arg(long, value_name = "EVENTS")]
    pub image_every: Option<String>,
    /// Answer over TLS, and only so: a file of PEM with the certificate and those between it and the root. When the
    /// file changes the new one is taken without a restart [env: TOANCANH_TLS_CERT].
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<String>,
    /// The certificate's private key, PEM [env: TOANCANH_TLS_KEY].
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// How old the signature of a signed request may be
    /// [env: TOANCANH_SIGNATURE_WINDOW_SECS; default: 300].
    #[arg(long, value_name = "SECONDS")]
    pub signature_window_secs: Option<String>,
    /// Live sockets (walls, leaders' screens, tablets) at once; one more is told to come back
    /// [env: TOANCANH_LIVE_SOCKETS_MAX; default: 6144].
    #[arg(long, value_name = "N")]
    pub live_sockets_max: Option<String>,
    /// The folder with the browser's files [env: TOANCANH_SITE_ROOT].
    #[arg(long, value_name = "DIR")]
    pub site_root: Option<String>,
}

impl ServerOptions {
    /// Every setting that holds, and why.
    ///
    /// # Errors
    /// None is checked here, but the city must be said unless `city` gives it.
    pub(super) fn settle(&self, layers: &Layers, city: Option<&str>) -> Result<Vec<Setting>, Failure> {
        let open_reads = self.open_reads.then_some("true");
        let training = self.training.then_some("true");
        let without_replica = self.redis_without_replica.then_some("true");
        let data = layers.pick_or("data", self.data.as_deref(), DATA);
        let keys_beside = keys_beside(Path::new(&data.text)).display().to_string();
        let city = match city {
            Some(default) => layers.pick_or("city", self.city.as_deref(), default),
            None => layers.need("city", self.city.as_deref(), "boston")?,
        };
        let site_root = site_root().display().to_string();
        Ok(vec![
            city,
            data,
            layers.pick_or("keys", self.keys.as_deref(), &keys_beside),
            layers.pick_or("backup", self.backup.as_deref(), ""),
            layers.pick_or("listen", self.listen.as_deref(), LISTEN),
            layers.pick_or("clock", self.clock.as_deref(), "system"),
            layers.pick_or("open_reads", open_reads, "false"),
            layers.pick_or("training", training, "false"),
            layers.pick_or("log", self.log.as_deref(), OWN_LOG),
            layers.pick_or("base_path", self.base_path.as_deref(), ""),
            layers.pick_or("other_servers", self.other_servers.as_deref(), ""),
            layers.pick_or("redis_without_replica", without_replica, "false"),
            layers.pick_or("redis_absence_hours", self.redis_absence_hours.as_deref(), "72"),
            layers.pick_or("encrypt_log", self.encrypt_log.as_deref(), AS_BEFORE),
            layers.pick_or("image_every", self.image_every.as_deref(), IMAGE_EVERY),
            layers.pick_or("tls_cert", self.tls_cert.as_deref(), ""),
            layers.pick_or("tls_key", self.tls_key.as_deref(), ""),
            layers.pick_or("signature_window_secs", self.signature_window_secs.as_deref(), "300"),
            layers.pick_or("live_sockets_max", self.live_sockets_max.as_deref(), "6144"),
            layers.pick_or("site_root", self.site_root.as_deref(), &site_root),
        ])
    }

    /// The settings of a server; `city` is the one that is meant where nobody says.
    ///
    /// # Errors
    /// With the setting at fault, where it was said, and what it should be.
    pub fn resolve(&self, layers: &Layers, city: Option<&str>) -> Result<Settings, Failure> {
        let settled = self.settle(layers, city)?;
        let get = |key: &str| settled.iter().find(|setting| setting.key == key);
        let need = |key: &str| get(key).ok_or_else(|| Failure::usage(format!("--{key} is missing")));
        let log = need("log")?;
        let redis = match log.text.as_str() {
            OWN_LOG => None,
            address => match address.parse::<Address>() {
                Ok(_) => Some(address.to_owned()),
                Err(what) => return Err(log.fault(&what)),
            },
        };
        let carrying = Carrying {
            redis,
            without_replica: need("redis_without_replica")?.parse("true or false")?,
            absence_hours: need("redis_absence_hours")?.parse("a whole number of hours")?,
        };
        let window = need("signature_window_secs")?;
        let signature_window_secs = window.parse("a whole number of seconds, 10 to 86400")?;
        if !(10..=86_400).contains(&signature_window_secs) {
            return Err(window.fault("a whole number of seconds, 10 to 86400"));
        }
        let live_sockets_max = need("live_sockets_max")?.parse("a number of sockets, such as 6144")?;
        let tls = tls(&need("tls_cert")?.text, &need("tls_key")?.text)?;
        let in_transit = InTransit { tls, signature_window_secs, live_sockets_max };
        let settings = Settings {
            carrying,
            in_transit,
            base_path: base_path(need("base_path")?)?,
            other_servers: origins(need("other_servers")?)?,
            city: need("city")?.text.clone(),
            data: PathBuf::from(&need("data")?.text),
            keys: PathBuf::from(&need("keys")?.text),
            backup: Some(need("backup")?.text.clone()).filter(|text| !text.is_empty()).map(PathBuf::from),
            listen: need("listen")?.parse("an address with a port, such as 127.0.0.1:8080")?,
            clock: need("clock")?.text.clone(),
            open_reads: need("open_reads")?.parse("true or false")?,
            training: need("training")?.parse("true or false")?,
            encrypt_log: match need("encrypt_log")? {
                said if said.text == AS_BEFORE => None,
                said => Some(said.parse("true or false")?),
            },
            image_every: need("image_every")?.parse("a number of events, such as 20000, or 0 for none")?,
            site_root: PathBuf::from(&need("site_root")?.text),
            notice: None,
        };
        check_keys(&settings.data, &settings.keys)?;
        if let Some(backup) = &settings.backup {
            check_backup(&settings.data, &settings.keys, backup)?;
        }
        Ok(settings)
    }
}

/// A path of plain segments, as addresses begin with it.
fn base_path(setting: &Setting) -> Result<String, Failure> {
    let path = setting.text.trim_end_matches('/');
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_path = path.is_empty() || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_plain));
    if is_path { Ok(path.to_owned()) } else { Err(setting.fault("is not a path such as /toancanh")) }
}

/// Origins between commas.
fn origins(setting: &Setting) -> Result<Vec<Origin>, Failure> {
    let each = setting.text.split(',').map(str::trim).filter(|text| !text.is_empty());
    each.map(|text| text.parse().map_err(|error: OriginError| setting.fault(&format!("{text:?} {error}"))))
        .collect()
}

/// A certificate and its key, or neither.
fn tls(cert: &str, key: &str) -> Result<Option<TlsFiles>, Failure> {
    match (cert, key) {
        ("", "") => Ok(None),
        (_, "") => {
            Err(Failure::usage("--tls-key is missing: --tls-cert needs the certificate's private key"))
        }
        ("", _) => Err(Failure::usage("--tls-cert is missing: --tls-key is the key of a certificate")),
        (cert, key) => Ok(Some(TlsFiles { cert: cert.into(), key: key.into() })),
    }
}

/// Keys inside the data would travel with every copy of it, and open what they seal.
///
/// # Errors
/// If they are.
pub(super) fn check_keys(data: &Path, keys: &Path) -> Result<(), Failure> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if absolute(keys).starts_with(absolute(data)) {
        return Err(Failure::usage(format!(
            "--keys {}: lies inside --data; keys must lie elsewhere, so that no copy of the data holds them",
            keys.display()
        )));
    }
    Ok(())
}

/// A backup inside what it copies, or around the keys, protects from nothing.
fn check_backup(data: &Path, keys: &Path, backup: &Path) -> Result<(), Failure> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (data, keys, place) = (absolute(data), absolute(keys), absolute(backup));
    let fault = |why: &str| Err(Failure::usage(format!("--backup {}: {why}", backup.display())));
    if place.starts_with(&data) || data.starts_with(&place) {
        return fault("lies inside --data, or around it; a backup must lie elsewhere, best on another disk");
    }
    if keys.starts_with(&place) || place.starts_with(&keys) {
        return fault("lies around --keys, or inside them; no backup of the data holds keys");
    }
    Ok(())
}

/// `DATA.keys`, beside the data.
pub(super) fn keys_beside(data: &Path) -> PathBuf {
    // `.` and `..` have no name of their own, the folders that they stand for have.
    let whole = match data.file_name() {
        Some(_) => data.to_owned(),
        None => data.canonicalize().unwrap_or_else(|_| data.to_owned()),
    };
    let mut name = whole.file_name().unwrap_or(std::ffi::OsStr::new("toancanh")).to_owned();
    name.push(".keys");
    whole.with_file_name(name)
}

/// `site/` beside the program, or where a build tree has it.
fn site_root() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    beside.filter(|site| site.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_says_is_filled_in() {
        let options =
            ServerOptions { city: Some("boston".into()), data: Some("a/b".into()), ..Default::default() };
        let settings = options.resolve(&Layers::default(), None).unwrap();
        assert_eq!(settings.keys, Path::new("a/b.keys"));
        assert!(!keys_beside(Path::new(".")).starts_with(std::env::current_dir().unwrap()));
        assert_eq!(settings.listen.port(), 8080);
        assert_eq!(settings.clock, "system");
        assert!(!settings.open_reads);
    }

    #[track_caller]
    fn check(options: ServerOptions, want: &str) {
        let failure = options.resolve(&Layers::default(), None).unwrap_err();
        assert_eq!((failure.to_string().as_str(), failure.code()), (want, 2));
    }

    #[test]
    fn what_cannot_be_is_said() {
        let boston = ServerOptions { city: Some("boston".into()), ..Default::default() };
        check(ServerOptions::default(), "--city is missing: say --city boston, or set TOANCANH_CITY");
        check(
            ServerOptions { listen: Some("8080".into()), ..boston.clone() },
            "--listen: \"8080\" is not an address with a port, such as 127.0.0.1:8080",
        );
        check(
            ServerOptions { data: Some("d".into()), keys: Some("d/keys".into()), ..boston },
            "--keys d/keys: lies inside --data; keys must lie elsewhere, so that no copy of the data holds them",
        );
    }
}
