//! `GET /api/v1/counters`: the queues of service counters, as their sources said last.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use domain::answer::CounterView;
use domain::state::{Queue, State as City};
use domain::{Seq, Value};
use serde::Serialize;

use super::accept::{Form, choose};
use super::api::Api;
use super::params::Params;
use super::problem::Refusal;
use super::sheet::{Sheet, answer, text};

#[derive(Serialize)]
struct Counters {
    seq: Seq,
    at: String,
    counters: Vec<CounterView>,
}

/// `GET /api/v1/counters`.
pub(super) async fn counters(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut params = Params::of(&uri)?;
    let unit = params.take("unit")?;
    params.end()?;
    let form = choose(&headers, &Form::TABLE)?;
    let body = api.answers.read(move |snapshot| list(snapshot.frozen.state(), unit.as_deref())).await?;
    Ok(answer(form, body.seq, &body.at, &body, || table(&body.counters))?)
}

fn list(state: &City, unit: Option<&str>) -> Counters {
    let counters = of_unit(state, unit);
    Counters { seq: state.seq(), at: state.at().to_rfc3339(&state.city().zone), counters }
}

/// The counters of a unit, or all, by unit and name.
pub(super) fn of_unit(state: &City, unit: Option<&str>) -> Vec<CounterView> {
    // What is said of a time to come is not yet so.
    let said = state.queues().filter(|queue| queue.time <= state.at());
    let mut counters: Vec<CounterView> = said.map(|queue| view(state, queue)).collect();
    counters.retain(|counter| unit.is_none_or(|unit| counter.unit == unit));
    counters.sort_by(|a, b| (&a.unit, &a.counter).cmp(&(&b.unit, &b.counter)));
    counters
}

fn view(state: &City, queue: &Queue) -> CounterView {
    let counter = &queue.counter;
    let name = counter.counter.to_string();
    CounterView {
        unit: state.symbols().name(counter.unit).map(|name| name.to_string()).unwrap_or_default(),
        counter: (!name.is_empty()).then_some(name),
        waiting: counter.waiting,
        serving: counter.serving,
        issued_today: counter.issued_today,
        oldest_wait_secs: counter.oldest_wait_secs,
        called: counter.called,
        time: queue.time.to_rfc3339(&state.city().zone),
        age_secs: state.at().since(queue.time) / 1_000_000,
    }
}

fn table(counters: &[CounterView]) -> Sheet {
    let rows = counters.iter().map(|counter| {
        [
            text(Some(&counter.unit)),
            text(counter.counter.as_deref()),
            Value::Int(counter.waiting.into()),
            Value::Int(counter.serving.into()),
            Value::Int(counter.issued_today.into()),
            counter.oldest_wait_secs.map_or(Value::Null, |secs| Value::Int(secs.into())),
            counter.called.map_or(Value::Null, |number| Value::Int(number.into())),
            text(Some(&counter.time)),
        ]
    });
    Sheet::new(
        ["unit", "counter", "waiting", "serving", "issued_today", "oldest_wait_secs", "called", "time"],
        rows,
    )
}
