//! What a map draws: every hexagon with its number, changed in place by what the socket brings, so that a tick
//! costs as much as what it changes and not as much as the map holds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use domain::Value;
use domain::metric::Metric;
use domain::wire::{Delta, Held, WireQuery};

use super::asked::metric_of;
use super::counts::Counts;
use crate::functions::First;
use crate::live::Kept;

/// So many changes are remembered for whoever draws them. Who has seen less than that draws all anew.
const RECENT_MAX: usize = 8_192;

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

/// Every hexagon of a map.
#[derive(Debug)]
pub struct HexFrame {
    res: u8,
    cells: BTreeMap<u64, HexCell>,
    no_position: i64,
    values: Counts,
    overdue: Counts,
    // The greatest number first; of equal ones the lower cell.
    ranked: BTreeSet<(Reverse<i64>, u64)>,
    itself: Arc<()>,
    // How often a cell has changed, and which ones did last.
    steps: u64,
    recent: VecDeque<u64>,
}

/// How far somebody has followed a frame.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    of: Arc<()>,
    steps: u64,
}

impl HexFrame {
    /// No cell yet.
    #[must_use]
    pub fn empty(res: u8) -> Self {
        Self {
            res,
            cells: BTreeMap::new(),
            no_position: 0,
            values: Counts::default(),
            overdue: Counts::default(),
            ranked: BTreeSet::new(),
            itself: Arc::default(),
            steps: 0,
            recent: VecDeque::new(),
        }
    }

    /// From rows `[cell, number]` or `[cell, number, overdue]`; the row without a cell is that of
    /// what has no position. Numbers below one are left out, and so is what is no cell of `res`:
    /// while the resolution changes, rows of the former one may still come.
    pub fn from_rows<'a>(res: u8, rows: impl IntoIterator<Item = &'a [Value]>) -> Self {
        let mut frame = Self::empty(res);
        for row in rows {
            if let Some((key, numbers)) = row.split_first() {
                frame.set(key, numbers);
            }
        }
        frame
    }

    /// The number of a cell from now on, and how many overdue cases lie in it; without numbers it has none.
    pub fn set(&mut self, key: &Value, numbers: &[Value]) {
        let number = |place: usize| numbers.get(place).and_then(Value::as_int).unwrap_or(0);
        let (value, overdue) = (number(0), number(1));
        let Some(text) = key.as_text() else {
            self.no_position = value;
            return;
        };
        let Some(cell) = parse_cell(text, self.res) else { return };
        let next = (value > 0).then_some(HexCell { cell, value, overdue });
        let before = match next {
            Some(next) => self.cells.insert(cell, next),
            None => self.cells.remove(&cell),
        };
        if before == next {
            return;
        }
        if let Some(before) = before {
            self.values.take(before.value);
            self.overdue.take(before.overdue);
            self.ranked.remove(&(Reverse(before.value), cell));
        }
        if let Some(next) = next {
            self.values.add(next.value);
            self.overdue.add(next.overdue);
            self.ranked.insert((Reverse(next.value), cell));
        }
        self.steps += 1;
        self.recent.push_back(cell);
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
    }

    /// The H3 resolution of all cells.
    #[must_use]
    pub const fn res(&self) -> u8 {
        self.res
    }

    /// The number of what has no believable point, and so is in no cell.
    #[must_use]
    pub const fn no_position(&self) -> i64 {
        self.no_position
    }

    /// How many hexagons have a number.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether none has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Every hexagon with a number, ascending by cell.
    pub fn cells(&self) -> impl Iterator<Item = HexCell> {
        self.cells.values().copied()
    }

    /// A cell that is drawn.
    #[must_use]
    pub fn cell(&self, cell: u64) -> Option<HexCell> {
        self.cells.get(&cell).copied()
    }

    /// How often each number occurs.
    #[must_use]
    pub const fn values(&self) -> &Counts {
        &self.values
    }

    /// How often each number of overdue cases occurs; one for each drawn cell.
    pub(super) const fn overdue(&self) -> &Counts {
        &self.overdue
    }

    /// The cells with the greatest numbers, greatest first; of equal ones the lower cell first.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<HexCell> {
        self.ranked.iter().take(most).filter_map(|(_, cell)| self.cell(*cell)).collect()
    }

    /// Where somebody is who has seen all of it.
    #[cfg_attr(not(any(test, feature = "hydrate")), allow(dead_code))] // Drawn in the browser only.
    pub(super) fn mark(&self) -> Mark {
        Mark { of: self.itself.clone(), steps: self.steps }
    }

    /// The cells that changed since a mark, some maybe more than once; `None` where that is not known any more,
    /// or the mark is another frame's.
    #[cfg_attr(not(any(test, feature = "hydrate")), allow(dead_code))]
    pub(super) fn changed_since(&self, mark: &Mark) -> Option<impl Iterator<Item = u64>> {
        let new = usize::try_from(self.steps.checked_sub(mark.steps)?).ok()?;
        let first = self.recent.len().checked_sub(new)?;
        Arc::ptr_eq(&self.itself, &mark.of).then(|| self.recent.iter().skip(first).copied())
    }
}

impl PartialEq for HexFrame {
    /// Whether the same is drawn.
    fn eq(&self, other: &Self) -> bool {
        (self.res, &self.cells, self.no_position) == (other.res, &other.cells, other.no_position)
    }
}

/// A map's numbers, and of what they are.
#[derive(Debug)]
pub(super) struct MapRows {
    /// The hexagons.
    pub(super) frame: HexFrame,
    /// What they count: while the next question's answer is on its way, the words stay with the numbers.
    pub(super) metric: Option<Metric>,
    /// The instant that they stand at.
    pub(super) at: String,
}

impl MapRows {
    /// As they came with the page.
    pub(super) fn first(first: &First) -> Self {
        let rows = first.table.rows.iter().map(Vec::as_slice);
        Self {
            frame: HexFrame::from_rows(first.query.res.unwrap_or_default(), rows),
            metric: metric_of(&first.table.columns),
            at: first.table.at.clone(),
        }
    }
}

impl Kept for MapRows {
    fn whole(query: &WireQuery, held: &Held) -> Self {
        let mut frame = HexFrame::empty(query.res.unwrap_or_default());
        for (key, numbers) in &held.rows {
            if let Some(key) = key.first() {
                frame.set(key, numbers);
            }
        }
        Self { frame, metric: metric_of(&held.columns), at: held.at.clone() }
    }

    fn change(&mut self, _: &WireQuery, held: &Held, delta: &Delta) {
        for key in delta.remove.iter().filter_map(|key| key.first()) {
            self.frame.set(key, &[]);
        }
        for (key, numbers) in delta.upsert.iter().filter_map(|row| row.split_first()) {
            self.frame.set(key, numbers);
        }
        self.at.clone_from(&held.at);
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
    use proptest::prelude::*;

    fn row(cell: Option<&str>, numbers: &[i64]) -> Vec<Value> {
        let cell = cell.map_or(Value::Null, |cell| Value::Text(cell.to_owned()));
        [cell].into_iter().chain(numbers.iter().map(|number| Value::Int(*number))).collect()
    }

    fn frame(rows: &[Vec<Value>]) -> HexFrame {
        HexFrame::from_rows(8, rows.iter().map(Vec::as_slice))
    }

    #[test]
    fn rows_become_cells_and_what_has_no_position_is_counted_apart() {
        let frame = frame(&[
            row(Some("882a306639fffff"), &[7, 2]),
            row(Some("882a306603fffff"), &[3, 0]),
            row(Some("882a306605fffff"), &[0, 0]),
            row(None, &[11, 4]),
        ]);
        let texts: Vec<_> =
            frame.cells().map(|cell| (cell_text(cell.cell), cell.value, cell.overdue)).collect();
        assert_eq!(texts, [("882a306603fffff".to_owned(), 3, 0), ("882a306639fffff".to_owned(), 7, 2)]);
        assert_eq!((frame.no_position(), frame.len()), (11, 2));
        assert_eq!(frame.cell(0x0882_a306_639f_ffff).map(|cell| cell.value), Some(7));
        assert_eq!(frame.cell(0x0882_a306_605f_ffff), None);
    }

    #[test]
    fn what_is_no_cell_of_the_resolution_is_left_out() {
        let rows = [row(Some("892a3066003ffff"), &[7]), row(Some("open"), &[7]), row(Some(""), &[7])];
        assert_eq!(frame(&rows), HexFrame::empty(8));
    }

    #[test]
    fn the_top_of_the_list_is_the_greatest_first() {
        let rows = [
            row(Some("882a306603fffff"), &[3]),
            row(Some("882a306605fffff"), &[7]),
            row(Some("882a306639fffff"), &[7]),
        ];
        let top: Vec<String> = frame(&rows).top(2).iter().map(|cell| cell_text(cell.cell)).collect();
        assert_eq!(top, ["882a306605fffff", "882a306639fffff"]);
    }

    #[test]
    fn changes_are_told_from_a_mark_on_while_they_are_remembered() {
        let mut frame = frame(&[row(Some("882a306603fffff"), &[3])]);
        let mark = frame.mark();
        let since = |frame: &HexFrame| frame.changed_since(&mark).map(Iterator::count);
        let mut set = |value: i64| {
            frame.set(&"882a306603fffff".into(), &[Value::Int(value)]);
            since(&frame)
        };
        assert_eq!(set(3), Some(0));
        assert_eq!(set(4), Some(1));
        assert_eq!(set(0), Some(2));
        assert_eq!(set(0), Some(2));
        for value in 1..=i64::try_from(RECENT_MAX).unwrap() - 2 {
            set(value);
        }
        assert_eq!(set(1), None);
        let other = HexFrame::empty(8);
        assert!(other.changed_since(&mark).is_none());
    }

    proptest! {
        /// However cells come, change and go, the frame is that of the rows that are left.
        #[test]
        fn a_frame_that_changed_is_the_one_made_anew(
            changes in proptest::collection::vec((0_usize..5, 0_i64..4, 0_i64..3), 0..60),
        ) {
            let names = ["882a306603fffff", "882a306605fffff", "882a306639fffff", "882a306601fffff", "882a30660bfffff"];
            let (mut changed, mut last) = (HexFrame::empty(8), BTreeMap::new());
            for (name, value, overdue) in changes {
                let row = row(Some(names[name]), &[value, overdue]);
                changed.set(&row[0], &row[1..]);
                last.insert(name, row);
            }
            let anew = frame(&last.into_values().collect::<Vec<_>>());
            prop_assert_eq!(&changed, &anew);
            prop_assert_eq!((changed.values(), changed.overdue()), (anew.values(), anew.overdue()));
            prop_assert_eq!(changed.top(5), anew.top(5));
        }
    }
}
