//! The server's side of the sheet of today: everything on it, asked for at one time.

use super::asked::{levels, longest, query, today as day, usual};
use crate::ask::{Ask, resolve_query};
use crate::error::AppError;
use crate::pages::today::{LINES, NUMBERS, Today};
use crate::source::{AlarmsQuery, CitySource};

/// The sheet. A token that is nobody's is as good as none: the paper is then without names.
pub(super) async fn today(source: &dyn CitySource, token: String) -> Result<Today, AppError> {
    let numbers = resolve_query(Ask::of(&NUMBERS).query(), day(source));
    let limit = u32::try_from(LINES).ok();
    let shift = match source.shift(token).await {
        Err(problem) if problem.status == 401 => source.shift(String::new()).await?,
        shift => shift?,
    };
    let longest = longest(source, LINES).await?.cases;
    let contacts = longest.iter().map(|case| {
        let of_holder = case.agency.as_deref().map(|agency| source.contacts(agency));
        of_holder.unwrap_or_default()
    });
    Ok(Today {
        contacts: contacts.collect(),
        table: source.table(query(source, &numbers.to_pairs())?).await?,
        usual: usual(source, "").await?,
        levels: levels(source, "").await?,
        longest,
        alarms: source.alarms(AlarmsQuery { limit, ..AlarmsQuery::default() }).await?,
        shift,
    })
}
