//! What every member's manifest says alike, and that a city's folder holds data alone.

use super::Breach;

/// What a member takes from the workspace; without the last line its lints are off, silently.
const INHERITED: [&str; 3] =
    ["version.workspace = true", "license.workspace = true", "[lints]\nworkspace = true"];

/// Endings of files that are code.
const CODE: [&str; 6] = [".rs", ".js", ".mjs", ".ts", ".py", ".sh"];

pub(super) fn breaches(path: &str, text: &str) -> Vec<Breach> {
    let breach = |rule: String| Breach { path: path.to_owned(), line: 0, rule };
    if path.starts_with("cities/") && CODE.iter().any(|end| path.ends_with(end)) {
        return vec![breach("code in a city's folder: a city is data".to_owned())];
    }
    if !path.ends_with("Cargo.toml") || !text.contains("[package]") {
        return Vec::new();
    }
    let missing = INHERITED.iter().filter(|line| !text.contains(*line));
    missing.map(|line| breach(format!("a member's manifest has `{}`", line.replace('\n', " ")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, want: usize) {
        assert_eq!(breaches(path, text).len(), want, "{path}");
    }

    #[test]
    fn a_member_takes_version_licence_and_lints_from_the_workspace() {
        let whole =
            "[package]\nversion.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n";
        check("domain/Cargo.toml", whole, 0);
        check("domain/Cargo.toml", "[package]\nname = \"domain\"\n", 3);
        check("Cargo.toml", "[workspace]\n", 0);
    }

    #[test]
    fn a_city_is_data() {
        check("cities/boston/city.toml", "", 0);
        check("cities/boston/fetch.py", "", 1);
    }
}
