//! A file of rejects is imported again with the mapping that wrote it.

use super::*;

const ROWS: &str = r#"
source = "s"
key = "số"
[[event]]
type = "case.received"
time = "opened"
[event.data]
ward = "ward"
content = "note"
"#;

/// Imports rows of which the last is bad, mends the file of rejects, and imports that.
#[track_caller]
fn check(form: &str, content: &[u8]) {
    let mapping = mapping(&format!("{ROWS}[file]\n{form}\n"));
    let mut log = MemoryLog::new(city("x", "UTC"));
    let desk = Desk::new();
    let report = desk.import(&mapping, content, &mut log);
    assert_eq!((report.imported, report.rejected), (1, 1), "{form}: {report}");
    let again = |content: Vec<u8>, log: &mut MemoryLog| {
        let path = desk.file("again.csv", content);
        import_rows(&path, &mapping, &log.city.clone(), &options(), log).unwrap()
    };
    let written = std::fs::read(report.rejects.unwrap()).unwrap();
    let unmended = again(written.clone(), &mut log);
    assert_eq!((unmended.imported, unmended.rejected), (0, 1), "{form}: {unmended}");
    let rejected_again = std::fs::read(unmended.rejects.unwrap()).unwrap();
    let mended = String::from_utf8_lossy(&rejected_again).matches("rejected_because").count();
    assert_eq!(mended, 1, "{form}");
    for file in [written, rejected_again] {
        // Latin-1 keeps every byte as it is.
        let text: String = file.into_iter().map(char::from).collect();
        let bytes = text.replace("soon", "2015-01-02").chars().map(|char| char as u8).collect();
        let mended = again(bytes, &mut log);
        assert_eq!((mended.imported, mended.rejected), (1, 0), "{form}: {text}");
    }
    assert_eq!(log.case("2")[0]["data"]["content"], log.case("1")[0]["data"]["content"], "{form}");
}

#[test]
fn mended_rejects_are_imported_with_the_same_mapping() {
    check("", "số,opened,ward,note\n1,2015-01-01,3,\"a, b\"\n2,soon,3,\"a, b\"\n".as_bytes());
    check(
        "delimiter = \"semicolon\"\nquote = \"'\"",
        "số;opened;ward;note\n1;2015-01-01;3;'a; ''b'\n2;soon;3;'a; ''b'\n".as_bytes(),
    );
    check(
        "delimiter = \"tab\"\nquote = \"\"\nskip_lines = 2",
        "made\nby\nsố\topened\tward\tnote\n1\t2015-01-01\t3\ta \"b\n2\tsoon\t3\ta \"b\n".as_bytes(),
    );
    check(
        "columns = [\"số\", \"opened\", \"ward\", \"note\"]\ndelimiter = \"pipe\"\nskip_lines = 1",
        b"made\n1|2015-01-01|3|a\n2|soon|3|a\n",
    );
    check(
        "columns = [\"số\", \"opened\", \"ward\", \"note\"]\nencoding = \"windows-1252\"",
        b"1,2015-01-01,3,caf\xe9 \x80\n2,soon,3,caf\xe9 \x80\n",
    );
}
