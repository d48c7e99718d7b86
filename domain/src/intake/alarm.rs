//! The events of alarms. Only the product writes them; they are read as strictly as any other.

use serde_json::{Map, Value as Json};

use super::attributes::{optional_text, text, time};
use crate::alarm::{Act, AlarmNews};
use crate::problem::Problem;

/// Reads the data of `alarm.acknowledged` or `.shelved`. The digest is the envelope's and is put in after.
pub(super) fn read(kind: &str, data: &Map<String, Json>) -> Result<AlarmNews, Problem> {
    let by = text(data, "by")?.into();
    let act = match kind {
        "alarm.acknowledged" => {
            Act::Acknowledged { by, text: optional_text(data, "text")?.unwrap_or_default().into() }
        }
        _ => Act::Shelved { by, reason: text(data, "reason")?.into(), until: time(data, "until")? },
    };
    Ok(AlarmNews { alarm: text(data, "alarm")?.into(), digest: [0; 32], act })
}
