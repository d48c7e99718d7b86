//! The acts: a directive is issued, answered, closed or sent back. Each is an event of the product's own in the log,
//! and done when it is durable and the numbers have it. What it rests on is read here, never taken from the caller.

use std::sync::Arc;
use std::time::Duration;

use app::source::DirectivesQuery;
use domain::answer::{DirectivePage, DirectiveView};
use domain::calendar::DayCount;
use domain::dimension::Dimension;
use domain::directive::{
    AnswerWish, CaseThen, DUE_DAYS_MAX, DecisionWish, Directive, DirectiveKind, DirectiveStatus, Evidence,
    NumberThen, STEPS_MAX, WORKING_DAYS_MAX, Wish, text,
};
use domain::problem::Problem;
use domain::query::bad;
use domain::{Seq, Timestamp};
use jiff::ToSpan;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::core::Snapshot;
use crate::http::administrator::Administrator;
use crate::http::answer::Answers;
use crate::http::params::Params;
use crate::http::problem::not_found;
use crate::memos::OWN_SOURCE;

/// Who acts, until there are accounts: whoever holds the administrator's token.
pub(in crate::http) const ADMINISTRATOR: &str = "administrator";

/// How long an act waits for the numbers to have it. It is durable by then; they follow within a tick.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

/// How long a caller's name of an act may be.
const REQUEST_CHARS: std::ops::RangeInclusive<usize> = 8..=64;

/// What may be done. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Acts {
    pub(in crate::http) answers: Answers,
    administrator: Administrator,
}

impl Acts {
    pub(crate) fn new(answers: Answers, administrator: Administrator) -> Self {
        Self { answers, administrator }
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// 401 where it is nobody's.
    pub(crate) fn who(&self, token: &str) -> Result<&'static str, Problem> {
        self.administrator.check_token(token.trim())?;
        Ok(ADMINISTRATOR)
    }

    /// The directives of a list.
    ///
    /// # Errors
    /// While numbers are rebuilt.
    pub(crate) async fn list(&self, query: DirectivesQuery) -> Result<DirectivePage, Problem> {
        self.answers.read(move |snapshot| super::page(snapshot.frozen.state(), &query)).await
    }

    /// Issues a directive.
    ///
    /// # Errors
    /// What cannot be, by the member at fault; 409 where the request's name was used for another one.
    pub(crate) async fn issue(&self, wish: Wish, by: &str) -> Result<DirectiveView, Problem> {
        let name = name_of(self.answers.city().code.as_str(), &request(&wish.request)?);
        let kind = DirectiveKind::of(&wish.kind).ok_or_else(unknown_kind)?;
        let words = words(&wish.text)?;
        let to = wish.to.trim();
        if to.is_empty() || !self.answers.city().catalogue.knows(Dimension::Agency, to) {
            return Err(bad("to", "is no agency of the city's catalogue"));
        }
        let says_the_same = |view: &DirectiveView| {
            view.kind == kind.name()
                && view.to == to
                && is_said(&view.text, &words)
                && view.evidence_is_of(&wish)
        };
        if let Some(held) = self.held(&name).await? {
            return if says_the_same(&held) { Ok(held) } else { Err(reused()) };
        }
        let now = self.now()?;
        let due = self.due(now, wish.working_days, wish.due.as_deref())?;
        let evidence = self.evidence(&wish).await?;
        let subject = wish.case.clone().unwrap_or_else(|| name.clone());
        let data = json!({
            "directive": name, "kind": kind.name(), "to": to, "text": words, "due_at": self.show(due), "by": by,
            "evidence": evidence,
        });
        self.put(event(
            &format!("directive/{name}/issued"),
            "directive.issued",
            &self.show(now),
            &subject,
            data,
        ))
        .await?;
        let view = self.held(&name).await?.ok_or_else(lost)?;
        if says_the_same(&view) { Ok(view) } else { Err(reused()) }
    }

    /// Answers a directive.
    ///
    /// # Errors
    /// 404 where there is none, 409 where it is closed.
    pub(crate) async fn answer(
        &self,
        code: &str,
        wish: AnswerWish,
        by: &str,
    ) -> Result<DirectiveView, Problem> {
        let id = format!("directive/{code}/answered/{}", short(&request(&wish.request)?));
        let data = json!({ "text": words(&wish.text)?, "by": by });
        self.step(code, id, "directive.answered", data, |_| Ok(())).await
    }

    /// Closes a directive, or sends it back.
    ///
    /// # Errors
    /// As [`Self::answer`]; 409 also where nothing was answered that could be sent back.
    pub(crate) async fn decide(
        &self,
        code: &str,
        wish: DecisionWish,
        by: &str,
    ) -> Result<DirectiveView, Problem> {
        let id = format!("directive/{code}/closed/{}", short(&request(&wish.request)?));
        let mut data = json!({ "outcome": wish.outcome, "text": words(&wish.text)?, "by": by });
        let is_back = match wish.outcome.as_str() {
            "closed" => false,
            "sent_back" => true,
            _ => return Err(bad("outcome", "is neither closed nor sent_back")),
        };
        if is_back {
            let due = self.due(self.now()?, wish.working_days, wish.due.as_deref())?;
            data["due_at"] = self.show(due).into();
        } else if wish.working_days.is_some() || wish.due.is_some() {
            return Err(bad("due", "belongs to a sending back alone"));
        }
        self.step(code, id, "directive.closed", data, |status| match status {
            DirectiveStatus::Answered => Ok(()),
            _ if !is_back => Ok(()),
            _ => Err(refused("nothing was answered that could be sent back")),
        })
        .await
    }

    /// Says something of a directive that stands.
    async fn step(
        &self,
        code: &str,
        id: String,
        kind: &str,
        mut data: Json,
        may: impl Fn(DirectiveStatus) -> Result<(), Problem>,
    ) -> Result<DirectiveView, Problem> {
        let snapshot = self.answers.running().core.ready()?;
        let said = directive(&snapshot, code)?;
        let wanted = data["text"].as_str().unwrap_or_default().to_owned();
        if let Some(step) = said.step(&id) {
            return if is_said(&step.text, &wanted) { self.standing(code).await } else { Err(reused()) };
        }
        let now = self.now()?;
        let standing = said.standing(now).ok_or_else(|| nobody(code))?;
        if standing.status == DirectiveStatus::Closed {
            return Err(refused("it is closed"));
        }
        if standing.steps.len() >= STEPS_MAX {
            return Err(refused("it has as many answers as one directive takes; close it and issue another"));
        }
        may(standing.status)?;
        data["directive"] = code.into();
        data["round"] = standing.round.into();
        let case = standing.issued.evidence.case.as_ref().map(|then| then.case.as_str());
        self.put(event(&id, kind, &self.show(now), case.unwrap_or(code), data)).await?;
        self.standing(code).await
    }

    /// What it rests on: a number's receipt or a case, as it stands.
    async fn evidence(&self, wish: &Wish) -> Result<Evidence, Problem> {
        match (&wish.case, &wish.query) {
            (Some(case), None) => {
                let code = case.clone();
                let then = self.answers.read(move |snapshot| case_then(&snapshot, &code)).await?;
                then.ok_or_else(|| bad("case", "no such case was ever received"))
            }
            (None, Some(query)) => {
                let params = Params::of_members(query.clone())?;
                params.refuse(&["group_by", "bucket", "res", "cursor"])?;
                let receipt = self.answers.receipt(params.query(self.answers.city())?, None).await?;
                Ok(Evidence {
                    seq: receipt.seq.to_string(),
                    at: receipt.at.clone(),
                    number: Some(NumberThen {
                        metric: receipt.metric.clone(),
                        query: receipt.query.clone(),
                        value: receipt.value.clone(),
                        cases: receipt.cases.total,
                        digest: receipt.digest.clone(),
                    }),
                    case: None,
                })
            }
            _ => Err(bad("case", "either a case or a query says what the directive is about, and not both")),
        }
    }

    /// By when, on the city's working calendar: the end of work of the last day.
    fn due(&self, now: Timestamp, days: Option<u32>, due: Option<&str>) -> Result<Timestamp, Problem> {
        let city = self.answers.city();
        match (days, due) {
            (Some(days), None) if (1..=WORKING_DAYS_MAX).contains(&days) => match &city.calendar {
                Some(calendar) => {
                    let count = DayCount { ends_at_close: true, ..DayCount::default() };
                    let due = calendar.plus_working_days(now, days, count);
                    if due < Timestamp::MAX {
                        Ok(due)
                    } else {
                        Err(bad("working_days", "ends beyond the calendar"))
                    }
                }
                None => {
                    last_second(now, days, &city.zone).ok_or_else(|| bad("working_days", "leads nowhere"))
                }
            },
            (Some(_), None) => Err(bad("working_days", "is not a whole number from 1 to 60")),
            (None, Some(text)) => {
                let due = crate::city_time::parse(&city.zone, text)
                    .ok_or_else(|| bad("due", "is neither an RFC 3339 time with an offset nor a date"))?;
                let farthest = now.plus_secs(DUE_DAYS_MAX * 86_400);
                let lies_ahead = due > now && due <= farthest;
                if lies_ahead { Ok(due) } else { Err(bad("due", "does not lie within the year ahead")) }
            }
            _ => Err(bad("due", "either working_days or due says by when, and not both")),
        }
    }

    /// Puts an event into the log, and waits until the numbers have it.
    pub(in crate::http) async fn put(&self, event: Json) -> Result<(), Problem> {
        let running = self.answers.running();
        let stored = running.store.append(vec![event]).await?;
        // One identity said twice at once: which stands, the state says.
        self.wait_for(stored.durable).await
    }

    async fn wait_for(&self, seq: Seq) -> Result<(), Problem> {
        let mut snapshots = self.answers.running().core.watch();
        let seen = snapshots.wait_for(|snapshot| snapshot.frozen.seq() >= seq);
        match tokio::time::timeout(SEEN_WITHIN, seen).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(lost()),
        }
    }

    async fn held(&self, name: &str) -> Result<Option<DirectiveView>, Problem> {
        let query = DirectivesQuery { directive: Some(name.to_owned()), ..DirectivesQuery::default() };
        Ok(self.list(query).await?.directives.into_iter().next())
    }

    async fn standing(&self, code: &str) -> Result<DirectiveView, Problem> {
        self.held(code).await?.ok_or_else(|| nobody(code))
    }

    pub(in crate::http) fn now(&self) -> Result<Timestamp, Problem> {
        Ok(self.answers.running().core.ready()?.frozen.at().max(self.answers.running().clock.now()))
    }

    pub(in crate::http) fn show(&self, at: Timestamp) -> String {
        at.to_rfc3339(self.answers.zone())
    }
}

/// Whether what is held is what was said: the places of numbers and addresses in it are marked.
pub(in crate::http) fn is_said(held: &str, said: &str) -> bool {
    held == said || held.contains("***")
}

/// Whether a held directive is about what the wish is about.
trait IsOf {
    fn evidence_is_of(&self, wish: &Wish) -> bool;
}

impl IsOf for DirectiveView {
    fn evidence_is_of(&self, wish: &Wish) -> bool {
        let case = self.evidence.case.as_ref().map(|then| &then.case);
        let metric = self.evidence.number.as_ref().map(|then| &then.metric);
        case == wish.case.as_ref() && metric == wish.query.as_ref().and_then(|query| query.get("metric"))
    }
}

fn case_then(snapshot: &Arc<Snapshot>, code: &str) -> Option<Evidence> {
    let state = snapshot.frozen.state();
    let row = engine::case_row(&snapshot.frozen, state.find(code)?)?;
    Some(Evidence {
        seq: state.seq().to_string(),
        at: state.at().to_rfc3339(&state.city().zone),
        number: None,
        case: Some(CaseThen {
            case: row.case,
            status: row.status,
            agency: row.agency,
            timeliness: row.timeliness,
            due: row.due,
            rule: row.rule,
        }),
    })
}

fn directive(snapshot: &Snapshot, code: &str) -> Result<Directive, Problem> {
    snapshot.frozen.state().directive(code).cloned().ok_or_else(|| nobody(code))
}

/// The last second of the day that many days on, where a city says no working hours.
fn last_second(now: Timestamp, days: u32, zone: &jiff::tz::TimeZone) -> Option<Timestamp> {
    let last = now.to_jiff().to_zoned(zone.clone()).date().checked_add(i64::from(days).days()).ok()?;
    Some(crate::city_time::midnight(zone, last.tomorrow().ok()?)?.plus_secs(-1))
}

/// The same request makes the same directive, on whichever server.
fn name_of(city: &str, request: &str) -> String {
    format!("DD-{}", short(&format!("{city}\0{request}")).to_ascii_uppercase())
}

/// Twelve digits of a digest: two among a city's directives are never the same.
pub(in crate::http) fn short(text: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(text));
    digits.truncate(12);
    digits
}

pub(in crate::http) fn request(name: &str) -> Result<String, Problem> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if REQUEST_CHARS.contains(&name.len()) && name.bytes().all(is_name) {
        return Ok(name.to_owned());
    }
    Err(bad("request", "is not 8 to 64 of A-Z, a-z, 0-9, - and _"))
}

pub(in crate::http) fn words(said: &str) -> Result<String, Problem> {
    text(said).map_err(|error| bad("text", &error.to_string()))
}

pub(in crate::http) fn event(id: &str, kind: &str, time: &str, subject: &str, data: Json) -> Json {
    json!({
        "specversion": "1.0", "id": id, "source": OWN_SOURCE, "time": time, "subject": subject,
        "type": format!("{}{kind}", domain::intake::TYPE_PREFIX), "data": data,
    })
}

fn unknown_kind() -> Problem {
    bad("kind", &format!("is none of {}", DirectiveKind::ALL.map(DirectiveKind::name).join(", ")))
}

fn nobody(_: &str) -> Problem {
    not_found("code: no such directive was ever issued")
}

pub(in crate::http) fn reused() -> Problem {
    let detail = "request: this name stands for another act already; name each act anew";
    Problem::new("request-reused", 409, "The request's name was used already", detail).at("request")
}

fn refused(why: &str) -> Problem {
    Problem::new(
        "directive-refused",
        409,
        "The directive does not allow this",
        format!("The directive: {why}"),
    )
}

pub(in crate::http) fn lost() -> Problem {
    let detail = "The act is in the log, and the numbers do not have it yet. Send the same under the same request: \
                  nothing is done twice.";
    Problem::new("unavailable", 503, "Not now", detail)
}
