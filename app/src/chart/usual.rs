//! Today's line over what is usual: a band from the lowest to the highest of the same weekday of
//! some weeks, hour by hour.

use plotters::prelude::*;

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (1_160, 420);
const MARGIN: i32 = 40;
const DISC: u32 = 26;

/// A day against what is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usual {
    /// The lowest and the highest at each step of the whole day; empty where nothing is known.
    pub band: Vec<(i64, i64)>,
    /// Today, as far as it has gone.
    pub today: Vec<i64>,
}

/// The chart.
#[must_use]
pub fn usual_band(usual: &Usual, paint: Paint) -> Drawing {
    let mut drawing = Drawing { width: SIZE.0, height: SIZE.1, shapes: Vec::new() };
    let highest = usual.today.iter().copied().chain(usual.band.iter().map(|(_, high)| *high)).max();
    let steps = usual.band.len().max(usual.today.len());
    if let Some(highest) = highest
        && steps > 1
    {
        // The backend cannot fail: it writes into memory.
        let _ = draw(&mut drawing, usual, steps, highest.max(1), paint);
    }
    drawing
}

fn draw(
    drawing: &mut Drawing,
    usual: &Usual,
    steps: usize,
    highest: i64,
    paint: Paint,
) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
    let area = Backend::new(drawing).into_drawing_area();
    let last = i64::try_from(steps).unwrap_or(i64::MAX) - 1;
    let mut chart = ChartBuilder::on(&area).margin(MARGIN).build_cartesian_2d(0..last, 0..highest)?;
    if usual.band.len() > 1 {
        let high = (0_i64..).zip(usual.band.iter().map(|(_, high)| *high));
        let low: Vec<(i64, i64)> = (0_i64..).zip(usual.band.iter().map(|(low, _)| *low)).collect();
        let outline: Vec<(i64, i64)> = high.chain(low.into_iter().rev()).collect();
        chart.draw_series([Polygon::new(outline, Paint::Band.color())])?;
    }
    let points = || (0_i64..).zip(usual.today.iter().copied());
    chart.draw_series(LineSeries::new(points(), paint.color()))?;
    chart.draw_series(points().last().map(|point| Circle::new(point, DISC, paint.color().filled())))?;
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_drawn_the_same_everywhere() {
        let usual = Usual { band: vec![(0, 2), (3, 6), (8, 12), (10, 20)], today: vec![1, 4, 13] };
        let svg = usual_band(&usual, Paint::Line).to_svg();
        assert_eq!(svg, include_str!("snapshots/usual.svg").trim_end());
    }

    #[test]
    fn without_a_past_only_today_is_drawn() {
        let usual = Usual { band: Vec::new(), today: vec![1, 4] };
        assert_eq!(usual_band(&usual, Paint::Line).shapes.len(), 2);
        assert!(usual_band(&Usual::default(), Paint::Line).shapes.is_empty());
    }
}
