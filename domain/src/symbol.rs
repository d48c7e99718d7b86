//! Codes as small numbers. A code is stored once; everything else holds its [`Sym`].

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// A code by its place in [`Symbols`]. [`Sym::NONE`] is "the case has none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        let none: Arc<str> = Arc::from("");
        Self { names: vec![none], by_name: FxHashMap::default() }
    }
}

impl Symbols {
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
