//! Which member may know which: the architecture's arrows, and the libraries that stop at a border.

use super::Breach;
use crate::workspace::Workspace;

/// What a member may never depend on, and why.
struct Border {
    member: &'static str,
    never: &'static [&'static str],
    why: &'static str,
}

const BORDERS: [Border; 4] = [
    Border {
        member: "domain",
        never: &["app", "engine", "server", "toancanh-log", "polars", "tokio", "axum", "leptos", "reqwest"],
        why: "domain knows nobody: it is pure and compiles to wasm",
    },
    Border {
        member: "engine",
        never: &["app", "server", "toancanh-log", "tokio", "axum", "leptos"],
        why: "engine knows only domain; sockets and pages are the server's",
    },
    Border {
        member: "toancanh-log",
        never: &["app", "domain", "engine", "server", "polars", "tokio", "axum", "leptos"],
        why: "the log keeps bytes and knows nothing of what they mean",
    },
    Border {
        member: "app",
        never: &["engine", "server", "toancanh-log", "polars", "axum", "tokio"],
        why: "app knows only domain; the server hands it what it needs",
    },
];

pub(super) fn breaches(workspace: &Workspace) -> Vec<Breach> {
    BORDERS.iter().flat_map(|border| breaches_of(border, &workspace.dependencies_of(border.member))).collect()
}

fn breaches_of(border: &Border, dependencies: &[&str]) -> Vec<Breach> {
    let crossing = dependencies.iter().filter(|name| border.never.contains(name));
    crossing
        .map(|name| Breach {
            path: format!("member {}", border.member),
            line: 0,
            rule: format!("depends on {name}: {}", border.why),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(member: &str, dependencies: &[&str], want: usize) {
        let border = BORDERS.iter().find(|border| border.member == member).expect("a border");
        assert_eq!(breaches_of(border, dependencies).len(), want, "{member} with {dependencies:?}");
    }

    #[test]
    fn an_arrow_against_the_architecture_is_a_breach() {
        check("domain", &["serde", "jiff"], 0);
        check("domain", &["serde", "polars"], 1);
        check("app", &["domain", "leptos"], 0);
        check("app", &["domain", "engine", "server"], 2);
        check("toancanh-log", &["domain"], 1);
    }
}
