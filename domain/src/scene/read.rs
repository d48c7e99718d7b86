//! Reads a file of scenes: whatever is wrong is said with its line, all of it at once. What a scene may be is the
//! business of [`super::rules`]; here a fault only finds its line.

use super::rules::{self, CanSplit, Field, SceneFault, Wrong};
use super::{Area, COLUMNS_WIDE, Panel, PanelKind, Scene};
use crate::document::{Fault, Faults, Node, Source, Table};
use crate::metric::Metric;
use crate::query::parse_group_key;

/// What a panel may say.
const PANEL_KEYS: [&str; 10] =
    ["kind", "title", "under", "metric", "by", "only", "from", "rows", "at", "wide"];
/// How many rows a list has that does not say.
pub const ROWS_DEFAULT: u8 = 8;

/// A scene as it stands in a file, with the places of its panels.
struct Read<'a> {
    scene: Scene,
    table: Table<'a>,
    panels: Vec<Table<'a>>,
}

/// The scenes of a file, in their order.
///
/// # Errors
/// Every fault with its place; at least one.
pub fn read(source: &Source, can_split: CanSplit<'_>) -> Result<Vec<Scene>, Vec<Fault>> {
    let root = source.parse().map_err(|fault| vec![fault])?;
    let table = root.table();
    let mut faults = Faults::default();
    table.allow_only(&["scene"], &mut faults);
    let each = faults.or_default(table.list("scene"));
    let read: Vec<Read<'_>> = each.iter().filter_map(|node| read_scene(node, &mut faults)).collect();
    let (scenes, places): (Vec<Scene>, Vec<_>) =
        read.into_iter().map(|read| (read.scene, (read.table, read.panels))).unzip();
    let is_whole = faults.is_empty();
    for fault in rules::faults(&scenes, can_split) {
        // Of scenes that could not be read nobody says how many there are.
        let is_told = is_whole || fault.field != Field::Scenes;
        // A place on a wide wall that nobody wrote is made of the other one, whose fault is said.
        let is_made = matches!(fault.wrong, Wrong::LeavesGrid(COLUMNS_WIDE));
        let is_written = |panel: usize| {
            let scene = fault.scene.and_then(|scene| places.get(scene));
            scene.and_then(|(_, panels)| panels.get(panel)).is_some_and(|table| table.has("wide"))
        };
        if is_told && (!is_made || fault.panel.is_some_and(is_written)) {
            faults.add(at_its_place(&fault, &table, &places));
        }
    }
    if faults.is_empty() { Ok(scenes) } else { Err(faults.into_sorted()) }
}

fn at_its_place(fault: &SceneFault, root: &Table<'_>, places: &[(Table<'_>, Vec<Table<'_>>)]) -> Fault {
    let scene = fault.scene.and_then(|scene| places.get(scene));
    let panel = fault.panel.and_then(|panel| scene?.1.get(panel));
    let table = panel.or(scene.map(|scene| &scene.0)).unwrap_or(root);
    match table.get(fault.field.key()) {
        Some(node) => node.fault(fault.wrong.to_string()),
        None => table.fault(fault.wrong.to_string()),
    }
}

fn read_scene<'a>(node: &Node<'a>, faults: &mut Faults) -> Option<Read<'a>> {
    let table = faults.keep(node.table())?;
    table.allow_only(&["name", "title", "seconds", "panel"], faults);
    let before = faults.len();
    let name = faults.or_default(table.need("name").and_then(|node| node.text().map(str::to_owned)));
    let title = faults.or_default(table.need("title").and_then(|node| node.label()));
    let seconds = faults.or_default(table.need("seconds").and_then(|node| node.whole()));
    let nodes = faults.or_default(table.list("panel"));
    let (mut panels, mut tables) = (Vec::new(), Vec::new());
    for node in &nodes {
        if let Some((panel, table)) = faults.keep(panel(node)) {
            panels.push(panel);
            tables.push(table);
        }
    }
    // What is too large for its kind of number is outside the rule's bounds too.
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    let scene = Scene { name, title, seconds, panels };
    (faults.len() == before).then_some(Read { scene, table, panels: tables })
}

fn panel<'a>(node: &Node<'a>) -> Result<(Panel, Table<'a>), Fault> {
    let table = node.table()?;
    table.allow(&PANEL_KEYS)?;
    let at = area(&table.need("at")?)?;
    let wide = table.get("wide").map(|node| area(&node)).transpose()?;
    let group_key =
        |node: Node<'_>| parse_group_key(node.text()?).map_err(|problem| node.fault(problem.detail));
    let rows = table.get("rows").map(|node| node.whole()).transpose()?;
    let panel = Panel {
        kind: kind(&table.need("kind")?)?,
        title: table.get("title").map(|node| node.label()).transpose()?,
        under: table.get("under").map(|node| node.label()).transpose()?,
        metrics: metrics(&table)?,
        by: table.get("by").map(group_key).transpose()?,
        filter: filter(&table)?,
        from: table.text("from")?,
        rows: rows.map_or(ROWS_DEFAULT, |rows| u8::try_from(rows).unwrap_or(0)),
        at,
        wide: wide.unwrap_or_else(|| at.stretched()),
    };
    Ok((panel, table))
}

fn kind(node: &Node<'_>) -> Result<PanelKind, Fault> {
    let name = node.text()?;
    PanelKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
        let all: Vec<&str> = PanelKind::ALL.into_iter().map(PanelKind::name).collect();
        node.fault(format!("{name:?} is no kind of panel; there are {}", all.join(", ")))
    })
}

/// One metric, or a list of them.
fn metrics(table: &Table<'_>) -> Result<Vec<Metric>, Fault> {
    let Some(node) = table.get("metric") else { return Ok(Vec::new()) };
    let nodes = if node.is_list() { node.list()? } else { vec![node.clone()] };
    nodes.iter().map(|node| node.text()?.parse().map_err(|()| node.fault("is no metric"))).collect()
}

fn filter(table: &Table<'_>) -> Result<Vec<(String, String)>, Fault> {
    let Some(only) = table.table("only")? else { return Ok(Vec::new()) };
    only.nodes().map(|(key, node)| Ok((key.to_owned(), node.text()?.to_owned()))).collect()
}

fn area(node: &Node<'_>) -> Result<Area, Fault> {
    let numbers: Vec<u8> = node
        .list()?
        .iter()
        .map(|node| u8::try_from(node.whole()?).map_err(|_| node.fault("is no place on the grid")))
        .collect::<Result<_, Fault>>()?;
    let &[column, row, columns, rows] = numbers.as_slice() else {
        return Err(node.fault("is not [first column, first row, columns, rows]"));
    };
    Ok(Area { column, row, columns, rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const HEAD: &str = "[[scene]]\nname = \"a\"\ntitle = \"A\"\nseconds = 30\n";

    fn read_text(text: &str) -> Result<Vec<Scene>, Vec<String>> {
        let source = Source::new(Path::new("scenes.toml"), text.to_owned());
        read(&source, &|_, _| true).map_err(|faults| faults.iter().map(ToString::to_string).collect())
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
