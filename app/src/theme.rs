//! The two rooms that the product is read in, and the two shades that either can be read in.

use leptos::prelude::*;

/// In which room a screen is read: how large its type is and whether hands touch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// From six metres.
    Wall,
    /// At arm's length.
    #[default]
    Office,
}

/// Light on dark, or dark on light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// A dark ground.
    Dark,
    /// A light ground.
    Light,
}

impl Shade {
    /// Its name in addresses, in the cookie and in the style.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Dark,
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Dark, Self::Light].into_iter().find(|shade| shade.name() == name)
    }

    /// What a request asks for: `?theme=` first, then the cookie `theme`; none where neither says, or where one says
    /// `own`.
    #[must_use]
    pub fn of_request(search: Option<&str>, cookies: Option<&str>) -> Option<Self> {
        let asked = search.and_then(|search| crate::address::value(&crate::address::pairs(search), "theme"));
        let kept =
            || cookies?.split(';').find_map(|cookie| cookie.trim().strip_prefix("theme=").map(str::to_owned));
        asked.or_else(kept).as_deref().and_then(Self::named)
    }
}

impl Theme {
    /// The shade of a room that nobody has chosen another one for.
    #[must_use]
    pub const fn own_shade(self) -> Shade {
        match self {
            Self::Wall => Shade::Dark,
            Self::Office => Shade::Light,
        }
    }

    /// The shade of this page in the room.
    #[must_use]
    pub fn shade(self) -> Shade {
        use_chosen().0.unwrap_or(self.own_shade())
    }
}

/// What the reader has chosen; none is each room's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen(pub Option<Shade>);

/// The choice of this page's reader.
#[must_use]
pub fn use_chosen() -> Chosen {
    use_context::<Chosen>().unwrap_or_default()
}

/// Finds the choice, known before the first paint: no page flashes in another shade.
pub fn provide_chosen() -> Chosen {
    let chosen = Chosen(platform::chosen());
    provide_context(chosen);
    chosen
}

/// Keeps the choice for the next visit. Runs in the browser only.
pub fn keep(chosen: Chosen) {
    platform::keep(chosen.0);
}

#[cfg(feature = "hydrate")]
mod platform {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast as _;

    use super::Shade;

    /// A year: the choice is a person's, not a visit's.
    const KEPT_SECS: u32 = 31_536_000;

    pub(super) fn chosen() -> Option<Shade> {
        let root = document().document_element()?;
        Shade::named(&root.get_attribute("data-theme")?)
    }

    pub(super) fn keep(chosen: Option<Shade>) {
        let Some(shade) = chosen else { return };
        let cookie = format!("theme={}; Path=/; Max-Age={KEPT_SECS}; SameSite=Lax", shade.name());
        if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
            // A browser that keeps no cookies shows the room's own shade again next time.
            document.set_cookie(&cookie).ok();
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use super::Shade;

    #[cfg(feature = "ssr")]
    pub(super) fn chosen() -> Option<Shade> {
        let parts = leptos::prelude::use_context::<http::request::Parts>()?;
        let cookies = parts.headers.get(http::header::COOKIE).and_then(|cookies| cookies.to_str().ok());
        Shade::of_request(parts.uri.query(), cookies)
    }

    #[cfg(not(feature = "ssr"))]
    pub(super) const fn chosen() -> Option<Shade> {
        None
    }

    pub(super) const fn keep(_chosen: Option<Shade>) {}
}

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(search: &str, cookies: &str, want: Option<Shade>) {
        assert_eq!(Shade::of_request(Some(search), Some(cookies)), want, "{search} {cookies}");
    }

    #[test]
    fn an_address_goes_before_what_was_kept() {
        check("", "", None);
        check("theme=dark", "", Some(Shade::Dark));
        check("", "lang=vi; theme=light", Some(Shade::Light));
        check("theme=dark&lang=en", "theme=light", Some(Shade::Dark));
        check("theme=own", "theme=dark", None);
        check("theme=pink", "", None);
    }
}
