//! Whether the numbers are of a training, in which nothing is real. Known before the first paint and without an
//! answer, so that no page of a training is ever seen without its mark.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::locale::use_lang;
use crate::text::words;

/// What the server says of its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Training(pub bool);

/// Whether this page is of a training.
#[must_use]
pub fn is_training() -> bool {
    platform::is_training()
}

/// The band over every page of a training, which scrolls away from none, and the word before every page's title.
#[component]
pub(crate) fn TrainingBand() -> impl IntoView {
    let lang = use_lang();
    is_training().then(|| {
        let word = words::TRAINING.to(lang);
        view! {
            <Title formatter=move |title: String| format!("{word} · {title}")/>
            <aside class="training" aria-label=word>
                <strong>{word}</strong>
                <span>{words::NOT_REAL.to(lang)}</span>
            </aside>
        }
    })
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::prelude::document;

    pub(super) fn is_training() -> bool {
        document().document_element().is_some_and(|root| root.has_attribute("data-training"))
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use leptos::prelude::use_context;

    pub(super) fn is_training() -> bool {
        use_context::<super::Training>().unwrap_or_default().0
    }
}
