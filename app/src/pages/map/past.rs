//! The map of a past hour: a slider over the last week, steps for those who do not slide, and a run through the hours.
//! The hour stands in the address, so that a past picture can be sent to someone; and it is said beside the map, so
//! that nobody takes it for now.

use domain::Timestamp;
use domain::metric::{Metric, MetricKind};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::address;
use crate::locale::use_lang;
use crate::text::{date, past};

/// How far back the slider goes: a week of hours.
const HOURS: i64 = 7 * 24;
const HOUR_SECS: i64 = 3_600;
/// Rests of this length end a movement of the slider.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nobody slides on a server.
const REST_MS: u64 = 150;
/// How long an hour stands while the hours run.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Nothing runs on a server.
const HOUR_STANDS_MS: u64 = 1_200;

/// The past instant that an address asks for: a full hour of the last week before `now`; anything else is now.
#[must_use]
pub(super) fn asked(search: &str, now: &str) -> Option<Timestamp> {
    let asked = date::instant(&address::value(&address::pairs(search), "at")?)?;
    let last = last_hour(date::instant(now)?);
    let hours = last.since(asked) / 1_000_000;
    (hours % HOUR_SECS == 0 && (0..HOURS * HOUR_SECS).contains(&hours)).then_some(asked)
}

/// The full hour that an instant lies in.
fn last_hour(now: Timestamp) -> Timestamp {
    Timestamp::from_secs(now.micros().div_euclid(1_000_000 * HOUR_SECS) * HOUR_SECS)
}

/// The instant so many hours of the slider ago: 0 is now, 1 the last full hour.
fn ago(now: &str, hours: i64) -> Option<Timestamp> {
    let last = last_hour(date::instant(now)?);
    (1..=HOURS).contains(&hours).then(|| last.plus_secs(-(hours - 1) * HOUR_SECS))
}

/// How many hours of the slider ago an instant is; 0 for now.
fn hours_ago(now: &str, at: Option<Timestamp>) -> i64 {
    match (date::instant(now), at) {
        (Some(now), Some(at)) => last_hour(now).since(at) / (1_000_000 * HOUR_SECS) + 1,
        _ => 0,
    }
}

/// As answers write instants, at the city's own offset: that of `now`.
fn written(at: Timestamp, now: &str) -> String {
    let pieces = DateTimeParser::new().parse_pieces(now).ok();
    at.to_rfc3339_at(pieces.and_then(|pieces| pieces.to_numeric_offset()).unwrap_or(Offset::UTC))
}

/// The slider and what it says.
#[component]
pub(super) fn PastHours(
    /// What the map shows.
    metric: Memo<Metric>,
    /// The instant that the map stands at; none is now.
    at: Memo<Option<Timestamp>>,
    /// Now, in the city's time.
    now: Signal<String>,
) -> impl IntoView {
    let lang = use_lang();
    let hours = Memo::new(move |_| hours_ago(&now.get(), at.get()));
    // Where the slider stands while it is moved.
    let held = RwSignal::new(None::<i64>);
    let runs = RwSignal::new(false);
    let navigate = StoredValue::new(use_navigate());
    let href = move |hours: i64| {
        let mut params = vec![("metric".to_owned(), metric.get().name().to_owned())];
        now.with(|now| params.extend(ago(now, hours).map(|at| ("at".to_owned(), written(at, now)))));
        format!("{}?{}", address::at("/map"), address::search(&params))
    };
    let go = move |hours: i64| {
        let to = untrack(|| href(hours));
        let options = NavigateOptions { resolve: false, replace: true, scroll: false, ..Default::default() };
        navigate.with_value(|navigate| navigate(&to, options));
    };
    platform::rest(held, go);
    platform::run(runs, hours.into(), go);
    let shown = move || held.get().unwrap_or_else(|| hours.get());
    let said = move || {
        now.with(|now| match ago(now, shown()) {
            Some(at) => date::moment(lang, &written(at, now)),
            None => past::NOW.to(lang).to_owned(),
        })
    };
    let step = move |by: i64, word: crate::text::Say| {
        let to = move || (hours.get() + by).clamp(0, HOURS);
        view! { <a class="past-step" href=move || href(to()) aria-disabled=move || (to() == hours.get()).then_some("true")>{word.to(lang)}</a> }
    };
    view! {
        <section class="past" class:past-is=move || at.get().is_some() aria-label=past::TITLE.to(lang)>
            <div class="past-row">
                {step(24, past::DAY_BACK)}
                {step(1, past::HOUR_BACK)}
                <input type="range" min=-HOURS max="0" step="1" aria-label=past::TITLE.to(lang) aria-valuetext=said
                    value=-hours.get_untracked() prop:value=move || -shown()
                    on:input=move |event| { runs.set(false); held.set(event_target_value(&event).parse().ok().map(|value: i64| -value)); }/>
                {step(-1, past::HOUR_ON)}
                {step(-24, past::DAY_ON)}
                <button type="button" class="button" aria-pressed=move || runs.get().to_string() on:click=move |_| runs.update(|runs| *runs = !*runs)>
                    {move || if runs.get() { past::STOP } else { past::RUN }.to(lang)}
                </button>
            </div>
            <p class="past-said" role="status">
                {move || match at.get() {
                    None => view! { {past::LIVE.to(lang)} }.into_any(),
                    Some(at) => {
                        let flow = metric.get().kind() == MetricKind::Flow;
                        view! {
                            <b>{past::AT.to(lang)} {now.with(|now| date::moment(lang, &written(at, now)))}</b>
                            {past::NOT_NOW.to(lang)}
                            {flow.then(|| past::OF_ITS_DAY.to(lang))}
                            " "
                            <a class="touch" href=href(0)>{past::TO_NOW.to(lang)}</a>
                        }
                        .into_any()
                    }
                }}
            </p>
        </section>
    }
}

#[cfg(feature = "hydrate")]
mod platform {
    use std::time::Duration;

    use leptos::prelude::*;

    use super::{HOUR_STANDS_MS, HOURS, REST_MS};

    /// Goes to where the slider was left.
    pub(super) fn rest(held: RwSignal<Option<i64>>, go: impl Fn(i64) + Copy + 'static) {
        Effect::new(move |earlier: Option<Option<TimeoutHandle>>| {
            if let Some(Some(earlier)) = earlier {
                earlier.clear();
            }
            let hours = held.get()?;
            let left = move || {
                if held.try_get_untracked() == Some(Some(hours)) {
                    go(hours);
                    held.set(None);
                }
            };
            set_timeout_with_handle(left, Duration::from_millis(REST_MS)).ok()
        });
    }

    /// Runs from the hour in hand, or a day back, on to now.
    pub(super) fn run(runs: RwSignal<bool>, hours: Signal<i64>, go: impl Fn(i64) + Copy + 'static) {
        Effect::new(move |_| {
            if !runs.get() {
                return;
            }
            if hours.get_untracked() == 0 {
                go(24.min(HOURS));
            }
            let on = move || match hours.try_get_untracked() {
                Some(hours) if hours > 0 => go(hours - 1),
                Some(_) => runs.set(false),
                None => {}
            };
            if let Ok(interval) = set_interval_with_handle(on, Duration::from_millis(HOUR_STANDS_MS)) {
                on_cleanup(move || interval.clear());
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use leptos::prelude::*;

    pub(super) fn rest(_held: RwSignal<Option<i64>>, _go: impl Fn(i64) + Copy + 'static) {}
    pub(super) fn run(_runs: RwSignal<bool>, _hours: Signal<i64>, _go: impl Fn(i64) + Copy + 'static) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T15:07:22+07:00";

    #[test]
    fn an_address_asks_for_a_full_hour_of_the_last_week_or_for_now() {
        for (at, want) in [
            ("2026-11-23T15:00:00%2B07:00", true),
            ("2026-11-23T08:00:00Z", true),
            ("2026-11-16T16:00:00%2B07:00", true),
            ("2026-11-16T15:00:00%2B07:00", false),
            ("2026-11-23T16:00:00%2B07:00", false),
            ("2026-11-23T14:30:00%2B07:00", false),
            ("yesterday", false),
            ("", false),
        ] {
            assert_eq!(asked(&format!("at={at}"), NOW).is_some(), want, "{at}");
        }
        assert_eq!(asked("metric=open", NOW), None);
    }

    #[test]
    fn an_hour_of_the_slider_is_an_instant_in_the_citys_time_and_back() {
        for (hours, want) in [
            (1, "2026-11-23T15:00:00+07:00"),
            (2, "2026-11-23T14:00:00+07:00"),
            (25, "2026-11-22T15:00:00+07:00"),
            (HOURS, "2026-11-16T16:00:00+07:00"),
        ] {
            let at = ago(NOW, hours).unwrap();
            assert_eq!((written(at, NOW).as_str(), hours_ago(NOW, Some(at))), (want, hours));
            assert_eq!(asked(&format!("at={}", address::encode(want)), NOW), Some(at));
        }
        assert_eq!((ago(NOW, 0), ago(NOW, HOURS + 1), hours_ago(NOW, None)), (None, None, 0));
    }
}
