//! What changed from one playlist to another, in words.

use domain::scene::{Panel, Scene, find};

use crate::text::Lang;
use crate::text::editor::{self, Became};

/// One line for each change; none where nothing did.
pub(super) fn changes(lang: Lang, old: &[Scene], new: &[Scene]) -> Vec<String> {
    let say = |scene: &Scene, became: Became| {
        editor::of_scene(&lang.of(&scene.title), &editor::became(lang, became))
    };
    let mut lines = Vec::new();
    for scene in new {
        match find(old, &scene.name) {
            None => lines.push(say(scene, Became::Added)),
            Some(before) => {
                lines.extend(of_scene(before, scene).into_iter().map(|became| say(scene, became)))
            }
        }
    }
    let gone = old.iter().filter(|scene| find(new, &scene.name).is_none());
    lines.extend(gone.map(|scene| say(scene, Became::Removed)));
    let order = |scenes: &[Scene], others: &[Scene]| -> Vec<String> {
        let both = scenes.iter().filter(|scene| find(others, &scene.name).is_some());
        both.map(|scene| scene.name.clone()).collect()
    };
    if order(old, new) != order(new, old) {
        lines.push(editor::REORDERED.to(lang).to_owned());
    }
    lines
}

fn of_scene(old: &Scene, new: &Scene) -> Vec<Became> {
    let mut all = Vec::new();
    if old.title != new.title {
        all.push(Became::Titled);
    }
    if old.seconds != new.seconds {
        all.push(Became::Seconds(old.seconds, new.seconds));
    }
    let (before, after) = (old.panels.len(), new.panels.len());
    if after > before {
        all.push(Became::PanelsAdded(after - before));
    }
    if before > after {
        all.push(Became::PanelsRemoved(before - after));
    }
    let pairs = || old.panels.iter().zip(&new.panels);
    let is_moved = |(old, new): &(&Panel, &Panel)| (old.at, old.wide) != (new.at, new.wide);
    let is_changed =
        |(old, new): &(&Panel, &Panel)| **old != Panel { at: old.at, wide: old.wide, ..(*new).clone() };
    // Once one was taken out or put between, which is which is not known.
    if before == after {
        let (moved, changed) = (pairs().filter(is_moved).count(), pairs().filter(is_changed).count());
        all.extend((moved > 0).then_some(Became::PanelsMoved(moved)));
        all.extend((changed > 0).then_some(Became::PanelsChanged(changed)));
    }
    all
}

#[cfg(test)]
mod tests {
    use domain::city::Label;
    use domain::scene::{Area, PanelKind};

    use super::*;

    fn scene(name: &str, seconds: u32, columns: &[u8]) -> Scene {
        let panel = |column: &u8| {
            let at = Area { column: *column, row: 1, columns: 2, rows: 2 };
            Panel {
                kind: PanelKind::Newest,
                title: None,
                under: None,
                metrics: Vec::new(),
                by: None,
                filter: Vec::new(),
                from: None,
                rows: 8,
                at,
                wide: at.stretched(),
            }
        };
        let title = Label { vi: name.to_uppercase(), en: name.to_uppercase() };
        Scene { name: name.into(), title, seconds, panels: columns.iter().map(panel).collect() }
    }

    #[track_caller]
    fn check(old: &[Scene], new: &[Scene], want: &[&str]) {
        assert_eq!(changes(Lang::Vi, old, new), want);
    }

    #[test]
    fn what_changed_is_said_scene_by_scene() {
        let (a, b) = (scene("a", 30, &[1, 5]), scene("b", 30, &[1]));
        let both = [a.clone(), b.clone()];
        check(&both, &both, &[]);
        check(&both, &[b.clone(), a.clone()], &["Đổi thứ tự các cảnh"]);
        check(&both, std::slice::from_ref(&a), &["B: bỏ cảnh"]);
        check(std::slice::from_ref(&a), &[b.clone(), a.clone()], &["B: thêm cảnh"]);
        check(
            std::slice::from_ref(&a),
            &[scene("a", 20, &[1, 7])],
            &["A: 30 → 20 giây", "A: 1 ô đổi chỗ hoặc cỡ"],
        );
        check(std::slice::from_ref(&a), &[scene("a", 30, &[1, 5, 9])], &["A: thêm 1 ô"]);
        check(std::slice::from_ref(&a), &[scene("a", 30, &[5])], &["A: bớt 1 ô"]);
        let mut other = a.clone();
        other.panels[1].rows = 4;
        other.title.en = "Other".into();
        check(&[a], &[other], &["A: đổi tiêu đề", "A: 1 ô đổi nội dung"]);
    }
}
