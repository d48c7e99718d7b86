//! A question about numbers, as its parameters say it: the same words for REST, for the live
//! socket, for a receipt and for a page's address.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dimension::Dimension;
use crate::metric::Metric;
use crate::problem::Problem;
use crate::time::Timestamp;

/// One `group_by` key: a dimension, perhaps rolled up to a level of its tree (1 is the top).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKey {
    /// What to split by.
    pub dimension: Dimension,
    /// The level to roll up to; none is "as it is".
    pub level: Option<u8>,
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dimension.name())?;
        self.level.map_or(Ok(()), |level| write!(f, ":{level}"))
    }
}

/// Stretches of the city's own calendar, named by their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Bucket {
    Hour,
    Day,
    /// ISO weeks, from Monday.
    Week,
    Month,
    Year,
}

impl Bucket {
    /// The name that queries use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Under which rules a case is looked at, where the city's folder was changed while it ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rules {
    /// Each instant under the folder of then: nothing that was decided is decided again.
    #[default]
    Kept,
    /// As if the newest folder had always held.
    Newest,
    /// As if the last change had not been made.
    Former,
}

impl Rules {
    const ALL: [Self; 3] = [Self::Kept, Self::Newest, Self::Former];

    /// The name that queries use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Newest => "newest",
            Self::Former => "former",
        }
    }

    /// Reads the name.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter `rules`.
    pub fn parse(name: &str) -> Result<Self, Problem> {
        let known = Self::ALL.into_iter().find(|rules| rules.name() == name);
        known.ok_or_else(|| bad("rules", "is none of kept, newest, former"))
    }
}

/// A question about numbers. What is not given is answered from the state: `from` of a flow is the
/// city's today, `to` is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Query {
    /// At least one, in the order of the answer's columns.
    pub metrics: Vec<Metric>,
    /// In the order of the answer's columns.
    pub group_by: Vec<GroupKey>,
    /// For each filtered dimension the codes, each with its subtree; any of them matches.
    pub filter: BTreeMap<Dimension, Vec<String>>,
    /// Start of the period, included.
    pub from: Option<Timestamp>,
    /// End of the period, not included.
    pub to: Option<Timestamp>,
    /// The instant of a level, and from which a flow is seen.
    pub at: Option<Timestamp>,
    /// Split by time too.
    pub bucket: Option<Bucket>,
    /// Only events recorded by then: "as it was shown then".
    pub known_at: Option<Timestamp>,
    /// Which rules decide, where the city's folder was changed.
    pub rules: Rules,
    /// Group by H3 cells of this resolution (7 to 10).
    pub res: Option<u8>,
    /// Only cases whose point lies in one of these H3 cells (of any resolution from 7 to 10).
    pub cell: Vec<u64>,
    /// Only cases without a point: the hexagons' own bucket.
    pub no_position: bool,
}

impl Query {
    /// One metric, ungrouped.
    #[must_use]
    pub fn of(metric: Metric) -> Self {
        Self { metrics: vec![metric], ..Self::default() }
    }

    /// The same, split by a dimension.
    #[must_use]
    pub fn by(mut self, dimension: Dimension) -> Self {
        self.group_by.push(GroupKey { dimension, level: None });
        self
    }

    /// The same, for one code (and what lies under it).
    #[must_use]
    pub fn only(mut self, dimension: Dimension, code: impl Into<String>) -> Self {
        self.filter.entry(dimension).or_default().push(code.into());
        self
    }

    /// Whether the answer moves with time and events: no instant is fixed.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.to.is_none() && self.at.is_none() && self.known_at.is_none() && self.rules == Rules::Kept
    }

    /// The parameters, ready to be percent-encoded: what [`Query::parse`] reads back.
    #[must_use]
    pub fn to_pairs(&self, show: &dyn Fn(Timestamp) -> String) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut pair = |key: &str, value: String| pairs.push((key.to_owned(), value));
        if !self.metrics.is_empty() {
            pair("metric", join(self.metrics.iter().map(|metric| metric.name())));
        }
        if !self.group_by.is_empty() {
            let keys: Vec<String> = self.group_by.iter().map(ToString::to_string).collect();
            pair("group_by", keys.join(","));
        }
        for (dimension, codes) in &self.filter {
            for code in codes {
                // A code may hold a comma: then it must stand alone, and a lone value is split.
                pair(dimension.name(), code.replace('\\', "\\\\").replace(',', "\\,"));
            }
        }
        for (key, instant) in
            [("from", self.from), ("to", self.to), ("at", self.at), ("known_at", self.known_at)]
        {
            if let Some(instant) = instant {
                pair(key, show(instant));
            }
        }
        if self.rules != Rules::Kept {
            pair("rules", self.rules.name().to_owned());
        }
        if let Some(bucket) = self.bucket {
            pair("bucket", bucket.name().to_owned());
        }
        if let Some(res) = self.res {
            pair("res", res.to_string());
        }
        for cell in &self.cell {
            pair("cell", format!("{cell:x}"));
        }
        if self.no_position {
            pair("no_position", "true".to_owned());
        }
        pairs
    }

    /// Reads parameters. `time` reads an RFC 3339 time or a date (the city's midnight).
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub fn parse(
        pairs: &[(String, String)],
        time: &dyn Fn(&str) -> Option<Timestamp>,
    ) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (key, value) in pairs {
            query.set(key, value, pairs, time)?;
        }
        if let (Some(from), Some(to)) = (query.from, query.to)
            && from > to
        {
            return Err(bad("from", "from lies after to"));
        }
        Ok(query)
    }

    fn set(
        &mut self,
        key: &str,
        value: &str,
        pairs: &[(String, String)],
        time: &dyn Fn(&str) -> Option<Timestamp>,
    ) -> Result<(), Problem> {
        let instant = || {
            time(value).map(Some).ok_or_else(|| {
                bad(key, "is neither an RFC 3339 time with an offset nor a date such as 2015-10-01")
            })
        };
        match key {
            "metric" => {
                for name in value.split(',').filter(|name| !name.is_empty()) {
                    let metric = name.parse().map_err(|()| unknown("metric", name))?;
                    if self.metrics.contains(&metric) {
                        return Err(bad("metric", &format!("names {name} twice")));
                    }
                    self.metrics.push(metric);
                }
            }
            "group_by" => {
                for name in value.split(',').filter(|name| !name.is_empty()) {
                    let key = parse_group_key(name)?;
                    if self.group_by.contains(&key) {
                        return Err(bad("group_by", &format!("names {name} twice")));
                    }
                    self.group_by.push(key);
                }
            }
            "from" => self.from = instant()?,
            "to" => self.to = instant()?,
            "at" => self.at = instant()?,
            "known_at" => self.known_at = instant()?,
            "rules" => self.rules = Rules::parse(value)?,
            "bucket" => self.bucket = Some(parse_bucket(value)?),
            "res" => self.res = Some(parse_res(value)?),
            "cell" => self.cell.extend(parse_cells(value)?),
            "no_position" => {
                self.no_position = match value {
                    "true" => true,
                    "false" => false,
                    _ => return Err(bad("no_position", "is neither true nor false")),
                };
            }
            _ => {
                refuse_officers(key, key)?;
                let dimension: Dimension = key
                    .parse()
                    .map_err(|()| bad(key, "is not a parameter of this call; see /api/v1/openapi.json"))?;
                // Repeated, each value is one code, which may hold a comma; alone, commas separate.
                let alone = pairs.iter().filter(|(other, _)| other == key).count() == 1;
                let codes = self.filter.entry(dimension).or_default();
                codes.extend(split_codes(value, alone));
                codes.sort_unstable();
                codes.dedup();
            }
        }
        Ok(())
    }
}

/// The codes of a filter's value that stands alone: several with commas between them, `\,` being a comma within one.
#[must_use]
pub fn codes_of(value: &str) -> Vec<String> {
    split_codes(value, true)
}

/// Several codes with commas between them; `\,` is a comma within a code. Of a repeated parameter
/// each value is one code as it stands.
fn split_codes(value: &str, alone: bool) -> Vec<String> {
    let mut codes = vec![String::new()];
    let mut chars = value.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' if matches!(chars.peek(), Some(',' | '\\')) => {
                if let (Some(code), Some(next)) = (codes.last_mut(), chars.next()) {
                    code.push(next);
                }
            }
            ',' if alone => codes.push(String::new()),
            _ => {
                if let Some(code) = codes.last_mut() {
                    code.push(char);
                }
            }
        }
    }
    codes
}

/// Reads one `group_by` key: `district`, `agency:1`.
///
/// # Errors
/// A [`Problem`] that names the parameter `group_by`.
pub fn parse_group_key(name: &str) -> Result<GroupKey, Problem> {
    let (dimension, level) = match name.split_once(':') {
        None => (name, None),
        Some((dimension, level)) => {
            let level = level.parse::<u8>().ok().filter(|level| (1..=9).contains(level));
            (dimension, Some(level.ok_or_else(|| bad("group_by", "a level is a number from 1 to 9"))?))
        }
    };
    refuse_officers("group_by", dimension)?;
    let dimension = dimension.parse().map_err(|()| unknown("group_by", name))?;
    Ok(GroupKey { dimension, level })
}

/// Officers are seen by right only (1468/STTTT-CNTT mục 2.a names them as the leaders' to follow), and
/// no reader has that right yet.
fn refuse_officers(parameter: &str, dimension: &str) -> Result<(), Problem> {
    if dimension != "officer" {
        return Ok(());
    }
    let detail = format!("{parameter}: officers are seen by right only, and no reader here has that right");
    Err(Problem::new("outside-scope", 403, "A filter lies outside what the caller may see", detail)
        .at(parameter))
}

fn parse_bucket(value: &str) -> Result<Bucket, Problem> {
    [Bucket::Hour, Bucket::Day, Bucket::Week, Bucket::Month, Bucket::Year]
        .into_iter()
        .find(|bucket| bucket.name() == value)
        .ok_or_else(|| bad("bucket", "is none of hour, day, week, month, year"))
}

fn parse_res(value: &str) -> Result<u8, Problem> {
    let res = value.parse::<u8>().ok().filter(|res| (7..=10).contains(res));
    res.ok_or_else(|| bad("res", "is not a resolution from 7 to 10"))
}

fn parse_cells(value: &str) -> Result<Vec<u64>, Problem> {
    value
        .split(',')
        .map(|cell| {
            u64::from_str_radix(cell, 16)
                .map_err(|_| bad("cell", "is not an H3 cell, such as 882a306639fffff"))
        })
        .collect()
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(",")
}

/// A parameter that cannot be used.
#[must_use]
pub fn bad(parameter: &str, what: &str) -> Problem {
    let shown: String = parameter.chars().take(64).collect();
    Problem::new("bad-parameter", 400, "A parameter cannot be used", format!("{shown}: {what}")).at(shown)
}

fn unknown(parameter: &str, name: &str) -> Problem {
    let name: String = name.chars().take(64).collect();
    bad(parameter, &format!("{name:?} is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[track_caller]
    fn check(text: &str, at_fault: &str) {
        let problem = Query::parse(&pairs(text), &|_| None).unwrap_err();
        assert_eq!(problem.parameter.as_deref(), Some(at_fault));
        assert_eq!(problem.status, 400);
    }

    #[test]
    fn each_bad_parameter_is_named() {
        check("metric=opne", "metric");
        check("metric=open,open", "metric");
        check("group_by=agency:0", "group_by");
        check("group_by=street", "group_by");
        check("colour=red", "colour");
        check("from=yesterday", "from");
        check("bucket=fortnight", "bucket");
        check("rules=best", "rules");
        check("res=6", "res");
        check("cell=zz", "cell");
    }

    #[test]
    fn a_query_says_itself_again_in_its_parameters() {
        let mut query = Query::of(Metric::Open).by(Dimension::Agency).only(Dimension::District, "a, b\\c");
        query.from = Some(Timestamp::from_secs(7));
        query.res = Some(8);
        query.rules = Rules::Former;
        let said = query.to_pairs(&|at| at.micros().to_string());
        let read = Query::parse(&said, &|text| text.parse().ok().map(Timestamp::from_micros)).unwrap();
        assert_eq!(read, query);
    }

    #[test]
    fn a_repeated_parameter_takes_commas_as_they_stand() {
        let query = Query::parse(&pairs("district=a,b&district=c"), &|_| None).unwrap();
        assert_eq!(query.filter[&Dimension::District], ["a,b", "c"]);
        let query = Query::parse(&pairs("district=a,b"), &|_| None).unwrap();
        assert_eq!(query.filter[&Dimension::District], ["a", "b"]);
    }
}
