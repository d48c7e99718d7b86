//! The displays of the city: how one comes to be known (`codes`), who may administer them from a browser
//! (`sessions`), and what each wall is to show (`stage`). Which displays there are is part of the state, folded
//! from the log, so that every server knows them; codes, sessions and holds are this server's own and end with it.

mod codes;
mod pictures;
mod sessions;
mod stage;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::problem::Problem;
use domain::screen::{
    Enrolment, Heard, Order, PictureView, REPLAY_BACK_SECS, REPLAY_TAKES_SECS, ReplayWish, Role, Screen,
    ScreenView, Setting, WallBeat, WallShow,
};
use domain::state::State;
use rand::TryRngCore;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::clock::CityClock;
use crate::core::Core;
use crate::memos::OWN_SOURCE;
use crate::store::Store;

pub use codes::{Code, CodeError, Codes};
pub use pictures::Picture;
use pictures::Pictures;
use sessions::Sessions;
use stage::Stage;

/// Most screens that stand at once: more than a city has walls.
const SCREENS_MAX: usize = 256;
/// How long the numbers may need to hear of an enrolment that is durable.
const HEARD_WITHIN: Duration = Duration::from_secs(5);
/// A device that said nothing for so long is silent; it speaks every two seconds.
const SILENT_AFTER_SECS: u64 = 10;

/// SHA-256 of a secret.
pub type Hashed = [u8; 32];

/// What a screen or an administrator's browser holds: 32 random bytes. It is never printed.
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// Where the system gives no chance.
    pub fn random() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|error| {
            tracing::error!(%error, "the system gives no random bytes");
            Problem::new("unavailable", 503, "Not now", "The server cannot make a secret now.")
        })?;
        Ok(Self(hex::encode(bytes)))
    }

    /// For the one who is to hold it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hashed(&self) -> Hashed {
        hashed(&self.0)
    }
}

/// What is kept of a secret that somebody shows.
#[must_use]
pub fn hashed(secret: &str) -> Hashed {
    Sha256::digest(secret).into()
}

/// What an administrator says of a device that he approves.
#[derive(Clone, Debug)]
pub struct Approval {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The scene that it opens with.
    pub scene: String,
}

/// The displays of the city. One for each server.
#[derive(Debug)]
pub struct Screens {
    // Each lock is held for a moment, and none while another is.
    codes: Mutex<Codes>,
    sessions: Mutex<Sessions>,
    stage: Mutex<Stage>,
    pictures: Mutex<Pictures>,
    /// Counts the changes of the stage: who waits looks for himself, so that nothing piles up.
    changed: watch::Sender<u64>,
}

impl Default for Screens {
    fn default() -> Self {
        Self {
            codes: Mutex::default(),
            sessions: Mutex::default(),
            stage: Mutex::default(),
            pictures: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Screens {
    /// The codes that wait for an administrator.
    pub fn codes(&self) -> MutexGuard<'_, Codes> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pictures(&self) -> MutexGuard<'_, Pictures> {
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a wall's picture of itself.
    ///
    /// # Errors
    /// 429 where one was sent a moment ago.
    pub fn keep_picture(&self, screen: &str, picture: Picture) -> Result<(), Problem> {
        self.pictures().keep(screen, picture)
    }

    /// The last picture of a wall.
    #[must_use]
    pub fn picture(&self, screen: &str) -> Option<Picture> {
        self.pictures().of(screen).cloned()
    }

    /// Told of every change of what walls show, and of who is heard.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn has_changed(&self) {
        self.changed.send_modify(|changes| *changes = changes.wrapping_add(1));
    }

    /// Signs an administrator's browser in.
    ///
    /// # Errors
    /// Where the system gives no chance.
    pub fn sign_in(&self) -> Result<Secret, Problem> {
        let secret = Secret::random()?;
        self.sessions().begin(secret.hashed(), Instant::now());
        Ok(secret)
    }

    /// Whether a browser is signed in.
    #[must_use]
    pub fn is_signed_in(&self, secret: &str) -> bool {
        self.sessions().holds(&hashed(secret), Instant::now())
    }

    /// Signs it out.
    pub fn sign_out(&self, secret: &str) {
        self.sessions().end(&hashed(secret));
    }

    /// Approves the device that shows `code`: it is used up, and the enrolment is in the log.
    ///
    /// # Errors
    /// 404 where no device waits with this code; 409 where there are too many screens; 503 where the log cannot
    /// take it: then the code still holds.
    pub async fn approve(
        &self,
        core: &Core,
        store: &Store,
        code: &Code,
        approval: Approval,
    ) -> Result<Enrolment, Problem> {
        let standing =
            core.ready()?.frozen.state().screens().filter(|(_, screen)| screen.stands().is_some()).count();
        if standing >= SCREENS_MAX {
            let detail = format!("{SCREENS_MAX} screens are enrolled; put out one that is gone first.");
            return Err(Problem::new("too-many-screens", 409, "Too many screens", detail));
        }
        let taken = self.codes().take(code, Instant::now()).ok_or_else(unknown_code)?;
        let enrolment = Enrolment {
            screen: format!("s{:016x}", rand::random::<u64>()).into(),
            name: approval.name.into(),
            role: approval.role,
            scene: approval.scene.into(),
            token_sha256: taken.token_sha256,
        };
        let screen = enrolment.screen.clone();
        let data = json!({
            "screen": &*screen, "name": &*enrolment.name, "role": enrolment.role.name(),
            "scene": &*enrolment.scene, "token_sha256": hex::encode(enrolment.token_sha256),
        });
        if let Err(problem) =
            store.append(vec![event(core, &format!("screen/{screen}"), "screen.enrolled", data)]).await
        {
            self.codes().put_back(code.clone(), taken);
            return Err(problem);
        }
        tracing::info!(%screen, role = enrolment.role.name(), "a screen was enrolled");
        heard(core, |state| state.screen(&screen).is_some()).await;
        Ok(enrolment)
    }

    /// Puts a screen out, for good.
    ///
    /// # Errors
    /// 404 where no such screen stands; 503 where the log cannot take it.
    pub async fn revoke(&self, core: &Core, store: &Store, screen: &str) -> Result<(), Problem> {
        let is_out = |state: &State| state.screen(screen).is_none_or(|held| held.stands().is_none());
        if is_out(core.ready()?.frozen.state()) {
            let detail = "No screen of this name is enrolled.";
            return Err(Problem::new("not-found", 404, "Nothing here", detail).at("screen"));
        }
        let revoked =
            event(core, &format!("screen/{screen}/revoked"), "screen.revoked", json!({ "screen": screen }));
        store.append(vec![revoked]).await?;
        tracing::info!(screen, "a screen was put out");
        heard(core, is_out).await;
        self.stage().forget(screen);
        self.pictures().forget(screen);
        self.has_changed();
        Ok(())
    }

    /// Says how a screen stands in its room.
    ///
    /// # Errors
    /// 404 where no such screen stands; 503 where the log cannot take it.
    pub async fn set(
        &self,
        core: &Core,
        store: &Store,
        screen: &str,
        setting: &Setting,
    ) -> Result<(), Problem> {
        let snapshot = core.ready()?;
        let Some(held) = snapshot.frozen.state().screen(screen).filter(|held| held.stands().is_some()) else {
            let detail = "No screen of this name is enrolled.";
            return Err(Problem::new("not-found", 404, "Nothing here", detail).at("screen"));
        };
        let number = held.settings().saturating_add(1);
        let id = format!("screen/{screen}/set/{:016x}", rand::random::<u64>());
        let data = json!({ "screen": screen, "number": number, "setting": setting });
        store.append(vec![event(core, &id, "screen.set", data)]).await?;
        heard(core, |state| state.screen(screen).is_some_and(|held| held.settings() >= number)).await;
        self.has_changed();
        Ok(())
    }

    /// The enrolled screen that holds a token.
    #[must_use]
    pub fn holder(state: &State, token: &str) -> Option<(Enrolment, bool)> {
        let token = hashed(token);
        let of_token =
            |screen: &&Screen| screen.enrolled.as_ref().is_some_and(|(_, held)| held.token_sha256 == token);
        let screen = state.screens().map(|(_, screen)| screen).find(of_token)?;
        Some((screen.enrolled.as_ref()?.1.clone(), screen.revoked.is_some()))
    }

    /// All screens, as they are and as they were heard last; those put out last, each kind by name.
    #[must_use]
    pub fn views(&self, state: &State) -> Vec<ScreenView> {
        let now = Instant::now();
        let pictured: std::collections::BTreeMap<String, PictureView> = {
            let pictures = self.pictures();
            let each = state.screens().filter_map(|(name, _)| Some((name.to_string(), pictures.of(name)?)));
            each.map(|(name, picture)| (name, pictured(picture, now))).collect()
        };
        let stage = self.stage();
        let zone = &state.city().zone;
        let mut views: Vec<ScreenView> = Vec::new();
        for (name, screen) in state.screens() {
            let Some((at, enrolment)) = &screen.enrolled else { continue };
            let seen = stage.seen(name);
            let age_secs = seen.map(|seen| now.saturating_duration_since(seen.at).as_secs());
            let heard = match age_secs {
                _ if screen.revoked.is_some() => Heard::Revoked,
                Some(age) if age < SILENT_AFTER_SECS => Heard::Live,
                _ => Heard::Silent,
            };
            views.push(ScreenView {
                screen: name.to_string(),
                name: enrolment.name.to_string(),
                role: enrolment.role,
                scene: enrolment.scene.to_string(),
                enrolled_at: at.to_rfc3339(zone),
                heard,
                age_secs,
                beat: seen.and_then(|seen| seen.beat.clone()),
                picture: pictured.get(&**name).cloned(),
                show: stage.show(name),
                setting: screen.setting(),
            });
        }
        views.sort_by(|a, b| {
            let key = |view: &ScreenView| (view.heard == Heard::Revoked, view.role == Role::Director);
            key(a).cmp(&key(b)).then_with(|| (&a.name, &a.screen).cmp(&(&b.name, &b.screen)))
        });
        views
    }

    /// What a wall is to show.
    #[must_use]
    pub fn show(&self, screen: &str) -> WallShow {
        self.stage().show(screen)
    }

    /// A device said that it is.
    pub fn beat(&self, screen: &str, beat: Option<WallBeat>) {
        self.stage().hear(screen, beat, Instant::now());
    }

    /// A tablet says that it is there.
    pub fn renew(&self, director: &Enrolment) {
        let now = Instant::now();
        let mut stage = self.stage();
        stage.hear(&director.screen, None, now);
        stage.renew(&director.screen, now);
    }

    /// A tablet takes walls.
    ///
    /// # Errors
    /// 409 `held` where another holds one of them and is not to be taken over from.
    pub fn take(
        &self,
        state: &State,
        director: &Enrolment,
        walls: &[String],
        over: bool,
    ) -> Result<(), Problem> {
        known(state, walls)?;
        self.stage().take((&director.screen, &director.name), walls, over, Instant::now(), now_ms())?;
        self.has_changed();
        Ok(())
    }

    /// A tablet says what the walls that it holds shall show.
    ///
    /// # Errors
    /// 409 `not-held` where it does not hold one of them, 400 where a past hour cannot be shown: then none changes.
    pub fn drive(
        &self,
        state: &State,
        director: &Enrolment,
        walls: &[String],
        order: &Order,
        clock: &CityClock,
    ) -> Result<(), Problem> {
        known(state, walls)?;
        // By then every wall has heard of it; a clock that stands still never comes there.
        let speed = clock.speed();
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        // Milliseconds, a few thousand times faster.
        let ahead_micros = (stage::LEAD_MS as f64 * 1_000.0 * speed) as i64;
        let at = Timestamp::from_micros(clock.now().micros() + ahead_micros).to_rfc3339(&state.city().zone);
        let hour = match order {
            Order::Replay(Some(wish)) => Some(replayed(state, wish, clock.now())?),
            _ => None,
        };
        let city_at = hour.as_deref().or((speed > 0.0).then_some(at.as_str()));
        self.stage().drive(&director.screen, walls, order, city_at, Instant::now(), now_ms())?;
        self.has_changed();
        Ok(())
    }

    /// A tablet lets walls go.
    pub fn release(&self, director: &Enrolment, walls: &[String]) {
        self.stage().release(&director.screen, walls, now_ms());
        self.has_changed();
    }

    /// Ends the holds that nobody renewed, for as long as the server runs.
    pub async fn tend(self: Arc<Self>, core: Core) {
        let mut snapshots = core.watch();
        let mut every = tokio::time::interval(Duration::from_millis(500));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = every.tick() => {}
                // The core is gone: so is the server.
                gone = core_gone(&mut snapshots) => return gone,
            }
            if self.stage().sweep(Instant::now(), now_ms()) {
                self.has_changed();
            }
            self.codes().sweep(Instant::now());
        }
    }
}

fn pictured(picture: &Picture, now: Instant) -> PictureView {
    let age = now.saturating_duration_since(picture.at());
    PictureView { taken: picture.taken(), age_secs: age.as_secs(), scene: picture.scene().to_owned() }
}

async fn core_gone(snapshots: &mut watch::Receiver<Arc<crate::core::Snapshot>>) {
    while snapshots.changed().await.is_ok() {}
}

/// Refuses names of walls that are none.
fn known(state: &State, walls: &[String]) -> Result<(), Problem> {
    let is_wall = |wall: &String| {
        let stands = state.screen(wall).and_then(Screen::stands);
        stands.is_some_and(|enrolment| enrolment.role == Role::Wall)
    };
    let is_some = (1..=domain::screen::NAMED_MAX).contains(&walls.len());
    if is_some && walls.iter().all(is_wall) {
        return Ok(());
    }
    let detail = "screens: names none, too many, or one that is no enrolled wall";
    Err(Problem::new("not-found", 404, "Nothing here", detail).at("screens"))
}

/// The hour of a wish in the city's time.
fn replayed(state: &State, wish: &ReplayWish, now: Timestamp) -> Result<String, Problem> {
    const HOUR_SECS: i64 = 3_600;
    let bad = |what: &str| Err(domain::query::bad("replay", what));
    if !REPLAY_TAKES_SECS.contains(&wish.takes_secs) {
        return bad("takes less than half a minute or more than ten minutes");
    }
    let Some(from) =
        wish.from.parse::<Timestamp>().ok().filter(|from| from.micros() % (HOUR_SECS * 1_000_000) == 0)
    else {
        return bad("does not begin at a full hour (RFC 3339)");
    };
    let ago_secs = now.since(from) / 1_000_000;
    if !(HOUR_SECS..=REPLAY_BACK_SECS).contains(&ago_secs) {
        return bad("is not over yet, or lies more than eight days back");
    }
    Ok(from.to_rfc3339(&state.city().zone))
}

fn unknown_code() -> Problem {
    let detail = "code: no display waits with this code. It holds for ten minutes and once: read it from the display again.";
    Problem::new("unknown-code", 404, "No such code", detail).at("code")
}

/// Dated by the city's clock, as all events are.
pub(crate) fn event(core: &Core, id: &str, kind: &str, data: Json) -> Json {
    let at = core.snapshot().frozen.at();
    json!({
        "specversion": "1.0", "id": id, "source": OWN_SOURCE, "time": at.to_rfc3339_at(jiff::tz::Offset::UTC),
        "type": format!("{}{kind}", domain::intake::TYPE_PREFIX), "data": data,
    })
}

/// Waits until the numbers know; a server that is far behind says so by its lag.
pub(crate) async fn heard(core: &Core, is_known: impl Fn(&State) -> bool) {
    let mut snapshots = core.watch();
    let known = snapshots.wait_for(|snapshot| is_known(snapshot.frozen.state()));
    let _ = tokio::time::timeout(HEARD_WITHIN, known).await;
}

/// Milliseconds since 1970 by the system's clock: walls of one order agree on it, whatever the city's clock does.
#[must_use]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
