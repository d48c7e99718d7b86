//! Where a panel stands, in classes: styles in attributes are not allowed on these pages.

use domain::scene::{Area, Panel};

/// The classes of a panel's place on both grids; `style/grid.css` knows them.
pub(super) fn classes(panel: &Panel) -> String {
    let Area { column, row, columns, rows } = panel.at;
    let wide = panel.wide;
    format!(
        "x{column} y{row} w{columns} h{rows} wx{} wy{} ww{} wh{}",
        wide.column, wide.row, wide.columns, wide.rows
    )
}
