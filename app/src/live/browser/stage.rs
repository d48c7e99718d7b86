//! The device's socket in the browser: opened from effects only, kept until the device is put out. An order is shown
//! at the instant that it names, by the server's clock: so that two walls change together though their own clocks
//! differ.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use domain::screen::{DeviceFrame, StageFrame, WallShow};
use leptos::prelude::*;
use leptos::server_fn::request::browser::Request;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, WebSocket};

use super::timer::{Interval, Timeout};
use crate::address;
use crate::live::Freeze;
use crate::live::backoff::pause_ms;
use crate::live::stage::{How, Reply, StageSignals, Unreached, load_me};

/// How often the server's clock is asked for.
const TIME_EVERY_MS: i32 = 10_000;
/// Longest pause between two tries: a wall is back soon after its server.
const PAUSE_MS_MAX: f64 = 5_000.0;
/// An order that lies further ahead than any does is shown at once.
const LEAD_MS_MAX: f64 = 5_000.0;

pub(in crate::live) fn call(path: &str, how: How) -> impl Future<Output = Result<Reply, Unreached>> + Send {
    let path = address::at(path);
    SendWrapper::new(async move {
        let request = match how {
            How::Get => Request::get(&path).build(),
            How::Post(body) => Request::post(&path).header("content-type", "application/json").body(body),
            How::Put(body) => Request::put(&path).header("content-type", "application/json").body(body),
            How::PostAs(token) => {
                Request::post(&path).header("authorization", &format!("Bearer {token}")).build()
            }
        };
        let reply = request.map_err(|_| Unreached)?.send().await.map_err(|_| Unreached)?;
        Ok(Reply { status: reply.status(), text: reply.text().await.map_err(|_| Unreached)? })
    })
}

pub(in crate::live) fn go_to(path: &str) {
    window().location().replace(&address::at(path)).ok();
}

pub(in crate::live) fn of_page() -> (Option<u32>, u32, u32) {
    let side = |side: Result<JsValue, JsValue>| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // No screen is that large.
        side.ok().and_then(|side| side.as_f64()).map_or(0, |side| side as u32)
    };
    // Only some browsers say it.
    let memory = || -> Option<u32> {
        let performance = window().performance()?;
        let memory = js_sys::Reflect::get(&performance, &"memory".into()).ok()?;
        let bytes = js_sys::Reflect::get(&memory, &"usedJSHeapSize".into()).ok()?.as_f64()?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Megabytes of one page.
        Some((bytes / 1_048_576.0) as u32)
    };
    (memory(), side(window().inner_width()), side(window().inner_height()))
}

#[derive(Clone, Copy)]
pub(in crate::live) struct Wire(StoredValue<Rc<RefCell<Line>>, LocalStorage>);

impl Wire {
    pub(in crate::live) fn new(signals: StageSignals) -> Self {
        Self(StoredValue::new_local(Line::shared(signals)))
    }

    pub(in crate::live) fn start(self) {
        self.0.try_with_value(|line| line.borrow_mut().connect());
    }

    pub(in crate::live) fn now_ms(self) -> i64 {
        let ahead_ms = self.0.try_with_value(|line| line.borrow().ahead_ms).flatten();
        #[allow(clippy::cast_possible_truncation)] // Milliseconds since 1970.
        let now_ms = (js_sys::Date::now() + ahead_ms.map_or(0.0, |(ahead_ms, _)| ahead_ms)) as i64;
        now_ms
    }

    pub(in crate::live) fn say(self, frame: &DeviceFrame) {
        self.0.try_with_value(|line| line.borrow().say(frame));
    }
}

struct Line {
    itself: Weak<RefCell<Line>>,
    signals: StageSignals,
    socket: Option<TextSocket>,
    attempt: u32,
    reconnect: Option<Timeout>,
    /// The order that lies ahead.
    ahead: Option<Timeout>,
    /// How far the server's clock is before the device's own, and how long the asking took.
    ahead_ms: Option<(f64, f64)>,
    every: Option<Interval>,
    is_out: bool,
}

impl Line {
    fn shared(signals: StageSignals) -> Rc<RefCell<Self>> {
        Rc::new_cyclic(|itself| {
            RefCell::new(Self {
                itself: itself.clone(),
                signals,
                socket: None,
                attempt: 0,
                reconnect: None,
                ahead: None,
                ahead_ms: None,
                every: None,
                is_out: false,
            })
        })
    }

    fn connect(&mut self) {
        self.reconnect = None;
        let (heard, closed, asks) = (self.itself.clone(), self.itself.clone(), self.itself.clone());
        self.every = Interval::new(TIME_EVERY_MS, move || {
            if let Some(line) = asks.upgrade() {
                line.borrow().ask_time();
            }
        });
        self.socket = TextSocket::open(
            move |frame| {
                if let Some(line) = heard.upgrade() {
                    line.borrow_mut().take(frame);
                }
            },
            move || {
                if let Some(line) = closed.upgrade() {
                    line.borrow_mut().lost();
                }
            },
        );
        if self.socket.is_none() {
            self.lost();
        }
    }

    fn lost(&mut self) {
        self.signals.linked.try_set(false);
        if self.is_out {
            return;
        }
        let pause = pause_ms(self.attempt, js_sys::Math::random()).min(PAUSE_MS_MAX);
        self.attempt = self.attempt.saturating_add(1);
        let itself = self.itself.clone();
        self.reconnect = Timeout::new(pause, move || {
            // Opened a turn later, for this closure is dropped by the opening.
            let itself = itself.clone();
            wasm_bindgen_futures::spawn_local(async move {
                // Put out while it was away: it would be refused for ever.
                let is_out = load_me().await.is_some_and(|me| me.state == "revoked");
                let Some(line) = itself.upgrade() else { return };
                if is_out {
                    line.borrow_mut().put_out();
                } else {
                    line.borrow_mut().connect();
                }
            });
        });
    }

    fn say(&self, frame: &DeviceFrame) {
        if let (Some(socket), Ok(text)) = (&self.socket, serde_json::to_string(frame)) {
            socket.send(&text);
        }
    }

    fn ask_time(&self) {
        self.say(&DeviceFrame::Time { sent_ms: js_sys::Date::now() });
    }

    fn put_out(&mut self) {
        self.is_out = true;
        self.signals.is_out.try_set(true);
    }

    fn take(&mut self, frame: StageFrame) {
        match frame {
            StageFrame::Hello { name, .. } => {
                self.attempt = 0;
                self.signals.name.try_set(name);
                self.signals.linked.try_set(true);
                self.ask_time();
            }
            StageFrame::Time { sent_ms, now_ms } => {
                let took_ms = js_sys::Date::now() - sent_ms;
                #[allow(clippy::cast_precision_loss)] // Milliseconds since 1970 are far below 2^53.
                let ahead_ms = now_ms as f64 - sent_ms - took_ms / 2.0;
                // The shortest way is the most exact; an older one wears off, for clocks are set.
                let held = self.ahead_ms.map_or(f64::MAX, |(_, took_ms)| took_ms * 1.5 + 1.0);
                if took_ms <= held {
                    self.ahead_ms = Some((ahead_ms, took_ms));
                } else if let Some((_, took_ms)) = &mut self.ahead_ms {
                    *took_ms *= 1.5;
                }
            }
            StageFrame::Setting(setting) => {
                self.signals.setting.try_set(setting);
            }
            StageFrame::Show(show) => {
                #[allow(clippy::cast_precision_loss)] // As above.
                let from_ms = show.from_ms as f64;
                let wait_ms =
                    self.ahead_ms.map_or(0.0, |(ahead_ms, _)| from_ms - ahead_ms - js_sys::Date::now());
                let signals = self.signals;
                let limit = show.frozen_at.as_ref().and_then(|at| at.parse().ok()).map(Freeze::At);
                if limit.is_some() {
                    signals.freeze.try_set(limit);
                }
                let apply = move |show: WallShow| {
                    signals.freeze.try_set(limit.or(show.frozen.then_some(Freeze::Now)));
                    signals.show.try_set(show);
                };
                if !(1.0..LEAD_MS_MAX).contains(&wait_ms) {
                    self.ahead = None;
                    apply(show);
                    return;
                }
                let mut show = Some(show);
                self.ahead = Timeout::new(wait_ms, move || {
                    if let Some(show) = show.take() {
                        apply(show);
                    }
                });
            }
            StageFrame::Walls(walls) => {
                self.signals.walls.try_set(Some(walls));
            }
            StageFrame::Refused { problem } => {
                self.signals.refused.try_set(Some(problem));
            }
            StageFrame::Out {} => self.put_out(),
        }
    }
}

/// One socket with its closures, as that of the numbers.
struct TextSocket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl TextSocket {
    fn open(
        mut on_frame: impl FnMut(StageFrame) + 'static,
        on_close: impl FnMut() + 'static,
    ) -> Option<Self> {
        let origin = window().location().origin().ok()?;
        let path = address::at("/api/v1/screens/live");
        let socket = WebSocket::new(&format!("ws{}{path}", origin.strip_prefix("http")?)).ok()?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let frame = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            // What another version says is passed over: the page is loaded anew for it.
            if let Some(frame) = frame {
                on_frame(frame);
            }
        });
        let on_close = Closure::<dyn FnMut()>::new(on_close);
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_message: on_message, _on_close: on_close })
    }

    fn send(&self, text: &str) {
        if self.socket.ready_state() == WebSocket::OPEN {
            self.socket.send_with_str(text).ok();
        }
    }
}

impl Drop for TextSocket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.socket.close().ok();
    }
}
