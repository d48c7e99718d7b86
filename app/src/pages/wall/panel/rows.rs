//! What the lists of a wall share: rows that keep their place by their code, and names for codes.

use domain::dimension::Dimension;

use crate::components::named;
use crate::functions::Boot;
use crate::text::{Lang, words};

/// What people read for the code of a row; of cases that have none, that they have none.
pub(super) fn name(lang: Lang, boot: &Boot, dimension: Dimension, code: Option<&str>) -> String {
    named(lang, boot, dimension, code).unwrap_or_else(|| words::NONE_GIVEN.to(lang).to_owned())
}

/// The filter that asks for a row alone.
pub(super) fn narrowed(
    filter: &[(String, String)],
    dimension: Dimension,
    code: Option<&str>,
) -> Vec<(String, String)> {
    let mut params = filter.to_vec();
    let own = dimension.name();
    params.retain(|(key, _)| key != own);
    params.push((own.to_owned(), code.map(crate::ask::escape).unwrap_or_default()));
    params
}
