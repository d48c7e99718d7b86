//! Which points a question is about: codes with their subtrees, cells, or no position.

use std::sync::{Arc, Mutex, PoisonError};

use domain::city::City;
use domain::dimension::Dimension;
use domain::geo::LatLng;
use domain::query::Query;
use domain::symbol::{Sym, Symbols};
use polars::prelude::{BooleanChunked, Column, DataType, Expr, Field, IntoColumn, NewChunkedArray, col, lit};
use rustc_hash::FxHashSet;

use crate::cells::{self, Cells, RESOLUTIONS};
use crate::error::QueryError;
use crate::points::CELLS;

/// Before a code: this code alone, without its subtree.
const EXACT: char = '=';

/// Some codes of one dimension, each with its subtree.
struct Codes {
    city: Arc<City>,
    symbols: Symbols,
    dimension: Dimension,
    codes: Vec<String>,
    /// By symbol: not asked yet, no, yes. What a symbol stands for never changes, so that an
    /// answer holds for ever, and only symbols that occur are ever asked about.
    known: Mutex<Vec<Option<bool>>>,
}

impl Codes {
    fn matches_all(&self, syms: impl Iterator<Item = u32>) -> Vec<bool> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        syms.map(|sym| self.matches_known(&mut known, sym)).collect()
    }

    fn matches(&self, sym: Sym) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        self.matches_known(&mut known, sym.0)
    }

    fn matches_known(&self, known: &mut Vec<Option<bool>>, sym: u32) -> bool {
        let place = sym as usize;
        if let Some(Some(answer)) = known.get(place) {
            return *answer;
        }
        let answer = self.look_up(Sym(sym));
        if known.len() <= place {
            known.resize(place + 1, None);
        }
        known[place] = Some(answer);
        answer
    }

    fn look_up(&self, sym: Sym) -> bool {
        let Some(name) = self.symbols.name(sym) else {
            // No code is empty, so that an empty one asks for the cases that have none.
            return self.codes.iter().any(String::is_empty);
        };
        if self.codes.iter().any(|code| **code == *name || code.strip_prefix(EXACT) == Some(&*name)) {
            return true;
        }
        let Some(tree) = self.city.catalogue.tree(self.dimension) else {
            return false;
        };
        let path = tree.path(&name);
        self.codes.iter().any(|code| path.contains(code))
    }
}

/// What a question is about. Points of history and of the live batch, and cases as they stand, are
/// all held against the same filter.
#[derive(Clone, Default)]
pub(crate) struct Filter {
    codes: Vec<Arc<Codes>>,
    cells: [FxHashSet<u64>; RESOLUTIONS],
    any_cell: bool,
    no_position: bool,
}

impl Filter {
    /// The filter of a question.
    pub(crate) fn new(city: &Arc<City>, symbols: &Symbols, query: &Query) -> Result<Self, QueryError> {
        let codes = query.filter.iter().map(|(dimension, codes)| {
            Arc::new(Codes {
                city: city.clone(),
                symbols: symbols.clone(),
                dimension: *dimension,
                codes: codes.clone(),
                known: Mutex::default(),
            })
        });
        let mut filter = Self { codes: codes.collect(), no_position: query.no_position, ..Self::default() };
        for cell in &query.cell {
            filter.cells[cells::slot_of(*cell)?].insert(*cell);
            filter.any_cell = true;
        }
        Ok(filter)
    }

    /// Whether a point with these codes and cells is asked about.
    pub(crate) fn matches(&self, dims: &[Sym; Dimension::COUNT], cells: &Cells) -> bool {
        self.matches_codes(dims) && self.matches_cells(cells)
    }

    /// Whether a case with these codes at this place is asked about. Cells are worked out only
    /// where the question asks for them.
    pub(crate) fn matches_place(&self, dims: &[Sym; Dimension::COUNT], point: Option<LatLng>) -> bool {
        self.matches_codes(dims)
            && ((!self.any_cell && !self.no_position)
                || self.matches_cells(&point.map(cells::cells_of).unwrap_or_default()))
    }

    fn matches_codes(&self, dims: &[Sym; Dimension::COUNT]) -> bool {
        self.codes.iter().all(|codes| codes.matches(dims[codes.dimension.index()]))
    }

    fn matches_cells(&self, cells: &Cells) -> bool {
        (!self.any_cell || self.cells.iter().zip(cells).any(|(asked, cell)| asked.contains(cell)))
            && (!self.no_position || cells[0] == 0)
    }

    /// The same as an expression over points.
    pub(crate) fn expr(&self) -> Option<Expr> {
        let mut parts: Vec<Expr> = self.codes.iter().cloned().map(codes_expr).collect();
        if self.any_cell {
            let asked = self.cells.iter().zip(CELLS).filter(|(asked, _)| !asked.is_empty());
            let any = asked.map(|(asked, name)| one_of(name, asked.clone())).reduce(Expr::or);
            parts.extend(any);
        }
        if self.no_position {
            parts.push(col(CELLS[0]).eq(lit(0_u64)));
        }
        parts.into_iter().reduce(Expr::and)
    }
}

fn codes_expr(codes: Arc<Codes>) -> Expr {
    col(codes.dimension.name()).map(
        move |column: Column| {
            let syms = column.u32()?;
            let matches = codes.matches_all(syms.into_no_null_iter());
            Ok(BooleanChunked::from_slice(column.name().clone(), &matches).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Boolean)),
    )
}

fn one_of(name: &'static str, cells: FxHashSet<u64>) -> Expr {
    col(name).map(
        move |column: Column| {
            let found: Vec<bool> =
                column.u64()?.into_no_null_iter().map(|cell| cells.contains(&cell)).collect();
            Ok(BooleanChunked::from_slice(column.name().clone(), &found).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Boolean)),
    )
}

#[cfg(test)]
mod tests {
    use domain::city::{Entry, Tree};

    use super::*;

    #[track_caller]
    fn check(asked: &str, held: Option<&str>, want: bool) {
        let child = Entry { parent: Some("light".to_owned()), ..Entry::default() };
        let entries = [("light".to_owned(), Entry::default()), ("light.signal".to_owned(), child)];
        let tree = Tree { entries: entries.into(), ..Tree::default() };
        let mut city = City::bare("test");
        city.catalogue.trees.insert(Dimension::Field.name().to_owned(), tree);
        let symbols = Symbols::default();
        let sym = held.map_or(Sym::NONE, |code| symbols.intern(code));
        let query = Query::default().only(Dimension::Field, asked);
        let filter = Filter::new(&Arc::new(city), &symbols, &query).unwrap();
        let mut dims = [Sym::NONE; Dimension::COUNT];
        dims[Dimension::Field.index()] = sym;
        assert_eq!(filter.matches(&dims, &Cells::default()), want, "{asked} of {held:?}");
    }

    #[test]
    fn a_code_is_asked_for_with_its_subtree_or_alone_and_nothing_for_no_code() {
        check("light", Some("light.signal"), true);
        check("light", Some("light"), true);
        check("=light", Some("light"), true);
        check("=light", Some("light.signal"), false);
        check("=light", None, false);
        check("", None, true);
        check("", Some("light"), false);
    }

    #[test]
    fn a_code_that_a_source_begins_with_the_sign_is_still_found() {
        check("=odd", Some("=odd"), true);
    }
}
