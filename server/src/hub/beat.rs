//! Where the numbers stand, as every frame of a tick says it.

use domain::Seq;
use domain::wire::{Beat, SourceBeat};

/// The words of one tick, made once for all its frames.
#[derive(Clone, Debug)]
pub struct Now {
    /// Every event up to here is in.
    pub seq: Seq,
    /// RFC 3339 in the city's offset.
    pub at: String,
    /// `system`, `replay`, `simulated`, `set` or `still`.
    pub clock: String,
    /// City seconds per second.
    pub speed: f64,
    /// How the sources stand.
    pub sources: Vec<SourceBeat>,
    /// The version of what walls show.
    pub scenes: u32,
}

impl Now {
    /// The beat of this tick.
    #[must_use]
    pub fn beat(&self) -> Beat {
        Beat {
            seq: self.seq,
            at: self.at.clone(),
            clock: self.clock.clone(),
            speed: self.speed,
            sources: self.sources.clone(),
            scenes: self.scenes,
        }
    }
}
