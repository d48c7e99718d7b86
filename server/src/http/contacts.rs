//! Whom to call about an agency's cases, as it holds on the city's day.

use domain::answer::ContactView;
use domain::contact::of_agency;
use domain::dimension::Dimension;
use domain::state::State;

/// The contact points of an agency, or of the nearest above it that has some.
pub(crate) fn of(state: &State, agency: &str) -> Vec<ContactView> {
    let city = state.city();
    let today = state.at().to_jiff().to_zoned(city.zone.clone()).date();
    let found = of_agency(&city.contacts, city.catalogue.tree(Dimension::Agency), agency, today);
    found.into_iter().map(ContactView::from).collect()
}
