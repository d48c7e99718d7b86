//! The limits of a case, each with its rule, its drawing and its arithmetic.

use domain::answer::ClockView;
use leptos::prelude::*;

use super::clock_drawing::ClockDrawing;
use super::mark::{Mark, Shape};
use crate::locale::use_lang;
use crate::text::{Lang, date, number, sentences, words};

/// The rule of a limit that the source states.
const SOURCE: &str = "source";

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
    let shape = move || Shape::of(&state.get());
    let (name, lines) = clock.with_value(|clock| (rule(lang, &clock.rule), arithmetic(lang, clock)));
    let (text_of_rule, reading) = clock.with_value(|clock| (lang.of(&clock.text), lang.of(&clock.reading)));
    // What only the source states is reckoned in Vietnamese alone.
    let (why, why_lang) = clock.with_value(|clock| match lang {
        Lang::En if !clock.why_en.is_empty() => (clock.why_en.clone(), "en"),
        _ => (clock.why.clone(), "vi"),
    });
    let why: Vec<String> = why.iter().map(|line| date::readable(lang, line)).collect();
    view! {
        <li class="clock">
            <div class="clock-head">
                <h3>{name}</h3>
                <p class=move || format!("clock-state figure {}", shape().class())>
                    {move || view! { <Mark shape=shape() bare=true/> }} " " {text}
                </p>
            </div>
            <ClockDrawing clock state at/>
            {(!text_of_rule.is_empty()).then(|| view! { <p class="clock-text">{text_of_rule}</p> })}
            {lines.into_iter().map(|line| view! { <p class="clock-line">{line}</p> }).collect_view()}
            {(!why.is_empty()).then(|| view! {
                <details>
                    <summary>{words::RECKONING.to(lang)}</summary>
                    {(!reading.is_empty()).then(|| view! { <p class="clock-reading">{reading}</p> })}
                    <ul lang=why_lang>{why.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
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

/// `11:15 23/11/2026 + 8 giờ = 19:15 23/11/2026 · xong 12:31`.
fn arithmetic(lang: Lang, clock: &ClockView) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(clause) = &clock.clause {
        lines.push(clause.clone());
    }
    let moment = |text: &str| date::moment(lang, text);
    if clock.rule == SOURCE {
        let limit = date::micros_between(&clock.start, &clock.due).unwrap_or_default();
        let limit = number::running(lang, limit);
        lines.push(format!("{} + {limit} = {}", moment(&clock.start), moment(&clock.due)));
    } else {
        // A rule counts on its own calendar: the lines of its reckoning say how.
        lines.push(format!("{} → {}", moment(&clock.start), moment(&clock.due)));
    }
    if let Some(before) = &clock.due_before {
        lines.push(format!("{} {}", words::DUE_BEFORE.to(lang), moment(before)));
    }
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
    fn check(at: &str, want: &str) {
        assert_eq!(state_at(&clock(), at), want);
    }

    #[test]
    fn a_limit_runs_on_between_two_answers() {
        check("2015-10-01T13:00:00-04:00", "in_time");
        check("2015-10-01T16:00:00-04:00", "due_soon");
        check("2015-10-01T18:00:00-04:00", "due_soon");
        check("2015-10-01T18:00:00.000001-04:00", "overdue");
    }

    #[test]
    fn a_limit_that_stopped_stands_still() {
        let mut clock = clock();
        clock.stopped_at = Some("2015-10-01T10:30:00-04:00".into());
        clock.state = "met".into();
        assert_eq!(state_at(&clock, "2015-12-01T00:00:00-05:00"), "met");
    }
}
