//! Lists of cases: the same cases that the numbers count, page by page of one state.

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::answer::{CasePage, CaseRow};
use domain::case::Measure;
use domain::clock::Judgement;
use domain::dimension::Dimension;
use domain::metric::Metric;
use domain::query::Query;
use domain::value::Value;
use engine::{CaseFilter, Frozen, QueryError, case_row, evaluate, hexagons, list_cases, receipt};
use proptest::prelude::*;

use crate::oracle::is_open_at;
use crate::world::{BEGIN, Dice, Server, Story, codes_of, question, stories};

fn server(seed: u64, cases: u64) -> (Story, Server) {
    let mut dice = Dice(seed);
    let (story, arriving) = Story::new(seed, cases).arriving(&mut dice);
    let server = Server::full(&story, &arriving, Timestamp::from_secs(BEGIN + 4 * 86_400));
    (story, server)
}

fn all(frozen: &Frozen, filter: &CaseFilter) -> Vec<CaseRow> {
    let mut page = list_cases(frozen, filter).unwrap();
    let mut cases = std::mem::take(&mut page.cases);
    while let Some(cursor) = page.next {
        page = list_cases(frozen, &CaseFilter { cursor: Some(cursor), ..filter.clone() }).unwrap();
        cases.append(&mut page.cases);
    }
    assert_eq!(page.total, cases.len() as u64);
    cases
}

/// By its state alone.
fn is_open(row: &CaseRow) -> bool {
    matches!(row.status.as_str(), "received" | "in_progress")
}

proptest! {
    #![proptest_config(stories(24))]

    #[test]
    fn the_open_cases_of_a_list_are_those_behind_the_number(seed: u64) {
        let mut dice = Dice(seed);
        let (_, server) = server(seed, 80);
        let asked = question(&mut dice);
        let mut query = Query { filter: asked.filter, cell: asked.cell, no_position: asked.no_position, ..Query::default() };
        query.at = dice.one_in(2).then(|| dice.instant().min(server.state.at()));
        let filter = CaseFilter { query: query.clone(), limit: Some(7), ..CaseFilter::default() };
        let listed: BTreeSet<String> = all(&server.frozen(), &filter)
            .into_iter()
            .filter(is_open)
            .map(|row| row.case)
            .collect();
        query.metrics = vec![Metric::Open];
        let behind = receipt(&server.frozen(), &query, None).unwrap();
        prop_assert_eq!(listed, behind.cases.codes.into_iter().collect::<BTreeSet<_>>());
    }
}

#[test]
fn a_hexagons_cases_are_exactly_those_that_it_counts() {
    let (_, server) = server(21, 300);
    for res in 7..=10 {
        let query = Query { res: Some(res), ..Query::of(Metric::Open) };
        let map = hexagons(&server.frozen(), &query).unwrap();
        assert!(map.cells.len() > 3);
        assert!(map.cells.is_sorted());
        let open = evaluate(&server.frozen(), &Query::of(Metric::Open)).unwrap().rows[0][0].clone();
        let sum: i64 = map.cells.iter().map(|(_, count)| count).sum();
        assert_eq!(Value::Int(sum + map.no_position), open);
        for (cell, count) in map.cells {
            let query = Query { cell: vec![u64::from_str_radix(&cell, 16).unwrap()], ..Query::default() };
            let cases = all(&server.frozen(), &CaseFilter { query, ..CaseFilter::default() });
            let open = cases.iter().filter(|row| is_open(row)).count();
            assert_eq!(open as i64, count, "{cell}");
        }
        let query = Query { no_position: true, ..Query::default() };
        let cases = all(&server.frozen(), &CaseFilter { query, ..CaseFilter::default() });
        let open = cases.iter().filter(|row| is_open(row)).count();
        assert_eq!(open as i64, map.no_position);
    }
}

#[track_caller]
fn check_order(
    frozen: &Frozen,
    sort: Option<&str>,
    key: impl Fn(&CaseRow) -> (bool, String, String),
    descending: bool,
) {
    let filter = CaseFilter { sort: sort.map(str::to_owned), limit: Some(13), ..CaseFilter::default() };
    let cases = all(frozen, &filter);
    assert!(cases.len() > 100);
    for pair in cases.windows(2) {
        let ((a_none, a, a_code), (b_none, b, b_code)) = (key(&pair[0]), key(&pair[1]));
        let ordered = if a_none != b_none {
            b_none
        } else if a == b {
            a_code < b_code
        } else {
            (a < b) != descending
        };
        assert!(ordered, "{sort:?}: {:?} before {:?}", pair[0], pair[1]);
    }
}

#[test]
fn a_list_is_sorted_as_asked_with_unknown_limits_last() {
    let (_, server) = server(22, 200);
    let frozen = server.frozen();
    // Instants as instants: their texts do not sort across a change of the clocks.
    let instant = |text: &str| format!("{:020}", text.parse::<Timestamp>().unwrap().micros());
    let received = |row: &CaseRow| (false, instant(&row.received_at), row.case.clone());
    let due = |row: &CaseRow| {
        (row.due.is_none(), row.due.as_deref().map(instant).unwrap_or_default(), row.case.clone())
    };
    let code = |row: &CaseRow| (false, row.case.clone(), row.case.clone());
    check_order(&frozen, None, received, true);
    check_order(&frozen, Some("-received_at"), received, true);
    check_order(&frozen, Some("received_at"), received, false);
    check_order(&frozen, Some("due"), due, false);
    check_order(&frozen, Some("-due"), due, true);
    check_order(&frozen, Some("case"), code, false);
    check_order(&frozen, Some("-case"), code, true);
}

#[test]
fn the_pages_of_a_list_are_of_one_state_however_much_happens_meanwhile() {
    let mut dice = Dice(23);
    let (story, arriving) = Story::new(23, 300).arriving(&mut dice);
    let at = Timestamp::from_secs(BEGIN + 4 * 86_400);
    let (before, after) = arriving.split_at(arriving.len() / 2);
    let mut server = Server::full(&story, before, at);
    let query = Query::default().only(Dimension::Status, "received");
    let filter = CaseFilter { query, limit: Some(10), ..CaseFilter::default() };
    let want = all(&server.frozen(), &filter);
    let first = list_cases(&server.frozen(), &filter).unwrap();

    let mut got = first.cases;
    let mut next = first.next;
    let mut rest = after.chunks(40);
    let mut at = at;
    while let Some(cursor) = next {
        at = at.plus_secs(3_600);
        server.tick(rest.next().unwrap_or_default(), at);
        let page: CasePage =
            list_cases(&server.frozen(), &CaseFilter { cursor: Some(cursor), ..filter.clone() }).unwrap();
        assert_eq!((page.seq, &page.at), (first.seq, &first.at));
        got.extend(page.cases);
        next = page.next;
    }
    assert_eq!(got, want);
    assert_ne!(all(&server.frozen(), &filter), want);
}

#[test]
fn a_case_is_found_by_its_code_and_by_words_with_or_without_diacritics() {
    let (_, server) = server(24, 60);
    let found = |q: &str| {
        let filter = CaseFilter { q: Some(q.to_owned()), limit: Some(1_000), ..CaseFilter::default() };
        list_cases(&server.frozen(), &filter).unwrap().cases
    };
    assert_eq!(
        found("c-0007").len(),
        usize::from(
            server
                .state
                .find("C-0007")
                .unwrap()
                .timeline
                .as_ref()
                .is_some_and(|timeline| timeline.received_at <= server.state.at())
        )
    );
    let with = found("Nguyễn Huệ");
    assert!(!with.is_empty());
    assert_eq!(with, found("NGUYEN HUE"));
    assert!(found("Lê Lợi").is_empty());
    // Words in any order, by their beginnings, whatever signs stand around them.
    assert_eq!(with, found("(huệ) nguy"));
    assert!(found("guyễn").is_empty());
    assert_eq!(found("").len(), found("c-").len());
}

#[test]
fn a_case_is_found_by_what_the_screens_call_its_unit() {
    let (_, server) = server(24, 200);
    let codes = |filter: &CaseFilter| -> Vec<String> {
        let filter = CaseFilter { limit: Some(1_000), ..filter.clone() };
        list_cases(&server.frozen(), &filter).unwrap().cases.into_iter().map(|row| row.case).collect()
    };
    let held =
        codes(&CaseFilter { query: Query::default().only(Dimension::Agency, "PW"), ..CaseFilter::default() });
    assert!(!held.is_empty());
    for q in ["Sở Công chính", "so cong chinh", "public works", "chính, công"] {
        assert_eq!(codes(&CaseFilter { q: Some(q.to_owned()), ..CaseFilter::default() }), held, "{q}");
    }
}

#[test]
fn a_line_says_how_the_case_stands() {
    let (_, server) = server(25, 300);
    let frozen = server.frozen();
    let at = server.state.at();
    let (mut resolved, mut judged_late) = (0, 0);
    for (ix, code) in codes_of(&server.state) {
        let case = server.state.case(ix).unwrap();
        let Some(timeline) = case.timeline.as_ref().filter(|timeline| timeline.received_at <= at) else {
            assert_eq!(case_row(&frozen, case), None, "{code}");
            continue;
        };
        let row = case_row(&frozen, case).unwrap();
        assert_eq!(row.case, code);
        assert_eq!(row.timeliness.is_some(), is_open_at(timeline, at) || row.resolved_at.is_some());
        assert_eq!(
            row.due.is_some(),
            row.timeliness.as_deref().is_some_and(|timeliness| timeliness != "no_deadline")
        );
        assert_eq!(row.rule.as_deref(), row.due.as_ref().map(|_| "source"));
        if row.resolved_at.is_some()
            && timeline.flows.iter().filter(|flow| flow.measure == Measure::Resolved).count() == 1
        {
            let judged = timeline.flows.iter().find(|flow| flow.measure == Measure::Resolved).unwrap().judged;
            let late = row.timeliness.as_deref() == Some("overdue");
            assert_eq!(late, judged == Judgement::Late, "{row:?}");
            judged_late += usize::from(late);
        }
        if row.status == "resolved" {
            assert!(row.resolved_at.is_some(), "{row:?}");
            resolved += 1;
        }
    }
    assert!(resolved > 10 && judged_late > 1);
    // Who asks for the overdue alone means open cases; who names the status means those.
    let count = |status: Option<&str>| {
        let mut query = Query::default().only(Dimension::Timeliness, "overdue");
        if let Some(status) = status {
            query = query.only(Dimension::Status, status);
        }
        let rows = all(&frozen, &CaseFilter { query, ..CaseFilter::default() });
        assert!(rows.iter().all(|row| row.timeliness.as_deref() == Some("overdue")));
        (rows.iter().filter(|row| row.resolved_at.is_none()).count(), rows.len())
    };
    let (open, listed) = count(None);
    assert!(open > 0 && open == listed);
    let (open, listed) = count(Some("resolved"));
    assert!(open == 0 && listed > 0);
}

#[test]
fn a_period_bounds_when_cases_were_received() {
    let (_, server) = server(26, 200);
    let (from, to) = (Timestamp::from_secs(BEGIN + 86_400), Timestamp::from_secs(BEGIN + 2 * 86_400));
    let query = Query { from: Some(from), to: Some(to), ..Query::default() };
    let listed = all(&server.frozen(), &CaseFilter { query, ..CaseFilter::default() });
    let received = |row: &CaseRow| row.received_at.parse::<Timestamp>().unwrap();
    assert!(!listed.is_empty());
    assert!(listed.iter().all(|row| received(row) >= from && received(row) < to));
    let everything = all(&server.frozen(), &CaseFilter::default());
    let inside = everything.iter().filter(|row| received(row) >= from && received(row) < to).count();
    assert_eq!(listed.len(), inside);
}

#[track_caller]
fn check_cursor(frozen: &Frozen, cursor: &str) {
    let filter = CaseFilter { cursor: Some(cursor.to_owned()), ..CaseFilter::default() };
    let error = list_cases(frozen, &filter).unwrap_err();
    assert!(matches!(error, QueryError::Bad { parameter: "cursor", .. }), "{cursor}: {error}");
}

#[test]
fn a_cursor_goes_with_its_own_question_and_server_only() {
    let (_, server) = server(27, 200);
    let frozen = server.frozen();
    let query = Query::default().only(Dimension::Kind, "report");
    let other = CaseFilter { query, limit: Some(5), ..CaseFilter::default() };
    let of_another_question = list_cases(&frozen, &other).unwrap().next.unwrap();
    check_cursor(&frozen, &of_another_question);
    check_cursor(&frozen, "");
    check_cursor(&frozen, "nonsense");
    check_cursor(&frozen, &"ế".repeat(28));
    let own = CaseFilter { limit: Some(5), ..CaseFilter::default() };
    let next = list_cases(&frozen, &own).unwrap().next.unwrap();
    let ahead = format!("7{}", &next[1..]);
    check_cursor(&frozen, &ahead);
}
