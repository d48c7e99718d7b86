//! What is to be done when limits run out, as things that can be noted and taken back.
//!
//! A memo is derived, never an input: the same breach gives the same id, so that a second server, or
//! the same one after a restart, notes it once.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::rules::Clocks;
use crate::regulation::{RuleIx, RuleSet};
use crate::time::Timestamp;

/// One thing to be done because a limit ran out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    /// Made from case, rule, action and instant.
    pub id: String,
    /// Whose limit.
    pub rule: RuleIx,
    /// What is to be done, such as `escalate_to_unit_head`.
    pub action: String,
    /// When the limit ran out.
    pub at: Timestamp,
    /// From when on it is to be done.
    pub since: Timestamp,
}

/// The id of what is done when a rule's limit runs out for a case.
#[must_use]
pub fn memo_id(case: &str, rule: &str, action: &str, at: Timestamp) -> String {
    let mut hash = Sha256::new();
    for part in [case, rule, action, &at.micros().to_string()] {
        // The length first, so that no two lists of parts run together.
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut id = String::from("memo:");
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

impl Clocks {
    /// All that is to be done by now, in the order of the instants. A clock that another unit's took
    /// over had run out all the same; one whose place another rule took had not.
    #[must_use]
    pub fn memos(&self, case: &str, rules: &RuleSet) -> Vec<Memo> {
        let mut memos = Vec::new();
        for clock in self.clocks.iter().filter(|clock| clock.replaced_by.is_none()) {
            let Some(breach) = clock.breach else {
                continue;
            };
            let rule = rules.rule(clock.rule);
            memos.extend(rule.on_breach.iter().map(|action| Memo {
                id: memo_id(case, &rule.id, action, breach.at),
                rule: clock.rule,
                action: action.clone(),
                at: breach.at,
                since: breach.since,
            }));
        }
        memos.sort_by(|a, b| (a.at, a.rule, &a.id).cmp(&(b.at, b.rule, &b.id)));
        memos
    }
}

/// Of what was noted, what no longer holds: an answer that was in time came late.
#[must_use]
pub fn withdrawn<'n>(noted: &[&'n str], due: &[Memo]) -> Vec<&'n str> {
    noted.iter().filter(|id| !due.iter().any(|memo| memo.id == **id)).copied().collect()
}
