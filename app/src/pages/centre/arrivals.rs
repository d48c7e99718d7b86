//! What came in today against what is usual: the median and the quartiles of the same weekdays of the weeks before,
//! each up to the same time of day.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ask::escape;
use crate::components::{Num, Params};
use crate::locale::use_lang;
use crate::text::{begun, centre, date};

/// Fewer days of the past than this say nothing of what is usual.
#[cfg(any(test, feature = "ssr"))]
const DAYS_MIN: usize = 4;

/// What came in at a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    /// The instant that it stands at.
    pub at: String,
    /// In which tree the place stands; empty where there is no such place.
    pub dimension: String,
    /// Received today.
    pub today: i64,
    /// How many such weekdays are known.
    pub days: usize,
    /// Lower quartile, median, upper quartile; none where too few are known.
    pub quartiles: Option<[f64; 3]>,
}

/// From today's number and those of the known days before.
#[cfg(any(test, feature = "ssr"))]
pub(crate) fn arrivals_of(at: String, dimension: &str, today: i64, mut before: Vec<i64>) -> Arrivals {
    before.sort_unstable();
    let quartiles = (before.len() >= DAYS_MIN).then(|| [1, 2, 3].map(|quarter| quartile(&before, quarter)));
    Arrivals { at, dimension: dimension.to_owned(), today, days: before.len(), quartiles }
}

/// Between two of the sorted numbers by the share of the way, as spreadsheets reckon it (R's type 7).
#[cfg(any(test, feature = "ssr"))]
#[allow(clippy::cast_precision_loss)] // Cases of a day.
fn quartile(sorted: &[i64], quarter: usize) -> f64 {
    let steps = sorted.len().saturating_sub(1) * quarter;
    let (place, rest) = (steps / 4, steps % 4);
    let low = sorted.get(place).copied().unwrap_or_default();
    let high = sorted.get(place + 1).copied().unwrap_or(low);
    low as f64 + (high - low) as f64 * rest as f64 / 4.0
}

/// Today's number and its sentence.
#[component]
pub(super) fn Today(arrivals: Arrivals, place: Memo<String>) -> impl IntoView {
    let lang = use_lang();
    let day = date::day(&arrivals.at)?;
    if arrivals.dimension.is_empty() {
        return None;
    }
    let params: Params = vec![
        ("metric".to_owned(), "received".to_owned()),
        ("from".to_owned(), "today".to_owned()),
        (arrivals.dimension.clone(), escape(&place.get_untracked())),
    ];
    let usual = match arrivals.quartiles {
        Some(quartiles) => {
            begun(&centre::usual(lang, arrivals.today, quartiles, day.weekday(), arrivals.days))
        }
        None => centre::NO_PAST.to(lang).to_owned(),
    };
    let at = Signal::stored(arrivals.at);
    let label = centre::ARRIVALS.to(lang);
    Some(view! {
        <section class="desk-part centre-arrivals">
            <h2>{label} " " <Num value=Signal::stored(arrivals.today) params at label/></h2>
            <p>{usual}</p>
        </section>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &[i64], want: Option<[f64; 3]>) {
        let found = arrivals_of(String::new(), "ward", 7, before.to_vec());
        assert_eq!((found.days, found.quartiles), (before.len(), want), "{before:?}");
    }

    #[test]
    fn what_is_usual_is_the_middle_half_of_the_known_days() {
        check(&[8, 1, 7, 2, 6, 3, 5, 4], Some([2.75, 4.5, 6.25]));
        check(&[10, 20, 30, 40], Some([17.5, 25.0, 32.5]));
        check(&[0, 0, 0, 0, 9], Some([0.0, 0.0, 0.0]));
        check(&[5; 8], Some([5.0; 3]));
    }

    #[test]
    fn three_days_tell_nothing() {
        check(&[1, 2, 3], None);
        check(&[], None);
    }
}
