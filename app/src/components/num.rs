//! A number that answers "why?": it leads to its receipt.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::mark::Shape;
use super::receipt_panel::use_receipt;
use crate::address;
use crate::ask::resolve;
use crate::locale::use_lang;
use crate::text::date;
use crate::text::number::count;

/// The parameters of a question, in REST's words.
pub type Params = Vec<(String, String)>;

/// The parameters that fix an instant: a question that has one needs no other.
const FIXED: [&str; 2] = ["at", "to"];

/// The question of a number as it stood at an instant (empty: not known), by its dates alone: sent to
/// someone it is still the same number tomorrow, and REST answers the same.
#[must_use]
pub(crate) fn pinned(params: &Params, at: &str) -> Params {
    let mut params = resolve(params.clone(), date::day(at));
    if !at.is_empty() && !params.iter().any(|(key, _)| FIXED.contains(&key.as_str())) {
        params.push(("at".to_owned(), at.to_owned()));
    }
    params
}

/// A touchable number. Without script it is a link to the receipt's page; with it, the receipt opens
/// beside it, pinned to the instant that the number stands at.
#[component]
pub fn Num(
    /// The number.
    #[prop(into)]
    value: Signal<i64>,
    /// Its question: one metric, ungrouped.
    params: Params,
    /// The instant that it stands at; empty is now.
    #[prop(into, optional)]
    at: Signal<String>,
    /// What it is the number of, for those who hear the page.
    #[prop(into)]
    label: String,
    /// The status whose sign stands before it.
    #[prop(optional)]
    shape: Option<Shape>,
    /// How it is written, where not as a count.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
) -> impl IntoView {
    let (lang, receipt) = (use_lang(), use_receipt());
    let params = StoredValue::new(params);
    let pin = move || {
        let at = at.try_get_untracked()?;
        params.try_with_value(|params| address::receipt(&pinned(params, &at)))
    };
    let href = RwSignal::new(pin().unwrap_or_default());
    // The number moves on four times a second; its address need be right when somebody takes it.
    // A number that its page has left may still be given the focus: it has no address any more.
    let take = move || {
        if let Some(address) = pin() {
            href.try_set(address);
        }
    };
    // All that is read here may be asked for once more when the page has gone already: a change and a
    // click can come in the same turn.
    let shown = move || match text {
        Some(text) => text.try_get(),
        None => value.try_get().map(|value| count(lang, value)),
    };
    // A zero is not a reason for colour.
    let class = move || match shape {
        Some(shape) if value.try_get().is_some_and(|value| value > 0) => format!("num {}", shape.class()),
        Some(_) | None => "num".to_owned(),
    };
    let open = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let at = at.try_get_untracked().unwrap_or_default();
        params.try_with_value(|params| receipt.open(params, &at));
    };
    view! {
        <a class=class href=move || href.try_get() on:click=open on:pointerenter=move |_| take() on:pointerdown=move |_| take() on:focus=move |_| take() on:keydown=move |_| take()>
            <span class="unseen">{label} " "</span>
            {shape.map(|shape| view! { <span class="sign" aria-hidden="true">{shape.sign()}</span> })}
            <span class="figure">{move || shown().unwrap_or_default()}</span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(params: &[(&str, &str)], want: &str) {
        let params = params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(address::search(&pinned(&params, "2015-10-05T12:00:00-04:00")), want);
    }

    #[test]
    fn an_address_names_the_instant_of_its_number() {
        let at = "at=2015-10-05T12%3A00%3A00-04%3A00";
        check(&[("metric", "open")], &format!("metric=open&{at}"));
        check(&[("metric", "overdue"), ("at", "today")], "metric=overdue&at=2015-10-05");
        check(&[("from", "today-29d")], &format!("from=2015-09-06&{at}"));
        check(&[("from", "2015-09-06"), ("to", "2015-09-07")], "from=2015-09-06&to=2015-09-07");
    }
}
