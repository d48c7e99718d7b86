#version 300 es
precision highp float;
precision highp usampler2D;

uniform mat4 u_matrix;
// One byte a slot, 256 slots a row: see picture.rs.
uniform usampler2D u_numbers;
// Of what comes, as a share of its full size: see motion.rs.
uniform float u_size;

// x, y, rim, slot: see geometry.rs.
in vec4 a_vertex;

flat out uint v_class;
flat out uint v_overdue;
flat out float v_size;
out float v_rim;

void main() {
    int slot = int(a_vertex.w + 0.5);
    uint number = texelFetch(u_numbers, ivec2(slot & 255, slot >> 8), 0).r;
    uint place = number & 15u;
    v_class = place == 0u ? 0u : place - 1u;
    v_overdue = number >> 7;
    v_size = (number & 32u) != 0u ? 1.0 - u_size : (number & 16u) != 0u ? u_size : 1.0;
    v_rim = a_vertex.z;
    // A cell without a number falls together in one point outside the picture.
    gl_Position = place == 0u ? vec4(2.0, 2.0, 2.0, 1.0) : u_matrix * vec4(a_vertex.xy, 0.0, 1.0);
}
