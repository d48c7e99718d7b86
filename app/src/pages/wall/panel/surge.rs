//! What is well above its usual level: received today against the same weekdays of the weeks before, each up to the
//! same time of day. Worked out on the server from the same aggregates as everything else.

use std::sync::Arc;

#[cfg(any(test, feature = "ssr"))]
use std::collections::BTreeMap;

use domain::scene::Panel;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::rows::{name, narrowed};
use crate::address;
use crate::chart::{Figure, part};
use crate::components::{Mark, Num, Shape};
use crate::functions::{Boot, load_surging};
use crate::live::use_list;
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::text::{scenes, words};

/// Fewer days of the past than this say nothing of what is usual.
const DAYS_MIN: usize = 4;
/// Fewer cases than this are never a surge: three instead of one is chance.
#[cfg(any(test, feature = "ssr"))]
const CASES_MIN: i64 = 5;
/// How many standard deviations of a Poisson count above its mean a surge begins: once in about 700 by chance.
#[cfg(any(test, feature = "ssr"))]
const DEVIATIONS: f64 = 3.0;

/// One that surges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurgeRow {
    /// Its code; none where cases have none.
    pub code: Option<String>,
    /// Received today.
    pub today: i64,
    /// The lowest and the highest of the days before by the same time of day.
    pub usual: (i64, i64),
    /// Their mean.
    pub mean: f64,
}

/// What surges.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surging {
    /// The instant that it stands at.
    pub at: String,
    /// How many days of the past are known.
    pub days: usize,
    /// The furthest above the usual first.
    pub rows: Vec<SurgeRow>,
}

/// What surges among `today`, against the counts of each of the days before. A day on which nothing at all came in
/// lies before the data begin.
#[cfg(any(test, feature = "ssr"))]
pub(crate) fn surging(
    at: String,
    today: &BTreeMap<Option<String>, i64>,
    before: &[BTreeMap<Option<String>, i64>],
    many: usize,
) -> Surging {
    let days: Vec<_> = before.iter().filter(|day| !day.is_empty()).collect();
    if days.len() < DAYS_MIN {
        return Surging { at, days: days.len(), rows: Vec::new() };
    }
    let row = |(code, today): (&Option<String>, &i64)| {
        let counts = days.iter().map(|day| day.get(code).copied().unwrap_or(0));
        let usual = (counts.clone().min()?, counts.clone().max()?);
        #[allow(clippy::cast_precision_loss)] // Cases of a day.
        let (mean, now) = (counts.sum::<i64>() as f64 / days.len() as f64, *today as f64);
        let over = (now - mean) / mean.max(1.0).sqrt();
        let surges = *today >= CASES_MIN && over >= DEVIATIONS && *today > usual.1;
        surges.then(|| (over, SurgeRow { code: code.clone(), today: *today, usual, mean }))
    };
    let mut rows: Vec<(f64, SurgeRow)> = today.iter().filter_map(row).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.code.cmp(&b.1.code)));
    rows.truncate(many);
    Surging { at, days: days.len(), rows: rows.into_iter().map(|(_, row)| row).collect() }
}

/// The list.
#[component]
pub(super) fn Surge(panel: Panel) -> impl IntoView {
    let Some(key) = panel.by else { return ().into_any() };
    let mut params = panel.filter.clone();
    params.push(("group_by".to_owned(), key.to_string()));
    let (params, many) = (address::search(&params), usize::from(panel.rows));
    let surging = use_list(|| (), move |()| load_surging(params.clone(), many));
    let filter = StoredValue::new(panel.filter);
    let lang = use_lang();
    when_ready(
        move || {
            surging.track();
            // The list shows no instant of its own: equal rows stay as they are.
            async move { surging.await }
        },
        move |boot: Arc<Boot>, surging: Surging| {
            if surging.rows.is_empty() {
                let calm = surging.days >= DAYS_MIN;
                let word = if calm { scenes::NOTHING_SURGES } else { scenes::NO_PAST };
                let sign = calm.then(|| view! { <Mark shape=Shape::InTime bare=true/> " " });
                return view! { <p class="aside">{sign} {word.to(lang)}</p> }.into_any();
            }
            let largest = surging.rows.iter().map(|row| row.today).max().unwrap_or(0);
            let at = Signal::stored(surging.at.clone());
            let each = surging.rows.into_iter().map(|row| {
                let name = name(lang, &boot, key.dimension, row.code.as_deref());
                let mut params =
                    filter.with_value(|filter| narrowed(filter, key.dimension, row.code.as_deref()));
                params.push(("metric".to_owned(), "received".to_owned()));
                #[allow(clippy::cast_precision_loss)] // For a bar's length.
                let drawing = Signal::stored(part(row.today as f64, largest as f64));
                let label = format!("{name}, {}", words::RECEIVED_TODAY.to(lang));
                view! {
                    <li class="rank">
                        <span class="rank-name">{name}</span>
                        <span class="rank-share">{scenes::usual(lang, row.usual, row.mean, row.today)}</span>
                        <span class="rank-open"><Num value=Signal::stored(row.today) params at label/></span>
                        <Figure drawing class="bar" stretched=true/>
                    </li>
                }
            });
            view! { <ol class="whole-rows">{each.collect_view()}</ol> }.into_any()
        },
    )
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(counts: &[(&str, i64)]) -> BTreeMap<Option<String>, i64> {
        counts.iter().map(|(code, number)| (Some((*code).to_owned()), *number)).collect()
    }

    #[track_caller]
    fn check(today: i64, before: &[i64], surges: bool) {
        let before: Vec<_> = before.iter().map(|number| day(&[("a", *number), ("other", 1)])).collect();
        let found = surging(String::new(), &day(&[("a", today)]), &before, 9);
        assert_eq!(!found.rows.is_empty(), surges, "{today} after {before:?}");
    }

    #[test]
    fn a_surge_is_far_above_every_day_before() {
        check(30, &[9, 10, 11, 10], true);
        check(19, &[9, 10, 11, 10], false);
        check(4, &[0, 0, 0, 0], false);
        check(5, &[0, 0, 0, 0], true);
        check(30, &[9, 10, 31, 10], false);
        check(30, &[9, 10, 11], false);
    }

    #[test]
    fn the_furthest_above_comes_first_and_the_list_is_bounded() {
        let before = vec![day(&[("a", 100), ("b", 10)]); 4];
        let found = surging(String::new(), &day(&[("a", 140), ("b", 30), ("c", 50)]), &before, 2);
        let codes: Vec<_> = found.rows.iter().map(|row| row.code.as_deref().unwrap_or_default()).collect();
        assert_eq!(codes, ["c", "b"]);
        assert_eq!(found.rows[1].usual, (10, 10));
    }

    #[test]
    fn days_before_the_data_begin_are_not_counted() {
        let before = [vec![BTreeMap::new(); 5], vec![day(&[("a", 1)]); 3]].concat();
        let found = surging(String::new(), &day(&[("a", 50)]), &before, 9);
        assert_eq!((found.days, found.rows.len()), (3, 0));
    }
}
