#version 300 es
precision highp float;

uniform vec3 u_colours[6];

flat in uint v_class;

out vec4 colour;

void main() {
    colour = vec4(u_colours[v_class], 1.0);
}
