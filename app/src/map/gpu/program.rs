//! Shaders, compiled and linked, and where their settings go.

use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlUniformLocation};

use super::GpuError;

/// The place of a vertex in both programs, so that they share one vertex array.
pub(super) const VERTEX_PLACE: u32 = 0;

/// One program and its uniforms; those that its shaders do not have are none, and setting them does
/// nothing.
pub(super) struct Program {
    pub(super) program: WebGlProgram,
    matrix: Option<WebGlUniformLocation>,
    numbers: Option<WebGlUniformLocation>,
    colours: Option<WebGlUniformLocation>,
    overdue: Option<WebGlUniformLocation>,
    half_gap_px: Option<WebGlUniformLocation>,
    outline_px: Option<WebGlUniformLocation>,
    size_px: Option<WebGlUniformLocation>,
    size: Option<WebGlUniformLocation>,
}

/// What a picture is drawn with.
pub(in crate::map) struct Paint<'a> {
    /// From the geometry's origin to the screen.
    pub(in crate::map) matrix: [f32; 16],
    /// The classes' colours.
    pub(in crate::map) colours: &'a [[f32; 3]],
    /// The outline's colour.
    pub(in crate::map) overdue: [f32; 3],
    /// Of what comes, as a share of its full size.
    pub(in crate::map) size: f32,
    /// Widths.
    pub(in crate::map) strokes: Strokes,
}

/// Widths in device pixels.
#[derive(Clone, Copy)]
pub(in crate::map) struct Strokes {
    /// Half of the gap between two hexagons.
    pub(in crate::map) half_gap_px: f32,
    /// The red outline.
    pub(in crate::map) outline_px: f32,
    /// A middle's side.
    pub(in crate::map) middle_px: f32,
}

impl Program {
    pub(super) fn new(gl: &Gl, vertex: &str, fragment: &str) -> Result<Self, GpuError> {
        let program = linked(gl, vertex, fragment)?;
        let uniform = |name| gl.get_uniform_location(&program, name);
        Ok(Self {
            matrix: uniform("u_matrix"),
            numbers: uniform("u_numbers"),
            colours: uniform("u_colours"),
            overdue: uniform("u_overdue"),
            half_gap_px: uniform("u_half_gap_px"),
            outline_px: uniform("u_outline_px"),
            size_px: uniform("u_size_px"),
            size: uniform("u_size"),
            program,
        })
    }

    /// Makes this the program that draws, with these settings and the numbers of texture unit 0.
    pub(super) fn take_up(&self, gl: &Gl, paint: &Paint<'_>) {
        gl.use_program(Some(&self.program));
        gl.uniform_matrix4fv_with_f32_array(self.matrix.as_ref(), false, &paint.matrix);
        gl.uniform1i(self.numbers.as_ref(), 0);
        gl.uniform3fv_with_f32_array(self.colours.as_ref(), paint.colours.as_flattened());
        gl.uniform3fv_with_f32_array(self.overdue.as_ref(), &paint.overdue);
        gl.uniform1f(self.half_gap_px.as_ref(), paint.strokes.half_gap_px);
        gl.uniform1f(self.outline_px.as_ref(), paint.strokes.outline_px);
        gl.uniform1f(self.size_px.as_ref(), paint.strokes.middle_px);
        gl.uniform1f(self.size.as_ref(), paint.size);
    }
}

fn linked(gl: &Gl, vertex: &str, fragment: &str) -> Result<WebGlProgram, GpuError> {
    let vertex = shader(gl, Gl::VERTEX_SHADER, vertex)?;
    let fragment = shader(gl, Gl::FRAGMENT_SHADER, fragment)?;
    let program = gl.create_program().ok_or(GpuError::Lost)?;
    gl.attach_shader(&program, &vertex);
    gl.attach_shader(&program, &fragment);
    gl.bind_attrib_location(&program, VERTEX_PLACE, "a_vertex");
    gl.link_program(&program);
    let is_linked = gl.get_program_parameter(&program, Gl::LINK_STATUS).is_truthy();
    let log = gl.get_program_info_log(&program);
    // The program keeps what it needs of them.
    gl.delete_shader(Some(&vertex));
    gl.delete_shader(Some(&fragment));
    if is_linked { Ok(program) } else { Err(refused(gl, log)) }
}

fn shader(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, GpuError> {
    let shader = gl.create_shader(kind).ok_or(GpuError::Lost)?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    if gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS).is_truthy() {
        Ok(shader)
    } else {
        Err(refused(gl, gl.get_shader_info_log(&shader)))
    }
}

fn refused(gl: &Gl, log: Option<String>) -> GpuError {
    if gl.is_context_lost() { GpuError::Lost } else { GpuError::Shader { log: log.unwrap_or_default() } }
}
