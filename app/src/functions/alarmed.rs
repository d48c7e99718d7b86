//! The server's side of the functions about alarms.

use domain::answer::{AlarmActView, AlarmPage};
use domain::query::bad;

use crate::address;
use crate::error::AppError;
use crate::source::{AlarmsQuery, CitySource};

/// How an alarm may stand.
const STATUSES: [&str; 4] = ["unacknowledged", "acknowledged", "shelved", "cleared"];
/// No wall has room for more lines.
const WALL_LINES_MAX: u32 = 40;

/// The parameters of a list of alarms.
pub(super) fn alarms_query(params: &str) -> Result<AlarmsQuery, AppError> {
    let mut query = AlarmsQuery::default();
    for (key, value) in address::pairs(params) {
        match key.as_str() {
            "status" if STATUSES.contains(&value.as_str()) => query.status = Some(value),
            "status" => return Err(bad("status", "is not known").into()),
            "alarm" => query.alarm = Some(value),
            "lang" => {}
            other => return Err(bad(other, "is not a parameter of this page").into()),
        }
    }
    Ok(query)
}

/// What a wall may show.
pub(super) async fn for_wall(source: &dyn CitySource, limit: u32) -> Result<AlarmPage, AppError> {
    let query = AlarmsQuery { limit: Some(limit.clamp(1, WALL_LINES_MAX)), ..AlarmsQuery::default() };
    let mut page = source.alarms(query).await?;
    let without_person = |act: &mut AlarmActView| {
        act.by.clear();
        act.text.clear();
    };
    for alarm in &mut page.alarms {
        alarm.acknowledged.iter_mut().for_each(without_person);
        alarm.shelved.iter_mut().for_each(without_person);
    }
    Ok(page)
}
