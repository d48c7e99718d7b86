//! Words that a reader looks for: in a case's code, in its text, and in what the screens call its
//! unit, field and place, in every language and with or without diacritics.

use std::cell::RefCell;

use domain::case::{Attrs, Case};
use domain::city::Catalogue;
use domain::dimension::Dimension;
use domain::intake::fold_text::searchable;
use domain::symbol::{Sym, Symbols};
use memchr::memmem;
use rustc_hash::FxHashMap;

/// The dimensions whose names a reader sees beside a case.
const NAMED: [Dimension; 4] = [Dimension::Agency, Dimension::Field, Dimension::District, Dimension::Ward];

/// More words than this are not looked at: one bit stands for each.
const WORDS_MAX: usize = 32;

/// Which words of a question are found.
type Found = u32;

/// A reader's words, all of which a case must have somewhere.
pub(super) struct Search<'s> {
    words: Vec<String>,
    symbols: &'s Symbols,
    catalogue: &'s Catalogue,
    // A city has thousands of cases for each name.
    names: RefCell<FxHashMap<(Dimension, Sym), Found>>,
}

impl<'s> Search<'s> {
    /// `None` where nothing is looked for.
    pub(super) fn new(text: Option<&str>, symbols: &'s Symbols, catalogue: &'s Catalogue) -> Option<Self> {
        let text = searchable(text?);
        let mut words: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(bare).collect();
        words.truncate(WORDS_MAX);
        (!words.is_empty()).then(|| Self { words, symbols, catalogue, names: RefCell::default() })
    }

    /// Whether a case that stands so has every word.
    pub(super) fn finds(&self, case: &Case, attrs: &Attrs) -> bool {
        let mut found = self.in_code(&case.code) | self.in_text_of(case);
        if self.is_all(found) {
            return true;
        }
        for dimension in NAMED {
            found |= self.in_name(dimension, attrs.code(dimension));
        }
        self.is_all(found)
    }

    /// The events of a case that nobody has read yet are read only where one of the words stands in their bytes.
    fn in_text_of(&self, case: &Case) -> Found {
        let is_in =
            |bytes: &[u8]| self.words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some());
        if case.events.unread().is_some_and(|bytes| !is_in(bytes)) {
            return 0;
        }
        case.text().map_or(0, |text| self.in_text(text))
    }

    fn is_all(&self, found: Found) -> bool {
        found.count_ones() as usize == self.words.len()
    }

    /// Codes are looked for by any part: people remember the end of them.
    fn in_code(&self, code: &str) -> Found {
        let code = searchable(code);
        self.each(|word| code.contains(word))
    }

    /// Words are looked for by their beginnings: `den` is no part of `rodent`.
    fn in_text(&self, text: &str) -> Found {
        self.each(|word| text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric)))
    }

    /// The names of a code and of all above it.
    fn in_name(&self, dimension: Dimension, code: Sym) -> Found {
        if let Some(found) = self.names.borrow().get(&(dimension, code)) {
            return *found;
        }
        let mut found = 0;
        if let Some(name) = self.symbols.name(code) {
            let above = self.catalogue.tree(dimension).map(|tree| tree.path(&name));
            for code in above.unwrap_or_else(|| vec![name.to_string()]) {
                let label = self.catalogue.label(dimension, &code);
                found |= self.in_text(&searchable(&label.vi)) | self.in_text(&searchable(&label.en));
            }
        }
        self.names.borrow_mut().insert((dimension, code), found);
        found
    }

    fn each(&self, is_found: impl Fn(&str) -> bool) -> Found {
        let found = self.words.iter().enumerate().filter(|(_, word)| is_found(word));
        found.fold(0, |all, (place, _)| all | 1 << place)
    }
}

/// A word without the signs around it, unless it is nothing but signs.
fn bare(word: &str) -> String {
    let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
    if bare.is_empty() { word.to_owned() } else { bare.to_owned() }
}
