//! `toancanh config`: what holds, and why.

use clap::Args as ClapArgs;

use super::layers::{Layers, Origin, SECRETS, Setting};
use super::{Failure, ServerOptions, clock_words, say};
use crate::carrier::Address;

/// Prints the settings that hold, as TOML with where each was said; secrets are masked.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  toancanh config --config /etc/toancanh.toml --listen 0.0.0.0:8080")]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerOptions,
}

/// What stands where a secret is set.
const MASK: &str = "********";

pub(super) fn run(args: Args, layers: &Layers) -> Result<(), Failure> {
    // A city need not be said to ask what holds; everything else is checked as `serve` checks it.
    let mut settled = args.server.settle(layers, Some(""))?;
    let checked = args.server.resolve(layers, Some(""))?;
    clock_words::read(&checked.clock)?;
    settled.extend(["mapping", "to", "token", "speed"].into_iter().filter_map(|key| layers.pick(key, None)));
    for setting in settled {
        say(&line(&setting))?;
    }
    Ok(())
}

fn line(setting: &Setting) -> String {
    let is_default = setting.origin == Origin::Default;
    if is_default && setting.text.is_empty() {
        return format!("# {} is not set", setting.key);
    }
    let is_plain = match setting.key {
        "open_reads" | "image_every" | "redis_without_replica" => true,
        "speed" | "redis_absence_hours" | "signature_window_secs" | "live_sockets_max" => {
            setting.text.parse::<f64>().is_ok()
        }
        _ => false,
    };
    // Of an address everything but the login is shown.
    let address = || setting.text.parse::<Address>().map(|address| address.to_string());
    let value = if setting.key == "log" {
        toml::Value::String(if is_default { setting.text.clone() } else { address().unwrap_or(MASK.into()) })
            .to_string()
    } else if SECRETS.contains(&setting.key) {
        format!("{MASK:?}")
    } else if is_plain {
        setting.text.clone()
    } else {
        toml::Value::String(setting.text.clone()).to_string()
    };
    format!("{} = {value}  # {}", setting.key, setting.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &'static str, text: &str, want: &str) {
        let setting = Setting { key, text: text.to_owned(), origin: Origin::Flag(format!("--{key}")) };
        assert_eq!(line(&setting), want);
    }

    #[test]
    fn what_holds_is_toml_and_a_secret_is_masked() {
        check("city", "boston", "city = \"boston\"  # --city");
        check("data", "C:\\x \"y\"", "data = 'C:\\x \"y\"'  # --data");
        check("speed", "600", "speed = 600  # --speed");
        check("open_reads", "true", "open_reads = true  # --open_reads");
        check("log", "redis://u:secret@a", "log = \"redis://********@a:6379/0?area=all\"  # --log");
        check("token", "tcs_secret", "token = \"********\"  # --token");
    }
}
