//! What `cities/README.md` shows works as it is shown there.

use super::*;
use crate::city;

/// The TOML blocks of the page.
fn examples() -> Vec<String> {
    let page = format!("{}/../cities/README.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(page).unwrap();
    let blocks = page.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    // Those of calendars and regulations are tried where they are read.
    blocks.filter(|block| block.contains("[city]")).map(str::to_owned).collect()
}

#[test]
fn every_example_is_accepted() {
    let examples = examples();
    let mappings = examples.iter().filter(|text| text.contains("[[event]]")).count();
    assert_eq!((examples.len(), mappings), (3, 2));
    for text in examples {
        // The layer and the replay of the last example name files of folders that exist elsewhere.
        let alone = text.split("[[city.map.layer]]").next().unwrap();
        let desk = Desk::new();
        let path = desk.file("one.toml", alone);
        city::load(path.to_str().unwrap()).unwrap();
        if text.contains("[[event]]") {
            Mapping::load(&path).unwrap();
        }
    }
}

#[test]
fn the_complete_example_reads_a_file_like_its_own() {
    let desk = Desk::new();
    let path = desk.file("chicago.toml", &examples()[0]);
    let mapping = Mapping::load(&path).unwrap();
    let city = city::load(path.to_str().unwrap()).unwrap().city;
    let mut log = MemoryLog::new(city);
    let header = "SR_NUMBER ORIGIN GROUP SR_TYPE OWNER_DEPARTMENT WARD STATUS CREATED_DATE CLOSED_DATE \
                  LAST_MODIFIED_DATE DUE_DATE INFRASTRUCTURE LATITUDE LONGITUDE DUPLICATE PARENT_SR_NUMBER";
    let row = "SR1|Phone Call|Streets|Pothole|CDOT|7|Completed|11/01/2015 01:30:00 AM|\
               11/02/2015 08:00:00 PM|N/A|11/05/2015|Yes|41.88|-87.62|false|";
    let rows = format!("{}\n{}\n", header.replace(' ', "\t"), row.replace('|', "\t"));
    let report = desk.import(&mapping, rows, &mut log);
    assert_eq!((report.accepted, report.rejected), (2, 0), "{}", desk.rejects());
    assert_eq!(
        log.story("SR1"),
        ["received 2015-11-01T01:30:00-05:00", "resolved 2015-11-02T20:00:00-06:00"]
    );
    let data = &log.case("SR1")[0]["data"];
    assert_eq!(data["channel"], "phone_call");
    assert_eq!(data["field"], "Streets > Pothole");
    assert_eq!(data["due_at"], "2015-11-05T23:59:59-06:00");
}
