//! Local times: forms, dates without a time, hours that come twice or never.

use super::*;

/// What a mapping with these `[time]` rules makes of a text in New York; the reason if rejected.
#[track_caller]
fn check(rules: &str, text: &str, want: &str) {
    let mapping = mapping(&format!(
        "source = \"s\"\nkey = \"id\"\n[file]\ndelimiter = \"|\"\n[time]\n{rules}\n\
         [[event]]\ntype = \"case.received\"\ntime = \"at\"\n"
    ));
    let desk = Desk::new();
    let path = desk.file("rows.csv", format!("id|at\n1|{text}\n"));
    let city = city("x", "America/New_York");
    let row = read(&path, &mapping, &city).unwrap().next().unwrap().unwrap();
    let got = match row.mapped {
        Ok(row) => row.into_events().next().unwrap()["time"].as_str().unwrap().to_owned(),
        Err(because) => because,
    };
    assert_eq!(got, want, "{rules} of {text:?}");
}

const US: &str = "formats = [\"%m/%d/%Y %I:%M:%S %p\"]";

#[test]
fn times_are_read_in_the_forms_that_the_mapping_names() {
    check("", "2015-01-31T23:59:00-05:00", "2015-01-31T23:59:00-05:00");
    check("", "2015-01-31T23:59:00Z", "2015-01-31T18:59:00-05:00");
    check("", "2015-01-31T23:59:00.000", "2015-01-31T23:59:00-05:00");
    check("", "2015-07-31 23:59", "2015-07-31T23:59:00-04:00");
    check(US, "01/31/2015 11:59:00 PM", "2015-01-31T23:59:00-05:00");
    check(US, "7/4/2015 12:00:00 AM", "2015-07-04T00:00:00-04:00");
    check(US, "2015-01-31", "\"at\" is not a time in any of the forms that the mapping names");
    check("formats = [\"%d.%m.%Y %H:%M\", \"iso\"]", "31.01.2015 07:05", "2015-01-31T07:05:00-05:00");
    check("formats = [\"%Y-%m-%d %H:%M:%S%z\"]", "2015-01-31 23:59:00+0700", "2015-01-31T11:59:00-05:00");
    check("formats = [\"unix\"]", "1422766740", "2015-01-31T23:59:00-05:00");
    check("formats = [\"unix_ms\"]", "1422766740000", "2015-01-31T23:59:00-05:00");
    check("zone = \"Asia/Ho_Chi_Minh\"", "2015-01-31 23:59", "2015-01-31T11:59:00-05:00");
    check("", "yesterday", "\"at\" is not a time in any of the forms that the mapping names");
    check("", "2015-02-30", "\"at\" is not a time in any of the forms that the mapping names");
}

#[test]
fn a_date_without_a_time_means_what_the_mapping_says() {
    check("", "2015-01-31", "2015-01-31T00:00:00-05:00");
    check("date_only = \"end\"", "2015-01-31", "2015-01-31T23:59:59-05:00");
    check("date_only = \"17:00\"", "2015-01-31", "2015-01-31T17:00:00-05:00");
    check(
        "date_only = \"reject\"",
        "2015-01-31",
        "\"at\" is a date without a time, which the mapping rejects",
    );
    check("formats = [\"%m/%d/%Y\"]\ndate_only = \"end\"", "1/31/2015", "2015-01-31T23:59:59-05:00");
    // The day on which the clocks are turned back has 25 hours; its end is in winter time.
    check("date_only = \"end\"", "2015-11-01", "2015-11-01T23:59:59-05:00");
}

#[test]
fn the_repeated_hour_is_taken_by_the_rule() {
    check("", "2015-11-01 01:30", "2015-11-01T01:30:00-04:00");
    check("ambiguous = \"later\"", "2015-11-01 01:30", "2015-11-01T01:30:00-05:00");
    check("ambiguous = \"later\"", "2015-11-01 00:59", "2015-11-01T00:59:00-04:00");
    check(
        "ambiguous = \"reject\"",
        "2015-11-01 01:30",
        "\"at\" lies in the repeated hour of a clock change, which the mapping rejects",
    );
}

#[test]
fn the_skipped_hour_is_taken_by_the_rule() {
    check("", "2015-03-08 02:30", "2015-03-08T03:30:00-04:00");
    check("missing = \"earlier\"", "2015-03-08 02:30", "2015-03-08T01:30:00-05:00");
    check(
        "missing = \"reject\"",
        "2015-03-08 02:30",
        "\"at\" lies in the skipped hour of a clock change, which the mapping rejects",
    );
}
