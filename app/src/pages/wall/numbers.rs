//! The five numbers of the scene, each with how it went and one sentence of what that means.

use std::sync::Arc;

use domain::metric::Metric;
use leptos::prelude::*;

use super::past::{Levels, UsualDay, running_today};
use crate::ask::Ask;
use crate::chart::{Drawing, Figure, Paint, Usual, spark, usual_band};
use crate::components::{Num, Shape, is_silent};
use crate::functions::{Boot, First, load_levels, load_usual};
use crate::live::{asked_at, use_answer, use_list, use_live, use_table};
use crate::locale::use_lang;
use crate::pages::ready::when_ready;
use crate::table::sum;
use crate::text::{Say, date, number, sentences, words};

/// Today's movements.
const TODAY: [Metric; 5] = [
    Metric::Received,
    Metric::Resolved,
    Metric::ResolvedInTime,
    Metric::ResolvedExtended,
    Metric::ResolvedLate,
];
/// The levels, in the order of [`Levels`].
pub(crate) const LEVELS: [Metric; 3] = [Metric::Open, Metric::DueSoon, Metric::Overdue];

/// The numbers.
#[component]
pub(super) fn Numbers() -> impl IntoView {
    let lang = use_lang();
    let now = use_table(Signal::stored(Ask::of(&LEVELS).query()));
    let today = use_table(Signal::stored(Ask::of(&TODAY).query()));
    let hours = Ask::of(&[Metric::Received, Metric::Resolved]).with("from", "today").with("bucket", "hour");
    let hours = use_table(Signal::stored(hours.query()));
    let days_turned = use_live().days_turned();
    let past = asked_at();
    // A day is the same at each of its instants.
    let day = Memo::new(move |_| past.with(|at| at.get(..10).unwrap_or_default().to_owned()));
    let usual = use_answer(move || (days_turned.get(), day.get()), |(_, day)| load_usual(day));
    let levels = use_list(move || past.get(), load_levels);
    when_ready(
        move || {
            let firsts = (now.first(), today.first(), hours.first());
            usual.track();
            levels.track();
            async move {
                let firsts = [firsts.0.await?, firsts.1.await?, firsts.2.await?];
                Ok((firsts, usual.await?, levels.await?))
            }
        },
        move |boot: Arc<Boot>, (firsts, usual, levels): ([First; 3], [UsualDay; 2], Levels)| {
            let [now_first, today_first, hours_first] = firsts;
            let (usual_now, past) = (Signal::stored(usual), Signal::stored(levels));
            let (now, today, hours) = (now.rows(now_first), today.rows(today_first), hours.rows(hours_first));
            let at = use_live().at(&boot);
            let silent = is_silent(&boot);
            let level = move |metric: Metric| Signal::derive(move || now.with(|table| sum(table, metric)));
            let flow = move |metric: Metric| Signal::derive(move || today.with(|table| sum(table, metric)));
            let running = move |metric: Metric| {
                Signal::derive(move || hours.with(|table| running_today(table, metric)))
            };
            let (now_at, today_at) = (
                Signal::derive(move || now.with(|table| table.at.clone())),
                Signal::derive(move || today.with(|table| table.at.clone())),
            );
            let usual_sentence = Signal::derive(move || {
                let received = flow(Metric::Received).get();
                at.with(|at| usual_said(lang, &usual_now.get()[0], received, at))
            });
            let usual_line = move |place: usize, metric: Metric| {
                Signal::derive(move || {
                    let band = usual_now.get()[place].band();
                    usual_band(&Usual { band, today: running(metric).get() }, Paint::Line)
                })
            };
            let level_line = move |place: usize, paint: Paint| {
                Signal::derive(move || {
                    let mut values: Vec<i64> = past.get().hours.iter().map(|hour| hour[place]).collect();
                    values.push(level(LEVELS[place]).get());
                    spark(&values, paint, false)
                })
            };
            let against = move |place: usize,
                                said: fn(crate::text::Lang, i64, Option<i64>) -> String,
                                then: fn(&Levels) -> Option<[i64; 3]>| {
                Signal::derive(move || {
                    said(lang, level(LEVELS[place]).get(), then(&past.get()).map(|levels| levels[place]))
                })
            };
            let judged = Signal::derive(move || {
                let metrics = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
                metrics.into_iter().map(|metric| flow(metric).get()).sum::<i64>()
            });
            let in_time = Signal::derive(move || {
                sentences::in_time_of(lang, flow(Metric::ResolvedInTime).get(), judged.get())
            });
            view! {
                <WallNumber metric=Metric::Received word=words::RECEIVED_TODAY value=flow(Metric::Received) at=today_at drawing=usual_line(0, Metric::Received) said=usual_sentence silent/>
                <WallNumber metric=Metric::Open word=words::OPEN value=level(Metric::Open) at=now_at drawing=level_line(0, Paint::Line) said=against(0, sentences::against_week, |levels| levels.week_ago) silent/>
                <WallNumber metric=Metric::DueSoon word=words::DUE_SOON shape=Shape::DueSoon value=level(Metric::DueSoon) at=now_at drawing=level_line(1, Paint::DueSoon) said=against(1, sentences::against_day, |levels| levels.day_ago) silent/>
                <WallNumber metric=Metric::Overdue word=words::OVERDUE shape=Shape::Overdue value=level(Metric::Overdue) at=now_at drawing=level_line(2, Paint::Overdue) said=against(2, sentences::since_midnight, |levels| levels.midnight) silent/>
                <WallNumber metric=Metric::Resolved word=words::RESOLVED_TODAY shape=Shape::InTime value=flow(Metric::Resolved) at=today_at drawing=usual_line(1, Metric::Resolved) said=in_time silent/>
            }
        },
    )
}

/// How what came in by now stands beside what is usual by this time of this weekday.
pub(crate) fn usual_said(lang: crate::text::Lang, usual: &UsualDay, received: i64, at: &str) -> String {
    let minutes = || {
        let hour: usize = at.get(11..13)?.parse().ok()?;
        let minute: usize = at.get(14..16)?.parse().ok()?;
        Some(hour * 60 + minute)
    };
    let (Some(minutes), Some(day)) = (minutes(), date::day(at)) else { return String::new() };
    match usual.by(minutes) {
        Some((low, high)) => {
            sentences::against_usual(lang, received, (low, high), day.weekday(), usual.days())
        }
        None => words::NO_USUAL.to(lang).to_owned(),
    }
}

#[component]
fn WallNumber(
    metric: Metric,
    word: Say,
    #[prop(optional)] shape: Option<Shape>,
    value: Signal<i64>,
    at: Signal<String>,
    drawing: Signal<Drawing>,
    said: Signal<String>,
    silent: Signal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let params = vec![("metric".to_owned(), metric.name().to_owned())];
    // Without a single event a zero would read as "all is well".
    let text = Signal::derive(move || {
        if silent.get() { number::NOTHING.to_owned() } else { number::count(lang, value.get()) }
    });
    let under = move || if silent.get() { words::NO_SOURCE.to(lang).to_owned() } else { said.get() };
    let class = shape.map_or("wall-number", |shape| match shape {
        Shape::InTime => "wall-number is-in-time",
        Shape::DueSoon => "wall-number is-due-soon",
        Shape::Overdue => "wall-number is-overdue",
        Shape::None => "wall-number",
    });
    // Red and amber are spent on what there is, and none is nothing to act on.
    let is_none = move || value.get() == 0;
    view! {
        <div class=class class:is-none=is_none>
            <h2>
                {shape.map(|shape| view! { <span class="sign" aria-hidden="true">{shape.sign()}</span> " " })}
                {word.to(lang)}
            </h2>
            <Num value params at label=word.to(lang) text/>
            <Figure drawing class="wall-line"/>
            <p>{under}</p>
        </div>
    }
}
