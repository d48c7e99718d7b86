//! The stages of `cargo xtask test`, in their order, with what to do when one fails.

use clap::ValueEnum;

/// One stage. The order of the variants is the order of the run: what says most soonest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Stage {
    /// The wasm target, clippy, npm packages, browser, driver, strace, cargo-deny.
    Setup,
    /// `cargo fmt --check`.
    Format,
    /// The rules of the repository.
    Tidy,
    /// Licences, sources and bans of dependencies.
    Deny,
    /// Known weaknesses of dependencies (network).
    Advisories,
    /// Lints of everything compiled for this machine.
    ClippyHost,
    /// Lints of everything compiled for browsers.
    ClippyWasm,
    /// The server, its control build and the test programs.
    Build,
    /// Unit, property and integration tests of every member but `tests`.
    Unit,
    /// The wasm and the files of the web site.
    Site,
    /// The packages of the quickly compiled program, each tried.
    Package,
    /// End-to-end tests: real processes, real browser.
    E2e,
}

impl Stage {
    pub(super) const ALL: [Self; 12] = [
        Self::Setup,
        Self::Format,
        Self::Tidy,
        Self::Deny,
        Self::Advisories,
        Self::ClippyHost,
        Self::ClippyWasm,
        Self::Build,
        Self::Unit,
        Self::Site,
        Self::Package,
        Self::E2e,
    ];

    /// As it is written on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Format => "format",
            Self::Tidy => "tidy",
            Self::Deny => "deny",
            Self::Advisories => "advisories",
            Self::ClippyHost => "clippy-host",
            Self::ClippyWasm => "clippy-wasm",
            Self::Build => "build",
            Self::Unit => "unit",
            Self::Site => "site",
            Self::Package => "package",
            Self::E2e => "e2e",
        }
    }

    /// Whether the rest is pointless without it.
    pub(super) fn is_foundation(self) -> bool {
        self == Self::Setup || self == Self::Build
    }

    /// What to do about a failure.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Setup => "The message names what is missing and how to install it.",
            Self::Format => "Run `cargo fmt --all`.",
            Self::Tidy => "Each breach above names its file, line and rule.",
            Self::Deny => "See deny.toml: every licence and source allowed there has its reason.",
            Self::Advisories => {
                "Update the dependency, or ignore the advisory in deny.toml with the reason and the day when that ends."
            }
            Self::ClippyHost | Self::ClippyWasm => {
                "Mend the lint; an exception is an `#[expect]` with its reason."
            }
            Self::Build => "The compiler's message is above.",
            Self::Unit | Self::E2e => "The failing tests are named above; names after `--` run them alone.",
            Self::Package => "The message says which package does not work, and how.",
            Self::Site => "The message is above; deleting target/xtask and target/site is safe.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_called_on_the_command_line_what_it_is_called_in_the_table() {
        for stage in Stage::ALL {
            let value = stage.to_possible_value().expect("every stage can be chosen");
            assert_eq!(value.get_name(), stage.name());
        }
        assert_eq!(Stage::value_variants(), Stage::ALL, "the order of the run");
    }
}
