//! What a list was narrowed by, in words; each condition can be taken away.

use std::sync::Arc;

use domain::dimension::Dimension;
use leptos::prelude::*;

use super::num::Params;
use crate::address;
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, words};

/// Parameters that narrow nothing.
const NO_CONDITION: [&str; 6] = ["sort", "limit", "cursor", "lang", "theme", "metric"];

/// The conditions of a list of cases.
#[component]
pub fn Conditions(
    /// What names things.
    boot: Arc<Boot>,
    /// The list's parameters.
    params: Params,
) -> impl IntoView {
    let lang = use_lang();
    let conditions: Vec<_> = params
        .iter()
        .enumerate()
        .filter(|(_, (key, value))| is_condition(key, value))
        .map(|(place, (key, value))| {
            let mut without = params.clone();
            without.remove(place);
            without.retain(|(key, _)| key != "cursor");
            (said(lang, &boot, key, value), address::cases(&without))
        })
        .collect();
    (!conditions.is_empty()).then(|| {
        let each = conditions.into_iter().map(|(text, without)| {
            view! { <li><a class="pill" href=without>{text} " " <span aria-hidden="true">"×"</span></a></li> }
        });
        view! { <ul class="conditions" aria-label=words::CONDITIONS.to(lang)>{each.collect_view()}</ul> }
    })
}

fn is_condition(key: &str, value: &str) -> bool {
    !NO_CONDITION.contains(&key) && (key != "q" || !value.is_empty())
}

/// The conditions of a list in words.
pub(crate) fn conditions_said(lang: Lang, boot: &Boot, params: &[(String, String)]) -> Vec<String> {
    let conditions = params.iter().filter(|(key, value)| is_condition(key, value));
    conditions.map(|(key, value)| said(lang, boot, key, value)).collect()
}

fn said(lang: Lang, boot: &Boot, key: &str, value: &str) -> String {
    format!("{}: {}", parameter_said(lang, boot, key), value_said(lang, boot, key, value))
}

/// What a parameter is called: the city's own word for a dimension where it has one.
fn parameter_said(lang: Lang, boot: &Boot, key: &str) -> String {
    match boot.city.words.get(key).filter(|_| key != Dimension::Agency.name()) {
        Some(label) => lang.of(label),
        None => words::parameter(key).map_or(key, |say| say.to(lang)).to_owned(),
    }
}

/// What people read for a state: the city's own word for it, else the product's.
pub(crate) fn status_said(lang: Lang, boot: &Boot, code: &str) -> String {
    let tree = boot.city.catalogue.tree(Dimension::Status);
    match (tree.and_then(|tree| tree.entries.get(code)), words::status(code)) {
        (Some(entry), _) => lang.of(&entry.label),
        (None, Some(say)) => say.to(lang).to_owned(),
        (None, None) => code.to_owned(),
    }
}

/// The codes of a parameter by what people read for them.
pub(crate) fn value_said(lang: Lang, boot: &Boot, key: &str, value: &str) -> String {
    let Ok(dimension) = key.parse::<Dimension>() else { return value.to_owned() };
    let code = |code: &str| {
        let code = code.replace("\\,", ",").replace("\\\\", "\\");
        let word = match dimension {
            Dimension::Timeliness => words::timeliness(&code),
            Dimension::Severity => words::severity(&code),
            _ => None,
        };
        let label = |code: &str| lang.of(&boot.city.catalogue.label(dimension, code));
        match (word, code.strip_prefix('=')) {
            (Some(say), _) => say.to(lang).to_owned(),
            (None, _) if code.is_empty() => words::NONE_GIVEN.to(lang).to_owned(),
            (None, Some(alone)) => format!("{} ({})", label(alone), words::NO_FINER.to(lang)),
            (None, None) if dimension == Dimension::Status => status_said(lang, boot, &code),
            (None, None) => label(&code),
        }
    };
    split(value).iter().map(|part| code(part)).collect::<Vec<_>>().join(", ")
}

/// The codes of a filter: commas separate, but for those that are escaped.
fn split(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for char in value.chars() {
        match (char, parts.last_mut()) {
            (',', _) if !escaped => parts.push(String::new()),
            (_, Some(part)) => part.push(char),
            (_, None) => {}
        }
        escaped = char == '\\' && !escaped;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_comma_stays_within_its_code() {
        assert_eq!(split("a,b"), ["a", "b"]);
        assert_eq!(split("a\\, b,c"), ["a\\, b", "c"]);
        assert_eq!(split("a\\\\,b"), ["a\\\\", "b"]);
    }
}
