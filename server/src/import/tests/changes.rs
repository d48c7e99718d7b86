//! Yesterday's export and today's: what differs becomes events, and nothing is told twice.

use std::sync::Arc;

use domain::dimension::Dimension;
use domain::fold::fold;
use domain::symbol::word;
use proptest::prelude::*;

use super::*;

const MAPPING: &str = r#"
source = "s"
key = "id"
[[event]]
type = "case.received"
time = "opened"
[event.data]
ward = "ward"
channel = "channel"
due_at = { time = "due" }
incident_location.point = { lat = "lat", lng = "lng" }
reporter.phone = "phone"
[[event]]
type = "case.resolved"
time = "closed"
[event.data]
result = { const = "done" }
[[event]]
type = "case.refused"
time = "refused"
"#;

const HEADER: &str = "id,opened,closed,ward,channel,due,lat,lng,phone,refused\n";

/// A log into which exports of one row each are brought, each as of its day of January 2020.
struct Exports {
    desk: Desk,
    mapping: Mapping,
    log: MemoryLog,
}

impl Exports {
    fn new() -> Self {
        let log = MemoryLog::new(city("x", "UTC"));
        Self { desk: Desk::new(), mapping: mapping(MAPPING), log }
    }

    fn import(&mut self, day: u32, rows: &str) -> Report {
        let path = self.desk.file("rows.csv", format!("{HEADER}{rows}\n"));
        let as_of = format!("2020-01-{day:02}T12:00:00Z").parse().unwrap();
        let options = Options { as_of: Some(as_of), ..options() };
        let city = self.log.city.clone();
        import_rows(&path, &self.mapping, &city, &options, &mut self.log).unwrap()
    }

    #[track_caller]
    fn check_story(&self, want: &[&str]) {
        let story: Vec<String> = self
            .log
            .story("1")
            .into_iter()
            .map(|line| line.replace("2020-01-", "").replace("T00:00:00", "").replace("+00:00", ""))
            .collect();
        assert_eq!(story, want);
    }

    fn timeline(&self) -> domain::case::Timeline {
        let mut events: Vec<Arc<Event>> =
            self.log.events.iter().map(|(event, _)| Arc::new(event.clone())).collect();
        events.sort_by(|one, other| one.order(other));
        fold(&self.log.city, &self.log.symbols, &events).unwrap()
    }
}

#[test]
fn a_changed_row_becomes_an_amendment_with_what_changed() {
    let mut exports = Exports::new();
    exports.import(2, "1,2020-01-01,,w1,web,2020-01-09,1,2,,");
    let report = exports.import(3, "1,2020-01-01,,w2,web,,,,,");
    assert_eq!(report.changes, Changes { amended: 1, ..Changes::default() });
    exports.check_story(&["received 01", "amended 03T12:00:00"]);
    let data = &exports.log.case("1")[1]["data"];
    let want = serde_json::json!({ "ward": "w2", "due_at": null, "incident_location": null });
    assert_eq!(*data, want);
    let timeline = exports.timeline();
    let last = timeline.segments.last().unwrap();
    assert_eq!((last.clock, last.attrs.point), (None, None));
}

#[test]
fn the_same_export_again_changes_nothing_however_often() {
    let mut exports = Exports::new();
    exports.import(2, "1,2020-01-01,,w1,web,,,,,");
    exports.import(3, "1,2020-01-01,,w2,web,,,,,");
    let offered = exports.log.offered;
    for day in [3, 4, 5] {
        let report = exports.import(day, "1,2020-01-01,,w2,web,,,,,");
        assert_eq!(report.changes, Changes { unchanged: 1, ..Changes::default() });
    }
    assert_eq!(exports.log.offered, offered);
}

#[test]
fn a_row_that_changes_back_is_amended_back() {
    let mut exports = Exports::new();
    exports.import(2, "1,2020-01-01,,w1,web,,,,,");
    exports.import(3, "1,2020-01-01,,w2,web,,,,,");
    exports.import(4, "1,2020-01-01,,w1,web,,,,,");
    exports.import(5, "1,2020-01-01,,w2,web,,,,,");
    exports.check_story(&[
        "received 01",
        "amended 03T12:00:00",
        "amended 04T12:00:00",
        "amended 05T12:00:00",
    ]);
    assert_eq!(exports.log.case("1")[3]["data"], serde_json::json!({ "ward": "w2" }));
}

#[test]
fn an_older_export_takes_nothing_back() {
    let mut exports = Exports::new();
    exports.import(2, "1,2020-01-01,,w1,web,,,,,");
    exports.import(9, "1,2020-01-01,,w2,web,,,,,");
    let report = exports.import(5, "1,2020-01-01,,w3,web,,,,,");
    assert_eq!(report.changes, Changes { older: 1, ..Changes::default() });
    exports.check_story(&["received 01", "amended 09T12:00:00"]);
}

#[test]
fn a_case_that_has_been_closed_since_is_resolved() {
    let mut exports = Exports::new();
    exports.import(2, "1,2020-01-01,,w1,web,,,,,");
    let report = exports.import(5, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    assert_eq!((report.accepted, report.changes.unchanged), (1, 1));
    exports.check_story(&["received 01", "resolved 04"]);
}

#[test]
fn a_later_closing_means_that_it_was_open_again() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    let report = exports.import(9, "1,2020-01-01,2020-01-08,w1,web,,,,,");
    assert_eq!(report.changes.ended_otherwise, 1);
    exports.check_story(&["received 01", "resolved 04", "reopened 08", "resolved 08"]);
    assert_eq!(exports.import(9, "1,2020-01-01,2020-01-08,w1,web,,,,,").changes.unchanged, 2);
}

#[test]
fn an_earlier_closing_is_dated_as_of_the_export_and_says_when_it_was_done() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    exports.import(9, "1,2020-01-01,2020-01-03,w1,web,,,,,");
    exports.check_story(&[
        "received 01",
        "resolved 04",
        "reopened 09T12:00:00",
        "resolved 09T12:00:00.000001",
    ]);
    assert_eq!(exports.log.case("1")[3]["data"]["handled_at"], "2020-01-03T00:00:00+00:00");
    assert!(!exports.timeline().segments.last().unwrap().open);
}

#[test]
fn a_closing_that_is_gone_reopens_the_case() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    assert_eq!(exports.import(6, "1,2020-01-01,,w1,web,,,,,").changes.reopened, 1);
    assert_eq!(exports.import(7, "1,2020-01-01,,w1,web,,,,,").accepted, 0);
    exports.check_story(&["received 01", "resolved 04", "reopened 06T12:00:00"]);
    // Closed again at the very time that was withdrawn.
    exports.import(8, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    assert!(!exports.timeline().segments.last().unwrap().open);
    assert_eq!(exports.import(8, "1,2020-01-01,2020-01-04,w1,web,,,,,").accepted, 0);
}

#[test]
fn an_ending_of_another_kind_replaces_the_first() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-01,2020-01-04,w1,web,,,,,");
    exports.import(6, "1,2020-01-01,,w1,web,,,,,2020-01-03");
    exports.check_story(&[
        "received 01",
        "resolved 04",
        "reopened 06T12:00:00",
        "refused 06T12:00:00.000001",
    ]);
    let status = exports.timeline().segments.last().unwrap().attrs.dims[Dimension::Status.index()];
    assert_eq!(status, word::REFUSED);
}

#[test]
fn another_opening_time_is_kept_beside_the_first() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-02,,w1,web,,,,,");
    let report = exports.import(6, "1,2020-01-01,,w1,web,,,,,");
    assert_eq!((report.changes.amended, report.changes.opening_times), (1, 1));
    exports.check_story(&["received 02", "amended 06T12:00:00"]);
    let want = serde_json::json!({ "stated_received_at": "2020-01-01T00:00:00+00:00" });
    assert_eq!(exports.log.case("1")[1]["data"], want);
    assert_eq!(exports.import(7, "1,2020-01-01,,w1,web,,,,,").accepted, 0);
}

#[test]
fn personal_data_leaves_no_trace_in_ids() {
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-02,,w1,web,,,,0901234567,");
    let with = exports.log.case("1")[0].clone();
    assert_eq!(with["data"]["reporter"]["phone"], "0901234567");
    let mut exports = Exports::new();
    exports.import(5, "1,2020-01-02,,w1,web,,,,,");
    assert_eq!(with["id"], exports.log.case("1")[0]["id"]);
    // A telephone number that was corrected is no changed case.
    assert_eq!(exports.import(6, "1,2020-01-02,,w1,web,,,,0907654321,").accepted, 0);
}

/// One row of an export: what may change from day to day.
#[derive(Clone, Debug)]
struct State {
    ward: Option<u8>,
    due: Option<u8>,
    point: Option<u8>,
    closed: Option<u8>,
}

fn state() -> impl Strategy<Value = State> {
    let small = || proptest::option::of(1_u8..4);
    (small(), small(), small(), small()).prop_map(|(ward, due, point, closed)| State {
        ward,
        due,
        point,
        closed,
    })
}

impl State {
    fn row(&self) -> String {
        let text = |value: Option<u8>, prefix: &str| {
            value.map(|value| format!("{prefix}{value}")).unwrap_or_default()
        };
        let point = text(self.point, "");
        format!(
            "1,2020-01-01,{},{},web,{},{point},{point},,",
            text(self.closed, "2020-01-0"),
            text(self.ward, "w"),
            text(self.due, "2020-02-0"),
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn after_any_run_of_exports_the_case_stands_as_the_last_one_says(
        states in proptest::collection::vec(state(), 1..7)
    ) {
        let mut exports = Exports::new();
        for (day, state) in (10..).zip(&states) {
            let report = exports.import(day, &state.row());
            prop_assert_eq!(report.rejected, 0);
        }
        let last = states.last().unwrap();
        let timeline = exports.timeline();
        let segment = timeline.segments.last().unwrap();
        let ward = segment.attrs.dims[Dimension::Ward.index()];
        let ward = exports.log.symbols.name(ward).filter(|name| !name.is_empty());
        prop_assert_eq!(ward.as_deref().map(str::to_owned), last.ward.map(|ward| format!("w{ward}")));
        prop_assert_eq!(segment.open, last.closed.is_none());
        prop_assert_eq!(segment.attrs.point.map(|point| point.lat), last.point.map(f64::from));
        if segment.open {
            let due = last.due.map(|day| format!("2020-02-0{day}T00:00:00Z").parse().unwrap());
            prop_assert_eq!(segment.clock.map(|clock| clock.due), due);
        }
        let none_refused = timeline.verdicts.iter().all(|verdict| verdict.flag.is_none());
        prop_assert!(none_refused, "{:?}", exports.log.story("1"));
        // And once more: nothing is new.
        prop_assert_eq!(exports.import(28, &last.row()).accepted, 0);
    }
}
