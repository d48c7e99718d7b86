#version 300 es
precision highp float;
precision highp usampler2D;

uniform mat4 u_matrix;
// One byte a slot, 256 slots a row: see picture.rs.
uniform usampler2D u_numbers;
uniform float u_size_px;

// x, y, rim, slot: see geometry.rs.
in vec4 a_vertex;

flat out uint v_class;

void main() {
    int slot = int(a_vertex.w + 0.5);
    uint number = texelFetch(u_numbers, ivec2(slot & 255, slot >> 8), 0).r;
    uint place = number & 15u;
    v_class = place == 0u ? 0u : place - 1u;
    // Only middles, and only of cells with a number, which one that goes has no more; the rest is put outside the
    // picture.
    bool is_drawn = place != 0u && (number & 32u) == 0u && a_vertex.z == 0.0;
    gl_Position = is_drawn ? u_matrix * vec4(a_vertex.xy, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = u_size_px;
}
