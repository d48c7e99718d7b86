//! In which order a table stands. The order is part of the address: it can be sent, and works without
//! script and by keyboard, since a heading is a link.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::num::Params;
use crate::address;
use crate::locale::use_lang;
use crate::text::words;

/// The parameter of an address.
const SORT: &str = "sort";

/// A column and a direction: `-overdue` begins with the most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's name.
    pub column: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// The order that an address asks for, where `columns` has its column; else the table's own.
    #[must_use]
    pub fn asked(search: &str, columns: &[&str]) -> Option<Self> {
        let value = address::value(&address::pairs(search), SORT)?;
        let (descending, column) = match value.strip_prefix('-') {
            Some(column) => (true, column),
            None => (false, value.as_str()),
        };
        columns.contains(&column).then(|| Self { column: column.to_owned(), descending })
    }

    /// The order of an address.
    #[must_use]
    pub fn param(&self) -> (String, String) {
        (SORT.to_owned(), format!("{}{}", if self.descending { "-" } else { "" }, self.column))
    }

    /// What a heading leads to: numbers begin with the most, words with the first letter, and the order
    /// that stands is turned round.
    fn next(now: Option<&Self>, column: &str, is_word: bool) -> Self {
        let descending = match now {
            Some(now) if now.column == column => !now.descending,
            _ => !is_word,
        };
        Self { column: column.to_owned(), descending }
    }

    /// Of two rows, in this direction.
    #[must_use]
    pub fn turn(&self, ascending: Ordering) -> Ordering {
        if self.descending { ascending.reverse() } else { ascending }
    }
}

/// Of two parts of two wholes: which is the larger share. A share of nothing is less than any.
#[must_use]
pub fn by_share(a: (i64, i64), b: (i64, i64)) -> Ordering {
    match (a.1 > 0, b.1 > 0) {
        (true, true) => (i128::from(a.0) * i128::from(b.1)).cmp(&(i128::from(b.0) * i128::from(a.1))),
        (a, b) => a.cmp(&b),
    }
}

/// A table's order, and the address of the same page in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// The order; `None` for the table's own.
    pub now: Option<Sort>,
    /// The page's path.
    pub path: String,
    /// Its other parameters.
    pub params: Params,
}

impl Sorting {
    fn href(&self, column: &str, is_word: bool) -> String {
        let mut params = self.params.clone();
        params.push(Sort::next(self.now.as_ref(), column, is_word).param());
        format!("{}?{}", self.path, address::search(&params))
    }

    fn state(&self, column: &str) -> Option<bool> {
        self.now.as_ref().filter(|now| now.column == column).map(|now| now.descending)
    }
}

/// A column's heading, which sorts by it.
#[component]
pub fn SortHead(
    /// The table's order.
    sorting: Sorting,
    /// The column's name in addresses.
    column: &'static str,
    /// Its class.
    class: &'static str,
    /// What it shows.
    label: String,
    /// The sign that stands for it, where it has one.
    #[prop(optional)]
    sign: Option<&'static str>,
    /// What it shows, at length.
    #[prop(optional, into)]
    title: Option<String>,
    /// Whether its rows are words.
    #[prop(optional)]
    is_word: bool,
) -> impl IntoView {
    let lang = use_lang();
    let state = sorting.state(column);
    let said = match state {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    let arrow = match state {
        Some(true) => "↓",
        Some(false) => "↑",
        None => "",
    };
    let label = match sign {
        Some(sign) => {
            view! { <span aria-hidden="true">{sign}</span><span class="unseen">{label}</span> }.into_any()
        }
        None => view! { <span>{label}</span> }.into_any(),
    };
    let title = title.unwrap_or_else(|| words::SORT_COLUMN.to(lang).to_owned());
    view! {
        <th scope="col" class=class aria-sort=said>
            <a class="sort" href=sorting.href(column, is_word) title=title data-noscroll="">
                {label}
                <span class="sort-way" aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(search: &str, want: Option<(&str, bool)>) {
        let got = Sort::asked(search, &["name", "open"]);
        assert_eq!(got.as_ref().map(|sort| (sort.column.as_str(), sort.descending)), want);
        if let Some(sort) = got {
            let again = address::search(&[sort.param()]);
            assert_eq!(Sort::asked(&again, &["name", "open"]), Some(sort));
        }
    }

    #[test]
    fn an_order_is_read_from_an_address_and_written_to_one() {
        check("by=field&sort=-open", Some(("open", true)));
        check("sort=name", Some(("name", false)));
        check("sort=-nothing", None);
        check("sort=", None);
        check("by=field", None);
    }

    #[test]
    fn a_heading_begins_with_the_most_and_turns_round() {
        let open = |descending| Sort { column: "open".into(), descending };
        assert_eq!(Sort::next(None, "open", false), open(true));
        assert_eq!(Sort::next(Some(&open(true)), "open", false), open(false));
        assert_eq!(Sort::next(Some(&open(false)), "open", false), open(true));
        assert!(!Sort::next(Some(&open(true)), "name", true).descending);
    }

    #[test]
    fn shares_are_compared_exactly_and_a_share_of_nothing_is_least() {
        assert_eq!(by_share((1, 3), (2, 6)), Ordering::Equal);
        assert_eq!(by_share((9_996, 10_000), (1, 1)), Ordering::Less);
        assert_eq!(by_share((0, 5), (0, 0)), Ordering::Greater);
        assert_eq!(by_share((0, 0), (0, 0)), Ordering::Equal);
    }
}
