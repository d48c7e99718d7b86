//! One line of the registry is one truth: the live number, the recomputed one and the receipt.

use domain::Timestamp;
use domain::case::Measure;
use domain::clock::Judgement;
use domain::metric::Metric;
use domain::query::Query;
use domain::value::Value;
use engine::{Formula, Measured, Registry, Topic, evaluate, receipt};

use crate::world::{BEGIN, Dice, Server, Story};

/// The live number, the recomputed one and the receipt's.
fn three(registry: Registry, metric: Metric) -> [Value; 3] {
    let mut dice = Dice(31);
    let (story, arriving) = Story::new(31, 200).arriving(&mut dice);
    let begin = Timestamp::from_secs(BEGIN);
    let mut server = Server::with(&story, begin, registry);
    let query = Query { from: Some(begin), ..Query::of(metric) };
    let mut topic = Topic::new(&server.frozen(), query.clone()).unwrap();
    for (tick, events) in (1..).zip(arriving.chunks(25)) {
        let batch = server.tick(events, begin.plus_secs(tick * 3_600 * 4));
        topic.step(&batch, &server.frozen());
    }
    let frozen = server.frozen();
    let recomputed = evaluate(&frozen, &query).unwrap().rows[0][0].clone();
    let said = receipt(&frozen, &query, None).unwrap();
    let left_out: i64 = said.excluded.iter().map(|excluded| excluded.count.cast_signed()).sum();
    assert_eq!(said.value.as_int().unwrap_or(said.cases.total.cast_signed()) + left_out, said.whole);
    [topic.rows()[0][0].clone(), recomputed, said.value]
}

#[track_caller]
fn check(metric: Metric, change: impl FnOnce(&mut Measured)) {
    let [live, recomputed, said] = three(Registry::standard(), metric);
    assert_eq!((&live, &live), (&recomputed, &said));
    let changed = Registry::standard().with(metric, |entry| change(&mut entry.measured));
    let [changed_live, recomputed, said] = three(changed, metric);
    assert_eq!((&changed_live, &changed_live), (&recomputed, &said));
    assert_ne!(live, changed_live, "{}", metric.name());
}

#[test]
fn one_changed_line_moves_the_live_number_the_recomputed_one_and_the_receipt_alike() {
    check(Metric::Open, |measured| {
        *measured = Measured::Count(Formula::weight_of(Measure::Open).times(3));
    });
    check(Metric::ResolvedLate, |measured| {
        *measured = Measured::Count(Formula::weight_of(Measure::Resolved).judged(Judgement::InTime));
    });
    check(Metric::HoursToResolveP90, |measured| {
        *measured = Measured::Quantile { sample: Formula::handling_secs(), permille: 100 };
    });
    check(Metric::MeanScore, |measured| {
        *measured = Measured::Mean { sample: Formula::quantity_of(Measure::CriterionAnswered) };
    });
}
