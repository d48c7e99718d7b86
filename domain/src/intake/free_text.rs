//! Finding people in text that anybody may have written: the names and numbers that the same event says of its person,
//! and what reads as a telephone number, an identity number or an e-mail address. A name that nobody said elsewhere in
//! the event reads like any other words, and stays.

use std::ops::Range;

use serde_json::{Map, Value as Json};

use super::fold_text::searchable;

/// What stands where something was taken out.
pub(super) const MARK: &str = "***";

/// Digits by which a telephone number is known, whatever is written before them.
const PHONE_DIGITS: usize = 9;

/// What the same event says of its person.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// As [`searchable`] writes them.
    words: Vec<Vec<char>>,
    /// The last nine digits of each.
    numbers: Vec<String>,
}

impl Known {
    /// From the members that were taken out.
    pub(super) fn of(taken: &Map<String, Json>) -> Known {
        let mut known = Known::default();
        taken.iter().for_each(|(path, value)| known.learn(path.rsplit('/').next().unwrap_or(path), value));
        known
    }

    fn learn(&mut self, name: &str, value: &Json) {
        match value {
            Json::Object(members) => members.iter().for_each(|(name, value)| self.learn(name, value)),
            Json::Array(items) => items.iter().for_each(|value| self.learn(name, value)),
            Json::Number(number) => self.learn_text(name, &number.to_string()),
            Json::String(text) => self.learn_text(name, text),
            _ => {}
        }
    }

    fn learn_text(&mut self, name: &str, text: &str) {
        let digits = digits_of(text);
        let letters = text.chars().filter(|char| char.is_alphabetic()).count();
        if digits.len() >= PHONE_DIGITS && letters == 0 {
            self.numbers.push(digits[digits.len() - PHONE_DIGITS..].to_owned());
            return;
        }
        let words: Vec<char> = searchable(text).chars().collect();
        let is_named = ["reporter", "applicant", "rater", "caller"].contains(&name) || name.contains("name");
        let is_whole_name = is_named && words.contains(&' ') && words.len() >= 5;
        if is_whole_name || (text.contains('@') && words.len() >= 6) {
            self.words.push(words);
        }
    }

    /// Whether a number is one of the person's.
    pub(super) fn is_number(&self, text: &str) -> bool {
        let digits = digits_of(text);
        digits.len() >= PHONE_DIGITS && self.numbers.iter().any(|known| digits.ends_with(known.as_str()))
    }

    /// A text with every such place marked; `None` where there is none.
    pub(super) fn marked(&self, text: &str) -> Option<String> {
        let mut found = words_in(text, &self.words);
        found.extend(numbers_in(text, self));
        found.extend(addresses_in(text));
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|range| range.start);
        let mut marked = String::with_capacity(text.len());
        let mut at = 0;
        for range in found {
            if range.start >= at {
                marked.push_str(&text[at..range.start]);
                marked.push_str(MARK);
            }
            at = at.max(range.end);
        }
        marked.push_str(&text[at..]);
        Some(marked)
    }
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Where words stand, whatever their case and diacritics, as whole words.
fn words_in(text: &str, words: &[Vec<char>]) -> Vec<Range<usize>> {
    if words.is_empty() {
        return Vec::new();
    }
    // Each letter as it is searched, with the bytes that it came from; what is nothing by itself goes with it.
    let mut folded: Vec<(char, Range<usize>)> = Vec::new();
    for (at, char) in text.char_indices() {
        let end = at + char.len_utf8();
        if char.is_whitespace() || char.is_control() {
            match folded.last_mut() {
                Some((' ', range)) => range.end = end,
                _ => folded.push((' ', at..end)),
            }
            continue;
        }
        let letters = searchable(char.encode_utf8(&mut [0; 4]));
        match (letters.is_empty(), folded.last_mut()) {
            (true, Some((_, range))) => range.end = end,
            _ => folded.extend(letters.chars().map(|letter| (letter, at..end))),
        }
    }
    let is_word = |at: Option<&(char, Range<usize>)>| at.is_some_and(|(char, _)| char.is_alphanumeric());
    let mut found = Vec::new();
    for wanted in words {
        for (at, window) in folded.windows(wanted.len()).enumerate() {
            let is_here = window.iter().map(|(char, _)| char).eq(wanted);
            let before = at.checked_sub(1).and_then(|before| folded.get(before));
            if is_here && !is_word(before) && !is_word(folded.get(at + wanted.len())) {
                found.push(window[0].1.start..window[wanted.len() - 1].1.end);
            }
        }
    }
    found
}

/// Where telephone and identity numbers stand: digits with a single sign between them at most.
fn numbers_in(text: &str, known: &Known) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match number_at(&chars, at, known) {
            Some(end) => {
                let end_byte = chars.get(end).map_or(text.len(), |(byte, _)| *byte);
                found.push(chars[at].0..end_byte);
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The end of the number that begins here, if one does.
fn number_at(chars: &[(usize, char)], start: usize, known: &Known) -> Option<usize> {
    let first = chars[start].1;
    let char_at = |at: usize| chars.get(at).map(|(_, char)| *char);
    let is_digit_at = |at: usize| char_at(at).is_some_and(|char| char.is_ascii_digit());
    // `0…`, `+84…`, `(028)…` or `(+84)…`.
    let opens_with_plus = first == '(' && char_at(start + 1) == Some('+') && is_digit_at(start + 2);
    let begins = first.is_ascii_digit()
        || ((first == '+' || first == '(') && is_digit_at(start + 1))
        || opens_with_plus;
    let is_international = first == '+' || opens_with_plus;
    let is_inside = start.checked_sub(1).is_some_and(|before| {
        let before = chars[before].1;
        before.is_ascii_digit() || before == '+'
    });
    if !begins || is_inside {
        return None;
    }
    let is_apart = start.checked_sub(1).is_none_or(|before| !is_joined(chars[before].1));
    let mut digits = String::new();
    let mut has_signs = false;
    let mut at = start;
    let mut best = None;
    while let Some((_, char)) = chars.get(at) {
        if char.is_ascii_digit() {
            digits.push(*char);
            if digits.len() > 15 {
                break;
            }
            let ends = chars.get(at + 1).is_none_or(|(_, next)| !next.is_ascii_digit());
            let reads = is_apart && reads_as_number(&digits, is_international, has_signs);
            if ends && (reads && !is_date(chars, start) || known.is_number(&digits)) {
                best = Some(at + 1);
            }
        } else if at > start && is_sign(*char) && follows(chars, at) {
            has_signs = true;
        } else if !(at == start && matches!(*char, '+' | '(') || opens_with_plus && at == start + 1) {
            break;
        }
        at += 1;
        if best.is_some() {
            break;
        }
    }
    best
}

/// Signs that stand between the digits of one number.
fn is_sign(char: char) -> bool {
    matches!(char, ' ' | '.' | '-' | '(' | ')' | '\u{a0}')
}

/// Whether a digit comes after this sign, and perhaps one more sign.
fn follows(chars: &[(usize, char)], at: usize) -> bool {
    let is_digit = |at: usize| chars.get(at).is_some_and(|(_, char)| char.is_ascii_digit());
    is_digit(at + 1) || (chars.get(at + 1).is_some_and(|(_, next)| is_sign(*next)) && is_digit(at + 2))
}

/// What makes a number part of a code: `H29-0901234567`.
fn is_joined(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '/' | '_' | '.' | '=')
}

/// Vietnamese numbers by their beginnings, any number written with `+`, and identity numbers of twelve digits.
fn reads_as_number(digits: &str, is_international: bool, has_signs: bool) -> bool {
    let mobile = |rest: &str| rest.len() == 9 && rest.starts_with(['3', '5', '7', '8', '9']);
    let fixed = |rest: &str| rest.len() == 10 && rest.starts_with('2');
    let national = |rest: &str| mobile(rest) || fixed(rest);
    if is_international {
        return match digits.strip_prefix("84") {
            Some(rest) => national(rest),
            None => (10..=15).contains(&digits.len()),
        };
    }
    let after = |prefix: &str| digits.strip_prefix(prefix);
    after("0").is_some_and(national)
        || after("84").is_some_and(national)
        || after("0084").is_some_and(national)
        || (!has_signs && digits.len() == 12 && digits.starts_with('0'))
}

/// `03-04-2026` or `03.04.2026`.
fn is_date(chars: &[(usize, char)], start: usize) -> bool {
    let form = "dd?dd?dddd";
    form.chars().enumerate().all(|(at, want)| {
        chars.get(start + at).is_some_and(|(_, char)| match want {
            'd' => char.is_ascii_digit(),
            _ => matches!(char, '-' | '.' | ' '),
        })
    }) && chars.get(start + form.len()).is_none_or(|(_, next)| !next.is_ascii_digit())
}

/// Where e-mail addresses stand.
fn addresses_in(text: &str) -> Vec<Range<usize>> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "._%+-".contains(char);
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before =
            text[..at].chars().rev().take_while(|char| is_part(*char)).map(char::len_utf8).sum::<usize>();
        let after =
            text[at + 1..].chars().take_while(|char| is_part(*char)).map(char::len_utf8).sum::<usize>();
        let host = text[at + 1..at + 1 + after].trim_end_matches(['.', '-']);
        let is_host = host.split('.').count() > 1 && host.split('.').all(|label| !label.is_empty());
        if before > 0 && is_host {
            found.push(at - before..at + 1 + host.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let taken =
            json!({"reporter": {"name": "Nguyễn Thị Bích", "phone": "+84 90 123 45 67", "gender": "nữ"}});
        let known = Known::of(taken.as_object().unwrap());
        assert_eq!(known.marked(text).as_deref().unwrap_or(text), want);
    }

    #[test]
    fn numbers_are_found_as_people_write_them() {
        for number in [
            "0912345678",
            "0912 345 678",
            "0912.345.678",
            "0912-345-678",
            "+84912345678",
            "+84 912 345 678",
            "84912345678",
            "(028) 3822 1234",
            "(+84) 912 345 678",
            "0084912345678",
            "+1 617 555 0123",
            "079123456789",
        ] {
            check(&format!("gọi {number}, nhanh"), "gọi ***, nhanh");
        }
        check("0912345678 hoặc 0987654321", "*** hoặc ***");
        check("0912345678 0987654321", "*** ***");
        // One that the event says, even inside of something.
        check("https://x/anh-901234567.jpg", "https://x/anh-***.jpg");
    }

    #[test]
    fn what_only_looks_alike_stays() {
        for text in [
            "số 92 Nguyễn Hữu Cảnh, ngày 03-04-2026 08:30",
            "03.04.2026 0830",
            "H29.12-0912345678",
            "101000295613",
            "2026-01-02T03:04:05+07:00",
            "10.7769, 106.7009",
            "12.345.678.901 đồng",
            "hẻm 123/45/6",
            "quyết định 0123/QĐ",
            "không có gì",
            "a@b",
            "@",
            "Nguyễn Thị Bíchs",
            "nữ",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn names_are_found_whatever_their_case_diacritics_and_spaces() {
        check("Nguyễn Thị Bích gọi", "*** gọi");
        check("bà NGUYEN  THI\nBICH!", "bà ***!");
        check("Nguye\u{302}\u{303}n Thi\u{323} Bi\u{301}ch", "***");
        check("thư: bich.n+1@mail.example.vn.", "thư: ***.");
    }
}
