//! `contacts.csv`: whom to call about a unit's cases.

use std::path::Path;

use domain::city::{City, Label};
use domain::contact::Contact;
use domain::dimension::Dimension;

use super::CityError;
use super::table::{Row, Table};

/// The file in a city's folder.
pub(crate) const FILE: &str = "contacts.csv";

const COLUMNS: [&str; 13] = [
    "agency",
    "role_vi",
    "role_en",
    "phone",
    "email",
    "website",
    "address_vi",
    "address_en",
    "hours_vi",
    "hours_en",
    "source",
    "valid_from",
    "valid_to",
];

/// Longest cell, in characters: a line of a page.
const CELL_CHARS_MAX: usize = 200;

/// Reads the file; a city without one has no contacts on file.
pub(super) fn read(folder: &Path, city: &City) -> Result<Vec<Contact>, CityError> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let table = Table::read(&path, COLUMNS)?;
    table.rows.iter().map(|row| contact(&table, row, city)).collect()
}

fn contact<const N: usize>(table: &Table<N>, row: &Row<N>, city: &City) -> Result<Contact, CityError> {
    let line = row.line;
    let bad = |message: String| Err(table.fault(line, message));
    if let Some(cell) = row.cells.iter().find(|cell| cell.chars().count() > CELL_CHARS_MAX) {
        return bad(format!("a cell has {} characters; at most {CELL_CHARS_MAX}", cell.chars().count()));
    }
    let cell = |place: usize| row.cells.get(place).map(String::as_str).unwrap_or_default();
    let word = |place: usize| Some(cell(place).to_owned()).filter(|text| !text.is_empty());
    let label =
        |place: usize| word(place).map(|vi| Label { en: word(place + 1).unwrap_or_else(|| vi.clone()), vi });
    let agency = cell(0);
    if !city.catalogue.knows(Dimension::Agency, agency) {
        return bad(format!("catalogue/agency.csv has no {agency:?}"));
    }
    let Some(role) = label(1) else {
        return bad("role_vi is empty: say what the contact point is for".into());
    };
    let (phone, email, website) = (word(3), word(4), word(5));
    if phone.is_none() && email.is_none() {
        return bad("neither phone nor email: nobody can be called or written to".into());
    }
    if let Some(phone) = phone.as_ref().filter(|phone| !is_phone(phone)) {
        return bad(format!(
            "{phone:?} is no telephone number: digits, spaces, dots, hyphens, brackets, + first"
        ));
    }
    if let Some(email) = email.as_ref().filter(|email| !is_email(email)) {
        return bad(format!("{email:?} is no e-mail address"));
    }
    if let Some(website) = website.as_ref().filter(|website| !is_website(website)) {
        return bad(format!("{website:?} is no address that begins with https://"));
    }
    if cell(10).is_empty() {
        return bad("source is empty: say where the contact is published".into());
    }
    let (valid_from, valid_to) = (table.day(line, cell(11))?, table.day(line, cell(12))?);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from > to
    {
        return bad(format!("valid_from {from} is after valid_to {to}"));
    }
    Ok(Contact {
        agency: agency.to_owned(),
        role,
        phone,
        email,
        website,
        address: label(6),
        hours: label(8),
        source: cell(10).to_owned(),
        valid_from,
        valid_to,
    })
}

/// It becomes a `tel:` link: digits and what people put between them.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let (plus, rest) = (text.starts_with('+'), text.strip_prefix('+').unwrap_or(text));
    let is_of_number = |byte: u8| byte.is_ascii_digit() || b" .-()".contains(&byte);
    (3..=15).contains(&digits)
        && rest.bytes().all(is_of_number)
        && (!plus || rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// It becomes a `mailto:` link: one `@`, no space, nothing that an address line reads otherwise.
fn is_email(text: &str) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    let Some((name, host)) = text.split_once('@') else { return false };
    let is_host = host.contains('.') && host.split('.').all(|part| !part.is_empty());
    !name.is_empty() && name.bytes().all(is_of_word) && is_host && host.bytes().all(is_of_word)
}

/// It becomes a link out of the product.
fn is_website(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>@".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_a_link_is_a_number_an_address_or_a_site() {
        for (text, phone, email, website) in [
            ("1022", true, false, false),
            ("0888.247.247", true, false, false),
            ("+84 (28) 3829-1234", true, false, false),
            ("12", false, false, false),
            ("+", false, false, false),
            ("javascript:1022", false, false, false),
            ("1022;ext=5", false, false, false),
            ("1022@tphcm.gov.vn", false, true, false),
            ("a@b", false, false, false),
            ("a b@c.vn", false, false, false),
            ("a@c.vn?subject=x", false, false, false),
            ("https://1022.tphcm.gov.vn", false, false, true),
            ("http://1022.tphcm.gov.vn", false, false, false),
            ("https://", false, false, false),
            ("https://a.vn/\"x", false, false, false),
            ("https://a.vn@evil.example", false, false, false),
        ] {
            assert_eq!((is_phone(text), is_email(text), is_website(text)), (phone, email, website), "{text}");
        }
    }
}
