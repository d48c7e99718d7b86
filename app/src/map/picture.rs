//! What the hexagon layer shows, as plain bytes: for each slot of the geometry one byte with its
//! class, in rows of a texture. Pure; the graphics card is told only the rows that changed.
//!
//! ```text
//!   bit  7         6   5       4        3..0
//!       [overdue] [0] [leaves] [enters] [class + 1, or 0 for "not drawn"]
//! ```
//!
//! What leaves keeps the class that it had until it is gone: see `motion.rs`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::frame::{HexCell, HexFrame, Mark};
use super::geometry::Geometry;
use super::outline::Outline;
use super::scale::Scale;

/// Slots in a row of the texture; `256` also stands in the shader.
pub(super) const ROW_SLOTS: usize = 256;

/// Set where the cell is outlined.
pub(super) const OVERDUE_BIT: u8 = 0x80;

/// Set while a hexagon comes, and while it goes; both also stand in the shaders.
const ENTERS_BIT: u8 = 0x10;
const LEAVES_BIT: u8 = 0x20;

/// The hexagons of one resolution.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Their triangles.
    pub(super) geometry: Geometry,
    bytes: Vec<u8>,
    dirty_rows: Range<usize>,
    // Slots that come or go. At most all of them.
    moving: Vec<usize>,
    shown: Option<Shown>,
}

/// What the bytes say.
#[derive(Debug)]
struct Shown {
    mark: Mark,
    scale: Scale,
    outline: Outline,
}

/// The hexagons of every resolution that was shown; one of them is on the map.
#[derive(Debug, Default)]
pub(super) struct Picture {
    res: u8,
    // At most four: resolutions 7 to 10. Going back to one costs no new triangles.
    sheets: BTreeMap<u8, Sheet>,
}

impl Picture {
    /// Shows a frame in the classes of a scale; with `is_moving`, what comes and goes since the same frame's last
    /// picture is marked as such. Whether anything is.
    pub(super) fn show(
        &mut self,
        frame: &HexFrame,
        scale: &Scale,
        outline: Outline,
        is_moving: bool,
    ) -> bool {
        self.res = frame.res();
        let sheet = self.sheets.entry(frame.res()).or_default();
        sheet.show(frame, scale, outline, is_moving);
        !sheet.moving.is_empty()
    }

    /// The resolution on the map.
    #[must_use]
    pub(super) fn res(&self) -> u8 {
        self.res
    }

    /// What is on the map.
    pub(super) fn sheet(&mut self) -> Option<&mut Sheet> {
        self.sheets.get_mut(&self.res)
    }
}

impl Sheet {
    fn show(&mut self, frame: &HexFrame, scale: &Scale, outline: Outline, is_moving: bool) {
        self.settle();
        let shown = self.shown.replace(Shown { mark: frame.mark(), scale: scale.clone(), outline });
        let shown = shown.filter(|shown| shown.scale == *scale && shown.outline == outline);
        match shown.as_ref().and_then(|shown| frame.changed_since(&shown.mark)) {
            Some(changed) => {
                changed.for_each(|cell| {
                    let byte = byte(frame.cell(cell), scale, outline);
                    if is_moving { self.put_moving(cell, byte) } else { self.put(cell, byte) }
                });
            }
            None => self.show_whole(frame, scale, outline),
        }
    }

    fn show_whole(&mut self, frame: &HexFrame, scale: &Scale, outline: Outline) {
        // Cells that are not in the frame any more have no number and are not drawn.
        let mut bytes = vec![0; self.bytes.len()];
        std::mem::swap(&mut bytes, &mut self.bytes);
        let not_taken = self.dirty_rows.clone();
        for cell in frame.cells() {
            self.put(cell.cell, byte(Some(cell), scale, outline));
        }
        // Against what was there: most of it is the same.
        self.dirty_rows = not_taken;
        let held = bytes.chunks(ROW_SLOTS).map(Some).chain(std::iter::repeat(None));
        let changed = self.bytes.chunks(ROW_SLOTS).zip(held).enumerate();
        let changed: Vec<usize> =
            changed.filter(|(_, (now, held))| *held != Some(*now)).map(|(row, _)| row).collect();
        changed.into_iter().for_each(|row| self.mark_row(row));
    }

    fn put(&mut self, cell: u64, byte: u8) {
        let Some(slot) = self.geometry.slot(cell) else { return };
        let slot = slot as usize;
        if slot >= self.bytes.len() {
            let row = self.rows();
            self.bytes.resize(rows_for(slot + 1) * ROW_SLOTS, 0);
            (row..self.rows()).for_each(|row| self.mark_row(row));
        }
        if self.bytes[slot] != byte {
            self.bytes[slot] = byte;
            self.mark_row(slot / ROW_SLOTS);
        }
    }

    /// As `put`, but what comes or goes by it does so over a while.
    fn put_moving(&mut self, cell: u64, byte: u8) {
        let Some(slot) = self.geometry.slot(cell) else { return };
        let slot = slot as usize;
        let held = self.bytes.get(slot).copied().unwrap_or(0);
        let (was_drawn, is_drawn) = (held != 0 && held & LEAVES_BIT == 0, byte != 0);
        let byte = match (was_drawn, is_drawn) {
            // It was to go with this very batch, and stays.
            (false, true) if held & LEAVES_BIT != 0 => byte,
            (false, true) => byte | ENTERS_BIT,
            // It came with this very batch: nobody has seen it yet.
            (true, false) if held & ENTERS_BIT != 0 => 0,
            (true, false) => held | LEAVES_BIT,
            (true, true) => byte | held & ENTERS_BIT,
            (false, false) => held,
        };
        self.put(cell, byte);
        if byte & (ENTERS_BIT | LEAVES_BIT) != 0 {
            self.moving.push(slot);
        }
    }

    /// What comes has come, and what goes is gone.
    pub(super) fn settle(&mut self) {
        for slot in std::mem::take(&mut self.moving) {
            let byte = &mut self.bytes[slot];
            let settled = if *byte & LEAVES_BIT == 0 { *byte & !ENTERS_BIT } else { 0 };
            if *byte != settled {
                *byte = settled;
                self.mark_row(slot / ROW_SLOTS);
            }
        }
    }

    fn mark_row(&mut self, row: usize) {
        self.dirty_rows = if self.dirty_rows.is_empty() {
            row..row + 1
        } else {
            self.dirty_rows.start.min(row)..self.dirty_rows.end.max(row + 1)
        };
    }

    /// Rows of the texture.
    #[must_use]
    pub(super) fn rows(&self) -> usize {
        self.bytes.len() / ROW_SLOTS
    }

    /// The rows that changed since they were last taken, and their bytes.
    pub(super) fn take_changes(&mut self) -> Option<(Range<usize>, &[u8])> {
        let rows = std::mem::take(&mut self.dirty_rows);
        let bytes = self.bytes.get(rows.start * ROW_SLOTS..rows.end * ROW_SLOTS)?;
        (!rows.is_empty()).then_some((rows, bytes))
    }

    /// Every byte: for a texture that holds none of them yet. They need not be taken again.
    pub(super) fn take_all(&mut self) -> &[u8] {
        self.dirty_rows = 0..0;
        &self.bytes
    }
}

/// What the texture says of a cell.
fn byte(cell: Option<HexCell>, scale: &Scale, outline: Outline) -> u8 {
    let Some((cell, class)) = cell.and_then(|cell| Some((cell, scale.class_of(cell.value)?))) else {
        return 0;
    };
    let rim = if outline.is_around(cell.overdue) { OVERDUE_BIT } else { 0 };
    // A scale has at most six classes.
    u8::try_from(class + 1).unwrap_or(0) | rim
}

fn rows_for(slots: usize) -> usize {
    slots.div_ceil(ROW_SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::counts::Counts;
    use crate::map::frame::cell_text;
    use domain::Value;
    use h3o::CellIndex;

    fn cells(count: usize) -> Vec<u64> {
        let middle: CellIndex = 0x0892_a306_6003_ffff_u64.try_into().unwrap();
        let mut cells: Vec<u64> =
            middle.grid_disk::<Vec<_>>(60).into_iter().map(u64::from).take(count).collect();
        cells.sort_unstable();
        cells
    }

    fn frame(cells: &[u64], value: impl Fn(usize) -> i64) -> HexFrame {
        let mut frame = HexFrame::empty(9);
        for (place, cell) in cells.iter().enumerate() {
            set(&mut frame, *cell, value(place), i64::from(place % 10 == 3) * 7);
        }
        frame
    }

    fn set(frame: &mut HexFrame, cell: u64, value: i64, overdue: i64) {
        frame.set(&Value::Text(cell_text(cell)), &[Value::Int(value), Value::Int(overdue)]);
    }

    fn scale() -> Scale {
        Scale::fit(&Counts::from_iter([1, 2, 3, 4, 6, 9]))
    }

    /// From 3 on.
    fn outline() -> Outline {
        Outline::fit(&Counts::from_iter([2; 9]))
    }

    #[track_caller]
    fn check(picture: &mut Picture, frame: &HexFrame, scale: &Scale) {
        let sheet = picture.sheet().unwrap();
        let mut drawn = 0;
        for cell in frame.cells() {
            let byte = sheet.bytes[sheet.geometry.slot(cell.cell).unwrap() as usize];
            assert_eq!(usize::from(byte & 0x0f), scale.class_of(cell.value).unwrap() + 1);
            assert_eq!(byte & OVERDUE_BIT != 0, cell.overdue > 2);
            drawn += 1;
        }
        assert_eq!(sheet.bytes.iter().filter(|byte| **byte != 0).count(), drawn);
    }

    #[test]
    fn every_cell_has_its_class_and_no_other_cell_is_drawn() {
        let (all, scale) = (cells(3_000), scale());
        let mut picture = Picture::default();
        for round in 0..5_usize {
            let frame = frame(&all[round * 100..], |place| ((place * 7 + round) % 11) as i64);
            picture.show(&frame, &scale, outline(), false);
            check(&mut picture, &frame, &scale);
        }
    }

    #[test]
    fn a_frame_that_changes_in_place_is_drawn_as_one_made_anew() {
        let (all, scale) = (cells(2_000), scale());
        let mut picture = Picture::default();
        let mut changing = frame(&all[..1_500], |_| 1);
        picture.show(&changing, &scale, outline(), false);
        for round in 0..40_usize {
            for place in (round..2_000).step_by(67) {
                set(&mut changing, all[place], ((place + round) % 10) as i64, ((place + round) % 5) as i64);
            }
            // Others have other classes: all of it is drawn anew.
            let wider = Scale::fit(&Counts::from_iter([1, 9, 900]));
            picture.show(&changing, if round % 7 == 6 { &wider } else { &scale }, outline(), false);
            let mut anew = Picture::default();
            anew.show(&changing, if round % 7 == 6 { &wider } else { &scale }, outline(), false);
            let of = |picture: &mut Picture| -> Vec<u8> {
                let sheet = picture.sheet().unwrap();
                let slots = all.iter().map(|cell| sheet.geometry.slot(*cell).unwrap() as usize);
                slots.map(|slot| sheet.bytes.get(slot).copied().unwrap_or(0)).collect()
            };
            assert_eq!(of(&mut picture), of(&mut anew), "round {round}");
        }
    }

    #[test]
    fn what_comes_and_goes_is_marked_until_it_has_come_or_gone() {
        let (all, scale) = (cells(40), scale());
        let mut picture = Picture::default();
        let mut changing = frame(&all[..30], |_| 1);
        assert!(!picture.show(&changing, &scale, outline(), true), "a first picture stands at once");
        let marks = |picture: &mut Picture| {
            let sheet = picture.sheet().unwrap();
            let held = |bit: u8| sheet.bytes.iter().filter(|byte| **byte & bit != 0).count();
            (held(ENTERS_BIT), held(LEAVES_BIT), held(0x0f))
        };
        // Five come, two go, one changes, one comes and goes again, one goes and comes again.
        for (place, value) in (30..35).map(|place| (place, 4)).chain([(0, 0), (1, 0), (9, 9)]) {
            set(&mut changing, all[place], value, 0);
        }
        for (place, value) in [(36, 4), (36, 0), (3, 0), (3, 1)] {
            set(&mut changing, all[place], value, 0);
            assert!(picture.show(&changing, &scale, outline(), true));
        }
        // Each tick ends the batch before: what came first has come by now.
        assert_eq!(marks(&mut picture), (1, 0, 33));
        picture.sheet().unwrap().settle();
        assert_eq!(marks(&mut picture), (0, 0, 33));
        check(&mut picture, &changing, &scale);
        assert!(!picture.show(&changing, &scale, outline(), true));
    }

    proptest::proptest! {
        /// Whatever comes and goes, in however many changes a tick, what has settled is the picture made anew.
        #[test]
        fn a_picture_that_has_settled_is_the_one_made_anew(
            changes in proptest::collection::vec((0_usize..12, 0_i64..3, proptest::bool::ANY), 0..60),
        ) {
            let (all, scale) = (cells(12), scale());
            let (mut picture, mut changing) = (Picture::default(), frame(&all[..6], |_| 1));
            picture.show(&changing, &scale, outline(), true);
            for (place, value, is_tick) in changes {
                set(&mut changing, all[place], value, 0);
                if is_tick {
                    picture.show(&changing, &scale, outline(), true);
                }
            }
            picture.show(&changing, &scale, outline(), true);
            picture.sheet().unwrap().settle();
            check(&mut picture, &changing, &scale);
        }
    }

    #[test]
    fn only_rows_that_changed_are_taken() {
        let (all, scale) = (cells(1_000), scale());
        let mut picture = Picture::default();
        picture.show(&frame(&all, |_| 1), &scale, outline(), false);
        assert_eq!(picture.res(), 9);
        let sheet = picture.sheet().unwrap();
        assert_eq!(sheet.rows(), 4);
        assert_eq!(sheet.take_changes().map(|(rows, bytes)| (rows, bytes.len())), Some((0..4, 1_024)));
        assert_eq!(sheet.take_changes(), None);

        picture.show(&frame(&all, |_| 1), &scale, outline(), false);
        assert_eq!(picture.sheet().unwrap().take_changes(), None);

        picture.show(&frame(&all, |place| if place == 300 { 9 } else { 1 }), &scale, outline(), false);
        let changes = picture.sheet().unwrap().take_changes().map(|(rows, _)| rows);
        assert_eq!(changes, Some(1..2));
    }

    #[test]
    fn changes_that_nobody_took_are_not_lost() {
        let (all, scale) = (cells(1_000), scale());
        let mut picture = Picture::default();
        picture.show(&frame(&all, |_| 1), &scale, outline(), false);
        picture.sheet().unwrap().take_all();
        picture.show(&frame(&all, |place| if place == 0 { 9 } else { 1 }), &scale, outline(), false);
        picture.show(
            &frame(&all, |place| if place == 0 || place == 600 { 9 } else { 1 }),
            &scale,
            outline(),
            false,
        );
        assert_eq!(picture.sheet().unwrap().take_changes().map(|(rows, _)| rows), Some(0..3));
    }
}
