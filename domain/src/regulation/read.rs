//! Reading a rule set: header, words, rules, settings, each checked where it stands.

mod life_cycle;
mod requirements;
mod rules;
mod words;

use std::path::Path;

use super::vocabulary::Vocabulary;
use super::{RuleIx, RuleSet, SetError, Settings};
use crate::calendar::{Calendar, Files};
use crate::city::Label;
use crate::document::{Fault, Faults, Node, Source, Table};

const PARTS: [&str; 9] = [
    "rule_set",
    "calendar",
    "vocabulary",
    "unit",
    "settings",
    "rule",
    "requirement",
    "code_form",
    "life_cycle",
];

impl RuleSet {
    /// Reads a rule set. `path` is what faults call the file; `files` gives the lists of holidays
    /// that a `[calendar]` in it may name.
    ///
    /// # Errors
    /// All faults that one look finds, with line and column, in the order of the text; at least one. What
    /// rests on a part that could not be read is not looked at: words, then what is said in them.
    pub fn parse(path: &Path, text: &str, files: Files<'_>) -> Result<Self, Vec<Fault>> {
        let source = Source::new(path, text.to_owned());
        let mut faults = Faults::default();
        let set = source.parse().map(|root| read(&root.table(), path, files, &mut faults));
        match faults.keep(set) {
            Some(set) if faults.is_empty() => Ok(set),
            _ => Err(faults.into_sorted()),
        }
    }
}

fn read(root: &Table<'_>, path: &Path, files: Files<'_>, faults: &mut Faults) -> RuleSet {
    root.allow_only(&PARTS, faults);
    let mut set = header(root, path, faults);
    let calendars = faults.or_default(root.table("calendar"));
    set.calendar = calendars.and_then(|calendars| faults.keep(Calendar::read(&calendars, files)));
    let before = faults.len();
    words::read(root, &mut set.vocabulary, faults);
    // Whoever uses a word that could not be read would be told that there is none.
    if faults.len() > before {
        return set;
    }
    let before = faults.len();
    rules::read(root, &mut set, faults);
    set.life_cycle = life_cycle::read(root, &set.vocabulary, faults);
    set.code_form = requirements::code_form(root, faults);
    if faults.len() > before {
        return set;
    }
    requirements::read(root, &mut set, faults);
    declared_states(root, &set, faults);
    if set.groups.is_empty() {
        set.groups = set.rules.iter().flat_map(|rule| rule.groups.iter().copied()).collect();
        set.groups.sort_unstable();
        set.groups.dedup();
    }
    settings(root, &mut set, faults);
    set
}

/// A limit that ran out can set only a state that the life cycle has.
fn declared_states(root: &Table<'_>, set: &RuleSet, faults: &mut Faults) {
    let Some(cycle) = &set.life_cycle else { return };
    for rule in &set.rules {
        let states = rule.on_breach.iter().filter_map(|action| action.strip_prefix("set_state:"));
        for state in states.filter(|state| cycle.find(state).is_none()) {
            let message = format!("{} sets the state {state:?}, which the life cycle does not have", rule.id);
            faults.add(root.fault_at_key("life_cycle", message));
        }
    }
}

/// The header; a file without one holds rules for every city, kind and day.
fn header(root: &Table<'_>, path: &Path, faults: &mut Faults) -> RuleSet {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let mut set = RuleSet {
        id: stem.clone(),
        city: None,
        document: None,
        name: Label { vi: stem.clone(), en: stem },
        kinds: Vec::new(),
        groups: Vec::new(),
        valid_from: None,
        valid_to: None,
        rules: Vec::new(),
        vocabulary: Vocabulary::default(),
        settings: Settings::default(),
        requirements: Vec::new(),
        code_form: None,
        life_cycle: None,
        calendar: None,
    };
    let Some(table) = faults.or_default(root.table("rule_set")) else {
        return set;
    };
    let known = ["id", "city", "document", "name", "kinds", "groups", "valid_from", "valid_to"];
    let is_spelt = table.allow_only(&known, faults);
    if (is_spelt || table.has("id"))
        && let Some(id) = faults.keep(table.need("id").and_then(|id| id.text()))
    {
        id.clone_into(&mut set.id);
    }
    set.city = faults.or_default(table.text("city"));
    set.document = faults.or_default(table.text("document"));
    set.name = match table.get("name") {
        Some(node) => faults.or_default(node.label()),
        None => Label { vi: set.id.clone(), en: set.id.clone() },
    };
    for (kind, node) in faults.or_default(texts(&table, "kinds")) {
        if kind != "report" && kind != "dossier" {
            faults.add(node.fault(format!("{kind:?} is no kind of case; they are report, dossier")));
        }
        set.kinds.push(kind);
    }
    set.groups = faults.or_default(groups(&table));
    set.valid_from = faults.or_default(table.date("valid_from"));
    set.valid_to = faults.or_default(table.date("valid_to"));
    if let (Some(from), Some(to)) = (set.valid_from, set.valid_to)
        && to < from
    {
        let message = format!("{} ends on {to}, before it starts on {from}", set.id);
        faults.add(table.fault_at_key("valid_to", message));
    }
    set
}

/// `[settings]`, and `[settings.rule."ID"]` for one rule.
fn settings(root: &Table<'_>, set: &mut RuleSet, faults: &mut Faults) {
    let Some(table) = faults.or_default(root.table("settings")) else {
        return;
    };
    for (name, node) in table.nodes() {
        match name {
            "rule" => {
                let Some(rules) = faults.keep(node.table()) else { continue };
                for (rule, node) in rules.nodes() {
                    let read = settings_of_rule(rule, &node, set);
                    faults.keep(read);
                }
            }
            "never_sent" => {
                for (step, node) in faults.or_default(node.texts()) {
                    let set = set.set(&format!("never_sent={step}"));
                    faults.keep(set.map_err(|error| node.fault(error.to_string())));
                }
            }
            _ => {
                let read = setting(&table, name, &node, set);
                faults.keep(read);
            }
        }
    }
}

fn setting(table: &Table<'_>, name: &str, node: &Node<'_>, set: &mut RuleSet) -> Result<(), Fault> {
    if name == "due_soon_fraction" {
        let number = node.number()?;
        let set = set.set(&format!("due_soon_fraction={number}"));
        return set.map_err(|error| table.fault_at_key(name, error.to_string()));
    }
    set.settings.choose(name, node.text()?).map_err(|error| match error {
        SetError::Value { .. } => node.fault(error.to_string()),
        _ => table.fault_at_key(name, error.to_string()),
    })
}

fn settings_of_rule(rule: &str, node: &Node<'_>, set: &mut RuleSet) -> Result<(), Fault> {
    let table = node.table()?;
    table.allow(&["start", "due_soon_fraction"])?;
    let ix = set.find(rule).ok_or_else(|| node.fault(format!("{} has no rule {rule:?}", set.id)))?;
    if let Some(node) = table.get("start") {
        let value = node.text()?;
        let known = set.rule(ix);
        let stated: Vec<&str> =
            known.start.iter().chain(&known.start_variants).map(|moment| moment.text.as_str()).collect();
        if !stated.contains(&value) {
            let message = format!("unknown variant {value:?} of {rule}; it has {}", stated.join(", "));
            return Err(node.fault(message));
        }
        set.set(&format!("{rule}.start={value}")).map_err(|error| node.fault(error.to_string()))?;
    }
    if let Some(node) = table.get("due_soon_fraction") {
        let ppm = crate::calendar::fraction_ppm(&node)?;
        set.settings.due_soon_of.insert(ix, ppm);
    }
    Ok(())
}

/// The texts of a list that may be missing, or of one text.
fn texts<'a>(table: &Table<'a>, key: &str) -> Result<Vec<(String, Node<'a>)>, Fault> {
    match table.get(key) {
        None => Ok(Vec::new()),
        Some(node) if node.as_text().is_some() => Ok(vec![(node.text()?.to_owned(), node)]),
        Some(node) => node.texts(),
    }
}

fn groups(table: &Table<'_>) -> Result<Vec<u8>, Fault> {
    let mut groups = Vec::new();
    for node in table.list("groups")? {
        let group = u8::try_from(node.whole()?).ok().filter(|group| (1..=9).contains(group));
        groups.push(group.ok_or_else(|| node.fault("a content group is a number from 1 to 9"))?);
    }
    Ok(groups)
}

fn ix(place: usize) -> RuleIx {
    // A file of sixty thousand rules is refused before.
    RuleIx(u16::try_from(place).unwrap_or(u16::MAX))
}
