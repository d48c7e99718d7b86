//! A sparkline: how one number went, without axes; its last value is a disc.

use plotters::prelude::*;

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (1_160, 320);
/// Space for the disc at the edges.
const MARGIN: i32 = 40;
/// The room is at least this part of the level high: a twentieth, five percent.
const LEVEL_PART: i64 = 20;
/// The disc's radius.
const DISC: u32 = 26;

/// The line of a number over time, oldest first, from zero where `from_zero`. Fewer than two values
/// are no line.
#[must_use]
pub fn spark(values: &[i64], paint: Paint, from_zero: bool) -> Drawing {
    let mut drawing = Drawing { width: SIZE.0, height: SIZE.1, shapes: Vec::new() };
    let (Some(min), Some(max)) = (values.iter().min(), values.iter().max()) else { return drawing };
    if values.len() < 2 {
        return drawing;
    }
    let room = room((*min, *max), from_zero);
    // The backend cannot fail: it writes into memory.
    let _ = draw(&mut drawing, values, room, paint);
    drawing
}

/// The lowest and the highest value that the room holds. A line that does not stand on zero is never
/// magnified beyond a [`LEVEL_PART`]th of its level: a change of some thousandths is drawn as what it
/// is, not as a cliff. A flat line from zero lies at the foot of its room.
fn room((min, max): (i64, i64), from_zero: bool) -> (i64, i64) {
    if from_zero {
        let low = min.min(0);
        return (low, max.max(low + 1));
    }
    let least = (max.abs() / LEVEL_PART).max(1);
    let missing = (least - (max - min)).max(0);
    let low = if min >= 0 { (min - missing / 2).max(0) } else { min - missing / 2 };
    (low, max.max(low + least))
}

fn draw(
    drawing: &mut Drawing,
    values: &[i64],
    (low, high): (i64, i64),
    paint: Paint,
) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
    let area = Backend::new(drawing).into_drawing_area();
    let last = i64::try_from(values.len()).unwrap_or(i64::MAX) - 1;
    let mut chart = ChartBuilder::on(&area).margin(MARGIN).build_cartesian_2d(0..last, low..high)?;
    let points = || (0_i64..).zip(values.iter().copied());
    chart.draw_series(LineSeries::new(points(), paint.color()))?;
    chart.draw_series(points().last().map(|point| Circle::new(point, DISC, paint.color().filled())))?;
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_drawn_the_same_everywhere() {
        let svg = spark(&[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7], Paint::Line, true).to_svg();
        assert_eq!(svg, include_str!("snapshots/spark.svg").trim_end());
    }

    #[test]
    fn a_change_of_some_thousandths_is_no_cliff() {
        assert_eq!(room((8_983, 9_027), false), (8_780, 9_231));
        assert_eq!(room((100, 400), false), (100, 400));
        assert_eq!(room((7, 7), false), (7, 8));
        assert_eq!(room((0, 0), false), (0, 1));
        assert_eq!(room((3, 9), true), (0, 9));
    }

    #[test]
    fn too_few_values_are_no_line() {
        assert!(spark(&[], Paint::Line, true).shapes.is_empty());
        assert!(spark(&[7], Paint::Line, true).shapes.is_empty());
        assert!(!spark(&[0, 0], Paint::Line, true).shapes.is_empty());
    }
}
