use std::fs;
use std::path::PathBuf;

use domain::dimension::Dimension;
use domain::geo::LatLng;

use super::*;

/// A city's folder in the repository.
pub(super) fn shipped(name: &str) -> String {
    format!("{}/../cities/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Writes files into a folder and loads the city there.
fn load_files(files: &[(&str, &str)]) -> Result<CityFolder, CityError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    load(folder.path().to_str().unwrap())
}

/// The end of the message that these files are refused with, after the path of the folder.
#[track_caller]
pub(super) fn check_refused(files: &[(&str, &str)], want: &str) {
    let message = load_files(files).map(|_| ()).unwrap_err().to_string();
    assert!(message.ends_with(want), "{message}\n  should end with\n{want}");
}

const MINIMAL: &str = "[city]\ncode = \"x\"\nzone = \"UTC\"\n";

#[test]
fn the_shipped_cities_load() {
    let boston = load(&shipped("boston")).unwrap();
    assert_eq!(boston.city.code, "boston");
    assert_eq!(boston.city.zone_name, "America/New_York");
    assert!(boston.city.is_placeholder(LatLng { lat: 42.3594, lng: -71.0587 }));
    assert!(!boston.city.is_placeholder(LatLng { lat: 42.3595, lng: -71.0588 }));
    assert!(boston.mapping_path("boston-311").is_file());
    let hcmc = load(&shipped("hcmc")).unwrap();
    assert_eq!(hcmc.city.catalogue.tree(Dimension::Ward).unwrap().entries.len(), 168);
    assert_eq!(hcmc.map.layers.len(), 4);
    for layer in &hcmc.map.layers {
        let text = fs::read_to_string(hcmc.layer_path(&layer.file).unwrap()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(!json["features"].as_array().unwrap().is_empty(), "{}", layer.file);
    }
}

#[test]
fn a_citys_contacts_are_read_and_what_is_wrong_with_one_is_said_with_its_line() {
    let hcmc = load(&shipped("hcmc")).unwrap();
    let phones = hcmc.city.contacts.iter().filter_map(|contact| contact.phone.as_deref());
    assert_eq!(phones.collect::<Vec<_>>(), ["1022", "0888.247.247"]);
    const HEAD: &str = "agency,role_vi,role_en,phone,email,website,address_vi,address_en,hours_vi,hours_en,source,valid_from,valid_to\n";
    for (line, want) in [
        ("B,Đầu mối,,1022,,,,,,,web,,", "contacts.csv:2:1: catalogue/agency.csv has no \"B\""),
        ("A,,,1022,,,,,,,web,,", "contacts.csv:2:1: role_vi is empty: say what the contact point is for"),
        (
            "A,Đầu mối,,,,,,,,,web,,",
            "contacts.csv:2:1: neither phone nor email: nobody can be called or written to",
        ),
        ("A,Đầu mối,,,a b@c.vn,,,,,,web,,", "contacts.csv:2:1: \"a b@c.vn\" is no e-mail address"),
        ("A,Đầu mối,,1022,,,,,,,,,", "contacts.csv:2:1: source is empty: say where the contact is published"),
        (
            "A,Đầu mối,,1022,,,,,,,web,2026-01-02,2026-01-01",
            "contacts.csv:2:1: valid_from 2026-01-02 is after valid_to 2026-01-01",
        ),
    ] {
        let contacts = format!("{HEAD}{line}\n");
        let agency = "code,name_vi\nA,Sở A\n";
        check_refused(
            &[("city.toml", MINIMAL), ("catalogue/agency.csv", agency), ("contacts.csv", &contacts)],
            want,
        );
    }
}

#[test]
fn another_list_of_contacts_is_no_other_city() {
    let of = |phone: &str| {
        let contacts = format!(
            "agency,role_vi,role_en,phone,email,website,address_vi,address_en,hours_vi,hours_en,source,valid_from,valid_to\n\
             A,Đầu mối,,{phone},,,,,,,web,,\n"
        );
        let agency = "code,name_vi\nA,Sở A\n";
        let files = [("city.toml", MINIMAL), ("catalogue/agency.csv", agency), ("contacts.csv", &contacts)];
        load_files(&files).unwrap().city
    };
    let (one, other) = (of("1022"), of("1023"));
    assert_eq!(one.digest, other.digest);
    assert_ne!(one.contacts, other.contacts);
}

#[test]
fn a_changed_regulation_is_kept_and_told_and_changed_contacts_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("city.toml", MINIMAL);
    write("holidays.csv", "first\n");
    let kept = || fs::read_dir(data.path().join("config")).map_or(0, Iterator::count);
    let start = |at: &str| {
        let city = load(folder.path().to_str().unwrap()).unwrap();
        history::opened(data.path(), &city, at.parse().unwrap()).unwrap()
    };
    let check = |at: &str, is_told: bool, versions: usize| {
        let before = kept();
        let history::Opened { change, unkept, .. } = start(at);
        assert_eq!(kept(), before, "{at}: something was written before the log is open");
        unkept.iter().for_each(|unkept| unkept.keep().unwrap());
        assert_eq!((change.is_some(), kept()), (is_told, versions), "{at}");
    };
    check("2026-11-01T00:00:00Z", false, 1);
    write(
        "contacts.csv",
        "agency,role_vi,role_en,phone,email,website,address_vi,address_en,hours_vi,hours_en,source,valid_from,valid_to\n",
    );
    check("2026-11-02T00:00:00Z", false, 1);
    write("holidays.csv", "second\n");
    check("2026-11-03T00:00:00Z", true, 2);
    check("2026-11-04T00:00:00Z", true, 2);
}

#[test]
fn every_ward_of_hcmc_has_a_boundary_and_every_boundary_a_ward() {
    let hcmc = load(&shipped("hcmc")).unwrap();
    let text = fs::read_to_string(hcmc.layer_path("boundaries/wards.geojson").unwrap()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = json["features"].as_array().unwrap();
    let mut drawn: Vec<&str> =
        features.iter().map(|feature| feature["properties"]["code"].as_str().unwrap()).collect();
    drawn.sort_unstable();
    let wards = &hcmc.city.catalogue.tree(Dimension::Ward).unwrap().entries;
    assert_eq!(drawn, wards.keys().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_code_and_a_zone_are_a_city() {
    let folder = load_files(&[("city.toml", MINIMAL)]).unwrap();
    assert_eq!(folder.city.due_soon_percent, 20);
    assert!(folder.city.catalogue.knows(Dimension::Agency, "anything"));
    assert!(folder.city.extent.contains(LatLng { lat: -33.9, lng: 151.2 }));
}

#[test]
fn a_mapping_with_a_city_table_is_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chicago.toml");
    let text = "source = \"c\"\n[city]\ncode = \"chicago\"\nzone = \"America/Chicago\"\n\
                [city.dimension.field]\npath_separator = \"/\"\n";
    fs::write(&file, text).unwrap();
    let loaded = load(file.to_str().unwrap()).unwrap();
    assert_eq!(loaded.city.code, "chicago");
    assert_eq!(loaded.city.catalogue.tree(Dimension::Field).unwrap().path("a/b"), ["a", "a/b"]);
    assert!(loaded.city.catalogue.knows(Dimension::Field, "a/b"));
    assert_eq!(loaded.dir, None);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    check_refused(
        &[("city.toml", "[city]\ncode = \"x\"\nzone = \"Asia/Saigong\"\n")],
        "city.toml:3:8: \"Asia/Saigong\" is no IANA time zone; write one such as \
         \"Asia/Ho_Chi_Minh\" or \"America/Chicago\"",
    );
    check_refused(&[("city.toml", "[city]\nzone = \"UTC\"\n")], "city.toml:1:1: [city] needs code");
    check_refused(
        &[("city.toml", MINIMAL), ("catalogue/ward.csv", "code,parent\na,\nb,c\n")],
        "ward.csv:3:1: the parent \"c\" of \"b\" has no line",
    );
    check_refused(
        &[("city.toml", MINIMAL), ("catalogue/ward.csv", "code,parent\na,b\nb,a\n")],
        "ward.csv:2:1: the parents of \"a\" run in a ring",
    );
    check_refused(
        &[("city.toml", MINIMAL), ("catalogue/ward.csv", "code\na\na\n")],
        "ward.csv:3:1: the code \"a\" stands here a second time",
    );
    check_refused(
        &[("city.toml", MINIMAL), ("catalogue/ward.csv", "code,lat,lng\na,1.5,x\n")],
        "ward.csv:2:1: lng is no number: \"x\"",
    );
    let layer = format!("{MINIMAL}[[city.map.layer]]\nrole = \"land\"\nfile = \"../secret\"\n");
    check_refused(
        &[("city.toml", &layer)],
        "city.toml:6:8: the file must lie in the city's folder, such as \"boundaries/wards.geojson\"",
    );
}

#[test]
fn an_unknown_city_says_where_it_was_looked_for() {
    let message = load("atlantis").map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("no city \"atlantis\": looked for cities/atlantis/city.toml"), "{message}");
}

#[test]
fn the_digest_follows_the_facts_and_not_the_cases() {
    let digest = |files: &[(&str, &str)]| load_files(files).unwrap().city.digest;
    let plain = digest(&[("city.toml", MINIMAL)]);
    assert_eq!(plain, digest(&[("city.toml", MINIMAL), ("cases/a.csv", "x")]));
    assert_ne!(plain, digest(&[("city.toml", MINIMAL), ("mapping/a.toml", "x")]));
    assert_eq!(plain.len(), 64);
}

#[test]
fn a_layer_is_served_only_if_the_map_names_it() {
    let hcmc = load(&shipped("hcmc")).unwrap();
    assert_eq!(hcmc.layer_path("city.toml"), None);
    assert_eq!(hcmc.layer_path("../boston/city.toml"), None);
    let path: PathBuf = hcmc.layer_path("boundaries/city.geojson").unwrap();
    assert!(path.is_file());
}

#[test]
fn a_city_says_when_alarms_are_a_flood_and_reports_a_surge() {
    let with = |alarms: &str| load_files(&[("city.toml", &format!("{MINIMAL}alarms = {alarms}\n"))]);
    let limits = with("{ flood_alarms = 3, surge_percent = 200 }").unwrap().city.alarms;
    assert_eq!((limits.flood_alarms, limits.surge_cases_min, limits.surge_percent), (3, 10, 200));
    assert!(with("{ surge_percent = 100 }").is_err(), "what is usual is no surge");
    assert!(with("{ flood_alarms = 0 }").is_err());
}
