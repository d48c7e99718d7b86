//! The cities' own files: every rule of the specification is there, and says the same.

use std::collections::BTreeSet;

use domain::regulation::{Book, Limit, Nature};

use super::*;

const SPECIFIED: &str = include_str!("../data/limits-of-the-specification.toml");

#[test]
fn the_limits_are_those_of_the_specification_field_by_field() {
    let specified = rules(SPECIFIED);
    let (hcm, hp, os) = (rules(HCM), rules(HP), rules(OS));
    let ids = |set: &RuleSet, all: &[domain::regulation::RuleIx]| {
        all.iter().map(|ix| set.rule(*ix).id.clone()).collect::<Vec<_>>()
    };
    for want in &specified.rules {
        let (set, ix) =
            [&hcm, &hp, &os].into_iter().find_map(|set| Some((set, set.find(&want.id)?))).unwrap();
        let got = set.rule(ix);
        assert_eq!(got.clause, want.clause, "{}", want.id);
        assert_eq!(got.groups, want.groups, "{}", want.id);
        assert_eq!(got.when_text, want.when_text, "{}", want.id);
        assert_eq!(
            got.start.as_ref().map(|moment| &moment.text),
            want.start.as_ref().map(|moment| &moment.text)
        );
        assert_eq!(got.inferred_start, want.inferred_start, "{}", want.id);
        assert_eq!(
            got.stop.as_ref().map(|moment| &moment.text),
            want.stop.as_ref().map(|moment| &moment.text)
        );
        assert_eq!(got.limit, want.limit, "{}", want.id);
        assert_eq!(got.responsible, want.responsible, "{}", want.id);
        assert_eq!(got.extend_by, want.extend_by, "{}", want.id);
        assert_eq!(got.evidence, want.evidence, "{}", want.id);
        assert_eq!(got.evidence_on_extend, want.evidence_on_extend, "{}", want.id);
        assert_eq!(ids(set, &got.replaces), ids(&specified, &want.replaces), "{}", want.id);
        assert_eq!(got.on_breach, want.on_breach, "{}", want.id);
        for variant in &want.start_variants {
            assert!(got.start_variants.iter().any(|own| own.text == variant.text), "{}", want.id);
        }
    }
    let limits: BTreeSet<&str> = [&hcm, &hp, &os]
        .into_iter()
        .flat_map(|set| &set.rules)
        .filter(|rule| rule.limit != Limit::None)
        .map(|rule| rule.id.as_str())
        .collect();
    assert_eq!(limits, specified.rules.iter().map(|rule| rule.id.as_str()).collect());
}

fn numbered(prefix: &str, count: u32) -> Vec<String> {
    (1..=count).map(|number| format!("{prefix}{number}")).collect()
}

#[test]
fn every_rule_is_data_and_has_a_text_in_both_languages() {
    let check = |set: &RuleSet, wanted: Vec<String>, others: usize| {
        for id in &wanted {
            assert!(set.find(id).is_some(), "{id}");
        }
        assert_eq!(set.rules.len(), wanted.len() + others, "{}", set.id);
        for rule in &set.rules {
            assert!(
                !rule.clause.is_empty() && !rule.text.vi.is_empty() && !rule.text.en.is_empty(),
                "{}",
                rule.id
            );
            assert_eq!(rule.nature == Nature::Limit, rule.limit != Limit::None, "{}", rule.id);
        }
    };
    let hcm = [
        ("HCM-S", 4),
        ("HCM-I", 11),
        ("HCM-C", 5),
        ("HCM-P", 6),
        ("HCM-R", 1),
        ("HCM-RP", 11),
        ("HCM-A", 4),
        ("IC-", 9),
    ];
    // Twenty-nine rows of table 1.3.
    check(&rules(HCM), hcm.into_iter().flat_map(|(prefix, count)| numbered(prefix, count)).collect(), 29);
    let hp = [("HP-S", 4), ("HP-I", 10), ("HP-P", 6), ("HP-R", 2), ("HP-RP", 10), ("HP-A", 5)];
    // Sixteen rows of table 2.3.
    check(&rules(HP), hp.into_iter().flat_map(|(prefix, count)| numbered(prefix, count)).collect(), 16);
    check(&rules(OS), numbered("OS-", 20), 0);
}

#[test]
fn both_cities_have_the_same_one_stop_rules_and_holidays() {
    assert_eq!(OS, include_str!("../../../cities/haiphong/regulations/os-2686.toml"));
    assert_eq!(HOLIDAYS, include_str!("../../../cities/haiphong/holidays.csv"));
    assert_eq!(CALENDAR, include_str!("../../../cities/haiphong/calendar.toml"));
}

#[test]
fn a_case_falls_under_the_rule_set_of_its_city_kind_and_day() {
    let book = Book::new(vec![rules(HCM), rules(OS)]);
    let chosen = |kind: &str, day: &str| {
        book.choose("hcmc", kind, day.parse().unwrap()).map(|chosen| chosen.rules.id.clone())
    };
    assert_eq!(chosen("report", "2023-10-25"), None);
    assert_eq!(chosen("report", "2023-10-26").as_deref(), Some("HCM-4874"));
    assert_eq!(chosen("dossier", "2020-07-29").as_deref(), Some("OS-2686"));
    let book = Book::new(vec![rules(HP), rules(OS)]);
    let expired = book.choose("haiphong", "report", "2026-10-01".parse().unwrap()).unwrap();
    assert_eq!(
        (expired.rules.id.as_str(), expired.expired.map(|day| day.to_string())),
        ("HP-583", Some("2024-12-31".into()))
    );
}

const README: &str = include_str!("../../../cities/README.md");

/// The examples of a section of the cities' manual.
fn examples(heading: &str) -> Vec<&'static str> {
    let section = README.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    section.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_examples_of_the_manual_are_read_as_they_stand() {
    let calendars = examples("`calendar.toml`");
    assert_eq!(calendars.len(), 1);
    let summer = calendar(calendars[0]);
    let worked = summer.working_between(at("2026-07-06 00:00"), at("2026-07-07 00:00"));
    assert_eq!(worked, 6 * 3_600_000_000);
    let regulations = examples("`regulations/`");
    // The second goes on where the first ends.
    let regulations = regulations.concat();
    let report = json!({ "kind": "report", "city": "danang", "content_group": 1 });
    let events = [
        event("2026-03-13 16:30", "received", report),
        step("2026-03-13 16:40", "site_marked"),
        event("2026-03-13 16:45", "amended", json!({ "monsoon": true })),
    ];
    let case = Case::new(&regulations, &events);
    case.check_due("DN-5.1", "2026-03-14 00:00", "2026-03-16 08:40");
    case.check_due("DN-5.2", "2026-03-17 00:00", "2026-03-16 12:40");
}

/// The lines of a clock's explanation in English.
fn why(case: &Case, rule: &str, now: &str) -> Vec<String> {
    let law = Law::new(&case.rules, &case.calendar);
    let told = law.explain(&case.clocks(now), &case.one(rule, now), at(now));
    assert_eq!(told.rule, rule);
    told.why.into_iter().map(|line| line.en).collect()
}

#[test]
fn working_hours_are_explained_interval_by_interval() {
    let slip = transferred("2024-03-15 16:00", "slip_delivered_to_focal_officer");
    let case = Case::new(HP, &[received("2024-03-15 15:59", 2), slip]);
    assert_eq!(
        why(&case, "HP-9.3-8h", "2024-03-18 08:00"),
        [
            "Start: slip delivered to the focal officer (slip_delivered_to_focal_officer), 2024-03-15T16:00:00+07:00 (Friday 2024-03-15)",
            "The text does not state the start; this is the reading chosen",
            "Limit: not more than 8 working hours, inside working intervals only",
            "Friday 2024-03-15 16:00–17:00: 1 h, sum 1 h",
            "Saturday 2024-03-16: weekend, not counted",
            "Sunday 2024-03-17: weekend, not counted",
            "Monday 2024-03-18 08:00–12:00: 4 h, sum 5 h",
            "Monday 2024-03-18 13:00–16:00: 3 h, sum 8 h",
            "Due: 2024-03-18T16:00:00+07:00; that very instant is in time",
            "Due soon from 2024-03-18T14:24:00+07:00: at most 20 % of the limit left",
            "At 2024-03-18T08:00:00+07:00: 8 h left",
        ]
    );
}

#[test]
fn working_days_are_explained_day_by_day_with_the_names_of_holidays() {
    let start = "2024-04-26 10:00";
    let events = [received(start, 2), transferred(start, "delivered_to_unit")];
    let case = Case::new(HCM, &events).on(CALENDAR);
    let lines = why(&case, "HCM-7.2.b", "2024-05-20 00:00");
    assert_eq!(
        &lines[2..14],
        [
            "Limit: not more than 5 working days, working days only",
            "Friday 2024-04-26: the day of the start, not counted",
            "Saturday 2024-04-27: weekend, not counted",
            "Sunday 2024-04-28: weekend, not counted",
            "Monday 2024-04-29: holiday: Day off (substituted from 05/04/2024), not counted",
            "Tuesday 2024-04-30: holiday: Liberation Day/Reunification Day, not counted",
            "Wednesday 2024-05-01: holiday: International Labor Day, not counted",
            "Thursday 2024-05-02: day 1 of 5",
            "Friday 2024-05-03: day 2 of 5",
            "Saturday 2024-05-04 (Compensatory working day): day 3 of 5",
            "Sunday 2024-05-05: weekend, not counted",
            "Monday 2024-05-06: day 4 of 5",
        ]
    );
    assert_eq!(lines[15], "Last day Tuesday 2024-05-07, ends at 24:00: 2024-05-08T00:00:00+07:00");
}

#[test]
fn a_last_day_that_moves_and_holidays_that_are_not_known_are_said() {
    let start = "2024-03-14 10:00";
    let case = Case::new(HCM, &[received(start, 3), transferred(start, "dispatched")]);
    let lines = why(&case, "HCM-7.3-R10", "2024-03-20 00:00");
    assert!(
        lines.contains(&"dispatched stands for delivered_to_unit, which the source has not sent".to_owned())
    );
    assert!(lines.contains(&"Day 1: Friday 2024-03-15; day 10: Sunday 2024-03-24".to_owned()));
    assert!(
        lines.contains(&"Sunday 2024-03-24: weekend, the last day moves to the next working day".to_owned())
    );
    let start = "2026-12-28 10:00";
    let case = Case::new(HCM, &[received(start, 2), transferred(start, "delivered_to_unit")]).on(CALENDAR);
    let lines = why(&case, "HCM-7.2.b", start);
    assert!(
        lines.contains(
            &"Friday 2027-01-01: holiday (not announced yet): New Year's Day, not counted".to_owned()
        )
    );
    assert!(lines.iter().any(|line| line.starts_with("Holidays known from 2018-01-01 to 2026-12-31 only")));
}
