//! The whole year of Boston's cases, under the mapping that ships.

use domain::event::Flag;
use std::collections::BTreeMap;

use super::*;
use crate::city;

struct Shipped {
    folder: city::CityFolder,
    mapping: Mapping,
    cases: PathBuf,
}

fn shipped() -> Shipped {
    let folder = city::load(&format!("{}/../cities/boston", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let replay = folder.replay.clone().unwrap();
    let mapping = Mapping::load(&folder.mapping_path(&replay.mapping)).unwrap();
    let cases = folder.dir.clone().unwrap().join(&replay.cases);
    Shipped { folder, mapping, cases }
}

#[test]
fn the_year_is_121_145_cases_and_a_second_run_changes_nothing() {
    let Shipped { folder, mapping, cases } = shipped();
    let mut log = MemoryLog::new(folder.city.clone());
    let rejects = tempfile::tempdir().unwrap();
    let options = Options { rejects: Some(rejects.path().to_owned()), ..options() };
    let first = import_rows(&cases, &mapping, &folder.city, &options, &mut log).unwrap();
    assert_eq!((first.rows, first.imported, first.rejected), (121_145, 121_145, 0), "{first}");
    assert_eq!((first.superseded, first.rejects.clone()), (0, None));
    assert_eq!(first.accepted, 121_145 + 101_272);
    assert_eq!(first.as_of, Some("2016-01-12T22:22:40-05:00".parse().unwrap()));
    check_events(&log);
    let offered = log.offered;
    let second = import_rows(&cases, &mapping, &folder.city, &options, &mut log).unwrap();
    assert_eq!((second.imported, second.accepted, log.offered), (121_145, 0, offered));
    assert_eq!(second.changes, Changes { unchanged: 121_145 + 101_272, ..Changes::default() });
}

/// What the gate flags is exactly what the data's own description says.
fn check_events(log: &MemoryLog) {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut flags: BTreeMap<&str, u64> = BTreeMap::new();
    for (event, json) in &log.events {
        *kinds.entry(json["type"].as_str().unwrap()).or_default() += 1;
        for flag in &event.flags {
            *flags.entry(flag.name()).or_default() += 1;
        }
    }
    let want = [("vn.toancanh.case.received", 121_145), ("vn.toancanh.case.resolved", 101_272)];
    assert_eq!(kinds, BTreeMap::from(want));
    // No unknown code: the catalogue holds all that occur. Due dates lie where they are believable.
    assert_eq!(flags.get(Flag::PointPlaceholder.name()), Some(&17_070));
    assert_eq!(flags.keys().copied().collect::<Vec<_>>(), ["point_placeholder"], "{flags:?}");
}

#[test]
fn a_case_is_told_as_the_file_has_it() {
    let Shipped { folder, mapping, cases } = shipped();
    let first = read(&cases, &mapping, &folder.city).unwrap().next().unwrap().unwrap();
    assert_eq!((first.row, first.line), (1, 2));
    let events: Vec<Json> = first.mapped.unwrap().into_events().collect();
    let want = serde_json::json!([
        {
            "specversion": "1.0",
            "id": events[0]["id"],
            "source": "boston-311",
            "type": "vn.toancanh.case.received",
            "time": "2015-01-01T00:20:09-05:00",
            "subject": "101001240734",
            "data": {
                "kind": "report",
                "city": "boston",
                "channel": "Constituent Call",
                "field": "Mayor's 24 Hour Hotline/Notification/Notification",
                "agency": "INFO09_Current Events",
                "district": "Downtown / Financial District",
                "ward": "5",
                "content": "Other",
                "incident_location": { "point": { "lat": 42.3574, "lng": -71.0648 } },
            },
        },
        {
            "specversion": "1.0",
            "id": events[1]["id"],
            "source": "boston-311",
            "type": "vn.toancanh.case.resolved",
            "time": "2015-01-02T09:08:42-05:00",
            "subject": "101001240734",
            "data": { "result": "closed", "handling_unit": "INFO09_Current Events" },
        },
    ]);
    assert_eq!(Json::Array(events.clone()), want);
    let id = events[0]["id"].as_str().unwrap();
    assert!(id.starts_with("101001240734:received:") && id.len() == 22 + 16, "{id}");
}
