//! A panel's question as pages write it: the words of the REST parameters, with days counted from
//! the city's own today (`today`, `today-13d`), which the page cannot know before it has asked.

use domain::metric::Metric;
use domain::wire::WireQuery;
use jiff::civil::Date;

/// The parameters that hold an instant.
const INSTANTS: [&str; 4] = ["from", "to", "at", "known_at"];

/// Builds a [`WireQuery`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask(WireQuery);

impl Ask {
    /// Asks for metrics, in the order of the columns.
    #[must_use]
    pub fn of(metrics: &[Metric]) -> Self {
        let metric = metrics.iter().map(|metric| metric.name().to_owned()).collect();
        Self(WireQuery { metric, ..WireQuery::default() })
    }

    /// Splits by a dimension, perhaps rolled up: `agency:1`.
    #[must_use]
    pub fn by(mut self, key: &str) -> Self {
        self.0.group_by.push(key.to_owned());
        self
    }

    /// Only one code, and what lies under it; called again for the same dimension, that code too.
    #[must_use]
    pub fn only(mut self, dimension: &str, code: &str) -> Self {
        let code = escape(code);
        self.0
            .filter
            .entry(dimension.to_owned())
            .and_modify(|codes| {
                codes.push(',');
                codes.push_str(&code);
            })
            .or_insert(code);
        self
    }

    /// Sets a parameter as it stands: `from`, `bucket`, `cell`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.0.filter.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Only what a list of parameters filters by; what is no filter is left out.
    #[must_use]
    pub fn narrowed(mut self, filter: &[(String, String)]) -> Self {
        for (key, value) in filter {
            self.0.filter.insert(key.clone(), value.clone());
        }
        self
    }

    /// Splits by hexagons of a resolution.
    #[must_use]
    pub fn hexagons(mut self, res: u8) -> Self {
        self.0.res = Some(res);
        self
    }

    /// The question.
    #[must_use]
    pub fn query(self) -> WireQuery {
        self.0
    }
}

/// A code as one value of a filter: a comma would separate.
#[must_use]
pub fn escape(code: &str) -> String {
    code.replace('\\', "\\\\").replace(',', "\\,")
}

/// A code as a value of a filter that selects it alone, without what lies under it.
#[must_use]
pub fn alone(code: &str) -> String {
    format!("={}", escape(code))
}

/// The same parameters with the city's days in place of `today` and `today-13d`.
#[must_use]
pub fn resolve(pairs: Vec<(String, String)>, today: Option<Date>) -> Vec<(String, String)> {
    let Some(today) = today else { return pairs };
    let fixed = |key: &str, value: String| {
        let day = INSTANTS.contains(&key).then(|| day_of(&value, today)).flatten();
        day.map_or(value, |day| day.to_string())
    };
    pairs.into_iter().map(|(key, value)| (key.clone(), fixed(&key, value))).collect()
}

/// The same question with the city's days in place of `today` and `today-13d`.
#[must_use]
pub fn resolve_query(mut query: WireQuery, today: Option<Date>) -> WireQuery {
    query.filter = resolve(query.filter.into_iter().collect(), today).into_iter().collect();
    query
}

/// The same question of a past instant, unless it names one itself.
#[must_use]
pub fn at(mut query: WireQuery, at: &str) -> WireQuery {
    query.filter.entry("at".to_owned()).or_insert_with(|| at.to_owned());
    query
}

/// Whether the answer moves by itself: no instant of it is fixed.
#[must_use]
pub fn is_live(query: &WireQuery) -> bool {
    !["to", "at", "known_at"].iter().any(|key| query.filter.contains_key(*key))
}

/// Whether the question moves when the city's day turns.
#[must_use]
pub fn is_relative(query: &WireQuery) -> bool {
    INSTANTS.iter().any(|key| query.filter.get(*key).is_some_and(|value| value.starts_with("today")))
}

fn day_of(value: &str, today: Date) -> Option<Date> {
    let rest = value.strip_prefix("today")?;
    if rest.is_empty() {
        return Some(today);
    }
    let (back, days) = match (rest.strip_prefix('-'), rest.strip_prefix('+')) {
        (Some(days), _) => (true, days),
        (None, Some(days)) => (false, days),
        (None, None) => return None,
    };
    let days = jiff::Span::new().try_days(days.strip_suffix('d')?.parse::<i64>().ok()?).ok()?;
    if back { today.checked_sub(days).ok() } else { today.checked_add(days).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, want: &str) {
        let today = "2015-10-01".parse().unwrap();
        let pairs = vec![("from".to_owned(), value.to_owned())];
        assert_eq!(resolve(pairs, Some(today)), [("from".to_owned(), want.to_owned())]);
    }

    #[test]
    fn days_are_counted_from_the_citys_today() {
        check("today", "2015-10-01");
        check("today-13d", "2015-09-18");
        check("today+1d", "2015-10-02");
        check("2015-09-30", "2015-09-30");
        check("today-manyd", "today-manyd");
        check("today-99999999999d", "today-99999999999d");
    }

    #[test]
    fn only_an_instant_is_read_as_a_day() {
        let pairs = vec![("q".to_owned(), "today".to_owned())];
        let today = "2015-10-01".parse().unwrap();
        assert_eq!(resolve(pairs.clone(), Some(today)), pairs);
    }

    #[test]
    fn a_comma_within_a_code_does_not_separate() {
        let query = Ask::of(&[Metric::Open]).only("field", "a, b").only("field", "c\\d").query();
        assert_eq!(query.filter["field"], "a\\, b,c\\\\d");
        let read = domain::query::Query::parse(&query.to_pairs(), &|_| None).unwrap();
        let codes = &read.filter[&domain::dimension::Dimension::Field];
        assert_eq!(codes, &["a, b", "c\\d"]);
    }
}
