//! The colours of the hexagons: one path from "little" to "much" in lightness and hue, so that it
//! survives colour blindness and grey print. `style/map.css` names the same bytes for the legend's
//! swatches; a test holds the two together.

use crate::theme::Shade;

/// A colour in sRGB bytes, exactly as a screen gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

/// Most classes that a reader can tell apart on a map, and so the length of a ramp.
pub(super) const CLASSES_MAX: usize = 6;

/// On the wall: dark where there is little, light where there is much.
const WALL: [Rgb; CLASSES_MAX] = [
    Rgb([0x29, 0x44, 0x4c]),
    Rgb([0x2f, 0x62, 0x6c]),
    Rgb([0x3f, 0x86, 0x90]),
    Rgb([0x68, 0xae, 0xab]),
    Rgb([0xa9, 0xd3, 0xbd]),
    Rgb([0xee, 0xf3, 0xd2]),
];

/// In the office: pale where there is little, deep where there is much.
const OFFICE: [Rgb; CLASSES_MAX] = [
    Rgb([0xb4, 0xd2, 0xcc]),
    Rgb([0x8d, 0xbd, 0xb8]),
    Rgb([0x65, 0xa4, 0xa4]),
    Rgb([0x3f, 0x86, 0x8c]),
    Rgb([0x26, 0x67, 0x73]),
    Rgb([0x0f, 0x43, 0x50]),
];

impl Rgb {
    /// `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Each channel as a fraction of 255: what a shader writes to get these very bytes.
    #[must_use]
    pub fn fractions(self) -> [f32; 3] {
        self.0.map(|byte| f32::from(byte) / 255.0)
    }
}

/// The whole ramp of a shade, from "little" to "much".
#[must_use]
pub const fn ramp(shade: Shade) -> [Rgb; CLASSES_MAX] {
    match shade {
        Shade::Dark => WALL,
        Shade::Light => OFFICE,
    }
}

/// The outline of a cell that holds an overdue case: red is spent on nothing else.
#[cfg(any(test, feature = "hydrate"))]
#[must_use]
pub(super) const fn overdue_outline(shade: Shade) -> Rgb {
    match shade {
        Shade::Dark => Rgb([0xff, 0x6a, 0x5c]),
        Shade::Light => Rgb([0xc9, 0x3a, 0x2e]),
    }
}

/// The ramp's place of class `class` among `classes`: few classes spread over the whole ramp.
/// `class` is below `classes`, `classes` at most [`CLASSES_MAX`].
#[must_use]
pub(super) const fn ramp_place(class: usize, classes: usize) -> usize {
    if classes <= 1 {
        // One class alone has neither little nor much: the middle of the ramp.
        return 2;
    }
    // Rounded to the nearest place; the first class is the ramp's start, the last its end.
    (2 * class * (CLASSES_MAX - 1) + (classes - 1)) / (2 * (classes - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of WCAG 2.2.
    fn luminance(colour: Rgb) -> f64 {
        let linear = colour.0.map(|byte| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[track_caller]
    fn check_one_way(shade: Shade, rising: bool) {
        for pair in ramp(shade).windows(2) {
            let (little, much) = (luminance(pair[0]), luminance(pair[1]));
            let (dark, light) = if rising { (little, much) } else { (much, little) };
            // Neighbours differ enough in lightness alone: no hue is needed to tell them apart.
            assert!((light + 0.05) / (dark + 0.05) > 1.2, "{shade:?}: {pair:?}");
        }
    }

    #[test]
    fn each_ramp_goes_one_way_in_lightness_alone() {
        check_one_way(Shade::Dark, true);
        check_one_way(Shade::Light, false);
    }

    #[track_caller]
    fn check_stands_out(shade: Shade, grounds: &[[u8; 3]]) {
        let palest = luminance(ramp(shade)[0]);
        for ground in grounds {
            let ground = luminance(Rgb(*ground));
            let contrast = (palest.max(ground) + 0.05) / (palest.min(ground) + 0.05);
            assert!(contrast > 1.3, "{shade:?}: {contrast}");
        }
    }

    #[test]
    fn a_cell_of_the_palest_class_stands_out_from_land_and_from_water() {
        check_stands_out(Shade::Dark, &[[0x16, 0x1d, 0x20], [0x0c, 0x11, 0x13]]);
        check_stands_out(Shade::Light, &[[0xf4, 0xf3, 0xee], [0xe3, 0xe8, 0xe9]]);
    }

    #[test]
    fn few_classes_spread_over_the_whole_ramp() {
        let places = |classes| (0..classes).map(|class| ramp_place(class, classes)).collect::<Vec<_>>();
        assert_eq!(places(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(places(3), [0, 3, 5]);
        assert_eq!(places(2), [0, 5]);
        assert_eq!(places(1), [2]);
        for classes in 2..=CLASSES_MAX {
            assert!(places(classes).windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn the_style_sheet_paints_the_legend_in_the_very_colours_of_the_hexagons() {
        let style = include_str!("../../../style/map.css");
        for (shade, room) in [(Shade::Dark, "dark"), (Shade::Light, "light")] {
            for (place, colour) in ramp(shade).into_iter().enumerate() {
                let rule =
                    format!(".hexmap-{room} .hexmap-class-{place} {{ background: {}; }}", colour.hex());
                assert!(style.contains(&rule), "{rule}");
            }
            let rule = format!(".hexmap-{room} {{ --hexmap-overdue: {};", overdue_outline(shade).hex());
            assert!(style.contains(&rule), "{rule}");
        }
    }
}
