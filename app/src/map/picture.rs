//! What the hexagon layer shows, as plain bytes: for each slot of the geometry one byte with its
//! class, in rows of a texture. Pure; the graphics card is told only the rows that changed.
//!
//! ```text
//!   bit  7        6..4   3..0
//!       [overdue] [0]    [class + 1, or 0 for "not drawn"]
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use super::frame::HexFrame;
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
        self.res = frame.res;
        self.sheets.entry(frame.res).or_default().show(frame, scale, outline);
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
        // Cells that are not in the frame any more have no number and are not drawn.
        let mut bytes = vec![0; self.bytes.len()];
        for cell in frame.cells.iter() {
            let (Some(slot), Some(class)) = (self.geometry.slot(cell.cell), scale.class_of(cell.value))
            else {
                continue;
            };
            let slot = slot as usize;
            if slot >= bytes.len() {
                bytes.resize(rows_for(slot + 1) * ROW_SLOTS, 0);
            }
            let rim = if outline.is_around(cell.overdue) { OVERDUE_BIT } else { 0 };
            // A scale has at most six classes.
            bytes[slot] = u8::try_from(class + 1).unwrap_or(0) | rim;
        }
        self.mark_changes(&bytes);
        self.bytes = bytes;
    }

    fn mark_changes(&mut self, next: &[u8]) {
        let held = self.bytes.chunks(ROW_SLOTS).map(Some).chain(std::iter::repeat(None));
        for (row, (next, held)) in next.chunks(ROW_SLOTS).zip(held).enumerate() {
            if held != Some(next) {
                self.dirty_rows = if self.dirty_rows.is_empty() {
                    row..row + 1
                } else {
                    self.dirty_rows.start.min(row)..self.dirty_rows.end.max(row + 1)
                };
            }
        }
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

fn rows_for(slots: usize) -> usize {
    slots.div_ceil(ROW_SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::frame::HexCell;
    use h3o::CellIndex;

    fn cells(count: usize) -> Vec<u64> {
        let middle: CellIndex = 0x0892_a306_6003_ffff_u64.try_into().unwrap();
        let mut cells: Vec<u64> =
            middle.grid_disk::<Vec<_>>(60).into_iter().map(u64::from).take(count).collect();
        cells.sort_unstable();
        cells
    }

    fn frame(cells: &[u64], value: impl Fn(usize) -> i64) -> HexFrame {
        let cells = cells.iter().enumerate().map(|(place, cell)| HexCell {
            cell: *cell,
            value: value(place),
            overdue: i64::from(place % 10 == 3) * 7,
        });
        HexFrame { res: 9, cells: cells.filter(|cell| cell.value > 0).collect(), no_position: 0 }
    }

    fn scale() -> Scale {
        Scale::fit([1, 2, 3, 4, 6, 9].into_iter())
    }

    /// From 3 on.
    fn outline() -> Outline {
        Outline::fit(&[2; 9])
    }

    #[track_caller]
    fn check(picture: &mut Picture, frame: &HexFrame, scale: &Scale) {
        let sheet = picture.sheet().unwrap();
        let mut drawn = 0;
        for cell in frame.cells.iter() {
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
