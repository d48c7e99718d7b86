//! The acts: somebody comes, notes, hands over, accepts, goes. Each is an event of the product's own in the log, as
//! with directives. How the city stood at a handover is read here, never taken from the caller.

use domain::answer::{DutyView, ShiftPage};
use domain::problem::Problem;
use domain::query::bad;
use domain::shift::{
    ACTS_MAX, AcceptWish, BeginWish, Duty, DutyAct, DutyRole, DutyStatus, EndWish, ON_DUTY_MAX, WordsWish,
    person,
};
use domain::state::State;
use serde_json::{Value as Json, json};

use super::page::{Names, page, view};
use crate::http::alarms::Alarms;
use crate::http::directives::{Acts, event, is_said, lost, request, reused, short, words};
use crate::http::problem::not_found;

/// Of the acts that a duty may have, so many are kept for handing it over.
const HANDOVERS_KEPT: usize = 20;

/// The duties of the operations centre, and what may be done on them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shifts {
    pub(super) acts: Acts,
    pub(super) alarms: Alarms,
}

impl Shifts {
    pub(crate) fn new(acts: Acts, alarms: Alarms) -> Self {
        Self { acts, alarms }
    }

    /// The shift as it stands.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(crate) async fn page(&self, names: Names, limit: Option<u32>) -> Result<ShiftPage, Problem> {
        self.alarms.beside(move |state, alarms| page(state, alarms, names, limit)).await
    }

    /// The shift with names, for whoever holds the token; without them where none is given.
    ///
    /// # Errors
    /// 401 where it is nobody's.
    pub(crate) async fn page_for(&self, token: &str) -> Result<ShiftPage, Problem> {
        let names = if token.is_empty() {
            Names::Concealed
        } else {
            self.acts.who(token)?;
            Names::Shown
        };
        self.page(names, None).await
    }

    /// Puts somebody on duty.
    ///
    /// # Errors
    /// 400 by the member at fault; 409 where the request's name was used otherwise, or too many are on duty.
    pub(crate) async fn begin(&self, wish: BeginWish, by: &str) -> Result<DutyView, Problem> {
        let key = format!("shift\0{}\0{}", self.acts.answers.city().code.as_str(), request(&wish.request)?);
        let duty = format!("DU-{}", short(&key).to_ascii_uppercase());
        let who = person(&wish.person).map_err(|error| bad("person", &error.to_string()))?;
        let role = DutyRole::of(&wish.role).ok_or_else(|| {
            bad("role", &format!("is none of {}", DutyRole::ALL.map(DutyRole::name).join(", ")))
        })?;
        let snapshot = self.acts.answers.running().core.ready()?;
        let state = snapshot.frozen.state();
        if let Some(standing) = state.duty(&duty).and_then(Duty::standing) {
            let is_it = standing.person == who && standing.role == role;
            return if is_it { self.standing(&duty) } else { Err(reused()) };
        }
        if on_duty(state) >= ON_DUTY_MAX {
            return Err(refused("as many are on duty as there may be; end a duty first"));
        }
        let data = json!({ "duty": duty, "officer_name": who, "role": role.name(), "by": by });
        self.put(&format!("shift/{duty}/began"), "shift.began", &duty, data).await
    }

    /// Notes something.
    ///
    /// # Errors
    /// 404 where there is no such duty, 409 where it is over.
    pub(crate) async fn note(&self, duty: &str, wish: WordsWish, by: &str) -> Result<DutyView, Problem> {
        let id = format!("shift/{duty}/noted/{}", short(&request(&wish.request)?));
        let text = words(&wish.text)?;
        let is_it = |act: &DutyAct| matches!(act, DutyAct::Noted { text: held } if is_said(held, &text));
        if let Some(done) = self.done(duty, &id, is_it)? {
            return Ok(done);
        }
        self.still_on_duty(duty)?;
        self.has_room(duty, HANDOVERS_KEPT)?;
        self.put(&id, "shift.noted", duty, json!({ "duty": duty, "text": text, "by": by })).await
    }

    /// Offers the duty to the next person, with how the city stands.
    ///
    /// # Errors
    /// As [`Self::note`].
    pub(crate) async fn hand_over(&self, duty: &str, wish: WordsWish, by: &str) -> Result<DutyView, Problem> {
        let id = format!("shift/{duty}/handed_over/{}", short(&request(&wish.request)?));
        let text = words(&wish.text)?;
        let is_it =
            |act: &DutyAct| matches!(act, DutyAct::HandedOver { text: held, .. } if is_said(held, &text));
        if let Some(done) = self.done(duty, &id, is_it)? {
            return Ok(done);
        }
        self.still_on_duty(duty)?;
        self.has_room(duty, 0)?;
        let summary = self.summary().await?;
        let data = json!({ "duty": duty, "text": text, "summary": summary, "by": by });
        self.put(&id, "shift.handed_over", duty, data).await
    }

    /// Takes over what was handed over.
    ///
    /// # Errors
    /// As [`Self::note`]; 409 also where nothing was handed over, or who accepts is not on duty.
    pub(crate) async fn accept(&self, duty: &str, wish: AcceptWish, by: &str) -> Result<DutyView, Problem> {
        let id = format!("shift/{duty}/accepted/{}", short(&request(&wish.request)?));
        let next = wish.successor.trim().to_owned();
        let is_it = |act: &DutyAct| matches!(act, DutyAct::Accepted { successor } if **successor == *next);
        if let Some(done) = self.done(duty, &id, is_it)? {
            return Ok(done);
        }
        if self.still_on_duty(duty)? != DutyStatus::HandingOver {
            return Err(refused("nothing was handed over that could be accepted"));
        }
        let snapshot = self.acts.answers.running().core.ready()?;
        let standing = snapshot.frozen.state().duty(&next).and_then(Duty::standing);
        let can = next != duty && standing.is_some_and(|standing| standing.status.is_on_duty());
        if !can {
            return Err(bad("successor", "is no other duty of somebody who is on duty"));
        }
        let put = self
            .put(&id, "shift.accepted", duty, json!({ "duty": duty, "successor": next, "by": by }))
            .await?;
        // Of two who accept at once the first counts, and the other hears of it.
        let successor = put.handover.as_ref().and_then(|handover| handover.successor.as_deref());
        if successor == Some(&*next) { Ok(put) } else { Err(refused("somebody else accepted it first")) }
    }

    /// Ends a duty that nobody takes over.
    ///
    /// # Errors
    /// As [`Self::note`].
    pub(crate) async fn end(&self, duty: &str, wish: EndWish, by: &str) -> Result<DutyView, Problem> {
        let id = format!("shift/{duty}/ended/{}", short(&request(&wish.request)?));
        let reason = words(&wish.reason).map_err(|_| bad("reason", "is not 1 to 2000 characters of text"))?;
        let is_it = |act: &DutyAct| matches!(act, DutyAct::Ended { reason: held } if is_said(held, &reason));
        if let Some(done) = self.done(duty, &id, is_it)? {
            return Ok(done);
        }
        self.still_on_duty(duty)?;
        self.put(&id, "shift.ended", duty, json!({ "duty": duty, "reason": reason, "by": by })).await
    }

    /// The duty as it stands where this very act was done already.
    fn done(
        &self,
        duty: &str,
        id: &str,
        is_it: impl Fn(&DutyAct) -> bool,
    ) -> Result<Option<DutyView>, Problem> {
        let snapshot = self.acts.answers.running().core.ready()?;
        let held = snapshot.frozen.state().duty(duty).ok_or_else(nobody)?;
        match held.act(id) {
            Some(act) if is_it(act) => self.standing(duty).map(Some),
            Some(_) => Err(reused()),
            None => Ok(None),
        }
    }

    fn still_on_duty(&self, duty: &str) -> Result<DutyStatus, Problem> {
        let snapshot = self.acts.answers.running().core.ready()?;
        let held = snapshot.frozen.state().duty(duty).ok_or_else(nobody)?;
        let status = held.standing().ok_or_else(nobody)?.status;
        if !status.is_on_duty() {
            return Err(refused("it is over"));
        }
        Ok(status)
    }

    /// Whether a note still has room. What ends a duty always has: nobody stays on duty for having written much.
    fn has_room(&self, duty: &str, reserved: usize) -> Result<(), Problem> {
        let snapshot = self.acts.answers.running().core.ready()?;
        let held = snapshot.frozen.state().duty(duty).ok_or_else(nobody)?;
        if held.acts() + reserved >= ACTS_MAX {
            return Err(refused("it has as many notes as one duty takes; hand it over"));
        }
        Ok(())
    }

    async fn put(&self, id: &str, kind: &str, duty: &str, data: Json) -> Result<DutyView, Problem> {
        let now = self.acts.show(self.acts.now()?);
        self.acts.put(event(id, kind, &now, duty, data)).await?;
        self.standing(duty)
    }

    /// With the name: whoever acts may see it.
    fn standing(&self, duty: &str) -> Result<DutyView, Problem> {
        let snapshot = self.acts.answers.running().core.ready()?;
        let state = snapshot.frozen.state();
        state.duty(duty).and_then(|held| view(state, duty, held, Names::Shown)).ok_or_else(lost)
    }
}

fn on_duty(state: &State) -> usize {
    let standing = state.duties().filter_map(|(_, duty)| duty.standing());
    standing.filter(|standing| standing.status.is_on_duty()).count()
}

fn nobody() -> Problem {
    not_found("code: no such duty was ever begun")
}

fn refused(why: &str) -> Problem {
    Problem::new("shift-refused", 409, "The duty does not allow this", format!("The duty: {why}"))
}
