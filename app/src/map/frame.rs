//! What a map draws: one value, made from the rows that the page holds.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Value;
use domain::answer::Hexagons;

/// One hexagon with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexCell {
    /// The H3 cell.
    pub cell: u64,
    /// Its number, above zero.
    pub value: i64,
    /// How many overdue cases lie in it, where that was asked.
    pub overdue: i64,
}

/// Every hexagon of a map at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexFrame {
    /// The H3 resolution of all its cells.
    pub res: u8,
    /// Ascending by cell.
    pub cells: Arc<[HexCell]>,
    /// The number of what has no believable point, and so is in no cell.
    pub no_position: i64,
}

impl HexFrame {
    /// No cell yet.
    #[must_use]
    pub fn empty(res: u8) -> Self {
        Self { res, cells: Arc::from([]), no_position: 0 }
    }

    /// From rows `[cell, number]` or `[cell, number, overdue]`; the row without a cell is that of
    /// what has no position. Numbers below one are left out, and so is what is no cell of `res`:
    /// while the resolution changes, rows of the former one may still come.
    pub fn from_rows<'a>(res: u8, rows: impl IntoIterator<Item = &'a [Value]>) -> Self {
        let mut cells = Vec::new();
        let mut no_position = 0;
        for row in rows {
            let value = row.get(1).and_then(Value::as_int).unwrap_or(0);
            let Some(cell) = row.first().and_then(Value::as_text) else {
                no_position += value;
                continue;
            };
            let overdue = row.get(2).and_then(Value::as_int).unwrap_or(0);
            if let Some(cell) = parse_cell(cell, res).filter(|_| value > 0) {
                cells.push(HexCell { cell, value, overdue });
            }
        }
        cells.sort_unstable_by_key(|cell| cell.cell);
        Self { res, cells: cells.into(), no_position }
    }

    /// From the answer of `GET /api/v1/hexagons`, with that for `overdue` where outlines are drawn.
    #[must_use]
    pub fn from_hexagons(answer: &Hexagons, overdue: Option<&Hexagons>) -> Self {
        let late: HashMap<u64, i64> = overdue
            .into_iter()
            .flat_map(|answer| &answer.cells)
            .filter_map(|(cell, number)| Some((parse_cell(cell, answer.res)?, *number)))
            .collect();
        let cells = answer.cells.iter().filter(|(_, value)| *value > 0).filter_map(|(cell, value)| {
            let cell = parse_cell(cell, answer.res)?;
            Some(HexCell { cell, value: *value, overdue: late.get(&cell).copied().unwrap_or(0) })
        });
        let mut cells: Vec<HexCell> = cells.collect();
        cells.sort_unstable_by_key(|cell| cell.cell);
        Self { res: answer.res, cells: cells.into(), no_position: answer.no_position }
    }

    /// The number of a cell that is drawn.
    #[must_use]
    pub fn value(&self, cell: u64) -> Option<i64> {
        let place = self.cells.binary_search_by_key(&cell, |held| held.cell).ok()?;
        Some(self.cells[place].value)
    }

    /// Every number.
    pub fn values(&self) -> impl Iterator<Item = i64> {
        self.cells.iter().map(|cell| cell.value)
    }

    /// How many overdue cases lie in each cell.
    pub(super) fn overdue(&self) -> Vec<i64> {
        self.cells.iter().map(|cell| cell.overdue).collect()
    }

    /// The sum over all cells.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.values().sum()
    }

    /// The cells with the greatest numbers, greatest first; of equal ones the lower cell first.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<HexCell> {
        let mut cells = self.cells.to_vec();
        cells.sort_unstable_by_key(|cell| (std::cmp::Reverse(cell.value), cell.cell));
        cells.truncate(most);
        cells
    }
}

/// The cell that a text names, if it is one of this resolution.
#[must_use]
pub(super) fn parse_cell(text: &str, res: u8) -> Option<u64> {
    let cell: h3o::CellIndex = text.parse().ok()?;
    (u8::from(cell.resolution()) == res).then(|| cell.into())
}

/// A cell as every answer writes it.
#[must_use]
pub(super) fn cell_text(cell: u64) -> String {
    format!("{cell:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cell: Option<&str>, numbers: &[i64]) -> Vec<Value> {
        let cell = cell.map_or(Value::Null, |cell| Value::Text(cell.to_owned()));
        [cell].into_iter().chain(numbers.iter().map(|number| Value::Int(*number))).collect()
    }

    #[test]
    fn rows_become_cells_and_what_has_no_position_is_counted_apart() {
        let rows = [
            row(Some("882a306639fffff"), &[7, 2]),
            row(Some("882a306603fffff"), &[3, 0]),
            row(Some("882a306605fffff"), &[0, 0]),
            row(None, &[11, 4]),
        ];
        let frame = HexFrame::from_rows(8, rows.iter().map(Vec::as_slice));
        let texts: Vec<_> =
            frame.cells.iter().map(|cell| (cell_text(cell.cell), cell.value, cell.overdue)).collect();
        assert_eq!(texts, [("882a306603fffff".to_owned(), 3, 0), ("882a306639fffff".to_owned(), 7, 2)]);
        assert_eq!((frame.no_position, frame.total()), (11, 10));
        assert_eq!(frame.value(0x0882_a306_639f_ffff), Some(7));
        assert_eq!(frame.value(0x0882_a306_605f_ffff), None);
    }

    #[test]
    fn what_is_no_cell_of_the_resolution_is_left_out() {
        let rows = [row(Some("892a3066003ffff"), &[7]), row(Some("open"), &[7]), row(Some(""), &[7])];
        assert_eq!(HexFrame::from_rows(8, rows.iter().map(Vec::as_slice)), HexFrame::empty(8));
    }

    #[test]
    fn an_answer_and_its_rows_are_the_same_frame() {
        let answer = Hexagons {
            res: 8,
            cells: vec![("882a306603fffff".into(), 3), ("882a306639fffff".into(), 7)],
            no_position: 11,
            ..Hexagons::default()
        };
        let overdue = Hexagons { res: 8, cells: vec![("882a306639fffff".into(), 2)], ..Hexagons::default() };
        let rows = [
            row(Some("882a306603fffff"), &[3, 0]),
            row(Some("882a306639fffff"), &[7, 2]),
            row(None, &[11, 4]),
        ];
        let want = HexFrame::from_rows(8, rows.iter().map(Vec::as_slice));
        assert_eq!(HexFrame::from_hexagons(&answer, Some(&overdue)), want);
    }

    #[test]
    fn the_top_of_the_list_is_the_greatest_first() {
        let rows = [
            row(Some("882a306603fffff"), &[3]),
            row(Some("882a306605fffff"), &[7]),
            row(Some("882a306639fffff"), &[7]),
        ];
        let frame = HexFrame::from_rows(8, rows.iter().map(Vec::as_slice));
        let top: Vec<String> = frame.top(2).iter().map(|cell| cell_text(cell.cell)).collect();
        assert_eq!(top, ["882a306605fffff", "882a306639fffff"]);
    }
}
