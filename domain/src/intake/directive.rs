//! The events of directives. Only the product writes them; they are read as strictly as any other.

use serde_json::{Map, Value as Json};

use super::attributes::{mistyped, one_of, text, time};
use crate::directive::{DirectiveKind, DirectiveNews, Evidence, Issued, Said, Step, StepKind};
use crate::problem::Problem;
use crate::time::Timestamp;

/// Reads the data of `directive.issued`, `.answered` or `.closed`. The digest is the envelope's and is put in after.
pub(super) fn read(kind: &str, data: &Map<String, Json>) -> Result<DirectiveNews, Problem> {
    let directive = text(data, "directive")?.into();
    let said = match kind {
        "directive.issued" => Said::Issued(Box::new(issued(data)?)),
        "directive.answered" => Said::Step(Box::new(step(data, StepKind::Answered)?)),
        _ => {
            let kind = match one_of(data, "outcome", &["closed", "sent_back"])? {
                "closed" => StepKind::Closed,
                _ => StepKind::SentBack { due: time(data, "due_at")? },
            };
            Said::Step(Box::new(step(data, kind)?))
        }
    };
    Ok(DirectiveNews { directive, digest: [0; 32], said })
}

fn issued(data: &Map<String, Json>) -> Result<Issued, Problem> {
    let kind = one_of(data, "kind", &DirectiveKind::ALL.map(DirectiveKind::name))?;
    let evidence = data.get("evidence").cloned().unwrap_or_default();
    let evidence: Evidence = serde_json::from_value(evidence)
        .map_err(|_| mistyped("evidence", "is not what the product writes"))?;
    Ok(Issued {
        kind: DirectiveKind::of(kind).unwrap_or_default(),
        to: text(data, "to")?.into(),
        text: text(data, "text")?.into(),
        due: time(data, "due_at")?,
        by: text(data, "by")?.into(),
        evidence,
    })
}

fn step(data: &Map<String, Json>, kind: StepKind) -> Result<Step, Problem> {
    let round = data.get("round").and_then(Json::as_u64).and_then(|round| u32::try_from(round).ok());
    Ok(Step {
        round: round.ok_or_else(|| mistyped("round", "is not a whole number from 0 on"))?,
        kind,
        // The event's own time is put in when it is heard.
        time: Timestamp::default(),
        by: text(data, "by")?.into(),
        text: text(data, "text")?.into(),
    })
}
