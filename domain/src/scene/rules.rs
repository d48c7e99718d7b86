//! The rules of scenes, in one place: a city's file, a saved version and the editor's form are all held to these.
//! Each fault names the scene, the panel and the field that it is about.

use std::collections::BTreeSet;
use std::fmt;

use super::{
    Area, COLUMNS, COLUMNS_WIDE, LIST_ROWS, PANELS_MAX, Panel, PanelKind, RANKED_BY, RATES, ROWS, SCENES_MAX,
    SECONDS, Scene,
};
use crate::city::{Catalogue, Label};
use crate::dimension::Dimension;
use crate::metric::{Metric, MetricKind};
use crate::query::{GroupKey, codes_of, parse_group_key};
use crate::screen;

/// Longest heading, in characters: it is read from six metres.
pub const TITLE_CHARS_MAX: usize = 60;
/// The furthest day that a panel counts from, in days before today.
pub const FROM_DAYS_MAX: u16 = 366;
/// Longest code of a filter, in characters.
pub const CODE_CHARS_MAX: usize = 64;
/// Most dimensions that a panel is filtered by.
pub const FILTERS_MAX: usize = 8;

/// What of a scene or a panel a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The list of scenes.
    Scenes,
    /// A scene's name.
    Name,
    /// The heading of a scene or a panel.
    Title,
    /// How long a scene stands.
    Seconds,
    /// A scene's panels.
    Panels,
    /// The line under a heading.
    Under,
    /// What is counted.
    Metrics,
    /// What it is split by.
    By,
    /// What alone is counted.
    Filter,
    /// From which day on.
    From,
    /// How many rows.
    Rows,
    /// The place on a wall.
    At,
    /// The place on a wide wall.
    Wide,
}

impl Field {
    /// The key in a city's file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Scenes => "scene",
            Self::Panels => "panel",
            Self::Metrics => "metric",
            Self::Filter => "only",
            other => other.member(),
        }
    }

    /// The member in JSON.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Scenes => "scenes",
            Self::Name => "name",
            Self::Title => "title",
            Self::Seconds => "seconds",
            Self::Panels => "panels",
            Self::Under => "under",
            Self::Metrics => "metrics",
            Self::By => "by",
            Self::Filter => "filter",
            Self::From => "from",
            Self::Rows => "rows",
            Self::At => "at",
            Self::Wide => "wide",
        }
    }
}

/// What is wrong. Its own words are those of a file's reader; a page says it in its reader's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // Each is explained by its sentence.
pub enum Wrong {
    #[error("a wall has 1 to {SCENES_MAX} scenes, not {0}")]
    HowManyScenes(usize),
    #[error("{0:?} stands for all scenes in turn")]
    NameOfPlaylist(String),
    #[error("{0:?} is not 1 to {max} of a-z, 0-9 and -", max = screen::SCENE_BYTES_MAX)]
    Name(String),
    #[error("there is another scene of the name {0:?}")]
    NameTaken(String),
    #[error("{key} is 1 to {TITLE_CHARS_MAX} characters on one line", key = .0.key())]
    Text(Field),
    #[error("a scene stands {} to {} seconds", SECONDS.start(), SECONDS.end())]
    Seconds,
    #[error("a scene has 1 to {PANELS_MAX} panels, not {0}")]
    HowManyPanels(usize),
    #[error("a panel of the kind {:?} needs {}", .0.name(), .1.key())]
    Needs(PanelKind, Field),
    #[error("a panel of the kind {:?} takes no {}", .0.name(), .1.key())]
    Takes(PanelKind, Field),
    #[error("a panel of the kind {:?} takes {} to {} metrics", .0.name(), .0.metrics().0, .0.metrics().1)]
    HowManyMetrics(PanelKind),
    #[error("a panel of the kind {:?} cannot show {} here", .0.name(), .1.name())]
    CannotShow(PanelKind, Metric),
    #[error("{} cannot be split by {by}", metric.name())]
    CannotSplit { metric: Metric, by: GroupKey },
    #[error("{0}")]
    By(String),
    #[error("{0:?} is no dimension")]
    Dimension(String),
    #[error(
        "a filter names each of at most {FILTERS_MAX} dimensions once, with 1 to {CODE_CHARS_MAX} characters on one line"
    )]
    Filter,
    #[error("the catalogue of {dimension:?} has no {code:?}")]
    Code { dimension: String, code: String },
    #[error("is neither \"today\" nor \"today-29d\" ({FROM_DAYS_MAX} days at most)")]
    From,
    #[error("a list has {} to {} rows", LIST_ROWS.start(), LIST_ROWS.end())]
    Rows,
    #[error("leaves the grid of {0} columns and {ROWS} rows, counted from 1")]
    LeavesGrid(u8),
    #[error("{}", on_another(.0))]
    OnAnother(Field),
}

const fn on_another(field: &Field) -> &'static str {
    match field {
        Field::Wide => "stands on another panel of its scene on a wide wall (wide)",
        _ => "stands on another panel of its scene (at)",
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneFault {
    /// Which scene, from 0; none where it is about all.
    pub scene: Option<usize>,
    /// Which of its panels, from 0.
    pub panel: Option<usize>,
    /// What of it.
    pub field: Field,
    /// What is wrong.
    pub wrong: Wrong,
}

impl SceneFault {
    /// The place in JSON: `scenes[0].panels[2].by`.
    #[must_use]
    pub fn path(&self) -> String {
        let member = self.field.member();
        match (self.scene, self.panel) {
            (Some(scene), Some(panel)) => format!("scenes[{scene}].panels[{panel}].{member}"),
            (Some(scene), None) => format!("scenes[{scene}].{member}"),
            (None, _) => member.to_owned(),
        }
    }
}

impl fmt::Display for SceneFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.wrong)
    }
}

/// Whether a metric has what it would be split by; the registry of metrics knows.
pub type CanSplit<'a> = &'a dyn Fn(Metric, GroupKey) -> bool;

/// Everything that is wrong with a playlist, in its order.
#[must_use]
pub fn faults(scenes: &[Scene], can_split: CanSplit<'_>) -> Vec<SceneFault> {
    let mut found = Vec::new();
    if !(1..=SCENES_MAX).contains(&scenes.len()) {
        let wrong = Wrong::HowManyScenes(scenes.len());
        found.push(SceneFault { scene: None, panel: None, field: Field::Scenes, wrong });
    }
    let mut names = BTreeSet::new();
    for (place, scene) in scenes.iter().enumerate() {
        let mut say = |panel: Option<usize>, field: Field, wrong: Wrong| {
            found.push(SceneFault { scene: Some(place), panel, field, wrong });
        };
        of_scene(scene, can_split, &mut say);
        if !names.insert(scene.name.as_str()) {
            say(None, Field::Name, Wrong::NameTaken(scene.name.clone()));
        }
    }
    found
}

/// The filters of a playlist that ask for what the city's catalogue does not have: a panel that would stay empty.
#[must_use]
pub fn unknown_codes(scenes: &[Scene], catalogue: &Catalogue) -> Vec<SceneFault> {
    let mut found = Vec::new();
    for (place, scene) in scenes.iter().enumerate() {
        for (panel, of) in scene.panels.iter().enumerate() {
            for (key, codes) in &of.filter {
                let Ok(dimension) = key.parse::<Dimension>() else { continue };
                // `=` asks for the code alone, and an empty one for cases that have none.
                let has_paths = catalogue.tree(dimension).is_some_and(|tree| tree.path_separator.is_some());
                let is_known = |code: &str| code.is_empty() || has_paths || catalogue.knows(dimension, code);
                let unknown = codes_of(codes)
                    .into_iter()
                    .filter(|code| !is_known(code.strip_prefix('=').unwrap_or(code)));
                found.extend(unknown.map(|code| SceneFault {
                    scene: Some(place),
                    panel: Some(panel),
                    field: Field::Filter,
                    wrong: Wrong::Code { dimension: key.clone(), code },
                }));
            }
        }
    }
    found
}

type Say<'a> = &'a mut dyn FnMut(Option<usize>, Field, Wrong);

fn of_scene(scene: &Scene, can_split: CanSplit<'_>, say: Say<'_>) {
    if scene.name == screen::PLAYLIST {
        say(None, Field::Name, Wrong::NameOfPlaylist(scene.name.clone()));
    } else if screen::scene(&scene.name).is_err() {
        say(None, Field::Name, Wrong::Name(scene.name.clone()));
    }
    if !is_line(&scene.title) {
        say(None, Field::Title, Wrong::Text(Field::Title));
    }
    if !SECONDS.contains(&scene.seconds) {
        say(None, Field::Seconds, Wrong::Seconds);
    }
    if !(1..=PANELS_MAX).contains(&scene.panels.len()) {
        say(None, Field::Panels, Wrong::HowManyPanels(scene.panels.len()));
    }
    for (place, panel) in scene.panels.iter().enumerate() {
        of_panel(panel, can_split, &mut |field, wrong| say(Some(place), field, wrong));
        for field in [Field::At, Field::Wide] {
            let own = area(panel, field);
            if scene.panels.iter().take(place).any(|other| area(other, field).overlaps(own)) {
                say(Some(place), field, Wrong::OnAnother(field));
            }
        }
    }
}

const fn area(panel: &Panel, field: Field) -> Area {
    match field {
        Field::Wide => panel.wide,
        _ => panel.at,
    }
}

fn is_line(label: &Label) -> bool {
    [&label.vi, &label.en].into_iter().all(|text| {
        !text.trim().is_empty() && text.chars().count() <= TITLE_CHARS_MAX && !text.contains(char::is_control)
    })
}

fn of_panel(panel: &Panel, can_split: CanSplit<'_>, say: &mut dyn FnMut(Field, Wrong)) {
    let kind = panel.kind;
    for (field, text) in [(Field::Title, &panel.title), (Field::Under, &panel.under)] {
        if text.as_ref().is_some_and(|text| !is_line(text)) {
            say(field, Wrong::Text(field));
        }
    }
    of_metrics(panel, say);
    match (kind.is_split(), panel.by) {
        (true, None) => say(Field::By, Wrong::Needs(kind, Field::By)),
        (false, Some(_)) => say(Field::By, Wrong::Takes(kind, Field::By)),
        (true, Some(by)) => {
            if let Err(problem) = parse_group_key(&by.to_string()) {
                say(Field::By, Wrong::By(problem.detail));
            } else if let Some(metric) = panel.metrics.iter().find(|metric| !can_split(**metric, by)) {
                say(Field::By, Wrong::CannotSplit { metric: *metric, by });
            }
        }
        (false, None) => {}
    }
    if !panel.filter.is_empty() && !kind.is_filtered() {
        say(Field::Filter, Wrong::Takes(kind, Field::Filter));
    }
    let mut filtered = BTreeSet::new();
    for (key, code) in &panel.filter {
        let is_code =
            (1..=CODE_CHARS_MAX).contains(&code.chars().count()) && !code.contains(char::is_control);
        if key.parse::<Dimension>().is_err() {
            say(Field::Filter, Wrong::Dimension(key.clone()));
        } else if !is_code || !filtered.insert(key.as_str()) || filtered.len() > FILTERS_MAX {
            say(Field::Filter, Wrong::Filter);
        }
    }
    match &panel.from {
        Some(_) if !kind.has_period() => say(Field::From, Wrong::Takes(kind, Field::From)),
        Some(from) if !is_day(from) => say(Field::From, Wrong::From),
        _ => {}
    }
    if !LIST_ROWS.contains(&panel.rows) {
        say(Field::Rows, Wrong::Rows);
    }
    for (field, columns) in [(Field::At, COLUMNS), (Field::Wide, COLUMNS_WIDE)] {
        if !area(panel, field).fits(columns) {
            say(field, Wrong::LeavesGrid(columns));
        }
    }
}

fn of_metrics(panel: &Panel, say: &mut dyn FnMut(Field, Wrong)) {
    let (kind, metrics) = (panel.kind, &panel.metrics);
    let (fewest, most) = kind.metrics();
    match metrics.len() {
        0 if fewest > 0 => say(Field::Metrics, Wrong::Needs(kind, Field::Metrics)),
        0 => {}
        _ if most == 0 => say(Field::Metrics, Wrong::Takes(kind, Field::Metrics)),
        many if !(fewest..=most).contains(&many) => say(Field::Metrics, Wrong::HowManyMetrics(kind)),
        _ => {
            let is_wrong = |(place, metric): &(usize, &Metric)| {
                !kind.can_show(**metric) || metrics.iter().take(*place).any(|earlier| earlier == *metric)
            };
            if let Some((_, metric)) = metrics.iter().enumerate().find(is_wrong) {
                say(Field::Metrics, Wrong::CannotShow(kind, *metric));
            }
        }
    }
}

impl PanelKind {
    /// Whether a panel of this kind can show a metric.
    #[must_use]
    pub fn can_show(self, metric: Metric) -> bool {
        match self {
            Self::Ranked => RANKED_BY.contains(&metric),
            Self::Rates => RATES.iter().any(|(rate, _)| *rate == metric),
            Self::Days => metric.kind() == MetricKind::Flow && !is_of_rates(metric),
            Self::Shares | Self::Map => !is_of_rates(metric),
            Self::Figures => true,
            Self::Numbers | Self::Longest | Self::Newest | Self::Surge | Self::Alarms => false,
        }
    }
}

/// Whether it is no count: parts of it cannot be added up.
fn is_of_rates(metric: Metric) -> bool {
    let name = metric.name();
    name.ends_with("_rate") || name.contains("score") || name.contains("hours")
}

/// `today` or `today-29d`.
fn is_day(text: &str) -> bool {
    text.strip_prefix("today").is_some_and(|rest| {
        let days = rest.strip_prefix('-').and_then(|days| days.strip_suffix('d'));
        rest.is_empty()
            || days.and_then(|days| days.parse::<u16>().ok()).is_some_and(|days| days <= FROM_DAYS_MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{Entry, Tree};
    use crate::scene::read;

    #[track_caller]
    fn check(only: &str, want: &[&str]) {
        let text = format!(
            "[[scene]]\nname = \"a\"\ntitle = \"A\"\nseconds = 30\n[[scene.panel]]\nkind = \"map\"\nmetric = \"open\"\nonly = {{ {only} }}\nat = [1, 1, 24, 12]\n"
        );
        let source = crate::document::Source::new(std::path::Path::new("scenes.toml"), text);
        let scenes = read(&source, &|_, _| true).unwrap();
        let tree = |codes: &[&str], path_separator: Option<&str>| Tree {
            entries: codes.iter().map(|code| ((*code).to_owned(), Entry::default())).collect(),
            path_separator: path_separator.map(str::to_owned),
            open: false,
        };
        let trees =
            [("agency".to_owned(), tree(&["A", "B,C"], None)), ("field".to_owned(), tree(&["f"], Some("/")))];
        let catalogue = Catalogue { trees: trees.into() };
        let found = unknown_codes(&scenes, &catalogue);
        let unknown = found.iter().map(|fault| match &fault.wrong {
            Wrong::Code { code, .. } => (fault.path(), code.as_str()),
            wrong => panic!("{wrong}"),
        });
        let want: Vec<_> = want.iter().map(|code| ("scenes[0].panels[0].filter".to_owned(), *code)).collect();
        assert_eq!(unknown.collect::<Vec<_>>(), want, "{only}");
    }

    #[test]
    fn a_filter_asks_for_codes_that_the_city_has_as_a_tables_address_says_them() {
        check("agency = 'A'", &[]);
        check("agency = '=A'", &[]);
        check("agency = 'A,X'", &["X"]);
        check("agency = 'B\\,C'", &[]);
        check("agency = 'B,C'", &["B", "C"]);
        check("field = 'f/whatever'", &[]);
        check("district = 'any'", &[]);
        check("agency = 'X', field = 'f'", &["X"]);
    }
}
