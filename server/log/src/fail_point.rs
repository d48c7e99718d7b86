//! Named places at which a test ends the program as `kill -9` does: at once, with no destructor run and nothing
//! flushed. In a product build they are nothing at all.
//!
//! A build with the feature `fail-points` reads the environment: `TOANCANH_FAIL_POINT="frame-placed 20"` ends it in one
//! of five times that a frame was written and is not durable yet. Our own few lines, since the crate for it brings
//! another `rand`, whose features would have half of the dependencies compiled a second time.

/// Every place, in the order in which an event comes by.
pub const PLACES: [&str; 14] = [
    "case-key-written",
    "case-keys-durable",
    "segment-to-begin",
    "file-made",
    "file-durable",
    "file-in-place",
    "segment-begun",
    "frame-placed",
    "flight-to-sync",
    "flight-durable",
    "flight-published",
    "head-written",
    "image-half",
    "answer-to-give",
];

/// The program ends here, where the environment says so.
#[inline]
pub fn reach(place: &'static str) {
    debug_assert!(PLACES.contains(&place), "{place} is not in the list of fail points");
    #[cfg(feature = "fail-points")]
    if armed().is_some_and(|(named, percent)| named == place && rand::random_range(0..100) < *percent) {
        std::process::abort();
    }
}

/// The place, and in how many of a hundred visits.
#[cfg(feature = "fail-points")]
fn armed() -> Option<&'static (String, u32)> {
    static ARMED: std::sync::OnceLock<Option<(String, u32)>> = std::sync::OnceLock::new();
    let read = || {
        let said = std::env::var("TOANCANH_FAIL_POINT").ok()?;
        let (place, percent) = said.split_once(' ')?;
        Some((place.to_owned(), percent.parse().ok()?))
    };
    ARMED.get_or_init(read).as_ref()
}
