//! Every dated count there is, as frames that are only ever added to.

use std::ops::Range;
use std::sync::Arc;

use domain::case::CaseIx;
use domain::state::{Row, State};
use polars::prelude::{DataFrame, IntoLazy, LazyFrame, PolarsResult};

use crate::cells::CellCache;
use crate::points::Points;

/// A thread of its own is not worth it for fewer cases.
const CASES_MIN: usize = 10_000;

/// The points of all cases. Cloning is cheap: frames are shared.
///
/// Small frames are merged into larger ones as they gather, each point at most a logarithmic
/// number of times, and never into more than [`History::LARGEST`] points: a tick copies no
/// mountains, however much history there is.
#[derive(Clone, Default)]
pub struct History {
    /// Merged ones have no more than [`History::LARGEST`] points; behind the full ones at the front
    /// the sizes fall by half or more from one to the next. A large batch is one frame as it is.
    frames: Vec<Arc<DataFrame>>,
    points: usize,
}

impl History {
    /// A frame of this size is left as it is.
    const LARGEST: usize = 1 << 16;

    /// The points of every case of a state: what a start-up begins with.
    pub(crate) fn from_state(state: &State) -> PolarsResult<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let cases = state.cases().len();
        let each = cases.div_ceil(threads).max(CASES_MIN);
        let stretches: Vec<_> =
            (0..cases).step_by(each).map(|start| start..(start + each).min(cases)).collect();
        let parts: Vec<PolarsResult<Self>> = std::thread::scope(|scope| {
            let part = |stretch| scope.spawn(move || Self::of_cases(state, stretch));
            let threads: Vec<_> = stretches.into_iter().map(part).collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let mut history = Self::default();
        for part in parts {
            let part = part?;
            history.points += part.points;
            history.frames.extend(part.frames);
        }
        Ok(history)
    }

    /// The points that lie in these frames.
    pub(crate) fn of_frames(frames: impl IntoIterator<Item = DataFrame>) -> Self {
        let frames: Vec<_> = frames.into_iter().filter(|frame| frame.height() > 0).map(Arc::new).collect();
        Self { points: frames.iter().map(|frame| frame.height()).sum(), frames }
    }

    /// The points of the cases at these places.
    fn of_cases(state: &State, places: Range<usize>) -> PolarsResult<Self> {
        let mut cache = CellCache::default();
        let mut history = Self::default();
        let mut points = Points::default();
        let cases = state.cases().skip(places.start);
        for (place, case) in places.zip(&cases) {
            let Some(timeline) = &*case.timeline else {
                continue;
            };
            let ix = CaseIx(u32::try_from(place).unwrap_or(u32::MAX));
            for point in timeline.points() {
                points.push(&mut cache, ix, 1, &point);
            }
            if points.len() >= Self::LARGEST {
                history.append(std::mem::take(&mut points))?;
            }
        }
        history.append(points)?;
        Ok(history)
    }

    /// Takes in what changed.
    pub(crate) fn take(&mut self, cache: &mut CellCache, rows: &[Row]) -> PolarsResult<()> {
        let mut points = Points::default();
        for row in rows {
            points.push(cache, row.case, row.sign, &row.point);
        }
        self.append(points)
    }

    fn append(&mut self, points: Points) -> PolarsResult<()> {
        if points.len() == 0 {
            return Ok(());
        }
        self.points += points.len();
        self.frames.push(Arc::new(points.into_frame()?));
        self.merge()
    }

    /// Merges from the end while the last frame has grown to half the size of the one before it.
    fn merge(&mut self) -> PolarsResult<()> {
        let mut first = self.frames.len().saturating_sub(1);
        let mut height = self.frames.last().map_or(0, |frame| frame.height());
        while let Some(before) = first.checked_sub(1).and_then(|place| self.frames.get(place)) {
            if before.height() > 2 * height || before.height() + height > Self::LARGEST {
                break;
            }
            height += before.height();
            first -= 1;
        }
        if first + 1 < self.frames.len() {
            let mut merged = stack(&self.frames[first..])?;
            merged.rechunk_mut();
            self.frames.truncate(first);
            self.frames.push(Arc::new(merged));
        }
        Ok(())
    }

    /// How many points there are, those taken out again counted twice.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// How many frames they lie in.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// All points, and those of another history laid over them.
    pub(crate) fn lazy(&self, over: Option<&Self>) -> PolarsResult<LazyFrame> {
        let over = over.map(|over| over.frames.as_slice()).unwrap_or_default();
        let mut frames: Vec<Arc<DataFrame>> = self.frames.iter().chain(over).cloned().collect();
        if frames.is_empty() {
            frames.push(Arc::new(Points::default().into_frame()?));
        }
        Ok(stack(&frames)?.lazy())
    }
}

/// One frame of many chunks: no point is copied.
fn stack(frames: &[Arc<DataFrame>]) -> PolarsResult<DataFrame> {
    let mut frames = frames.iter();
    let mut stacked = frames.next().map(|frame| DataFrame::clone(frame)).unwrap_or_default();
    for frame in frames {
        stacked.vstack_mut(frame)?;
    }
    Ok(stacked)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Timestamp;
    use domain::case::{Attrs, Measure, Point};
    use domain::clock::Judgement;
    use domain::dimension::Dimension;
    use domain::symbol::Sym;

    use super::*;

    fn rows(count: u32) -> Vec<Row> {
        let attrs = Arc::new(Attrs { dims: [Sym::NONE; Dimension::COUNT], point: None, unmapped: false });
        let point = Point {
            at: Timestamp::from_secs(1),
            since: Timestamp::from_secs(1),
            weight: 1,
            measure: Measure::Open,
            judged: Judgement::None,
            quantity: None,
            attrs,
        };
        (0..count).map(|ix| Row { case: CaseIx(ix), sign: 1, counted: true, point: point.clone() }).collect()
    }

    #[test]
    fn a_thousand_small_batches_lie_in_a_few_frames() {
        let mut history = History::default();
        let mut cache = CellCache::default();
        for _ in 0..1_000 {
            history.take(&mut cache, &rows(7)).unwrap();
        }
        assert_eq!(history.points(), 7_000);
        assert!(history.frames() <= 14, "{} frames", history.frames());
        assert_eq!(history.lazy(None).unwrap().collect().unwrap().height(), 7_000);
    }

    #[test]
    fn a_full_frame_is_never_copied_again() {
        let mut history = History::default();
        let mut cache = CellCache::default();
        let full = u32::try_from(History::LARGEST).unwrap();
        history.take(&mut cache, &rows(full)).unwrap();
        let before = history.frames[0].clone();
        history.take(&mut cache, &rows(full - 1)).unwrap();
        history.take(&mut cache, &rows(5)).unwrap();
        assert!(Arc::ptr_eq(&before, &history.frames[0]));
    }

    #[test]
    fn a_clone_does_not_see_what_comes_later() {
        let mut history = History::default();
        let mut cache = CellCache::default();
        history.take(&mut cache, &rows(3)).unwrap();
        let frozen = history.clone();
        history.take(&mut cache, &rows(3)).unwrap();
        assert_eq!(frozen.lazy(None).unwrap().collect().unwrap().height(), 3);
    }
}
