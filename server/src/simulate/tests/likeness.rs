//! Whether the simulated city is like the real one, as far as that is published, and holds every kind of
//! case that the regulations know.

use std::collections::BTreeMap;

use super::*;

/// The reports of a stretch, copies left out: field, hour, weekday from Monday.
fn reports(from: &str, until: &str) -> Vec<(String, i8, i8)> {
    let world = world("hcmc", 21, 1.0, 0.0);
    let stream = stretch(&world, from, until);
    let received = stream.filter(|simulated| {
        kind(&simulated.event) == "case.received" && simulated.event["source"] == "simulated/1022"
    });
    received
        .map(|simulated| {
            let local = simulated.time.to_jiff().to_zoned(world.city.zone.clone());
            let field = simulated.event["data"]["field"].as_str().unwrap().to_owned();
            (field, local.hour(), local.weekday().to_monday_zero_offset())
        })
        .collect()
}

#[allow(clippy::cast_precision_loss)] // Thousands.
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn numbers_and_proportions_are_those_published_for_september_and_october_2025() {
    let reports = reports("2025-09-25", "2025-10-26");
    // 14,707 in these 31 days; a month of few or many cloudbursts moves it by some per cent.
    assert!((13_000..16_500).contains(&reports.len()), "{}", reports.len());
    let of = |fits: &dyn Fn(&str) -> bool| {
        share(reports.iter().filter(|(field, ..)| fits(field)).count(), reports.len())
    };
    let infrastructure = |field: &str| {
        ["ha_tang_do_thi", "giao_thong.", "cap_thoat_nuoc.", "chieu_sang", "cay_xanh", "vien_thong"]
            .iter()
            .any(|name| field.starts_with(name))
    };
    let check = |what: &str, got: f64, published: f64, within: f64| {
        assert!((got - published).abs() < within, "{what}: {got:.3}, published {published:.3}");
    };
    check("public administration", of(&|field| field == "hanh_chinh_cong"), 0.428, 0.03);
    check("urban infrastructure", of(&infrastructure), 0.184, 0.05);
    check("buses", of(&|field| field == "van_tai_cong_cong.xe_buyt"), 0.075, 0.012);
    check("noise", of(&|field| field == "tieng_on"), 0.088, 0.012);
}

#[test]
fn days_have_their_rhythm_and_the_rainy_season_its_floods() {
    let wet = reports("2025-09-08", "2025-10-06");
    let count = |fits: &dyn Fn(&(String, i8, i8)) -> bool| wet.iter().filter(|report| fits(report)).count();
    let (monday, sunday) = (count(&|report| report.2 == 0), count(&|report| report.2 == 6));
    assert!(monday > sunday * 3 / 2, "{monday} {sunday}");
    let (morning, night) = (count(&|report| report.1 == 9), count(&|report| report.1 == 3));
    assert!(morning > night * 10, "{morning} {night}");
    let floods = |reports: &[(String, i8, i8)]| {
        reports.iter().filter(|(field, ..)| field == "cap_thoat_nuoc.ngap_vo_ong").count()
    };
    let dry = reports("2026-02-02", "2026-03-02");
    assert!(floods(&wet) > floods(&dry) * 3, "{} {}", floods(&wet), floods(&dry));
    let afternoon =
        |report: &&(String, i8, i8)| report.0 == "cap_thoat_nuoc.ngap_vo_ong" && (13..21).contains(&report.1);
    assert!(wet.iter().filter(afternoon).count() * 2 > floods(&wet));
}

#[test]
fn on_a_holiday_the_city_is_quieter() {
    // 2 September 2025, a Tuesday, and the Tuesday after.
    let (holiday, workday) =
        (reports("2025-09-02", "2025-09-03").len(), reports("2025-09-09", "2025-09-10").len());
    assert!(holiday * 3 < workday * 2, "{holiday} {workday}");
}

/// How often each word occurs: types, steps, relations, flags, commitments.
fn words(name: &str, from: &str, until: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for simulated in stretch(&world(name, 31, 1.0, 0.01), from, until) {
        let (event, data) = (&simulated.event, &simulated.event["data"]);
        let mut add = |word: String| *words.entry(word).or_insert(0) += 1;
        add(kind(event).to_owned());
        for member in ["step", "relation", "commitment", "notice", "severity", "submission_mode", "stage"] {
            if let Some(word) = data[member].as_str() {
                add(format!("{member} {word}"));
            }
        }
        if kind(event) == "case.amended" {
            data.as_object().unwrap().keys().for_each(|flag| add(format!("flag {flag}")));
        }
        if let Some(group) = data["content_group"].as_u64() {
            add(format!("group {group}"));
        }
    }
    words
}

#[track_caller]
fn check_words(words: &BTreeMap<String, usize>, want: &[&str]) {
    for word in want {
        assert!(words.get(*word).is_some_and(|count| *count > 0), "{word} never occurs: {words:#?}");
    }
}

#[test]
fn every_clock_of_the_regulation_has_cases_to_run_on() {
    let words = words("hcmc", "2025-09-01", "2025-10-06");
    check_words(
        &words,
        &[
            "group 1",
            "group 2",
            "group 3",
            "group 4",
            "case.refused",
            "case.closed",
            "case.cancelled",
            "case.rated",
            "counter.reported",
            "source.heartbeat",
            "relation duplicate_of",
            "relation copy_of",
            "notice duplicate",
            "notice recorded",
            "notice result",
            "flag unit_undetermined",
            "step guidance_received",
            "step dispatched",
            "step delivered_to_unit",
            "flag other_unit_responsible",
            "step returned",
            "step return_confirmed",
            "step forwarded",
            "flag not_competent",
            "flag field_check_done",
            "step verified_false",
            "step verified_genuine",
            "step assigned_to_subordinate",
            "step inspected",
            "step mitigated",
            "step repaired",
            "severity complex",
            "severity major",
            "commitment expected_completion_at",
            "commitment committed_completion_at",
            "step progress_reported",
            "step handling_begun",
            "step sent_to_city_office",
            "step received_by_city_office",
            "flag coordination_required",
            "step published",
            "step circulated",
            "step submitted_for_approval",
            "step sent_back",
            "step approved",
            "step returned_result",
            "step supplement_requested",
            "step supplemented",
            "flag due_at",
            "submission_mode online",
            "submission_mode in_person",
            "stage reception",
            "stage result_return",
        ],
    );
}

#[test]
fn dossiers_of_a_year_are_online_or_in_person_and_end_at_most_once() {
    let world = world("hcmc", 41, 0.01, 0.001);
    let mut received = BTreeMap::new();
    let mut ended: BTreeMap<String, usize> = BTreeMap::new();
    for simulated in stretch(&world, "2025-07-01", "2026-07-01") {
        let (event, data) = (&simulated.event, &simulated.event["data"]);
        let case = event["subject"].as_str().unwrap_or_default().to_owned();
        match kind(event) {
            "case.received" if data["kind"] == "dossier" => {
                let due = at(data["due_at"].as_str().unwrap());
                assert!(due > simulated.time);
                let mode = data["submission_mode"].as_str().unwrap().to_owned();
                assert!(received.insert(case, mode).is_none());
            }
            "case.resolved" | "case.cancelled" if received.contains_key(&case) => {
                *ended.entry(case).or_default() += 1;
            }
            _ => {}
        }
    }
    let of = |mode: &str| received.values().filter(|own| *own == mode).count();
    // 4,000 a year, less the holidays.
    assert!((3_500..4_300).contains(&received.len()), "{}", received.len());
    assert_eq!(of("online") + of("in_person"), received.len());
    assert!((share(of("online"), received.len()) - 0.7).abs() < 0.04);
    assert!(ended.values().all(|times| *times == 1));
    assert!(share(ended.len(), received.len()) > 0.95);
}
