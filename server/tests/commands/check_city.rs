//! `toancanh city check`: every fault of a folder with its place, and how it ends.

use std::path::Path;

use super::program::{run, shipped, write};

/// A small city without a fault: its files.
const CITY: [(&str, &str); 9] = [
    (
        "city.toml",
        "[city]\ncode = \"tiny\"\nzone = \"Asia/Ho_Chi_Minh\"\n\
         extent = { south = 10.0, west = 106.0, north = 11.0, east = 107.0 }\n\
         [[city.map.layer]]\nrole = \"ward\"\nfile = \"boundaries/wards.geojson\"\nvalid_from = \"2025-07-01\"\n",
    ),
    (
        "catalogue/agency.csv",
        "code,name_vi,parent,valid_from,valid_to\nA,Sở A,,,\nA1,\"Phòng A1, tầng 2\",A,,\nB,Sở B,,,2025-06-30\n",
    ),
    ("catalogue/ward.csv", "code,valid_from,lat,lng\n1,2025-07-01,10.5,106.5\n2,2025-07-01,10.6,106.6\n"),
    ("catalogue/content_group.csv", "code,name_vi\n1,Một\n2,Hai\n"),
    (
        "mapping/portal.toml",
        "source = \"portal\"\nkey = \"id\"\n[tables.unit]\n\"x\" = \"A\"\n\"y\" = \"A1\"\n\
         [[event]]\ntype = \"case.received\"\ntime = \"opened\"\n[event.data]\n\
         agency = { column = \"unit\", table = \"unit\" }\ncontent_group = { const = 2 }\n",
    ),
    (
        "calendar.toml",
        "[calendar.default]\nzone = \"Asia/Ho_Chi_Minh\"\nweekdays = [\"mon\"]\nintervals = [\"08:00-12:00\"]\n\
         holidays = [\"days.csv\"]\n",
    ),
    ("days.csv", "date,working_day\n2026-01-01,no\n"),
    (
        "regulations/one.toml",
        "[rule_set]\nid = \"ONE\"\ncity = \"tiny\"\ngroups = [1, 2]\n[[rule]]\nid = \"ONE-1\"\nclause = \"1\"\n\
         groups = [2]\nwhen = \"group == 2\"\nstart = \"received\"\nstop = \"resolved\"\nlimit = 1\nunit = \"hour\"\n",
    ),
    (
        "boundaries/wards.geojson",
        "{\"type\": \"FeatureCollection\", \"features\": [\n\
         {\"type\": \"Feature\", \"properties\": {\"code\": \"1\"}, \"geometry\": {\"type\": \"Polygon\", \
         \"coordinates\": [[[106.4, 10.4], [106.6, 10.4], [106.6, 10.6], [106.4, 10.4]]]}}\n]}\n",
    ),
];

const PROVENANCE: &str = "# Tiny\n\n## All of it\nMade for a test, licence Apache-2.0: `agency.csv`, `ward.csv`, \
    `content_group.csv`, `portal.toml`, `calendar.toml`, `days.csv`, `one.toml`, `wards.geojson`.\n";

/// Writes the city with these changes made, and gives what the check prints, without the folder.
fn checked(changes: &[(&str, &str, &str)]) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in CITY.iter().chain(&[("PROVENANCE.md", PROVENANCE)]) {
        let mut text = (*text).to_owned();
        for (_, from, to) in changes.iter().filter(|(file, ..)| file == name) {
            assert!(text.contains(from), "{name} has no {from}");
            text = text.replacen(from, to, 1);
        }
        write(folder.path(), name, &text);
    }
    printed(folder.path())
}

fn printed(folder: &Path) -> (i32, Vec<String>) {
    let folder = folder.to_str().unwrap();
    let ran = run(&["city", "check", folder]);
    let lines = ran.out.lines().map(|line| {
        let rest = line.strip_prefix(folder).unwrap_or_else(|| panic!("{line}"));
        rest.trim_start_matches(['/', ':', ' ']).to_owned()
    });
    (ran.code, lines.collect())
}

/// One change, one fault.
#[track_caller]
fn check(file: &str, from: &str, to: &str, want: &str) {
    let (code, lines) = checked(&[(file, from, to)]);
    assert_eq!((code, lines[..lines.len() - 1].to_vec()), (1, vec![want.to_owned()]));
}

#[test]
fn a_city_without_a_fault_is_counted() {
    let (code, lines) = checked(&[]);
    assert_eq!(
        (code, lines),
        (
            0,
            vec![
                "3 lists, 7 codes, 1 mapping, 1 calendar, 1 regulation, 1 rule, 1 layer, 1 outline, 8 data files; \
                 no faults"
                    .to_owned()
            ]
        )
    );
}

#[test]
fn the_shipped_cities_have_no_fault() {
    for city in ["boston", "haiphong", "hcmc"] {
        let (code, lines) = printed(Path::new(&shipped(&format!("cities/{city}"))));
        assert_eq!((code, lines.len()), (0, 1), "{city}: {lines:#?}");
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_found() {
    check("city.toml", "zone = ", "zome = ", "X");
}

#[test]
fn what_is_wrong_with_the_catalogue_is_found() {
    check("catalogue/agency.csv", "A1,", "A,", "X");
}

#[test]
fn all_faults_are_said_at_once() {
    let (code, lines) = checked(&[("city.toml", "zone = ", "zome = ")]);
    assert_eq!((code, lines), (1, vec![]));
}
