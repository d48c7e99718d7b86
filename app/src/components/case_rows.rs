//! A list of cases: each row says what, who holds it, where it is and how it stands.

use std::sync::Arc;

use domain::answer::CaseRow;
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::Empty;
use super::conditions::status_said;
use super::mark::{Mark, Shape};
use crate::address;
use crate::functions::Boot;
use crate::live::use_live;
use crate::locale::use_lang;
use crate::text::{Lang, date, number, sentences, words};

/// The rows, in the order of the answer.
#[component]
pub fn CaseRows(
    /// What came with the page.
    boot: Arc<Boot>,
    /// The cases.
    cases: Vec<CaseRow>,
) -> impl IntoView {
    let at = use_live().at(&boot);
    if cases.is_empty() {
        return view! { <Empty/> }.into_any();
    }
    let rows = cases.into_iter().map(|case| view! { <CaseLine boot=boot.clone() case at/> }).collect_view();
    view! { <ul class="cases">{rows}</ul> }.into_any()
}

#[component]
fn CaseLine(boot: Arc<Boot>, case: CaseRow, at: Signal<String>) -> impl IntoView {
    let lang = use_lang();
    let title = title(lang, &boot, &case);
    let about = about(lang, &boot, &case);
    let place = place(lang, &boot, &case);
    let shape = shape_now(&case, at);
    let received = date::moment_beside(lang, &case.received_at, &boot.beat.at);
    let status = status_said(lang, &boot, &case.status);
    // Of a resolved case the limit runs no more.
    let due = case.due.clone().filter(|_| case.timeliness.is_some() && case.resolved_at.is_none());
    let stands = move || match &due {
        Some(due) => due_text(lang, due, &at.get()),
        None => status.clone(),
    };
    view! {
        <li>
            <a class="case-line" href=address::case(&case.case)>
                <span class="case-title">{title}</span>
                <span class="case-stand figure">
                    {move || shape.get().map(|shape| view! { <Mark shape bare=true/> " " })}
                    {stands}
                </span>
                <span class="case-about">{about}</span>
                <span class="case-place">{place}</span>
                <span class="case-code">{case.case.clone()}</span>
                <time class="case-time figure">{received}</time>
            </a>
        </li>
    }
}

/// What a case is called: its own title, else its field.
#[must_use]
pub(crate) fn title(lang: Lang, boot: &Boot, case: &CaseRow) -> String {
    if let Some(title) = own_title(boot, case) {
        return title.to_owned();
    }
    named(lang, boot, Dimension::Field, case.field.as_deref()).unwrap_or_else(|| case.case.clone())
}

/// The title that a case has beyond its field's name: a source may send the name again as the title.
pub(crate) fn own_title<'a>(boot: &Boot, case: &'a CaseRow) -> Option<&'a str> {
    let title = case.title.as_deref()?;
    let label = case.field.as_deref().map(|field| boot.city.catalogue.label(Dimension::Field, field));
    let is_field = label.is_some_and(|label| [label.vi, label.en].iter().any(|name| name == title.trim()));
    (!is_field).then_some(title)
}

/// Who holds it and how it came.
fn about(lang: Lang, boot: &Boot, case: &CaseRow) -> String {
    let parts = [
        named(lang, boot, Dimension::Agency, case.agency.as_deref()),
        own_title(boot, case).and_then(|_| named(lang, boot, Dimension::Field, case.field.as_deref())),
        case.severity.as_deref().and_then(words::severity).map(|say| say.to(lang).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Where it lies.
pub(crate) fn place(lang: Lang, boot: &Boot, case: &CaseRow) -> String {
    let parts = [
        named(lang, boot, Dimension::Ward, case.ward.as_deref()),
        named(lang, boot, Dimension::District, case.district.as_deref()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What people read for a code of a dimension.
#[must_use]
pub(crate) fn named(lang: Lang, boot: &Boot, dimension: Dimension, code: Option<&str>) -> Option<String> {
    code.map(|code| lang.of(&boot.city.catalogue.label(dimension, code)))
}

/// How an open case stands now: a limit may come near or run out while its row is on the screen.
pub(crate) fn shape_now(case: &CaseRow, at: Signal<String>) -> Memo<Option<Shape>> {
    let runs = case.resolved_at.is_none();
    let turns = Turns { due_soon: case.due_soon.clone(), due: case.due.clone() };
    let timeliness = case.timeliness.clone().filter(|_| runs);
    Memo::new(move |_| at.with(|at| shape_at(timeliness.as_deref(), &turns, at)))
}

/// When a row's sign turns.
struct Turns {
    due_soon: Option<String>,
    due: Option<String>,
}

fn shape_at(timeliness: Option<&str>, turns: &Turns, at: &str) -> Option<Shape> {
    let left = |turn: &Option<String>| date::micros_between(at, turn.as_deref()?);
    let known = Shape::of(timeliness?);
    Some(if left(&turns.due).is_some_and(|left| left < 0) {
        Shape::Overdue
    } else if left(&turns.due_soon).is_some_and(|left| left <= 0) {
        Shape::DueSoon
    } else {
        known
    })
}

/// How long is left, or by how much it is over.
pub(crate) fn due_text(lang: Lang, due: &str, at: &str) -> String {
    match date::micros_between(at, due) {
        Some(left) if left >= 0 => sentences::left(lang, &number::running(lang, left)),
        Some(over) => sentences::over_by(lang, &number::running(lang, over)),
        None => due.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(timeliness: Option<&str>, at: &str, want: Option<Shape>) {
        let turns = Turns {
            due_soon: Some("2015-10-04T12:00:00-04:00".to_owned()),
            due: Some("2015-10-05T12:00:00-04:00".to_owned()),
        };
        assert_eq!(shape_at(timeliness, &turns, at), want);
    }

    #[test]
    fn a_rows_sign_turns_when_its_limit_comes_near_and_when_it_runs_out() {
        check(Some("in_time"), "2015-10-04T11:59:59-04:00", Some(Shape::InTime));
        check(Some("in_time"), "2015-10-04T12:00:00-04:00", Some(Shape::DueSoon));
        check(Some("due_soon"), "2015-10-05T12:00:00-04:00", Some(Shape::DueSoon));
        check(Some("due_soon"), "2015-10-05T12:00:01-04:00", Some(Shape::Overdue));
        check(Some("in_time"), "2015-10-05T13:00:00-04:00", Some(Shape::Overdue));
        check(None, "2015-10-05T13:00:00-04:00", None);
    }

    #[test]
    fn a_row_without_a_limit_never_turns() {
        let turns = Turns { due_soon: None, due: None };
        let shape = shape_at(Some("no_deadline"), &turns, "2015-10-05T13:00:00-04:00");
        assert_eq!(shape, Some(Shape::None));
    }
}
