//! The `[city]` table: what is true of a city and is short enough to be written by hand.

use std::collections::BTreeMap;

use domain::alarm::Limits;
use domain::city::{City, Label, Placeholder, Publicity, Tree};
use domain::dimension::Dimension;
use domain::geo::{Extent, LatLng};
use jiff::tz::TimeZone;
use serde::Serialize;

use domain::document::{Fault, Node, Table};

/// How near a point must be to a placeholder when the city does not say: half of the last of four
/// decimals, about five metres.
const TOLERANCE_DEG: f64 = 0.000_05;

/// What the map of a city starts with. The browser reads it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MapSettings {
    /// What the first view must show; none is "wherever the cases are".
    pub view: Option<Extent>,
    /// What the union of the cells with cases is called, where no boundary ships.
    pub area: Option<Label>,
    /// Boundaries and water, in the order in which they are painted.
    pub layers: Vec<Layer>,
}

/// One GeoJSON file of the city's folder.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layer {
    /// `land`, `outline`, or the dimension whose codes its features carry.
    pub role: String,
    /// The file, relative to the city's folder.
    pub file: String,
    /// First day it holds.
    pub valid_from: Option<String>,
    /// Last day it holds.
    pub valid_to: Option<String>,
    /// Who drew it.
    pub attribution: String,
}

/// What a dimension is called in this city, where its own word differs from the product's.
pub type DimensionLabels = BTreeMap<String, Label>;

/// What people read for a source, by its name; a simulated one by what it stands for.
pub type SourceLabels = BTreeMap<String, Label>;

/// The real cases that `demo` replays.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The case file, relative to the city's folder.
    pub cases: String,
    /// The mapping's name.
    pub mapping: String,
    /// What came in before this instant is there from the start; RFC 3339.
    pub from: jiff::Timestamp,
    /// Where the replay ends and begins again.
    pub until: jiff::Timestamp,
    /// How many times faster than life.
    pub speed: f64,
}

/// All that `[city]` says.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) city: City,
    pub(super) map: MapSettings,
    pub(super) labels: DimensionLabels,
    pub(super) sources: SourceLabels,
    pub(super) replay: Option<Replay>,
}

const KEYS: [&str; 16] = [
    "code",
    "name",
    "zone",
    "due_soon_percent",
    "extent",
    "satisfied_permille",
    "ratings_min_answers",
    "public",
    "centre_agency",
    "effects_wait_minutes",
    "alarms",
    "placeholders",
    "dimension",
    "map",
    "source",
    "replay",
];

/// Reads the `[city]` table.
pub(super) fn read(table: &Table<'_>) -> Result<Settings, Fault> {
    table.allow(&KEYS)?;
    let code = read_code(&table.need("code")?)?;
    let mut city = City::bare(&code);
    if let Some(name) = table.get("name") {
        city.name = label(&name)?;
    }
    (city.zone_name, city.zone) = read_zone(&table.need("zone")?)?;
    if let Some(percent) = table.get("due_soon_percent") {
        city.due_soon_percent = read_percent(&percent)?;
    }
    if let Some(permille) = table.get("satisfied_permille") {
        city.satisfied_permille = from_to(&permille, 0, 1_000)?;
    }
    if let Some(least) = table.get("ratings_min_answers") {
        city.ratings_min_answers = from_to(&least, 1, 1_000)?;
    }
    if let Some(public) = table.table("public")? {
        city.public = read_publicity(&public)?;
    }
    if let Some(agency) = table.get("centre_agency") {
        city.centre_agency = Some(read_centre_agency(&agency)?);
    }
    if let Some(minutes) = table.get("effects_wait_minutes") {
        // Two hours: a wall that waits longer tells nobody of anything.
        city.effects_wait_secs = i64::from(from_to(&minutes, 0, 120)?) * 60;
    }
    if let Some(alarms) = table.table("alarms")? {
        city.alarms = read_alarms(&alarms)?;
    }
    if let Some(extent) = table.get("extent") {
        city.extent = read_extent(&extent)?;
    }
    city.placeholders = placeholders(table)?;
    let mut labels = DimensionLabels::new();
    if let Some(dimensions) = table.table("dimension")? {
        read_dimensions(&dimensions, &mut city, &mut labels)?;
    }
    let sources = table.list("source")?.iter().map(read_source).collect::<Result<_, _>>()?;
    let map = table.table("map")?.map(|map| read_map(&map)).transpose()?.unwrap_or_default();
    let replay = table.table("replay")?.map(|replay| read_replay(&replay)).transpose()?;
    Ok(Settings { city, map, labels, sources, replay })
}

/// The points that stand for "no location"; mappings have the same list.
pub(crate) fn placeholders(table: &Table<'_>) -> Result<Vec<Placeholder>, Fault> {
    let read_one = |node: &Node<'_>| -> Result<Placeholder, Fault> {
        let point = node.table()?;
        point.allow(&["lat", "lng", "tolerance_deg"])?;
        Ok(Placeholder {
            point: LatLng { lat: point.need_number("lat")?, lng: point.need_number("lng")? },
            tolerance_deg: point.number("tolerance_deg")?.unwrap_or(TOLERANCE_DEG),
        })
    };
    table.list("placeholders")?.iter().map(read_one).collect()
}

/// A time zone by its IANA name, from the database that the binary carries.
pub(crate) fn read_zone(node: &Node<'_>) -> Result<(String, TimeZone), Fault> {
    let name = node.text()?;
    match TimeZone::get(name) {
        Ok(zone) => Ok((name.to_owned(), zone)),
        Err(_) => Err(node.fault(format!(
            "{name:?} is no IANA time zone; write one such as \"Asia/Ho_Chi_Minh\" or \"America/Chicago\""
        ))),
    }
}

/// One text for both languages, or a table with `vi` and `en`.
fn label(node: &Node<'_>) -> Result<Label, Fault> {
    if let Some(text) = node.as_text() {
        return Ok(Label { vi: text.to_owned(), en: text.to_owned() });
    }
    let table = node.table()?;
    table.allow(&["vi", "en"])?;
    Ok(Label { vi: table.need("vi")?.text()?.to_owned(), en: table.need("en")?.text()?.to_owned() })
}

fn read_code(node: &Node<'_>) -> Result<String, Fault> {
    let code = node.text()?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if code.is_empty() || !code.chars().all(fits) {
        return Err(node.fault("code must be lower-case letters, digits, _ and -, such as \"hcmc\""));
    }
    Ok(code.to_owned())
}

fn read_percent(node: &Node<'_>) -> Result<u8, Fault> {
    u8::try_from(node.whole()?)
        .ok()
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| node.fault("due_soon_percent must be from 0 to 100"))
}

fn from_to(node: &Node<'_>, least: u16, most: u16) -> Result<u16, Fault> {
    let fits = u16::try_from(node.whole()?).ok().filter(|number| (least..=most).contains(number));
    fits.ok_or_else(|| node.fault(format!("{} must be from {least} to {most}", node.name())))
}

/// When alarms are many, and when much is unusual; what is not said is as for any city.
fn read_alarms(table: &Table<'_>) -> Result<Limits, Fault> {
    table.allow(&["flood_alarms", "surge_cases_min", "surge_percent"])?;
    let mut limits = Limits::default();
    if let Some(alarms) = table.get("flood_alarms") {
        limits.flood_alarms = from_to(&alarms, 1, 1_000)?;
    }
    if let Some(cases) = table.get("surge_cases_min") {
        limits.surge_cases_min = from_to(&cases, 1, 10_000)?;
    }
    if let Some(percent) = table.get("surge_percent") {
        // Below what is usual nothing is a surge.
        limits.surge_percent = from_to(&percent, 101, 10_000)?;
    }
    Ok(limits)
}

/// What anybody may be told of small groups.
fn read_publicity(table: &Table<'_>) -> Result<Publicity, Fault> {
    table.allow(&["small_count_min", "sensitive_fields"])?;
    let mut publicity = Publicity::default();
    if let Some(least) = table.get("small_count_min") {
        // Of a group of one or two, whoever is in it knows the other.
        publicity.small_count_min = from_to(&least, 3, 1_000)?;
    }
    if let Some(fields) = table.get("sensitive_fields") {
        let fields =
            fields.list()?.iter().map(|field| field.text().map(str::to_owned)).collect::<Result<_, _>>()?;
        publicity.sensitive_fields = Some(fields);
    }
    Ok(publicity)
}

/// A name among the agencies in which the place stands for itself.
fn read_centre_agency(node: &Node<'_>) -> Result<String, Fault> {
    let name = node.text()?;
    match name.matches("{place}").count() {
        1 => Ok(name.to_owned()),
        _ => Err(node.fault("centre_agency must hold {place} once, such as \"ubnd_{place}\"")),
    }
}

fn read_extent(node: &Node<'_>) -> Result<Extent, Fault> {
    let table = node.table()?;
    table.allow(&["south", "west", "north", "east"])?;
    let extent = Extent {
        south: table.need_number("south")?,
        west: table.need_number("west")?,
        north: table.need_number("north")?,
        east: table.need_number("east")?,
    };
    let corners_fit = Extent::WORLD.contains(LatLng { lat: extent.south, lng: extent.west })
        && Extent::WORLD.contains(LatLng { lat: extent.north, lng: extent.east });
    if !corners_fit || extent.south >= extent.north || extent.west >= extent.east {
        return Err(node.fault("an extent needs south < north within ±90 and west < east within ±180"));
    }
    Ok(extent)
}

fn read_dimensions(table: &Table<'_>, city: &mut City, labels: &mut DimensionLabels) -> Result<(), Fault> {
    for dimension in Dimension::ALL.map(Dimension::name) {
        let Some(settings) = table.table(dimension)? else { continue };
        settings.allow(&["label", "path_separator", "open"])?;
        if let Some(name) = settings.get("label") {
            labels.insert(dimension.to_owned(), label(&name)?);
        }
        let tree = Tree {
            path_separator: read_separator(&settings)?,
            open: settings.get("open").map(|open| open.truth()).transpose()?.unwrap_or(false),
            ..Tree::default()
        };
        city.catalogue.trees.insert(dimension.to_owned(), tree);
    }
    table.allow(&Dimension::ALL.map(Dimension::name))
}

fn read_separator(table: &Table<'_>) -> Result<Option<String>, Fault> {
    let Some(node) = table.get("path_separator") else { return Ok(None) };
    match node.text()? {
        "" => Err(node.fault("path_separator must not be empty; leave it out where codes are no paths")),
        text => Ok(Some(text.to_owned())),
    }
}

fn read_source(node: &Node<'_>) -> Result<(String, Label), Fault> {
    let table = node.table()?;
    table.allow(&["name", "label"])?;
    Ok((table.need("name")?.text()?.to_owned(), label(&table.need("label")?)?))
}

fn read_map(table: &Table<'_>) -> Result<MapSettings, Fault> {
    table.allow(&["view", "area", "layer"])?;
    Ok(MapSettings {
        view: table.get("view").map(|view| read_extent(&view)).transpose()?,
        area: table.get("area").map(|area| label(&area)).transpose()?,
        layers: table.list("layer")?.iter().map(read_layer).collect::<Result<_, _>>()?,
    })
}

fn read_layer(node: &Node<'_>) -> Result<Layer, Fault> {
    let table = node.table()?;
    table.allow(&["role", "file", "valid_from", "valid_to", "attribution"])?;
    let file = table.need("file")?;
    Ok(Layer {
        role: table.need("role")?.text()?.to_owned(),
        file: inside_folder(&file)?,
        valid_from: table.text("valid_from")?,
        valid_to: table.text("valid_to")?,
        attribution: table.text("attribution")?.unwrap_or_default(),
    })
}

/// A path that cannot lead out of the city's folder: such files are served to browsers.
fn inside_folder(node: &Node<'_>) -> Result<String, Fault> {
    let text = node.text()?;
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
    if text.split('/').all(plain) {
        Ok(text.to_owned())
    } else {
        Err(node.fault("the file must lie in the city's folder, such as \"boundaries/wards.geojson\""))
    }
}

fn read_replay(table: &Table<'_>) -> Result<Replay, Fault> {
    table.allow(&["cases", "mapping", "from", "until", "speed"])?;
    let from = table.need("from")?;
    let until = table.need("until")?;
    Ok(Replay {
        cases: inside_folder(&table.need("cases")?)?,
        mapping: table.need("mapping")?.text()?.to_owned(),
        from: instant(&from)?,
        until: instant(&until)?,
        speed: table.number("speed")?.unwrap_or(600.0),
    })
}

fn instant(node: &Node<'_>) -> Result<jiff::Timestamp, Fault> {
    let text = node.text()?;
    text.parse().map_err(|_| {
        node.fault(format!("{text:?} is not a time with an offset, such as 2015-10-01T00:00:00-04:00"))
    })
}
