//! Rules about the text of any file.

use super::Breach;

/// Past this a second idea has usually moved in.
const LINES_MAX: usize = 600;
/// A longer file says why, with these words near its top.
const LONG_BECAUSE: &str = "Long because";
/// How far from the top the reason may stand.
const TOP_LINES: usize = 30;

/// Words that a line may not have, and what is wrong with them. Each is written in two halves, so
/// that this list is no breach of itself.
const FORBIDDEN: [(&str, &str, &str); 10] = [
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
    ("/wo", "rk/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("tod", "o!(", "unfinished: do it, or leave it out"),
    ("unimple", "mented!(", "unfinished: do it, or leave it out"),
    ("FIX", "ME", "unfinished: do it, or open an issue"),
    ("XX", "X:", "unfinished: do it, or open an issue"),
    ("#[ign", "ore]", "a test that does not run: give the reason, `#[ignore = \"…\"]`, or make it a proof"),
    ("dbg", "!(", "left over from looking for a fault"),
];

/// What a page may not load: everything comes from the product itself.
const OUTSIDE: [&str; 5] = ["url(http", "url(\"http", "url('http", "src=\"http", "@import \"http"];

pub(super) fn breaches(path: &str, text: &str) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut add = |line: usize, rule: String| found.push(Breach { path: path.to_owned(), line, rule });
    if is_generated(path) {
        return found;
    }
    for (index, line) in text.lines().enumerate() {
        for (one, two, why) in FORBIDDEN {
            if line.contains(&format!("{one}{two}")) {
                add(index + 1, format!("`{one}{two}`: {why}"));
            }
        }
        if is_page_part(path) && OUTSIDE.iter().any(|outside| line.contains(outside)) {
            add(index + 1, "loads from outside: an air-gapped control room must work".to_owned());
        }
    }
    let lines = text.lines().count();
    if is_source(path) && lines > LINES_MAX && !gives_reason(text) {
        add(0, format!("{lines} lines: look for the seam, or say `{LONG_BECAUSE} …` near the top"));
    }
    found
}

fn gives_reason(text: &str) -> bool {
    text.lines().take(TOP_LINES).any(|line| line.contains(LONG_BECAUSE))
}

fn is_generated(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("-lock.json")
}

fn is_source(path: &str) -> bool {
    [".rs", ".js", ".mjs", ".ts", ".css"].iter().any(|end| path.ends_with(end))
}

fn is_page_part(path: &str) -> bool {
    path.starts_with("style/") || path.starts_with("public/") || path.starts_with("app/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, want: usize) {
        let found = breaches(path, text);
        assert_eq!(found.len(), want, "{path}: {found:?}");
    }

    #[test]
    fn every_forbidden_word_is_found_with_its_line() {
        for (one, two, _) in FORBIDDEN {
            let text = format!("fine\n{one}{two}\n");
            let found = breaches("server/src/main.rs", &text);
            assert_eq!(found.first().map(|breach| breach.line), Some(2), "{one}{two}");
        }
        check("server/src/main.rs", "fn main() {}\n", 0);
    }

    #[test]
    fn a_long_source_file_needs_a_reason() {
        let long = "\n".repeat(LINES_MAX + 1);
        check("engine/src/cube.rs", &long, 1);
        check("engine/src/cube.rs", &format!("//! {LONG_BECAUSE} it is one table.\n{long}"), 0);
        check("cities/boston/wards.csv", &long, 0);
    }

    #[test]
    fn a_page_loads_nothing_from_outside() {
        check("style/tokens.css", "@font-face { src: url(https://fonts.example/a.woff2) }", 1);
        check("style/tokens.css", "@font-face { src: url(/vendor/a.woff2) }", 0);
        check("README.md", "<img src=\"https://example.org/a.png\">", 0);
    }
}
