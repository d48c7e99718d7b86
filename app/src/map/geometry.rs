//! The hexagons as triangles. Pure: the graphics card is `layer`'s.
//!
//! Each cell is a fan around its centre. A vertex carries how near it is to the rim (0 at the
//! centre, 1 on the boundary): from it the shader knows each pixel's distance to the rim, and draws
//! the gap between hexagons and the red outline without a second pass.
//!
//! ```text
//!        1 ____ 1          x, y : web mercator (the world is 1 wide), from a local origin,
//!        /\    /\                 so that 32-bit floats are exact to millimetres in a city
//!       /  \  /  \         rim  : 0 at the centre, 1 on the boundary
//!     1 ----0---- 1        slot : the cell's place in the texture of numbers
//!       \  /  \  /
//!        \/____\/
//!        1      1
//! ```

use std::collections::HashMap;

use h3o::{CellIndex, LatLng};

use super::mercator::mercator;

/// Floats in a vertex: x, y, rim, slot.
pub(super) const VERTEX_FLOATS: usize = 4;

/// The triangles of the cells that a map has shown so far. It only grows: a cell whose number goes
/// to zero keeps its place and is not drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Geometry {
    origin: Option<[f64; 2]>,
    slots: HashMap<u64, u32>,
    vertices: Vec<f32>,
    indices: Vec<u32>,
}

impl Geometry {
    /// The slot of a cell, made on its first call. `None` for what is no H3 cell.
    pub(super) fn slot(&mut self, cell: u64) -> Option<u32> {
        if let Some(slot) = self.slots.get(&cell) {
            return Some(*slot);
        }
        let index = CellIndex::try_from(cell).ok()?;
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.push(index, slot)?;
        self.slots.insert(cell, slot);
        Some(slot)
    }

    fn push(&mut self, cell: CellIndex, slot: u32) -> Option<()> {
        let centre = LatLng::from(cell);
        let middle = mercator(centre.lat(), centre.lng());
        let [x0, y0] = *self.origin.get_or_insert(middle);
        let first = u32::try_from(self.vertices.len() / VERTEX_FLOATS).ok()?;
        let mut vertex = |[x, y]: [f64; 2], rim: f32| {
            // The differences are small, so that what 32 bits lose is far below a pixel; slots are
            // exact in a float up to 16 million.
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            self.vertices.extend([(x - x0) as f32, (y - y0) as f32, rim, slot as f32]);
        };
        vertex(middle, 0.0);
        let boundary = cell.boundary();
        for corner in boundary.iter() {
            vertex(mercator(corner.lat(), corner.lng()), 1.0);
        }
        // Six corners, five for a pentagon, more where a cell lies over an edge of H3's icosahedron.
        let corners = u32::try_from(boundary.len()).ok()?;
        for corner in 0..corners {
            self.indices.extend([first, first + 1 + corner, first + 1 + (corner + 1) % corners]);
        }
        Some(())
    }

    /// Where the vertices are counted from, in web mercator.
    #[must_use]
    pub(super) fn origin(&self) -> [f64; 2] {
        self.origin.unwrap_or_default()
    }

    /// Vertices, [`VERTEX_FLOATS`] each.
    #[must_use]
    pub(super) fn vertices(&self) -> &[f32] {
        &self.vertices
    }

    /// Triangles, three vertices each.
    #[must_use]
    pub(super) fn indices(&self) -> &[u32] {
        &self.indices
    }
}

/// The camera's matrix (column by column) for vertices counted from `origin`: multiplied in 64 bits
/// here, since in 32 bits hexagons would tremble at high zoom.
#[must_use]
pub(super) fn matrix_from_origin(world: &[f64; 16], origin: [f64; 2]) -> [f32; 16] {
    let mut local = *world;
    for row in 0..4 {
        local[12 + row] = world[row] * origin[0] + world[4 + row] * origin[1] + world[12 + row];
    }
    #[allow(clippy::cast_possible_truncation)] // What the graphics card takes.
    local.map(|number| number as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: u64 = 0x0882_a306_639f_ffff;

    #[test]
    fn a_cell_keeps_its_slot_and_is_made_once() {
        let mut geometry = Geometry::default();
        assert_eq!(geometry.slot(CELL), Some(0));
        let vertices = geometry.vertices().len();
        assert_eq!(geometry.slot(CELL), Some(0));
        assert_eq!(geometry.vertices().len(), vertices);
        assert_eq!(vertices, 7 * VERTEX_FLOATS);
        assert_eq!(geometry.indices().len(), 18);
        assert_eq!(geometry.slot(12), None);
    }

    #[test]
    fn pentagons_and_cells_over_an_edge_are_closed_fans() {
        for cell in [0x0880_8000_001f_ffff_u64, 0x0870_8000_00ff_ffff] {
            let mut geometry = Geometry::default();
            assert_eq!(geometry.slot(cell), Some(0), "{cell:x}");
            let corners = geometry.vertices().len() / VERTEX_FLOATS - 1;
            assert_eq!(geometry.indices().len(), corners * 3);
            assert_eq!(geometry.indices().iter().max().copied(), u32::try_from(corners).ok());
        }
    }

    #[test]
    fn vertices_are_exact_to_a_hundredth_of_a_metre_across_a_city() {
        let mut geometry = Geometry::default();
        geometry.slot(CELL);
        let first: CellIndex = CELL.try_into().unwrap();
        for cell in first.grid_disk::<Vec<_>>(20) {
            let slot = geometry.slot(cell.into()).unwrap() as usize;
            let vertex = &geometry.vertices()[slot * 7 * VERTEX_FLOATS..][..2];
            let want = mercator(LatLng::from(cell).lat(), LatLng::from(cell).lng());
            for axis in 0..2 {
                let got = f64::from(vertex[axis]) + geometry.origin()[axis];
                assert!((got - want[axis]).abs() * 40_075_017.0 < 0.01);
            }
        }
    }

    #[test]
    fn the_matrix_moves_the_origin_to_its_place() {
        let world: [f64; 16] = std::array::from_fn(|place| (place as f64 + 1.0) * 0.25);
        let (origin, local) = ([0.3, 0.4], [0.01, 0.02]);
        let moved = matrix_from_origin(&world, origin);
        for row in 0..4 {
            let direct = world[row] * (origin[0] + local[0])
                + world[4 + row] * (origin[1] + local[1])
                + world[12 + row];
            let by_parts = f64::from(moved[row]) * local[0]
                + f64::from(moved[4 + row]) * local[1]
                + f64::from(moved[12 + row]);
            assert!((direct - by_parts).abs() < 1e-6);
        }
    }
}
