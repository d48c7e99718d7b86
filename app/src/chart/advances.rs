//! How wide a text of the served typeface is.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Thousandths of the type size by character; its first lines say where it comes from.
const TABLE: &str = include_str!("advances.csv");
/// What a character without an entry is taken for: as wide as most letters.
const OTHER: u32 = 600;
/// The height of the letters above the baseline, in thousandths (`hhea` of the typeface).
pub(super) const ASCENT: u32 = 1_000;
/// Their depth below it.
pub(super) const DESCENT: u32 = 265;

static ADVANCES: LazyLock<HashMap<char, u32>> = LazyLock::new(|| {
    let entry = |line: &str| {
        let (char, advance) = line.split_once(',')?;
        Some((char::from_u32(u32::from_str_radix(char, 16).ok()?)?, advance.parse().ok()?))
    };
    TABLE.lines().filter_map(entry).collect()
});

/// The width of a text in thousandths of its size.
pub(super) fn width(text: &str) -> u32 {
    text.chars().map(|char| ADVANCES.get(&char).copied().unwrap_or(OTHER)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: u32) {
        assert_eq!(width(text), want);
    }

    #[test]
    fn a_text_is_as_wide_as_its_letters() {
        check("", 0);
        check("A", 736);
        check("0 0", 676 + 230 + 676);
        check("Đ", 788);
        check("\u{4e2d}", OTHER);
    }

    #[test]
    fn every_vietnamese_letter_is_in_the_table() {
        let letters =
            "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
        for letter in letters.chars().flat_map(|char| [char].into_iter().chain(char.to_uppercase())) {
            assert!(ADVANCES.contains_key(&letter), "{letter}");
        }
    }
}
