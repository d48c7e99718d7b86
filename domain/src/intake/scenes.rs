//! The event of a version of what walls show. Only the product writes it; it is read as strictly as any other.

use serde_json::{Map, Value as Json};

use super::attributes::{mistyped, text};
use crate::problem::Problem;
use crate::scene::rules::faults;
use crate::scene::saved::{ScenesSaved, line};

/// Reads the data of `scenes.saved`. The digest is the envelope's and is put in after.
pub(super) fn read(data: &Map<String, Json>) -> Result<ScenesSaved, Problem> {
    let not_ours = |member: &str| mistyped(member, "is not what the product itself writes");
    let version = data.get("version").and_then(Json::as_u64).and_then(|version| u32::try_from(version).ok());
    let version = version.filter(|version| *version > 0).ok_or_else(|| not_ours("version"))?;
    let scenes: Vec<crate::scene::Scene> = data
        .get("scenes")
        .and_then(|scenes| serde::Deserialize::deserialize(scenes).ok())
        .ok_or_else(|| not_ours("scenes"))?;
    // Which metric is split by what, the registry said when it was saved.
    if !faults(&scenes, &|_, _| true).is_empty() {
        return Err(not_ours("scenes"));
    }
    Ok(ScenesSaved {
        version,
        by: line(text(data, "by")?).ok_or_else(|| not_ours("by"))?.into(),
        why: line(text(data, "reason")?).ok_or_else(|| not_ours("reason"))?.into(),
        scenes: scenes.into(),
        digest: [0; 32],
    })
}
