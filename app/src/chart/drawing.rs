//! A finished chart: shapes with classes, ready to be put on a page or written as a file.

use std::fmt::Write as _;

/// One shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line or an outline, as SVG path data.
    Path {
        /// What it stands for.
        class: String,
        /// Path data.
        d: String,
    },
    /// A disc.
    Circle {
        /// What it stands for.
        class: String,
        /// Its centre and radius.
        at: (i32, i32, u32),
    },
    /// A rectangle.
    Rect {
        /// What it stands for.
        class: String,
        /// Left, top, width, height.
        at: (i32, i32, u32, u32),
    },
    /// A word.
    Text {
        /// What it stands for.
        class: String,
        /// Where its baseline is.
        at: (i32, i32),
        /// `start`, `middle` or `end`.
        anchor: &'static str,
        /// Its size.
        size: u32,
        /// The word.
        text: String,
    },
}

/// A chart: its room and its shapes, in tenths of a pixel at its natural size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
    /// From the back to the front.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// The room as an SVG attribute.
    #[must_use]
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", self.width, self.height)
    }

    /// The whole chart as an SVG document.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let mut svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{}\">", self.view_box());
        for shape in &self.shapes {
            // Writing to a String cannot fail.
            let _ = match shape {
                Shape::Path { class, d } => write!(svg, "<path class=\"{class}\" d=\"{d}\"/>"),
                Shape::Circle { class, at: (x, y, radius) } => {
                    write!(svg, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>")
                }
                Shape::Rect { class, at: (x, y, width, height) } => {
                    write!(
                        svg,
                        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
                    )
                }
                Shape::Text { class, at: (x, y), anchor, size, text } => write!(
                    svg,
                    "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{}</text>",
                    escape(text)
                ),
            };
        }
        svg.push_str("</svg>");
        svg
    }
}

/// Text as SVG holds it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_cannot_become_markup() {
        let text = "<script>\"&".to_owned();
        let shape = Shape::Text { class: "label".into(), at: (1, 2), anchor: "end", size: 9, text };
        let svg = Drawing { width: 10, height: 10, shapes: vec![shape] }.to_svg();
        assert!(svg.contains(">&lt;script&gt;&quot;&amp;</text>"), "{svg}");
        assert!(!svg.contains("style="), "{svg}");
    }
}
