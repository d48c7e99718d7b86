//! Reading a rule set: header, words, rules, settings, each checked where it stands.

mod life_cycle;
mod rules;
mod words;

use std::path::Path;

use super::vocabulary::Vocabulary;
use super::{RuleIx, RuleSet, SetError, Settings};
use crate::calendar::{Calendar, Files};
use crate::city::Label;
use crate::document::{Fault, Node, Source, Table};

impl RuleSet {
    /// Reads a rule set. `path` is what faults call the file; `files` gives the lists of holidays
    /// that a `[calendar]` in it may name.
    ///
    /// # Errors
    /// With line and column.
    pub fn parse(path: &Path, text: &str, files: Files<'_>) -> Result<Self, Fault> {
        let source = Source::new(path, text.to_owned());
        let root = source.parse()?;
        let root = root.table();
        root.allow(&["rule_set", "calendar", "vocabulary", "unit", "settings", "rule", "life_cycle"])?;
        let mut set = header(&root, path)?;
        if let Some(calendars) = root.table("calendar")? {
            set.calendar = Some(Calendar::read(&calendars, files)?);
        }
        words::read(&root, &mut set.vocabulary)?;
        rules::read(&root, &mut set)?;
        set.life_cycle = life_cycle::read(&root, &set.vocabulary)?;
        declared_states(&root, &set)?;
        if set.groups.is_empty() {
            set.groups = set.rules.iter().flat_map(|rule| rule.groups.iter().copied()).collect();
            set.groups.sort_unstable();
            set.groups.dedup();
        }
        settings(&root, &mut set)?;
        Ok(set)
    }
}

/// A limit that ran out can set only a state that the life cycle has.
fn declared_states(root: &Table<'_>, set: &RuleSet) -> Result<(), Fault> {
    let Some(cycle) = &set.life_cycle else { return Ok(()) };
    for rule in &set.rules {
        let mut states = rule.on_breach.iter().filter_map(|action| action.strip_prefix("set_state:"));
        if let Some(state) = states.find(|state| cycle.find(state).is_none()) {
            let message = format!("{} sets the state {state:?}, which the life cycle does not have", rule.id);
            return Err(root.fault_at_key("life_cycle", message));
        }
    }
    Ok(())
}

/// The header; a file without one holds rules for every city, kind and day.
fn header(root: &Table<'_>, path: &Path) -> Result<RuleSet, Fault> {
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
        life_cycle: None,
        calendar: None,
    };
    let Some(table) = root.table("rule_set")? else {
        return Ok(set);
    };
    table.allow(&["id", "city", "document", "name", "kinds", "groups", "valid_from", "valid_to"])?;
    set.id = table.need("id")?.text()?.to_owned();
    set.city = table.text("city")?;
    set.document = table.text("document")?;
    set.name = table
        .get("name")
        .map_or_else(|| Ok(Label { vi: set.id.clone(), en: set.id.clone() }), |node| node.label())?;
    for (kind, node) in texts(&table, "kinds")? {
        if kind != "report" && kind != "dossier" {
            return Err(node.fault(format!("{kind:?} is no kind of case; they are report, dossier")));
        }
        set.kinds.push(kind);
    }
    set.groups = groups(&table)?;
    set.valid_from = table.date("valid_from")?;
    set.valid_to = table.date("valid_to")?;
    if let (Some(from), Some(to)) = (set.valid_from, set.valid_to)
        && to < from
    {
        let message = format!("{} ends on {to}, before it starts on {from}", set.id);
        return Err(table.fault_at_key("valid_to", message));
    }
    Ok(set)
}

/// `[settings]`, and `[settings.rule."ID"]` for one rule.
fn settings(root: &Table<'_>, set: &mut RuleSet) -> Result<(), Fault> {
    let Some(table) = root.table("settings")? else {
        return Ok(());
    };
    for (name, node) in table.nodes() {
        let apply = |set: &mut RuleSet, text: &str| {
            set.set(text).map_err(|error| table.fault_at_key(name, error.to_string()))
        };
        match name {
            "rule" => {
                for (rule, node) in node.table()?.nodes() {
                    settings_of_rule(rule, &node, set)?;
                }
            }
            "due_soon_fraction" => {
                let number = node.number()?;
                apply(set, &format!("due_soon_fraction={number}"))?;
            }
            "never_sent" => {
                for (step, node) in node.texts()? {
                    set.set(&format!("never_sent={step}")).map_err(|error| node.fault(error.to_string()))?;
                }
            }
            _ => {
                let value = node.text()?;
                set.settings.choose(name, value).map_err(|error| match error {
                    SetError::Value { .. } => node.fault(error.to_string()),
                    _ => table.fault_at_key(name, error.to_string()),
                })?;
            }
        }
    }
    Ok(())
}

/// In the file only the variants that the rule states can be chosen: it is the place to state them.
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
