//! What this device's reader follows: pages by their addresses, kept in the browser and nowhere else, each as it was
//! narrowed, sorted and compared. It says nothing of who follows.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::address;

/// Most that one follows: a list that is read at a glance.
pub const FOLLOWED_MAX: usize = 12;
/// Longest address that is kept, in bytes.
const PATH_BYTES_MAX: usize = 1_000;
/// Parameters that say how a page is read and not what it is about.
const NOT_OF_PAGE: [&str; 4] = ["lang", "theme", "cursor", "rows"];

/// A page that is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its path from the product's own root on, with its parameters.
    pub path: String,
    /// Its title when it was taken up, for pages whose name is not said by their codes.
    pub title: String,
}

/// The address under which a page is followed; `None` for one that is not: the city's own, or one too long.
#[must_use]
pub fn followed_path(path: &str, search: &str) -> Option<String> {
    let mut pairs = address::pairs(search);
    pairs.retain(|(key, _)| !NOT_OF_PAGE.contains(&key.as_str()));
    let bare = address::bare(path);
    let whole =
        if pairs.is_empty() { bare.to_owned() } else { format!("{bare}?{}", address::search(&pairs)) };
    (whole != "/" && whole.len() <= PATH_BYTES_MAX).then_some(whole)
}

/// The list after a page was taken up, or let go where it was in it; as it is where it is full.
#[must_use]
pub fn toggled(mut views: Vec<View>, view: View) -> Vec<View> {
    let many = views.len();
    views.retain(|other| other.path != view.path);
    if views.len() == many && many < FOLLOWED_MAX {
        views.push(view);
    }
    views
}

/// The pages that are followed; empty until this device's own are read.
#[derive(Clone, Copy)]
pub struct Followed {
    city: RwSignal<String>,
    views: RwSignal<Vec<View>>,
}

impl Followed {
    /// Makes them known to every page.
    pub fn provide() {
        provide_context(Self { city: RwSignal::new(String::new()), views: RwSignal::new(Vec::new()) });
    }

    /// Reads what this device keeps for a city. In the browser only, from an effect.
    pub fn keep(self, city: &str) {
        self.city.set(city.to_owned());
        self.views.set(platform::read(&name(city)));
    }

    /// In the order in which they were taken up.
    #[must_use]
    pub fn views(self) -> Signal<Vec<View>> {
        self.views.into()
    }

    /// Takes a page up, or lets it go. What another tab of the same device did meanwhile stays done.
    pub fn toggle(self, view: View) {
        let name = name(&self.city.get_untracked());
        let views = toggled(platform::read(&name), view);
        platform::write(&name, &views);
        self.views.set(views);
    }
}

fn name(city: &str) -> String {
    format!("followed-{city}")
}

/// What is followed.
#[must_use]
pub fn use_followed() -> Followed {
    use_context::<Followed>().unwrap_or_else(|| {
        Followed::provide();
        expect_context::<Followed>()
    })
}

#[cfg(feature = "hydrate")]
mod platform {
    use super::{FOLLOWED_MAX, View};
    use crate::kept;

    pub(super) fn read(name: &str) -> Vec<View> {
        let mut views: Vec<View> = kept::read(name).unwrap_or_default();
        // Whatever lies there leads nowhere but into the product.
        views.retain(|view| view.path.starts_with('/') && !view.path.starts_with("//"));
        views.truncate(FOLLOWED_MAX);
        views
    }

    pub(super) fn write(name: &str, views: &[View]) {
        // Where the browser keeps nothing, the list lasts as long as the page.
        kept::write(name, &views);
    }
}

#[cfg(not(feature = "hydrate"))]
mod platform {
    use super::View;

    pub(super) const fn read(_name: &str) -> Vec<View> {
        Vec::new()
    }

    pub(super) const fn write(_name: &str, _views: &[View]) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_followed_as_it_was_narrowed_and_not_as_it_was_read() {
        for (path, search, want) in [
            ("/", "", None),
            ("/", "lang=en&theme=dark", None),
            ("/", "by=ward", Some("/?by=ward")),
            ("/agency/A", "rows=all", Some("/agency/A")),
            ("/cases", "agency=A&lang=en&sort=due&cursor=x", Some("/cases?agency=A&sort=due")),
        ] {
            assert_eq!(followed_path(path, search).as_deref(), want, "{path}?{search}");
        }
        assert_eq!(followed_path("/cases", &format!("q={}", "a".repeat(2_000))), None);
    }

    #[test]
    fn a_page_is_taken_up_once_and_let_go_and_a_full_list_stays_as_it_is() {
        let view = |number: usize| View { path: format!("/agency/{number}"), title: String::new() };
        let full = (0..FOLLOWED_MAX).fold(Vec::new(), |views, number| toggled(views, view(number)));
        assert_eq!(full.len(), FOLLOWED_MAX);
        assert_eq!(toggled(full.clone(), view(99)), full);
        let fewer = toggled(full.clone(), view(3));
        assert!(fewer.len() == FOLLOWED_MAX - 1 && !fewer.contains(&view(3)));
        assert_eq!(toggled(fewer, view(3)).last(), Some(&view(3)));
    }
}
