//! What the page follows, and how frames of the socket reach it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use domain::wire::{Beat, ClientFrame, Held, Hello, ServerFrame, Since, Step, WireQuery};
use leptos::prelude::*;

use super::socket::Socket;
use super::timer::{Interval, Listener, Timeout};
use super::{CHECK_EVERY_MS, DEAD_AFTER_MS, DEAD_AMONG_OTHERS_AFTER_MS, STALE_AFTER_MS};
use crate::functions::Boot;
use crate::live::backoff::pause_ms;
use crate::live::servers::Servers;
use crate::live::{Link, Signals, Sinks, roaming};
use crate::text::date;

/// How long those whose server is lost take to come to another one, so that they do not all knock at once.
const SPREAD_MS: f64 = 500.0;

/// The kind of a refusal by a server that reads its log again.
const REBUILDING: &str = "rebuilding";

/// Remembers for which version the page has loaded itself anew, so that it does so once.
const RELOADED_FOR: &str = "toancanh-reloaded-for";

/// The page's one connection. Everything in it is bounded by what the page shows.
pub(super) struct Hub {
    itself: Weak<RefCell<Hub>>,
    signals: Signals,
    servers: Servers,
    /// The page's city: a server of another one is none of ours.
    city: String,
    socket: Option<Socket>,
    followed: BTreeMap<u32, Followed>,
    next_id: u32,
    /// Whether this socket has said hello: before it there is nobody to tell anything.
    greeted: bool,
    /// Of which server and which start of it the rows are.
    epoch: Option<(String, u64)>,
    version: Option<String>,
    attempt: u32,
    heard_at_ms: f64,
    opened_at_ms: f64,
    day: Option<jiff::civil::Date>,
    /// The newest beat that a page that stands still has not shown.
    kept_beat: Option<Beat>,
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
                servers: Servers::new(&[]),
                city: String::new(),
                socket: None,
                followed: BTreeMap::new(),
                next_id: 1,
                greeted: false,
                epoch: None,
                version: None,
                attempt: 0,
                // A page that was kept is as old as it is.
                heard_at_ms: now_ms() - crate::offline::kept_for_ms(),
                opened_at_ms: now_ms(),
                day: None,
                kept_beat: None,
                reconnect: None,
                _check: None,
                _listeners: Vec::new(),
            })
        })
    }

    /// Connects, and begins to watch the age of the numbers.
    pub(super) fn start(hub: &Rc<RefCell<Self>>, boot: &Boot) {
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
        this.version = Some(boot.hello.version.clone());
        this.city = boot.hello.city.clone();
        this.servers = Servers::new(&boot.servers);
        this.epoch = Some((String::new(), boot.hello.epoch));
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
            self.servers.origin(),
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

    /// The socket is gone: another one after a pause, for ever; to another server, where there is one.
    fn lost(&mut self) {
        // A closure of this socket may be running: it is dropped when the next one is opened.
        let chance = js_sys::Math::random();
        let pause = match self.servers.go_on() {
            // Spread over a moment: a server has just been left by everybody.
            0 => chance * SPREAD_MS,
            _ => {
                let pause = pause_ms(self.attempt, chance);
                self.attempt = self.attempt.saturating_add(1);
                pause
            }
        };
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
        let dead_after_ms = if self.servers.is_alone() { DEAD_AFTER_MS } else { DEAD_AMONG_OTHERS_AFTER_MS };
        if age_ms > dead_after_ms
            && now_ms() - self.opened_at_ms > dead_after_ms
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
        if self.reconnect.is_some() {
            // The last words of a socket that has been left.
            return;
        }
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
            // It has no numbers yet; another server may have them.
            ServerFrame::Error { problem, .. }
                if problem.slug() == REBUILDING && !self.servers.is_alone() =>
            {
                self.leave();
            }
            ServerFrame::Error { id, problem: _ } => {
                let refused = |followed: &&Followed| Some(followed.wire_id) == id;
                if let Some(followed) = self.followed.values().find(refused) {
                    (followed.sinks.refused)();
                }
            }
        }
    }

    /// Goes from a server that answers but cannot serve. Its socket lives until the next one is opened,
    /// because a closure of it is running; it says nothing more.
    fn leave(&mut self) {
        if self.reconnect.is_none() {
            self.greeted = false;
            self.lost();
        }
    }

    fn greet(&mut self, hello: &Hello) {
        // A page of a training shows no real number, and a real one none of a training.
        if hello.city != self.city || hello.training != crate::training::is_training() {
            self.leave();
            return;
        }
        let origin = self.servers.origin().to_owned();
        if self.version.as_deref().is_some_and(|version| version != hello.version) {
            reload_when_quiet(hello.version.clone(), origin.clone());
        }
        self.attempt = 0;
        self.servers.has_answered();
        self.greeted = true;
        roaming::ask_at(&origin);
        if self.signals.origin.with_untracked(|asked| *asked != origin) {
            self.signals.origin.set(origin.clone());
        }
        let is_same_epoch = self.epoch.as_ref() == Some(&(origin.clone(), hello.epoch));
        self.epoch = Some((origin, hello.epoch));
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
        if self.holds_back(&beat.at) {
            self.kept_beat = Some(beat);
        } else {
            self.show_beat(beat);
        }
        if self.signals.age_secs.get_untracked() != 0 {
            self.signals.age_secs.set(0);
        }
        if self.signals.link.get_untracked() != Link::Live {
            self.signals.link.set(Link::Live);
        }
    }

    /// Whether the page stands still before what stands at `at`.
    fn holds_back(&self, at: &str) -> bool {
        self.signals.frozen.get_untracked().is_some_and(|freeze| !freeze.lets(at))
    }

    fn show_beat(&mut self, beat: Beat) {
        let day = date::day(&beat.at);
        if self.day.is_some() && day != self.day {
            self.signals.days_turned.update(|turned| *turned = turned.wrapping_add(1));
        }
        self.day = day;
        self.signals.beat.set(Some(beat));
    }

    /// A page that stood still goes on: with what came meanwhile, of everything.
    pub(super) fn thaw(&mut self) {
        if let Some(beat) = self.kept_beat.take() {
            self.show_beat(beat);
        }
        for followed in self.followed.values().filter(|followed| followed.held.n.is_some()) {
            (followed.sinks.rows)(&followed.held, None);
        }
    }

    fn deliver(&mut self, topic: &str, frame: &ServerFrame) {
        let mut holes = Vec::new();
        let is_frozen = match frame {
            ServerFrame::Snapshot(snapshot) => self.holds_back(&snapshot.at),
            ServerFrame::Delta(delta) => self.holds_back(&delta.at),
            _ => false,
        };
        for (id, followed) in &mut self.followed {
            if followed.topic.as_deref() != Some(topic) {
                continue;
            }
            match followed.held.take(frame.clone()) {
                Step::Replace | Step::Apply if !is_frozen => {
                    let delta = match frame {
                        ServerFrame::Delta(delta) => Some(delta),
                        _ => None,
                    };
                    (followed.sinks.rows)(&followed.held, delta);
                }
                Step::Replace | Step::Apply | Step::Ignore => {}
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

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// How often a wall in use is asked whether it is quiet.
const ASK_QUIET: std::time::Duration = std::time::Duration::from_secs(15);
/// A wall that somebody directs, or that stands still: no moment to load it anew.
const IN_USE: &str =
    ".wall-control[data-frozen=\"true\"], .wall-control[data-holder]:not([data-holder=\"\"])";

/// Loads the page of another version at a quiet moment.
fn reload_when_quiet(version: String, origin: String) {
    if document().query_selector(IN_USE).ok().flatten().is_none() {
        reload_for(&version, &origin);
        return;
    }
    set_timeout(move || reload_when_quiet(version, origin), ASK_QUIET);
}

/// Loads the page of another version, once for each version, from the server that speaks: another one may
/// not be there to answer.
fn reload_for(version: &str, origin: &str) {
    let Ok(Some(memory)) = window().session_storage() else { return };
    if memory.get_item(RELOADED_FOR).ok().flatten().as_deref() == Some(version) {
        return;
    }
    if memory.set_item(RELOADED_FOR, version).is_ok() {
        let location = window().location();
        if origin.is_empty() {
            location.reload().ok();
            return;
        }
        let part = |part: Result<String, _>| part.unwrap_or_default();
        let page =
            format!("{}{}{}", part(location.pathname()), part(location.search()), part(location.hash()));
        location.replace(&format!("{origin}{page}")).ok();
    }
}
