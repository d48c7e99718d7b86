//! Every limit of both cities from starts at any second, each due instant against a plain walk over
//! the days.

use super::walk::{Long, Walk, day_number, weekday, written};
use super::*;

const DAY: i64 = 86_400;

/// The last day on which generated cases start.
const LAST_DAY: &str = "2026-10-31";

/// A rule, how its clock comes to start at an instant, and how long it runs.
struct Limited {
    set: &'static str,
    rule: &'static str,
    long: Long,
    events: fn(&str) -> Vec<Vec<Fact>>,
}

fn amended(time: &str, flag: &str) -> Vec<Fact> {
    event(time, "amended", json!({ flag: true }))
}

fn delivered(time: &str, group: u8, more: &[Vec<Fact>]) -> Vec<Vec<Fact>> {
    let mut events = vec![received(time, group), transferred(time, "delivered_to_unit")];
    events.extend_from_slice(more);
    events
}

fn complex(time: &str) -> Vec<Vec<Fact>> {
    delivered(time, 1, &[event(time, "amended", json!({ "severity": "complex" }))])
}

fn hcm(rule: &'static str, long: Long, events: fn(&str) -> Vec<Vec<Fact>>) -> Limited {
    Limited { set: "HCM-4874", rule, long, events }
}

fn hp(rule: &'static str, long: Long, events: fn(&str) -> Vec<Vec<Fact>>) -> Limited {
    Limited { set: "HP-583", rule, long, events }
}

/// Every rule that states a number, with the number as the specification has it.
fn limits() -> Vec<Limited> {
    use Long::{Days, Minutes, WorkingDays, WorkingHours};
    vec![
        hcm("HCM-6.2", Minutes(5), |at| vec![received(at, 4)]),
        hcm("HCM-6.3", Minutes(60), |at| vec![received(at, 2), amended(at, "unit_undetermined")]),
        hcm("HCM-6.4", Minutes(5), |at| {
            let link = event(at, "linked", json!({ "relation": "duplicate_of", "case": "C-0" }));
            vec![received(at, 2), link]
        }),
        hcm("HCM-7.1.a-B1-false", Minutes(60), |at| delivered(at, 1, &[step(at, "verified_false")])),
        hcm("HCM-7.1.a-B2", Minutes(5), |at| delivered(at, 1, &[step(at, "verified_genuine")])),
        hcm("HCM-7.1.a-B3-inspect", Minutes(120), |at| {
            delivered(at, 1, &[transferred(at, "assigned_to_subordinate")])
        }),
        hcm("HCM-7.1.a-B3-repair", Minutes(120), |at| delivered(at, 1, &[step(at, "inspected")])),
        hcm("HCM-7.1.b-temp", Minutes(120), complex),
        hcm("HCM-7.1.b-repair", Minutes(480), complex),
        hcm("HCM-7.1.c-return", Minutes(60), |at| delivered(at, 1, &[amended(at, "other_unit_responsible")])),
        hcm("HCM-7.2.b", WorkingDays(5), |at| delivered(at, 2, &[])),
        hcm("HCM-7.2.c-return", WorkingDays(1), |at| delivered(at, 2, &[amended(at, "not_competent")])),
        hcm("HCM-7.2.c-return-field", WorkingDays(2), |at| {
            delivered(at, 2, &[amended(at, "not_competent"), amended(at, "field_check_done")])
        }),
        hcm("HCM-7.3-B1", WorkingDays(1), |at| {
            vec![received(at, 3), transferred(at, "received_by_city_office")]
        }),
        hcm("HCM-7.3-R10", Days(10), |at| delivered(at, 4, &[])),
        hcm("HCM-7.3-R15", Days(15), |at| delivered(at, 3, &[amended(at, "coordination_required")])),
        hp("HP-8.3", WorkingHours(1), |at| vec![received(at, 5), amended(at, "unclear")]),
        hp("HP-9.3-8h", WorkingHours(8), |at| {
            vec![received(at, 1), transferred(at, "slip_delivered_to_focal_officer")]
        }),
        hp("HP-9.4-48h", WorkingHours(48), |at| {
            vec![received(at, 1), transferred(at, "slip_delivered_to_unit_head")]
        }),
        hp("HP-9.6", WorkingDays(2), |at| vec![received(at, 2), amended(at, "pressing")]),
    ]
}

/// Numbers that look like chance and are the same in every run (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap() % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(i64::try_from(of.len()).unwrap())).unwrap()]
    }

    /// A start from the first day to the last, half of them where something is special.
    fn start(&mut self, first: i64, last: i64, instead: &[i64]) -> i64 {
        const TET: [&str; 3] = ["2024-02-05", "2025-01-22", "2026-02-11"];
        const EDGES: [i64; 10] = [0, 28_799, 28_800, 43_199, 43_200, 46_799, 46_800, 61_199, 61_200, 86_399];
        let any = first + self.below(last - first + 1);
        let second = self.below(DAY);
        let (day, second) = match self.below(10) {
            0 => (day_number(self.one(&TET)) + self.below(14), second),
            1 => (self.one(instead) - 3 + self.below(7), second),
            2 => (any, 42_900 + self.below(4_200)), // 11:55 to 13:05
            3 => (any - weekday(any) + 5 + self.below(2), second),
            4 => (
                day_number(self.one(&["2023-12-31", "2024-12-31", "2025-12-31"])) - 5 + self.below(11),
                second,
            ),
            5 => (any, self.one(&EDGES)),
            _ => (any, second),
        };
        day.clamp(first, last) * DAY + second
    }
}

#[test]
fn prove_due_instants_equal_those_of_a_walk_over_the_days() {
    let rounds = if std::env::var_os("TOANCANH_PROVE").is_some() { 50_000 } else { 500 };
    let walk = Walk::over(HOLIDAYS);
    let sets = [rules(HCM), rules(HP)];
    let calendar = calendar(CALENDAR);
    let limits = limits();
    let last = day_number(LAST_DAY);
    let mut chance = Chance(583_4874);
    for round in 0..rounds {
        // Each rule in its turn.
        let limited = &limits[round % limits.len()];
        let set = sets.iter().find(|set| set.id == limited.set).unwrap();
        let first = day_number(&set.valid_from.unwrap().to_string());
        let instead: Vec<i64> = walk.instead.range(first..=last).copied().collect();
        let start = chance.start(first, last, &instead);
        let facts = (limited.events)(&written(start)).concat();
        let clocks = Law::new(set, &calendar).clocks(&facts, at("2027-06-30 12:00"));
        let ix = set.find(limited.rule).unwrap();
        let clock: Vec<_> = clocks.clocks.iter().filter(|clock| clock.rule == ix && clock.counts()).collect();
        let got: Vec<(String, String)> =
            clock.iter().map(|clock| (seconds(clock.start), seconds(clock.due))).collect();
        let want = (written(start), written(walk.due(start, limited.long)));
        assert_eq!(got, [want], "{} from {}", limited.rule, written(start));
    }
    println!("figure: due_instants_compared = {rounds}");
}

/// The escalation of Hai Phong: 48 working hours from the instant at which the 8 ran out.
#[test]
fn an_escalation_runs_from_the_instant_at_which_the_first_limit_ran_out() {
    let (walk, set, calendar) = (Walk::over(HOLIDAYS), rules(HP), calendar(CALENDAR));
    let mut chance = Chance(8_48);
    let instead: Vec<i64> = walk.instead.iter().copied().collect();
    for _ in 0..100 {
        let start = chance.start(day_number("2024-03-05"), day_number(LAST_DAY), &instead);
        let time = written(start);
        let facts = [received(&time, 2), transferred(&time, "slip_delivered_to_focal_officer")].concat();
        let clocks = Law::new(&set, &calendar).clocks(&facts, at("2027-06-30 12:00"));
        let head = set.find("HP-9.4-48h").unwrap();
        let clock = clocks.clocks.iter().find(|clock| clock.rule == head).unwrap();
        let eight = walk.due(start, Long::WorkingHours(8));
        assert_eq!(seconds(clock.start), written(eight), "{time}");
        assert_eq!(seconds(clock.due), written(walk.due(eight, Long::WorkingHours(48))), "{time}");
    }
}

/// As the walk writes instants; Vietnam is seven hours ahead all year.
fn seconds(at: Timestamp) -> String {
    assert_eq!(at.micros() % 1_000_000, 0);
    written(at.micros() / 1_000_000 + 7 * 3600)
}
