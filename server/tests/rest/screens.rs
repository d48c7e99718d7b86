use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Reply, Server};

const COOKIE: &str = "__Host-toancanh-screen";

/// A browser: what it keeps is its cookie.
#[derive(Clone, Default)]
struct Device(String);

impl Device {
    /// Asks for a code and keeps the token that comes with it.
    async fn ask(server: &Server) -> (Self, String) {
        let reply = server.send(Method::POST, "/api/v1/screens/codes", |request| request).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        let set = reply.header("set-cookie").to_owned();
        for word in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(set.contains(word), "{set}");
        }
        let token = set.strip_prefix(&format!("{COOKIE}=")).unwrap().split(';').next().unwrap();
        let body = reply.json();
        assert!(!body.to_string().contains(token), "no script is told the token");
        (Self(token.to_owned()), body["code"].as_str().unwrap().to_owned())
    }

    /// An approved device.
    async fn enrol(server: &Server, name: &str, role: &str) -> Self {
        let (device, code) = Self::ask(server).await;
        let reply = approve(server, json!({ "code": code, "name": name, "role": role })).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        device
    }

    fn cookie(&self) -> String {
        format!("lang=vi; {COOKIE}={}", self.0)
    }

    async fn me(&self, server: &Server) -> Json {
        let reply = server
            .send(Method::GET, "/api/v1/screens/me", |request| request.header("cookie", self.cookie()))
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        reply.json()
    }

    async fn open(&self, server: &Server) -> Result<Socket, u16> {
        let mut request =
            format!("ws://{}/api/v1/screens/live", server.address()).into_client_request().unwrap();
        request.headers_mut().insert("cookie", self.cookie().parse().unwrap());
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(reply)) => Err(reply.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn say(&mut self, frame: Json) {
        self.0.send(Message::Text(frame.to_string().into())).await.unwrap();
    }

    /// The next message of a kind that is as wanted; others are passed over.
    async fn hear(&mut self, kind: &str, wanted: impl Fn(&Json) -> bool) -> Json {
        let heard = async {
            loop {
                let message = self.0.next().await.unwrap().unwrap();
                let Message::Text(text) = message else { panic!("{message:?}") };
                let json: Json = serde_json::from_str(&text).unwrap();
                if let Some(body) = json.get(kind).filter(|body| wanted(body)) {
                    return body.clone();
                }
            }
        };
        timeout(Duration::from_secs(30), heard).await.unwrap()
    }

    async fn any(&mut self, kind: &str) -> Json {
        self.hear(kind, |_| true).await
    }

    async fn refused(&mut self) -> String {
        let refused = self.any("refused").await;
        refused["problem"]["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }
}

async fn approve(server: &Server, body: Json) -> Reply {
    let token = server.administrator_token();
    server
        .send(Method::POST, "/api/v1/screens/approve", |request| {
            request.bearer_auth(token).body(body.to_string())
        })
        .await
}

async fn fleet(server: &Server) -> Vec<Json> {
    let token = server.administrator_token();
    let reply = server.send(Method::GET, "/api/v1/screens", |request| request.bearer_auth(token)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()["screens"].as_array().unwrap().clone()
}

async fn named(server: &Server, name: &str) -> Json {
    fleet(server).await.into_iter().find(|screen| screen["name"] == name).unwrap()
}

async fn revoke(server: &Server, screen: &Json) -> Reply {
    let token = server.administrator_token();
    let path = format!("/api/v1/screens/{}/revoke", screen["screen"].as_str().unwrap());
    server.send(Method::POST, &path, |request| request.bearer_auth(token)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_enrolled_by_its_code_and_stays_so_over_a_restart() {
    let server = Server::empty().await;
    assert_eq!(Device::default().me(&server).await, json!({ "state": "unknown" }));
    let (device, code) = Device::ask(&server).await;
    let me = device.me(&server).await;
    assert_eq!((&me["state"], &me["code"]), (&json!("waiting"), &json!(code)));
    assert_eq!(device.open(&server).await.err(), Some(403), "a code opens nothing");
    let typed = code.to_lowercase().replace('-', " ");
    let reply = approve(&server, json!({ "code": typed, "name": "Tường 1", "scene": "overdue" })).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let me = device.me(&server).await;
    assert_eq!(
        (&me["state"], &me["name"], &me["scene"]),
        (&json!("enrolled"), &json!("Tường 1"), &json!("overdue"))
    );
    let server = server.restart().await;
    assert_eq!(device.me(&server).await, me, "read from the image");
    let server = server.restart_with_images(|images| fs::remove_dir_all(images).unwrap()).await;
    assert_eq!(device.me(&server).await, me, "read from the log");
    let hello = device.open(&server).await.ok().unwrap().any("hello").await;
    assert_eq!((&hello["name"], &hello["role"]), (&json!("Tường 1"), &json!("wall")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_wrong_used_or_replaced_enrols_nobody() {
    let server = Server::empty().await;
    let (device, code) = Device::ask(&server).await;
    let check = async |body: Json, want: (u16, &str, &str)| {
        let (status, slug, parameter) = approve(&server, body.clone()).await.problem();
        assert_eq!((status, slug.as_str(), parameter.as_deref()), (want.0, want.1, Some(want.2)), "{body}");
    };
    let other = if code == "AAA-AAA" { "CCC-CCC" } else { "AAA-AAA" };
    check(json!({ "code": other, "name": "x" }), (404, "unknown-code", "code")).await;
    check(json!({ "code": "O0I-1LZ", "name": "x" }), (400, "bad-parameter", "code")).await;
    check(json!({ "code": code, "name": " " }), (400, "bad-parameter", "name")).await;
    check(json!({ "code": code, "name": "x", "scene": "../x" }), (400, "bad-parameter", "scene")).await;
    check(json!({ "code": code, "name": "x", "role": "mayor" }), (400, "unparsable-body", "body")).await;
    check(json!({ "code": code, "name": "x", "more": 1 }), (400, "unparsable-body", "body")).await;
    assert_eq!(device.me(&server).await["state"], "waiting", "none of them used it up");
    assert_eq!(approve(&server, json!({ "code": code, "name": "x" })).await.status, StatusCode::CREATED);
    check(json!({ "code": code, "name": "y" }), (404, "unknown-code", "code")).await;
    assert_eq!(fleet(&server).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_approves_sees_and_puts_out() {
    let server = Server::empty().await;
    let (_, code) = Device::ask(&server).await;
    let body = json!({ "code": code, "name": "x" }).to_string();
    for (method, path) in [
        (Method::POST, "/api/v1/screens/approve"),
        (Method::GET, "/api/v1/screens"),
        (Method::POST, "/api/v1/screens/s1/revoke"),
        (Method::PUT, "/api/v1/screens/s1/setting"),
        (Method::POST, "/api/v1/screens/session"),
    ] {
        for token in ["", "x", server.source_token()] {
            let reply = server
                .send(method.clone(), path, |request| request.bearer_auth(token).body(body.clone()))
                .await;
            assert_eq!(reply.problem().1, "unauthorized", "{path}");
        }
        let token = server.administrator_token();
        let foreign = |request: reqwest::RequestBuilder| {
            request.bearer_auth(token).header("origin", "https://evil.example").body(body.clone())
        };
        assert_eq!(server.send(method, path, foreign).await.problem().1, "other-origin", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_signed_in_with_the_token_and_out_again() {
    let server = Server::empty().await;
    let token = server.administrator_token();
    let reply =
        server.send(Method::POST, "/api/v1/screens/session", |request| request.bearer_auth(&token)).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text());
    let set = reply.header("set-cookie").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && !set.contains(&token), "{set}");
    let cookie = set.split(';').next().unwrap();
    let knows = async |cookie: &str| {
        let asked = |request: reqwest::RequestBuilder| request.header("cookie", cookie);
        server.send(Method::GET, "/api/v1/screens/session", asked).await.json()["signed_in"] == true
    };
    assert_eq!((knows(cookie).await, knows("lang=vi").await), (true, false));
    let see = async |origin: Option<&str>| {
        let asked = |request: reqwest::RequestBuilder| match origin {
            Some(origin) => request.header("cookie", cookie).header("origin", origin),
            None => request.header("cookie", cookie),
        };
        server.send(Method::GET, "/api/v1/screens", asked).await.status.as_u16()
    };
    assert_eq!((see(None).await, see(Some("https://evil.example")).await), (200, 403));
    let out = |request: reqwest::RequestBuilder| request.header("cookie", cookie);
    let reply = server.send(Method::POST, "/api/v1/screens/session/end", out).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!((see(None).await, knows(cookie).await), (401, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_hears_how_it_stands_in_its_room_and_a_restart_keeps_it() {
    let server = Server::empty().await;
    let device = Device::enrol(&server, "Tường 1", "wall").await;
    let screen = named(&server, "Tường 1").await["screen"].as_str().unwrap().to_owned();
    let mut wall = device.open(&server).await.ok().unwrap();
    let set = async |server: &Server, screen: &str, body: Json| {
        let (token, path) = (server.administrator_token(), format!("/api/v1/screens/{screen}/setting"));
        let asked = |request: reqwest::RequestBuilder| request.bearer_auth(token).body(body.to_string());
        server.send(Method::PUT, &path, asked).await
    };
    let unset = wall.any("setting").await;
    assert!(unset.as_object().unwrap().len() == 6 && unset.as_object().unwrap().values().all(Json::is_null));
    let one = |member: &str, value: Json| json!({ member: value });
    let (near, text) = (one("distance_cm", json!(5)), one("group", json!("a\nb")));
    for wrong in [near, text, one("distance", json!(600)), one("displays_down", json!(99)), json!([])] {
        assert_eq!(set(&server, &screen, wrong.clone()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(set(&server, "nobody", json!({})).await.status, StatusCode::NOT_FOUND);
    let want = json!({
        "distance_cm": 900, "height_cm": 280, "displays_across": 4, "displays_down": 2, "seam_mm": 6,
        "group": "Phòng điều hành",
    });
    let mut room = want.clone();
    room["group"] = json!(" Phòng điều hành ");
    assert_eq!(set(&server, &screen, room).await.status, StatusCode::NO_CONTENT);
    assert_eq!(wall.any("setting").await, want);
    assert_eq!(named(&server, "Tường 1").await["setting"], want);
    drop(wall);
    let server = server.restart().await;
    assert_eq!(named(&server, "Tường 1").await["setting"], want);
    assert_eq!(set(&server, &screen, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(named(&server, "Tường 1").await["setting"], unset);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_floods_with_codes_is_told_to_wait() {
    let server = Server::empty().await;
    let (device, _) = Device::ask(&server).await;
    let mut refused = None;
    for _ in 0..100 {
        let reply = server.send(Method::POST, "/api/v1/screens/codes", |request| request).await;
        if reply.status != StatusCode::CREATED {
            refused = Some((reply.problem().1, reply.header("retry-after").to_owned()));
            break;
        }
    }
    assert_eq!(refused, Some(("too-many-codes".to_owned(), "1".to_owned())));
    assert_eq!(device.me(&server).await["state"], "waiting", "who waits already is none the worse");
    let again = |request: reqwest::RequestBuilder| request.header("cookie", device.cookie());
    let reply = server.send(Method::POST, "/api/v1/screens/codes", again).await;
    assert_eq!(reply.status, StatusCode::CREATED, "a page that is loaded again shows the code that it has");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_hashed_at_rest() {
    let server = Server::empty().await;
    let device = Device::enrol(&server, "Tường 1", "wall").await;
    let waiting = Device::ask(&server).await.0;
    let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&device.0));
    let log = server.started.running.store.read_from(domain::Seq(1));
    let has_hash =
        log.map(Result::unwrap).any(|record| String::from_utf8_lossy(&record.bytes).contains(&hash));
    assert!(has_hash, "the log knows the device by the hash of its token");
    let folder = server.halt().await;
    let mut files = 0;
    let mut look = |bytes: &[u8]| {
        let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!holds(&device.0) && !holds(&waiting.0));
        files += 1;
    };
    walk(folder.path(), &mut look);
    assert!(files > 5, "{files} files were looked at");
}

fn walk(folder: &Path, look: &mut impl FnMut(&[u8])) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, look);
        } else if path.is_file() {
            look(&fs::read(path).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_is_revoked_is_put_out_within_five_seconds_and_for_good() {
    let server = Server::empty().await;
    let device = Device::enrol(&server, "Tường 1", "wall").await;
    let mut socket = device.open(&server).await.ok().unwrap();
    socket.any("show").await;
    let screen = named(&server, "Tường 1").await;
    let begun = Instant::now();
    assert_eq!(revoke(&server, &screen).await.status, StatusCode::NO_CONTENT);
    socket.any("out").await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(device.me(&server).await, json!({ "state": "revoked" }));
    assert_eq!(device.open(&server).await.err(), Some(403));
    assert_eq!(revoke(&server, &screen).await.problem().0, 404);
    let server = server.restart().await;
    assert_eq!(device.me(&server).await["state"], "revoked");
    assert_eq!(named(&server, "Tường 1").await["heard"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_directs_walls_and_a_second_one_takes_over_only_when_it_says_so() {
    let server = Server::empty().await;
    let mut walls = Vec::new();
    for name in ["Tường 1", "Tường 2"] {
        let wall = Device::enrol(&server, name, "wall").await;
        walls.push(wall.open(&server).await.ok().unwrap());
    }
    let mut ids = Vec::new();
    for name in ["Tường 1", "Tường 2"] {
        ids.push(named(&server, name).await["screen"].clone());
    }
    let mut tablets = Vec::new();
    for name in ["Bảng A", "Bảng B"] {
        let tablet = Device::enrol(&server, name, "director").await;
        tablets.push(tablet.open(&server).await.ok().unwrap());
    }
    let [a, b] = &mut tablets[..] else { panic!() };
    let drive = |order: Json| json!({ "drive": { "screens": ids, "order": order } });

    a.say(drive(json!({ "frozen": true }))).await;
    assert_eq!(a.refused().await, "not-held");
    a.say(json!({ "take": { "screens": ids } })).await;
    a.say(drive(json!({ "scene": "overdue" }))).await;
    a.say(drive(json!({ "spotlight": { "district": "3" } }))).await;
    a.say(drive(json!({ "frozen": true }))).await;
    let mut shown = Vec::new();
    for wall in &mut walls {
        shown.push(wall.hear("show", |show| show["frozen"] == true).await);
    }
    assert_eq!(shown[0], shown[1], "one order, one instant");
    assert_eq!(shown[0]["scene"], "overdue");
    assert_eq!(shown[0]["spotlight"], json!({ "district": "3" }));
    assert_eq!(shown[0]["holder"], "Bảng A");

    b.say(json!({ "take": { "screens": ids } })).await;
    assert_eq!(b.refused().await, "held");
    b.say(json!({ "take": { "screens": ids, "over": true } })).await;
    let of_b = |walls: &Json| walls.as_array().unwrap().iter().all(|wall| wall["show"]["holder"] == "Bảng B");
    a.hear("walls", of_b).await;
    b.hear("walls", of_b).await;
    for wall in &mut walls {
        let show = wall.hear("show", |show| show["holder"] == "Bảng B").await;
        assert_eq!(
            (&show["scene"], &show["frozen"]),
            (&json!("overdue"), &json!(true)),
            "what is shown stays"
        );
    }
    let past =
        |from: String, takes_secs: u32| json!({ "replay": { "from": from, "takes_secs": takes_secs } });
    // By the city's clock.
    let reply = server.send(Method::GET, "/api/v1/aggregates?metric=open", |request| request).await;
    let now: jiff::Timestamp = reply.json()["at"].as_str().unwrap().parse().unwrap();
    let ago = |hours: i64| {
        let then = now.as_second().div_euclid(3_600) * 3_600 - hours * 3_600;
        jiff::Timestamp::from_second(then).unwrap().to_string()
    };
    for wrong in [
        past(ago(0), 60),
        past(ago(-5), 60),
        past(ago(24 * 9), 60),
        past(ago(2), 5),
        past(ago(2), 4_000_000),
        past(ago(2).replace(":00Z", ":01Z"), 60),
        past("yesterday".into(), 60),
        json!({ "replay": { "from": ago(2) } }),
    ] {
        b.say(drive(wrong.clone())).await;
        let slug = b.refused().await;
        assert!(["bad-parameter", "bad-message"].contains(&slug.as_str()), "{wrong}: {slug}");
    }
    b.say(drive(past(ago(2), 65))).await;
    let mut shown = Vec::new();
    for wall in &mut walls {
        shown.push(wall.hear("show", |show| !show["replay"].is_null()).await);
    }
    assert_eq!(shown[0], shown[1], "one order, one instant");
    assert_eq!(shown[0]["replay"]["step_ms"], 5_000);
    assert_eq!(shown[0]["replay"]["begin_ms"], shown[0]["from_ms"]);
    assert_eq!((&shown[0]["spotlight"], &shown[0]["frozen"]), (&Json::Null, &json!(false)), "all is of then");
    b.say(drive(json!({ "replay": null }))).await;
    b.say(drive(json!({ "frozen": true }))).await;
    for wall in &mut walls {
        let show = wall.hear("show", |show| show["frozen"] == true).await;
        assert_eq!(show["replay"], Json::Null);
    }

    a.say(drive(json!({ "frozen": false }))).await;
    assert_eq!(a.refused().await, "not-held");
    b.say(json!({ "release": { "screens": ids } })).await;
    for wall in &mut walls {
        let show = wall.hear("show", |show| show["holder"].is_null()).await;
        assert_eq!(
            (&show["scene"], &show["frozen"], &show["lost"]),
            (&Json::Null, &json!(false), &Json::Null)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_disappears_loses_its_walls_and_they_say_so() {
    let server = Server::empty().await;
    let mut wall = Device::enrol(&server, "Tường 1", "wall").await.open(&server).await.ok().unwrap();
    let ids = [named(&server, "Tường 1").await["screen"].clone()];
    let tablet = Device::enrol(&server, "Bảng A", "director").await;
    let mut socket = tablet.open(&server).await.ok().unwrap();
    socket.say(json!({ "take": { "screens": ids } })).await;
    socket.say(json!({ "drive": { "screens": ids, "order": { "scene": "overdue" } } })).await;
    wall.hear("show", |show| show["scene"] == "overdue").await;
    // Gone without a word, as by a dead battery.
    let (held, began) = (socket, Instant::now());
    let show = wall.hear("show", |show| show["holder"].is_null()).await;
    let took = began.elapsed();
    assert!((Duration::from_secs(13)..Duration::from_secs(18)).contains(&took), "{took:?}");
    assert_eq!((&show["lost"], &show["scene"]), (&json!("Bảng A"), &Json::Null), "it goes on with its own");
    drop(held);
    let mut back = tablet.open(&server).await.ok().unwrap();
    back.say(json!({ "drive": { "screens": ids, "order": { "scene": "overdue" } } })).await;
    assert_eq!(back.refused().await, "not-held", "who comes back must take hold anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_shows_what_a_wall_says_of_itself() {
    let server = Server::empty().await;
    let mut wall = Device::enrol(&server, "Tường 1", "wall").await.open(&server).await.ok().unwrap();
    let silent = named(&server, "Tường 1").await;
    assert_eq!((&silent["heard"], &silent["beat"]), (&json!("silent"), &Json::Null));
    let beat = json!({
        "version": "v1", "width_px": 3840, "height_px": 2160, "scene": "city-now", "seq": "00000000000000000001",
        "at": "2026-11-23T08:00:00+07:00", "revision": 0, "memory_mb": 120,
        "is_hidden": true,
    });
    wall.say(json!({ "beat": beat })).await;
    wall.say(json!({ "time": { "sent_ms": 5.5 } })).await;
    assert_eq!(wall.any("time").await["sent_ms"], 5.5);
    let heard = named(&server, "Tường 1").await;
    assert_eq!((&heard["heard"], &heard["age_secs"], &heard["beat"]), (&json!("live"), &json!(0), &beat));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_says_only_what_its_role_says_and_nothing_large() {
    let server = Server::empty().await;
    let mut wall = Device::enrol(&server, "Tường 1", "wall").await.open(&server).await.ok().unwrap();
    let mut tablet = Device::enrol(&server, "Bảng A", "director").await.open(&server).await.ok().unwrap();
    let ids = [named(&server, "Tường 1").await["screen"].clone()];
    for frame in
        [json!({ "take": { "screens": ids } }), json!({ "renew": {} }), json!({ "nonsense": 1 }), json!(7)]
    {
        wall.say(frame).await;
        assert_eq!(wall.refused().await, "bad-message");
    }
    let take = |screens: Json| json!({ "take": { "screens": screens } });
    let tablet_id = named(&server, "Bảng A").await["screen"].clone();
    for screens in [json!([]), json!(["nobody"]), json!([tablet_id]), json!(vec!["x"; 65])] {
        tablet.say(take(screens)).await;
        assert_eq!(tablet.refused().await, "not-found");
    }
    tablet.say(take(json!(ids))).await;
    for order in [json!({ "scene": "../x" }), json!({ "spotlight": { "case": "" } })] {
        tablet.say(json!({ "drive": { "screens": ids, "order": order } })).await;
        assert_eq!(tablet.refused().await, "bad-parameter");
    }
    let mut request = format!("ws://{}/api/v1/screens/live", server.address()).into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert!(
        matches!(connect_async(request).await, Err(tungstenite::Error::Http(reply)) if reply.status() == 403)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_cannot_enrol_a_screen() {
    let server = Server::empty().await;
    let mut event = crate::support::event(
        "e1",
        "screen.enrolled",
        "2026-11-23T07:00:00+07:00",
        "",
        json!({
            "screen": "s1", "name": "x", "role": "wall", "scene": "city-now", "token_sha256": "0".repeat(64),
        }),
    );
    event.as_object_mut().unwrap().remove("subject");
    let post = |request: reqwest::RequestBuilder| {
        let request = request.bearer_auth(server.source_token());
        request.header("content-type", "application/cloudevents+json").body(event.to_string())
    };
    let outcome = server.send(Method::POST, "/api/v1/events", post).await.json();
    assert_eq!(
        (&outcome["accepted"], outcome["rejected"].as_array().unwrap().len()),
        (&json!(0), 1),
        "{outcome}"
    );
    assert!(fleet(&server).await.is_empty());
}

/// A WebP of these sides: its header alone says them.
fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    for side in [width - 1, height - 1] {
        bytes.extend_from_slice(&side.to_le_bytes()[..3]);
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walls_picture_is_kept_small_and_seen_by_the_administrator_alone() {
    let server = Server::empty().await;
    let wall = Device::enrol(&server, "Tường 1", "wall").await;
    let tablet = Device::enrol(&server, "Bảng A", "director").await;
    let id = named(&server, "Tường 1").await["screen"].as_str().unwrap().to_owned();
    let seen = format!("/api/v1/screens/{id}/picture");
    let token = server.administrator_token();
    let see = || server.send(Method::GET, &seen, |request| request.bearer_auth(&token));
    let bring = |cookie: String, search: &str, bytes: Vec<u8>| {
        let path = format!("/api/v1/screens/me/picture{search}");
        let server = &server;
        async move {
            let reply = server
                .send(Method::PUT, &path, |request| {
                    request.header("cookie", cookie).header("content-type", "image/webp").body(bytes)
                })
                .await;
            reply.status.as_u16()
        }
    };
    assert_eq!(see().await.status, StatusCode::NOT_FOUND);
    assert_eq!(named(&server, "Tường 1").await["picture"], Json::Null);

    let scene = "?scene=city-now";
    let mut large = webp(64, 36);
    large.resize(60_001, 0);
    for (what, cookie, search, bytes, want) in [
        ("of nobody", String::new(), scene, webp(64, 36), 403),
        ("of a tablet", tablet.cookie(), scene, webp(64, 36), 403),
        ("without a scene", wall.cookie(), "", webp(64, 36), 400),
        ("of no scene", wall.cookie(), "?scene=..", webp(64, 36), 400),
        ("with more words", wall.cookie(), "?scene=city-now&name=x", webp(64, 36), 400),
        ("too wide", wall.cookie(), scene, webp(641, 36), 400),
        ("too many bytes", wall.cookie(), scene, large, 400),
        ("a page", wall.cookie(), scene, b"<html><script>alert(1)</script></html>".to_vec(), 400),
        ("a drawing", wall.cookie(), scene, b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), 400),
    ] {
        assert_eq!(bring(cookie, search, bytes).await, want, "{what}");
    }
    assert_eq!(see().await.status, StatusCode::NOT_FOUND, "nothing of it was kept");

    assert_eq!(bring(wall.cookie(), scene, webp(64, 36)).await, 204);
    assert_eq!(bring(wall.cookie(), scene, webp(32, 18)).await, 429, "the next comes too soon");
    let reply = see().await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "image/webp"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.bytes, webp(64, 36));
    let view = named(&server, "Tường 1").await["picture"].clone();
    assert_eq!((&view["taken"], &view["scene"]), (&json!(1), &json!("city-now")));
    let stranger = server.send(Method::GET, &seen, |request| request).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let by_wall = server.send(Method::GET, &seen, |request| request.header("cookie", wall.cookie())).await;
    assert_eq!(by_wall.status, StatusCode::UNAUTHORIZED, "nor does a wall see what another shows");

    let screen = named(&server, "Tường 1").await;
    assert_eq!(revoke(&server, &screen).await.status, StatusCode::NO_CONTENT);
    assert_eq!(see().await.status, StatusCode::NOT_FOUND, "it goes with the wall");
    assert_eq!(bring(wall.cookie(), scene, webp(64, 36)).await, 403);
}
