//! The draft: the scenes as somebody changes them, its history, and its keeping on the device until it is saved or
//! thrown away.

use std::sync::Arc;

use domain::answer::MetricView;
use domain::metric::Metric;
use domain::query::GroupKey;
use domain::scene::rules::{Field, SceneFault, faults};
use domain::scene::saved::Playlist;
use domain::scene::{Area, COLUMNS, COLUMNS_WIDE, Panel, ROWS, Scene};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
#[cfg(feature = "hydrate")]
use serde::{Deserialize, Serialize};

use crate::live::Live;
use crate::live::stage::is_signed_in;
use crate::locale::use_lang;
use crate::pages::use_boot;
use crate::scenes::load_playlist;
use crate::text::{Lang, editor};

/// So many changes can be taken back; of more the oldest are forgotten.
const HISTORY_MAX: usize = 100;
/// How long until the server is asked again that did not answer.
const ASK_AGAIN_MS: i32 = 3_000;
/// Under which name the draft is kept.
/// Two cities may stand beside one another under one origin, each under a path of its own.
#[cfg(feature = "hydrate")]
fn kept_name() -> String {
    format!("scenes-draft-{}", crate::address::at("/"))
}

/// A draft as it is kept.
#[cfg(feature = "hydrate")]
#[derive(Serialize, Deserialize)]
struct Kept {
    made_from: u32,
    scenes: Vec<Scene>,
}

/// What both pages work on.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// What holds; none until the server answered.
    pub(super) held: RwSignal<Option<Arc<Playlist>>>,
    /// The scenes as they are drafted.
    pub(super) scenes: RwSignal<Vec<Scene>>,
    /// The version that the draft is made from.
    pub(super) made_from: RwSignal<u32>,
    /// Whether whoever looks may change anything.
    pub(super) may: RwSignal<bool>,
    /// What was done last, in words.
    pub(super) said: RwSignal<String>,
    /// Why it is saved, where the page knows.
    pub(super) why: RwSignal<String>,
    /// Whether nobody answers.
    pub(super) is_unreached: RwSignal<bool>,
    /// The registry of metrics.
    pub(super) metrics: RwSignal<Vec<MetricView>>,
    past: RwSignal<Vec<Vec<Scene>>>,
    ahead: RwSignal<Vec<Vec<Scene>>>,
    pub(super) lang: Lang,
}

impl Draft {
    /// Makes the store and, in the browser, asks for what it begins with.
    pub(super) fn new() -> Self {
        let draft = Self {
            held: RwSignal::new(None),
            scenes: RwSignal::new(Vec::new()),
            made_from: RwSignal::new(0),
            may: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            why: RwSignal::new(String::new()),
            is_unreached: RwSignal::new(false),
            metrics: RwSignal::new(Vec::new()),
            past: RwSignal::new(Vec::new()),
            ahead: RwSignal::new(Vec::new()),
            lang: use_lang(),
        };
        let boot = use_boot();
        Effect::new(move |_| {
            spawn_local_scoped_with_cancellation(async move {
                if let Ok(boot) = boot.await {
                    draft.metrics.set(boot.metrics);
                }
            });
            spawn_local_scoped_with_cancellation(async move {
                let playlist = loop {
                    if let Some(playlist) = load_playlist().await {
                        break playlist;
                    }
                    draft.is_unreached.set(true);
                    Live::pause(ASK_AGAIN_MS).await;
                };
                let signed = is_signed_in().await == Some(true);
                draft.may.set(signed);
                draft.begin(playlist, signed);
                draft.is_unreached.set(false);
            });
        });
        draft
    }

    /// Begins with what holds, or with what was kept of an earlier visit.
    fn begin(self, playlist: Playlist, may: bool) {
        let kept = if may { kept() } else { None };
        let (made_from, scenes) = kept.unwrap_or_else(|| (playlist.version, playlist.scenes.to_vec()));
        self.made_from.set(made_from);
        self.scenes.set(scenes);
        self.held.set(Some(Arc::new(playlist)));
    }

    /// What holds now takes the draft's place.
    pub(super) fn settle(self, playlist: Playlist) {
        forget();
        self.made_from.set(playlist.version);
        self.scenes.set(playlist.scenes.to_vec());
        self.past.set(Vec::new());
        self.ahead.set(Vec::new());
        self.why.set(String::new());
        self.held.set(Some(Arc::new(playlist)));
    }

    /// Throws the draft away.
    pub(super) fn discard(self) {
        if let Some(held) = self.held.get_untracked() {
            self.settle((*held).clone());
        }
    }

    /// Goes on with the draft on top of a version that came meanwhile.
    pub(super) fn keep_on_top(self) {
        if let Some(held) = self.held.get_untracked() {
            self.made_from.set(held.version);
            self.keep();
        }
    }

    /// Changes the scenes; what they were can be had back.
    pub(super) fn change(self, change: &mut dyn FnMut(&mut Vec<Scene>)) {
        if !self.may.get_untracked() {
            return;
        }
        let before = self.scenes.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return;
        }
        self.past.update(|past| {
            past.push(before);
            let many = past.len().saturating_sub(HISTORY_MAX);
            past.drain(..many);
        });
        self.ahead.set(Vec::new());
        self.scenes.set(after);
        self.keep();
    }

    /// Changes one scene.
    pub(super) fn change_scene(self, nth: usize, change: &mut dyn FnMut(&mut Scene)) {
        self.change(&mut |scenes| {
            if let Some(scene) = scenes.get_mut(nth) {
                change(scene);
            }
        });
    }

    /// Changes one panel.
    pub(super) fn change_panel(self, nth: usize, place: usize, change: &mut dyn FnMut(&mut Panel)) {
        self.change_scene(nth, &mut |scene| {
            if let Some(panel) = scene.panels.get_mut(place) {
                change(panel);
            }
        });
    }

    /// Takes the last change back.
    pub(super) fn undo(self) {
        self.step(self.past, self.ahead);
    }

    /// Makes it again.
    pub(super) fn redo(self) {
        self.step(self.ahead, self.past);
    }

    fn step(self, from: RwSignal<Vec<Vec<Scene>>>, to: RwSignal<Vec<Vec<Scene>>>) {
        let Some(scenes) = from.try_update(Vec::pop).flatten() else { return };
        to.update(|to| to.push(self.scenes.get_untracked()));
        self.scenes.set(scenes);
        self.keep();
    }

    /// Whether there is a change to take back, and one to make again.
    pub(super) fn steps(self) -> (Signal<bool>, Signal<bool>) {
        let (past, ahead) = (self.past, self.ahead);
        (
            Signal::derive(move || past.with(|past| !past.is_empty())),
            Signal::derive(move || ahead.with(|ahead| !ahead.is_empty())),
        )
    }

    /// Whether it differs from what holds.
    pub(super) fn is_changed(self) -> bool {
        self.held.with(|held| {
            held.as_ref().is_some_and(|held| self.scenes.with(|scenes| scenes[..] != held.scenes[..]))
        })
    }

    /// Everything that is wrong with it, by the rules that the server goes by.
    pub(super) fn faults(self) -> Vec<SceneFault> {
        self.metrics
            .with(|views| self.scenes.with(|scenes| faults(scenes, &|metric, by| splits(views, metric, by))))
    }

    /// What is wrong with one field, in words.
    pub(super) fn wrong(self, nth: usize, panel: Option<usize>, field: Field) -> Vec<String> {
        let is_it =
            |fault: &SceneFault| fault.scene == Some(nth) && fault.panel == panel && fault.field == field;
        let faults = self.faults();
        faults
            .iter()
            .filter(|fault| is_it(fault))
            .map(|fault| editor::wrong(self.lang, &fault.wrong))
            .collect()
    }

    #[cfg(feature = "hydrate")]
    fn keep(self) {
        if self.is_changed_now() {
            let kept =
                Kept { made_from: self.made_from.get_untracked(), scenes: self.scenes.get_untracked() };
            crate::kept::write(&kept_name(), &kept);
        } else {
            forget();
        }
    }

    #[cfg(not(feature = "hydrate"))]
    const fn keep(self) {}

    #[cfg(feature = "hydrate")]
    fn is_changed_now(self) -> bool {
        untrack(|| self.is_changed())
    }
}

/// Whether the registry splits a metric by this; what it does not know it does not forbid.
pub(super) fn splits(views: &[MetricView], metric: Metric, by: GroupKey) -> bool {
    let view = views.iter().find(|view| view.id == metric.name());
    view.is_none_or(|view| view.dimensions.iter().any(|known| known == by.dimension.name()))
}

#[cfg(feature = "hydrate")]
fn kept() -> Option<(u32, Vec<Scene>)> {
    // None is written where a draft is thrown away.
    let kept: Option<Kept> = crate::kept::read::<Option<Kept>>(&kept_name())?;
    kept.map(|kept| (kept.made_from, kept.scenes))
}

#[cfg(not(feature = "hydrate"))]
const fn kept() -> Option<(u32, Vec<Scene>)> {
    None
}

#[cfg(feature = "hydrate")]
fn forget() {
    crate::kept::write(&kept_name(), &None::<Kept>);
}

#[cfg(not(feature = "hydrate"))]
const fn forget() {}

/// How many columns a shape of wall has.
pub(super) const fn columns(is_wide: bool) -> u8 {
    if is_wide { COLUMNS_WIDE } else { COLUMNS }
}

/// The place of a panel on a shape of wall.
pub(super) const fn area(panel: &Panel, is_wide: bool) -> Area {
    if is_wide { panel.wide } else { panel.at }
}

/// The area moved by so many columns and rows, kept within the grid.
pub(super) fn moved(area: Area, columns: i32, rows: i32, all: u8) -> Area {
    let shift = |from: u8, by: i32, many: u8, all: u8| {
        let last = i32::from(all) - i32::from(many) + 1;
        whole((i32::from(from) + by).clamp(1, last.max(1)))
    };
    Area {
        column: shift(area.column, columns, area.columns, all),
        row: shift(area.row, rows, area.rows, ROWS),
        ..area
    }
}

/// The area sized by so many columns and rows, kept within the grid.
pub(super) fn sized(area: Area, columns: i32, rows: i32, all: u8) -> Area {
    let size = |many: u8, by: i32, from: u8, all: u8| {
        let most = i32::from(all) - i32::from(from) + 1;
        whole((i32::from(many) + by).clamp(1, most.max(1)))
    };
    Area {
        columns: size(area.columns, columns, area.column, all),
        rows: size(area.rows, rows, area.row, ROWS),
        ..area
    }
}

fn whole(number: i32) -> u8 {
    u8::try_from(number).unwrap_or(1)
}

/// Puts a panel there. On a very wide wall it follows, unless it has a place of its own there or another stands there.
pub(super) fn put(scene: &mut Scene, place: usize, area: Area, is_wide: bool) -> bool {
    if !is_free(scene, place, area, is_wide) {
        return false;
    }
    let follows = scene.panels.get(place).is_some_and(|panel| panel.wide == panel.at.stretched())
        && is_free(scene, place, area.stretched(), true);
    let Some(panel) = scene.panels.get_mut(place) else { return false };
    if is_wide {
        panel.wide = area;
        return true;
    }
    panel.at = area;
    if follows {
        panel.wide = area.stretched();
    }
    true
}

fn is_free(scene: &Scene, place: usize, own: Area, is_wide: bool) -> bool {
    let others = scene.panels.iter().enumerate().filter(|(other, _)| *other != place);
    own.fits(columns(is_wide))
        && others.map(|(_, panel)| area(panel, is_wide)).all(|other| !other.overlaps(own))
}

/// The largest of a few sizes that is free on both shapes of wall, from the top left on.
pub(super) fn room(scene: &Scene) -> Option<Area> {
    let sizes = [(8, 6), (6, 6), (6, 4), (4, 4), (3, 3), (2, 2), (1, 1)];
    sizes.into_iter().find_map(|(columns, rows)| {
        let places = (1..=ROWS).flat_map(|row| (1..=COLUMNS).map(move |column| (column, row)));
        places.map(|(column, row)| Area { column, row, columns, rows }).find(|area| {
            is_free(scene, usize::MAX, *area, false) && is_free(scene, usize::MAX, area.stretched(), true)
        })
    })
}

#[cfg(test)]
mod tests {
    use domain::city::Label;
    use domain::scene::PanelKind;

    use super::*;

    const fn at(column: u8, row: u8, columns: u8, rows: u8) -> Area {
        Area { column, row, columns, rows }
    }

    fn scene(areas: &[Area]) -> Scene {
        let panel = |at: &Area| Panel {
            kind: PanelKind::Newest,
            title: None,
            under: None,
            metrics: Vec::new(),
            by: None,
            filter: Vec::new(),
            from: None,
            rows: 8,
            at: *at,
            wide: at.stretched(),
        };
        let title = Label { vi: "A".into(), en: "A".into() };
        Scene { name: "a".into(), title, seconds: 30, panels: areas.iter().map(panel).collect() }
    }

    #[test]
    fn a_panel_moves_and_grows_within_the_grid() {
        for (area, by, want_moved, want_sized) in [
            (at(5, 5, 4, 4), (1, -1), at(6, 4, 4, 4), at(5, 5, 5, 3)),
            (at(1, 1, 4, 4), (-9, -9), at(1, 1, 4, 4), at(1, 1, 1, 1)),
            (at(21, 9, 4, 4), (9, 9), at(21, 9, 4, 4), at(21, 9, 4, 4)),
            (at(1, 1, 24, 12), (3, 3), at(1, 1, 24, 12), at(1, 1, 24, 12)),
        ] {
            assert_eq!(moved(area, by.0, by.1, COLUMNS), want_moved, "{area:?} {by:?}");
            assert_eq!(sized(area, by.0, by.1, COLUMNS), want_sized, "{area:?} {by:?}");
        }
    }

    #[test]
    fn a_panel_is_not_put_on_another_and_the_wide_wall_follows_where_it_did() {
        let two = || scene(&[at(1, 1, 12, 12), at(13, 1, 12, 12)]);
        let mut scene = two();
        assert!(!put(&mut scene, 1, at(12, 1, 12, 12), false));
        assert_eq!(scene, two(), "nothing is changed");
        assert!(put(&mut scene, 1, at(15, 1, 10, 12), false));
        assert_eq!(scene.panels[1].wide, at(29, 1, 20, 12));
        // A place of its own on a wide wall stays.
        assert!(put(&mut scene, 1, at(30, 1, 10, 12), true));
        assert!(put(&mut scene, 1, at(14, 1, 10, 12), false));
        assert_eq!(scene.panels[1].wide, at(30, 1, 10, 12));
    }

    #[test]
    fn a_new_panel_takes_the_largest_room_there_is() {
        for (areas, want) in [
            (vec![], Some(at(1, 1, 8, 6))),
            (vec![at(1, 1, 24, 6)], Some(at(1, 7, 8, 6))),
            (vec![at(1, 1, 24, 10)], Some(at(1, 11, 2, 2))),
            (vec![at(1, 1, 24, 12)], None),
        ] {
            assert_eq!(room(&scene(&areas)), want, "{areas:?}");
        }
    }
}
