//! Reads a file of scenes: whatever is wrong is said with its line, all of it at once.

use std::collections::BTreeSet;

use super::{
    Area, COLUMNS, COLUMNS_WIDE, LIST_ROWS, PANELS_MAX, Panel, PanelKind, RANKED_BY, RATES, ROWS, SCENES_MAX,
    SECONDS, Scene,
};
use crate::dimension::Dimension;
use crate::document::{Fault, Faults, Node, Source, Table};
use crate::metric::{Metric, MetricKind};
use crate::query::parse_group_key;
use crate::screen;

/// What a panel may say.
const PANEL_KEYS: [&str; 10] =
    ["kind", "title", "under", "metric", "by", "only", "from", "rows", "at", "wide"];
/// How many rows a list has that does not say.
const ROWS_DEFAULT: u8 = 8;
/// Longest heading, in characters: it is read from six metres.
const TITLE_CHARS_MAX: usize = 60;

/// The scenes of a file, in their order.
///
/// # Errors
/// Every fault with its place; at least one.
pub fn read(source: &Source) -> Result<Vec<Scene>, Vec<Fault>> {
    let root = source.parse().map_err(|fault| vec![fault])?;
    let table = root.table();
    let mut faults = Faults::default();
    table.allow_only(&["scene"], &mut faults);
    let each = faults.or_default(table.list("scene"));
    let mut scenes: Vec<Scene> = Vec::new();
    let mut names = BTreeSet::new();
    for node in &each {
        if let Some(scene) = read_scene(node, &mut faults) {
            if !names.insert(scene.name.clone()) {
                faults.add(node.fault(format!("there is another scene of the name {:?}", scene.name)));
            }
            scenes.push(scene);
        }
    }
    if faults.is_empty() && !(1..=SCENES_MAX).contains(&scenes.len()) {
        faults.add(table.fault(format!("a wall has 1 to {SCENES_MAX} scenes, not {}", scenes.len())));
    }
    if faults.is_empty() { Ok(scenes) } else { Err(faults.into_sorted()) }
}

fn read_scene(node: &Node<'_>, faults: &mut Faults) -> Option<Scene> {
    let table = faults.keep(node.table())?;
    table.allow_only(&["name", "title", "seconds", "panel"], faults);
    let before = faults.len();
    let name = faults.or_default(name(&table));
    let title = faults.or_default(table.need("title").and_then(|node| title(&node)));
    let seconds = faults.keep(seconds(&table));
    let nodes = faults.or_default(table.list("panel"));
    let panels: Vec<Option<(Panel, &Node<'_>)>> =
        nodes.iter().map(|node| faults.keep(panel(node)).map(|panel| (panel, node))).collect();
    let panels: Vec<(Panel, &Node<'_>)> = panels.into_iter().flatten().collect();
    if !(1..=PANELS_MAX).contains(&nodes.len()) {
        faults.add(table.fault(format!("a scene has 1 to {PANELS_MAX} panels, not {}", nodes.len())));
    }
    for (place, (panel, node)) in panels.iter().enumerate() {
        let earlier = || panels.iter().take(place);
        if earlier().any(|(other, _)| other.at.overlaps(panel.at)) {
            faults.add(node.fault("stands on another panel of its scene (at)"));
        }
        if earlier().any(|(other, _)| other.wide.overlaps(panel.wide)) {
            faults.add(node.fault("stands on another panel of its scene on a wide wall (wide)"));
        }
    }
    let panels = panels.into_iter().map(|(panel, _)| panel).collect();
    (faults.len() == before).then_some(Scene { name, title, seconds: seconds.unwrap_or_default(), panels })
}

fn name(table: &Table<'_>) -> Result<String, Fault> {
    let node = table.need("name")?;
    let name = node.text()?;
    if name == screen::PLAYLIST {
        return Err(node.fault(format!("{name:?} stands for all scenes in turn")));
    }
    screen::scene(name).map(str::to_owned).map_err(|why| node.fault(format!("{name:?} {why}")))
}

fn title(node: &Node<'_>) -> Result<crate::city::Label, Fault> {
    let label = node.label()?;
    for text in [&label.vi, &label.en] {
        if text.trim().is_empty() || text.chars().count() > TITLE_CHARS_MAX || text.contains(char::is_control)
        {
            let what = format!("{} is 1 to {TITLE_CHARS_MAX} characters on one line", node.name());
            return Err(node.fault(what));
        }
    }
    Ok(label)
}

fn seconds(table: &Table<'_>) -> Result<u32, Fault> {
    let node = table.need("seconds")?;
    let seconds = u32::try_from(node.whole()?).ok().filter(|seconds| SECONDS.contains(seconds));
    seconds
        .ok_or_else(|| node.fault(format!("a scene stands {} to {} seconds", SECONDS.start(), SECONDS.end())))
}

fn panel(node: &Node<'_>) -> Result<Panel, Fault> {
    let table = node.table()?;
    table.allow(&PANEL_KEYS)?;
    let kind = kind(&table.need("kind")?)?;
    let metrics = metrics(&table, kind)?;
    let by = table.get("by").map(|node| by(&node)).transpose()?;
    match (kind.is_split(), by) {
        (true, None) => return Err(table.fault(format!("a panel of the kind {:?} needs by", kind.name()))),
        (false, Some(_)) => return Err(not_taken(&table, kind, "by")),
        _ => {}
    }
    let filter = filter(&table, kind)?;
    let from = table.get("from").map(|node| from(&node)).transpose()?;
    if from.is_some() && !kind.has_period() {
        return Err(not_taken(&table, kind, "from"));
    }
    let at = area(&table.need("at")?, COLUMNS)?;
    let wide = table.get("wide").map(|node| area(&node, COLUMNS_WIDE)).transpose()?;
    Ok(Panel {
        kind,
        title: table.get("title").map(|node| title(&node)).transpose()?,
        under: table.get("under").map(|node| title(&node)).transpose()?,
        metrics,
        by,
        filter,
        from,
        rows: table.get("rows").map_or(Ok(ROWS_DEFAULT), |node| rows(&node))?,
        at,
        wide: wide.unwrap_or(at.stretched()),
    })
}

fn not_taken(table: &Table<'_>, kind: PanelKind, key: &str) -> Fault {
    table.fault_at_key(key, format!("a panel of the kind {:?} takes no {key}", kind.name()))
}

fn kind(node: &Node<'_>) -> Result<PanelKind, Fault> {
    let name = node.text()?;
    PanelKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
        let all: Vec<&str> = PanelKind::ALL.into_iter().map(PanelKind::name).collect();
        node.fault(format!("{name:?} is no kind of panel; there are {}", all.join(", ")))
    })
}

/// One metric, or a list of them.
fn metrics(table: &Table<'_>, kind: PanelKind) -> Result<Vec<Metric>, Fault> {
    let (fewest, most) = kind.metrics();
    let Some(node) = table.get("metric") else {
        let what = || table.fault(format!("a panel of the kind {:?} needs metric", kind.name()));
        return if fewest == 0 { Ok(Vec::new()) } else { Err(what()) };
    };
    if most == 0 {
        return Err(not_taken(table, kind, "metric"));
    }
    let nodes = if node.is_list() { node.list()? } else { vec![node.clone()] };
    if !(fewest.max(1)..=most).contains(&nodes.len()) {
        let what = format!("a panel of the kind {:?} takes {fewest} to {most} metrics", kind.name());
        return Err(node.fault(what));
    }
    let mut metrics = Vec::new();
    for node in &nodes {
        let metric: Metric = node.text()?.parse().map_err(|()| node.fault("is no metric"))?;
        let fits = match kind {
            PanelKind::Ranked => RANKED_BY.contains(&metric),
            PanelKind::Rates => RATES.iter().any(|(rate, _)| *rate == metric),
            PanelKind::Days => metric.kind() == MetricKind::Flow && !is_of_rates(metric),
            PanelKind::Shares | PanelKind::Map => !is_of_rates(metric),
            _ => true,
        };
        if !fits || metrics.contains(&metric) {
            let what = format!("a panel of the kind {:?} cannot show {} here", kind.name(), metric.name());
            return Err(node.fault(what));
        }
        metrics.push(metric);
    }
    Ok(metrics)
}

/// Whether it is no count: parts of it cannot be added up.
fn is_of_rates(metric: Metric) -> bool {
    let name = metric.name();
    name.ends_with("_rate") || name.contains("score") || name.contains("hours")
}

fn by(node: &Node<'_>) -> Result<crate::query::GroupKey, Fault> {
    parse_group_key(node.text()?).map_err(|problem| node.fault(problem.detail))
}

fn filter(table: &Table<'_>, kind: PanelKind) -> Result<Vec<(String, String)>, Fault> {
    let Some(only) = table.get("only") else { return Ok(Vec::new()) };
    if !kind.is_filtered() {
        return Err(not_taken(table, kind, "only"));
    }
    only.table()?
        .nodes()
        .map(|(key, node)| {
            key.parse::<Dimension>().map_err(|()| node.fault(format!("{key:?} is no dimension")))?;
            Ok((key.to_owned(), node.text()?.to_owned()))
        })
        .collect()
}

/// `today` or `today-29d`.
fn from(node: &Node<'_>) -> Result<String, Fault> {
    let text = node.text()?;
    let is_day = text.strip_prefix("today").is_some_and(|rest| {
        let days = rest.strip_prefix('-').and_then(|days| days.strip_suffix('d'));
        rest.is_empty() || days.and_then(|days| days.parse::<u16>().ok()).is_some_and(|days| days <= 366)
    });
    if is_day {
        Ok(text.to_owned())
    } else {
        Err(node.fault("is neither \"today\" nor \"today-29d\" (366 days at most)"))
    }
}

fn rows(node: &Node<'_>) -> Result<u8, Fault> {
    let rows = u8::try_from(node.whole()?).ok().filter(|rows| LIST_ROWS.contains(rows));
    rows.ok_or_else(|| node.fault(format!("a list has {} to {} rows", LIST_ROWS.start(), LIST_ROWS.end())))
}

fn area(node: &Node<'_>, columns: u8) -> Result<Area, Fault> {
    let numbers: Vec<u8> = node
        .list()?
        .iter()
        .map(|node| u8::try_from(node.whole()?).map_err(|_| node.fault("is no place on the grid")))
        .collect::<Result<_, Fault>>()?;
    let &[column, row, many, rows] = numbers.as_slice() else {
        return Err(node.fault("is not [first column, first row, columns, rows]"));
    };
    let area = Area { column, row, columns: many, rows };
    if area.fits(columns) {
        Ok(area)
    } else {
        Err(node.fault(format!("leaves the grid of {columns} columns and {ROWS} rows, counted from 1")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const HEAD: &str = "[[scene]]\nname = \"a\"\ntitle = \"A\"\nseconds = 30\n";

    fn read_text(text: &str) -> Result<Vec<Scene>, Vec<String>> {
        let source = Source::new(Path::new("scenes.toml"), text.to_owned());
        read(&source).map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    /// A file whose only panel says this.
    #[track_caller]
    fn check(panel: &str, want: &str) {
        let text = format!("{HEAD}[[scene.panel]]\n{panel}\n");
        let faults = read_text(&text).err().unwrap_or_default();
        if want.is_empty() {
            assert_eq!(faults, Vec::<String>::new(), "{panel}");
        } else {
            assert!(faults.len() == 1 && faults[0].contains(want), "{panel}: {faults:?}");
        }
    }

    #[test]
    fn each_kind_takes_what_it_needs_and_nothing_else() {
        let at = "at = [1, 1, 24, 12]";
        for (panel, want) in [
            ("kind = \"numbers\"", ""),
            ("kind = \"numbers\"\nmetric = \"open\"", "takes no metric"),
            ("kind = \"map\"\nmetric = \"open\"\nonly = { district = \"1\" }", ""),
            ("kind = \"map\"", "needs metric"),
            ("kind = \"map\"\nmetric = \"opne\"", "is no metric"),
            ("kind = \"map\"\nmetric = \"open\"\nonly = { street = \"1\" }", "\"street\" is no dimension"),
            ("kind = \"map\"\nmetric = \"hours_to_resolve_p50\"", "cannot show"),
            ("kind = \"ranked\"\nby = \"agency:1\"", ""),
            ("kind = \"ranked\"", "needs by"),
            ("kind = \"ranked\"\nby = \"officer\"", "by right only"),
            ("kind = \"ranked\"\nby = \"agency\"\nmetric = \"received\"", "cannot show received"),
            ("kind = \"shares\"\nby = \"channel\"\nmetric = \"received\"\nfrom = \"today-29d\"", ""),
            ("kind = \"shares\"\nby = \"channel\"\nmetric = \"received\"\nfrom = \"monday\"", "neither"),
            ("kind = \"rates\"\nby = \"agency:1\"\nmetric = \"satisfaction_rate\"", ""),
            ("kind = \"rates\"\nby = \"agency:1\"\nmetric = \"open\"", "cannot show open"),
            ("kind = \"figures\"\nmetric = [\"open\", \"overdue\"]", ""),
            ("kind = \"figures\"\nmetric = [\"open\", \"open\"]", "cannot show open"),
            ("kind = \"days\"\nmetric = [\"received\", \"resolved\"]\nfrom = \"today-29d\"", ""),
            ("kind = \"days\"\nmetric = [\"received\"]", "takes 2 to 2 metrics"),
            ("kind = \"days\"\nmetric = [\"received\", \"open\"]", "cannot show open"),
            ("kind = \"longest\"\nrows = 12", ""),
            ("kind = \"longest\"\nrows = 0", "a list has 1 to 40 rows"),
            ("kind = \"longest\"\nby = \"agency\"", "takes no by"),
            ("kind = \"surge\"\nby = \"ward\"", ""),
            ("kind = \"alarms\"\nrows = 6", ""),
            ("kind = \"alarms\"\nonly = { district = \"1\" }", "takes no only"),
            ("kind = \"clock\"", "is no kind of panel"),
            ("kind = \"newest\"\ncolour = \"red\"", "has no key \"colour\""),
        ] {
            check(&format!("{panel}\n{at}"), want);
        }
    }

    #[test]
    fn a_panel_stands_in_the_grid_and_on_no_other() {
        check("kind = \"newest\"\nat = [2, 1, 24, 12]", "leaves the grid of 24 columns");
        check("kind = \"newest\"\nat = [1, 1, 24]", "is not [first column");
        check("kind = \"newest\"\nat = [1, 1, 24, 12]\nwide = [1, 1, 49, 12]", "leaves the grid of 48");
        check(
            "kind = \"newest\"\nat = [1, 1, 12, 12]\n[[scene.panel]]\nkind = \"longest\"\nat = [13, 1, 12, 12]",
            "",
        );
        let text = format!(
            "{HEAD}[[scene.panel]]\nkind = \"newest\"\nat = [1, 1, 12, 12]\n[[scene.panel]]\nkind = \"longest\"\nat = [12, 1, 12, 12]\n"
        );
        let faults = read_text(&text).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("stands on another panel"), "{faults:?}");
    }

    #[test]
    fn every_fault_of_a_file_is_said_at_once() {
        let text = "[[scene]]\nname = \"A b\"\ntitle = \"\"\nseconds = 1\n\n[[scene]]\nname = \"b\"\nseconds = 30\ntitle = \"B\"\n";
        let faults = read_text(text).unwrap_err();
        for (fault, want) in faults.iter().zip(["no panels", "scene", "title", "seconds", "panels"]) {
            assert!(!fault.is_empty(), "{want}");
        }
        let all = faults.join("\n");
        for want in ["\"A b\" is not", "1 to 60 characters", "5 to 3600 seconds", "1 to 12 panels"] {
            assert!(all.contains(want), "{want} in {all}");
        }
    }

    #[test]
    fn two_scenes_have_two_names_and_a_file_has_at_least_one() {
        let one = format!("{HEAD}[[scene.panel]]\nkind = \"newest\"\nat = [1, 1, 24, 12]\n");
        assert_eq!(read_text(&one).unwrap().len(), 1);
        assert!(read_text(&format!("{one}{one}")).unwrap_err()[0].contains("another scene of the name"));
        assert!(read_text("").unwrap_err()[0].contains("1 to 32 scenes, not 0"));
    }

    #[test]
    fn a_panel_without_a_place_on_a_wide_wall_is_stretched() {
        let text = format!("{HEAD}[[scene.panel]]\nkind = \"newest\"\nat = [7, 1, 6, 12]\n");
        let scenes = read_text(&text).unwrap();
        assert_eq!(scenes[0].panels[0].wide, Area { column: 13, row: 1, columns: 12, rows: 12 });
    }
}
