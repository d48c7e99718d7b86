use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<RuleSet, Vec<crate::document::Fault>> {
    RuleSet::parse(Path::new("rules.toml"), text, &|_| Err("no such file".to_owned()))
}

#[test]
fn the_machine_readable_limits_of_the_specification_load_as_they_are() {
    let set = parse(include_str!("../../tests/data/limits-of-the-specification.toml")).unwrap();
    assert_eq!(set.rules.len(), 21);
    assert_eq!(set.groups, [1, 2, 3, 4, 5]);
    assert!(set.calendar.is_some());
}

const RULE: &str = r#"
[[rule]]
id = "A-1"
clause = "1/QĐ Điều 1"
start = "received"
stop = "resolved"
limit = 5
unit = "working_day"
"#;

#[track_caller]
fn check_fault(text: &str, want: &str) {
    let faults = parse(text).err().unwrap_or_default();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.join("\n"), want);
}

#[track_caller]
fn check_changed(from: &str, to: &str, want: &str) {
    let text = RULE.replace(from, to);
    assert_ne!(text, RULE);
    check_fault(&text, want);
}

#[test]
fn what_is_wrong_in_a_rule_is_said_with_file_line_and_column() {
    check_fault(RULE, "");
    check_changed(
        "\"received\"",
        "\"site_opened\"",
        "rules.toml:5:10: unknown step \"site_opened\"; declare it under [vocabulary] steps",
    );
    check_changed(
        "\"resolved\"",
        "\"resolved && result_recroded\"",
        "rules.toml:6:21: unknown step \"result_recroded\"; did you mean result_recorded?",
    );
    check_changed(
        "start =",
        "when = \"group == 2 && monsoon\"\nstart =",
        "rules.toml:5:23: unknown flag \"monsoon\"; declare it under [vocabulary] flags",
    );
    check_changed(
        "\"working_day\"",
        "\"fortnight\"",
        "rules.toml:8:8: unknown unit \"fortnight\"; there are minute, hour, working_hour, working_day, \
         calendar_day, and those that [[unit]] declares",
    );
    check_changed(
        "limit = 5\nunit = \"working_day\"",
        "",
        "rules.toml:3:1: A-1 needs limit and unit, or limit_from; a rule that states no limit says so by its \
         nature, such as \"elapsed\"",
    );
    check_changed("unit = \"working_day\"\n", "", "rules.toml:7:9: a limit needs a unit");
    check_changed("limit = 5", "limit = 0", "rules.toml:7:9: a limit is a number from 1 to 1000000");
    check_changed("limit = 5\n", "", "rules.toml:7:8: a unit stands without a limit");
    check_changed("stop = \"resolved\"\n", "", "rules.toml:3:1: A-1 needs stop");
    check_changed(
        "clause",
        "clouse",
        "rules.toml:4:1: [rule] has no key \"clouse\"; its keys are id, clause, text, nature, groups, when, start, inferred_start, start_variant, start_when, stop, inferred_stop, stop_after_start, limit, unit, limit_from, target, target_unit, responsible, extend_by, evidence, evidence_on_extend, replaces, replaces_before_due, on_breach, due_soon_fraction, judges_resolution, cadence, from, to, via, at, reading",
    );
    check_changed(
        "limit = 5",
        "replaces = [\"A-2\"]\nlimit = 5",
        "rules.toml:7:13: replaces \"A-2\", which is no rule of this file",
    );
    check_changed(
        "limit = 5",
        "on_breach = [\"call_the_mayor\"]\nlimit = 5",
        "rules.toml:7:14: unknown action \"call_the_mayor\"; declare it under [vocabulary] actions",
    );
    check_changed(
        "limit = 5",
        "extend_by = \"whenever\"\nlimit = 5",
        "rules.toml:7:13: unknown commitment \"whenever\"; declare it under [vocabulary] commitments",
    );
    check_fault(&RULE.repeat(2), "rules.toml:11:6: A-1 is the id of a rule above");
    check_fault("[[rule]]\nid =", "rules.toml:2:5: string values must be quoted, expected literal string");
}

#[test]
fn all_faults_of_a_file_are_said_at_once_in_the_order_of_the_text() {
    let two = RULE.replace("\"received\"", "\"recieved\"").replace("limit = 5", "limit = 0")
        + &RULE.replace("A-1", "A-2").replace("\"resolved\"", "\"sorted\"");
    check_fault(
        &format!("[settings]\nsuspension = \"ignored\"\n[life_cycle]\nstates = []\n{two}"),
        "rules.toml:3:1: a life cycle needs `states`\n\
         rules.toml:9:10: unknown step \"recieved\"; did you mean received?\n\
         rules.toml:11:9: a limit is a number from 1 to 1000000\n\
         rules.toml:18:9: unknown step \"sorted\"; declare it under [vocabulary] steps",
    );
    let settings =
        "[settings]\nsuspension = \"maybe\"\nday_end = \"noon\"\n[settings.rule.\"A-9\"]\nstart = \"x\"\n";
    check_fault(
        &format!("{settings}{RULE}"),
        "rules.toml:2:14: suspension is \"maybe\"; it may be ignored or subtracted\n\
         rules.toml:3:11: day_end is \"noon\"; it may be midnight or close_of_work\n\
         rules.toml:4:1: rules has no rule \"A-9\"",
    );
}

#[test]
fn what_rests_on_a_word_that_cannot_be_read_is_not_called_unknown() {
    let text = RULE.replace("\"received\"", "\"site_opened\"");
    check_fault(
        &format!("[rule_set]\nid = 1\n[vocabulary]\nsteps = [\"site opened\"]\n{text}"),
        "rules.toml:2:6: rule_set.id must be a text in quotes, not integer\n\
         rules.toml:4:10: \"site opened\" is no word: ASCII letters, digits and _, a letter first",
    );
}

const REQUIREMENT: &str = r#"
[[requirement]]
rule = "A-1"
on = ["refused", "returned"]
needs = ["reason", "image || minutes"]
carried_by = ["result_recorded"]
flag = "refused_without_reason"
text = { vi = "Thiếu lý do.", en = "No reason." }
"#;

#[track_caller]
fn check_requirement(from: &str, to: &str, want: &str) {
    let text = REQUIREMENT.replace(from, to);
    assert_ne!(text, REQUIREMENT);
    check_fault(&format!("{}{text}", RULE.trim()), want);
}

#[test]
fn what_is_wrong_in_a_requirement_is_said_too() {
    let set = parse(&format!("{RULE}{REQUIREMENT}")).unwrap();
    let read = &set.requirements[0];
    assert_eq!((read.id.as_str(), read.clause.as_str()), ("A-1", "1/QĐ Điều 1"));
    assert_eq!(read.missing(&["reason", "minutes"]), Vec::<String>::new());
    assert_eq!(read.missing(&["minute"]), ["reason", "image || minutes"]);
    check_requirement("\"A-1\"", "\"A-9\"", "rules.toml:9:8: \"A-9\" is no rule of this file");
    check_requirement(
        "rule = \"A-1\"\n",
        "",
        "rules.toml:8:1: a requirement needs id, or the rule that it comes from",
    );
    check_requirement(
        "rule = \"A-1\"\n",
        "id = \"X\"\n",
        "rules.toml:8:1: a requirement needs clause, or the rule that it comes from",
    );
    check_requirement(
        "\"returned\"",
        "\"retruned\"",
        "rules.toml:10:18: unknown step \"retruned\"; declare it under [vocabulary] steps",
    );
    check_requirement(
        "image ||",
        "an image ||",
        "rules.toml:11:20: \"an image || minutes\" is no list of names with || between them",
    );
    check_requirement(
        "\"refused_without_reason\"",
        "\"rude\"",
        "rules.toml:13:8: unknown flag \"rude\"; they are refused_without_reason, refused_without_guidance, \
         returned_without_reason, returned_without_verification, result_without_evidence, \
         progress_without_evidence, asked_too_often, requirement_unmet",
    );
    check_requirement(
        "needs = [\"reason\", \"image || minutes\"]\n",
        "",
        "rules.toml:8:1: a requirement needs needs, what has to come along, or at_most, how often",
    );
    check_requirement("flag =", "at_most = 0\nflag =", "rules.toml:13:11: at_most is a number from 1");
    check_requirement(
        "flag =",
        "when = \"monsoon\"\nflag =",
        "rules.toml:13:9: unknown flag \"monsoon\"; declare it under [vocabulary] flags",
    );
    check_fault(
        &format!("{}{REQUIREMENT}{REQUIREMENT}", RULE.trim()),
        "rules.toml:17:8: A-1 is the id of a requirement above",
    );
    check_fault(&format!("[code_form]\nform = \"\"\n{RULE}"), "rules.toml:2:8: a form has at least one sign");
}

#[test]
fn a_cycle_of_replaces_is_named() {
    let rule = |id: &str, replaces: &str| {
        RULE.replace("A-1", id).replace("limit =", &format!("replaces = [{replaces:?}]\nlimit ="))
    };
    check_fault(&rule("A-1", "A-1"), "rules.toml:7:12: a cycle of replaces: A-1 → A-1");
    let three = [rule("A-1", "A-2"), rule("A-2", "A-3"), rule("A-3", "A-1")].concat();
    check_fault(&three, "rules.toml:7:12: a cycle of replaces: A-1 → A-2 → A-3 → A-1");
}

#[test]
fn what_is_wrong_in_the_header_is_said_too() {
    let header = |more: &str| format!("[rule_set]\nid = \"A\"\n{more}\n{RULE}");
    check_fault(
        &header("valid_from = \"2024-03-05\"\nvalid_to = \"2023-12-31\""),
        "rules.toml:4:1: A ends on 2023-12-31, before it starts on 2024-03-05",
    );
    check_fault(
        &header("valid_from = \"2024-02-30\""),
        "rules.toml:3:14: rule_set.valid_from is \"2024-02-30\", which is no date such as 2024-04-29",
    );
    check_fault(
        &header("kinds = [\"letter\"]"),
        "rules.toml:3:10: \"letter\" is no kind of case; they are report, dossier",
    );
    check_fault(&header("groups = [0]"), "rules.toml:3:11: a content group is a number from 1 to 9");
    check_fault(
        &header("citty = \"x\""),
        "rules.toml:3:1: [rule_set] has no key \"citty\"; its keys are id, city, document, name, kinds, groups, valid_from, valid_to",
    );
}

#[test]
fn what_is_wrong_in_settings_is_said_too() {
    let settings = |more: &str| format!("{}\n[settings]\n{more}\n", RULE.trim());
    check_fault(&settings("suspension = \"subtracted\""), "");
    check_fault(
        &settings("suspension = \"maybe\""),
        "rules.toml:9:14: suspension is \"maybe\"; it may be ignored or subtracted",
    );
    check_fault(
        &settings("[settings.rule.\"A-1\"]\nstart = \"forwarded\""),
        "rules.toml:10:9: unknown variant \"forwarded\" of A-1; it has received",
    );
    check_fault(
        &settings("[settings.rule.\"A-9\"]\nstart = \"x\""),
        "rules.toml:9:1: rules has no rule \"A-9\"",
    );
    check_fault(
        &settings("never_sent = [\"inspectet\"]"),
        "rules.toml:9:15: never_sent is \"inspectet\"; it may be a list of known steps",
    );
}

#[test]
fn a_file_brings_steps_flags_units_and_variants_of_its_own() {
    let text = r#"
[rule_set]
id = "DN-1"
city = "danang"
valid_from = "2025-01-01"

[vocabulary]
steps = ["permit_checked", { name = "site_cleared", label = { vi = "dọn xong", en = "site cleared" } }]
flags = ["monsoon", { name = "checked", set_by = ["permit_checked"] }]
attributes = [{ name = "severity", values = ["flood"] }]
commitments = ["cleared_by"]
actions = ["call_the_mayor"]

[[unit]]
id = "working_minute"
label = { vi = "phút làm việc", en = "working minutes" }
working_minutes = 1

[[rule]]
id = "DN-1.1"
clause = "1/QĐ Điều 1"
when = "monsoon && checked && severity == flood"
start = "permit_checked"
start_variant = ["received", "permit_checked || received"]
stop = "site_cleared"
limit = 90
unit = "working_minute"
extend_by = "cleared_by"
on_breach = ["call_the_mayor", "set_state:late"]
"#;
    let mut set = parse(text).unwrap();
    assert_eq!(set.rules[0].start_variants.len(), 2);
    assert!(
        matches!(&set.rules[0].limit, Limit::Period { count: 90, unit } if unit.measure == Measure::WorkingTime(60_000_000))
    );
    set.set("DN-1.1.start=received").unwrap();
    assert_eq!(set.start_of(RuleIx(0)).unwrap().text, "received");
    let say = |set: &mut RuleSet, text: &str| set.set(text).unwrap_err().to_string();
    assert_eq!(
        say(&mut set, "suspension"),
        "\"suspension\" is not NAME=VALUE, such as HP-9.3-8h.start=received"
    );
    assert_eq!(say(&mut set, "DN-9.start=received"), "DN-1 has no rule \"DN-9\"");
    assert_eq!(say(&mut set, "day_end=noon"), "day_end is \"noon\"; it may be midnight or close_of_work");
    assert!(say(&mut set, "DN-1.1.start=never").contains("unknown step \"never\""));
}

#[test]
fn the_rule_set_is_chosen_by_city_kind_and_day() {
    let set = |id: &str, city: &str, from: &str, to: &str| {
        let to = if to.is_empty() { String::new() } else { format!("valid_to = {to:?}\n") };
        parse(&format!("[rule_set]\nid = {id:?}\ncity = {city:?}\nkinds = [\"report\"]\nvalid_from = {from:?}\n{to}{RULE}"))
            .unwrap()
    };
    let book = Book::new(vec![
        set("OLD", "a", "2020-05-04", "2023-10-25"),
        set("NEW", "a", "2023-10-26", ""),
        set("YEAR", "b", "2024-03-05", "2024-12-31"),
    ]);
    let check = |city: &str, kind: &str, day: &str, want: Option<(&str, bool)>| {
        let got = book.choose(city, kind, day.parse().unwrap());
        assert_eq!(
            got.map(|chosen| (chosen.rules.id.as_str(), chosen.expired.is_some())),
            want,
            "{city} {day}"
        );
    };
    check("a", "report", "2020-05-03", None);
    check("a", "report", "2023-10-25", Some(("OLD", false)));
    check("a", "report", "2023-10-26", Some(("NEW", false)));
    check("a", "dossier", "2023-10-26", None);
    check("b", "report", "2024-12-31", Some(("YEAR", false)));
    check("b", "report", "2025-01-01", Some(("YEAR", true)));
    check("c", "report", "2025-01-01", None);
}
