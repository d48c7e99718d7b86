//! How simulated data say that they are: by the name of their source, which stands in every event, in
//! every list of sources and in every beat, so that no screen and no report can lose it on the way.
//!
//! `simulated/1022` is a source at full scale, `simulated/one-stop/x0.01` one of which only a hundredth
//! is simulated.

/// What the name of every simulated source begins with.
pub const PREFIX: &str = "simulated/";

/// The name of a simulated source: what it stands for, and at what scale.
#[must_use]
pub fn source_name(kind: &str, scale: f64) -> String {
    if (scale - 1.0).abs() < f64::EPSILON {
        format!("{PREFIX}{kind}")
    } else {
        format!("{PREFIX}{kind}/x{scale}")
    }
}

/// A source whose events are made up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated<'a> {
    /// What it stands for.
    pub kind: &'a str,
    /// How much of the true number there is.
    pub scale: f64,
}

impl<'a> Simulated<'a> {
    /// Whether a source is one, by its name.
    #[must_use]
    pub fn of(source: &'a str) -> Option<Self> {
        let rest = source.strip_prefix(PREFIX)?;
        let scaled = rest.rsplit_once("/x").and_then(|(kind, scale)| Some((kind, scale.parse().ok()?)));
        let (kind, scale) = scaled.unwrap_or((rest, 1.0));
        Some(Self { kind, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, scale: f64, want: &str) {
        assert_eq!(source_name(kind, scale), want);
        assert_eq!(Simulated::of(want), Some(Simulated { kind, scale }));
    }

    #[test]
    fn a_name_says_what_is_simulated_and_how_much_of_it() {
        check("1022", 1.0, "simulated/1022");
        check("one-stop", 0.01, "simulated/one-stop/x0.01");
        check("1022", 2.5, "simulated/1022/x2.5");
        assert_eq!(Simulated::of("boston-311"), None);
        assert_eq!(Simulated::of("simulated/a/xyz").map(|simulated| simulated.scale), Some(1.0));
    }
}
