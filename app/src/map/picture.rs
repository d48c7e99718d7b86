//! What the hexagon layer shows, as plain bytes: for each slot of the geometry one byte with its
//! class, in rows of a texture. Pure; the graphics card is told only the rows that changed.
//!
//! ```text
//!   bit  7        6..4   3..0
//!       [overdue] [0]    [class + 1, or 0 for "not drawn"]
//! ```

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

/// The hexagons of one resolution.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Their triangles.
    pub(super) geometry: Geometry,
    bytes: Vec<u8>,
    dirty_rows: Range<usize>,
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
    /// Shows a frame in the classes of a scale.
    pub(super) fn show(&mut self, frame: &HexFrame, scale: &Scale, outline: Outline) {
        self.res = frame.res();
        self.sheets.entry(frame.res()).or_default().show(frame, scale, outline);
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
    fn show(&mut self, frame: &HexFrame, scale: &Scale, outline: Outline) {
        let shown = self.shown.replace(Shown { mark: frame.mark(), scale: scale.clone(), outline });
        let shown = shown.filter(|shown| shown.scale == *scale && shown.outline == outline);
        match shown.as_ref().and_then(|shown| frame.changed_since(&shown.mark)) {
            Some(changed) => {
                changed.for_each(|cell| self.put(cell, byte(frame.cell(cell), scale, outline)));
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
            picture.show(&frame, &scale, outline());
            check(&mut picture, &frame, &scale);
        }
    }

    #[test]
    fn a_frame_that_changes_in_place_is_drawn_as_one_made_anew() {
        let (all, scale) = (cells(2_000), scale());
        let mut picture = Picture::default();
        let mut changing = frame(&all[..1_500], |_| 1);
        picture.show(&changing, &scale, outline());
        for round in 0..40_usize {
            for place in (round..2_000).step_by(67) {
                set(&mut changing, all[place], ((place + round) % 10) as i64, ((place + round) % 5) as i64);
            }
            // Others have other classes: all of it is drawn anew.
            let wider = Scale::fit(&Counts::from_iter([1, 9, 900]));
            picture.show(&changing, if round % 7 == 6 { &wider } else { &scale }, outline());
            let mut anew = Picture::default();
            anew.show(&changing, if round % 7 == 6 { &wider } else { &scale }, outline());
            let of = |picture: &mut Picture| -> Vec<u8> {
                let sheet = picture.sheet().unwrap();
                let slots = all.iter().map(|cell| sheet.geometry.slot(*cell).unwrap() as usize);
                slots.map(|slot| sheet.bytes.get(slot).copied().unwrap_or(0)).collect()
            };
            assert_eq!(of(&mut picture), of(&mut anew), "round {round}");
        }
    }

    #[test]
    fn only_rows_that_changed_are_taken() {
        let (all, scale) = (cells(1_000), scale());
        let mut picture = Picture::default();
        picture.show(&frame(&all, |_| 1), &scale, outline());
        assert_eq!(picture.res(), 9);
        let sheet = picture.sheet().unwrap();
        assert_eq!(sheet.rows(), 4);
        assert_eq!(sheet.take_changes().map(|(rows, bytes)| (rows, bytes.len())), Some((0..4, 1_024)));
        assert_eq!(sheet.take_changes(), None);

        picture.show(&frame(&all, |_| 1), &scale, outline());
        assert_eq!(picture.sheet().unwrap().take_changes(), None);

        picture.show(&frame(&all, |place| if place == 300 { 9 } else { 1 }), &scale, outline());
        let changes = picture.sheet().unwrap().take_changes().map(|(rows, _)| rows);
        assert_eq!(changes, Some(1..2));
    }

    #[test]
    fn changes_that_nobody_took_are_not_lost() {
        let (all, scale) = (cells(1_000), scale());
        let mut picture = Picture::default();
        picture.show(&frame(&all, |_| 1), &scale, outline());
        picture.sheet().unwrap().take_all();
        picture.show(&frame(&all, |place| if place == 0 { 9 } else { 1 }), &scale, outline());
        picture.show(&frame(&all, |place| if place == 0 || place == 600 { 9 } else { 1 }), &scale, outline());
        assert_eq!(picture.sheet().unwrap().take_changes().map(|(rows, _)| rows), Some(0..3));
    }
}
