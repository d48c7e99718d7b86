//! All rule sets of a city, and which of them a case falls under.

use jiff::civil::Date;

use super::RuleSet;

/// The rule sets of a city.
#[derive(Clone, Debug, Default)]
pub struct Book {
    sets: Vec<RuleSet>,
}

/// The rule set of a case.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// Which.
    pub rules: &'a RuleSet,
    /// It had ended before the case was received, and no other took its place: it goes on, with a
    /// notice to administrators. The day on which it ended.
    pub expired: Option<Date>,
}

impl Book {
    /// A book of these.
    #[must_use]
    pub fn new(sets: Vec<RuleSet>) -> Self {
        Self { sets }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Whether any of them declares a step.
    #[must_use]
    pub fn knows_step(&self, name: &str) -> bool {
        self.sets.iter().any(|set| set.vocabulary.step(name).is_some())
    }

    /// Whether any of them declares a promise.
    #[must_use]
    pub fn knows_commitment(&self, name: &str) -> bool {
        self.sets.iter().any(|set| set.vocabulary.knows_commitment(name))
    }

    /// All of them.
    #[must_use]
    pub fn sets(&self) -> &[RuleSet] {
        &self.sets
    }

    /// The rule set of a case of `kind` (`report`, `dossier`) received in `city` on a local day: of
    /// those in force the one that came into force last; where none is, the one that ended last.
    #[must_use]
    pub fn choose(&self, city: &str, kind: &str, received: Date) -> Option<Chosen<'_>> {
        let mine = |set: &&RuleSet| {
            set.city.as_deref().is_none_or(|own| own == city)
                && (set.kinds.is_empty() || set.kinds.iter().any(|own| own == kind))
                && set.valid_from.is_none_or(|from| from <= received)
        };
        let ended = |set: &RuleSet| set.valid_to.filter(|to| *to < received);
        let in_force = self.sets.iter().filter(mine).filter(|set| ended(set).is_none());
        if let Some(rules) = in_force.max_by_key(|set| set.valid_from) {
            return Some(Chosen { rules, expired: None });
        }
        let last = self.sets.iter().filter(mine).max_by_key(|set| (set.valid_to, set.valid_from))?;
        Some(Chosen { rules: last, expired: ended(last) })
    }
}
