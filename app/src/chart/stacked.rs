//! How the open cases of a row stand in their limits: one bar, in time first, overdue last.

use plotters::prelude::*;

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (1_600, 160);
/// The white between two parts.
const GAP: i32 = 15;
/// A single case is seen too.
const THINNEST: i32 = 12;

/// How many stand so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// ● in time.
    pub in_time: i64,
    /// ○ without a limit.
    pub no_deadline: i64,
    /// ▲ due soon.
    pub due_soon: i64,
    /// ■ overdue.
    pub overdue: i64,
}

impl Split {
    /// All of them: the open cases.
    #[must_use]
    pub const fn open(self) -> i64 {
        self.in_time + self.no_deadline + self.due_soon + self.overdue
    }
}

/// The bar; `full` cases fill the room.
#[must_use]
pub fn stacked(split: Split, full: i64) -> Drawing {
    let mut drawing = Drawing { width: SIZE.0, height: SIZE.1, shapes: Vec::new() };
    let parts = parts(split, full);
    // The backend cannot fail: it writes into memory.
    let _ = draw(&mut drawing, &parts);
    drawing
}

fn draw(
    drawing: &mut Drawing,
    parts: &[(Paint, i32, i32)],
) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
    let area = Backend::new(drawing).into_drawing_area();
    let foot = i32::try_from(SIZE.1).unwrap_or(i32::MAX);
    for (paint, from, to) in parts {
        area.draw(&Rectangle::new([(*from, 0), (*to, foot)], paint.color().filled()))?;
    }
    area.present()
}

/// Where each part begins and ends. No part is thinner than [`THINNEST`], none overlaps another, and
/// none leaves the room.
fn parts(split: Split, full: i64) -> Vec<(Paint, i32, i32)> {
    let room = i64::from(SIZE.0);
    let units = |number: i64| {
        let share = i128::from(number) * i128::from(room) / i128::from(full.max(1));
        i32::try_from(share.min(i128::from(room))).unwrap_or(0)
    };
    let each = [
        (Paint::InTime, split.in_time),
        (Paint::NoData, split.no_deadline),
        (Paint::DueSoon, split.due_soon),
        (Paint::Overdue, split.overdue),
    ];
    let mut widths: Vec<(Paint, i32)> = each
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(paint, number)| (paint, (units(number) - GAP).max(THINNEST)))
        .collect();
    // What the thin parts were widened by is taken from the widest.
    let gaps = GAP * (i32::try_from(widths.len()).unwrap_or(1) - 1).max(0);
    let over =
        widths.iter().map(|(_, width)| width).sum::<i32>() + gaps - i32::try_from(room).unwrap_or(i32::MAX);
    if over > 0
        && let Some(widest) = widths.iter_mut().max_by_key(|(_, width)| *width)
    {
        widest.1 -= over;
    }
    let mut from = 0;
    widths
        .into_iter()
        .map(|(paint, width)| {
            let part = (paint, from, from + width);
            from += width + GAP;
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(split: Split, full: i64) {
        let parts = parts(split, full);
        let end = parts.last().map_or(0, |(_, _, to)| *to);
        assert!(i64::from(end) <= i64::from(SIZE.0), "{parts:?}");
        assert!(parts.iter().all(|(_, from, to)| to - from >= THINNEST), "{parts:?}");
        assert!(parts.windows(2).all(|pair| pair[0].2 + GAP <= pair[1].1), "{parts:?}");
    }

    #[test]
    fn parts_never_overlap_nor_leave_the_bar() {
        check(Split { in_time: 97, no_deadline: 0, due_soon: 21, overdue: 14 }, 132);
        check(Split { in_time: 100_000, no_deadline: 1, due_soon: 1, overdue: 1 }, 100_003);
        check(Split { in_time: 1, no_deadline: 1, due_soon: 1, overdue: 1 }, 1_000_000);
        check(Split { in_time: 25, no_deadline: 25, due_soon: 25, overdue: 25 }, 100);
        check(Split::default(), 0);
    }

    #[test]
    fn the_bar_is_drawn_the_same_everywhere() {
        let split = Split { in_time: 97, no_deadline: 3, due_soon: 21, overdue: 14 };
        assert_eq!(stacked(split, 200).to_svg(), include_str!("snapshots/stacked.svg").trim_end());
    }
}
