//! The acts: an alarm is acknowledged or shelved. Each is an event of the product's own in the log, as with directives.

use std::sync::Arc;

use app::source::AlarmsQuery;
use domain::alarm::{ACTS_MAX, AcknowledgeWish, Act, SHELVED_MINUTES_MAX, ShelveWish};
use domain::answer::{AlarmPage, AlarmView};
use domain::problem::Problem;
use domain::query::bad;
use domain::state::State;
use serde_json::{Value as Json, json};

use super::beside::{Usual, gather};
use super::page::page;
use crate::http::directives::{Acts, event, is_said, request, reused, short, words};
use crate::http::problem::not_found;

/// The alarms, and what may be done about them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Alarms {
    acts: Acts,
    usual: Arc<Usual>,
}

impl Alarms {
    pub(crate) fn new(acts: Acts) -> Self {
        Self { acts, usual: Arc::default() }
    }

    /// The alarms of a list.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(crate) async fn list(&self, query: AlarmsQuery) -> Result<AlarmPage, Problem> {
        self.beside(move |_, alarms| alarms(&query)).await
    }

    /// Reads a state together with its alarms: several lists of them, all of one instant.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(in crate::http) async fn beside<T: Send + 'static>(
        &self,
        read: impl FnOnce(&State, &dyn Fn(&AlarmsQuery) -> AlarmPage) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (running, usual) = (self.acts.answers.running().clone(), self.usual.clone());
        let read = self.acts.answers.read(move |snapshot| {
            let beside = gather(&running, &snapshot, &usual)?;
            let state = snapshot.frozen.state();
            Ok::<_, engine::QueryError>(read(state, &|query| page(state, &beside, query)))
        });
        read.await?.map_err(Problem::from)
    }

    /// Acknowledges an alarm.
    ///
    /// # Errors
    /// 404 where there is none that stands, 409 where the request's name was used for another act.
    pub(crate) async fn acknowledge(
        &self,
        alarm: &str,
        wish: AcknowledgeWish,
        by: &str,
    ) -> Result<AlarmView, Problem> {
        let id = format!("alarm/{alarm}/acknowledged/{}", short(&request(&wish.request)?));
        let text = wish.text.filter(|text| !text.trim().is_empty());
        let text = text.map(|text| words(&text)).transpose()?.unwrap_or_default();
        let is_it = |act: &Act| matches!(act, Act::Acknowledged { text: held, .. } if is_said(held, &text));
        self.act(alarm, &id, "alarm.acknowledged", json!({ "text": text, "by": by }), is_it).await
    }

    /// Puts an alarm away for a time.
    ///
    /// # Errors
    /// As [`Self::acknowledge`]; 400 by the member at fault.
    pub(crate) async fn shelve(&self, alarm: &str, wish: ShelveWish, by: &str) -> Result<AlarmView, Problem> {
        let id = format!("alarm/{alarm}/shelved/{}", short(&request(&wish.request)?));
        if !(1..=SHELVED_MINUTES_MAX).contains(&wish.minutes) {
            return Err(bad("minutes", "is not a whole number from 1 to 720"));
        }
        let reason = words(&wish.reason).map_err(|_| bad("reason", "is not 1 to 2000 characters of text"))?;
        let until = self.acts.now()?.plus_secs(i64::from(wish.minutes) * 60);
        let is_it = |act: &Act| matches!(act, Act::Shelved { reason: held, .. } if is_said(held, &reason));
        let data = json!({ "reason": reason, "until": self.acts.show(until), "by": by });
        self.act(alarm, &id, "alarm.shelved", data, is_it).await
    }

    async fn act(
        &self,
        alarm: &str,
        id: &str,
        kind: &str,
        mut data: Json,
        is_it: impl Fn(&Act) -> bool,
    ) -> Result<AlarmView, Problem> {
        let snapshot = self.acts.answers.running().core.ready()?;
        let held = snapshot.frozen.state().alarm(alarm);
        match held.and_then(|held| held.act(id)) {
            Some(act) if is_it(act) => return self.standing(alarm).await,
            Some(_) => return Err(reused()),
            None => {}
        }
        if held.is_some_and(|held| held.acts() >= ACTS_MAX) {
            return Err(refused("it has as many acts as one alarm takes"));
        }
        if self.standing(alarm).await?.status == "cleared" {
            return Err(refused("it is over"));
        }
        data["alarm"] = alarm.into();
        self.acts.put(event(id, kind, &self.acts.show(self.acts.now()?), alarm, data)).await?;
        self.standing(alarm).await
    }

    async fn standing(&self, alarm: &str) -> Result<AlarmView, Problem> {
        let query = AlarmsQuery { alarm: Some(alarm.to_owned()), ..AlarmsQuery::default() };
        let found = self.list(query).await?.alarms.into_iter().next();
        found.ok_or_else(|| not_found("alarm: no alarm of this name stands"))
    }
}

fn refused(why: &str) -> Problem {
    Problem::new("alarm-refused", 409, "The alarm does not allow this", format!("The alarm: {why}"))
}
