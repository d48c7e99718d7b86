#version 300 es
precision highp float;

uniform vec3 u_colours[6];
uniform vec3 u_overdue;
uniform float u_half_gap_px;
uniform float u_outline_px;

flat in uint v_class;
flat in uint v_overdue;
flat in float v_size;
in float v_rim;

out vec4 colour;

void main() {
    // `rim` rises evenly from the centre to the boundary, so its slope turns it into pixels.
    float rim_px = (v_size - v_rim) / max(length(vec2(dFdx(v_rim), dFdy(v_rim))), 1e-9);
    float inside_px = rim_px - u_half_gap_px;
    vec3 fill = u_colours[v_class];
    if (v_overdue == 1u) {
        float depth = clamp(inside_px - u_outline_px + 0.5, 0.0, 1.0);
        // Inside the outline the legend's colour stands untouched: no mixing, to the byte.
        fill = depth < 1.0 ? mix(u_overdue, fill, depth) : fill;
    }
    float cover = clamp(inside_px + 0.5, 0.0, 1.0);
    colour = vec4(fill * cover, cover);
}
