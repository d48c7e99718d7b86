//! The pages: each asks for what it shows, and arranges components.

mod drill;
mod not_found;
mod ready;

pub use drill::Drill as Overview;
pub use not_found::NotFound;
pub use ready::{provide_boot, use_boot};
