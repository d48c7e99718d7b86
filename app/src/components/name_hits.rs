//! Agencies, places and fields whose names are searched for, with or without diacritics, the nearest first.

use std::sync::Arc;

use domain::dimension::Dimension;
use domain::intake::fold_text::searchable;
use leptos::prelude::*;

use crate::address;
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, words};

/// How many names a list of cases begins with.
const HITS_MAX: usize = 8;
/// A single letter is in every name.
const CHARS_MIN: usize = 2;
/// What has a page of its own.
const SEARCHED: [Dimension; 4] = [Dimension::Agency, Dimension::District, Dimension::Ward, Dimension::Field];

/// A name that fits, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hit {
    dimension: Dimension,
    name: String,
    href: String,
}

/// The names that fit; nothing where none does.
#[component]
pub fn NameHits(
    /// What names things.
    boot: Arc<Boot>,
    /// What was searched for.
    q: String,
) -> impl IntoView {
    let lang = use_lang();
    let hits = hits(lang, &boot, &q);
    (!hits.is_empty()).then(|| {
        let line = |hit: Hit| {
            let kind = words::parameter(hit.dimension.name()).map_or("", |say| say.to(lang));
            view! { <li><a class="pill" href=hit.href><span class="aside">{kind} ":"</span> " " {hit.name}</a></li> }
        };
        view! {
            <nav class="tabs name-hits" aria-label=words::NAME_HITS.to(lang)>
                <ul>{hits.into_iter().map(line).collect_view()}</ul>
            </nav>
        }
    })
}

fn hits(lang: Lang, boot: &Boot, q: &str) -> Vec<Hit> {
    let wanted = searchable(q.trim());
    if wanted.chars().count() < CHARS_MIN {
        return Vec::new();
    }
    let mut found: Vec<(u8, usize, Hit)> = Vec::new();
    for (order, dimension) in SEARCHED.into_iter().enumerate() {
        let Some(tree) = boot.city.catalogue.tree(dimension) else { continue };
        for (code, entry) in &tree.entries {
            let names = [&entry.label.vi, &entry.label.en].map(|name| searchable(name));
            // Cases are still told by the former districts; what else no longer holds has none.
            let has_page = entry.valid_to.is_none() || dimension == Dimension::District;
            let rank = names.iter().filter_map(|name| rank(name, &wanted)).min();
            let Some(rank) = rank.filter(|_| has_page) else { continue };
            let href = match dimension {
                Dimension::Agency => address::agency(code),
                Dimension::District => address::district(code),
                Dimension::Ward => address::ward(code),
                _ => address::field(code),
            };
            found.push((rank, order, Hit { dimension, name: lang.of(&entry.label), href }));
        }
    }
    found.sort_by(|a, b| (a.0, a.1, a.2.name.len(), &a.2.name).cmp(&(b.0, b.1, b.2.name.len(), &b.2.name)));
    found.into_iter().take(HITS_MAX).map(|(_, _, hit)| hit).collect()
}

/// How near a name is: the very name, its beginning, the beginning of a word in it. Both are folded already.
fn rank(name: &str, wanted: &str) -> Option<u8> {
    if name == wanted {
        return Some(0);
    }
    if name.starts_with(wanted) {
        return Some(1);
    }
    let begins_word = |place: usize| place > 0 && name.as_bytes().get(place - 1) == Some(&b' ');
    name.match_indices(wanted).any(|(place, _)| begins_word(place)).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, q: &str, want: Option<u8>) {
        assert_eq!(rank(&searchable(name), &searchable(q)), want);
    }

    #[test]
    fn a_name_is_found_without_diacritics_and_the_nearest_comes_first() {
        check("Sài Gòn", "sai gon", Some(0));
        check("Đà Nẵng", "da nang", Some(0));
        check("Phường Sài Gòn", "Sài gòn", Some(2));
        check("Sở Xây dựng", "so xay", Some(1));
        check("Ủy ban nhân dân phường Đống Đa", "dong da", Some(2));
        check("Ủy ban nhân dân", "an", None);
        check("Sở Xây dựng", "giao thong", None);
    }
}
