//! A sparkline: how one number went, without axes; its last value is a disc.

use plotters::prelude::*;

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (1_160, 320);
/// Space for the disc at the edges.
const MARGIN: i32 = 40;
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
    let low = if from_zero { 0.min(*min) } else { *min };
    // A flat line lies at the foot of its room.
    let high = (*max).max(low + 1);
    // The backend cannot fail: it writes into memory.
    let _ = draw(&mut drawing, values, (low, high), paint);
    drawing
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
    fn too_few_values_are_no_line() {
        assert!(spark(&[], Paint::Line, true).shapes.is_empty());
        assert!(spark(&[7], Paint::Line, true).shapes.is_empty());
        assert!(!spark(&[0, 0], Paint::Line, true).shapes.is_empty());
    }
}
