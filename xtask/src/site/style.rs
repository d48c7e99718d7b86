//! The style: `style/main.css` lists the others by `@import "name.css";`, which are put in its
//! place, so that a page loads one file and a browser can still read the folder as it is.

use super::SiteFile;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;

const LIST: &str = "main.css";

/// The whole style as one file, `style.css`.
pub(super) fn concatenated(workspace: &Workspace) -> Result<SiteFile> {
    let folder = workspace.root.join("style");
    let text = concatenate(&folder)?;
    let source = workspace.scratch().join("style.css");
    // Written only when it changes, so that what follows can go by the file's time.
    if std::fs::read_to_string(&source).ok().as_deref() != Some(text.as_str()) {
        std::fs::create_dir_all(workspace.scratch())?;
        std::fs::write(&source, text)?;
    }
    Ok(SiteFile { source, path: "style.css".to_owned() })
}

fn concatenate(folder: &Path) -> Result<String> {
    let mut unlisted = style_sheets(folder)?;
    if unlisted.is_empty() {
        return Ok(String::new());
    }
    let list = folder.join(LIST);
    let main = std::fs::read_to_string(&list).with_context(|| {
        format!("style/{LIST} is missing: it lists the style sheets in their order by @import")
    })?;
    unlisted.remove(LIST);
    let mut whole = String::new();
    for line in main.lines() {
        match imported(line) {
            Some(name) => {
                let text = std::fs::read_to_string(folder.join(name))
                    .with_context(|| format!("style/{LIST} imports {name}"))?;
                unlisted.remove(name);
                whole.push_str(&text);
            }
            None => whole.push_str(line),
        }
        whole.push('\n');
    }
    if let Some(name) = unlisted.first() {
        bail!("style/{name} is imported by no line of style/{LIST}");
    }
    Ok(whole)
}

fn style_sheets(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in crate::stamp::files_under(folder)? {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        if name.ends_with(".css") {
            names.insert(name);
        }
    }
    Ok(names)
}

/// The name in a line `@import "name.css";`.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("@import")?.trim();
    let rest = rest.strip_prefix("url(").map_or(rest, |inner| inner.trim_end_matches([')', ';']));
    let name = rest.trim_end_matches(';').trim().trim_matches(['"', '\'']);
    Some(name.trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_import(line: &str, want: Option<&str>) {
        assert_eq!(imported(line), want, "{line}");
    }

    #[test]
    fn an_import_line_names_one_style_sheet() {
        check_import("@import \"tokens.css\";", Some("tokens.css"));
        check_import("  @import './wall.css' ;", Some("wall.css"));
        check_import("@import url(\"map.css\");", Some("map.css"));
        check_import("body { color: red }", None);
    }
}
