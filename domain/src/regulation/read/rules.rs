//! `[[rule]]`: one rule after another, then what they say of each other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::vocabulary::{Condition, Unit, Vocabulary, unknown};
use super::super::{Cadence, Limit, Moment, Nature, Rule, RuleIx, RuleSet};
use super::{groups, ix, texts};
use crate::calendar::fraction_ppm;
use crate::city::Label;
use crate::document::{Fault, Faults, Node, Table};

/// More rules than this are a mistake.
const RULES_MAX: usize = 1_000;

/// A limit longer than this in its unit is a mistake.
const COUNT_MAX: i64 = 1_000_000;

const KEYS: [&str; 33] = [
    "id",
    "clause",
    "text",
    "nature",
    "groups",
    "when",
    "start",
    "inferred_start",
    "start_variant",
    "start_when",
    "stop",
    "inferred_stop",
    "stop_after_start",
    "limit",
    "unit",
    "limit_from",
    "target",
    "target_unit",
    "responsible",
    "extend_by",
    "evidence",
    "evidence_on_extend",
    "replaces",
    "replaces_before_due",
    "on_breach",
    "due_soon_fraction",
    "judges_resolution",
    "cadence",
    "from",
    "to",
    "via",
    "at",
    "reading",
];

const NATURES: [(&str, Nature); 12] = [
    ("limit", Nature::Limit),
    ("elapsed", Nature::Elapsed),
    ("scope", Nature::Scope),
    ("intake", Nature::Intake),
    ("duty", Nature::Duty),
    ("escalation", Nature::Escalation),
    ("content", Nature::Content),
    ("publication", Nature::Publication),
    ("satisfaction", Nature::Satisfaction),
    ("cadence", Nature::Cadence),
    ("accountability", Nature::Accountability),
    ("system", Nature::System),
];

const CADENCES: [&str; 10] = [
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "periodic",
    "ad_hoc",
    "on_change",
    "as_needed",
    "event",
    "once",
];

pub(super) fn read(root: &Table<'_>, set: &mut RuleSet, faults: &mut Faults) {
    let nodes = faults.or_default(root.list("rule"));
    if nodes.len() > RULES_MAX {
        return faults.add(root.fault_at_key("rule", "these are too many rules"));
    }
    let before = faults.len();
    let mut places: BTreeMap<String, RuleIx> = BTreeMap::new();
    for (place, node) in nodes.iter().enumerate() {
        let Some((name, id)) = faults.keep(id(node)) else { continue };
        if places.insert(name.clone(), ix(place)).is_some() {
            faults.add(id.fault(format!("{name} is the id of a rule above")));
        }
    }
    for node in &nodes {
        if let Some(table) = faults.keep(node.table()) {
            set.rules.extend(rule(&table, &set.vocabulary, &places, faults));
        }
    }
    if faults.len() == before {
        faults.keep(cycles(&nodes, &set.rules));
    }
}

fn id<'a>(node: &Node<'a>) -> Result<(String, Node<'a>), Fault> {
    let id = node.table()?.need("id")?;
    let name = id.text()?;
    if name.is_empty() || name.chars().any(char::is_whitespace) {
        return Err(id.fault("a rule's id is a word without spaces"));
    }
    Ok((name.to_owned(), id))
}

/// Reads every key, so that all faults of a rule are said at once.
fn rule(
    table: &Table<'_>,
    words: &Vocabulary,
    places: &BTreeMap<String, RuleIx>,
    faults: &mut Faults,
) -> Option<Rule> {
    let before = faults.len();
    let is_spelt = table.allow_only(&KEYS, faults);
    let clause = table.get("clause").map(|node| node.text()).transpose();
    let clause = faults.or_default(clause).map(str::to_owned);
    if !table.has("clause") && is_spelt {
        faults.keep(table.need("clause"));
    }
    let label = |key: &str| table.get(key).map_or_else(|| Ok(Label::default()), |node| node.label());
    let steps = |key: &str| table.get(key).map(|node| moment(&node, words)).transpose();
    let when = table.get("when").map(|node| condition(&node, words)).transpose();
    let limit = faults.keep(limit(table, words));
    let due_soon_ppm = table.get("due_soon_fraction").map(|node| fraction_ppm(&node)).transpose();
    let rule = Rule {
        // Its faults were said with all ids.
        id: table.need("id").and_then(|id| id.text()).unwrap_or_default().to_owned(),
        clause: clause.unwrap_or_default(),
        text: faults.or_default(label("text")),
        nature: faults.keep(nature(table, limit.as_ref())).unwrap_or(Nature::Limit),
        groups: faults.or_default(groups(table)),
        // A text that is none is said by the condition.
        when_text: table.get("when").and_then(|node| Some(node.as_text()?.to_owned())),
        when: faults.or_default(when).unwrap_or(Condition::Always),
        start: faults.or_default(steps("start")),
        inferred_start: faults.or_default(table.flag("inferred_start")),
        start_variants: faults
            .or_default(texts(table, "start_variant"))
            .iter()
            .filter_map(|(_, node)| faults.keep(moment(node, words)))
            .collect(),
        start_when: faults
            .or_default(table.list("start_when"))
            .iter()
            .filter_map(|node| faults.keep(guarded(node, words)))
            .collect(),
        stop: faults.or_default(steps("stop")),
        inferred_stop: faults.or_default(steps("inferred_stop")),
        stop_after_start: faults.or_default(table.flag("stop_after_start")),
        target: faults.or_default(target(table, words)),
        responsible: faults.or_default(table.text("responsible")),
        extend_by: faults.or_default(extend_by(table, words)),
        evidence: only(faults.or_default(texts(table, "evidence"))),
        evidence_on_extend: only(faults.or_default(texts(table, "evidence_on_extend"))),
        replaces: replaces(table, places, faults),
        replaces_before_due: faults.or_default(table.flag("replaces_before_due")),
        on_breach: actions(table, words, faults),
        due_soon_ppm: faults.or_default(due_soon_ppm),
        judges_resolution: faults.or_default(table.flag("judges_resolution")),
        cadence: faults.or_default(cadence(table)),
        reading: faults.or_default(label("reading")),
        limit: limit.unwrap_or(Limit::None),
    };
    // Of a rule that could not be read nobody can say what else it needs.
    if faults.len() > before || rule.id.is_empty() {
        return None;
    }
    faults.keep(whole(table, &rule))?;
    Some(rule)
}

/// A rule that makes a clock says from when, until when and how long.
fn whole(table: &Table<'_>, rule: &Rule) -> Result<(), Fault> {
    let missing = |key: &str| table.fault_at_key("id", format!("{} needs {key}", rule.id));
    match rule.nature {
        Nature::Limit if rule.limit == Limit::None => Err(missing(
            "limit and unit, or limit_from; a rule that states no limit says so by its nature, such as \"elapsed\"",
        )),
        Nature::Limit | Nature::Elapsed if rule.start.is_none() => Err(missing("start")),
        Nature::Limit | Nature::Elapsed if rule.stop.is_none() => Err(missing("stop")),
        Nature::Cadence if rule.cadence.is_none() => Err(missing("cadence")),
        Nature::Limit => Ok(()),
        _ if rule.limit != Limit::None => {
            Err(table.fault_at_key("limit", format!("{} has a limit, so its nature is \"limit\"", rule.id)))
        }
        _ => Ok(()),
    }
}

fn nature(table: &Table<'_>, limit: Option<&Limit>) -> Result<Nature, Fault> {
    let Some(node) = table.get("nature") else {
        // A rule with a start or a limit is one about time, whatever else is missing.
        let timed =
            limit != Some(&Limit::None) || table.has("start") || table.has("stop") || !table.has("cadence");
        return Ok(if timed { Nature::Limit } else { Nature::Cadence });
    };
    let text = node.text()?;
    let known = NATURES.iter().find(|(name, _)| *name == text).map(|(_, nature)| *nature);
    known.ok_or_else(|| {
        let all = NATURES.map(|(name, _)| name).join(", ");
        node.fault(format!("unknown nature {text:?}; they are {all}"))
    })
}

fn limit(table: &Table<'_>, words: &Vocabulary) -> Result<Limit, Fault> {
    match (table.get("limit"), table.get("limit_from")) {
        (Some(_), Some(node)) => Err(node.fault("limit and limit_from exclude each other")),
        (None, Some(node)) => {
            let text = node.text()?;
            let name = text.rsplit('.').next().unwrap_or(text);
            if name.is_empty() {
                return Err(node.fault("limit_from names an instant of the case, such as \"dossier.due_at\""));
            }
            Ok(Limit::From(name.to_owned()))
        }
        (Some(node), None) => {
            let (count, unit) = period(&node, table.get("unit"), words)?;
            Ok(Limit::Period { count, unit })
        }
        (None, None) => match table.get("unit") {
            Some(node) => Err(node.fault("a unit stands without a limit")),
            None => Ok(Limit::None),
        },
    }
}

fn target(table: &Table<'_>, words: &Vocabulary) -> Result<Option<(u32, Unit)>, Fault> {
    table.get("target").map(|node| period(&node, table.get("target_unit"), words)).transpose()
}

fn period(count: &Node<'_>, unit: Option<Node<'_>>, words: &Vocabulary) -> Result<(u32, Unit), Fault> {
    let whole = count.whole()?;
    let Some(number) = u32::try_from(whole).ok().filter(|_| (1..=COUNT_MAX).contains(&whole)) else {
        return Err(count.fault(format!("a limit is a number from 1 to {COUNT_MAX}")));
    };
    let Some(unit) = unit else {
        return Err(count.fault("a limit needs a unit"));
    };
    let name = unit.text()?;
    let known = words.unit(name).cloned().ok_or_else(|| {
        let all: Vec<&str> = words.units().collect();
        let known = all.join(", ");
        unit.fault(format!("unknown unit {name:?}; there are {known}, and those that [[unit]] declares"))
    })?;
    Ok((number, known))
}

pub(super) fn condition(node: &Node<'_>, words: &Vocabulary) -> Result<Condition, Fault> {
    words.condition(node.text()?).map_err(|wrong| node.fault_in_text(wrong.at, wrong.message))
}

fn moment(node: &Node<'_>, words: &Vocabulary) -> Result<Moment, Fault> {
    let text = node.text()?;
    let steps = words.steps(text).map_err(|wrong| node.fault_in_text(wrong.at, wrong.message))?;
    Ok(Moment { text: text.to_owned(), steps })
}

fn guarded(node: &Node<'_>, words: &Vocabulary) -> Result<(Condition, Moment), Fault> {
    let table = node.table()?;
    table.allow(&["when", "start"])?;
    Ok((condition(&table.need("when")?, words)?, moment(&table.need("start")?, words)?))
}

fn extend_by(table: &Table<'_>, words: &Vocabulary) -> Result<Option<String>, Fault> {
    let Some(node) = table.get("extend_by") else {
        return Ok(None);
    };
    let name = node.text()?;
    if words.knows_commitment(name) {
        return Ok(Some(name.to_owned()));
    }
    Err(node.fault(format!("unknown commitment {name:?}; declare it under [vocabulary] commitments")))
}

fn replaces(table: &Table<'_>, places: &BTreeMap<String, RuleIx>, faults: &mut Faults) -> Vec<RuleIx> {
    let names = faults.or_default(texts(table, "replaces"));
    let found = names.iter().map(|(name, node)| {
        let found = places.get(name).copied();
        found.ok_or_else(|| node.fault(format!("replaces {name:?}, which is no rule of this file")))
    });
    found.filter_map(|found| faults.keep(found)).collect()
}

fn actions(table: &Table<'_>, words: &Vocabulary, faults: &mut Faults) -> Vec<String> {
    let names = faults.or_default(texts(table, "on_breach"));
    for (name, node) in names.iter().filter(|(name, _)| !words.knows_action(name)) {
        faults.add(node.fault(unknown(0, "action", name, &[], "actions").message));
    }
    only(names)
}

fn cadence(table: &Table<'_>) -> Result<Option<Cadence>, Fault> {
    if !table.has("cadence") {
        return Ok(None);
    }
    let mut every = Vec::new();
    for (name, node) in texts(table, "cadence")? {
        if !CADENCES.contains(&name.as_str()) {
            return Err(node.fault(format!("unknown cadence {name:?}; they are {}", CADENCES.join(", "))));
        }
        every.push(name);
    }
    Ok(Some(Cadence {
        every,
        from: table.text("from")?,
        to: table.text("to")?,
        via: table.text("via")?,
        at: table.text("at")?,
    }))
}

/// A rule that in the end replaces itself would leave nothing.
fn cycles(nodes: &[Node<'_>], rules: &[Rule]) -> Result<(), Fault> {
    for (place, node) in nodes.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let mut path = vec![ix(place)];
        if leads_to(rules, ix(place), &mut path, &mut seen) {
            let names: Vec<&str> = path.iter().map(|ix| rules[usize::from(ix.0)].id.as_str()).collect();
            let message = format!("a cycle of replaces: {}", names.join(" → "));
            return Err(node.table()?.need("replaces")?.fault(message));
        }
    }
    Ok(())
}

/// Goes on from the end of the path until it meets `goal`; the path is then the cycle.
fn leads_to(rules: &[Rule], goal: RuleIx, path: &mut Vec<RuleIx>, seen: &mut BTreeSet<RuleIx>) -> bool {
    let Some(end) = path.last().copied() else {
        return false;
    };
    for next in &rules[usize::from(end.0)].replaces {
        path.push(*next);
        if *next == goal || (seen.insert(*next) && leads_to(rules, goal, path, seen)) {
            return true;
        }
        path.pop();
    }
    false
}

fn only(texts: Vec<(String, Node<'_>)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text).collect()
}
