//! Where a setting comes from: a flag, else the environment (`TOANCANH_…`), else one TOML file, else
//! what the program itself holds to be right.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::Failure;
use domain::document::Source;

/// Every setting, by its key in the file. `--data` is `TOANCANH_DATA` is `data`.
pub(super) const KEYS: [&str; 23] = [
    "city",
    "data",
    "keys",
    "listen",
    "clock",
    "open_reads",
    "log",
    "other_servers",
    "base_path",
    "redis_without_replica",
    "redis_absence_hours",
    "encrypt_log",
    "image_every",
    "site_root",
    "mapping",
    "to",
    "token",
    "speed",
    "backup",
    "tls_cert",
    "tls_key",
    "signature_window_secs",
    "live_sockets_max",
];

/// Settings that are shown by no command. The address of Redis may hold a password.
pub(super) const SECRETS: [&str; 2] = ["token", "log"];

/// Where a value was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag(String),
    /// In this variable.
    Environment(String),
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(variable) => f.write_str(variable),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key in the file.
    pub key: &'static str,
    /// The value as text.
    pub text: String,
    /// Where it was said.
    pub origin: Origin,
}

impl Setting {
    /// The value as a `T`.
    ///
    /// # Errors
    /// With where it was said and what it should be.
    pub fn parse<T: FromStr>(&self, what: &str) -> Result<T, Failure> {
        self.text.trim().parse().map_err(|_| self.fault(what))
    }

    /// That the value is not `what`.
    #[must_use]
    pub fn fault(&self, what: &str) -> Failure {
        let place = match &self.origin {
            Origin::File(path) => format!("{}: {}", path.display(), self.key),
            origin => origin.to_string(),
        };
        if SECRETS.contains(&self.key) {
            return Failure::usage(format!("{place}: is not {what}"));
        }
        Failure::usage(format!("{place}: {:?} is not {what}", self.text))
    }
}

/// The layers under the flags.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    file: Vec<(String, String)>,
    path: PathBuf,
}

impl Layers {
    /// Reads the file, if one is named by the flag `--config` or by `TOANCANH_CONFIG`.
    ///
    /// # Errors
    /// With the file, the line and what to do.
    pub fn new(config: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(path) = config.or_else(|| std::env::var_os("TOANCANH_CONFIG").map(PathBuf::from)) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::usage(format!("--config {}: {error}", path.display())))?;
        let source = Source::new(&path, text);
        let fault = |fault: domain::document::Fault| Failure::usage(fault.to_string());
        let root = source.parse().map_err(fault)?;
        let table = root.table();
        table.allow(&KEYS).map_err(fault)?;
        let mut file = Vec::new();
        for key in KEYS {
            let Some(node) = table.get(key) else { continue };
            let value = match node.json().map_err(fault)? {
                serde_json::Value::String(text) => text,
                plain @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => plain.to_string(),
                _ => {
                    return Err(fault(
                        node.fault(format!("{key} must be a text, a number or true or false")),
                    ));
                }
            };
            file.push((key.to_owned(), value));
        }
        Ok(Self { file, path })
    }

    /// The value that holds for a key; none where nobody said one.
    #[must_use]
    pub fn pick(&self, key: &'static str, flag: Option<&str>) -> Option<Setting> {
        let setting = |text: &str, origin| Setting { key, text: text.to_owned(), origin };
        if let Some(text) = flag {
            return Some(setting(text, Origin::Flag(format!("--{}", key.replace('_', "-")))));
        }
        let variable = format!("TOANCANH_{}", key.to_uppercase());
        if let Some(text) = std::env::var(&variable).ok().filter(|text| !text.is_empty()) {
            return Some(setting(&text, Origin::Environment(variable)));
        }
        let (_, text) = self.file.iter().find(|(name, _)| name == key)?;
        Some(setting(text, Origin::File(self.path.clone())))
    }

    /// The same, with what holds where nobody said anything.
    #[must_use]
    pub fn pick_or(&self, key: &'static str, flag: Option<&str>, default: &str) -> Setting {
        let default = || Setting { key, text: default.to_owned(), origin: Origin::Default };
        self.pick(key, flag).unwrap_or_else(default)
    }

    /// The same, for a setting that somebody must say.
    ///
    /// # Errors
    /// With how to say it.
    pub fn need(&self, key: &'static str, flag: Option<&str>, example: &str) -> Result<Setting, Failure> {
        self.pick(key, flag).ok_or_else(|| {
            let name = key.replace('_', "-");
            let variable = key.to_uppercase();
            Failure::usage(format!("--{name} is missing: say --{name} {example}, or set TOANCANH_{variable}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(text: &str) -> Result<Layers, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("toancanh.toml");
        std::fs::write(&path, text).unwrap();
        Layers::new(Some(path))
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let layers = layers("city = \"boston\"\nspeed = 600\nopen_reads = true").unwrap();
        assert_eq!(layers.pick("city", Some("hcmc")).unwrap().text, "hcmc");
        let city = layers.pick("city", None).unwrap();
        assert_eq!(city.text, "boston");
        assert!(matches!(city.origin, Origin::File(_)));
        assert_eq!(layers.pick("speed", None).unwrap().parse::<f64>("a number").unwrap(), 600.0);
        assert_eq!(layers.pick_or("clock", None, "system").origin, Origin::Default);
    }

    #[test]
    fn a_misspelt_key_is_an_error_with_its_place() {
        let failure = layers("city = \"boston\"\ndate = \"x\"").unwrap_err();
        assert!(failure.to_string().contains("toancanh.toml:2:1"), "{failure}");
        assert_eq!(failure.code(), 2);
        assert!(layers("city = [1]").is_err());
    }

    #[test]
    fn what_is_wrong_is_said_with_where_it_was_said_and_without_secrets() {
        let layers = Layers::default();
        let speed = layers.pick("speed", Some("fast")).unwrap();
        assert_eq!(
            speed.parse::<f64>("a number").unwrap_err().to_string(),
            "--speed: \"fast\" is not a number"
        );
        let token = layers.pick("token", Some("tcs_secret")).unwrap();
        assert!(!token.fault("a token").to_string().contains("tcs_secret"));
    }
}
