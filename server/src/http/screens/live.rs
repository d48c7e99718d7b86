//! `GET /api/v1/screens/live`: the socket of an enrolled device. A wall hears what to show, a tablet how all walls
//! stand. Nothing waits in a queue: whoever is slow hears the newest state once he reads again.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use domain::problem::Problem;
use domain::screen::{DeviceFrame, Enrolment, Role, Screen, Setting, StageFrame, WallBeat, WallShow};
use futures::stream::SplitSink;
use futures::{SinkExt, StreamExt};
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::{Params, SCREEN, cookie, own_page};
use crate::running::Running;
use crate::screens::{Screens, now_ms};

/// Beside it even the longest list of walls is small.
const MESSAGE_BYTES_MAX: usize = 16 << 10;
/// As many as screens may be enrolled, each with a socket that is just being lost.
const SOCKETS_MAX: usize = 512;
/// A peer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// A device that says nothing for so long is gone: a wall speaks every two seconds, a tablet every five.
const SILENT_MAX: Duration = Duration::from_secs(30);
/// How often a tablet hears how old the walls' words are, and whether a device was put out is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longest word of a wall about itself.
const WORD_BYTES_MAX: usize = 64;
/// How many messages a device may send a second, over ten of them.
const MESSAGES_A_SECOND: u32 = 20;

/// The route.
pub(in crate::http) fn routes() -> Router<Running> {
    let room = Arc::new(Semaphore::new(SOCKETS_MAX));
    Router::new().route("/api/v1/screens/live", get(live)).layer(Extension(room))
}

async fn live(
    State(running): State<Running>,
    Extension(room): Extension<Arc<Semaphore>>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let checked = own_page(&running, &headers)
        .and_then(|()| super::super::problem::upgrade(upgrade))
        .and_then(|upgrade| Params::of(&uri)?.end().map(|()| upgrade))
        .and_then(|upgrade| Ok((upgrade, enrolled(&running, &headers)?)));
    let (upgrade, device) = match checked {
        Ok(checked) => checked,
        Err(problem) => return super::super::problem::response(problem),
    };
    let Ok(place) = room.try_acquire_owned() else {
        let detail =
            "As many devices are connected as the server holds; come back after the time in Retry-After.";
        return super::super::problem::response(Problem::new(
            "too-many-sockets",
            503,
            "Too many live sockets",
            detail,
        ));
    };
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    upgrade
        .on_upgrade(move |socket| async move {
            let (write, mut read) = socket.split();
            let mut device = Device {
                running,
                device,
                write,
                shown: None,
                set: None,
                silent_until: Instant::now() + SILENT_MAX,
            };
            let code = device.serve(&mut read).await;
            let close = Message::Close(Some(CloseFrame { code, reason: "".into() }));
            let _ = timeout(Duration::from_secs(1), device.write.send(close)).await;
            drop(place);
        })
        .into_response()
}

/// The enrolled device that asks, by its cookie.
pub(super) fn enrolled(running: &Running, headers: &HeaderMap) -> Result<Enrolment, Problem> {
    let snapshot = running.core.ready()?;
    let token = cookie::of(headers, SCREEN);
    match token.and_then(|token| Screens::holder(snapshot.frozen.state(), token)) {
        Some((enrolment, false)) => Ok(enrolment),
        _ => {
            let detail = "This device is not enrolled, or was put out: open /enrol on it.";
            Err(Problem::new("not-enrolled", 403, "Not enrolled", detail))
        }
    }
}

struct Device {
    running: Running,
    device: Enrolment,
    write: SplitSink<WebSocket, Message>,
    /// What a wall was told last.
    shown: Option<WallShow>,
    set: Option<Setting>,
    silent_until: Instant,
}

/// The peer is gone, or takes nothing.
struct Gone;

impl Device {
    /// Serves it to its end: the close code.
    async fn serve(&mut self, read: &mut futures::stream::SplitStream<WebSocket>) -> u16 {
        let screens = self.running.screens.clone();
        let mut changes = screens.watch();
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut may_say = MESSAGES_A_SECOND * 10;
        let hello = StageFrame::Hello {
            screen: self.device.screen.to_string(),
            name: self.device.name.to_string(),
            role: self.device.role,
            scene: self.device.scene.to_string(),
        };
        if self.say(&hello).await.is_err() {
            return close_code::AWAY;
        }
        loop {
            let done = tokio::select! {
                message = read.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        self.silent_until = Instant::now() + SILENT_MAX;
                        if may_say == 0 {
                            return close_code::POLICY;
                        }
                        may_say -= 1;
                        self.hear(&text).await
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                    Some(Ok(Message::Binary(_))) => return close_code::UNSUPPORTED,
                    Some(Ok(Message::Close(_))) | None => return close_code::NORMAL,
                    Some(Err(_)) => return close_code::SIZE,
                },
                changed = changes.changed() => match changed {
                    Ok(()) => self.tell(false).await,
                    Err(_) => return close_code::AWAY,
                },
                _ = look.tick() => {
                    may_say = (may_say + MESSAGES_A_SECOND).min(MESSAGES_A_SECOND * 10);
                    if self.is_out() {
                        let _ = self.say(&StageFrame::Out {}).await;
                        return close_code::POLICY;
                    }
                    self.tell(true).await
                }
                () = sleep_until(self.silent_until) => return close_code::AWAY,
            };
            if done.is_err() {
                return close_code::AWAY;
            }
        }
    }

    /// Whether it was put out meanwhile, here or at another server.
    fn is_out(&self) -> bool {
        let snapshot = self.running.core.snapshot();
        let screen = snapshot.frozen.state().screen(&self.device.screen);
        // While the log is read again nobody is put out for not being read yet.
        snapshot.rebuilding.is_none() && screen.is_none_or(|screen| screen.stands().is_none())
    }

    async fn tell(&mut self, is_of_time: bool) -> Result<(), Gone> {
        let screens = self.running.screens.clone();
        match self.device.role {
            Role::Director => {
                let snapshot = self.running.core.snapshot();
                let mut walls = screens.views(snapshot.frozen.state());
                walls.retain(|view| view.role == Role::Wall && view.heard != domain::screen::Heard::Revoked);
                self.say(&StageFrame::Walls(walls)).await
            }
            Role::Wall => {
                // An administrator's word at another server comes with the log: it is looked for each second.
                let snapshot = self.running.core.snapshot();
                let setting = snapshot.frozen.state().screen(&self.device.screen).map(Screen::setting);
                if let Some(setting) = setting.filter(|setting| self.set.as_ref() != Some(setting)) {
                    self.set = Some(setting.clone());
                    self.say(&StageFrame::Setting(setting)).await?;
                }
                let show = screens.show(&self.device.screen);
                if is_of_time && self.shown.is_some() || self.shown.as_ref() == Some(&show) {
                    return Ok(());
                }
                self.shown = Some(show.clone());
                self.say(&StageFrame::Show(show)).await
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Gone> {
        let screens = self.running.screens.clone();
        let done = match serde_json::from_str(text) {
            Ok(DeviceFrame::Time { sent_ms }) => {
                return self.say(&StageFrame::Time { sent_ms, now_ms: now_ms() }).await;
            }
            Ok(frame) => self.act(&screens, frame),
            Err(_) => Err(bad_message("The message is none that a device sends; see /api/v1/openapi.json.")),
        };
        match done {
            Ok(()) => Ok(()),
            Err(problem) => self.say(&StageFrame::Refused { problem }).await,
        }
    }

    fn act(&self, screens: &Screens, frame: DeviceFrame) -> Result<(), Problem> {
        let (device, snapshot) = (&self.device, self.running.core.snapshot());
        let state = snapshot.frozen.state();
        match (device.role, frame) {
            (Role::Wall, DeviceFrame::Beat(beat)) => {
                screens.beat(&device.screen, Some(bounded(beat)?));
                Ok(())
            }
            (Role::Director, DeviceFrame::Renew {}) => {
                screens.renew(device);
                Ok(())
            }
            (Role::Director, DeviceFrame::Take { screens: walls, over }) => {
                screens.take(state, device, &walls, over)
            }
            (Role::Director, DeviceFrame::Drive { screens: walls, order }) => {
                if let domain::screen::Order::Scene(Some(scene)) = &order {
                    super::known_scene(&self.running, scene)?;
                }
                if let domain::screen::Order::Spotlight(Some(spotlight)) = &order {
                    let (domain::screen::Spotlight::District(code) | domain::screen::Spotlight::Case(code)) =
                        spotlight;
                    if code.is_empty() || code.len() > WORD_BYTES_MAX {
                        return Err(domain::query::bad("spotlight", "names nothing, or too much"));
                    }
                }
                screens.drive(state, device, &walls, &order, &self.running.clock)
            }
            (Role::Director, DeviceFrame::Release { screens: walls }) => {
                screens.release(device, &walls);
                Ok(())
            }
            (Role::Wall, _) => Err(bad_message("A wall says only how it is.")),
            (Role::Director, _) => Err(bad_message("A tablet does not say this.")),
        }
    }

    async fn say(&mut self, frame: &StageFrame) -> Result<(), Gone> {
        let text = serde_json::to_string(frame).map_err(|_| Gone)?;
        match timeout(WRITE_TIMEOUT, self.write.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

/// A wall's word about itself is kept and shown: it is short.
fn bounded(beat: WallBeat) -> Result<WallBeat, Problem> {
    let words = [&beat.version, &beat.scene, &beat.seq, &beat.at];
    if words.iter().any(|word| word.len() > WORD_BYTES_MAX || word.chars().any(char::is_control)) {
        return Err(bad_message("A word of the beat is too long."));
    }
    Ok(beat)
}

fn bad_message(detail: &str) -> Problem {
    Problem::new("bad-message", 400, "The message cannot be used", detail)
}
