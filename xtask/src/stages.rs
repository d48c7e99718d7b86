//! Stages with their times: what is going on now, and at the end how long each part took.

use anyhow::Result;
use std::time::{Duration, Instant};

/// How a stage ended, when it did not fail.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The work was done.
    Done,
    /// Nothing had changed since last time.
    UpToDate,
    /// The work could not be done, and why; not a failure of what is being checked.
    NotDone(String),
}

/// The stages of one command, in the order in which they ran.
pub(crate) struct Stages {
    started: Instant,
    finished: Vec<Finished>,
}

struct Finished {
    name: String,
    took: Duration,
    outcome: Result<Outcome, String>,
}

impl Stages {
    pub(crate) fn begin() -> Self {
        Self { started: Instant::now(), finished: Vec::new() }
    }

    /// Runs one stage, saying when it begins and how it ends.
    ///
    /// # Errors
    /// The stage's own, with its name in front.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        eprintln!("\n==> {name} (at {})", clock(self.started.elapsed()));
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        match &result {
            Ok(Outcome::Done) => eprintln!("    {name}: done in {}", clock(took)),
            Ok(Outcome::UpToDate) => eprintln!("    {name}: up to date ({})", clock(took)),
            Ok(Outcome::NotDone(why)) => eprintln!("    {name}: NOT DONE: {why}"),
            Err(error) => eprintln!("    {name}: FAILED after {}: {error:#}", clock(took)),
        }
        let outcome = result.as_ref().map(Clone::clone).map_err(|error| format!("{error:#}"));
        self.finished.push(Finished { name: name.to_owned(), took, outcome });
        result.map(drop).map_err(|error| error.context(format!("stage `{name}`")))
    }

    /// Prints the table of stages.
    pub(crate) fn print_table(&self) {
        let width = self.finished.iter().map(|stage| stage.name.chars().count()).max().unwrap_or(0).max(5);
        eprintln!("\n{:<width$}  {:>8}  result", "stage", "time");
        for stage in &self.finished {
            let result = match &stage.outcome {
                Ok(Outcome::Done) => "done".to_owned(),
                Ok(Outcome::UpToDate) => "up to date".to_owned(),
                Ok(Outcome::NotDone(why)) => format!("NOT DONE: {why}"),
                Err(error) => format!("FAILED: {}", error.lines().next().unwrap_or_default()),
            };
            eprintln!("{:<width$}  {:>8}  {result}", stage.name, clock(stage.took));
        }
        eprintln!("{:<width$}  {:>8}", "total", clock(self.started.elapsed()));
    }
}

/// `7.3 s`, `2:05`, `1:02:05`.
pub(crate) fn clock(time: Duration) -> String {
    let secs = time.as_secs();
    match secs {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        60..3600 => format!("{}:{:02}", secs / 60, secs % 60),
        _ => format!("{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(millis: u64, want: &str) {
        assert_eq!(clock(Duration::from_millis(millis)), want);
    }

    #[test]
    fn a_time_is_written_with_the_unit_that_fits() {
        check(0, "0.0 s");
        check(7_340, "7.3 s");
        check(60_000, "1:00");
        check(125_900, "2:05");
        check(3_725_000, "1:02:05");
    }

    #[test]
    fn a_failed_stage_fails_the_command_and_names_itself() {
        let mut stages = Stages::begin();
        let error = stages.run("build", || anyhow::bail!("no disk")).expect_err("the stage failed");
        assert_eq!(format!("{error:#}"), "stage `build`: no disk");
    }
}
