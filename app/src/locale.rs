//! Which language this page is read in, known before its first word: from the request on the
//! server, from the served page in the browser.

use leptos::prelude::*;

use crate::text::Lang;

/// The language of this page.
#[must_use]
pub fn use_lang() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}

/// Finds the language of this page and hands it to every component.
pub fn provide_lang() -> Lang {
    let lang = platform::lang();
    provide_context(lang);
    lang
}

/// Keeps the language for the next visit. Runs in the browser only.
pub fn keep(lang: Lang) {
    platform::keep(lang);
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast as _;

    use crate::text::Lang;

    /// A year: the choice is a person's, not a visit's.
    const KEPT_SECS: u32 = 31_536_000;

    pub(super) fn lang() -> Lang {
        let root = document().document_element();
        root.and_then(|root| root.get_attribute("lang"))
            .and_then(|code| Lang::from_code(&code))
            .unwrap_or_default()
    }

    pub(super) fn keep(lang: Lang) {
        let cookie = format!("lang={}; Path=/; Max-Age={KEPT_SECS}; SameSite=Lax", lang.code());
        if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
            // A browser that keeps no cookies reads Vietnamese again next time.
            document.set_cookie(&cookie).ok();
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use crate::text::Lang;

    #[cfg(feature = "ssr")]
    pub(super) fn lang() -> Lang {
        let Some(parts) = leptos::prelude::use_context::<http::request::Parts>() else {
            return Lang::default();
        };
        let cookies = parts.headers.get(http::header::COOKIE).and_then(|cookies| cookies.to_str().ok());
        Lang::of_request(parts.uri.query(), cookies)
    }

    #[cfg(not(feature = "ssr"))]
    pub(super) fn lang() -> Lang {
        Lang::default()
    }

    pub(super) fn keep(_lang: Lang) {}
}
