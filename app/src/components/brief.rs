//! The brief: what happened today, in prose whose numbers can be touched.

use std::sync::Arc;

use domain::answer::Table;
use domain::metric::Metric;
use leptos::prelude::*;

use super::mark::Shape;
use super::num::{Num, Params};
use super::story_table::ByCode;
use crate::locale::use_lang;
use crate::table::{code, column, sum};
use crate::text::sentences::brief;
use crate::text::{number, words};

/// What the brief is made of.
#[derive(Clone, Copy)]
pub struct BriefTables {
    /// Today's `received`, `resolved`, `resolved_in_time`, `resolved_extended`, `resolved_late`.
    pub today: Signal<Arc<Table>>,
    /// `open`, `due_soon`, `overdue` now, split by the agency at the top.
    pub now: Signal<Arc<Table>>,
    /// `overdue` at the city's midnight, split the same way.
    pub midnight: Signal<Arc<Table>>,
}

/// The agency whose overdue cases rose most since midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rise {
    code: String,
    from: i64,
    to: i64,
}

/// The brief. `params` narrow its numbers to what the page is about.
#[component]
pub fn Brief(
    /// What it is made of.
    tables: BriefTables,
    /// What the page is about.
    params: Params,
    /// What people read for an agency's code, and where it leads.
    agency: ByCode<(String, String)>,
) -> impl IntoView {
    let lang = use_lang();
    let asked = move |metric: Metric, more: &[(&str, &str)]| {
        let mut params = params.clone();
        params.push(("metric".to_owned(), metric.name().to_owned()));
        params.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        params
    };
    let today_of =
        move |metric: Metric| Signal::derive(move || tables.today.with(|table| sum(table, metric)));
    let now_of = move |metric: Metric| Signal::derive(move || tables.now.with(|table| sum(table, metric)));
    let today_at = Memo::new(move |_| tables.today.with(|table| table.at.clone()));
    let now_at = Memo::new(move |_| tables.now.with(|table| table.at.clone()));
    let midnight_at = Memo::new(move |_| tables.midnight.with(|table| table.at.clone()));
    let in_time = today_of(Metric::ResolvedInTime);
    let judged = Signal::derive(move || {
        let metrics = [Metric::ResolvedInTime, Metric::ResolvedExtended, Metric::ResolvedLate];
        tables.today.with(|table| metrics.iter().map(|metric| sum(table, *metric)).sum::<i64>())
    });
    let share = Signal::derive(move || number::share(lang, in_time.get(), judged.get()));
    let at_midnight = Signal::derive(move || tables.midnight.with(|table| sum(table, Metric::Overdue)));
    let rise =
        Memo::new(move |_| tables.now.with(|now| tables.midnight.with(|then| largest_rise(now, then))));
    let for_share = asked(Metric::ResolvedInTime, &[]);
    let rise_asked = asked.clone();
    view! {
        <p class="brief">
            {brief::RECEIVED.to(lang)}
            <Num value=today_of(Metric::Received) params=asked(Metric::Received, &[]) at=today_at label=words::RECEIVED_TODAY.to(lang)/>
            {brief::RESOLVED.to(lang)}
            <Num value=today_of(Metric::Resolved) params=asked(Metric::Resolved, &[]) at=today_at label=words::RESOLVED_TODAY.to(lang)/>
            <Show when=move || { judged.get() > 0 } fallback=move || brief::STOP.to(lang)>
                {brief::OF_WHICH.to(lang)}
                <Num value=in_time params=for_share.clone() at=today_at label=words::SHARE_IN_TIME.to(lang) text=share/>
                {brief::IN_TIME.to(lang)}
            </Show>
            {brief::AT_MIDNIGHT.to(lang)}
            <Num value=at_midnight params=asked(Metric::Overdue, &[("at", "today")]) at=midnight_at label=words::OVERDUE.to(lang) shape=Shape::Overdue/>
            {brief::OVERDUE_NOW.to(lang)}
            <Num value=now_of(Metric::Overdue) params=asked(Metric::Overdue, &[]) at=now_at label=words::OVERDUE.to(lang) shape=Shape::Overdue/>
            {move || rise.get().map(|rise| {
                let (name, href) = agency(&rise.code);
                let of = ("agency", crate::ask::escape(&rise.code));
                view! {
                    {brief::MOST_AT.to(lang)}
                    <a class="touch" href=href>{name}</a>
                    {brief::FROM.to(lang)}
                    <Num value=rise.from params=rise_asked(Metric::Overdue, &[(of.0, &of.1), ("at", "today")]) at=midnight_at label=words::OVERDUE.to(lang)/>
                    {brief::TO.to(lang)}
                    <Num value=rise.to params=rise_asked(Metric::Overdue, &[(of.0, &of.1)]) at=now_at label=words::OVERDUE.to(lang)/>
                }
            })}
            {brief::STOP.to(lang)}
            {brief::DUE_SOON.to(lang)}
            <Num value=now_of(Metric::DueSoon) params=asked(Metric::DueSoon, &[]) at=now_at label=words::DUE_SOON.to(lang) shape=Shape::DueSoon/>
            {brief::OPEN.to(lang)}
            <Num value=now_of(Metric::Open) params=asked(Metric::Open, &[]) at=now_at label=words::OPEN.to(lang)/>
            {brief::OPEN_END.to(lang)}
        </p>
    }
}

fn largest_rise(now: &Table, midnight: &Table) -> Option<Rise> {
    let (now_overdue, then_overdue) = (column(now, Metric::Overdue), column(midnight, Metric::Overdue));
    let before = |agency: &str| {
        midnight
            .rows
            .iter()
            .find(|row| code(row, 0).as_deref() == Some(agency))
            .map_or(0, |row| then_overdue.of(row))
    };
    now.rows
        .iter()
        .filter_map(|row| {
            let code = code(row, 0)?;
            let from = before(&code);
            Some(Rise { code, from, to: now_overdue.of(row) })
        })
        .filter(|rise| rise.to > rise.from)
        .max_by(|a, b| (a.to - a.from).cmp(&(b.to - b.from)).then_with(|| b.code.cmp(&a.code)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;

    fn overdue(rows: &[(&str, i64)]) -> Table {
        Table {
            columns: vec!["agency".into(), "overdue".into()],
            rows: rows.iter().map(|(code, number)| vec![(*code).into(), Value::Int(*number)]).collect(),
            ..Table::default()
        }
    }

    #[track_caller]
    fn check(now: &[(&str, i64)], then: &[(&str, i64)], want: Option<(&str, i64, i64)>) {
        let rise = largest_rise(&overdue(now), &overdue(then));
        let want = want.map(|(code, from, to)| Rise { code: code.into(), from, to });
        assert_eq!(rise, want);
    }

    #[test]
    fn the_largest_rise_is_named_and_a_fall_is_not() {
        check(&[("A", 9), ("B", 12)], &[("A", 2), ("B", 11)], Some(("A", 2, 9)));
        check(&[("A", 9)], &[], Some(("A", 0, 9)));
        check(&[("A", 2)], &[("A", 9)], None);
        check(&[("B", 3), ("A", 3)], &[], Some(("A", 0, 3)));
        check(&[], &[("A", 9)], None);
    }
}
