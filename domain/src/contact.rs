//! Whom to call about a unit's cases: its contact points, each with the days that it holds. A contact point is of the
//! unit and of no person (583/QĐ-UBND Điều 17.3 has units publish them): no officer's name has a place here.

use jiff::civil::Date;

use crate::city::{Label, Tree};

/// A unit's contact point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The agency.
    pub agency: String,
    /// What it is for: `Đầu mối tiếp nhận phản ánh`.
    pub role: Label,
    /// As it is dialled, and read.
    pub phone: Option<String>,
    /// An e-mail address of the unit.
    pub email: Option<String>,
    /// An `https` address.
    pub website: Option<String>,
    /// Where it is.
    pub address: Option<Label>,
    /// When it answers.
    pub hours: Option<Label>,
    /// Where that is published.
    pub source: String,
    /// First day that it holds; none is "always".
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
}

impl Contact {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// The contact points of an agency on a day: its own, else those of the nearest agency above it that has some, which
/// the answer's `agency` then names.
#[must_use]
pub fn of_agency<'a>(
    contacts: &'a [Contact],
    tree: Option<&Tree>,
    agency: &str,
    day: Date,
) -> Vec<&'a Contact> {
    let path = tree.map_or_else(|| vec![agency.to_owned()], |tree| tree.path(agency));
    let own = |agency: &String| {
        let held = contacts.iter().filter(|contact| contact.agency == *agency && contact.holds(day));
        Some(held.collect::<Vec<_>>()).filter(|held| !held.is_empty())
    };
    path.iter().rev().find_map(own).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Entry;

    fn contact(agency: &str, phone: &str, from: Option<&str>, to: Option<&str>) -> Contact {
        let day = |text: &str| text.parse().unwrap();
        Contact {
            agency: agency.into(),
            phone: Some(phone.into()),
            valid_from: from.map(day),
            valid_to: to.map(day),
            ..Contact::default()
        }
    }

    #[track_caller]
    fn check(agency: &str, day: &str, phones: &[&str]) {
        let mut tree = Tree::default();
        for (code, parent) in
            [("dept", None), ("unit", Some("dept")), ("desk", Some("unit")), ("other", None)]
        {
            let entry = Entry { parent: parent.map(str::to_owned), ..Entry::default() };
            tree.entries.insert(code.to_owned(), entry);
        }
        let contacts = [
            contact("dept", "1", None, None),
            contact("unit", "2", None, Some("2025-06-30")),
            contact("unit", "3", Some("2025-07-01"), Some("2026-06-30")),
            contact("unit", "4", Some("2026-01-01"), Some("2026-06-30")),
        ];
        let found = of_agency(&contacts, Some(&tree), agency, day.parse().unwrap());
        let found: Vec<&str> = found.iter().filter_map(|contact| contact.phone.as_deref()).collect();
        assert_eq!(found, phones, "{agency} on {day}");
    }

    #[test]
    fn a_unit_is_called_at_the_number_of_the_day_or_at_that_of_the_unit_above() {
        check("unit", "2025-06-30", &["2"]);
        check("unit", "2025-07-01", &["3"]);
        check("unit", "2026-02-01", &["3", "4"]);
        check("unit", "2026-07-01", &["1"]);
        check("desk", "2025-07-01", &["3"]);
        check("dept", "2025-07-01", &["1"]);
        check("other", "2025-07-01", &[]);
        check("nobody", "2025-07-01", &[]);
    }
}
