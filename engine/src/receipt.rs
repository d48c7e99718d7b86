//! Where one number comes from: the cases behind it, and why each other case is not in it.

mod excluded;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::answer::{Receipt, ReceiptCases};
use domain::case::CaseIx;
use domain::query::Query;
use domain::value::Value;
use polars::prelude::{DataType, Expr, col, lit, when};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::cube::Frozen;
use crate::cursor::Cursor;
use crate::error::QueryError;
use crate::plan::{Asked, Made, Plan};
use crate::points::{CASE, WEIGHT};
use crate::registry::Measured;
use crate::scan::{counts_at, in_question, known_at};
use crate::tally::{self, hours, nearest_rank};
use crate::view::View;

/// How many codes a page has.
const PAGE: usize = 1_000;

const COUNTED: &str = "counted";
const UNFILTERED: &str = "unfiltered";
const EVER: &str = "ever";
const AMOUNT: &str = "amount";
const SAMPLE: &str = "sample";
const TIMES: &str = "times";

/// What one case brings to the number.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    /// To the number asked for.
    counted: i64,
    /// To the same without filters.
    unfiltered: i64,
    /// To the same without filters, in any period.
    ever: i64,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.counted += other.counted;
        self.unfiltered += other.unfiltered;
        self.ever += other.ever;
    }
}

/// Explains one number. The first page names the state; the pages after it are of the same one.
///
/// `value + Σ excluded.count = whole` holds for every count: `whole` is every case ever received in
/// the state, and one more for each time that a case counts again (resolved twice). For a quantile,
/// a mean or a share `whole` is `cases.total + Σ excluded.count`.
///
/// # Errors
/// [`QueryError::Bad`] names the parameter at fault: other than one `metric`; `group_by`, `bucket`
/// and `res` without a cell, which make many numbers of one; and what [`evaluate`](crate::evaluate) refuses.
pub fn receipt(frozen: &Frozen, query: &Query, cursor: Option<&str>) -> Result<Receipt, QueryError> {
    check(query)?;
    let question = format!("receipt {query:?}");
    let cursor = Cursor::read(frozen, cursor, &question)?;
    let view = View::pinned(frozen, cursor.seq, cursor.at, query.known_at, query.rules)?;
    let plan = Plan::new(&view, query)?;
    let [shown] = plan.shown.as_slice() else {
        return Err(QueryError::bad("metric", "names exactly one metric for a receipt"));
    };
    let Some(entry) = view.registry().entry(shown.metric).cloned() else {
        return Err(QueryError::bad("metric", "is not in the registry"));
    };
    // Of a share the receipt is that of the whole: who was asked.
    let (counted, asked): (&[Asked], &Asked) = match (&shown.made, plan.asked.as_slice()) {
        (Made::Share { whole, .. }, all) => (&all[*whole..=*whole], &all[*whole]),
        (_, all) => (all, &all[0]),
    };
    let mut shares: FxHashMap<CaseIx, Share> = FxHashMap::default();
    for part in counted {
        for (case, share) in self::shares(&view, &plan, part)? {
            shares.entry(case).or_default().add(share);
        }
    }
    let behind = Behind::new(&view, &shares);
    let sum = |shares: &FxHashMap<CaseIx, Share>| shares.values().map(|share| share.counted).sum::<i64>();
    let (value, ranked_case) = match (&shown.made, &asked.entry.measured) {
        (Made::Share { part, .. }, _) => {
            let part = self::shares(&view, &plan, &plan.asked[*part])?;
            (tally::share(sum(&part), sum(&shares)), None)
        }
        (_, Measured::Quantile { permille, .. }) => ranked(&view, &plan, asked, *permille)?,
        (_, Measured::Mean { .. }) => {
            let samples = sampled(&view, &plan, asked)?;
            let times = samples.into_iter().map(|sample| (sample.quantity, sample.times));
            let mut by_quantity: BTreeMap<i64, i64> = BTreeMap::new();
            times.for_each(|(quantity, times)| *by_quantity.entry(quantity).or_default() += times);
            (tally::mean(&by_quantity), None)
        }
        _ => (Value::Int(sum(&shares)), None),
    };
    let excluded = excluded::by_reason(&view, &plan, shown.metric, asked.stock, &shares);
    let counted = value.as_int().unwrap_or(behind.total());
    let left_out: i64 = excluded.iter().map(|excluded| excluded.count.cast_signed()).sum();
    let end = cursor.offset.saturating_add(PAGE).min(behind.codes.len());
    Ok(Receipt {
        seq: view.seq(),
        at: view.show(plan.now),
        metric: shown.metric.name().to_owned(),
        query: said(&view, query),
        value,
        definition: entry.definition.clone(),
        clause: entry.clause.map(str::to_owned),
        events: behind.events,
        cases: ReceiptCases {
            total: behind.codes.len() as u64,
            codes: behind.page(cursor.offset, end),
            next: (end < behind.codes.len()).then(|| Cursor { offset: end, ..cursor }.show(&question)),
        },
        excluded,
        whole: counted + left_out,
        digest: behind.digest(),
        ranked_case,
    })
}

fn check(query: &Query) -> Result<(), QueryError> {
    let many =
        |parameter| Err(QueryError::bad(parameter, "makes many numbers of one; a receipt explains one"));
    if query.metrics.len() != 1 {
        return Err(QueryError::bad("metric", "names exactly one metric for a receipt"));
    }
    if !query.group_by.is_empty() {
        return many("group_by");
    }
    if query.bucket.is_some() {
        return many("bucket");
    }
    // A hexagon's number is asked for by its cell, or by having none.
    if query.res.is_some() && query.cell.is_empty() && !query.no_position {
        return many("res");
    }
    Ok(())
}

/// What each case brings, by the metric's own expression.
fn shares(view: &View<'_>, plan: &Plan, asked: &Asked) -> Result<FxHashMap<CaseIx, Share>, QueryError> {
    let counted = counts_at(&plan.limits, asked.stock, view.at());
    let matches = plan.filter.expr().unwrap_or_else(|| lit(true));
    let amount_if = |condition: Expr| when(condition).then(col(AMOUNT)).otherwise(lit(0_i64)).sum();
    let df = view
        .points()?
        .filter(known_at(&plan.limits, asked.stock, view.at()))
        .with_column(asked.entry.measured.times().alias(AMOUNT))
        .filter(col(AMOUNT).neq(lit(0_i64)))
        .group_by([col(CASE)])
        .agg([
            amount_if(counted.clone().and(matches)).alias(COUNTED),
            amount_if(counted).alias(UNFILTERED),
            col(AMOUNT).sum().alias(EVER),
        ])
        .collect()?;
    let column = |name| Ok::<_, QueryError>(df.column(name)?.i64()?.iter().map(Option::unwrap_or_default));
    let shares = column(COUNTED)?.zip(column(UNFILTERED)?).zip(column(EVER)?);
    let cases = df.column(CASE)?.u32()?.into_no_null_iter();
    Ok(cases
        .zip(shares)
        .map(|(case, ((counted, unfiltered), ever))| (CaseIx(case), Share { counted, unfiltered, ever }))
        .collect())
}

/// The quantile, and the case whose resolution it is.
fn ranked(
    view: &View<'_>,
    plan: &Plan,
    asked: &Asked,
    permille: u32,
) -> Result<(Value, Option<String>), QueryError> {
    let mut samples: BTreeMap<i64, i64> = BTreeMap::new();
    let mut by_secs: BTreeMap<i64, BTreeSet<Arc<str>>> = BTreeMap::new();
    for Sample { case, quantity: secs, times } in sampled(view, plan, asked)? {
        *samples.entry(secs).or_default() += times;
        let code = view.case(case).map(|case| case.code.clone());
        by_secs.entry(secs).or_default().extend(code);
    }
    let Some(secs) = nearest_rank(&samples, permille) else {
        return Ok((Value::Null, None));
    };
    // Of several with the very same seconds, the first by code.
    let case = by_secs.get(&secs).and_then(BTreeSet::first).map(|code| code.to_string());
    Ok((hours(secs), case))
}

/// What was measured of one case, and how often.
struct Sample {
    case: CaseIx,
    quantity: i64,
    times: i64,
}

/// What a metric samples, case by case.
fn sampled(view: &View<'_>, plan: &Plan, asked: &Asked) -> Result<Vec<Sample>, QueryError> {
    let Some(sample) = asked.entry.measured.sample() else { return Ok(Vec::new()) };
    let df = in_question(plan, &view.points()?, asked.stock, view.at())
        .with_column(sample.expr().alias(SAMPLE))
        .filter(col(SAMPLE).is_not_null())
        .group_by([col(SAMPLE), col(CASE)])
        .agg([col(WEIGHT).cast(DataType::Int64).sum().alias(TIMES)])
        .filter(col(TIMES).neq(lit(0_i64)))
        .collect()?;
    let cases = df.column(CASE)?.u32()?.into_no_null_iter();
    let quantities = df.column(SAMPLE)?.i64()?.into_no_null_iter();
    let times = df.column(TIMES)?.i64()?.into_no_null_iter();
    let samples = cases.zip(quantities).zip(times);
    Ok(samples.map(|((case, quantity), times)| Sample { case: CaseIx(case), quantity, times }).collect())
}

/// The question in REST parameters.
fn said(view: &View<'_>, query: &Query) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in query.to_pairs(&|at| view.show(at)) {
        // Several values of one parameter: commas within them are escaped already.
        said.entry(key)
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
    }
    said
}

/// The cases behind a number.
struct Behind {
    /// Ascending.
    codes: Vec<Arc<str>>,
    /// How many events they have.
    events: u64,
}

impl Behind {
    fn new(view: &View<'_>, shares: &FxHashMap<CaseIx, Share>) -> Self {
        let cases = shares.iter().filter(|(_, share)| share.counted != 0);
        let cases: Vec<_> = cases.filter_map(|(ix, _)| view.case(*ix)).collect();
        let events = cases.iter().map(|case| case.events.len() as u64).sum();
        let mut codes: Vec<Arc<str>> = cases.into_iter().map(|case| case.code.clone()).collect();
        codes.sort_unstable();
        Self { codes, events }
    }

    fn total(&self) -> i64 {
        i64::try_from(self.codes.len()).unwrap_or(i64::MAX)
    }

    fn page(&self, begin: usize, end: usize) -> Vec<String> {
        let page = self.codes.get(begin..end).unwrap_or_default();
        page.iter().map(|code| code.to_string()).collect()
    }

    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (place, code) in self.codes.iter().enumerate() {
            if place > 0 {
                digest.update(b"\n");
            }
            digest.update(code.as_bytes());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
