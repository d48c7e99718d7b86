//! A new regulation is a new file: nothing here is known to the program.

use super::*;

/// In the manner of 1478/QĐ-UBND of 2020, which HCM-4874 replaced: one answer in five working days.
const FIVE_DAYS: &str = r#"
[rule_set]
id = "HCM-1478"
city = "hcmc"
document = "1478/QĐ-UBND"
kinds = ["report"]
valid_from = "2020-05-04"
valid_to = "2023-10-25"

[[rule]]
id = "HCM-1478-5"
clause = "1478/QĐ-UBND (mẫu)"
start = "received"
stop = "result_responded"
limit = 5
unit = "working_day"
responsible = "handling_unit"
on_breach = ["flag_overdue"]
judges_resolution = true
"#;

#[test]
fn five_day_answers_of_an_older_decision_are_one_file() {
    let book = domain::regulation::Book::new(vec![rules(HCM), rules(FIVE_DAYS)]);
    let chosen = |day: &str| {
        book.choose("hcmc", "report", day.parse().unwrap()).map(|chosen| chosen.rules.id.as_str())
    };
    assert_eq!(
        [chosen("2020-05-03"), chosen("2023-10-25"), chosen("2023-10-26")],
        [None, Some("HCM-1478"), Some("HCM-4874")]
    );
    let case = Case::new(FIVE_DAYS, &[received("2023-10-20 16:30", 2)]).on(CALENDAR);
    case.check_due("HCM-1478-5", "2023-10-21 00:00", "2023-10-28 00:00");
    // Tết of 2023 is 20 to 26 January.
    let tet = Case::new(FIVE_DAYS, &[received("2023-01-18 09:00", 2)]).on(CALENDAR);
    tet.check_due("HCM-1478-5", "2023-01-18 10:00", "2023-02-02 00:00");
}

const THIRD_CITY: &str = r#"
[rule_set]
id = "DN-1"
city = "danang"
valid_from = "2025-01-01"

[vocabulary]
steps = [
    "permit_checked",
    { name = "site_cleared", label = { vi = "dọn xong hiện trường", en = "site cleared" } },
    { name = "accepted_back", any_of = ["site_cleared"], stand_ins = ["resolved"] },
    { name = "marked_flood", when = "severity == flood" },
]
flags = ["monsoon", { name = "checked", set_by = ["permit_checked"] }]
attributes = [{ name = "severity", values = ["flood"] }, { name = "zone_kind", values = ["coast", "hill"] }]
commitments = ["cleared_by"]
actions = ["escalate_to_director"]

[[unit]]
id = "working_minute"
label = { vi = "phút làm việc", en = "working minutes" }
working_minutes = 1

[[unit]]
id = "week"
calendar_days = 7

[[rule]]
id = "DN-1.1"
clause = "1/QĐ Điều 1.1"
when = "monsoon && checked && zone_kind != hill"
start = "permit_checked"
start_variant = "received"
stop = "site_cleared"
limit = 90
unit = "working_minute"
extend_by = "cleared_by"
on_breach = ["escalate_to_director"]

[[rule]]
id = "DN-1.2"
clause = "1/QĐ Điều 1.2"
start = "marked_flood"
stop = "accepted_back"
limit = 2
unit = "week"

[[rule]]
id = "DN-1.3"
clause = "1/QĐ Điều 1.3"
start = "escalate_to_director"
stop = "responded_to_reporter"
limit = 4
unit = "hour"
"#;

#[test]
fn a_third_citys_steps_flags_units_and_variants_need_no_new_program() {
    let start = "2025-03-14 11:00";
    let events = [
        event(
            start,
            "received",
            json!({ "kind": "report", "city": "danang", "severity": "flood", "zone_kind": "coast", "monsoon": true }),
        ),
        step("2025-03-14 11:30", "permit_checked"),
        event(
            "2025-03-14 13:30",
            "committed",
            json!({ "commitment": "cleared_by", "until": "2025-03-14T16:00:00+07:00" }),
        ),
    ];
    let case = Case::new(THIRD_CITY, &events);
    // 30 minutes before noon, 60 after the break.
    case.check_due("DN-1.1", "2025-03-14 12:00", "2025-03-14 14:00");
    case.check_state("DN-1.1", "2025-03-14 15:00", ClockState::Extended);
    // Two weeks end on a Friday.
    case.check_due("DN-1.2", "2025-03-14 12:00", "2025-03-29 00:00");
    // The promised time passed: the director's limit starts there.
    case.check_none("DN-1.3", "2025-03-14 16:00");
    case.check_due("DN-1.3", "2025-03-14 16:01", "2025-03-14 20:00");
    let resolved = event("2025-03-17 09:00", "resolved", json!({ "result": "…", "handling_unit": "U" }));
    Case::new(THIRD_CITY, &[case.facts.clone(), resolved]).check_state(
        "DN-1.2",
        "2025-03-18 00:00",
        ClockState::Met,
    );
    case.with("DN-1.1.start=received").check_due("DN-1.1", "2025-03-14 12:00", "2025-03-14 13:30");
}

#[test]
fn a_ring_of_stand_ins_ends() {
    let ring = r#"
[vocabulary]
steps = [{ name = "a", stand_ins = ["b"] }, { name = "b", stand_ins = ["a"] }]
[[rule]]
id = "R"
clause = "1"
start = "a"
stop = "received"
limit = 1
unit = "hour"
"#;
    Case::new(ring, &[received("2025-03-14 11:00", 1)]).check_none("R", "2025-03-15 00:00");
}
