//! One number as a part of its room: a plain bar, without any word on timeliness.

use plotters::prelude::*;

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (1_600, 160);
/// The smallest number that is not none is seen too.
const THINNEST: i32 = 12;

/// The bar of `value`; `full` fills the room.
#[must_use]
pub fn part(value: f64, full: f64) -> Drawing {
    let mut drawing = Drawing { width: SIZE.0, height: SIZE.1, shapes: Vec::new() };
    // The backend cannot fail: it writes into memory.
    let _ = draw(&mut drawing, units(value, full));
    drawing
}

fn draw(drawing: &mut Drawing, to: i32) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
    let area = Backend::new(drawing).into_drawing_area();
    let corner = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let (right, foot) = (corner(SIZE.0), corner(SIZE.1));
    area.draw(&Rectangle::new([(0, 0), (right, foot)], Paint::Band.color().filled()))?;
    if to > 0 {
        area.draw(&Rectangle::new([(0, 0), (to, foot)], Paint::Line.color().filled()))?;
    }
    area.present()
}

fn units(value: f64, full: f64) -> i32 {
    if !(value > 0.0 && full > 0.0) {
        return 0;
    }
    let share = (value / full).min(1.0) * f64::from(SIZE.0);
    #[allow(clippy::cast_possible_truncation)] // At most the room.
    let units = share.round() as i32;
    units.max(THINNEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_in_proportion_and_never_leaves_its_room() {
        for (value, full, want) in [
            (0.0, 10.0, 0),
            (5.0, 10.0, 800),
            (10.0, 10.0, 1_600),
            (11.0, 10.0, 1_600),
            (0.001, 10.0, THINNEST),
            (-1.0, 10.0, 0),
            (1.0, 0.0, 0),
            (f64::NAN, 10.0, 0),
        ] {
            assert_eq!(units(value, full), want, "{value} of {full}");
        }
    }
}
