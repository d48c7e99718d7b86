//! The tokens of `style/tokens.css` held to WCAG 2.2: text 4.5 : 1 (1.4.3), controls 3 : 1 (1.4.11), in both shades.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");
/// What words and signs are written in.
const TEXT: [&str; 7] = ["ink", "quiet", "accent", "in-time", "due-soon", "overdue", "no-data"];
/// What they stand on.
const GROUNDS: [&str; 3] = ["ground", "raised", "wash"];

/// The tokens of the block whose selector begins so.
fn block(selector: &str) -> BTreeMap<String, [u8; 3]> {
    let from = TOKENS.find(selector).unwrap_or_else(|| panic!("no block {selector}"));
    let body = TOKENS[from..].split_once('{').unwrap().1.split_once('}').unwrap().0;
    let token = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        let hex = value.trim().strip_prefix('#')?.trim_end_matches(';');
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        Some((name.to_owned(), [byte(0)?, byte(2)?, byte(4)?]))
    };
    body.lines().filter_map(token).collect()
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|byte| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[track_caller]
fn check(selector: &str) {
    let tokens = block(selector);
    let of = |name: &str| *tokens.get(name).unwrap_or_else(|| panic!("{selector}: no --{name}"));
    let least = |text: &str, ground: &str, least: f64| {
        let found = contrast(of(text), of(ground));
        assert!(found >= least, "{selector}: --{text} on --{ground} is {found:.2} : 1, not {least}");
    };
    for ground in GROUNDS {
        for text in TEXT {
            least(text, ground, 4.5);
        }
        least("control", ground, 3.0);
    }
    for text in ["stale-ink", "stale-quiet"] {
        for ground in ["stale-ground", "stale-wash"] {
            least(text, ground, 4.5);
        }
    }
}

#[test]
fn words_stand_out_from_every_ground_of_the_light_shade() {
    check(".office, .screen,");
}

#[test]
fn words_stand_out_from_every_ground_of_the_dark_shade() {
    check(".wall, [data-theme=\"dark\"]");
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
}
