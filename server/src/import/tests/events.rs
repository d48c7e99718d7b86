//! Files of events, one a line.

use super::*;

#[track_caller]
fn check(name: &str, content: &[u8], log: &mut MemoryLog, want: (u64, u64, u64, u64)) -> String {
    let desk = Desk::new();
    let path = desk.file(name, content);
    let city = log.city.clone();
    let report = import_file(&path, None, &city, &options(), log).unwrap();
    assert_eq!((report.rows, report.accepted, report.duplicates, report.rejected), want, "{report}");
    report.rejects.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default()
}

fn line(id: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"vn.toancanh.case.received","time":"2015-01-01T00:00:00Z","subject":"c{id}","data":{{"kind":"report","city":"x"}}}}"#
    )
}

#[test]
fn events_are_offered_as_they_are_and_bad_lines_are_named() {
    let mut log = MemoryLog::new(city("x", "UTC"));
    let content = format!("{}\n\n{}\nnot json\n[1]\n{}", line("1"), line("1"), line("2"));
    let rejects = check("a.ndjson", content.as_bytes(), &mut log, (5, 2, 1, 2));
    assert_eq!(
        rejects,
        "rejected_row,rejected_line,rejected_because,event\n\
         4,4,is not JSON (column 2),not json\n5,5,is not a JSON object,[1]\n"
    );
    let zst = zstd::encode_all(content.as_bytes(), 1).unwrap();
    check("b.ndjson.zst", &zst, &mut log, (5, 0, 3, 2));
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let mut log = MemoryLog::new(city("x", "UTC"));
    let mut content = vec![b'x'; 3 * 1024 * 1024];
    content.extend_from_slice(format!("\n{}\n", line("1")).as_bytes());
    let rejects = check("a.ndjson", &content, &mut log, (2, 1, 0, 1));
    assert!(rejects.contains("the line is longer than 1 MiB"), "{rejects}");
}

#[test]
fn a_file_of_rows_needs_a_mapping() {
    let desk = Desk::new();
    let path = desk.file("a.csv", "id\n1\n");
    let mut log = MemoryLog::new(city("x", "UTC"));
    let city = log.city.clone();
    let error = import_file(&path, None, &city, &options(), &mut log).unwrap_err();
    assert!(error.to_string().contains("a file of rows needs a mapping"), "{error}");
}
