//! Events as a source would send them.

use serde_json::{Value as Json, json};

use crate::boston::Case;

/// A CloudEvent of the product's types.
#[must_use]
pub fn event(id: &str, kind: &str, time: &str, case: &str, data: Json) -> Json {
    json!({
        "specversion": "1.0", "id": id, "source": "urn:test:311", "type": format!("vn.toancanh.{kind}"),
        "time": time, "subject": case, "datacontenttype": "application/json", "data": data,
    })
}

/// The one or two events of a row of the Boston file.
#[must_use]
pub fn of_case(case: &Case) -> Vec<Json> {
    let mut data = json!({
        "kind": "report", "city": "boston", "agency": case.queue, "field": case.field(),
        "channel": case.channel,
    });
    for (name, value) in [("district", &case.neighborhood), ("ward", &case.ward), ("due_at", &case.due_at)] {
        if !value.is_empty() {
            data[name] = json!(value);
        }
    }
    if let (Ok(lat), Ok(lng)) = (case.lat.parse::<f64>(), case.lon.parse::<f64>()) {
        data["incident_location"] = json!({"point": {"lat": lat, "lng": lng}});
    }
    let id = &case.case_id;
    let mut events = vec![event(&format!("{id}/received"), "case.received", &case.opened_at, id, data)];
    if !case.closed_at.is_empty() {
        let data = json!({"result": "closed"});
        events.push(event(&format!("{id}/resolved"), "case.resolved", &case.closed_at, id, data));
    }
    events
}
