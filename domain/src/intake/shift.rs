//! The events of the operations centre's shift. Only the product writes them; they are read as strictly as any other.

use serde_json::{Map, Value as Json};

use super::attributes::{mistyped, one_of, text};
use crate::problem::Problem;
use crate::shift::{DutyAct, DutyNews, DutyRole, HandoverSummary};

/// Reads the data of a `shift.*`. The digest is the envelope's and is put in after.
pub(super) fn read(kind: &str, data: &Map<String, Json>) -> Result<DutyNews, Problem> {
    let act = match kind {
        "shift.began" => {
            let role = one_of(data, "role", &DutyRole::ALL.map(DutyRole::name))?;
            DutyAct::Began {
                person: text(data, "officer_name")?.into(),
                role: DutyRole::of(role).ok_or_else(|| mistyped("role", "is no role"))?,
            }
        }
        "shift.noted" => DutyAct::Noted { text: text(data, "text")?.into() },
        "shift.handed_over" => {
            let summary = data.get("summary").cloned().unwrap_or_default();
            let summary: HandoverSummary = serde_json::from_value(summary)
                .map_err(|_| mistyped("summary", "is not what the product writes"))?;
            DutyAct::HandedOver { text: text(data, "text")?.into(), summary: Box::new(summary) }
        }
        "shift.accepted" => DutyAct::Accepted { successor: text(data, "successor")?.into() },
        _ => DutyAct::Ended { reason: text(data, "reason")?.into() },
    };
    Ok(DutyNews { duty: text(data, "duty")?.into(), digest: [0; 32], act })
}
