//! The stages of service of a dossier as one line: what is behind it, where it is, what lies ahead,
//! each with its times (2686/QĐ-UBND Phần II.II.2.b).

use std::sync::Arc;

use domain::answer::StageView;
use domain::dimension::Dimension;
use leptos::prelude::*;

use super::case_rows::named;
use crate::functions::Boot;
use crate::locale::use_lang;
use crate::text::{Lang, date, number, stages as words};

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// How a dossier stands to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Done,
    Now,
    /// It has not come to it.
    Ahead,
    /// It is past it without ever having been told to be in it.
    Unsaid,
}

impl Standing {
    /// Of the stage at `place`.
    fn of(stages: &[StageView], place: usize) -> Self {
        let is_later_begun = || stages.iter().skip(place + 1).any(|stage| stage.from.is_some());
        match stages.get(place) {
            Some(StageView { from: Some(_), to: None, .. }) => Self::Now,
            Some(StageView { from: Some(_), .. }) => Self::Done,
            _ if is_later_begun() => Self::Unsaid,
            _ => Self::Ahead,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Done => "stage done",
            Self::Now => "stage now",
            Self::Ahead => "stage ahead",
            Self::Unsaid => "stage unsaid",
        }
    }
}

/// The line of stages.
#[component]
pub fn Stages(
    /// What names things.
    boot: Arc<Boot>,
    /// The stages, in their order.
    stages: Vec<StageView>,
    /// The instant that they were told at.
    told_at: String,
    /// The city's time.
    at: Signal<String>,
) -> impl IntoView {
    let lang = use_lang();
    let standings: Vec<Standing> = (0..stages.len()).map(|place| Standing::of(&stages, place)).collect();
    let each = stages.into_iter().zip(standings).map(|(stage, standing)| {
        let name = named(lang, &boot, Dimension::Stage, Some(&stage.stage)).unwrap_or_default();
        let times = times(lang, &stage, &told_at);
        let working = working(lang, &stage).filter(|_| standing == Standing::Done);
        let stays = (stage.stays > 1).then(|| words::stays(lang, stage.stays));
        let told_at = told_at.clone();
        let took = Memo::new(move |_| match standing {
            Standing::Ahead => words::AHEAD.to(lang).to_owned(),
            Standing::Unsaid => words::UNSAID.to(lang).to_owned(),
            Standing::Done => number::running(lang, stage.elapsed_secs * SECOND),
            Standing::Now => {
                let since = date::micros_between(&told_at, &at.get()).unwrap_or_default().max(0);
                number::running(lang, stage.elapsed_secs * SECOND + since)
            }
        });
        view! {
            <li class=standing.class() aria-current=(standing == Standing::Now).then_some("step")>
                <p class="stage-name">{name}</p>
                <p class="stage-took figure">{took}</p>
                {times.map(|times| view! { <p class="stage-line">{times}</p> })}
                {working.map(|working| view! { <p class="stage-line">{working}</p> })}
                {stays.map(|stays| view! { <p class="stage-line">{stays}</p> })}
            </li>
        }
    });
    view! { <ol class="stages">{each.collect_view()}</ol> }
}

/// `08:10 23-11 → 09:40`.
fn times(lang: Lang, stage: &StageView, told_at: &str) -> Option<String> {
    let from = date::moment_beside(lang, stage.from.as_deref()?, told_at);
    Some(match &stage.to {
        Some(to) => format!("{from} → {}", date::moment_beside(lang, to, told_at)),
        None => format!("{} {from}", words::SINCE.to(lang)),
    })
}

/// `06:30:00 giờ làm việc`.
fn working(lang: Lang, stage: &StageView) -> Option<String> {
    let secs = stage.working_secs.filter(|secs| *secs != stage.elapsed_secs)?;
    Some(format!("{}: {}", words::WORKING.to(lang), number::running(lang, secs * SECOND)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(from: Option<&str>, to: Option<&str>) -> StageView {
        let instant = |hour: &str| format!("2026-11-23T{hour}:00+07:00");
        StageView { from: from.map(instant), to: to.map(instant), ..StageView::default() }
    }

    #[test]
    fn a_stage_is_behind_now_ahead_or_was_never_told_of() {
        let stages = [
            stage(Some("08:00"), Some("09:00")),
            stage(None, None),
            stage(Some("09:00"), None),
            stage(None, None),
        ];
        let standings: Vec<Standing> = (0..4).map(|place| Standing::of(&stages, place)).collect();
        assert_eq!(standings, [Standing::Done, Standing::Unsaid, Standing::Now, Standing::Ahead]);
    }

    #[track_caller]
    fn check(from: Option<&str>, to: Option<&str>, vi: Option<&str>, en: Option<&str>) {
        let said = |lang| times(lang, &stage(from, to), "2026-11-23T10:00:00+07:00");
        assert_eq!((said(Lang::Vi).as_deref(), said(Lang::En).as_deref()), (vi, en));
    }

    #[test]
    fn a_stage_says_from_when_to_when() {
        check(Some("08:00"), Some("09:30"), Some("08:00 → 09:30"), Some("08:00 → 09:30"));
        check(Some("08:00"), None, Some("từ 08:00"), Some("since 08:00"));
        check(None, None, None, None);
    }

    #[test]
    fn working_time_is_said_where_it_is_another() {
        let took = |working_secs| StageView { elapsed_secs: 7_200, working_secs, ..StageView::default() };
        assert_eq!(working(Lang::Vi, &took(Some(7_200))), None);
        assert_eq!(working(Lang::Vi, &took(None)), None);
        assert_eq!(working(Lang::En, &took(Some(3_600))).as_deref(), Some("working time: 01:00:00"));
    }
}
