//! The stages of service of a case, with the time that each took (2686/QĐ-UBND Phần II.II.2.b): those
//! of its life cycle, in their order, whether it has come to them or not.

use domain::answer::StageView;
use domain::calendar::Calendar;
use domain::case::{Case, StageStay, Timeline};
use domain::fold::{laws_of, receipt};
use domain::state::State;
use domain::{Timestamp, symbol::Sym};

/// The stages of a case at the instant of the state; none where its life cycle has none.
pub(super) fn views(state: &State, case: &Case, timeline: &Timeline) -> Vec<StageView> {
    let Some((received, facts)) = receipt(&case.events) else { return Vec::new() };
    let laws = laws_of(state.city(), received.time, facts);
    let Some(law) = laws.last().and_then(|law| law.law) else { return Vec::new() };
    let Some(cycle) = &law.rules.life_cycle else { return Vec::new() };
    let mut stages: Vec<&str> = Vec::new();
    for stage in cycle.states.iter().filter_map(|state| state.stage.as_deref()) {
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    }
    let symbols = state.symbols();
    let told = Told { at: state.at(), calendar: law.calendar, zone: &state.city().zone };
    stages.into_iter().map(|stage| told.view(stage, symbols.intern(stage), &timeline.stages)).collect()
}

struct Told<'a> {
    at: Timestamp,
    calendar: &'a Calendar,
    zone: &'a jiff::tz::TimeZone,
}

impl Told<'_> {
    fn view(&self, name: &str, stage: Sym, stays: &[StageStay]) -> StageView {
        // A source may be ahead of the city's clock: what is yet to come is not told.
        let begun = |stay: &&StageStay| stay.stage == stage && stay.from <= self.at;
        let stays: Vec<&StageStay> = stays.iter().filter(begun).collect();
        let end = |stay: &StageStay| stay.to.filter(|to| *to <= self.at);
        let until = |stay: &StageStay| end(stay).unwrap_or(self.at);
        let show = |at: Timestamp| at.to_rfc3339(self.zone);
        let working = |stay: &&StageStay| self.calendar.working_between(stay.from, until(stay));
        StageView {
            stage: name.to_owned(),
            from: stays.first().map(|stay| show(stay.from)),
            to: stays.last().and_then(|stay| end(stay)).map(show),
            stays: u32::try_from(stays.len()).unwrap_or(u32::MAX),
            elapsed_secs: stays.iter().map(|stay| until(stay).since(stay.from).div_euclid(1_000_000)).sum(),
            working_secs: (!stays.is_empty())
                .then(|| stays.iter().map(working).sum::<i64>().div_euclid(1_000_000)),
        }
    }
}
