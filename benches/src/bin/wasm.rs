//! What a browser fetches before a page is live: the program's size, raw and as it is served.

use std::path::PathBuf;

use anyhow::{Context, Result};
use benches::figures::figure;

fn main() -> Result<()> {
    let site =
        std::env::var_os("TOANCANH_SITE_ROOT").map_or_else(|| PathBuf::from("target/site"), PathBuf::from);
    for name in ["toan_canh_bg.wasm", "toan_canh.js"] {
        for (suffix, what) in [("", "raw"), (".br", "brotli")] {
            let path = site.join("pkg").join(format!("{name}{suffix}"));
            let bytes = std::fs::metadata(&path).with_context(|| path.display().to_string())?.len();
            #[allow(clippy::cast_precision_loss)]
            figure(&format!("{name}_{what}"), bytes as f64 / 1_000.0, "kB");
        }
    }
    Ok(())
}
