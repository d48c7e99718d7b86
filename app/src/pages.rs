//! The pages: each asks for what it shows, and arranges components.

mod alarms;
mod case;
mod cases;
mod cell;
pub(crate) mod centre;
mod desk;
mod directive;
mod directive_new;
mod directives;
mod director;
mod drill;
mod enrol;
mod fleet;
mod lobby;
mod map;
mod not_found;
mod office;
mod public;
pub(crate) mod ready;
mod receipt;
mod styleguide;
pub(crate) mod wall;

pub use alarms::Alarms;
pub use case::Case;
pub use cases::Cases;
pub use cell::Cell;
pub use centre::{Centre, Centres};
pub use desk::Desk;
pub use directive::Directive;
pub use directive_new::NewDirective;
pub use directives::Directives;
pub use director::Director;
pub use drill::Drill;
#[cfg(feature = "ssr")]
pub(crate) use drill::has_districts;
pub use enrol::Enrol;
pub use fleet::FleetPage;
pub use lobby::Lobby;
pub use map::{FieldMaps, MapPage};
pub use not_found::NotFound;
pub use office::Office;
pub use public::{PublicCasePage, PublicMapPage, PublicPage};
pub use ready::{provide_boot, use_boot};
pub use receipt::Receipt;
pub use styleguide::Styleguide;
pub use wall::Wall;
