//! The calls that answer with numbers: metrics, aggregates, hexagons, receipts.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::Value;
use domain::answer::{Hexagons, MetricView};
use domain::query::bad;
use serde::Serialize;

use super::accept::{Form, choose};
use super::api::Api;
use super::checkpoint::WithCheckpoint;
use super::geojson;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{self, NO_POSITION_HEADER, Sheet, answer, json, note, of_type, text};

/// The resolution of hexagons where none is asked for: about half a kilometre from side to side.
const RES: u8 = 8;

#[derive(Serialize)]
struct Metrics {
    seq: domain::Seq,
    at: String,
    metrics: Vec<MetricView>,
}

/// `GET /api/v1/metrics`: the metric registry.
pub(super) async fn metrics(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Params::of(&uri)?.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let snapshot = api.running.core.snapshot();
    let (seq, at) = (snapshot.frozen.seq(), snapshot.frozen.at().to_rfc3339(api.answers.zone()));
    let body = Metrics { seq, at: at.clone(), metrics: api.answers.metrics() };
    Ok(answer(form, seq, &at, &body, || registry_sheet(&body.metrics))?)
}

fn registry_sheet(metrics: &[MetricView]) -> Sheet {
    let columns = [
        "id",
        "label_vi",
        "label_en",
        "unit",
        "kind",
        "definition_vi",
        "definition_en",
        "clause",
        "better",
        "dimensions",
    ];
    let kind = |metric: &MetricView| match metric.kind {
        domain::metric::MetricKind::Stock => "stock",
        domain::metric::MetricKind::Flow => "flow",
    };
    let rows = metrics.iter().map(|metric| {
        [
            text(Some(&metric.id)),
            text(Some(&metric.label.vi)),
            text(Some(&metric.label.en)),
            text(Some(&metric.unit)),
            text(Some(kind(metric))),
            text(Some(&metric.definition.vi)),
            text(Some(&metric.definition.en)),
            text(metric.clause.as_deref()),
            text(Some(&metric.better)),
            text(Some(&metric.dimensions.join(" "))),
        ]
    });
    Sheet::new(columns, rows)
}

/// `GET /api/v1/aggregates`.
pub(super) async fn aggregates(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params = Params::of(&uri)?;
    params.refuse(&["res"])?;
    let query = params.query(api.answers.city())?;
    if query.metrics.is_empty() {
        return Err(bad("metric", "names at least one metric; see /api/v1/metrics").into());
    }
    let form = choose(&headers, &Form::TABLE)?;
    let table = api.answers.table(query).await?;
    let sheet = || Sheet { columns: table.columns.clone(), rows: table.rows.clone() };
    Ok(answer(form, table.seq, &table.at, &*table, sheet)?)
}

/// `GET /api/v1/hexagons`.
pub(super) async fn hexagons(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params = Params::of(&uri)?;
    params.refuse(&["group_by", "bucket"])?;
    let mut query = params.query(api.answers.city())?;
    query.res.get_or_insert(RES);
    let form = choose(&headers, &Form::CELLS)?;
    let hexagons = api.answers.hexagons(query).await?;
    let mut response = match form {
        Form::GeoJson => {
            let mut response = of_type(Form::GeoJson.media_type(), geojson::collection(&hexagons)?);
            note(&mut response, sheet::SEQ_HEADER, &hexagons.seq.to_string());
            note(&mut response, sheet::AT_HEADER, &hexagons.at);
            response
        }
        form => answer(form, hexagons.seq, &hexagons.at, &*hexagons, || cells_sheet(&hexagons))?,
    };
    note(&mut response, NO_POSITION_HEADER, &hexagons.no_position.to_string());
    Ok(response)
}

fn cells_sheet(hexagons: &Hexagons) -> Sheet {
    let rows = hexagons.cells.iter().map(|(cell, number)| [text(Some(cell)), Value::Int(*number)]);
    Sheet::new(["cell", &hexagons.metric], rows)
}

/// `GET /api/v1/receipt`.
pub(super) async fn receipt(State(api): State<Api>, uri: Uri) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let cursor = params.take("cursor")?;
    let query = params.query(api.answers.city())?;
    let receipt = api.answers.receipt(query, cursor).await?;
    let checkpoint = api.running.store.newest_checkpoint().map(|checkpoint| checkpoint.to_string());
    Ok(json(&WithCheckpoint { receipt: &receipt, checkpoint })?)
}
