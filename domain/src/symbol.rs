//! Codes as small numbers. A code is stored once; everything else holds its [`Sym`].

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A code by its place in [`Symbols`]. [`Sym::NONE`] is "the case has none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sym(pub u32);

impl Sym {
    /// No code.
    pub const NONE: Self = Self(0);

    /// Whether this is no code.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// The codes met so far: a handle, cheap to clone, that only ever grows. What a number stands for
/// never changes, so a reader of an older state may hold a newer table.
#[derive(Clone, Default)]
pub struct Symbols(Arc<RwLock<Table>>);

struct Table {
    names: Vec<Arc<str>>,
    by_name: FxHashMap<Arc<str>, Sym>,
}

impl Default for Table {
    fn default() -> Self {
        let mut table = Self { names: vec![Arc::from("")], by_name: FxHashMap::default() };
        for (place, name) in (1..).zip(word::ALL) {
            let name: Arc<str> = Arc::from(name);
            table.names.push(name.clone());
            table.by_name.insert(name, Sym(place));
        }
        table
    }
}

/// The product's own words, at the same place in every table.
pub mod word {
    use super::Sym;

    /// All, in the order of their numbers, from 1.
    pub const ALL: [&str; 20] = [
        "report",
        "dossier",
        "received",
        "in_progress",
        "resolved",
        "closed",
        "refused",
        "cancelled",
        "duplicate",
        "in_time",
        "due_soon",
        "overdue",
        "no_deadline",
        "1",
        "2",
        "3",
        "4",
        "5",
        "online",
        "in_person",
    ];

    /// `report`.
    pub const REPORT: Sym = Sym(1);
    /// `dossier`.
    pub const DOSSIER: Sym = Sym(2);
    /// `received`.
    pub const RECEIVED: Sym = Sym(3);
    /// `in_progress`.
    pub const IN_PROGRESS: Sym = Sym(4);
    /// `resolved`.
    pub const RESOLVED: Sym = Sym(5);
    /// `closed`.
    pub const CLOSED: Sym = Sym(6);
    /// `refused`.
    pub const REFUSED: Sym = Sym(7);
    /// `cancelled`.
    pub const CANCELLED: Sym = Sym(8);
    /// `duplicate`.
    pub const DUPLICATE: Sym = Sym(9);
    /// `in_time`.
    pub const IN_TIME: Sym = Sym(10);
    /// `due_soon`.
    pub const DUE_SOON: Sym = Sym(11);
    /// `overdue`.
    pub const OVERDUE: Sym = Sym(12);
    /// `no_deadline`.
    pub const NO_DEADLINE: Sym = Sym(13);
    /// `1`.
    pub const GROUP_1: Sym = Sym(14);
    /// `2`.
    pub const GROUP_2: Sym = Sym(15);
    /// `3`.
    pub const GROUP_3: Sym = Sym(16);
    /// `4`.
    pub const GROUP_4: Sym = Sym(17);
    /// `5`.
    pub const GROUP_5: Sym = Sym(18);
    /// `online`.
    pub const ONLINE: Sym = Sym(19);
    /// `in_person`.
    pub const IN_PERSON: Sym = Sym(20);
}

impl Symbols {
    /// A table of these codes, in this order; `None` where they are not those of a table.
    #[must_use]
    pub fn of(names: Vec<Arc<str>>) -> Option<Self> {
        let own = Table::default();
        if !names.starts_with(&own.names) {
            return None;
        }
        let places = (0..).map(Sym).zip(&names).skip(1);
        let by_name: FxHashMap<Arc<str>, Sym> = places.map(|(sym, name)| (name.clone(), sym)).collect();
        let each_once = by_name.len() + 1 == names.len();
        each_once.then(|| Self(Arc::new(RwLock::new(Table { names, by_name }))))
    }

    /// All codes, in the order of their symbols; the first is [`Sym::NONE`]'s.
    #[must_use]
    pub fn names(&self) -> Vec<Arc<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).names.clone()
    }

    /// The symbol of a code, made if it is new.
    pub fn intern(&self, code: &str) -> Sym {
        if let Some(sym) = self.find(code) {
            return sym;
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(sym) = table.by_name.get(code) {
            return *sym;
        }
        let name: Arc<str> = Arc::from(code);
        // Four thousand million codes do not fit in memory before this number runs out.
        let sym = Sym(u32::try_from(table.names.len()).unwrap_or(u32::MAX));
        table.names.push(name.clone());
        table.by_name.insert(name, sym);
        sym
    }

    /// The symbol of a code, if it was ever met.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<Sym> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).by_name.get(code).copied()
    }

    /// The code of a symbol; `None` for [`Sym::NONE`].
    #[must_use]
    pub fn name(&self, sym: Sym) -> Option<Arc<str>> {
        if sym.is_none() {
            return None;
        }
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.names.get(sym.0 as usize).cloned()
    }

    /// How many symbols there are, [`Sym::NONE`] included: one more than the largest.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).names.len()
    }

    /// Never: there is always [`Sym::NONE`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_own_words_stand_at_their_places() {
        let symbols = Symbols::default();
        assert_eq!(symbols.find("report"), Some(word::REPORT));
        assert_eq!(symbols.find("no_deadline"), Some(word::NO_DEADLINE));
        assert_eq!(symbols.find("in_person"), Some(word::IN_PERSON));
        assert_eq!(symbols.find("5"), Some(word::GROUP_5));
    }

    #[test]
    fn a_code_has_one_symbol_for_ever() {
        let symbols = Symbols::default();
        let first = symbols.intern("PWDx");
        symbols.intern("ISD");
        assert_eq!(symbols.intern("PWDx"), first);
        assert_eq!(symbols.name(first).as_deref(), Some("PWDx"));
        assert_eq!(symbols.name(Sym::NONE), None);
    }
}
