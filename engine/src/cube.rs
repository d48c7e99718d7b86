//! The owner's side of the aggregates: it takes in what each step changed, and hands out frozen
//! copies that any number of readers ask.

use std::sync::Arc;

use domain::state::{Changes, Row, State};
use domain::{Seq, Timestamp};

use crate::batch::MicroBatch;
use crate::cells::CellCache;
use crate::error::QueryError;
use crate::history::History;
use crate::image::ImagePart;
use crate::registry::Registry;
use crate::view::OverlayCache;

/// The aggregates of one city. The task that owns the state owns it too.
pub struct Cube {
    registry: Arc<Registry>,
    history: History,
    cells: CellCache,
    overlays: Arc<OverlayCache>,
}

impl Cube {
    /// The aggregates of a state, built from its cases.
    ///
    /// # Errors
    /// [`QueryError::Cube`] if polars fails.
    pub fn from_state(state: &State, registry: Arc<Registry>) -> Result<Self, QueryError> {
        let history = History::from_state(state)?;
        Ok(Self { registry, history, cells: CellCache::default(), overlays: Arc::default() })
    }

    /// The aggregates of a state that an image gave back, with the image's counts of all its cases in the
    /// order of the cases.
    #[must_use]
    pub fn of_image(parts: impl IntoIterator<Item = ImagePart>, registry: Arc<Registry>) -> Self {
        let history = History::of_frames(parts.into_iter().map(|part| part.0));
        Self { registry, history, cells: CellCache::default(), overlays: Arc::default() }
    }

    /// Takes in what one step changed, and gives what live topics move by. An empty step costs
    /// nothing.
    ///
    /// # Errors
    /// [`QueryError::Cube`] if polars fails; the cube must then be built anew from the state.
    pub fn take(&mut self, changes: &Changes) -> Result<MicroBatch, QueryError> {
        self.history.take(&mut self.cells, &changes.rows)?;
        MicroBatch::new(&self.registry, &mut self.cells, changes)
    }

    /// Takes in what reading on after an image changed, at once: nobody follows any number yet.
    ///
    /// # Errors
    /// [`QueryError::Cube`] if polars fails.
    pub fn catch_up(&mut self, rows: &[Row]) -> Result<(), QueryError> {
        Ok(self.history.take(&mut self.cells, rows)?)
    }

    /// A frozen copy at the state's (`seq`, `at`). The state must have given all its changes to
    /// [`Cube::take`].
    #[must_use]
    pub fn freeze(&self, state: State) -> Frozen {
        Frozen {
            state,
            history: self.history.clone(),
            registry: self.registry.clone(),
            overlays: self.overlays.clone(),
        }
    }

    /// The metrics.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Every dated count there is.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }
}

/// Everything that a question may need, as it stood at one (`seq`, `at`). Cheap to clone.
#[derive(Clone)]
pub struct Frozen {
    pub(crate) state: State,
    pub(crate) history: History,
    pub(crate) registry: Arc<Registry>,
    pub(crate) overlays: Arc<OverlayCache>,
}

impl Frozen {
    /// The cases.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The metrics.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Every dated count there is.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Every event up to here is in.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.state.seq()
    }

    /// The instant that the numbers stand at.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.state.at()
    }
}
