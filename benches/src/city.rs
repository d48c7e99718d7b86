//! Events of a city of any size, the same at every run.

use std::sync::Arc;

use domain::city::City;
use domain::event::Event;
use domain::intake;
use domain::state::{Changes, State};
use domain::symbol::Symbols;
use domain::{Seq, Timestamp};
use serde_json::{Value as Json, json};

/// When the city's first case comes in: 2015-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_secs(1_420_070_400);

/// `case.received` of case `number`: one a second, of 150 agencies, 160 fields, 24 districts, with a
/// limit of four to thirty days, at one of 40,000 points.
#[must_use]
pub fn received(number: u64) -> Json {
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let at = |secs: i64| START.plus_secs(secs).to_rfc3339_at(jiff::tz::Offset::UTC);
    let secs = i64::try_from(number).unwrap_or_default();
    let limit_secs = 4 * 86_400 + i64::try_from(spread % 26).unwrap_or_default() * 86_400;
    #[allow(clippy::cast_precision_loss)] // Below 200.
    let degrees = |place: u64| (place % 200) as f64 * 0.001;
    json!({
        "specversion": "1.0", "id": format!("r{number}"), "source": "urn:bench",
        "type": "vn.toancanh.case.received", "time": at(secs), "subject": format!("case-{number:08}"),
        "data": {
            "kind": "report", "city": "bench", "channel": format!("channel {}", spread % 7),
            "agency": format!("agency {}", spread % 150),
            "field": format!("subject {}/reason {}/type {}", spread % 16, spread % 53, spread % 160),
            "district": format!("district {}", spread % 24), "ward": format!("{}", spread % 22),
            "due_at": at(secs + limit_secs),
            "incident_location": {"point": {
                "lat": 10.7 + degrees(spread / 7), "lng": 106.6 + degrees(spread / 1_999),
            }},
        },
    })
}

/// `case.transferred` of case `number` at an instant.
#[must_use]
pub fn transferred(number: u64, at: Timestamp, to: u64) -> Json {
    json!({
        "specversion": "1.0", "id": format!("t{number}-{}", at.micros()), "source": "urn:bench",
        "type": "vn.toancanh.case.transferred", "time": at.to_rfc3339_at(jiff::tz::Offset::UTC),
        "subject": format!("case-{number:08}"),
        "data": {"step": "dispatched", "to": format!("agency {}", to % 150)},
    })
}

/// Reads an event as the core does.
///
/// # Panics
/// If the benchmark made a bad one.
#[must_use]
pub fn event(city: &City, symbols: &Symbols, seq: u64, envelope: &Json) -> Arc<Event> {
    let mut event = intake::read(envelope, city, symbols, None).expect("a good event");
    event.seq = Seq(seq);
    event.recorded = event.time;
    Arc::new(event)
}

/// A state in which `open` cases stand open.
#[must_use]
pub fn state_of(open: u64) -> State {
    let city = Arc::new(City::bare("bench"));
    let symbols = Symbols::default();
    let now = START.plus_secs(i64::try_from(open).unwrap_or_default());
    let mut state = State::new(city.clone(), symbols.clone(), now);
    let mut changes = Changes::default();
    for number in 0..open {
        state.apply(event(&city, &symbols, number + 1, &received(number)), &mut changes);
        changes = Changes::default();
    }
    state
}
