//! The kinds of figures: shares, delays, weights, rhythms. Each says what it rests on.

use domain::document::{Fault, Node, Table};

/// The 90th percentile of a normal distribution in standard deviations.
const P90: f64 = 1.281_551_565_5;

/// How long something takes: log-normal, so never less than nothing, and sometimes very long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Delay {
    pub(crate) median_secs: f64,
    /// The standard deviation of the logarithm.
    pub(crate) spread: f64,
    /// Whether only working time passes.
    pub(crate) working: bool,
}

/// Weights of a list, of which one can be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    sums: Vec<f64>,
}

impl Weights {
    /// None where nothing has weight.
    pub(crate) fn of(weights: impl IntoIterator<Item = f64>) -> Option<Self> {
        let sums: Vec<f64> = weights
            .into_iter()
            .scan(0.0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        sums.last().is_some_and(|total| *total > 0.0).then_some(Self { sums })
    }

    pub(crate) fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// The place whose weight covers `at`, from 0 up to the total.
    pub(crate) fn place_at(&self, at: f64) -> usize {
        let place = self.sums.partition_point(|sum| *sum <= at);
        place.min(self.sums.len().saturating_sub(1))
    }

    /// What one place has of the whole.
    pub(crate) fn share(&self, place: usize) -> f64 {
        let before = place.checked_sub(1).and_then(|before| self.sums.get(before)).copied();
        let upto = self.sums.get(place).copied().unwrap_or_else(|| self.total());
        (upto - before.unwrap_or_default()) / self.total()
    }
}

/// When something happens, beside the day's mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rhythm {
    pub(crate) hours: Weights,
    /// Monday first, one on average.
    weekdays: [f64; 7],
    /// January first, one on average.
    months: [f64; 12],
    /// What is left on a public holiday.
    holiday: f64,
}

impl Rhythm {
    /// What a day has of an average one. A day worked instead of another counts as a Friday.
    pub(crate) fn day(&self, date: jiff::civil::Date, works: Option<bool>) -> f64 {
        let weekday = date.weekday().to_monday_zero_offset();
        let month = self.months[usize::from(date.month().unsigned_abs()).saturating_sub(1).min(11)];
        let is_weekend = weekday >= 5;
        let factor = match works {
            Some(true) if is_weekend => self.weekdays[4],
            Some(false) if !is_weekend => self.weekdays[usize::from(weekday.unsigned_abs())] * self.holiday,
            _ => self.weekdays[usize::from(weekday.unsigned_abs())],
        };
        factor * month
    }
}

/// The figure of a key: a table with what `read` takes and a `basis`, unless the table around it has one.
fn figure<'a>(table: &Table<'a>, key: &str, keys: &[&str]) -> Result<Table<'a>, Fault> {
    let inner = table.need(key)?.table()?;
    let known: Vec<&str> = keys.iter().copied().chain(["basis"]).collect();
    inner.allow(&known)?;
    if !table.has("basis") {
        basis(&inner)?;
    }
    Ok(inner)
}

/// What the figures of a table rest on: a source, or `assumed`.
pub(super) fn basis(table: &Table<'_>) -> Result<(), Fault> {
    let node = table.need("basis")?;
    match node.text()?.trim() {
        "" => Err(node.fault("basis must name a source, or say \"assumed\"")),
        _ => Ok(()),
    }
}

/// A share from 0 to 1: `{ share = 0.02, basis = "assumed" }`, or the number alone where the table has a basis.
pub(super) fn share(table: &Table<'_>, key: &str) -> Result<f64, Fault> {
    let node = table.need(key)?;
    if node.is_table() {
        return share_of(&figure(table, key, &["share"])?.need("share")?);
    }
    basis(table)?;
    share_of(&node)
}

pub(super) fn share_of(node: &Node<'_>) -> Result<f64, Fault> {
    let share = node.number()?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(node.fault(format!("{} must be a share from 0 to 1", node.name())))
}

/// A number above 0 that says what it rests on: `{ count = 168000, basis = "…" }`.
pub(super) fn count(table: &Table<'_>, key: &str) -> Result<f64, Fault> {
    positive(&figure(table, key, &["count"])?.need("count")?)
}

/// A number above 0.
pub(super) fn positive(node: &Node<'_>) -> Result<f64, Fault> {
    let number = node.number()?;
    if number > 0.0 {
        return Ok(number);
    }
    Err(node.fault(format!("{} must be above 0", node.name())))
}

/// A delay: `{ median = "2m", p90 = "5m", time = "working", basis = "assumed" }`.
pub(super) fn delay(table: &Table<'_>, key: &str) -> Result<Delay, Fault> {
    let inner = figure(table, key, &["median", "p90", "time"])?;
    let working = match inner.get("time") {
        None => false,
        Some(node) => match node.text()? {
            "clock" => false,
            "working" => true,
            _ => return Err(node.fault("time must be \"clock\" or \"working\"")),
        },
    };
    let (median, p90) = (inner.need("median")?, inner.need("p90")?);
    spread(duration(&median)?, duration(&p90)?, &p90, working)
}

/// How many, spread like a delay: `{ median = 60, p90 = 200 }`.
pub(super) fn amount(table: &Table<'_>, key: &str) -> Result<Delay, Fault> {
    let inner = figure(table, key, &["median", "p90"])?;
    let p90 = inner.need("p90")?;
    spread(positive(&inner.need("median")?)?, positive(&p90)?, &p90, false)
}

fn spread(median: f64, p90: f64, at: &Node<'_>, working: bool) -> Result<Delay, Fault> {
    if p90 < median {
        return Err(at.fault("p90 must not be less than the median"));
    }
    Ok(Delay { median_secs: median, spread: (p90 / median).ln() / P90, working })
}

/// `90s`, `5m`, `2h`, `3d`, in seconds.
fn duration(node: &Node<'_>) -> Result<f64, Fault> {
    let text = node.text()?;
    let wrong = || node.fault(format!("{text:?} is no duration such as \"90s\", \"5m\", \"2h\" or \"3d\""));
    let unit = text.chars().last().ok_or_else(wrong)?;
    let secs = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3_600.0,
        'd' => 86_400.0,
        _ => return Err(wrong()),
    };
    let number = text.trim_end_matches(unit).parse::<f64>().ok();
    number.filter(|number| number.is_finite() && *number > 0.0).map(|n| n * secs).ok_or_else(wrong)
}

/// A list of weights of a fixed length.
pub(super) fn weights(node: &Node<'_>, len: usize) -> Result<Vec<f64>, Fault> {
    let list = node.list()?;
    if list.len() != len {
        return Err(node.fault(format!("{} must have {len} numbers, not {}", node.name(), list.len())));
    }
    let read = |item: &Node<'_>| match item.number()? {
        weight if weight >= 0.0 => Ok(weight),
        _ => Err(item.fault(format!("{} must not be negative", item.name()))),
    };
    let weights = list.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if weights.iter().sum::<f64>() > 0.0 { Ok(weights) } else { Err(node.fault("all of them are 0")) }
}

/// The same, to draw from.
pub(super) fn drawn(node: &Node<'_>, len: usize) -> Result<Weights, Fault> {
    let list = weights(node, len)?;
    Weights::of(list).ok_or_else(|| node.fault("all of them are 0"))
}

/// A rhythm: hours of the day, days of the week, months, and what is left on a holiday.
pub(super) fn rhythm(table: &Table<'_>) -> Result<Rhythm, Fault> {
    table.allow(&["hours", "weekdays", "months", "holiday", "basis"])?;
    basis(table)?;
    Ok(Rhythm {
        hours: drawn(&table.need("hours")?, 24)?,
        weekdays: mean_one(&table.need("weekdays")?)?,
        months: table.get("months").map_or(Ok([1.0; 12]), |node| mean_one(&node))?,
        holiday: share(table, "holiday")?,
    })
}

fn mean_one<const N: usize>(node: &Node<'_>) -> Result<[f64; N], Fault> {
    let list = weights(node, N)?;
    // A list of twelve at most.
    #[allow(clippy::cast_precision_loss)]
    let mean = list.iter().sum::<f64>() / N as f64;
    Ok(std::array::from_fn(|place| list[place] / mean))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::document::Source;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: Result<Delay, &str>) {
        let source = Source::new(Path::new("s.toml"), text.to_owned());
        let root = source.parse().unwrap();
        let got = delay(&root.table(), "x");
        assert_eq!(got.map_err(|fault| fault.to_string()), want.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn a_delay_says_how_long_and_what_it_rests_on() {
        let ten = Delay { median_secs: 600.0, spread: 0.0, working: true };
        check("x = { median = \"10m\", p90 = \"600s\", time = \"working\", basis = \"assumed\" }", Ok(ten));
        check(
            "basis = \"assumed\"\nx = { median = \"10m\", p90 = \"10m\" }",
            Ok(Delay { working: false, ..ten }),
        );
        check("x = { median = \"10m\", p90 = \"10m\" }", Err("s.toml:1:5: [x] needs basis"));
        check(
            "x = { median = \"10m\", p90 = \"9m\", basis = \"b\" }",
            Err("s.toml:1:29: p90 must not be less than the median"),
        );
        check(
            "x = { median = \"ten\", p90 = \"9m\", basis = \"b\" }",
            Err("s.toml:1:16: \"ten\" is no duration such as \"90s\", \"5m\", \"2h\" or \"3d\""),
        );
    }

    #[test]
    fn weights_are_drawn_by_their_share() {
        let weights = Weights::of([1.0, 0.0, 3.0]).unwrap();
        assert_eq!([0.0, 0.9, 1.0, 3.9, 4.0].map(|at| weights.place_at(at)), [0, 0, 2, 2, 2]);
        assert!((weights.share(2) - 0.75).abs() < 1e-9 && weights.share(1) == 0.0);
        assert!(Weights::of([0.0]).is_none() && Weights::of([]).is_none());
    }
}
