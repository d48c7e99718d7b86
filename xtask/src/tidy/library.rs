//! `lib.rs` is a table of contents: docs, modules, re-exports; what is done stands elsewhere.

use super::Breach;

/// The browser's crate is one function, which wasm-bindgen needs at its root.
const EXCEPT: [&str; 1] = ["app/browser/src/lib.rs"];

/// Beginnings of lines at the left margin that begin an item of code.
const ITEMS: [&str; 10] =
    ["fn ", "async fn ", "const fn ", "struct ", "enum ", "trait ", "impl", "static ", "type ", "const "];

pub(super) fn breaches(path: &str, text: &str) -> Vec<Breach> {
    if !path.ends_with("src/lib.rs") || EXCEPT.contains(&path) {
        return Vec::new();
    }
    let mut found: Vec<Breach> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| begins_item(line))
        .map(|(index, _)| Breach {
            path: path.to_owned(),
            line: index + 1,
            rule: "lib.rs is a table of contents: put this into a module".to_owned(),
        })
        .collect();
    if !text.starts_with("//!") {
        found.push(Breach {
            path: path.to_owned(),
            line: 1,
            rule: "lib.rs begins with the crate's docs".to_owned(),
        });
    }
    found
}

fn begins_item(line: &str) -> bool {
    let visible = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    ITEMS.iter().any(|item| visible.starts_with(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, want: usize) {
        assert_eq!(breaches(path, text).len(), want, "{path}: {text}");
    }

    #[test]
    fn a_library_root_holds_docs_modules_and_re_exports_alone() {
        check("domain/src/lib.rs", "//! Docs.\n\nmod case;\n\npub use case::Case;\n", 0);
        check("domain/src/lib.rs", "//! Docs.\n\npub fn fold() {}\n", 1);
        check("domain/src/lib.rs", "mod case;\n", 1);
        check("domain/src/case.rs", "pub fn fold() {}\n", 0);
        check("app/browser/src/lib.rs", "//! Docs.\npub fn hydrate() {}\n", 0);
    }
}
