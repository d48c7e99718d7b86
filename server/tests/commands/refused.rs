//! What is refused: bad usage, bad events, rule files that cannot be; each with its place and an exit
//! code of 2.

use serde_json::json;

use super::program::{at, event, lines, run_with, shipped, write};

/// Line by line, so that places can be read off.
const RULES: &str = r#"[rule_set]
id = "X"
valid_from = "2024-01-01"
valid_to = "2024-12-31"

[[rule]]
id = "A"
clause = "1"
start = "received"
stop = "resolved"
limit = 1
unit = "hour"

[[rule]]
id = "B"
clause = "2"
when = "pressing"
start = "received"
stop = "resolved"
limit = 2
unit = "working_day"
replaces = ["A"]
"#;

/// What is said of the rules with one change made to them, after the file's name.
#[track_caller]
fn check_rules(from: &str, to: &str, want: &str) {
    let folder = tempfile::tempdir().unwrap();
    assert!(RULES.contains(from), "{from}");
    let rules = write(folder.path(), "rules.toml", &RULES.replacen(from, to, 1));
    let line = refused(&["--rules", &rules, "--at", &at("2024-03-14 10:00")], &story());
    let said = line.strip_prefix(&format!("toancanh: {rules}:"));
    assert_eq!(said, Some(want), "{line}");
}

fn story() -> String {
    let received = json!({ "kind": "report", "city": "hcmc", "content_group": 2 });
    lines(&[event(1, "2024-03-14 09:58", "received", received)])
}

/// The one line that it is refused with.
#[track_caller]
fn refused(args: &[&str], input: &str) -> String {
    let ran = run_with(&[&["deadline", "--case", "-"], args].concat(), input.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let line = ran.err.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{line}");
    line.to_owned()
}

#[test]
fn the_rules_without_a_change_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let rules = write(folder.path(), "rules.toml", RULES);
    let ran = run_with(
        &["deadline", "--case", "-", "--rules", &rules, "--at", &at("2024-03-14 10:00")],
        story().as_bytes(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn all_faults_of_a_rule_file_stand_in_the_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = RULES.replacen("limit = 1", "limit = 0", 1).replacen("[\"A\"]", "[\"C\"]", 1);
    let rules = write(folder.path(), "rules.toml", &text);
    let line = refused(&["--rules", &rules, "--at", &at("2024-03-14 10:00")], &story());
    let want = format!(
        "toancanh: {rules}:11:9: a limit is a number from 1 to 1000000; {rules}:22:13: replaces \"C\", which is no rule \
         of this file"
    );
    assert_eq!(line, want);
}

#[test]
fn a_rule_file_that_cannot_be_is_refused_with_its_place() {
    check_rules(
        "start = \"received\"",
        "start = \"recieved\"",
        "9:10: unknown step \"recieved\"; did you mean received?",
    );
    check_rules("stop = \"resolved\"", "stop = \"resolved &&\"", "10:20: a name is missing at the end");
    check_rules(
        "valid_to = \"2024-12-31\"",
        "valid_to = \"2023-12-31\"",
        "4:1: X ends on 2023-12-31, before it starts on 2024-01-01",
    );
    check_rules(
        "2024-12-31",
        "2024-02-30",
        "4:12: rule_set.valid_to is \"2024-02-30\", which is no date such as 2024-04-29",
    );
    check_rules(
        "clause = \"1\"\n",
        "clause = \"1\"\nreplaces = [\"B\"]\n",
        "9:12: a cycle of replaces: A → B → A",
    );
    check_rules(
        "unit = \"hour\"",
        "unit = \"fortnight\"",
        "12:8: unknown unit \"fortnight\"; there are minute, hour, working_hour, working_day, calendar_day, and those \
         that [[unit]] declares",
    );
    check_rules(
        "when = \"pressing\"",
        "when = \"!urgent_matter\"",
        "17:10: unknown flag \"urgent_matter\"; declare it under [vocabulary] flags",
    );
    check_rules(
        "when = \"pressing\"",
        "when = \"severity == grave\"",
        "17:21: severity is never \"grave\"; its values are normal, complex, major, urgent",
    );
    check_rules("id = \"B\"", "id = \"A\"", "15:6: A is the id of a rule above");
    check_rules("limit = 1", "limit = 0", "11:9: a limit is a number from 1 to 1000000");
    check_rules("[\"A\"]", "[\"C\"]", "22:13: replaces \"C\", which is no rule of this file");
    check_rules("limit = 2\n", "", "20:8: a unit stands without a limit");
    check_rules("[[rule]]", "[[rule", "6:7: unclosed array table, expected `]]`");
}

#[test]
fn a_list_that_a_calendar_names_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let calendar = "[calendar.default]\nzone = \"Asia/Ho_Chi_Minh\"\nweekdays = [\"mon\"]\n\
        intervals = [\"08:00-12:00\"]\nholidays = [\"days.csv\"]\n";
    let calendar = write(folder.path(), "calendar.toml", calendar);
    let days = write(folder.path(), "days.csv", "date,working_day\n2026-02-30,no\n");
    let city = shipped("cities/hcmc");
    let args = ["--city", &city, "--calendar", &calendar, "--at", &at("2024-03-14 10:00")];
    assert_eq!(
        refused(&args, &story()),
        format!("toancanh: {days}:2:1: \"2026-02-30\" is no date such as 2024-04-29")
    );
}

/// What is said of a file of events, after the name of standard input.
#[track_caller]
fn check_events(input: &str, want: &str) {
    let city = shipped("cities/hcmc");
    let line = refused(&["--city", &city, "--at", &at("2024-03-14 10:00")], input);
    assert_eq!(line.strip_prefix("toancanh: (standard input):"), Some(want), "{line}");
}

#[test]
fn an_event_that_cannot_be_read_is_refused_with_its_line() {
    let good = story();
    check_events("", " holds no event of a case: give its events, one CloudEvent a line");
    check_events(
        &format!("{good}{{\"id\": \"x\"\n"),
        "2:10: this is no JSON: EOF while parsing an object; one CloudEvent a line is wanted",
    );
    check_events(
        &format!("{good}\n7\n"),
        "3:1: event: is not a JSON object: mend this event or leave it out",
    );
    check_events("[1,", "1:3: this is no JSON array of events: EOF while parsing a value");
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} in {good}");
        good.replace(from, to)
    };
    let mend = ": mend this event or leave it out";
    check_events(&changed("\"time\"", "\"tame\""), &format!("1:1: time: is missing or empty{mend}"));
    check_events(&changed("+07:00", ""), &format!("1:1: time: is not an RFC 3339 time with an offset{mend}"));
    check_events(&changed("2024-", "1989-"), &format!("1:1: time: lies before 1990{mend}"));
    check_events(&changed("\"subject\"", "\"object\""), &format!("1:1: subject: is missing or empty{mend}"));
    check_events(
        &changed("case.received", "case.recieved"),
        &format!("1:1: type: \"case.recieved\" is none of the types of the event contract{mend}"),
    );
    check_events(
        &changed("hcmc", "haiphong"),
        "1:1: city: the case is of another city than --city: name its own, or rules by --rules",
    );
    let two = format!("{good}{}", good.replace("C-1", "C-2"));
    check_events(&two, " holds events of 2 cases (C-1, C-2): say which by --subject");
}

#[test]
fn bad_usage_says_what_to_do() {
    let city = shipped("cities/hcmc");
    let now = at("2024-03-14 10:00");
    let check = |args: &[&str], want: &str| {
        let args = [&["--city", &city, "--at", &now], args].concat();
        assert_eq!(refused(&args, &story()), format!("toancanh: {want}"));
    };
    check(&["--subject", "C-9"], "(standard input): holds no event of the case \"C-9\"; it has C-1");
    check(&["--set", "x"], "--set x: \"x\" is not NAME=VALUE, such as HP-9.3-8h.start=received");
    check(
        &["--set", "HCM-9.start=received"],
        "--set HCM-9.start=received: no rule is called \"HCM-9\"; the rule sets are HCM-4874, OS-2686",
    );
    check(
        &["--set", "suspension=maybe"],
        "--set suspension=maybe: suspension is \"maybe\"; it may be ignored or subtracted",
    );
    check(&["--calendar", "/no/such.toml"], "--calendar /no/such.toml: there is no such file");
    let boston = shipped("cities/boston");
    assert_eq!(
        refused(&["--city", &boston, "--at", &now, "--set", "suspension=ignored"], &story()),
        "toancanh: --set suspension=ignored: the city has no rule set; give one by --rules FILE"
    );
    assert_eq!(
        refused(&["--at", &now], &story()),
        "toancanh: --city is missing: say --city hcmc, or set TOANCANH_CITY"
    );
    assert_eq!(
        refused(&["--city", &city, "--at", "2024-03-14 10:00"], &story()),
        "toancanh: --at: \"2024-03-14 10:00\" is not an RFC 3339 time with an offset, such as \
         2026-11-23T08:00:00+07:00"
    );
}
