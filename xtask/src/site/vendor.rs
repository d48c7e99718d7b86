//! What others made and the product serves itself: the map library and the typeface, with their
//! licences. Nothing is ever fetched from outside by a page.

use super::SiteFile;
use crate::workspace::Workspace;
use anyhow::{Result, bail};

const MAP_LIBRARY: &str = "maplibre-gl";
const MAP_LIBRARY_FILES: [&str; 3] = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"];

const TYPEFACE: &str = "@fontsource/be-vietnam-pro";
/// The parts of the typeface by the characters in them; a page loads only those that it shows.
const TYPEFACE_SUBSETS: [&str; 2] = ["latin", "vietnamese"];
const TYPEFACE_WEIGHTS: [u16; 4] = [400, 500, 600, 700];

/// The vendored files, all under `vendor/` with the names that their makers gave them.
pub(super) fn files(workspace: &Workspace) -> Result<Vec<SiteFile>> {
    let packages = workspace.root.join("node_modules");
    let mut files = Vec::new();
    let mut add = |from: String, to: &str| -> Result<()> {
        let source = packages.join(&from);
        if !source.is_file() {
            bail!("node_modules/{from} is not there: the package has changed its files");
        }
        files.push(SiteFile { source, path: format!("vendor/{to}") });
        Ok(())
    };
    for name in MAP_LIBRARY_FILES {
        add(format!("{MAP_LIBRARY}/dist/{name}"), name)?;
    }
    add(format!("{MAP_LIBRARY}/LICENSE.txt"), "maplibre-gl.LICENSE.txt")?;
    for subset in TYPEFACE_SUBSETS {
        for weight in TYPEFACE_WEIGHTS {
            let name = format!("be-vietnam-pro-{subset}-{weight}-normal.woff2");
            add(format!("{TYPEFACE}/files/{name}"), &name)?;
        }
    }
    add(format!("{TYPEFACE}/LICENSE"), "be-vietnam-pro.OFL.txt")?;
    Ok(files)
}
