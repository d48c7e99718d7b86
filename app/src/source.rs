//! What the pages need to know of the city, stated by the pages and fulfilled by the server, which
//! hands it over as context. The only way to data on the server's side of the app.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::alarm::{AcknowledgeWish, ShelveWish};
use domain::answer::{
    AlarmPage, AlarmView, CasePage, CaseStory, CentreDesk, ContactView, DirectivePage, DirectiveView,
    DutyView, Hexagons, MetricView, OfficeDesk, Receipt, ShiftPage, Table, UnitDesk,
};
use domain::city::{Catalogue, Label};
use domain::directive::{AnswerWish, DecisionWish, DirectiveStatus, Wish};
use domain::problem::Problem;
#[cfg(feature = "ssr")]
use domain::public::PublicCase;
use domain::public::{PublicDossiers, PublicHexagons, PublicLobby, PublicSatisfaction, PublicTotals, Split};
use domain::query::Query;
use domain::scene::saved::Playlist;
use domain::shift::{AcceptWish, BeginWish, EndWish, WordsWish};
use domain::wire::{Beat, Hello};
use serde::{Deserialize, Serialize};

/// An answer that may take a moment.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send>>;

/// The city as pages name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CityView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Label,
    /// Its codes and what people read for them.
    pub catalogue: Catalogue,
    /// The city's own words for dimensions, by the dimension's name.
    #[serde(default)]
    pub words: BTreeMap<String, Label>,
    /// What people read for a source, by its name; a simulated one by what it stands for.
    #[serde(default)]
    pub sources: BTreeMap<String, Label>,
    /// The map's first view.
    pub map: MapView,
    /// What every screen must say of its data (`replay of …`), if anything.
    pub notice: Option<Label>,
}

/// What the map shows before any number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapView {
    /// West, south, east, north, in degrees: the first view.
    pub bounds: [f64; 4],
    /// Address of the boundaries as GeoJSON, where some ship.
    pub boundaries_url: Option<String>,
    /// Address of the districts of the old map as GeoJSON, where they ship.
    pub districts_url: Option<String>,
    /// Address of land and water as GeoJSON, where it ships.
    pub land_water_url: Option<String>,
    /// Address of Hoàng Sa and Trường Sa as GeoJSON, for the maps from which one comes to them.
    #[serde(default)]
    pub islands_url: Option<String>,
    /// Said on the map of what is drawn under the hexagons.
    pub area_label: Label,
    /// Where the drawn data come from.
    pub attribution: String,
}

/// Which cases a list shows. The filters, instants and cells are those of the query; its metrics
/// and groups are left empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CasesQuery {
    /// Filters and instants.
    pub query: Query,
    /// Words of the code or content, with or without diacritics.
    pub q: Option<String>,
    /// `received_at`, `due`, `case`, with a leading `-` for descending.
    pub sort: Option<String>,
    /// How many on a page: 100 unless told, at most 1,000.
    pub limit: Option<u32>,
    /// The next page of an earlier answer.
    pub cursor: Option<String>,
}

/// Which directives a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectivesQuery {
    /// Only this one.
    pub directive: Option<String>,
    /// Only those that stand so.
    pub status: Option<DirectiveStatus>,
    /// Only those to this agency or one under it.
    pub agency: Option<String>,
    /// Only those about this case.
    pub case: Option<String>,
    /// How many: 100 unless told, at most 1,000.
    pub limit: Option<u32>,
}

/// Which alarms a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlarmsQuery {
    /// Only this one, however it stands.
    pub alarm: Option<String>,
    /// `unacknowledged`, `acknowledged`, `shelved`, `cleared`; the first two unless told.
    pub status: Option<String>,
    /// How many: 100 unless told, at most 1,000.
    pub limit: Option<u32>,
}

/// What somebody does on duty; each but the first names the duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShiftAct {
    /// Somebody comes.
    Begin(BeginWish),
    /// Something is noted.
    Note(String, WordsWish),
    /// It is offered to the next.
    HandOver(String, WordsWish),
    /// The next takes it.
    Accept(String, AcceptWish),
    /// It ends without a successor.
    End(String, EndWish),
}

/// Says to whoever asked for the page that there is nothing at its address: status 404.
#[derive(Clone)]
pub struct Nowhere(pub Arc<dyn Fn() + Send + Sync>);

/// The city's numbers.
pub trait CitySource: Send + Sync {
    /// What names things. Changes only with the city's folder.
    fn city(&self) -> Arc<CityView>;
    /// What walls show, in the order of the playlist, and which version of it that is.
    fn scenes(&self) -> Playlist;
    /// Where the numbers stand now.
    fn hello(&self) -> Hello;
    /// Time and sources now.
    fn beat(&self) -> Beat;
    /// Whom to call about an agency's cases today.
    fn contacts(&self, agency: &str) -> Vec<ContactView>;
    /// Origins of the city's other servers.
    fn servers(&self) -> Vec<String>;
    /// The metric registry.
    fn metrics(&self) -> Vec<MetricView>;
    /// `GET /api/v1/aggregates`.
    fn table(&self, query: Query) -> Answer<Table>;
    /// `GET /api/v1/hexagons`: one metric, `res` set.
    fn hexagons(&self, query: Query) -> Answer<Hexagons>;
    /// `GET /api/v1/cases`.
    fn cases(&self, query: CasesQuery) -> Answer<CasePage>;
    /// `GET /api/v1/cases/{code}`; `None` where there is no such case.
    fn case(&self, code: String) -> Answer<Option<CaseStory>>;
    /// `GET /api/v1/receipt`: one metric, ungrouped; the cursor pages the codes.
    fn receipt(&self, query: Query, cursor: Option<String>) -> Answer<Receipt>;
    /// `GET /api/v1/directives`.
    fn directives(&self, query: DirectivesQuery) -> Answer<DirectivePage>;
    /// `POST /api/v1/directives`; `token` says who.
    fn issue(&self, token: String, wish: Wish) -> Answer<DirectiveView>;
    /// `POST /api/v1/directives/{code}/answer`.
    fn answer_directive(&self, token: String, code: String, wish: AnswerWish) -> Answer<DirectiveView>;
    /// `POST /api/v1/directives/{code}/close`.
    fn decide_directive(&self, token: String, code: String, wish: DecisionWish) -> Answer<DirectiveView>;
    /// `GET /api/v1/alarms`.
    fn alarms(&self, query: AlarmsQuery) -> Answer<AlarmPage>;
    /// `POST /api/v1/alarms/{code}/acknowledge`; `token` says who.
    fn acknowledge(&self, token: String, alarm: String, wish: AcknowledgeWish) -> Answer<AlarmView>;
    /// `POST /api/v1/alarms/{code}/shelve`.
    fn shelve(&self, token: String, alarm: String, wish: ShelveWish) -> Answer<AlarmView>;
    /// `GET /api/v1/shift`: with names where the token is the administrator's, without where there is none.
    fn shift(&self, token: String) -> Answer<ShiftPage>;
    /// The acts under `POST /api/v1/shift/duties`; `token` says who.
    fn on_duty(&self, token: String, act: ShiftAct) -> Answer<DutyView>;
    /// `GET /api/v1/desks/unit`.
    fn unit_desk(&self, agency: String, limit: u32) -> Answer<UnitDesk>;
    /// `GET /api/v1/desks/city-office`.
    fn office_desk(&self, limit: u32) -> Answer<OfficeDesk>;
    /// `GET /api/v1/desks/centre`; `None` where the city has no such place.
    fn centre_desk(&self, place: String, limit: u32) -> Answer<Option<CentreDesk>>;
    /// `GET /api/v1/public/totals`.
    fn public_totals(&self, month: Option<String>) -> Answer<PublicTotals>;
    /// `GET /api/v1/public/dossiers`.
    fn public_dossiers(&self, by: Split, month: Option<String>) -> Answer<PublicDossiers>;
    /// `GET /api/v1/public/satisfaction`.
    fn public_satisfaction(&self, month: Option<String>) -> Answer<PublicSatisfaction>;
    /// `GET /api/v1/public/lobby`; `None` where the city has no such place.
    fn public_lobby(&self, place: String) -> Answer<Option<PublicLobby>>;
    /// `GET /api/v1/public/hexagons`.
    fn public_hexagons(&self) -> Answer<PublicHexagons>;
    /// `GET /api/v1/public/cases/{code}`; `None` where no such case may be shown. What the request carries says
    /// who asks: nobody may ask often.
    #[cfg(feature = "ssr")]
    fn public_case(&self, code: String, asker: &http::Extensions) -> Answer<Option<PublicCase>>;
    /// Reads a time or a date (the city's midnight) from an address.
    fn parse_time(&self, text: &str) -> Option<domain::Timestamp>;
    /// RFC 3339 in the city's offset.
    fn show_time(&self, at: domain::Timestamp) -> String;
}
