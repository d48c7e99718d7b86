//! Which cases could be rated in the period, and in which groups they were.

use domain::Timestamp;
use domain::case::{CaseIx, Measure};
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::{GroupKey, Query};
use domain::symbol::{Sym, Symbols};
use polars::prelude::{DataFrame, Expr, LazyFrame, PolarsResult, col, lit};
use rustc_hash::{FxHashMap, FxHashSet};

use super::asked::Questionnaire;
use super::{is_by_criterion, is_of_the_rating};
use crate::error::QueryError;
use crate::filter::Filter;
use crate::plan::{Limits, Plan};
use crate::points::{AT, CASE, MEASURE, WEIGHT};
use crate::scan::{in_question, known_at};
use crate::tally::{Key, Keyer};
use crate::view::View;

const TIMES: &str = "times";

/// What could be rated, by the parts of a group's key that a case has without any rating.
pub(super) struct Cases<'a> {
    keys: Vec<GroupKey>,
    questionnaire: &'a Questionnaire,
    symbols: Symbols,
    /// Only cases that went through stages of service: the question is about a stage.
    staged_only: bool,
    /// How many there are, by version of the questionnaire: all, and those with stages.
    groups: FxHashMap<Key, Vec<[i64; 2]>>,
    /// How many of them were rated, by the whole key.
    pub(super) responded: FxHashMap<Key, i64>,
}

/// One case that could be rated.
struct Rateable {
    /// Its codes, in the order of the question's keys; what only a rating has is none.
    codes: Vec<u32>,
    version: usize,
    staged: bool,
}

impl<'a> Cases<'a> {
    pub(super) fn new(
        view: &View<'_>,
        query: &Query,
        keyer: &mut Keyer,
        questionnaire: &'a Questionnaire,
    ) -> Result<Self, QueryError> {
        let (of_ratings, of_cases): (Vec<_>, Vec<_>) = query
            .filter
            .iter()
            .map(|(dimension, codes)| (*dimension, codes.clone()))
            .partition(|(dimension, _)| is_of_the_rating(*dimension));
        let plan = Plan::new(
            view,
            &Query {
                metrics: vec![Metric::Rateable],
                filter: of_cases.into_iter().collect(),
                ..query.clone()
            },
        )?;
        let asked_of_ratings = Query { filter: of_ratings.into_iter().collect(), ..Query::default() };
        let of_ratings = Filter::new(view.state().city(), view.state().symbols(), &asked_of_ratings)?;
        let is_some_stage = |codes: &Vec<String>| codes.iter().all(|code| !code.is_empty());
        let mut cases = Self {
            keys: query.group_by.clone(),
            questionnaire,
            symbols: view.state().symbols().clone(),
            staged_only: query.filter.get(&Dimension::Stage).is_some_and(is_some_stage),
            groups: FxHashMap::default(),
            responded: FxHashMap::default(),
        };
        let rateable = cases.rateable_in(view, &plan)?;
        for case in rateable.values() {
            let key = keyer.key(case.codes.iter().copied(), None);
            let versions = vec![[0; 2]; questionnaire.versions()];
            let counts = &mut cases.groups.entry(key).or_insert(versions)[case.version];
            counts[0] += 1;
            counts[1] += i64::from(case.staged);
        }
        let measure = if is_by_criterion(query) { Measure::CriterionAnswered } else { Measure::Rated };
        cases.count_responded(view, &plan.limits, measure, &of_ratings, &rateable, keyer)?;
        Ok(cases)
    }

    /// Every case that became one that can be rated in the period.
    fn rateable_in(&self, view: &View<'_>, plan: &Plan) -> Result<FxHashMap<CaseIx, Rateable>, QueryError> {
        let lf = in_question(plan, &view.points()?, false, view.at()).filter(is(Measure::Rateable));
        let mut by: Vec<Dimension> = self.keys.iter().map(|key| key.dimension).collect();
        by.push(Dimension::Stage);
        let df = distinct(lf, &by, Some(AT)).collect()?;
        let (case_of, codes) =
            (codes(&df, CASE)?, self.key_codes(&df, |dimension| !is_of_the_rating(dimension))?);
        let stages = self::codes(&df, Dimension::Stage.name())?;
        let instants = df.column(AT)?.i64()?.into_no_null_iter();
        let zone = &view.state().city().zone;
        let mut rateable = FxHashMap::default();
        for (line, instant) in instants.enumerate() {
            let day = Timestamp::from_micros(instant).to_jiff().to_zoned(zone.clone()).date();
            let case = Rateable {
                codes: codes.iter().map(|column| column[line]).collect(),
                version: self.questionnaire.version(day),
                staged: !Sym(stages[line]).is_none(),
            };
            rateable.insert(CaseIx(case_of[line]), case);
        }
        Ok(rateable)
    }

    /// How many of them have an answer in each group so far, each case once.
    fn count_responded(
        &mut self,
        view: &View<'_>,
        limits: &Limits,
        measure: Measure,
        filter: &Filter,
        rateable: &FxHashMap<CaseIx, Rateable>,
        keyer: &mut Keyer,
    ) -> Result<(), QueryError> {
        let mut lf = view.points()?.filter(known_at(limits, false, view.at())).filter(is(measure));
        if let Some(asked) = filter.expr() {
            lf = lf.filter(asked);
        }
        let by: Vec<Dimension> = self.keys.iter().map(|key| key.dimension).collect();
        let df = distinct(lf, &by, None).collect()?;
        let cases = codes(&df, CASE)?;
        let said = self.key_codes(&df, is_of_the_rating)?;
        let mut counted: FxHashSet<(Key, u32)> = FxHashSet::default();
        for (line, case) in cases.into_iter().enumerate() {
            let Some(held) = rateable.get(&CaseIx(case)) else { continue };
            let code = |place: usize, key: &GroupKey| {
                if is_of_the_rating(key.dimension) { said[place][line] } else { held.codes[place] }
            };
            let mut full = self.keys.iter().enumerate().map(|(place, key)| code(place, key));
            let key = keyer.key(&mut full, None);
            if self.counts(held, &key) && counted.insert((key.clone(), case)) {
                *self.responded.entry(key).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Whether a case is among those that could be rated in a group.
    fn counts(&self, case: &Rateable, key: &Key) -> bool {
        (case.staged || !self.needs_stages(key)) && self.asks(case.version, key)
    }

    /// How many cases could be rated in a group.
    pub(super) fn rateable(&self, key: &Key) -> i64 {
        let of_case = self.keys.iter().zip(key.iter());
        let of_case: Key =
            of_case.map(|(asked, code)| if is_of_the_rating(asked.dimension) { 0 } else { *code }).collect();
        let Some(versions) = self.groups.get(&of_case) else { return 0 };
        let which = usize::from(self.needs_stages(key));
        let asked = versions.iter().enumerate().filter(|(version, _)| self.asks(*version, key));
        asked.map(|(_, counts)| counts[which]).sum()
    }

    /// Groups that must be told of though nobody may have answered: those of the cases themselves, and
    /// each criterion that was asked. Stages and channels are told of where something was said.
    pub(super) fn keys_to_be_told(&self) -> Vec<Key> {
        let place_of = |dimension| self.keys.iter().position(|key| key.dimension == dimension);
        if place_of(Dimension::Stage).is_some() || place_of(Dimension::RatingChannel).is_some() {
            return Vec::new();
        }
        let groups: Vec<Key> = self.groups.keys().cloned().collect();
        let Some(place) = place_of(Dimension::Criterion) else { return groups };
        let mut keys = Vec::new();
        for code in self.questionnaire.codes() {
            let sym = self.symbols.intern(code);
            for group in &groups {
                let mut key = group.clone();
                key[place] = u64::from(sym.0);
                if self.rateable(&key) > 0 {
                    keys.push(key);
                }
            }
        }
        keys
    }

    /// A stage can be rated by who went through stages; the whole by everybody.
    fn needs_stages(&self, key: &Key) -> bool {
        let mut keys = self.keys.iter().zip(key.iter());
        self.staged_only || keys.any(|(asked, code)| asked.dimension == Dimension::Stage && *code != 0)
    }

    fn asks(&self, version: usize, key: &Key) -> bool {
        let mut keys = self.keys.iter().zip(key.iter());
        let criterion = keys.find(|(asked, _)| asked.dimension == Dimension::Criterion);
        let code = criterion.and_then(|(_, code)| u32::try_from(*code).ok());
        let name = code.and_then(|code| self.symbols.name(Sym(code)));
        self.questionnaire.asks(version, name.as_deref())
    }

    /// The codes of the question's keys, column by column; none where `has` does not hold.
    fn key_codes(&self, df: &DataFrame, has: impl Fn(Dimension) -> bool) -> PolarsResult<Vec<Vec<u32>>> {
        let column = |key: &GroupKey| match has(key.dimension) {
            true => codes(df, key.dimension.name()),
            false => Ok(vec![Sym::NONE.0; df.height()]),
        };
        self.keys.iter().map(column).collect()
    }
}

fn is(measure: Measure) -> Expr {
    col(MEASURE).eq(lit(measure as u32))
}

/// What is there of each case: points that were taken out again leave nothing.
fn distinct(lf: LazyFrame, by: &[Dimension], and: Option<&str>) -> LazyFrame {
    let mut names: Vec<&str> = by.iter().map(|dimension| dimension.name()).collect();
    names.push(CASE);
    names.extend(and);
    names.sort_unstable();
    names.dedup();
    let keys: Vec<Expr> = names.into_iter().map(col).collect();
    lf.group_by(keys).agg([col(WEIGHT).sum().alias(TIMES)]).filter(col(TIMES).gt(lit(0)))
}

fn codes(df: &DataFrame, name: &str) -> PolarsResult<Vec<u32>> {
    Ok(df.column(name)?.u32()?.into_no_null_iter().collect())
}
