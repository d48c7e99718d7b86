//! A file that says what cannot be.

use std::path::Path;

use domain::document::Source;

use super::*;

/// The file of Ho Chi Minh City with `from` replaced, and what is then said.
#[track_caller]
fn check(from: &str, to: &str, want: &str) {
    let text = std::fs::read_to_string(cities().join("hcmc").join(FILE)).unwrap();
    let place = text.find(from).unwrap_or_else(|| panic!("{from:?} is not in the file"));
    let line = text[..place].matches('\n').count() + 1;
    let source = Source::new(Path::new("s.toml"), text.replacen(from, to, 1));
    let fault = Model::read(&source, &city("hcmc").city).unwrap_err();
    assert!(fault.message.contains(want), "{fault}");
    // A list is faulted at its first row, a table at its head.
    assert!(fault.line.abs_diff(line) <= 8, "{fault}, and the change is in line {line}");
}

#[test]
fn what_cannot_be_is_said_with_its_line() {
    check("heartbeat_minutes = 60", "heartbeat_minuts = 60", "no key \"heartbeat_minuts\"");
    check("share = 0.46", "share = 0.56", "the shares of this list come to 1.100");
    check("code = \"tieng_on\"", "code = \"tieng_onn\"", "\"tieng_onn\" is no field of the city's catalogue");
    check("so_tu_phap = 0.07", "so_tu_phep = 0.07", "\"so_tu_phep\" is no agency");
    check("refused = 0.018", "refused = 1.8", "must be a share from 0 to 1");
    check("p90 = \"9m\"", "p90 = \"9 minutes\"", "is no duration such as");
    check("flow = \"matter\"", "flow = \"mattr\"", "flow must be incident, matter, office or slip");
    check("holiday = 0.45\nbasis = \"assumed\"", "holiday = 0.45", "needs basis");
    check("basis = \"assumed\"\nrefused", "basis = \" \"\nrefused", "basis must name a source");
    check("false_report = 0.04\n", "", "[incident] needs false_report");
    check(
        "fields = { \"cap_thoat_nuoc\" = 1 }",
        "fields = { \"nuoc\" = 1 }",
        "no [[report.field]] has the code \"nuoc\"",
    );
    check("ward = \"ubnd_{ward}\"", "ward = \"ubnd\"", "ward must hold {ward}");
}

#[test]
fn a_city_without_the_file_says_what_to_do() {
    let scale = Scale { reports: 1.0, dossiers: 1.0 };
    let error = World::load(&city("boston"), 1, scale).unwrap_err();
    assert!(error.to_string().contains("try --city hcmc"), "{error}");
}
