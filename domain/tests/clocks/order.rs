//! Facts in any order give the same clocks; time added is time measured.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static BOOK: LazyLock<(RuleSet, RuleSet, Calendar)> =
    LazyLock::new(|| (rules(HCM), rules(HP), calendar(CALENDAR)));

/// A second of 2024 to 2026.
fn second() -> impl Strategy<Value = i64> {
    1_704_042_000_i64..1_790_787_600
}

/// One event after a start, of those that clocks look at.
fn any_event() -> impl Strategy<Value = (i64, usize)> {
    (0_i64..20 * 86_400, 0_usize..26)
}

fn facts_at(time: Timestamp, which: usize) -> Vec<Fact> {
    let steps = [
        "dispatched",
        "delivered_to_unit",
        "received_by_city_office",
        "returned",
        "forwarded",
        "slip_delivered_to_focal_officer",
        "slip_delivered_to_unit_head",
        "verified_genuine",
        "verified_false",
        "assigned_to_subordinate",
        "inspected",
        "repaired",
        "responded_to_reporter",
        "result_recorded",
        "guidance_received",
        "return_rejected",
        "closed",
        "reopened",
    ];
    if let Some(step) = steps.get(which) {
        return vec![Fact::step(time, step)];
    }
    let until = time.plus_secs(5 * 86_400);
    match which - steps.len() {
        0 => vec![Fact::attribute(time, "severity", "complex")],
        1 => vec![Fact::flag(time, "not_competent", true)],
        2 => vec![Fact::flag(time, "coordination_required", true)],
        3 => vec![Fact::committed(time, "committed_completion_at", until)],
        4 => vec![Fact::committed(time, "promised_answer_at", until)],
        5 => vec![Fact::flag(time, "incident", false)],
        6 => vec![Fact::flag(time, "unclear", true)],
        _ => vec![Fact::flag(time, "unclear", false)],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_order_of_the_same_facts_gives_the_same_clocks(
        start in second(),
        group in 1_u8..=4,
        events in prop::collection::vec(any_event(), 0..14),
        seed in any::<u64>(),
        city in any::<bool>(),
    ) {
        let (hcm, hp, calendar) = &*BOOK;
        let law = Law::new(if city { hcm } else { hp }, calendar);
        let received = Timestamp::from_secs(start);
        let mut facts = vec![Fact::step(received, "received"), Fact::attribute(received, "group", &group.to_string())];
        facts.extend(events.iter().flat_map(|(after, which)| facts_at(received.plus_secs(*after), *which)));
        let now = received.plus_secs(15 * 86_400);
        let want = law.clocks(&facts, now);
        let mut mixed = facts.clone();
        let mut random = seed;
        for place in (1..mixed.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mixed.swap(place, usize::try_from((random >> 33) % (place as u64 + 1)).unwrap());
        }
        prop_assert_eq!(&law.clocks(&mixed, now), &want);
        for clock in &want.clocks {
            prop_assert!(clock.due > clock.start);
            prop_assert!(clock.due_soon_at <= clock.governing_due());
            // Explaining never fails, and says the due instant.
            let told = law.explain(&want, clock, now);
            let due = clock.due.to_rfc3339(calendar.zone());
            prop_assert!(told.why.iter().any(|line| line.vi.contains(&due) && line.en.contains(&due)));
        }
    }

    #[test]
    fn a_state_changes_at_no_other_instant_than_the_timer_queue_says(
        start in second(),
        group in 1_u8..=4,
        events in prop::collection::vec(any_event(), 0..6),
    ) {
        let (_, hp, calendar) = &*BOOK;
        let law = Law::new(hp, calendar);
        let received = Timestamp::from_secs(start);
        let mut facts = vec![Fact::step(received, "received"), Fact::attribute(received, "group", &group.to_string())];
        facts.extend(events.iter().flat_map(|(after, which)| facts_at(received.plus_secs(*after), *which)));
        let states = |now: Timestamp| {
            let clocks = law.clocks(&facts, now);
            let states: Vec<_> = clocks.clocks.iter().map(|clock| (clock.rule, clock.run, clock.state, clock.breach)).collect();
            (states, clocks.next_at)
        };
        let mut now = received;
        for _ in 0..40 {
            let (before, Some(next)) = states(now) else { break };
            prop_assert!(next > now);
            prop_assert_eq!(&states(next.plus_micros(-1)).0, &before);
            let middle = now.plus_micros(next.since(now) / 2);
            prop_assert_eq!(&states(middle).0, &before);
            now = next;
        }
    }
}
