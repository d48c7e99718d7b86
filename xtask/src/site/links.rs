//! Whether what the pages and the style name is on the site: in a browser a missing file would be
//! one silent 404.

use super::SiteFile;
use crate::stamp::files_under;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::collections::HashSet;

/// Endings of what is served as a file; other addresses are pages, calls, or data of a city.
const FILES: [&str; 8] = [".css", ".js", ".mjs", ".woff2", ".svg", ".png", ".ico", ".webp"];

/// Refuses a site that lacks a file which the style or the screens name.
///
/// # Errors
/// With every such name and where it stands.
pub(super) fn check(workspace: &Workspace, files: &[SiteFile]) -> Result<()> {
    let present: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut missing = Vec::new();
    for (from, links) in named(workspace, files)? {
        let absent = links.into_iter().filter(|link| !present.contains(link.trim_start_matches('/')));
        missing.extend(absent.map(|link| format!("{from} names {link}")));
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("not on the site (public/ and the vendored files make it): {}", missing.join("; "))
}

/// The files that are named, by the source that names them.
fn named(workspace: &Workspace, files: &[SiteFile]) -> Result<Vec<(String, Vec<String>)>> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path == "style.css") {
        found.push(("the style".to_owned(), in_style(&std::fs::read_to_string(&file.source)?)));
    }
    for source in files_under(&workspace.root.join("app"))? {
        if source.extension().is_some_and(|extension| extension == "rs" || extension == "js") {
            let links = in_source(&std::fs::read_to_string(&source)?);
            found.push((workspace.shown(&source).to_string(), links));
        }
    }
    Ok(found)
}

/// What stands inside `url(…)`, without what is written out in place.
fn in_style(text: &str) -> Vec<String> {
    let inside = text.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    inside
        .map(|link| link.trim().trim_matches(['"', '\'']))
        .filter(|link| !link.starts_with("data:") && !link.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// String literals that are the absolute address of a file.
fn in_source(text: &str) -> Vec<String> {
    let strings = text.split(['"', '\'']);
    strings
        .filter(|string| string.starts_with('/') && FILES.iter().any(|end| string.ends_with(end)))
        .filter(|string| !string.contains(char::is_whitespace) && !string.contains('{'))
        // The bridge files beside the sources, which wasm-bindgen puts on the site itself.
        .filter(|string| !string.starts_with("/js/"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_the_style_are_found_with_and_without_quotes() {
        let text =
            "a{src:url(/vendor/a.woff2) format('woff2')} b{background:url( \"b.svg\" )} c{fill:url(#d)}";
        assert_eq!(in_style(text), ["/vendor/a.woff2", "b.svg"]);
    }

    #[track_caller]
    fn check_source(text: &str, want: &[&str]) {
        assert_eq!(in_source(text), want, "{text}");
    }

    #[test]
    fn files_that_a_screen_names_are_told_from_pages_and_calls() {
        check_source("<link href=\"/style.css\"/> <a href=\"/map\">", &["/style.css"]);
        check_source("await import('/vendor/maplibre-gl.mjs')", &["/vendor/maplibre-gl.mjs"]);
        check_source("format!(\"/icons/{city}.svg\")", &[]);
        check_source("#[wasm_bindgen(module = \"/js/map.js\")]", &[]);
    }
}
