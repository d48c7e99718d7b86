//! A case's story: its events in their own order, and the instants at which a limit ran out, which
//! no event tells.

use std::sync::Arc;

use domain::answer::{CaseStory, DirectiveView, EventView, UnmetView};
use domain::dimension::Dimension;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::case_rows::named;
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, begun, date, directives, events, words};

/// Parts of an event's data that are shown as they stand.
const SHOWN_AS_SENT: [&str; 6] = ["reason", "result", "guidance", "note", "notice", "case"];
/// Parts of an event's data that name a unit.
const UNITS: [&str; 5] = ["from", "to", "unit", "handling_unit", "first_receiving_unit"];
/// Parts of an event's data that are instants.
const INSTANTS: [&str; 5] = ["due_at", "until", "handled_at", "reported_at", "promised_return_at"];
/// The instants in what a source sent, in the city's own time: `show` writes an instant so. A source
/// may send them with any offset, and a page reads the hour off the text.
#[cfg(any(test, feature = "ssr"))]
pub(crate) fn in_city_time(data: &mut Json, show: &dyn Fn(domain::Timestamp) -> String) {
    for key in INSTANTS {
        let Some(value) = data.get_mut(key) else { continue };
        if let Some(at) = value.as_str().and_then(date::instant) {
            *value = Json::String(show(at));
        }
    }
}

/// A longer text is cut: the list of events is for reading at a glance.
const CHARS_MAX: usize = 240;

/// One step of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    time: String,
    title: String,
    lines: Vec<String>,
    class: &'static str,
}

/// The story.
#[component]
pub fn Story(
    /// What names things.
    boot: Arc<Boot>,
    /// The case.
    story: CaseStory,
    /// The city's time.
    at: Signal<String>,
) -> impl IntoView {
    let lang = use_lang();
    let mut said: Vec<Step> = story.events.iter().map(|event| step(lang, &boot, event)).collect();
    let limits: Vec<(String, Step)> = story
        .clocks
        .iter()
        .filter(|clock| clock.state != "met")
        .map(|clock| {
            let due = clock.extended_until.clone().unwrap_or_else(|| clock.due.clone());
            let lines = vec![super::clocks::rule(lang, &clock.rule)];
            let title = words::LIMIT_ENDS.to(lang).to_owned();
            (due.clone(), Step { time: due, title, lines, class: "limit" })
        })
        .collect();
    let set_off: Vec<(String, Step)> = story
        .escalations
        .iter()
        .filter_map(|escalation| {
            let title = events::action(&escalation.action)?.to(lang).to_owned();
            let lines = vec![format!("{} · {}", escalation.rule, escalation.clause)];
            let time = escalation.since.clone();
            Some((time.clone(), Step { time, title, lines, class: "limit" }))
        })
        .collect();
    said.extend(story.directives.iter().flat_map(|view| directed(lang, &boot, view)));
    let stands_at = story.at;
    // What is told of, and a limit's end, enter the story when the city's time has come to it: a source
    // may be ahead of the city's clock, and in a replay the files know what is yet to come.
    let steps = Memo::new(move |_| {
        let now = at.get();
        let gone = |time: &str| date::micros_between(time, &now);
        let happened = said.iter().filter(|step| gone(&step.time).is_none_or(|gone| gone >= 0));
        let passed = limits.iter().filter(|(due, _)| gone(due).is_some_and(|gone| gone > 0));
        let passed = passed.chain(&set_off);
        let mut steps: Vec<Step> = happened.chain(passed.map(|(_, step)| step)).cloned().collect();
        steps.sort_by_key(|step| date::instant(&step.time));
        steps
    });
    view! {
        <ol class="story">
            {move || {
                let steps = steps.get();
                let last = steps.len().saturating_sub(1);
                steps.into_iter().enumerate().map(|(place, step)| {
                    let class = if place == last { format!("step last {}", step.class) } else { format!("step {}", step.class) };
                    view! {
                        <li class=class>
                            <time class="figure">{date::moment_beside(lang, &step.time, &stands_at)}</time>
                            <div>
                                <p class="step-title">{step.title}</p>
                                {step.lines.into_iter().map(|line| view! { <p class="step-line">{line}</p> }).collect_view()}
                            </div>
                        </li>
                    }
                }).collect_view()
            }}
        </ol>
    }
}

fn step(lang: Lang, boot: &Boot, event: &EventView) -> Step {
    let text = |key: &str| event.data.get(key).and_then(Json::as_str);
    let title = events::sentence(&event.kind, text("step"))
        .map_or_else(|| event.kind.clone(), |say| say.to(lang).to_owned());
    let mut lines = Vec::new();
    let units: Vec<String> = UNITS
        .iter()
        .filter_map(|key| named(lang, boot, Dimension::Agency, text(key)))
        .chain(agency(lang, boot, &event.data))
        .collect();
    if !units.is_empty() {
        lines.push(units.join(" → "));
    }
    let dimensions = [Dimension::Field, Dimension::Channel];
    let codes: Vec<String> = dimensions
        .into_iter()
        .filter_map(|dimension| named(lang, boot, dimension, text(dimension.name())))
        .collect();
    if !codes.is_empty() {
        lines.push(codes.join(" · "));
    }
    lines.extend(SHOWN_AS_SENT.iter().filter_map(|key| Some(said(lang, key, text(key)?))));
    lines.extend(INSTANTS.iter().filter_map(|key| {
        let at = text(key)?;
        Some(format!("{}: {}", instant_word(lang, key), date::moment(lang, at)))
    }));
    lines.extend(event.unmet.iter().map(|unmet| asked(lang, unmet)));
    let is_said = |flag: &&String| !event.unmet.iter().any(|unmet| unmet.flag == **flag);
    if let Some(flag) = event.flag.as_ref().filter(is_said) {
        lines.push(events::flag(flag).map_or_else(|| flag.clone(), |say| say.to(lang).to_owned()));
    }
    if !event.applied {
        lines.push(words::NOT_APPLIED.to(lang).to_owned());
    }
    lines.push(format!("{}: {}", words::SOURCE.to(lang), event.source));
    let class = if event.applied { "applied" } else { "ignored" };
    Step { time: event.time.clone(), title, lines, class }
}

/// What leadership asked about the case, and what was said to it.
fn directed(lang: Lang, boot: &Boot, view: &DirectiveView) -> Vec<Step> {
    let to = named(lang, boot, Dimension::Agency, Some(&view.to)).unwrap_or_default();
    let due = format!("{}: {}", directives::DUE.to(lang), date::moment(lang, &view.due));
    let name = view.directive.clone();
    let sent = Step {
        time: view.issued_at.clone(),
        title: format!("{}: {to}", directives::kind(&view.kind).to(lang)),
        lines: vec![shorten(&view.text), due, name.clone()],
        class: "directed",
    };
    let said = view.steps.iter().map(|step| Step {
        time: step.at.clone(),
        title: format!(
            "{} ({})",
            directives::step(&step.step).to(lang),
            directives::kind(&view.kind).to(lang)
        ),
        lines: vec![shorten(&step.text), name.clone()],
        class: if step.applied { "directed" } else { "ignored" },
    });
    std::iter::once(sent).chain(said).collect()
}

/// What is wrong with an event, and what the regulation asks of it.
fn asked(lang: Lang, unmet: &UnmetView) -> String {
    let flag = events::flag(&unmet.flag).map_or(unmet.flag.as_str(), |say| say.to(lang));
    let label = match lang {
        Lang::Vi => &unmet.label.vi,
        Lang::En => &unmet.label.en,
    };
    format!("{flag}: {label} ({})", unmet.clause)
}

/// The unit that an event gives the case to, where it is no transfer.
fn agency(lang: Lang, boot: &Boot, data: &Json) -> Option<String> {
    named(lang, boot, Dimension::Agency, data.get("agency").and_then(Json::as_str))
}

fn instant_word(lang: Lang, key: &str) -> &'static str {
    use crate::text::lang::say;
    match key {
        "due_at" => words::DUE,
        "until" => say("Cam kết đến", "Promised by"),
        "handled_at" => say("Xử lý lúc", "Handled at"),
        "reported_at" => say("Phản ánh lúc", "Reported at"),
        _ => say("Hẹn trả", "Result promised for"),
    }
    .to(lang)
}

/// A part as it stands, cut where it is long; a result that is a bare state by its word.
fn said(lang: Lang, key: &str, text: &str) -> String {
    let state = match key {
        "result" => words::status(&text.to_ascii_lowercase()),
        "notice" => events::notice(text),
        _ => None,
    };
    state.map_or_else(|| shorten(text), |say| begun(say.to(lang)))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_sent_in_another_offset_is_told_in_the_citys_own_time() {
        let mut data =
            serde_json::json!({ "due_at": "2026-11-24T08:34:49Z", "until": "sớm", "note": "08:34" });
        in_city_time(&mut data, &|at| at.to_rfc3339_at(jiff::tz::offset(7)));
        assert_eq!(data["due_at"], "2026-11-24T15:34:49+07:00");
        assert_eq!(data["until"], "sớm");
        assert_eq!(data["note"], "08:34");
    }

    #[test]
    fn a_result_that_is_a_bare_state_is_said_in_the_readers_words() {
        assert_eq!(said(Lang::Vi, "result", "Closed"), "Đã đóng");
        assert_eq!(said(Lang::Vi, "result", "Case Resolved. Filled."), "Case Resolved. Filled.");
        assert_eq!(said(Lang::Vi, "note", "closed"), "closed");
    }
}
