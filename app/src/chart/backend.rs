//! The one backend that charts are drawn on: what plotters draws becomes [`Shape`]s.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters::prelude::DrawingBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use super::advances::{ASCENT, DESCENT, width};
use super::drawing::{Drawing, Shape};
use super::paint::Paint;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Draws into a [`Drawing`].
pub(super) struct Backend<'a> {
    drawing: &'a mut Drawing,
}

impl<'a> Backend<'a> {
    pub(super) fn new(drawing: &'a mut Drawing) -> Self {
        Self { drawing }
    }

    fn push(&mut self, shape: Shape) -> Drawn {
        self.drawing.shapes.push(shape);
        Ok(())
    }
}

/// The class of a shape; nothing for what is fully transparent.
fn class(color: BackendColor, kind: &str) -> Option<String> {
    (color.alpha > 0.0).then(|| {
        let name = Paint::of(color.rgb).class();
        if kind.is_empty() { name.to_owned() } else { format!("{name} {kind}") }
    })
}

fn path(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut d = String::new();
    for (place, (x, y)) in points.into_iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(d, "{letter}{x} {y}");
    }
    d
}

/// A share of a size, in thousandths, rounded.
fn of_size(size: f64, thousandths: u32) -> i32 {
    #[allow(clippy::cast_possible_truncation)] // Sizes of letters on a chart.
    let units = (size * f64::from(thousandths) / 1000.0).round() as i32;
    units
}

impl DrawingBackend for Backend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.drawing.width, self.drawing.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        match class(color, "") {
            Some(class) => self.push(Shape::Rect { class, at: (x, y, 1, 1) }),
            None => Ok(()),
        }
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let at = (x, y, from.0.abs_diff(to.0), from.1.abs_diff(to.1));
        match class(style.color(), if fill { "" } else { "stroke" }) {
            Some(class) => self.push(Shape::Rect { class, at }),
            None => Ok(()),
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        match class(style.color(), "stroke") {
            Some(class) => self.push(Shape::Path { class, d: path(points) }),
            None => Ok(()),
        }
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        match class(style.color(), if fill { "" } else { "stroke" }) {
            Some(class) => self.push(Shape::Circle { class, at: (x, y, radius) }),
            None => Ok(()),
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        match class(style.color(), "") {
            Some(class) => self.push(Shape::Path { class, d: format!("{}Z", path(points)) }),
            None => Ok(()),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let Some(class) = class(style.color(), "") else { return Ok(()) };
        let size = style.size();
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        // SVG's y is the baseline; plotters' is the top, the middle or the bottom of the line.
        let below = match style.anchor().v_pos {
            VPos::Top => of_size(size, ASCENT),
            VPos::Center => of_size(size, (ASCENT - DESCENT) / 2),
            VPos::Bottom => -of_size(size, DESCENT),
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Sizes of letters on a chart.
        let size = size.round() as u32;
        self.push(Shape::Text { class, at: (x, y + below), anchor, size, text: text.to_owned() })
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let side = |thousandths| of_size(style.size(), thousandths).unsigned_abs();
        Ok((side(width(text)), side(ASCENT + DESCENT)))
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn {
        // No chart of ours holds an image.
        Ok(())
    }
}
