//! Reading a calendar: `[calendar.default]`, further `[calendar.<name>]` with a validity, and the
//! lists of holidays that they name.

mod holidays;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};

use super::table::{Hours, Plan, Table as Computed};
use super::{Calendar, DAY_MICROS, Day, DayKind, Known, Note};
use crate::city::Label;
use crate::document::{Fault, Node, Source, Table};

/// What gives the text of a file that a calendar names, or says why it cannot.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<String, String>;

const KEYS: [&str; 12] = [
    "zone",
    "utc_offset",
    "weekdays",
    "intervals",
    "half_days",
    "holidays",
    "holidays_known",
    "non_working",
    "working",
    "due_soon_fraction",
    "valid_from",
    "valid_to",
];

/// One `[calendar.<name>]`.
struct Period {
    name: String,
    from: Option<Day>,
    to: Option<Day>,
    weekdays: [bool; 7],
    hours: Vec<Hours>,
    half_days: BTreeMap<u8, Vec<Hours>>,
    days: BTreeMap<Day, DayRule>,
}

/// What a list says of one day.
struct DayRule {
    hours: Option<Vec<Hours>>,
    works: bool,
    note: Option<Note>,
}

impl Calendar {
    /// Reads a calendar file. `path` is what faults call it; `files` gives the lists that it names.
    ///
    /// # Errors
    /// With line and column.
    pub fn parse(path: &Path, text: &str, files: Files<'_>) -> Result<Self, Fault> {
        let source = Source::new(path, text.to_owned());
        let root = source.parse()?;
        root.table().allow(&["calendar"])?;
        Self::read(&root.table().need("calendar")?.table()?, files)
    }

    /// Reads the `[calendar]` of any file.
    ///
    /// # Errors
    /// With line and column.
    pub fn read(calendars: &Table<'_>, files: Files<'_>) -> Result<Self, Fault> {
        let default = calendars.need("default")?.table()?;
        let (zone_name, zone) = zone(&default)?;
        let mut known = None;
        let mut periods = Vec::new();
        for (name, node) in calendars.nodes() {
            let table = node.table()?;
            table.allow(&KEYS)?;
            let shared = ["zone", "utc_offset", "due_soon_fraction", "holidays_known"];
            if let Some(key) = shared.into_iter().find(|key| name != "default" && table.has(key)) {
                let message =
                    format!("{key} is of the whole calendar: it stands in [calendar.default] alone");
                return Err(table.fault_at_key(key, message));
            }
            periods.push(period(name, &node, &table, files, &mut known)?);
        }
        let overlap = first_overlap(&periods);
        if let Some((first, second)) = overlap {
            let message = format!("{second} and {first} are valid on the same days");
            return Err(calendars.fault_at_key(second, message));
        }
        if let Some(stated) = default.table("holidays_known")? {
            stated.allow(&["from", "to"])?;
            let (from, to) = (stated.need("from")?.date()?, stated.need("to")?.date()?);
            if to < from {
                return Err(stated.fault(format!("holidays_known ends on {to}, before it starts on {from}")));
            }
            known = Some(Known { from, to });
        }
        let due_soon_ppm = default.get("due_soon_fraction").map(|node| fraction_ppm(&node)).transpose()?;
        // The default is asked last.
        periods.sort_by_key(|period| period.name == "default");
        let table = Computed::new(&zone, |day| plan(&periods, day));
        Ok(Self { zone_name, zone, due_soon_ppm, known, table })
    }
}

/// A share of a limit, from 0 to 1, in millionths.
pub(crate) fn fraction_ppm(node: &Node<'_>) -> Result<u32, Fault> {
    let fraction = node.number()?;
    if !(0.0..=1.0).contains(&fraction) {
        return Err(node.fault(format!("{} must lie between 0 and 1", node.name())));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and a million.
    Ok((fraction * 1e6).round() as u32)
}

fn zone(table: &Table<'_>) -> Result<(String, TimeZone), Fault> {
    match (table.get("zone"), table.get("utc_offset")) {
        (Some(node), None) => {
            let name = node.text()?;
            let zone = TimeZone::get(name).map_err(|_| {
                node.fault(format!("no time zone {name:?}; an IANA name such as Asia/Ho_Chi_Minh"))
            })?;
            Ok((name.to_owned(), zone))
        }
        (None, Some(node)) => {
            let text = node.text()?;
            let offset = offset(text)
                .ok_or_else(|| node.fault(format!("{text:?} is no offset such as \"+07:00\"")))?;
            Ok((format!("UTC{text}"), TimeZone::fixed(offset)))
        }
        (Some(_), Some(node)) => Err(node.fault("zone and utc_offset exclude each other")),
        (None, None) => Err(table.fault("[calendar.default] needs zone (an IANA name) or utc_offset")),
    }
}

fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().filter(|_| (0..60).contains(&minutes))
}

fn period(
    name: &str,
    node: &Node<'_>,
    table: &Table<'_>,
    files: Files<'_>,
    known: &mut Option<Known>,
) -> Result<Period, Fault> {
    let (from, to) = (table.date("valid_from")?, table.date("valid_to")?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        let message = format!("[calendar.{name}] ends on {to}, before it starts on {from}");
        return Err(table.fault_at_key("valid_to", message));
    }
    if name != "default" && from.is_none() && to.is_none() {
        return Err(node.fault(format!("[calendar.{name}] needs valid_from or valid_to")));
    }
    let hours = table.need("intervals")?;
    let mut period = Period {
        name: name.to_owned(),
        from: from.map(Day::of),
        to: to.map(Day::of),
        weekdays: [false; 7],
        hours: intervals(&hours)?,
        half_days: BTreeMap::new(),
        days: BTreeMap::new(),
    };
    if period.hours.is_empty() {
        return Err(hours.fault("a working day needs at least one interval"));
    }
    for (text, node) in table.need("weekdays")?.texts()? {
        period.weekdays[usize::from(weekday(&text).ok_or_else(|| no_weekday(&node, &text))?)] = true;
    }
    if let Some(halves) = table.table("half_days")? {
        for (text, node) in halves.nodes() {
            let day = weekday(text).ok_or_else(|| no_weekday(&node, text))?;
            period.half_days.insert(day, intervals(&node)?);
        }
    }
    if !period.weekdays.contains(&true) && period.half_days.is_empty() {
        return Err(table.fault_at_key("weekdays", "a calendar needs a day of the week that is worked"));
    }
    for (file, node) in table.get("holidays").map_or(Ok(Vec::new()), |node| node.texts())? {
        let text = files(&file).map_err(|error| node.fault(format!("{file}: {error}")))?;
        let list = holidays::read(Path::new(&file), &text)?;
        *known = known.or(list.known);
        period.days.extend(list.days);
    }
    // What the calendar itself says of a day wins over the lists.
    for (key, works) in [("non_working", false), ("working", true)] {
        for node in table.list(key)? {
            let (date, rule) = day_rule(&node, works)?;
            if period
                .days
                .get(&Day::of(date))
                .is_some_and(|known| known.works != works && known.note.is_none())
            {
                return Err(node.fault(format!("{date} is both worked and not worked")));
            }
            period.days.insert(Day::of(date), rule);
        }
    }
    Ok(period)
}

/// `"2024-05-04"`, or `{ date = "2024-05-04", name = …, intervals = […] }`.
fn day_rule(node: &Node<'_>, works: bool) -> Result<(Date, DayRule), Fault> {
    if !node.is_table() {
        return Ok((node.date()?, DayRule { hours: None, works, note: None }));
    }
    let table = node.table()?;
    table.allow(if works { &["date", "name", "intervals"] } else { &["date", "name"] })?;
    let note = table.get("name").map(|node| node.label()).transpose()?;
    let note = note.map(|name| Note { name, announced: true });
    let hours = table.get("intervals").map(|node| intervals(&node)).transpose()?;
    Ok((table.need("date")?.date()?, DayRule { hours, works, note }))
}

fn weekday(text: &str) -> Option<u8> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    names.iter().position(|name| *name == text).and_then(|place| u8::try_from(place).ok())
}

fn no_weekday(node: &Node<'_>, text: &str) -> Fault {
    node.fault(format!("{text:?} is no day of the week; they are mon, tue, wed, thu, fri, sat, sun"))
}

/// `["08:00-12:00", "13:00-17:00"]`: ascending, apart from each other.
fn intervals(node: &Node<'_>) -> Result<Vec<Hours>, Fault> {
    let mut all: Vec<Hours> = Vec::new();
    for (text, node) in node.texts()? {
        let hours = text.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)));
        let Some((from, to)) = hours.filter(|(from, to)| from < to) else {
            return Err(node.fault(format!("{text:?} is no interval such as \"08:00-12:00\"")));
        };
        if all.last().is_some_and(|(_, end)| *end > from) {
            return Err(node.fault(format!("{text} begins before the interval ahead of it ends")));
        }
        all.push((from, to));
    }
    Ok(all)
}

/// `08:00` or `08:00:00` in microseconds; `24:00` is the end of a day.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.trim().split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let second: i64 = parts.next().map_or(Ok(0), str::parse).ok()?;
    let fits = (0..=24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    let micros = ((hour * 60 + minute) * 60 + second) * 1_000_000;
    (fits && micros <= DAY_MICROS && parts.next().is_none()).then_some(micros)
}

fn first_overlap(periods: &[Period]) -> Option<(&str, &str)> {
    let dated: Vec<&Period> = periods.iter().filter(|period| period.name != "default").collect();
    dated.iter().enumerate().find_map(|(place, first)| {
        let second = dated[place + 1..].iter().find(|second| {
            first.from.is_none_or(|from| second.to.is_none_or(|to| from <= to))
                && second.from.is_none_or(|from| first.to.is_none_or(|to| from <= to))
        })?;
        Some((first.name.as_str(), second.name.as_str()))
    })
}

fn plan(periods: &[Period], day: Day) -> Plan<'_> {
    let period = periods
        .iter()
        .find(|period| period.from.is_none_or(|from| from <= day) && period.to.is_none_or(|to| day <= to));
    let Some(period) = period else {
        return Plan { kind: DayKind::Weekend, hours: &[], note: None };
    };
    let weekday = place_in_week(day.weekday());
    let by_week = match period.half_days.get(&weekday) {
        Some(hours) => hours.as_slice(),
        None if period.weekdays[usize::from(weekday)] => period.hours.as_slice(),
        None => &[],
    };
    // A day that only the default lists counts in every period: a holiday is one in all of them.
    let listed = period.days.get(&day).or_else(|| periods.last().and_then(|default| default.days.get(&day)));
    let Some(rule) = listed else {
        let kind = if by_week.is_empty() { DayKind::Weekend } else { DayKind::Working };
        return Plan { kind, hours: by_week, note: None };
    };
    let note = rule.note.as_ref();
    match (rule.works, &rule.hours) {
        (false, _) => Plan { kind: DayKind::Holiday, hours: &[], note },
        (true, Some(hours)) => Plan { kind: DayKind::MakeUp, hours, note },
        (true, None) if by_week.is_empty() => Plan { kind: DayKind::MakeUp, hours: &period.hours, note },
        (true, None) => Plan { kind: DayKind::Working, hours: by_week, note },
    }
}

fn place_in_week(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

/// The name of a listed day.
fn named(vi: &str, en: &str, announced: bool) -> Option<Note> {
    let name = Label { vi: vi.to_owned(), en: en.to_owned() };
    (!vi.is_empty() || !en.is_empty()).then_some(Note { name, announced })
}
