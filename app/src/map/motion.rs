//! How a hexagon comes and goes: its number stands at once, and only its size moves. Pure: the instant comes in.
//!
//! What moves is one batch, that of the last tick: when the next tick comes, the batch before has ended. Nothing
//! moves where the reader asked for little motion, nor on a device that cannot draw it smoothly.

/// How long a hexagon takes to come or go.
const LASTS_MS: f64 = 320.0;

/// A batch drawn in fewer pictures is a jerk and no motion.
const PICTURES_MIN: u32 = 6;

/// After so many jerks in a row nothing moves any more on this device.
const JERKS_MAX: u32 = 3;

/// The batch that moves, and how well the ones before could be drawn.
#[derive(Debug)]
pub(super) struct Motion {
    is_wanted: bool,
    batch: Option<Batch>,
    jerks: u32,
}

/// When it was first drawn, and how often since.
#[derive(Debug, Default)]
struct Batch {
    began_ms: Option<f64>,
    pictures: u32,
}

/// How far the batch is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// Nothing moves.
    Still,
    /// The share of its full size, above 0 and below 1, that what comes has now.
    Moving(f32),
    /// It has just ended.
    Ended,
}

impl Motion {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self { is_wanted, batch: None, jerks: 0 }
    }

    /// Whether what comes and goes may be shown coming and going.
    #[must_use]
    pub(super) fn is_on(&self) -> bool {
        self.is_wanted && self.jerks < JERKS_MAX
    }

    /// Something comes or goes from the next picture on.
    pub(super) fn begin(&mut self) {
        self.batch = Some(Batch::default());
    }

    /// A picture is drawn at this instant.
    pub(super) fn step(&mut self, now_ms: f64) -> Step {
        let Some(batch) = &mut self.batch else { return Step::Still };
        let share = (now_ms - *batch.began_ms.get_or_insert(now_ms)) / LASTS_MS;
        batch.pictures += 1;
        // A clock that went back ends the motion too.
        if (0.0..1.0).contains(&share) {
            return Step::Moving(eased(share));
        }
        self.jerks = if batch.pictures < PICTURES_MIN { self.jerks + 1 } else { 0 };
        self.batch = None;
        Step::Ended
    }
}

/// Quick at first, then slower: what comes is seen at once and settles. Never nothing: a hexagon that has a number
/// is to be seen in the first picture.
fn eased(share: f64) -> f32 {
    let left = 1.0 - share;
    #[allow(clippy::cast_possible_truncation)] // Between 0 and 1.
    let size = (1.0 - left * left * left) as f32;
    size.clamp(0.05, 0.99)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a picture each so many milliseconds until the batch has ended; the sizes that were drawn.
    fn drawn(motion: &mut Motion, every_ms: f64) -> Vec<f32> {
        motion.begin();
        let steps = (0..).map(|picture| motion.step(1_000.0 + f64::from(picture) * every_ms));
        let size = |step| match step {
            Step::Moving(size) => Some(size),
            Step::Ended => None,
            Step::Still => panic!("nothing moved"),
        };
        steps.map_while(size).collect()
    }

    #[test]
    fn what_comes_grows_to_its_full_size_and_then_stands_still() {
        let mut motion = Motion::new(true);
        let sizes = drawn(&mut motion, 16.0);
        assert_eq!(sizes.len(), 20);
        assert!(sizes.is_sorted() && sizes[0] > 0.0 && sizes[19] < 1.0, "{sizes:?}");
        assert_eq!(motion.step(5_000.0), Step::Still);
    }

    #[test]
    fn a_device_that_cannot_draw_it_smoothly_is_not_asked_again() {
        let mut motion = Motion::new(true);
        for (every_ms, is_on) in
            [(200.0, true), (200.0, true), (16.0, true), (200.0, true), (200.0, true), (200.0, false)]
        {
            drawn(&mut motion, every_ms);
            assert_eq!(motion.is_on(), is_on);
        }
    }

    #[test]
    fn a_clock_that_goes_back_ends_the_motion() {
        let mut motion = Motion::new(true);
        motion.begin();
        assert!(matches!(motion.step(1_000.0), Step::Moving(_)));
        assert_eq!(motion.step(10.0), Step::Ended);
    }

    #[test]
    fn nothing_moves_for_who_asked_for_little_motion() {
        assert!(!Motion::new(false).is_on());
    }
}
