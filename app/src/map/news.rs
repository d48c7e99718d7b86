//! What a running map tells, and how it stands.

use super::resolution::Camera;

/// What a map tells.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // Told in the browser only.
pub(super) enum News {
    /// The library could not be loaded; it is asked for again.
    Waiting,
    /// The camera came to rest, or the map's place on the page changed its size.
    View(Camera),
    /// Everything is drawn.
    Drawn,
    /// Somebody tapped a cell that has a number.
    Tap(u64),
    /// The graphics context is gone; it may come back.
    Lost,
    /// A part of the base map is missing. The hexagons are not touched by it.
    Fault(String),
    /// No part of the base map is missing any more.
    Mended,
    /// The hexagons cannot be drawn here.
    Failed(String),
}

/// How a map stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its library is on the way.
    #[default]
    Starting,
    /// Its library cannot be loaded now.
    Waiting,
    /// It draws.
    Drawn,
    /// The graphics context is lost; MapLibre waits for it.
    Lost,
    /// It cannot be drawn here; the cause is for the operator.
    Failed(String),
}

impl Standing {
    /// The word in the page, for styles and for who looks from outside.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Drawn => "drawn",
            Self::Lost => "lost",
            Self::Failed(_) => "failed",
        }
    }

    /// What it becomes by a piece of news. A map that has failed stays so: its list is what counts.
    pub(super) fn after(&self, news: &News) -> Self {
        match (self, news) {
            (Self::Failed(_), _) => self.clone(),
            (_, News::Failed(why)) => Self::Failed(why.clone()),
            (_, News::Waiting) => Self::Waiting,
            (_, News::Lost) => Self::Lost,
            (_, News::Drawn) => Self::Drawn,
            (_, News::View(_) | News::Tap(_) | News::Fault(_) | News::Mended) => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(news: &[News], want: &str) {
        let end = news.iter().fold(Standing::default(), |standing, news| standing.after(news));
        assert_eq!(end.name(), want);
    }

    #[test]
    fn a_lost_context_comes_back_and_a_failure_stays() {
        check(&[], "starting");
        check(&[News::View(Camera::default()), News::Drawn], "drawn");
        check(&[News::Drawn, News::Lost], "lost");
        check(&[News::Drawn, News::Lost, News::Drawn], "drawn");
        check(&[News::Waiting], "waiting");
        check(&[News::Waiting, News::Waiting, News::Drawn], "drawn");
        check(&[News::Drawn, News::Fault("404".into())], "drawn");
        check(&[News::Failed("no WebGL2".into()), News::Drawn], "failed");
    }
}
