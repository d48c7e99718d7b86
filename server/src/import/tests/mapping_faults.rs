//! What is wrong with a mapping is said with its place and with what would be right.

use super::*;

#[track_caller]
fn check(text: &str, want: &str) {
    let source = Source::new(Path::new("m.toml"), text.to_owned());
    let message = Mapping::parse(&source).map(|_| ()).unwrap_err().to_string();
    assert_eq!(message, want);
}

const START: &str = "source = \"s\"\nkey = \"id\"\n";

#[test]
fn a_misspelt_key_names_the_right_ones() {
    check(
        "sorce = \"s\"",
        "m.toml:1:1: the file has no key \"sorce\"; its keys are source, key, case, key_join, file, \
         values, time, tables, placeholders, event, city",
    );
    check(
        &format!("{START}[[event]]\ntype = \"case.received\"\ntime = \"a\"\nwhen = {{ colum = \"x\" }}\n"),
        "m.toml:6:10: [event.when] has no key \"colum\"; its keys are column, empty, is, is_not, in, \
         not_in, all, any, not",
    );
}

#[test]
fn an_unknown_type_form_or_table_is_named() {
    check(
        &format!("{START}[[event]]\ntype = \"case.opened\"\ntime = \"a\"\n"),
        "m.toml:4:8: \"case.opened\" is no type of event; the types are case.received, case.amended, \
         case.transferred, case.step, case.committed, case.suspended, case.resumed, case.linked, \
         case.resolved, case.closed, case.reopened, case.refused, case.cancelled, case.noticed, \
         case.rated",
    );
    check(
        &format!(
            "{START}[[event]]\ntype = \"case.received\"\ntime = \"a\"\n[event.data]\nward = {{ column = \"w\", table = \"t\" }}\n"
        ),
        "m.toml:7:32: there is no [tables.t]; the tables are: ",
    );
    check(
        &format!("{START}[[event]]\ntype = \"case.received\"\ntime = \"a\"\n[event.data]\nward = 3\n"),
        "m.toml:7:8: event.data.ward must be a column's name in quotes or a table; write \
         { const = … } for a fixed value",
    );
    check(
        &format!("{START}[time]\nzone = \"Saigon\"\n"),
        "m.toml:1:1: the file needs at least one [[event]]",
    );
    check(
        &format!("{START}[time]\nzone = \"Saigon\"\n[[event]]\ntype = \"case.received\"\ntime = \"a\"\n"),
        "m.toml:4:8: \"Saigon\" is no IANA time zone; write one such as \"Asia/Ho_Chi_Minh\" or \
         \"America/Chicago\"",
    );
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    let text = format!(
        "{START}[time]\nformats = [\"%m/%d/%Y\", \"%m/%d/%&\"]\n[[event]]\ntype = \"case.received\"\ntime = \"a\"\n"
    );
    let source = Source::new(Path::new("m.toml"), text);
    let message = Mapping::parse(&source).map(|_| ()).unwrap_err().to_string();
    assert!(message.starts_with("m.toml:4:24: \"%m/%d/%&\" is no form of a time"), "{message}");
    check(
        &format!(
            "{START}[time]\nformats = \"mm/dd/yyyy\"\n[[event]]\ntype = \"case.received\"\ntime = \"a\"\n"
        ),
        "m.toml:4:11: \"mm/dd/yyyy\" is no form of a time (it has no %); write \"rfc3339\", \"iso\", \
         \"unix\", \"unix_ms\" or a pattern such as \"%m/%d/%Y %I:%M:%S %p\"",
    );
}

#[test]
fn two_events_of_one_name_are_refused() {
    let event = "[[event]]\ntype = \"case.step\"\ntime = \"a\"\n";
    check(
        &format!("{START}{event}{event}"),
        "m.toml:6:1: two events are named \"step\"; give one of them another name = \"…\"",
    );
}
