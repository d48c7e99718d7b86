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

/// Writes the city with these changes made (a file that it has not is a new one), and gives what the
/// check prints, without the folder.
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
    let known = |name: &str| name == "PROVENANCE.md" || CITY.iter().any(|(file, _)| *file == name);
    for (name, _, text) in changes.iter().filter(|(file, ..)| !known(file)) {
        write(folder.path(), name, text);
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
    check(
        "city.toml",
        "zone = ",
        "zome = ",
        "city.toml:3:1: [city] has no key \"zome\"; its keys are code, name, zone, due_soon_percent, extent, satisfied_permille, \
         ratings_min_answers, public, centre_agency, effects_wait_minutes, alarms, placeholders, dimension, map, source, replay",
    );
    check(
        "city.toml",
        "boundaries/wards.geojson",
        "boundaries/ward.geojson",
        "city.toml:7:8: there is no file boundaries/ward.geojson",
    );
    check(
        "city.toml",
        "role = \"ward\"",
        "role = \"wards\"",
        "city.toml:6:8: no layer has the role \"wards\"; they are land, outline, agency, district, ward, field, channel, \
         kind, content_group, report_kind, severity, status, timeliness, procedure, submission_mode, stage, criterion, rating_channel",
    );
    check(
        "city.toml",
        "2025-07-01",
        "2025-07-32",
        "city.toml:8:14: city.map.layer.valid_from is \"2025-07-32\", which is no date such as 2024-04-29",
    );
    check("city.toml", "[city]", "[[city]", "city.toml:1:8: unclosed array table, expected `]`");
}

#[test]
fn what_is_wrong_with_the_catalogue_is_found() {
    check(
        "catalogue/agency.csv",
        "tầng 2\",A,",
        "tầng 2\",C,",
        "catalogue/agency.csv:3:23: the parent \"C\" of \"A1\" has no line",
    );
    check(
        "catalogue/agency.csv",
        "tầng 2\",A,",
        "tầng 2\",B,",
        "catalogue/agency.csv:3:23: \"A1\" holds on days on which its parent \"B\" does not",
    );
    check(
        "catalogue/agency.csv",
        ",,2025-06-30",
        ",2025-07-01,2025-06-30",
        "catalogue/agency.csv:4:20: it ends on 2025-06-30, before it begins on 2025-07-01",
    );
    check(
        "catalogue/agency.csv",
        "2025-06-30",
        "30/6/2025",
        "catalogue/agency.csv:4:10: valid_to is \"30/6/2025\", which is no day such as 2025-07-01",
    );
    check(
        "catalogue/agency.csv",
        "name_vi",
        "name_vn",
        "catalogue/agency.csv:1:1: no column is called \"name_vn\"; they are code, name_vi, name_en, parent, valid_from, \
         valid_to, lat, lng",
    );
    check(
        "catalogue/agency.csv",
        "B,Sở B,,,",
        "B,Sở B,",
        "catalogue/agency.csv:4:1: the line has 3 cells, the header another number",
    );
    check(
        "catalogue/ward.csv",
        "2,2025-07-01,10.6",
        "2,2025-07-01,16.0",
        "catalogue/ward.csv:3:14: the point of \"2\" lies outside the city's extent",
    );
}

#[test]
fn what_is_wrong_with_a_mapping_is_found() {
    check(
        "mapping/portal.toml",
        "\"A1\"",
        "\"A9\"",
        "mapping/portal.toml:5:7: \"A9\" is no code of catalogue/agency.csv",
    );
    check(
        "mapping/portal.toml",
        "const = 2",
        "const = 3",
        "mapping/portal.toml:11:27: \"3\" is no code of catalogue/content_group.csv",
    );
}

#[test]
fn what_is_wrong_with_the_calendar_is_found() {
    check(
        "calendar.toml",
        "Asia/Ho_Chi_Minh",
        "Asia/Bangkok",
        "calendar.toml:2:8: the calendar is of the zone Asia/Bangkok, the city of Asia/Ho_Chi_Minh",
    );
    check(
        "calendar.toml",
        "08:00-12:00",
        "08:00-07:00",
        "calendar.toml:4:14: \"08:00-07:00\" is no interval such as \"08:00-12:00\"",
    );
    check("days.csv", ",no", ",nein", "days.csv:2:12: working_day is \"nein\", neither yes nor no");
}

#[test]
fn what_is_wrong_with_a_regulation_is_found() {
    check(
        "regulations/one.toml",
        "tiny",
        "hcmc",
        "regulations/one.toml:3:8: the rule set is of the city \"hcmc\", the folder of \"tiny\"",
    );
    check(
        "regulations/one.toml",
        "[1, 2]",
        "[1, 3]",
        "regulations/one.toml:4:14: 3 is no code of catalogue/content_group.csv",
    );
    check(
        "regulations/one.toml",
        "groups = [2]",
        "groups = [4]",
        "regulations/one.toml:8:11: 4 is no code of catalogue/content_group.csv",
    );
    check(
        "regulations/one.toml",
        "group == 2",
        "group == 5",
        "regulations/one.toml:9:8: \"5\" is no code of catalogue/content_group.csv",
    );
    check(
        "regulations/one.toml",
        "received",
        "recieved",
        "regulations/one.toml:10:10: unknown step \"recieved\"; did you mean received?",
    );
    check(
        "regulations/one.toml",
        "groups = [1, 2]",
        "groups = [1, 2]\nvalid_from = \"2025-01-02\"\nvalid_to = \"2025-01-01\"",
        "regulations/one.toml:6:1: ONE ends on 2025-01-01, before it starts on 2025-01-02",
    );
}

#[test]
fn all_faults_of_a_regulation_are_said_at_once() {
    let (code, lines) = checked(&[
        ("regulations/one.toml", "received", "recieved"),
        ("regulations/one.toml", "groups = [2]", "groups = [0]"),
    ]);
    let want = [
        "regulations/one.toml:8:11: a content group is a number from 1 to 9",
        "regulations/one.toml:10:10: unknown step \"recieved\"; did you mean received?",
    ];
    assert_eq!((code, &lines[..lines.len() - 1]), (1, &want.map(str::to_owned)[..]));
}

#[test]
fn what_is_wrong_with_the_boundaries_is_found() {
    check(
        "boundaries/wards.geojson",
        "]}\n",
        "}\n",
        "boundaries/wards.geojson:3:1: this is no GeoJSON: expected `,` or `]`",
    );
    check(
        "boundaries/wards.geojson",
        "{\"code\": \"1\"}",
        "{\"code\": \"9\"}",
        "boundaries/wards.geojson:2:1: \"9\" is no code of catalogue/ward.csv",
    );
    check(
        "boundaries/wards.geojson",
        "{\"code\": \"1\"}",
        "{}",
        "boundaries/wards.geojson:2:1: a feature without properties.code, a text",
    );
    check(
        "boundaries/wards.geojson",
        "[106.6, 10.4]",
        "[107.6, 10.4]",
        "boundaries/wards.geojson:2:1: the outline of \"1\" leaves the city's extent at [107.6, 10.4]",
    );
    check(
        "boundaries/wards.geojson",
        "[106.6, 10.4]",
        "[10.4, 106.6]",
        "boundaries/wards.geojson:2:1: the outline of \"1\" has [10.4,106.6], which is no [lng, lat]",
    );
    check(
        "boundaries/wards.geojson",
        "[106.4, 10.4]]]",
        "[106.4, 10.5]]]",
        "boundaries/wards.geojson:2:1: the outline of \"1\" has a ring that is not closed, or of fewer than four points",
    );
    check(
        "boundaries/wards.geojson",
        "\"Polygon\"",
        "\"Point\"",
        "boundaries/wards.geojson:2:1: the outline of \"1\" is no Polygon or MultiPolygon",
    );
    check(
        "boundaries/wards.geojson",
        "\"FeatureCollection\"",
        "\"Collection\"",
        "boundaries/wards.geojson:1:1: the file must be a FeatureCollection, not \"Collection\"",
    );
}

#[test]
fn what_is_wrong_with_what_is_said_of_the_origin_is_found() {
    check(
        "PROVENANCE.md",
        "`ward.csv`, ",
        "",
        "PROVENANCE.md:1:1: catalogue/ward.csv is not named here: say where it comes from and its licence",
    );
}

#[test]
fn faults_that_have_nothing_to_do_with_each_other_are_said_at_once() {
    let second = "[rule_set]\nid = \"ONE\"\n[[rule]]\nid = \"R\"\nclause = \"1\"\nstart = \"received\"\n\
        stop = \"resolved\"\nlimit = 1\nunit = \"hour\"\n";
    let (code, lines) = checked(&[
        ("city.toml", "role = \"ward\"", "role = \"wards\""),
        ("catalogue/agency.csv", "A1,", "B,"),
        ("catalogue/agency.csv", "2025-06-30", "30/6/2025"),
        ("catalogue/colour.csv", "", "code\nred\n"),
        ("days.csv", ",no", ",nein"),
        ("regulations/two.toml", "", second),
        ("boundaries/wards.geojson", "[106.6, 10.4]", "[107.6, 10.4]"),
    ]);
    let places: Vec<&str> =
        lines.iter().filter_map(|line| line.split_once(": ")).map(|(place, _)| place).collect();
    assert_eq!(code, 1);
    assert_eq!(
        places,
        [
            "city.toml:6:8",
            "catalogue/agency.csv:4:1",
            "catalogue/agency.csv:4:10",
            "catalogue/colour.csv:1:1",
            "mapping/portal.toml:5:7",
            "days.csv:2:12",
            "regulations/two.toml:2:6",
            "boundaries/wards.geojson:2:1",
            "PROVENANCE.md:1:1",
            "PROVENANCE.md:1:1",
        ]
    );
    let summary = lines.last().unwrap();
    let want = "; 10 faults (city.toml 1, catalogue 3, mapping 1, calendar 1, regulations 1, boundaries 1, provenance 2)";
    assert!(summary.ends_with(want), "{summary}");
}

#[test]
fn a_folder_that_is_none_is_bad_usage() {
    let ran = run(&["city", "check", "/no/such/folder"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "toancanh: /no/such/folder: there is no such folder\n"));
    let empty = tempfile::tempdir().unwrap();
    let (code, lines) = printed(empty.path());
    assert_eq!((code, lines[0].split(':').next()), (1, Some("city.toml")), "{lines:?}");
}
