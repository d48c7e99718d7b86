//! What a simulated city must be: the same for the same seed, acceptable to the product's own gate, and
//! like the city that it stands for.

mod faults;
mod likeness;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Timestamp;
use domain::dimension::Dimension;
use domain::event::{Event, Flag};
use domain::symbol::Symbols;
use serde_json::Value as Json;

use super::*;
use crate::city::CityFolder;

fn cities() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../cities"))
}

fn city(name: &str) -> CityFolder {
    crate::city::load(&cities().join(name).display().to_string()).unwrap()
}

/// Every city that says how to simulate it.
fn simulated_cities() -> Vec<String> {
    let folders = std::fs::read_dir(cities()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = folders
        .filter(|folder| folder.join(FILE).is_file() && folder.join("city.toml").is_file())
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.contains(&"hcmc".to_owned()), "{names:?}");
    names
}

fn world(name: &str, seed: u64, reports: f64, dossiers: f64) -> Arc<World> {
    Arc::new(World::load(&city(name), seed, Scale { reports, dossiers }).unwrap())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A stretch of local days of Vietnam, the last one excluded.
fn stretch(world: &Arc<World>, from: &str, until: &str) -> Simulation {
    let midnight = |day: &str| at(&format!("{day}T00:00:00+07:00"));
    Simulation::new(world.clone(), midnight(from), Some(midnight(until)))
}

fn text(stream: Simulation) -> String {
    stream.map(|simulated| format!("{}\n", simulated.event)).collect()
}

fn kind(event: &Json) -> &str {
    event["type"].as_str().unwrap().strip_prefix("vn.toancanh.").unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let make = |seed| text(stretch(&world("hcmc", seed, 0.2, 0.002), "2025-10-01", "2025-10-04"));
    let first = make(7);
    assert!(first.lines().count() > 1_000, "{}", first.lines().count());
    assert_eq!(first, make(7));
    assert_ne!(first, make(8));
}

#[test]
fn a_case_is_the_same_wherever_the_stream_begins() {
    let world = world("hcmc", 7, 0.2, 0.002);
    let of_day = |from: &str| -> BTreeMap<String, String> {
        let stream = stretch(&world, from, "2025-10-07");
        let ours = stream.filter(|simulated| {
            simulated.event["subject"].as_str().is_some_and(|case| case.contains("-251003-"))
        });
        ours.map(|simulated| (simulated.event["id"].to_string(), simulated.event.to_string())).collect()
    };
    let (early, late) = (of_day("2025-10-01"), of_day("2025-10-03"));
    assert!(early.len() > 300);
    assert_eq!(early, late);
}

#[test]
fn events_come_in_the_order_of_time_and_within_the_stretch() {
    let stream = stretch(&world("hcmc", 3, 0.2, 0.002), "2025-10-01", "2025-10-06");
    let (from, until) = (at("2025-10-01T00:00:00+07:00"), at("2025-10-06T00:00:00+07:00"));
    let mut before = from;
    for simulated in stream {
        assert!(simulated.time >= before && simulated.time < until);
        assert_eq!(at(simulated.event["time"].as_str().unwrap()), simulated.time);
        before = simulated.time;
    }
    assert!(before > until.plus_secs(-3_600));
}

#[test]
fn what_is_passed_by_is_what_would_have_come() {
    let world = world("hcmc", 3, 0.1, 0.001);
    let mut passed = stretch(&world, "2025-10-01", "2025-10-05");
    let noon = at("2025-10-03T12:00:00+07:00");
    let skipped = passed.pass(noon);
    let whole: Vec<Simulated> = stretch(&world, "2025-10-01", "2025-10-05").collect();
    let split = usize::try_from(skipped).unwrap();
    assert!(whole[split - 1].time < noon && whole[split].time >= noon);
    assert_eq!(passed.collect::<Vec<_>>(), whole[split..]);
}

/// A ward of today that was made of several districts lies in one of them only by its larger part.
fn is_usual(flag: &Flag) -> bool {
    *flag == Flag::PlaceApproximate
}

/// Reads every event at the product's own gate and folds every case.
#[track_caller]
fn check_accepted(name: &str, from: &str, until: &str) {
    let folder = city(name);
    let symbols = Symbols::default();
    let world = world(name, 11, 0.5, 0.002);
    let mut cases: BTreeMap<String, Vec<Arc<Event>>> = BTreeMap::new();
    let mut ids = std::collections::HashSet::new();
    for simulated in stretch(&world, from, until) {
        let event = domain::intake::read(&simulated.event, &folder.city, &symbols, Some(simulated.time))
            .unwrap_or_else(|problem| panic!("{name}: {}: {}", problem.detail, simulated.event));
        assert!(event.flags.iter().all(is_usual), "{name}: {:?}: {}", event.flags, simulated.event);
        assert!(ids.insert((event.source.clone(), event.id.clone())), "twice: {}", simulated.event);
        assert!(domain::simulated::Simulated::of(&event.source).is_some());
        if !event.subject.is_empty() {
            cases.entry(event.subject.to_string()).or_default().push(Arc::new(event));
        }
    }
    assert!(cases.len() > 200, "{name}: {}", cases.len());
    for (case, mut events) in cases {
        events.sort_by(|a, b| a.order(b));
        let timeline =
            domain::fold::fold(&folder.city, &symbols, &events).expect("a case begins with its receipt");
        let told: Vec<String> = events
            .iter()
            .zip(&timeline.verdicts)
            .map(|(event, verdict)| format!("{:?} {:?} {:?}", event.time, event.facts, verdict.flag))
            .collect();
        assert!(timeline.flags.iter().all(is_usual), "{name}: {case}: {:?}: {told:#?}", timeline.flags);
    }
}

#[test]
fn every_event_of_every_simulated_city_is_accepted_with_known_codes_and_fits_its_life_cycle() {
    for name in simulated_cities() {
        check_accepted(&name, "2025-09-08", "2025-09-29");
        // Before the wards of today, and around Tết.
        check_accepted(&name, "2025-01-20", "2025-02-10");
    }
}

#[test]
fn points_lie_inside_the_ward_that_the_event_names() {
    let world = world("hcmc", 5, 1.0, 0.0);
    let places: BTreeMap<&str, usize> =
        (0..world.wards.len()).map(|place| (&*world.wards.get(place).code, place)).collect();
    let mut with_point = 0;
    for simulated in stretch(&world, "2025-10-01", "2025-10-04") {
        let location = &simulated.event["data"]["incident_location"];
        let (Some(code), Some(lat)) = (location["area_code"].as_str(), location["point"]["lat"].as_f64())
        else {
            continue;
        };
        let point = domain::geo::LatLng { lat, lng: location["point"]["lng"].as_f64().unwrap() };
        assert!(world.wards.get(places[code]).shape.contains(point), "{code}: {point:?}");
        with_point += 1;
    }
    assert!(with_point > 400, "{with_point}");
}

#[test]
fn areas_are_those_of_the_time_and_no_committee_of_today_is_named_before_there_was_one() {
    let world = world("hcmc", 5, 0.5, 0.001);
    let tree = world.city.catalogue.tree(Dimension::Agency).unwrap();
    let (mut named, mut placed) = (0, 0);
    for simulated in stretch(&world, "2025-06-20", "2025-06-30") {
        let data = &simulated.event["data"];
        if let Some(area) = data["incident_location"]["area_code"].as_str() {
            let found = world.city.places.resolve(area, simulated.time, None).unwrap();
            assert!(!found.is_of_other_epoch, "{}", simulated.event);
            named += 1;
        } else if data["kind"].is_string() {
            // A ward of today made of parts of others alone: the point says where the case lies.
            assert!(data["incident_location"]["point"].is_object(), "{}", simulated.event);
        }
        placed += usize::from(data["kind"].is_string());
        let to = data["to"].as_str().and_then(|to| tree.entries.get(to));
        let begins = to.and_then(|entry| entry.valid_from.as_deref());
        assert!(begins.is_none_or(|day| day <= "2025-06-20"), "{}", simulated.event);
    }
    assert!(named > 1_000 && named * 100 > placed * 98, "{named} of {placed} cases name an area");
    let after = text(stretch(&world, "2025-07-01", "2025-07-03"));
    assert!(after.contains("\"area_code\"") && after.contains("\"to\":\"ubnd_"));
}

#[test]
fn memory_holds_the_open_cases_however_long_the_stream() {
    let mut stream = stretch(&world("hcmc", 5, 0.2, 0.005), "2025-09-01", "2025-12-10");
    let mut peak = |until: &str| {
        let until = at(&format!("{until}T00:00:00+07:00"));
        let mut peak = 0;
        while stream.next_time().is_some_and(|time| time < until) {
            peak = peak.max(stream.waiting());
            stream.next();
        }
        peak
    };
    let (_warm, early, late) = (peak("2025-10-01"), peak("2025-10-31"), peak("2025-12-05"));
    // Nothing gathers: a later month needs what an earlier one did.
    assert!(late < early * 3 / 2 && late < 20_000, "{early} {late}");
}

#[test]
fn thinning_stands_in_the_name_of_the_source() {
    let stream = stretch(&world("hcmc", 1, 0.1, 0.01), "2025-10-01", "2025-10-02");
    let mut sources: Vec<String> =
        stream.map(|simulated| simulated.event["source"].as_str().unwrap().to_owned()).collect();
    sources.sort();
    sources.dedup();
    let want = [
        "simulated/1022/x0.1",
        "simulated/agency-software/x0.1",
        "simulated/counters",
        "simulated/one-stop/x0.01",
    ];
    assert_eq!(sources, want);
    let none = stretch(&world("hcmc", 1, 0.1, 0.0), "2025-10-01", "2025-10-02");
    assert!(!text(none).contains("dossier"));
}
