//! Text as it is searched: lower case, without diacritics, so that "ngap" finds "ngập".

/// Lower case, diacritics of Vietnamese and of Latin letters taken off, white space made single.
#[must_use]
pub fn searchable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = true;
    for char in text.chars().flat_map(char::to_lowercase) {
        if char.is_whitespace() || char.is_control() {
            if !space {
                out.push(' ');
            }
            space = true;
        } else if !('\u{300}'..='\u{36f}').contains(&char) {
            out.push(plain(char));
            space = false;
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn plain(char: char) -> char {
    const GROUPS: [(&str, char); 7] = [
        ("àáâãäåāăąạảấầẩẫậắằẳẵặ", 'a'),
        ("èéêëēĕęẹẻẽếềểễệ", 'e'),
        ("ìíîïīĭįỉĩị", 'i'),
        ("òóôõöøōŏơọỏốồổỗộớờởỡợ", 'o'),
        ("ùúûüūŭůưụủũứừửữự", 'u'),
        ("ỳýÿỵỷỹ", 'y'),
        ("đð", 'd'),
    ];
    if char.is_ascii() {
        return char;
    }
    GROUPS.iter().find(|(letters, _)| letters.contains(char)).map_or(char, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::searchable;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(searchable(text), want);
    }

    #[test]
    fn diacritics_case_and_spaces_do_not_matter() {
        check("Ngập sâu  trước số 92 Nguyễn Hữu Cảnh", "ngap sau truoc so 92 nguyen huu canh");
        check("ĐƯỜNG\tLầy lội ", "duong lay loi");
        // The same text with combining marks.
        check("Nga\u{302}\u{323}p", "ngap");
    }
}
