//! Files of other cities, as open-data portals write them, under mappings written here.

use super::*;

const CHICAGO: &str = r#"
source = "chicago-311"
key = "SR_NUMBER"
[file]
delimiter = "tab"
[values]
empty = ["", "N/A"]
[time]
formats = ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"]
ambiguous = "later"
[tables.channel]
"Phone Call" = "phone_call"
"Mobile Device" = "mobile_app"
[[event]]
type = "case.received"
time = "CREATED_DATE"
[event.data]
kind = { const = "report" }
channel = { column = "ORIGIN", table = "channel" }
field = { columns = ["GROUP", "SR_TYPE"], join = " > " }
agency = "OWNER_DEPARTMENT"
ward = "WARD"
due_at = { time = "DUE", date_only = "end" }
is_infrastructure_incident = { bool = "INFRA" }
incident_location.point = { lat_lng = "LOCATION", invalid = "empty" }
incident_location.address_text = { columns = ["STREET", "NUMBER"] }
[[event]]
type = "case.linked"
when = { column = "DUPLICATE", is = "true" }
time = "CREATED_DATE"
[event.data]
relation = { const = "duplicate_of" }
case = "PARENT"
[[event]]
type = "case.resolved"
when = { all = [{ column = "STATUS", in = ["Completed", "Closed"] }, { column = "CLOSED_DATE", empty = false }] }
time = { first = ["CLOSED_DATE", "LAST_MODIFIED"] }
[event.data]
result = "STATUS"
[[event]]
type = "case.cancelled"
when = { column = "STATUS", is = "Canceled" }
time = { first = ["CLOSED_DATE", "LAST_MODIFIED"] }
"#;

const CHICAGO_ROWS: &str = "\u{feff}SR_NUMBER\tSTATUS\tGROUP\tSR_TYPE\tORIGIN\tOWNER_DEPARTMENT\tCREATED_DATE\tCLOSED_DATE\tLAST_MODIFIED\tDUE\tWARD\tINFRA\tDUPLICATE\tPARENT\tLOCATION\tSTREET\tNUMBER\r\n\
SR1\tCompleted\tStreets\tPothole\tPhone Call\tCDOT\t01/31/2015 11:59:00 PM\t02/01/2015 12:00:00 AM\t\t02/03/2015\t7\tY\tfalse\t\t(41.88, -87.62)\tState\t12\r\n\
SR2\tOpen\tStreets\t\tInternet\tCDOT\t11/01/2015 01:30:00 AM\tN/A\t\tN/A\t\tno\ttrue\tSR1\tnowhere\t\t\r\n\
SR3\tCanceled\t\t\t\t\t03/08/2015 02:30:00 AM\t\t03/09/2015 08:00:00 AM\t\t\t\tfalse\t\t\t\t\r\n\
SR4\tCompleted\tA\tB\tFax\tX\t06/01/2015 08:00:00 AM\t\t\t\t\t\t\t\tPOINT\t\t\r\n";

#[test]
fn a_tab_file_of_local_times_is_read_by_its_mapping_alone() {
    let city = city("chicago", "America/Chicago");
    let mut log = MemoryLog::new(city);
    let desk = Desk::new();
    let report = desk.import(&mapping(CHICAGO), CHICAGO_ROWS, &mut log);
    assert_eq!((report.rows, report.imported, report.rejected), (4, 4, 0), "{}", desk.rejects());
    assert_eq!(
        log.story("SR1"),
        ["received 2015-01-31T23:59:00-06:00", "resolved 2015-02-01T00:00:00-06:00"]
    );
    let data = &log.case("SR1")[0]["data"];
    assert_eq!(
        *data,
        serde_json::json!({
            "kind": "report",
            "city": "chicago",
            "channel": "phone_call",
            "field": "Streets > Pothole",
            "agency": "CDOT",
            "ward": "7",
            "due_at": "2015-02-03T23:59:59-06:00",
            "is_infrastructure_incident": true,
            "incident_location": {
                "point": { "lat": 41.88, "lng": -87.62 },
                "address_text": "State 12",
            },
        })
    );
    assert_eq!(log.story("SR2"), ["received 2015-11-01T01:30:00-06:00", "linked 2015-11-01T01:30:00-06:00"]);
    let data = &log.case("SR2")[0]["data"];
    assert_eq!((&data["field"], &data["channel"]), (&"Streets".into(), &"Internet".into()));
    assert_eq!(data.get("incident_location"), None);
    assert_eq!(
        log.story("SR3"),
        ["received 2015-03-08T03:30:00-05:00", "cancelled 2015-03-09T08:00:00-05:00"]
    );
    assert_eq!(log.story("SR4"), ["received 2015-06-01T08:00:00-05:00"]);
}

#[test]
fn decimal_commas_semicolons_and_windows_1252_are_read() {
    let mapping = mapping(
        r#"
source = "s"
key = ["Jahr", "Nummer"]
key_join = "/"
placeholders = [{ lat = 47.0, lng = 8.0 }]
[file]
delimiter = "semicolon"
encoding = "windows-1252"
skip_lines = 2
[values]
decimal = ","
thousands = "."
yes = ["ja"]
no = ["nein"]
[time]
formats = ["%d.%m.%Y %H:%M"]
[[event]]
type = "case.received"
time = ["Tag", "Zeit"]
[event.data]
content = "Meldung"
content_group = { integer = "Gruppe" }
confidentiality_requested = { bool = "Vertraulich" }
incident_location.point = { lat = "Breite", lng = "Länge" }
cost = { number = "Kosten" }
"#,
    );
    let rows: Vec<u8> = "Export\n\nJahr;Nummer;Tag;Zeit;Meldung;Gruppe;Vertraulich;Breite;L#nge;Kosten\n\
        2015;1;31.01.2015;07:05;\"Stra$e; \"\"dunkel\"\"\";2;ja;47,3769;8,5417;1.234,50\n\
        2015;2;31.01.2015;;x;2;nein;47;8;\n\
        2015;3;31.01.2015;08:00;x;2;nein;47;8;\n"
        .bytes()
        .map(|byte| match byte {
            b'#' => 0xe4,
            b'$' => 0xdf,
            byte => byte,
        })
        .collect();
    let mut log = MemoryLog::new(city("zurich", "Europe/Zurich"));
    let desk = Desk::new();
    let report = desk.import(&mapping, rows, &mut log);
    assert_eq!((report.rows, report.imported, report.rejected), (3, 2, 1));
    assert!(desk.rejects().contains("\"Tag\"\" is not a time"), "{}", desk.rejects());
    let event = log.case("2015/1")[0];
    assert_eq!(event["time"], "2015-01-31T07:05:00+01:00");
    let data = &event["data"];
    assert_eq!(data["content"], "Straße; \"dunkel\"");
    assert_eq!(data["content_group"], 2);
    assert_eq!(data["confidentiality_requested"], true);
    assert_eq!(data["incident_location"]["point"], serde_json::json!({"lat": 47.3769, "lng": 8.5417}));
    assert_eq!(data["cost"], 1234.5);
    assert_eq!(log.case("2015/3")[0]["data"].get("incident_location"), None);
}

#[test]
fn a_file_of_steps_has_several_rows_a_case() {
    let mapping = mapping(
        r#"
source = "s"
key = ["case", "n"]
case = "case"
[[event]]
type = "case.received"
when = { column = "what", is = "in" }
time = "at"
[[event]]
type = "case.transferred"
when = { column = "what", is = "to" }
time = "at"
[event.data]
step = { const = "delivered_to_unit" }
to = "unit"
"#,
    );
    let mut log = MemoryLog::new(city("x", "UTC"));
    let rows = "case,n,what,at,unit\nA,1,in,2020-01-01,\nA,2,to,2020-01-02,U1\nA,3,to,2020-01-03,U2\n";
    let report = Desk::new().import(&mapping, rows, &mut log);
    assert_eq!((report.imported, report.accepted), (3, 3));
    assert_eq!(
        log.story("A"),
        [
            "received 2020-01-01T00:00:00+00:00",
            "transferred 2020-01-02T00:00:00+00:00",
            "transferred 2020-01-03T00:00:00+00:00"
        ]
    );
}
