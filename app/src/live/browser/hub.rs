//! What the page follows, and how frames of the socket reach it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use domain::answer::Table;
use domain::wire::{Beat, ClientFrame, Held, Hello, ServerFrame, Since, Step, WireQuery};
use leptos::prelude::*;

use super::socket::Socket;
use super::timer::{Interval, Listener, Timeout};
use super::{CHECK_EVERY_MS, DEAD_AFTER_MS, STALE_AFTER_MS};
use crate::live::backoff::pause_ms;
use crate::live::{Link, Signals, Sinks};
use crate::text::date;

/// Remembers for which version the page has loaded itself anew, so that it does so once.
const RELOADED_FOR: &str = "toancanh-reloaded-for";

/// The page's one connection. Everything in it is bounded by what the page shows.
pub(super) struct Hub {
    itself: Weak<RefCell<Hub>>,
    signals: Signals,
    socket: Option<Socket>,
    followed: BTreeMap<u32, Followed>,
    next_id: u32,
    /// Whether this socket has said hello: before it there is nobody to tell anything.
    greeted: bool,
    epoch: Option<u64>,
    version: Option<String>,
    attempt: u32,
    heard_at_ms: f64,
    opened_at_ms: f64,
    day: Option<jiff::civil::Date>,
    reconnect: Option<Timeout>,
    _check: Option<Interval>,
    _listeners: Vec<Listener>,
}

struct Followed {
    query: Arc<WireQuery>,
    held: Held,
    topic: Option<String>,
    /// The number under which the server knows it; a new one for each subscription.
    wire_id: u32,
    sinks: Sinks,
}

impl Hub {
    pub(super) fn shared(signals: Signals) -> Rc<RefCell<Self>> {
        Rc::new_cyclic(|itself| {
            RefCell::new(Self {
                itself: itself.clone(),
                signals,
                socket: None,
                followed: BTreeMap::new(),
                next_id: 1,
                greeted: false,
                epoch: None,
                version: None,
                attempt: 0,
                heard_at_ms: now_ms(),
                opened_at_ms: now_ms(),
                day: None,
                reconnect: None,
                _check: None,
                _listeners: Vec::new(),
            })
        })
    }

    /// Connects, and begins to watch the age of the numbers.
    pub(super) fn start(hub: &Rc<RefCell<Self>>, hello: &Hello) {
        if hub.borrow().version.is_some() {
            return;
        }
        let call = |act: fn(&mut Self)| {
            let itself = Rc::downgrade(hub);
            move || {
                if let Some(hub) = itself.upgrade() {
                    act(&mut hub.borrow_mut());
                }
            }
        };
        let mut this = hub.borrow_mut();
        this.version = Some(hello.version.clone());
        this.epoch = Some(hello.epoch);
        this._check = Interval::new(CHECK_EVERY_MS, call(Self::check));
        this._listeners =
            vec![Listener::new("online", call(Self::wake)), Listener::new("focus", call(Self::wake))];
        this.connect();
    }

    pub(super) fn follow(&mut self, query: Arc<WireQuery>, sinks: Sinks) -> u32 {
        let id = self.take_id();
        let key_len = query.group_by.len()
            + usize::from(query.res.is_some())
            + usize::from(query.filter.contains_key("bucket"));
        let followed = Followed { query, held: Held::new(key_len), topic: None, wire_id: id, sinks };
        self.send(&followed.subscribe(None));
        self.followed.insert(id, followed);
        id
    }

    pub(super) fn unfollow(&mut self, id: u32) {
        if let Some(followed) = self.followed.remove(&id) {
            self.send(&ClientFrame::Unsubscribe { id: followed.wire_id });
        }
    }

    fn take_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    /// Nothing is lost before the hello: the hello makes the page say all that it follows.
    fn send(&self, frame: &ClientFrame) {
        if let Some(socket) = self.socket.as_ref().filter(|_| self.greeted) {
            socket.send(frame);
        }
    }

    fn connect(&mut self) {
        self.reconnect = None;
        self.opened_at_ms = now_ms();
        self.greeted = false;
        for followed in self.followed.values_mut() {
            followed.topic = None;
        }
        let (itself, closed) = (self.itself.clone(), self.itself.clone());
        self.socket = Socket::open(
            move |frame| {
                if let Some(hub) = itself.upgrade() {
                    hub.borrow_mut().take(frame);
                }
            },
            move || {
                if let Some(hub) = closed.upgrade() {
                    hub.borrow_mut().lost();
                }
            },
        );
        if self.socket.is_none() {
            self.lost();
        }
    }

    /// The socket is gone: another one after a pause, for ever.
    fn lost(&mut self) {
        // A closure of this socket may be running: it is dropped when the next one is opened.
        let pause = pause_ms(self.attempt, js_sys::Math::random());
        self.attempt = self.attempt.saturating_add(1);
        let itself = self.itself.clone();
        self.reconnect = Timeout::new(pause, move || {
            // Opened a turn later, for this closure is dropped by the opening.
            let itself = itself.clone();
            wasm_bindgen_futures::spawn_local(async move {
                if let Some(hub) = itself.upgrade() {
                    hub.borrow_mut().connect();
                }
            });
        });
        self.show_link(Link::Reconnecting);
    }

    /// The machine woke up or the network came back: no reason to wait any longer.
    fn wake(&mut self) {
        if self.reconnect.is_some() {
            self.attempt = 0;
            self.connect();
        }
    }

    /// Looks how old the last beat is.
    fn check(&mut self) {
        let age_ms = now_ms() - self.heard_at_ms;
        if age_ms > STALE_AFTER_MS {
            #[allow(clippy::cast_possible_truncation)] // A page does not live that long.
            let age_secs = (age_ms / 1000.0) as i64;
            if self.signals.age_secs.get_untracked() != age_secs {
                self.signals.age_secs.set(age_secs);
            }
            self.show_link(Link::Stale);
        }
        if age_ms > DEAD_AFTER_MS
            && now_ms() - self.opened_at_ms > DEAD_AFTER_MS
            && self.socket.is_some()
            && self.reconnect.is_none()
        {
            self.socket = None;
            self.lost();
        }
    }

    fn show_link(&self, link: Link) {
        let shown = self.signals.link.get_untracked();
        // What is stale stays so until a beat comes.
        if shown != link && !(shown == Link::Stale && link == Link::Reconnecting) {
            self.signals.link.set(link);
        }
    }

    fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Hello(hello) => self.greet(&hello),
            ServerFrame::Beat(beat) => self.beat(beat),
            ServerFrame::Subscribed { id, topic } => {
                if let Some(followed) = self.followed.values_mut().find(|followed| followed.wire_id == id) {
                    followed.topic = Some(topic);
                }
            }
            ServerFrame::Snapshot(snapshot) => {
                let topic = snapshot.topic.clone();
                self.deliver(&topic, &ServerFrame::Snapshot(snapshot));
            }
            ServerFrame::Delta(delta) => {
                let topic = delta.topic.clone();
                self.deliver(&topic, &ServerFrame::Delta(delta));
            }
            ServerFrame::Error { id, problem: _ } => {
                let refused = |followed: &&Followed| Some(followed.wire_id) == id;
                if let Some(followed) = self.followed.values().find(refused) {
                    (followed.sinks.refused)();
                }
            }
        }
    }

    fn greet(&mut self, hello: &Hello) {
        if self.version.as_deref().is_some_and(|version| version != hello.version) {
            reload_for(&hello.version);
        }
        self.attempt = 0;
        self.greeted = true;
        let is_same_epoch = self.epoch == Some(hello.epoch);
        self.epoch = Some(hello.epoch);
        let news = if is_same_epoch { self.signals.returned } else { self.signals.renewed };
        news.update(|times| *times = times.wrapping_add(1));
        for id in self.followed.keys().copied().collect::<Vec<_>>() {
            let since = is_same_epoch.then_some(hello.epoch);
            self.subscribe_again(id, since);
        }
    }

    /// Subscribes under a new number; with `since` from where it was left, else from a snapshot.
    fn subscribe_again(&mut self, id: u32, since_epoch: Option<u64>) {
        let wire_id = self.take_id();
        let Some(followed) = self.followed.get_mut(&id) else { return };
        let left = ClientFrame::Unsubscribe { id: followed.wire_id };
        let was_known = followed.topic.take().is_some();
        followed.wire_id = wire_id;
        let since = since_epoch.and_then(|epoch| followed.held.n.map(|n| Since { epoch, n }));
        if since.is_none() {
            followed.held.n = None;
        }
        let frame = followed.subscribe(since);
        if was_known {
            self.send(&left);
        }
        self.send(&frame);
    }

    fn beat(&mut self, beat: Beat) {
        self.heard_at_ms = now_ms();
        let day = date::day(&beat.at);
        if self.day.is_some() && day != self.day {
            self.signals.days_turned.update(|turned| *turned = turned.wrapping_add(1));
        }
        self.day = day;
        self.signals.beat.set(Some(beat));
        if self.signals.age_secs.get_untracked() != 0 {
            self.signals.age_secs.set(0);
        }
        if self.signals.link.get_untracked() != Link::Live {
            self.signals.link.set(Link::Live);
        }
    }

    fn deliver(&mut self, topic: &str, frame: &ServerFrame) {
        let mut holes = Vec::new();
        for (id, followed) in &mut self.followed {
            if followed.topic.as_deref() != Some(topic) {
                continue;
            }
            match followed.held.take(frame.clone()) {
                Step::Replace | Step::Apply => (followed.sinks.rows)(Arc::new(table_of(&followed.held))),
                Step::Ignore => {}
                Step::AskForSnapshot => holes.push(*id),
            }
        }
        for id in holes {
            self.subscribe_again(id, None);
        }
    }
}

impl Followed {
    fn subscribe(&self, since: Option<Since>) -> ClientFrame {
        ClientFrame::Subscribe { id: self.wire_id, query: (*self.query).clone(), since }
    }
}

fn table_of(held: &Held) -> Table {
    let row = |(key, numbers): (&Vec<_>, &Vec<_>)| key.iter().chain(numbers).cloned().collect();
    Table {
        seq: held.seq,
        at: held.at.clone(),
        columns: held.columns.clone(),
        rows: held.rows.iter().map(row).collect(),
    }
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Loads the page of another version, once for each version.
fn reload_for(version: &str) {
    let Ok(Some(memory)) = window().session_storage() else { return };
    if memory.get_item(RELOADED_FOR).ok().flatten().as_deref() == Some(version) {
        return;
    }
    if memory.set_item(RELOADED_FOR, version).is_ok() {
        window().location().reload().ok();
    }
}
