//! The WebGL2 objects of the hexagon layer and the calls that fill and draw them.

use js_sys::{Float32Array, Uint32Array};
use web_sys::{WebGl2RenderingContext as Gl, WebGlBuffer, WebGlTexture, WebGlVertexArrayObject};

use super::geometry::VERTEX_FLOATS;
use super::picture::{ROW_SLOTS, Sheet};

mod program;

pub(super) use program::{Paint, Strokes};
use program::{Program, VERTEX_PLACE};

/// Bytes of a float and of an index.
const WORD_BYTES: usize = 4;

/// Why the graphics card cannot draw the hexagons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum GpuError {
    /// The context is lost; MapLibre adds the layer again when it is back.
    #[error("the graphics context is lost")]
    Lost,
    /// The driver refuses a shader.
    #[error("the graphics driver refuses the hexagon shader: {log}")]
    Shader {
        /// What the driver says.
        log: String,
    },
}

/// A buffer that grows by doubling, and how much of it is filled.
struct Growing {
    buffer: WebGlBuffer,
    target: u32,
    room: usize,
    filled: usize,
}

/// What the layer owns on the graphics card. Freed when dropped.
pub(super) struct Gpu {
    gl: Gl,
    hexagons: Program,
    middles: Program,
    vertex_array: WebGlVertexArrayObject,
    vertices: Growing,
    indices: Growing,
    texture: WebGlTexture,
    texture_rows: usize,
    // Which resolution's triangles and numbers the buffers hold.
    res: Option<u8>,
    index_count: i32,
    vertex_count: i32,
}

impl Gpu {
    pub(super) fn new(gl: Gl) -> Result<Self, GpuError> {
        let hexagons =
            Program::new(&gl, include_str!("gpu/hexagons.vert"), include_str!("gpu/hexagons.frag"))?;
        let middles = Program::new(&gl, include_str!("gpu/middles.vert"), include_str!("gpu/middles.frag"))?;
        let vertex_array = gl.create_vertex_array().ok_or(GpuError::Lost)?;
        let vertices = Growing::new(&gl, Gl::ARRAY_BUFFER)?;
        let indices = Growing::new(&gl, Gl::ELEMENT_ARRAY_BUFFER)?;
        let texture = gl.create_texture().ok_or(GpuError::Lost)?;
        let gpu = Self {
            hexagons,
            middles,
            vertex_array,
            vertices,
            indices,
            texture,
            texture_rows: 0,
            res: None,
            index_count: 0,
            vertex_count: 0,
            gl,
        };
        gpu.lay_out();
        Ok(gpu)
    }

    /// Says once how vertices lie in their buffer and how the texture is read.
    fn lay_out(&self) {
        let gl = &self.gl;
        gl.bind_vertex_array(Some(&self.vertex_array));
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&self.vertices.buffer));
        gl.bind_buffer(Gl::ELEMENT_ARRAY_BUFFER, Some(&self.indices.buffer));
        gl.enable_vertex_attrib_array(VERTEX_PLACE);
        gl.vertex_attrib_pointer_with_i32(VERTEX_PLACE, length(VERTEX_FLOATS), Gl::FLOAT, false, 0, 0);
        gl.bind_vertex_array(None);
        gl.active_texture(Gl::TEXTURE0);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&self.texture));
        for (name, value) in [
            (Gl::TEXTURE_MIN_FILTER, Gl::NEAREST),
            (Gl::TEXTURE_MAG_FILTER, Gl::NEAREST),
            (Gl::TEXTURE_WRAP_S, Gl::CLAMP_TO_EDGE),
            (Gl::TEXTURE_WRAP_T, Gl::CLAMP_TO_EDGE),
        ] {
            gl.tex_parameteri(Gl::TEXTURE_2D, name, value.cast_signed());
        }
    }

    /// Brings what changed of a sheet onto the card: cells that are new, and rows of numbers.
    pub(super) fn take(&mut self, res: u8, sheet: &mut Sheet) {
        let is_other = self.res.replace(res) != Some(res);
        if is_other {
            self.vertices.filled = 0;
            self.indices.filled = 0;
        }
        // Element buffers are bound to a vertex array: ours, not one of MapLibre's.
        self.gl.bind_vertex_array(Some(&self.vertex_array));
        let (vertices, indices) = (sheet.geometry.vertices(), sheet.geometry.indices());
        self.vertices.fill(&self.gl, vertices.len(), |from| Float32Array::from(&vertices[from..]).into());
        self.indices.fill(&self.gl, indices.len(), |from| Uint32Array::from(&indices[from..]).into());
        self.index_count = length(indices.len());
        self.vertex_count = length(vertices.len() / VERTEX_FLOATS);
        self.gl.bind_vertex_array(None);
        self.take_numbers(is_other, sheet);
    }

    fn take_numbers(&mut self, is_other: bool, sheet: &mut Sheet) {
        let gl = &self.gl;
        gl.active_texture(Gl::TEXTURE0);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&self.texture));
        let rows = sheet.rows();
        if is_other || rows != self.texture_rows {
            self.texture_rows = rows;
            with_plain_bytes(gl, || upload_all(gl, rows, sheet.take_all()));
        } else if let Some((rows, bytes)) = sheet.take_changes() {
            with_plain_bytes(gl, || upload_rows(gl, rows.start, rows.len(), bytes));
        }
    }

    /// Draws the hexagons that it was told of.
    pub(super) fn draw(&self, paint: &Paint<'_>) {
        self.draw_with(&self.hexagons, paint, |gl| {
            gl.draw_elements_with_i32(Gl::TRIANGLES, self.index_count, Gl::UNSIGNED_INT, 0);
        });
    }

    /// Draws their middles once more, as small squares: over what was drawn over the hexagons since.
    pub(super) fn draw_middles(&self, paint: &Paint<'_>) {
        self.draw_with(&self.middles, paint, |gl| gl.draw_arrays(Gl::POINTS, 0, self.vertex_count));
    }

    fn draw_with(&self, program: &Program, paint: &Paint<'_>, draw: impl FnOnce(&Gl)) {
        let gl = &self.gl;
        if self.index_count == 0 || self.texture_rows == 0 {
            return;
        }
        program.take_up(gl, paint);
        gl.active_texture(Gl::TEXTURE0);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&self.texture));
        gl.disable(Gl::DEPTH_TEST);
        gl.disable(Gl::STENCIL_TEST);
        gl.disable(Gl::CULL_FACE);
        // On by default, and MapLibre never asks: a dithered colour is not the legend's.
        gl.disable(Gl::DITHER);
        gl.enable(Gl::BLEND);
        gl.blend_equation(Gl::FUNC_ADD);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        gl.bind_vertex_array(Some(&self.vertex_array));
        draw(gl);
        gl.bind_vertex_array(None);
        gl.bind_texture(Gl::TEXTURE_2D, None);
        gl.enable(Gl::DITHER);
    }
}

impl Drop for Gpu {
    fn drop(&mut self) {
        // Of a lost context these are no-ops.
        self.gl.delete_program(Some(&self.hexagons.program));
        self.gl.delete_program(Some(&self.middles.program));
        self.gl.delete_vertex_array(Some(&self.vertex_array));
        self.gl.delete_buffer(Some(&self.vertices.buffer));
        self.gl.delete_buffer(Some(&self.indices.buffer));
        self.gl.delete_texture(Some(&self.texture));
    }
}

impl Growing {
    fn new(gl: &Gl, target: u32) -> Result<Self, GpuError> {
        let buffer = gl.create_buffer().ok_or(GpuError::Lost)?;
        Ok(Self { buffer, target, room: 0, filled: 0 })
    }

    /// Fills up to `len` words; `words` gives those from an index on.
    fn fill(&mut self, gl: &Gl, len: usize, words: impl Fn(usize) -> js_sys::Object) {
        if len == self.filled {
            return;
        }
        gl.bind_buffer(self.target, Some(&self.buffer));
        if len > self.room {
            self.room = len.next_power_of_two();
            self.filled = 0;
            gl.buffer_data_with_i32(self.target, length(self.room * WORD_BYTES), Gl::DYNAMIC_DRAW);
        }
        let offset = length(self.filled * WORD_BYTES);
        gl.buffer_sub_data_with_i32_and_array_buffer_view(self.target, offset, &words(self.filled));
        self.filled = len;
    }
}

/// Uploads with every unpack setting at its default but the alignment: MapLibre may have changed
/// them, and rows of single bytes are aligned to nothing.
fn with_plain_bytes(gl: &Gl, upload: impl FnOnce()) {
    gl.bind_buffer(Gl::PIXEL_UNPACK_BUFFER, None);
    for name in [
        Gl::UNPACK_FLIP_Y_WEBGL,
        Gl::UNPACK_PREMULTIPLY_ALPHA_WEBGL,
        Gl::UNPACK_ROW_LENGTH,
        Gl::UNPACK_IMAGE_HEIGHT,
        Gl::UNPACK_SKIP_ROWS,
        Gl::UNPACK_SKIP_PIXELS,
        Gl::UNPACK_SKIP_IMAGES,
    ] {
        gl.pixel_storei(name, 0);
    }
    gl.pixel_storei(Gl::UNPACK_ALIGNMENT, 1);
    upload();
    gl.pixel_storei(Gl::UNPACK_ALIGNMENT, 4);
}

fn upload_all(gl: &Gl, rows: usize, bytes: &[u8]) {
    // Can only fail for an array of a wrong type or length, which ours is not.
    let _ = gl.tex_image_2d_with_i32_and_i32_and_i32_and_format_and_type_and_opt_u8_array(
        Gl::TEXTURE_2D,
        0,
        Gl::R8UI.cast_signed(),
        length(ROW_SLOTS),
        length(rows),
        0,
        Gl::RED_INTEGER,
        Gl::UNSIGNED_BYTE,
        Some(bytes),
    );
}

fn upload_rows(gl: &Gl, first: usize, rows: usize, bytes: &[u8]) {
    let _ = gl.tex_sub_image_2d_with_i32_and_i32_and_u32_and_type_and_opt_u8_array(
        Gl::TEXTURE_2D,
        0,
        0,
        length(first),
        length(ROW_SLOTS),
        length(rows),
        Gl::RED_INTEGER,
        Gl::UNSIGNED_BYTE,
        Some(bytes),
    );
}

/// A length as WebGL takes it. Sizes here stay far below 2 GB.
fn length(len: usize) -> i32 {
    i32::try_from(len).unwrap_or(i32::MAX)
}
