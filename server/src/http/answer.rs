//! The one way from a question to an answer: REST calls and pages both come through here. Each
//! answer is of one snapshot, counted away from the async threads.

use std::sync::Arc;

use app::source::CasesQuery;
use domain::answer::{CasePage, CaseStory, Hexagons, MetricView, Receipt, Satisfaction, Table};
use domain::city::City;
use domain::problem::Problem;
use domain::query::{Query, Rules};
use engine::QueryError;
use jiff::tz::TimeZone;

use super::flights::Flights;
use super::work::Work;
use crate::core::Snapshot;
use crate::running::Running;

/// Answers questions about the city. Cheap to clone.
#[derive(Clone)]
pub struct Answers {
    running: Running,
    work: Work,
    tables: Flights<Query, Table>,
    hexagons: Flights<Query, Hexagons>,
    cases: Flights<CasesKey, CasePage>,
    receipts: Flights<(Query, Option<String>), Receipt>,
    satisfactions: Flights<Query, Satisfaction>,
}

/// A question for cases, as a key.
type CasesKey = (Query, Option<String>, Option<String>, Option<u32>, Option<String>);

impl Answers {
    /// Answers from this server's numbers.
    #[must_use]
    pub fn new(running: Running) -> Self {
        Self {
            running,
            work: Work::default(),
            tables: Flights::default(),
            hexagons: Flights::default(),
            cases: Flights::default(),
            receipts: Flights::default(),
            satisfactions: Flights::default(),
        }
    }

    /// The server that answers.
    #[must_use]
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Where answers are counted.
    #[must_use]
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// The city's time zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.running.city.city.zone
    }

    /// The city that is asked about.
    #[must_use]
    pub fn city(&self) -> &City {
        &self.running.city.city
    }

    /// The metric registry.
    #[must_use]
    pub fn metrics(&self) -> Vec<MetricView> {
        self.running.core.snapshot().frozen.registry().views()
    }

    /// `GET /api/v1/aggregates`.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub async fn table(&self, query: Query) -> Result<Arc<Table>, Problem> {
        let asked = query.clone();
        let job = self.count(move |snapshot| engine::evaluate(&snapshot.frozen, &query));
        self.tables.join(&self.work, asked, job).await
    }

    /// `GET /api/v1/hexagons`.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub async fn hexagons(&self, query: Query) -> Result<Arc<Hexagons>, Problem> {
        let asked = query.clone();
        let job = self.count(move |snapshot| engine::hexagons(&snapshot.frozen, &query));
        self.hexagons.join(&self.work, asked, job).await
    }

    /// `GET /api/v1/satisfaction`.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub async fn satisfaction(&self, query: Query) -> Result<Arc<Satisfaction>, Problem> {
        let asked = query.clone();
        let job = self.count(move |snapshot| engine::satisfaction(&snapshot.frozen, &query));
        self.satisfactions.join(&self.work, asked, job).await
    }

    /// `GET /api/v1/cases`.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub async fn cases(&self, query: CasesQuery) -> Result<Arc<CasePage>, Problem> {
        let CasesQuery { query, q, sort, limit, cursor } = query;
        let asked = (query.clone(), q.clone(), sort.clone(), limit, cursor.clone());
        let filter = engine::CaseFilter { query, q, sort, limit, cursor };
        let job = self.count(move |snapshot| engine::list_cases(&snapshot.frozen, &filter));
        self.cases.join(&self.work, asked, job).await
    }

    /// `GET /api/v1/receipt`.
    ///
    /// # Errors
    /// A [`Problem`] that names the parameter at fault.
    pub async fn receipt(&self, query: Query, cursor: Option<String>) -> Result<Arc<Receipt>, Problem> {
        let asked = (query.clone(), cursor.clone());
        let job = self.count(move |snapshot| engine::receipt(&snapshot.frozen, &query, cursor.as_deref()));
        self.receipts.join(&self.work, asked, job).await
    }

    /// `GET /api/v1/cases/{code}`; `None` where there is no such case.
    ///
    /// # Errors
    /// While numbers are rebuilt, or if the log cannot be read.
    pub async fn case(&self, code: String, rules: Rules) -> Result<Option<CaseStory>, Problem> {
        let store = self.running.store.clone();
        self.read(move |snapshot| super::story::tell(&snapshot, &store, &code, rules)).await?
    }

    /// Reads a snapshot away from the async threads.
    ///
    /// # Errors
    /// While numbers are rebuilt, and when too many wait.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(Arc<Snapshot>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let snapshot = self.running.core.ready()?;
        self.work.run(move || job(snapshot)).await
    }

    /// A job that counts on the snapshot that is the newest when it begins.
    fn count<T: Send + 'static>(
        &self,
        job: impl FnOnce(Arc<Snapshot>) -> Result<T, QueryError> + Send + 'static,
    ) -> impl FnOnce() -> Result<T, Problem> + Send + 'static {
        let core = self.running.core.clone();
        move || {
            job(core.ready()?).map_err(|error| {
                if let QueryError::Cube { .. } = &error {
                    tracing::error!(%error, "an answer could not be counted");
                }
                Problem::from(error)
            })
        }
    }
}
