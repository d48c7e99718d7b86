//! What pages ask, answered by the same functions that answer the REST calls.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use app::source::{AlarmsQuery, Answer, CasesQuery, CitySource, CityView, DirectivesQuery, ShiftAct};
use axum::extract::ConnectInfo;
use axum::http;
use domain::Timestamp;
use domain::alarm::{AcknowledgeWish, ShelveWish};
use domain::answer::{
    AlarmPage, AlarmView, CasePage, CaseStory, CentreDesk, ContactView, DirectivePage, DirectiveView,
    DutyView, Hexagons, MetricView, OfficeDesk, Receipt, ShiftPage, Table, UnitDesk,
};
use domain::directive::{AnswerWish, DecisionWish, Wish};
use domain::geo::Extent;
use domain::public::{
    PublicCase, PublicDossiers, PublicHexagons, PublicLobby, PublicSatisfaction, PublicTotals, Split,
};
use domain::query::{Query, Rules};
use domain::scene::saved::Playlist;
use domain::wire::{Beat, Hello};

use super::city;
use crate::http::alarms::Alarms;
use crate::http::answer::Answers;
use crate::http::desks;
use crate::http::directives::Acts;
use crate::http::public::Public;
use crate::http::shift::Shifts;
use crate::source_state;

/// From so many points on, where the cases lie is taken to be known.
const POINTS_ENOUGH: usize = 1_000;

/// The city's numbers, for its pages.
pub(super) struct Source {
    answers: Answers,
    acts: Acts,
    alarms: Alarms,
    shifts: Shifts,
    public: Public,
    view: OnceLock<Arc<CityView>>,
}

impl Source {
    pub(super) fn new(answers: Answers, acts: Acts, alarms: Alarms, shifts: Shifts, public: Public) -> Self {
        Self { answers, acts, alarms, shifts, public, view: OnceLock::new() }
    }

    fn make_view(&self, seen: Option<Extent>) -> Arc<CityView> {
        let running = self.answers.running();
        Arc::new(city::view(&running.city, &running.settings, seen))
    }

    /// Where the cases lie, and from how many points that is known.
    fn seen(&self) -> (Option<Extent>, usize) {
        let snapshot = self.answers.running().core.snapshot();
        let state = snapshot.frozen.state();
        let points =
            state.cases().iter().filter_map(|case| case.timeline.as_ref()?.segments.last()?.attrs.point);
        points.take(POINTS_ENOUGH).fold((None, 0), |(extent, count), point| {
            let extent = extent.unwrap_or(Extent { south: 90.0, west: 180.0, north: -90.0, east: -180.0 });
            let wider = Extent {
                south: extent.south.min(point.lat),
                west: extent.west.min(point.lng),
                north: extent.north.max(point.lat),
                east: extent.east.max(point.lng),
            };
            (Some(wider), count + 1)
        })
    }
}

impl CitySource for Source {
    fn city(&self) -> Arc<CityView> {
        if let Some(view) = self.view.get() {
            return view.clone();
        }
        if city::says_where(&self.answers.running().city) {
            return self.view.get_or_init(|| self.make_view(None)).clone();
        }
        // A city of one file that says no extent: wherever its cases are, once there are some.
        match self.seen() {
            (seen, POINTS_ENOUGH) => self.view.get_or_init(|| self.make_view(seen)).clone(),
            (seen, _) => self.make_view(seen),
        }
    }

    fn scenes(&self) -> Playlist {
        self.answers.running().playlist().without_author()
    }

    fn hello(&self) -> Hello {
        crate::http::live::hello(self.answers.running())
    }

    fn beat(&self) -> Beat {
        let running = self.answers.running();
        let snapshot = running.core.snapshot();
        let state = snapshot.frozen.state();
        Beat {
            seq: state.seq(),
            at: state.at().to_rfc3339(self.answers.zone()),
            clock: running.clock.name().to_owned(),
            speed: running.clock.speed(),
            sources: source_state::beats(state, self.answers.zone()),
            scenes: state.scenes().number(),
        }
    }

    fn contacts(&self, agency: &str) -> Vec<ContactView> {
        crate::http::contacts::of(self.answers.running().core.snapshot().frozen.state(), agency)
    }

    fn servers(&self) -> Vec<String> {
        self.answers.running().settings.other_servers.iter().map(ToString::to_string).collect()
    }

    fn metrics(&self) -> Vec<MetricView> {
        self.answers.metrics()
    }

    fn table(&self, query: Query) -> Answer<Table> {
        let answers = self.answers.clone();
        Box::pin(async move { answers.table(query).await.map(Arc::unwrap_or_clone) })
    }

    fn hexagons(&self, query: Query) -> Answer<Hexagons> {
        let answers = self.answers.clone();
        Box::pin(async move { answers.hexagons(query).await.map(Arc::unwrap_or_clone) })
    }

    fn cases(&self, query: CasesQuery) -> Answer<CasePage> {
        let answers = self.answers.clone();
        Box::pin(async move { answers.cases(query).await.map(Arc::unwrap_or_clone) })
    }

    fn case(&self, code: String) -> Answer<Option<CaseStory>> {
        let answers = self.answers.clone();
        Box::pin(async move { answers.case(code, Rules::Kept).await })
    }

    fn receipt(&self, query: Query, cursor: Option<String>) -> Answer<Receipt> {
        let answers = self.answers.clone();
        Box::pin(async move { answers.receipt(query, cursor).await.map(Arc::unwrap_or_clone) })
    }

    fn directives(&self, query: DirectivesQuery) -> Answer<DirectivePage> {
        let acts = self.acts.clone();
        Box::pin(async move { acts.list(query).await })
    }

    fn issue(&self, token: String, wish: Wish) -> Answer<DirectiveView> {
        let acts = self.acts.clone();
        Box::pin(async move {
            let by = acts.who(&token)?;
            acts.issue(wish, by).await
        })
    }

    fn answer_directive(&self, token: String, code: String, wish: AnswerWish) -> Answer<DirectiveView> {
        let acts = self.acts.clone();
        Box::pin(async move {
            let by = acts.who(&token)?;
            acts.answer(&code, wish, by).await
        })
    }

    fn decide_directive(&self, token: String, code: String, wish: DecisionWish) -> Answer<DirectiveView> {
        let acts = self.acts.clone();
        Box::pin(async move {
            let by = acts.who(&token)?;
            acts.decide(&code, wish, by).await
        })
    }

    fn alarms(&self, query: AlarmsQuery) -> Answer<AlarmPage> {
        let alarms = self.alarms.clone();
        Box::pin(async move { alarms.list(query).await })
    }

    fn acknowledge(&self, token: String, alarm: String, wish: AcknowledgeWish) -> Answer<AlarmView> {
        let (acts, alarms) = (self.acts.clone(), self.alarms.clone());
        Box::pin(async move {
            let by = acts.who(&token)?;
            alarms.acknowledge(&alarm, wish, by).await
        })
    }

    fn shelve(&self, token: String, alarm: String, wish: ShelveWish) -> Answer<AlarmView> {
        let (acts, alarms) = (self.acts.clone(), self.alarms.clone());
        Box::pin(async move {
            let by = acts.who(&token)?;
            alarms.shelve(&alarm, wish, by).await
        })
    }

    fn shift(&self, token: String) -> Answer<ShiftPage> {
        let shifts = self.shifts.clone();
        Box::pin(async move { shifts.page_for(token.trim()).await })
    }

    fn on_duty(&self, token: String, act: ShiftAct) -> Answer<DutyView> {
        let (acts, shifts) = (self.acts.clone(), self.shifts.clone());
        Box::pin(async move {
            let by = acts.who(&token)?;
            match act {
                ShiftAct::Begin(wish) => shifts.begin(wish, by).await,
                ShiftAct::Note(duty, wish) => shifts.note(&duty, wish, by).await,
                ShiftAct::HandOver(duty, wish) => shifts.hand_over(&duty, wish, by).await,
                ShiftAct::Accept(duty, wish) => shifts.accept(&duty, wish, by).await,
                ShiftAct::End(duty, wish) => shifts.end(&duty, wish, by).await,
            }
        })
    }

    fn unit_desk(&self, agency: String, limit: u32) -> Answer<UnitDesk> {
        let answers = self.answers.clone();
        Box::pin(async move { desks::unit_desk(&answers, agency, Some(limit)).await })
    }

    fn office_desk(&self, limit: u32) -> Answer<OfficeDesk> {
        let answers = self.answers.clone();
        Box::pin(async move { desks::office_desk(&answers, Some(limit)).await })
    }

    fn centre_desk(&self, place: String, limit: u32) -> Answer<Option<CentreDesk>> {
        let answers = self.answers.clone();
        Box::pin(async move { desks::centre_desk(&answers, place, Some(limit)).await })
    }

    fn public_totals(&self, month: Option<String>) -> Answer<PublicTotals> {
        let public = self.public.clone();
        Box::pin(async move { public.totals(month.as_deref()).await })
    }

    fn public_dossiers(&self, by: Split, month: Option<String>) -> Answer<PublicDossiers> {
        let public = self.public.clone();
        Box::pin(async move { public.dossiers(by, month.as_deref()).await })
    }

    fn public_satisfaction(&self, month: Option<String>) -> Answer<PublicSatisfaction> {
        let public = self.public.clone();
        Box::pin(async move { public.satisfaction(month.as_deref()).await })
    }

    fn public_lobby(&self, place: String) -> Answer<Option<PublicLobby>> {
        let public = self.public.clone();
        Box::pin(async move { public.lobby(&place).await })
    }

    fn public_hexagons(&self) -> Answer<PublicHexagons> {
        let public = self.public.clone();
        Box::pin(async move { public.hexagons().await })
    }

    fn public_case(&self, code: String, asker: &http::Extensions) -> Answer<Option<PublicCase>> {
        let public = self.public.clone();
        let peer = asker.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Box::pin(async move { public.case(code, peer).await })
    }

    fn parse_time(&self, text: &str) -> Option<Timestamp> {
        crate::city_time::parse(self.answers.zone(), text)
    }

    fn show_time(&self, at: Timestamp) -> String {
        at.to_rfc3339(self.answers.zone())
    }
}
