//! The numbers once more, counted case by case and instant by instant from the timelines, with no
//! frames, no points of levels and no symbols in the keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Timestamp;
use domain::case::{Attrs, Measure, Timeline};
use domain::clock::{Judgement, Timeliness};
use domain::dimension::Dimension;
use domain::metric::{Metric, MetricKind};
use domain::query::{Bucket, Query};
use domain::state::State;
use domain::symbol::word;
use domain::value::Value;
use domain::wire::Row;
use jiff::Unit;

use crate::world::cell;

/// What a question's answer must be, at the state's own instant.
pub(crate) fn rows(state: &State, query: &Query) -> Vec<Row> {
    let now = query.at.unwrap_or(state.at());
    let timelines: Vec<&Timeline> = state.cases().iter().filter_map(|case| case.timeline.as_ref()).collect();
    let ask = Ask { state, query, now, timelines };
    let mut answer: BTreeMap<Row, Row> = BTreeMap::new();
    let buckets = ask.buckets();
    for key in ask.keys(&buckets) {
        let lines: Vec<(Row, Row)> = buckets
            .iter()
            .map(|bucket| {
                let values = query.metrics.iter().map(|metric| ask.number(*metric, &key, bucket)).collect();
                (bucket.name.iter().cloned().map(Value::Text).chain(key.clone()).collect(), values)
            })
            .collect();
        let some = |(metric, value): (&Metric, &Value)| match metric {
            // No satisfied answer among some is a fact.
            Metric::SatisfactionRate
            | Metric::ResponseRate
            | Metric::CriterionSatisfactionRate
            | Metric::MeanScore
            | Metric::CriterionMeanScore => *value != Value::Null,
            _ => value.as_f64().is_some_and(|number| number != 0.0),
        };
        if key.is_empty() || lines.iter().any(|(_, values)| query.metrics.iter().zip(values).any(some)) {
            answer.extend(lines);
        }
    }
    answer.into_iter().map(|(key, values)| key.into_iter().chain(values).collect()).collect()
}

/// How many cases stand open so: the plainest way to say it.
pub(crate) fn is_open_at(timeline: &Timeline, at: Timestamp) -> bool {
    timeline.at(at).is_some_and(|segment| segment.open)
}

struct Ask<'a> {
    state: &'a State,
    query: &'a Query,
    now: Timestamp,
    timelines: Vec<&'a Timeline>,
}

struct Stretch {
    name: Option<String>,
    /// First instant, and the first after.
    from: Timestamp,
    end: Timestamp,
}

impl Ask<'_> {
    fn local(&self, at: Timestamp) -> jiff::Zoned {
        at.to_jiff().to_zoned(self.state.city().zone.clone())
    }

    fn from(&self) -> Timestamp {
        self.query.from.unwrap_or_else(|| self.local(self.now).start_of_day().unwrap().timestamp().into())
    }

    /// The first instant after the period, which is half-open.
    fn end(&self) -> Timestamp {
        self.query.to.unwrap_or(self.now)
    }

    /// The instant at which movements are seen: all of a stated period is.
    fn seen(&self) -> Timestamp {
        if self.query.to.is_some() { self.state.at() } else { self.now }
    }

    fn name(&self, bucket: Bucket, at: Timestamp) -> String {
        let local = self.local(at);
        match bucket {
            Bucket::Hour => {
                let minutes = i64::from(local.minute()) * 60 + i64::from(local.second());
                let start = at.plus_micros(-at.micros().rem_euclid(1_000_000)).plus_secs(-minutes);
                start.to_rfc3339(&self.state.city().zone)
            }
            Bucket::Day => local.date().to_string(),
            Bucket::Week => {
                let week = local.date().iso_week_date();
                let monday =
                    jiff::civil::ISOWeekDate::new(week.year(), week.week(), jiff::civil::Weekday::Monday);
                monday.unwrap().date().to_string()
            }
            Bucket::Month => format!("{}-{:02}-01", local.year(), local.month()),
            Bucket::Year => format!("{}-01-01", local.year()),
        }
    }

    /// By trying every whole hour from the longest bucket before the period to the longest after.
    fn buckets(&self) -> Vec<Stretch> {
        let Some(bucket) = self.query.bucket else {
            return vec![Stretch { name: None, from: Timestamp::MIN, end: Timestamp::MAX }];
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        let reach = match bucket {
            Bucket::Hour => 2,
            Bucket::Day => 26,
            Bucket::Week => 8 * 24,
            Bucket::Month => 32 * 24,
            Bucket::Year => 367 * 24,
        } * 3_600;
        let (from, end) = (self.from(), self.end());
        let first = from.plus_secs(-reach).to_jiff().round(Unit::Hour).unwrap();
        let mut at: Timestamp = first.into();
        while at < end.plus_secs(reach) {
            let name = self.name(bucket, at);
            let next = at.plus_secs(3_600);
            match stretches.last_mut() {
                Some(last) if last.name.as_ref() == Some(&name) => last.end = next,
                _ => stretches.push(Stretch { name: Some(name), from: at, end: next }),
            }
            at = next;
        }
        stretches.retain(|stretch| from < end && stretch.from < end && stretch.end > from);
        stretches
    }

    fn keys(&self, buckets: &[Stretch]) -> BTreeSet<Row> {
        if self.query.group_by.is_empty() && self.query.res.is_none() {
            return BTreeSet::from([Row::new()]);
        }
        let mut keys = BTreeSet::new();
        for metric in self.query.metrics.iter().flat_map(|metric| parts(*metric)) {
            for bucket in buckets {
                keys.extend(self.picked(metric, bucket).into_iter().map(|(attrs, _)| self.key(&attrs)));
            }
        }
        keys
    }

    fn key(&self, attrs: &Attrs) -> Row {
        let mut row: Row = Vec::new();
        for key in &self.query.group_by {
            let code = self.state.symbols().name(attrs.code(key.dimension)).map(|code| code.to_string());
            let tree = self.state.city().catalogue.tree(key.dimension);
            row.push(match (code, key.level, tree) {
                (None, ..) => Value::Null,
                (Some(code), Some(level), Some(tree)) => {
                    Value::Text(tree.at_level(&code, usize::from(level)))
                }
                (Some(code), ..) if key.dimension == Dimension::ContentGroup => {
                    code.parse().map_or(Value::Text(code), Value::Int)
                }
                (Some(code), ..) => Value::Text(code),
            });
        }
        if let Some(res) = self.query.res {
            row.push(attrs.point.map_or(Value::Null, |point| Value::Text(format!("{:x}", cell(point, res)))));
        }
        row
    }

    fn is_asked(&self, attrs: &Attrs) -> bool {
        let codes = self.query.filter.iter().all(|(dimension, asked)| {
            let Some(code) = self.state.symbols().name(attrs.code(*dimension)) else {
                // An empty code asks for the cases that have none.
                return asked.iter().any(String::is_empty);
            };
            asked.iter().any(|asked| match self.state.city().catalogue.tree(*dimension) {
                Some(tree) => tree.is_under(&code, asked),
                None => **asked == *code,
            })
        });
        let in_cell = self.query.cell.is_empty()
            || attrs.point.is_some_and(|point| {
                self.query.cell.iter().any(|asked| (7..=10).any(|res| cell(point, res) == *asked))
            });
        codes && in_cell && (!self.query.no_position || attrs.point.is_none())
    }

    fn number(&self, metric: Metric, key: &Row, bucket: &Stretch) -> Value {
        if metric.kind() == MetricKind::Stock && bucket.name.is_some() && bucket.from > self.now {
            return Value::Null;
        }
        let count = |metric| self.number(metric, key, bucket).as_int().unwrap();
        match metric {
            Metric::TotalProcessed => {
                let flows = [Metric::ResolvedOnTime, Metric::ResolvedOverdue, Metric::Stopped].map(count);
                let pending = [Metric::PendingInTime, Metric::PendingOverdue];
                if pending.iter().any(|metric| self.number(*metric, key, bucket) == Value::Null) {
                    return Value::Null;
                }
                return Value::Int(flows.into_iter().chain(pending.map(count)).sum());
            }
            Metric::SatisfactionRate | Metric::ResponseRate | Metric::CriterionSatisfactionRate => {
                let [part, whole]: [i64; 2] =
                    parts(metric).into_iter().map(count).collect::<Vec<_>>().try_into().unwrap();
                if whole == 0 {
                    return Value::Null;
                }
                // By long division: hundredths of a percent, halves up.
                let (hundredths, rest) = (part * 10_000 / whole, part * 10_000 % whole);
                let hundredths = hundredths + i64::from(rest * 2 >= whole);
                return Value::Float(
                    format!("{}.{:02}", hundredths / 100, hundredths % 100).parse().unwrap(),
                );
            }
            _ => {}
        }
        let mut secs: Vec<i64> = self
            .picked(metric, bucket)
            .into_iter()
            .filter(|(attrs, _)| self.key(attrs) == *key)
            .map(|(_, secs)| secs)
            .collect();
        let share = match metric {
            Metric::HoursToResolveP50 | Metric::StageHoursP50 => 0.5,
            Metric::HoursToResolveP90 | Metric::StageHoursP90 => 0.9,
            Metric::Cases
            | Metric::Received
            | Metric::TotalReceived
            | Metric::ReceivedOnline
            | Metric::ReceivedInPerson
            | Metric::StagesLeft => return Value::Int(secs.iter().sum()),
            Metric::MeanScore | Metric::CriterionMeanScore => return mean(&secs),
            _ => return Value::Int(i64::try_from(secs.len()).unwrap()),
        };
        secs.sort_unstable();
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rank = (share * secs.len() as f64 - 1e-9).ceil() as usize;
        let Some(secs) = secs.get(rank.max(1) - 1) else {
            return Value::Null;
        };
        // Hundredths of hours by long division, halves up.
        let (whole, rest) = (secs / 36, secs % 36);
        let hundredths = if rest * 2 >= 36 { whole + 1 } else { whole };
        Value::Float(format!("{}.{:02}", hundredths / 100, hundredths % 100).parse().unwrap())
    }

    /// What counts: its attributes, and its seconds (for sums that can be taken back: +1 or −1).
    fn picked(&self, metric: Metric, bucket: &Stretch) -> Vec<(Arc<Attrs>, i64)> {
        let picked: Vec<(Arc<Attrs>, i64)> = match metric.kind() {
            MetricKind::Stock => self.standing(metric, bucket),
            MetricKind::Flow => self.happened(metric, bucket),
        };
        picked.into_iter().filter(|(attrs, _)| self.is_asked(attrs)).collect()
    }

    fn standing(&self, metric: Metric, bucket: &Stretch) -> Vec<(Arc<Attrs>, i64)> {
        let asked = self.query.at.or(self.query.to).unwrap_or(self.now).min(self.now);
        let at = bucket.end.min(asked);
        let mut standing = Vec::new();
        for timeline in &self.timelines {
            if !is_open_at(timeline, at) {
                continue;
            }
            let segment = timeline.at(at).unwrap();
            let timeliness = segment.timeliness_at(at);
            let counts = match metric {
                Metric::InTime => timeliness == Timeliness::InTime,
                Metric::DueSoon => timeliness == Timeliness::DueSoon,
                Metric::Overdue => timeliness == Timeliness::Overdue,
                Metric::NoDeadline => timeliness == Timeliness::NoDeadline,
                Metric::Unmapped => segment.attrs.unmapped,
                Metric::PendingInTime => is_dossier(&segment.attrs) && timeliness != Timeliness::Overdue,
                Metric::PendingOverdue => is_dossier(&segment.attrs) && timeliness == Timeliness::Overdue,
                _ => true,
            };
            if counts {
                standing.push((Arc::new(segment.attrs.with(Dimension::Timeliness, timeliness.sym())), 0));
            }
        }
        standing
    }

    fn stopped(&self, bucket: &Stretch) -> Vec<(Arc<Attrs>, i64)> {
        let (from, end) = (self.from().max(bucket.from), self.end().min(bucket.end));
        let flows = self.timelines.iter().flat_map(|timeline| &timeline.flows);
        let ends = flows.filter(|flow| matches!(flow.measure, Measure::Cancelled | Measure::Refused));
        let counts = ends.filter(|flow| {
            is_dossier(&flow.attrs) && flow.at >= from && flow.at < end && flow.since <= self.seen()
        });
        counts.map(|flow| (flow.attrs.clone(), i64::from(flow.weight))).collect()
    }

    fn happened(&self, metric: Metric, bucket: &Stretch) -> Vec<(Arc<Attrs>, i64)> {
        let (measure, judged) = match metric {
            Metric::Cases => (Measure::Case, None),
            Metric::Received => (Measure::Received, None),
            Metric::Duplicates => (Measure::Duplicate, None),
            Metric::Assigned => (Measure::Assigned, None),
            Metric::Reopened => (Measure::Reopened, None),
            Metric::Returned => (Measure::Returned, None),
            Metric::Refused => (Measure::Refused, None),
            Metric::TotalReceived | Metric::ReceivedOnline | Metric::ReceivedInPerson => {
                (Measure::Received, None)
            }
            Metric::ResolvedOverdue => (Measure::Resolved, Some(Judgement::Late)),
            Metric::Stopped => return self.stopped(bucket),
            Metric::Rated | Metric::MeanScore => (Measure::Rated, None),
            Metric::Rateable => (Measure::Rateable, None),
            Metric::Responded => (Measure::Responded, None),
            Metric::CriterionAnswers | Metric::CriterionMeanScore => (Measure::CriterionAnswered, None),
            Metric::CriterionSatisfied => (Measure::CriterionSatisfied, None),
            Metric::StagesLeft | Metric::StageHoursP50 | Metric::StageHoursP90 => (Measure::StageLeft, None),
            Metric::Satisfied => (Measure::Satisfied, None),
            Metric::ResolvedInTime => (Measure::Resolved, Some(Judgement::InTime)),
            Metric::ResolvedExtended => (Measure::Resolved, Some(Judgement::Extended)),
            Metric::ResolvedLate => (Measure::Resolved, Some(Judgement::Late)),
            Metric::ResolvedNoDeadline => (Measure::Resolved, Some(Judgement::NoDeadline)),
            _ => (Measure::Resolved, None),
        };
        let sampled = matches!(
            metric,
            Metric::HoursToResolveP50
                | Metric::HoursToResolveP90
                | Metric::MeanScore
                | Metric::CriterionMeanScore
                | Metric::StageHoursP50
                | Metric::StageHoursP90
        );
        let (from, end) = (self.from().max(bucket.from), self.end().min(bucket.end));
        let mut happened = Vec::new();
        for flow in self.timelines.iter().flat_map(|timeline| &timeline.flows) {
            let online = flow.attrs.code(Dimension::SubmissionMode) == word::ONLINE;
            let fits = match metric {
                Metric::ReceivedOnline => is_dossier(&flow.attrs) && online,
                Metric::ReceivedInPerson => is_dossier(&flow.attrs) && !online,
                Metric::ResolvedOnTime => is_dossier(&flow.attrs) && flow.judged != Judgement::Late,
                Metric::TotalReceived | Metric::ResolvedOverdue => is_dossier(&flow.attrs),
                _ => true,
            };
            let counts = fits
                && flow.measure == measure
                && judged.is_none_or(|judged| flow.judged == judged)
                && flow.at >= from
                && flow.at < end
                && flow.since <= self.seen();
            match (counts, sampled, flow.quantity) {
                (true, false, _) => happened.push((flow.attrs.clone(), i64::from(flow.weight))),
                (true, true, Some(quantity)) if flow.weight < 0 => {
                    let taken_back = (flow.attrs.clone(), quantity);
                    let place = happened.iter().position(|held| *held == taken_back).unwrap();
                    happened.swap_remove(place);
                }
                (true, true, Some(quantity)) => happened.push((flow.attrs.clone(), quantity)),
                _ => {}
            }
        }
        happened
    }
}

fn is_dossier(attrs: &Attrs) -> bool {
    attrs.code(Dimension::Kind) == word::DOSSIER
}

/// The mean of thousandths, by long division to hundredths, halves up.
fn mean(milli: &[i64]) -> Value {
    let tenfold = i64::try_from(milli.len()).unwrap() * 10;
    if tenfold == 0 {
        return Value::Null;
    }
    let sum: i64 = milli.iter().sum();
    let hundredths = sum / tenfold + i64::from(sum % tenfold * 2 >= tenfold);
    Value::Float(format!("{}.{:02}", hundredths / 100, hundredths % 100).parse().unwrap())
}

/// What a metric is made of.
fn parts(metric: Metric) -> Vec<Metric> {
    match metric {
        Metric::TotalProcessed => vec![
            Metric::ResolvedOnTime,
            Metric::ResolvedOverdue,
            Metric::Stopped,
            Metric::PendingInTime,
            Metric::PendingOverdue,
        ],
        Metric::SatisfactionRate => vec![Metric::Satisfied, Metric::Rated],
        Metric::ResponseRate => vec![Metric::Responded, Metric::Rateable],
        Metric::CriterionSatisfactionRate => vec![Metric::CriterionSatisfied, Metric::CriterionAnswers],
        metric => vec![metric],
    }
}
