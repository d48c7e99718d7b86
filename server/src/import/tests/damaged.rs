//! Rows that cannot be used: each is rejected for itself, with its place and its reason.

use std::io::Write as _;

use super::*;

const MAPPING: &str = r#"
source = "s"
key = "id"
[tables.kind]
"a" = "x"
[[event]]
type = "case.received"
time = "opened"
[event.data]
ward = "ward"
severity = { column = "kind", table = "kind", otherwise = "reject" }
incident_location.point = { lat = "lat", lng = "lng" }
[[event]]
type = "case.resolved"
time = "closed"
"#;

const HEADER: &str = "id,opened,closed,ward,kind,lat,lng\n";

/// The reasons for which rows are rejected, as `row line reason`.
#[track_caller]
fn check(rows: &[u8], imported: u64, want: &[&str]) {
    let mut content = HEADER.as_bytes().to_vec();
    content.extend_from_slice(rows);
    let mut log = MemoryLog::new(city("x", "UTC"));
    let desk = Desk::new();
    let report = desk.import(&mapping(MAPPING), content, &mut log);
    let bytes = report.rejects.as_ref().map(|path| std::fs::read(path).unwrap()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let reasons: Vec<String> = reader
        .byte_records()
        .map(|record| {
            let record = record.unwrap();
            let text = |place: usize| String::from_utf8_lossy(&record[place]).into_owned();
            format!("{} {} {}", text(0), text(1), text(2))
        })
        .collect();
    assert_eq!(reasons, want);
    assert_eq!(report.imported, imported, "{report}");
    assert_eq!(report.rows, report.imported + report.rejected + report.superseded);
}

#[test]
fn each_bad_row_is_named_and_the_others_stay() {
    check(
        b"1,2015-01-01,,3,a,,\n\
          ,2015-01-01,,3,a,,\n\
          3,soon,,3,a,,\n\
          4,,2015-01-02,3,a,,\n\
          5,2015-01-01,,3,b,,\n\
          6,2015-01-01,,3,a,north,2\n\
          7,2015-01-01,,3,a\n\
          8,1899-12-31,,3,a,,\n\
          9,2015-01-01,,\xff\xfe,a,,\n\
          10,2015-01-01,2014-12-31,3,a,1,2\n",
        2,
        &[
            "2 3 \"id\" is empty and names the row",
            "3 4 \"opened\" is not a time in any of the forms that the mapping names",
            "4 5 case.received has no time",
            "5 6 \"kind\" has a value that its table does not have",
            "6 7 \"lat\" is no number",
            "7 8 the row has 5 fields and the header 7",
            "9 10 \"ward\" is not valid UTF-8",
            "8 9 time-out-of-range: time: lies before 1990 or more than 24 hours ahead of the server's clock",
        ],
    );
}

#[test]
fn rows_are_counted_and_lines_named_through_line_ends_in_fields_and_empty_lines() {
    check(
        b"1,2015-01-01,,\"\n3\",a,,\r\n\r\n\n2,soon,,3,a,,\r\n3,2015-01-01,,3,a,,",
        2,
        &["2 6 \"opened\" is not a time in any of the forms that the mapping names"],
    );
}

#[test]
fn a_quote_that_never_closes_does_not_fill_the_memory() {
    let mut rows = b"1,2015-01-01,,3,a,,\n2,2015-01-01,,\"3,a,,\n".to_vec();
    for row in 3..200_000 {
        rows.extend_from_slice(format!("{row},2015-01-01,,3,a,,\n").as_bytes());
    }
    check(
        &rows,
        1,
        &["2 3 the row is longer than 1 MiB or has more than 4096 fields (a quote may never close)"],
    );
}

#[test]
fn what_the_gate_refuses_is_rejected_with_its_reason() {
    let long = "w".repeat(300);
    check(
        format!("1,2015-01-01,,{long},a,,\n2,2015-01-01,,3,a,,\n").as_bytes(),
        1,
        &["1 2 mistyped-attribute: ward: is longer than 256 bytes or holds control characters"],
    );
}

#[test]
fn rejected_rows_can_be_mended_and_imported_with_the_same_mapping() {
    let mut log = MemoryLog::new(city("x", "UTC"));
    let desk = Desk::new();
    let mapping = mapping(MAPPING);
    let report = desk.import(&mapping, format!("{HEADER}1,soon,,3,a,,\n"), &mut log);
    assert_eq!((report.imported, report.rejected), (0, 1));
    let mended = desk.rejects().replace("soon", "2015-01-01");
    let report = desk.import(&mapping, mended, &mut log);
    assert_eq!((report.imported, report.rejected), (1, 0));
    // What was rejected before no longer is: its file would lie.
    assert_eq!(desk.rejects(), "");
}

#[test]
fn of_two_rows_with_one_key_the_last_wins_and_is_counted() {
    let mut log = MemoryLog::new(city("x", "UTC"));
    let rows = format!("{HEADER}1,2015-01-01,,old,a,,\n2,2015-01-01,,w,a,,\n1,2015-01-01,,new,a,,\n");
    let report = Desk::new().import(&mapping(MAPPING), rows, &mut log);
    assert_eq!((report.rows, report.imported, report.superseded), (3, 2, 1));
    assert_eq!(log.case("1").len(), 1);
    assert_eq!(log.case("1")[0]["data"]["ward"], "new");
}

#[test]
fn a_file_is_read_by_its_content_plain_gzip_or_zstd() {
    let rows = format!("{HEADER}1,2015-01-01,,3,a,,\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(rows.as_bytes()).unwrap();
    let mapping = mapping(MAPPING);
    for content in
        [rows.clone().into_bytes(), gzip.finish().unwrap(), zstd::encode_all(rows.as_bytes(), 1).unwrap()]
    {
        let mut log = MemoryLog::new(city("x", "UTC"));
        let report = Desk::new().import(&mapping, content, &mut log);
        assert_eq!(report.accepted, 1);
    }
}

#[test]
fn a_broken_archive_is_an_error_and_not_a_short_file() {
    let rows = format!("{HEADER}{}", "1,2015-01-01,,3,a,,\n".repeat(1000));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(rows.as_bytes()).unwrap();
    let mut content = gzip.finish().unwrap();
    content.truncate(content.len() / 2);
    let desk = Desk::new();
    let path = desk.file("rows.csv.gz", content);
    let mut log = MemoryLog::new(city("x", "UTC"));
    let city = log.city.clone();
    let error = import_rows(&path, &mapping(MAPPING), &city, &options(), &mut log).unwrap_err();
    assert!(matches!(error, ImportError::Unreadable { .. }), "{error}");
    assert_eq!(log.offered, 0);
}

#[test]
fn a_column_that_the_file_lacks_is_named_with_its_place_in_the_mapping() {
    let desk = Desk::new();
    let path = desk.file("rows.csv", "id,open\n");
    let mapping = mapping(MAPPING);
    let city = city("x", "UTC");
    let error = read(&path, &mapping, &city).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, "m.toml:8:8: the file has no column \"opened\"; its columns are: id, open");
}
