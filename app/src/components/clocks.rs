//! The limits of a case, each with its rule, its bar and its arithmetic.

use domain::answer::ClockView;
use leptos::prelude::*;

use super::mark::{Mark, Shape};
use crate::locale::use_lang;
use crate::text::{Lang, date, number, sentences, words};

/// The rule of a limit that the source states.
const SOURCE: &str = "source";
/// The units of a bar across.
const WIDTH: f64 = 100.0;

/// All of a case's limits.
#[component]
pub fn Clocks(
    /// As the server explains them.
    clocks: Vec<ClockView>,
    /// The city's time.
    at: Signal<String>,
) -> impl IntoView {
    let lang = use_lang();
    if clocks.is_empty() {
        return view! { <p class="aside">{words::NO_CLOCKS.to(lang)}</p> }.into_any();
    }
    let each = clocks.into_iter().map(|clock| view! { <Clock clock at/> });
    view! { <ul class="clocks">{each.collect_view()}</ul> }.into_any()
}

/// The name of a rule.
pub(super) fn rule(lang: Lang, rule: &str) -> String {
    if rule == SOURCE { words::SOURCE_LIMIT.to(lang).to_owned() } else { rule.to_owned() }
}

/// How a limit stands at an instant: it runs on between two answers of the server.
fn state_at<'a>(clock: &'a ClockView, at: &str) -> &'a str {
    let passed = |instant: &str| date::micros_between(instant, at).is_some_and(|gone| gone > 0);
    let reached = |instant: &str| date::micros_between(instant, at).is_some_and(|gone| gone >= 0);
    if clock.stopped_at.is_some() {
        return &clock.state;
    }
    match &clock.extended_until {
        Some(until) if passed(until) && passed(&clock.due) => "overdue",
        Some(_) if passed(&clock.due) => "extended",
        None if passed(&clock.due) => "overdue",
        _ if reached(&clock.due_soon) => "due_soon",
        _ => "in_time",
    }
}

#[component]
fn Clock(clock: ClockView, at: Signal<String>) -> impl IntoView {
    let lang = use_lang();
    let clock = StoredValue::new(clock);
    let state = Memo::new(move |_| clock.with_value(|clock| state_at(clock, &at.get()).to_owned()));
    let text = Memo::new(move |_| clock.with_value(|clock| standing(lang, clock, &state.get(), &at.get())));
    let filled = Memo::new(move |_| clock.with_value(|clock| filled(clock, &at.get())));
    let shape = move || Shape::of(&state.get());
    let (name, lines, why) =
        clock.with_value(|clock| (rule(lang, &clock.rule), arithmetic(lang, clock), clock.why.clone()));
    view! {
        <li class="clock">
            <div class="clock-head">
                <h3>{name}</h3>
                <p class=move || format!("clock-state figure {}", shape().class())>
                    {move || view! { <Mark shape=shape() bare=true/> }} " " {text}
                </p>
            </div>
            <svg class="clock-bar" viewBox=format!("0 0 {WIDTH} 3") preserveAspectRatio="none" aria-hidden="true">
                <rect class="rest" x="0" y="0" width=WIDTH.to_string() height="3"></rect>
                <rect class=move || shape().class() x="0" y="0" width=move || format!("{:.2}", filled.get()) height="3"></rect>
            </svg>
            {lines.into_iter().map(|line| view! { <p class="clock-line">{line}</p> }).collect_view()}
            {(!why.is_empty()).then(|| view! {
                <details>
                    <summary>{words::RECKONING.to(lang)}</summary>
                    <ul lang="vi">{why.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                </details>
            })}
        </li>
    }
}

/// `quá 19:42:08`, `còn 0:44`, `đạt`.
fn standing(lang: Lang, clock: &ClockView, state: &str, at: &str) -> String {
    let word = words::timeliness(state).map_or(state, |say| say.to(lang)).to_owned();
    let due = clock.extended_until.as_deref().unwrap_or(&clock.due);
    match (state, &clock.stopped_at) {
        ("in_time" | "due_soon" | "overdue" | "extended", None) => super::case_rows::due_text(lang, due, at),
        ("met", Some(stopped)) => match date::micros_between(stopped, &clock.due) {
            Some(spare) if spare > 0 => {
                format!("{word}, {}", sentences::left(lang, &number::running(lang, spare)))
            }
            _ => word,
        },
        _ => word,
    }
}

/// How much of the limit is used, of [`WIDTH`].
fn filled(clock: &ClockView, at: &str) -> f64 {
    let due = clock.extended_until.as_deref().unwrap_or(&clock.due);
    let end = clock.stopped_at.as_deref().unwrap_or(at);
    let (Some(used), Some(whole)) =
        (date::micros_between(&clock.start, end), date::micros_between(&clock.start, due))
    else {
        return 0.0;
    };
    if whole <= 0 {
        return WIDTH;
    }
    #[allow(clippy::cast_precision_loss)] // A share of a bar.
    let share = used as f64 / whole as f64;
    share.clamp(0.0, 1.0) * WIDTH
}

/// `11:15 23-11-2026 + 8 giờ = 19:15 23-11-2026 · xong 12:31`.
fn arithmetic(lang: Lang, clock: &ClockView) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(clause) = &clock.clause {
        lines.push(clause.clone());
    }
    let moment = |text: &str| date::moment(lang, text);
    let limit = date::micros_between(&clock.start, &clock.due).unwrap_or_default();
    lines.push(format!(
        "{} + {} = {}",
        moment(&clock.start),
        number::running(lang, limit),
        moment(&clock.due)
    ));
    let mut second = vec![format!("{} {}", words::DUE_SOON_FROM.to(lang), moment(&clock.due_soon))];
    if let Some(stopped) = &clock.stopped_at {
        second.push(format!("{} {}", words::DONE_AT.to(lang), moment(stopped)));
    }
    lines.push(second.join(" · "));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> ClockView {
        ClockView {
            rule: SOURCE.into(),
            start: "2015-10-01T08:00:00-04:00".into(),
            due_soon: "2015-10-01T16:00:00-04:00".into(),
            due: "2015-10-01T18:00:00-04:00".into(),
            state: "in_time".into(),
            ..ClockView::default()
        }
    }

    #[track_caller]
    fn check(at: &str, want: &str, used: f64) {
        assert_eq!(state_at(&clock(), at), want);
        assert!((filled(&clock(), at) - used).abs() < 1e-9, "{}", filled(&clock(), at));
    }

    #[test]
    fn a_limit_runs_on_between_two_answers() {
        check("2015-10-01T13:00:00-04:00", "in_time", 50.0);
        check("2015-10-01T16:00:00-04:00", "due_soon", 80.0);
        check("2015-10-01T18:00:00-04:00", "due_soon", 100.0);
        check("2015-10-01T18:00:00.000001-04:00", "overdue", 100.0);
    }

    #[test]
    fn a_limit_that_stopped_stands_still() {
        let mut clock = clock();
        clock.stopped_at = Some("2015-10-01T10:30:00-04:00".into());
        clock.state = "met".into();
        assert_eq!(state_at(&clock, "2015-12-01T00:00:00-05:00"), "met");
        assert!((filled(&clock, "2015-12-01T00:00:00-05:00") - 25.0).abs() < 1e-9);
    }
}
