//! What lists of cases have in common.

use domain::answer::CasePage;

/// The same list without the instant that it was asked at: two answers with the same cases are then
/// equal, and nothing on the screen is made anew. For lists that show no instant of their own.
#[must_use]
pub fn without_instant(page: CasePage) -> CasePage {
    CasePage { seq: domain::Seq::default(), at: String::new(), ..page }
}
