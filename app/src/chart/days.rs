//! Received and resolved day by day, from zero, with the words on the lines themselves.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::backend::Backend;
use super::drawing::Drawing;
use super::paint::Paint;
use crate::text::Lang;
use crate::text::number::count;

/// The room, in tenths of a pixel.
const SIZE: (u32, u32) = (7_200, 2_200);
/// Room for the numbers of the axis, the words at the lines' ends, the head and the days.
const LEFT: u32 = 520;
const RIGHT: u32 = 1_150;
const TOP: u32 = 120;
const BOTTOM: u32 = 340;
/// The size of the words.
const LETTERS: u32 = 125;
/// How many hairlines stand above the foot at most.
const LINES_MAX: i64 = 4;
/// How many days are named at most.
const NAMES_MAX: usize = 6;
/// The disc's radius.
const DISC: u32 = 32;

/// What the chart is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// What people read for each day, oldest first.
    pub names: Vec<String>,
    /// The first line and its word.
    pub first: (String, Vec<i64>),
    /// The second line and its word.
    pub second: (String, Vec<i64>),
    /// How the numbers of the axis are written.
    pub lang: Lang,
}

/// The chart.
#[must_use]
pub fn days(days: &Days) -> Drawing {
    let mut drawing = Drawing { width: SIZE.0, height: SIZE.1, shapes: Vec::new() };
    if days.names.len() > 1 {
        // The backend cannot fail: it writes into memory.
        let _ = draw(&mut drawing, days);
    }
    drawing
}

fn draw(drawing: &mut Drawing, days: &Days) -> Result<(), DrawingAreaErrorKind<std::convert::Infallible>> {
    let area = Backend::new(drawing).into_drawing_area();
    let highest = days.first.1.iter().chain(&days.second.1).copied().max().unwrap_or(0).max(1);
    let step = nice_step(highest);
    let top = (highest + step - 1) / step * step;
    let last = i64::try_from(days.names.len()).unwrap_or(i64::MAX) - 1;
    let mut chart = ChartBuilder::on(&area)
        .margin_left(LEFT)
        .margin_right(RIGHT)
        .margin_top(TOP)
        .margin_bottom(BOTTOM)
        .build_cartesian_2d(0..last, 0..top)?;
    let words = |paint: Paint, h_pos, v_pos| {
        ("Be Vietnam Pro", LETTERS).into_font().color(&paint.color()).pos(Pos::new(h_pos, v_pos))
    };
    let at = |point: (i64, i64)| chart.backend_coord(&point);
    let mut labels = Vec::new();
    for line in 0..=top / step {
        let (x, y) = at((0, line * step));
        labels.push((
            (x - 80, y),
            count(days.lang, line * step),
            words(Paint::Label, HPos::Right, VPos::Center),
        ));
    }
    for (place, name) in named_days(&days.names) {
        let (x, y) = at((place, 0));
        labels.push(((x, y + 90), name, words(Paint::Label, HPos::Center, VPos::Top)));
    }
    for ((word, values), paint) in [(&days.second, Paint::Second), (&days.first, Paint::Line)] {
        let (x, y) = at((last, values.last().copied().unwrap_or(0)));
        labels.push(((x + 90, y), word.clone(), words(paint, HPos::Left, VPos::Center)));
    }
    keep_apart(&mut labels);
    for line in 0..=top / step {
        let points = [(0, line * step), (last, line * step)];
        chart.draw_series([PathElement::new(points, Paint::Grid.color())])?;
    }
    for ((_, values), paint) in [(&days.second, Paint::Second), (&days.first, Paint::Line)] {
        let points = || (0_i64..).zip(values.iter().copied());
        chart.draw_series(LineSeries::new(points(), paint.color()))?;
        chart.draw_series(points().last().map(|point| Circle::new(point, DISC, paint.color().filled())))?;
    }
    for (place, text, style) in labels {
        area.draw_text(&text, &style, place)?;
    }
    area.present()
}

/// The words of the two lines stand last; where they would touch, both give way.
fn keep_apart(labels: &mut [((i32, i32), String, TextStyle<'_>)]) {
    let least = i32::try_from(LETTERS).unwrap_or(0) * 13 / 10;
    if let [.., (second, ..), (first, ..)] = labels {
        let apart = first.1 - second.1;
        let give = (least - apart.abs()).max(0) / 2;
        let way = if apart < 0 { -give } else { give };
        first.1 += way;
        second.1 -= way;
    }
}

/// 1, 2 or 5 with zeros: the distance of the hairlines. In whole numbers, so that server and browser
/// agree to the last bit.
fn nice_step(highest: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for nice in [step, step.saturating_mul(2), step.saturating_mul(5)] {
            if highest <= nice.saturating_mul(LINES_MAX) {
                return nice;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The days that are named: evenly, the newest always.
fn named_days(names: &[String]) -> Vec<(i64, String)> {
    let every = names.len().div_ceil(NAMES_MAX).max(1);
    let last = names.len().saturating_sub(1);
    (0_i64..)
        .zip(names)
        .enumerate()
        .filter(|(place, _)| (last - place).is_multiple_of(every))
        .map(|(_, (at, name))| (at, name.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Days {
        Days {
            names: (1..=9).map(|day| format!("0{day}-10")).collect(),
            first: ("Tiếp nhận".into(), vec![310, 402, 388, 120, 95, 420, 433, 401, 377]),
            second: ("Xử lý xong".into(), vec![290, 380, 391, 140, 99, 350, 440, 388, 371]),
            lang: Lang::Vi,
        }
    }

    #[test]
    fn the_days_are_drawn_the_same_everywhere() {
        assert_eq!(days(&some()).to_svg(), include_str!("snapshots/days.svg").trim_end());
    }

    #[track_caller]
    fn check_step(highest: i64, want: i64) {
        assert_eq!(nice_step(highest), want);
    }

    #[test]
    fn hairlines_stand_at_round_numbers() {
        check_step(1, 1);
        check_step(4, 1);
        check_step(5, 2);
        check_step(433, 200);
        check_step(2_100, 1_000);
    }

    #[test]
    fn the_newest_day_is_always_named() {
        let named = named_days(&some().names);
        assert_eq!(named.last().map(|(place, _)| *place), Some(8));
        assert!(named.len() <= NAMES_MAX);
    }

    #[test]
    fn one_day_is_no_line() {
        let one = Days { names: vec!["01-10".into()], ..some() };
        assert!(days(&one).shapes.is_empty());
    }
}
