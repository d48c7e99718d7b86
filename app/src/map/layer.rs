//! The hexagons on the graphics card: a WebGL2 layer inside MapLibre's own context. It draws what
//! [`Picture`] says and decides nothing.
//!
//! Colours are written as they stand in the legend: blending, dithering and smoothing touch only the
//! outermost pixel of a hexagon. MapLibre takes its context back as unknown after each custom layer
//! and sets every state that it needs anew; what it does not keep account of is put back here.

use web_sys::WebGl2RenderingContext as Gl;

use super::frame::HexFrame;
use super::geometry::matrix_from_origin;
use super::gpu::{Gpu, GpuError, Paint, Strokes};
use super::motion::{Motion, Step};
use super::outline::Outline;
use super::picture::Picture;
use super::ramp::{CLASSES_MAX, overdue_outline};
use super::resolution::Camera;
use super::scale::Scale;
use crate::theme::Shade;

/// Gap between two hexagons and width of the red outline, in shares of a hexagon's width.
const GAP_SHARE: f64 = 0.03;
const OUTLINE_SHARE: f64 = 0.075;
/// The gap is never wider than this, in the text size of the map's place on the page.
const GAP_EM_MAX: f64 = 0.1;

/// Side of a hexagon's middle that stays free of lines, in CSS pixels: the pixel that stands for its
/// number, and what rounding may make of it.
const MIDDLE_PX: f64 = 5.0;
/// Of the smallest hexagons it is this share of their width: it never covers their shape.
const MIDDLE_SHARE_MAX: f64 = 0.5;

/// The hexagons and, while MapLibre has them in its style, their part of the graphics card.
pub(super) struct Layer {
    shade: Shade,
    picture: Picture,
    motion: Motion,
    // Of what comes, as a share of its full size; what goes has the rest.
    size: f32,
    colours: [[f32; 3]; CLASSES_MAX],
    gpu: Option<Gpu>,
}

/// What MapLibre says of the frame to draw.
pub(super) struct FrameView<'a> {
    /// World to screen, column by column.
    pub(super) matrix: &'a [f64],
    /// Where the camera stands.
    pub(super) camera: Camera,
    /// Device pixels in a CSS pixel.
    pub(super) pixel_ratio: f64,
    /// The instant, of a clock that only moves forwards.
    pub(super) now_ms: f64,
}

impl Layer {
    pub(super) fn new(shade: Shade, is_moving: bool) -> Self {
        Self {
            shade,
            picture: Picture::default(),
            motion: Motion::new(is_moving),
            size: 1.0,
            colours: Default::default(),
            gpu: None,
        }
    }

    /// Shows a frame from the next picture on.
    pub(super) fn show(&mut self, frame: &HexFrame, scale: &Scale, outline: Outline) {
        for (held, colour) in self.colours.iter_mut().zip(scale.colours(self.shade)) {
            *held = colour.fractions();
        }
        if self.picture.show(frame, scale, outline, self.motion.is_on()) {
            self.motion.begin();
        }
    }

    /// MapLibre has put the layer into its style: at the start, and again after a lost context.
    pub(super) fn added(&mut self, gl: Gl) -> Result<(), GpuError> {
        self.gpu = None;
        self.gpu = Some(Gpu::new(gl)?);
        Ok(())
    }

    /// MapLibre takes the layer out of its style.
    pub(super) fn removed(&mut self) {
        self.gpu = None;
    }

    /// Draws the hexagons of one frame. Whether something still moves, and another is to be drawn.
    pub(super) fn render(&mut self, view: &FrameView<'_>) -> bool {
        let step = self.motion.step(view.now_ms);
        self.size = if let Step::Moving(size) = step { size } else { 1.0 };
        if let (Step::Ended, Some(sheet)) = (step, self.picture.sheet()) {
            sheet.settle();
        }
        let res = self.picture.res();
        if let (Some(gpu), Some(sheet)) = (&mut self.gpu, self.picture.sheet()) {
            gpu.take(res, sheet);
        }
        self.draw(view, Gpu::draw);
        matches!(step, Step::Moving(_))
    }

    /// Draws the middles of the same frame over what has been drawn over the hexagons.
    pub(super) fn render_middles(&mut self, view: &FrameView<'_>) -> bool {
        self.draw(view, Gpu::draw_middles);
        false
    }

    fn draw(&mut self, view: &FrameView<'_>, draw: impl FnOnce(&Gpu, &Paint<'_>)) {
        let strokes = strokes(view, self.picture.res());
        let (Some(gpu), Some(sheet)) = (&self.gpu, self.picture.sheet()) else { return };
        let Ok(world) = <&[f64; 16]>::try_from(view.matrix) else { return };
        let paint = Paint {
            matrix: matrix_from_origin(world, sheet.geometry.origin()),
            colours: &self.colours,
            overdue: overdue_outline(self.shade).fractions(),
            size: self.size,
            strokes,
        };
        draw(gpu, &paint);
    }
}

fn strokes(view: &FrameView<'_>, res: u8) -> Strokes {
    let width_px = view.camera.hexagon_px(res) * view.pixel_ratio;
    let em_px = view.camera.em_px * view.pixel_ratio;
    let gap_px = (width_px * GAP_SHARE).min(em_px * GAP_EM_MAX);
    #[allow(clippy::cast_possible_truncation)] // A few pixels.
    Strokes {
        half_gap_px: (gap_px / 2.0) as f32,
        outline_px: (width_px * OUTLINE_SHARE).max(1.5) as f32,
        middle_px: (MIDDLE_PX * view.pixel_ratio).min(width_px * MIDDLE_SHARE_MAX) as f32,
    }
}
