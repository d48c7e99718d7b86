//! The tablet's choice of a past hour.

use std::sync::Arc;

use domain::screen::{Order, REPLAY_BACK_SECS, ReplayWish};
use jiff::ToSpan as _;
use leptos::prelude::*;

use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{date, screens};

/// How long an hour may take to be shown, in minutes.
const TAKES_MIN: [u32; 3] = [1, 3, 5];
const DAY_SECS: i64 = 86_400;
const HOURS: u32 = 24;

/// Which day, which hour and how fast; and the way back.
#[component]
pub(super) fn Replaying(
    boot: Arc<Boot>,
    /// Whether a wall in hand shows a past hour.
    is_on: Memo<bool>,
    /// Gives the order.
    drive: Callback<Order>,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_live().at(&boot);
    let today = Memo::new(move |_| now.with(|now| date::day(now)));
    // Days back, and the hour of the day; at first the last hour that is over.
    let back = RwSignal::new(0_i64);
    let last = now.with_untracked(|now| date::hour_minute(now).get(..2)?.parse::<u32>().ok());
    let hour = RwSignal::new(last.map_or(0, |hour| hour.saturating_sub(1)));
    let takes_min = RwSignal::new(TAKES_MIN[0]);
    let day_of = move |back: i64| today.get()?.checked_sub(back.days()).ok();
    let days = move || {
        let option = |back: i64| {
            let day = day_of(back)?;
            Some(
                view! { <option value=back.to_string() selected=move || back == 0>{date::date(lang, day)}</option> },
            )
        };
        (0..REPLAY_BACK_SECS / DAY_SECS).filter_map(option).collect_view()
    };
    let hours = (0..HOURS).map(|of_day| {
        let text = format!("{of_day:02}:00 – {:02}:00", of_day + 1);
        view! { <option value=of_day.to_string() selected=of_day == hour.get_untracked()>{text}</option> }
    });
    let speeds = TAKES_MIN.map(
        |minutes| view! { <option value=minutes.to_string()>{screens::minutes(lang, minutes)}</option> },
    );
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(day) = untrack(|| day_of(back.get())) else { return };
        let from = now.with_untracked(|now| hour_at(day, hour.get_untracked(), now));
        let takes_secs = takes_min.get_untracked() * 60;
        drive.run(Order::Replay(Some(ReplayWish { from, takes_secs })));
    };
    let number = |event: &leptos::ev::Event| event_target_value(event).parse::<u32>().unwrap_or_default();
    view! {
        <h2>{screens::REPLAY.to(lang)}</h2>
        <div class="director-spotlight director-replay">
            <form on:submit=begin>
                <label>
                    <span>{screens::REPLAY_DAY.to(lang)}</span>
                    <select data-order="replay-day" on:change=move |event| back.set(number(&event).into())>{days}</select>
                </label>
                <label>
                    <span>{screens::REPLAY_HOUR.to(lang)}</span>
                    <select data-order="replay-hour" on:change=move |event| hour.set(number(&event))>{hours.collect_view()}</select>
                </label>
                <label>
                    <span>{screens::REPLAY_TAKES.to(lang)}</span>
                    <select data-order="replay-takes" on:change=move |event| takes_min.set(number(&event))>{speeds}</select>
                </label>
                <button type="submit" class="button" data-order="replay">{screens::REPLAY_BEGIN.to(lang)}</button>
            </form>
            <Show when=move || is_on.get()>
                <button type="button" class="button" data-order="replay-end" on:click=move |_| drive.run(Order::Replay(None))>{screens::REPLAY_END.to(lang)}</button>
            </Show>
        </div>
    }
}

/// A full hour of a day, at the offset that `now` is written with.
fn hour_at(day: jiff::civil::Date, hour: u32, now: &str) -> String {
    // Fractions of a second may stand before it.
    let offset = now.get(19..).and_then(|rest| rest.find(['+', '-', 'Z']).and_then(|at| rest.get(at..)));
    format!("{day}T{hour:02}:00:00{}", offset.unwrap_or("Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_written_at_the_citys_offset() {
        let day = "2015-10-05".parse().unwrap();
        for (now, want) in [
            ("2015-10-05T12:00:00-04:00", "2015-10-05T09:00:00-04:00"),
            ("2015-10-05T12:00:00.25-04:00", "2015-10-05T09:00:00-04:00"),
            ("2026-11-23T12:00:00.250123+07:00", "2015-10-05T09:00:00+07:00"),
            ("2026-11-23T12:00:00Z", "2015-10-05T09:00:00Z"),
            ("", "2015-10-05T09:00:00Z"),
        ] {
            assert_eq!(hour_at(day, 9, now), want, "{now}");
        }
    }
}
