//! Behind a real reverse proxy, by the configuration that ships: the product lives under a path of a host
//! that has other things too.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::events::event;
use tests::program::{Program, root, token};

const SHIPPED: &str = include_str!("../../server/packaging/nginx/toancanh.conf");
const BATCH: &str = "application/cloudevents-batch+json";

/// A running nginx of our own.
struct Proxy {
    nginx: Child,
    base: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // A test that failed must not leave it behind.
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

impl Proxy {
    /// The shipped server block on a port of ours, without TLS, before `server`. `takes_off` makes it hand on
    /// requests without the path.
    async fn start(folder: &Path, server: &str, takes_off: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let kept = |line: &&str| !line.trim_start().starts_with("ssl_certificate");
        let block: String = SHIPPED.lines().filter(kept).flat_map(|line| [line, "\n"]).collect();
        let block = block.replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"));
        let block = block.replace("server 127.0.0.1:8080;", &format!("server {server};"));
        let to = if takes_off { "proxy_pass http://toancanh/;" } else { "proxy_pass http://toancanh;" };
        let block = block.replace("proxy_pass http://toancanh;", to);
        assert!(block.contains(to) && block.contains(server));
        let place = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
            .concat();
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\n\
             events {{}}\nhttp {{\naccess_log off;\n{temporary}{block}}}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, whole).unwrap();
        let mut command =
            Command::new(if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" });
        command.arg("-p").arg(folder).arg("-c").arg(&file).stderr(Stdio::null());
        let nginx = command.spawn().unwrap();
        let proxy = Self { nginx, base: format!("http://127.0.0.1:{port}/toancanh") };
        let deadline = Instant::now() + Duration::from_secs(10);
        while reqwest::get(format!("{}/healthz", proxy.base)).await.is_err() {
            assert!(
                Instant::now() < deadline,
                "{}",
                std::fs::read_to_string(folder.join("error.log")).unwrap()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        proxy
    }
}

/// Cases that are on the map and in every list.
fn cases() -> Vec<Json> {
    let case = |nth: usize| {
        let code = format!("c{nth}");
        let step = f64::from(u32::try_from(nth).unwrap()) / 500.0;
        let data = json!({
            "kind": "report", "city": "boston", "agency": "PWDx", "field": "roads", "district": "Dorchester",
            "incident_location": { "point": { "lat": 42.30 + step, "lng": -71.06 - step } },
        });
        event(&code, "case.received", "2015-10-05T11:00:00-04:00", &code, data)
    };
    (0..30).map(case).collect()
}

async fn check(takes_off: bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let token = token(&path, "boston", "proxied").unwrap();
    let data = path.display().to_string();
    let clock = "2015-10-05T12:00:00-04:00,speed=0";
    let args =
        ["--city", "boston", "--data", &data, "--clock", clock, "--open-reads", "--base-path", "/toancanh"];
    let program = Program::serve(&args).await.unwrap();
    let server = program.base.trim_start_matches("http://");
    let proxy = Proxy::start(folder.path(), server, takes_off).await;
    let post = reqwest::Client::new().post(format!("{}/api/v1/events", proxy.base)).bearer_auth(&token);
    let post = post.header("content-type", BATCH).body(json!(cases()).to_string());
    assert_eq!(post.send().await.unwrap().status(), 202);
    let mut scenario = Command::new("node");
    scenario.current_dir(root().join("tests")).args(["browser/scenarios.mjs", "proxied"]);
    scenario.env("BASE", &proxy.base);
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        scenario.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    assert!(scenario.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_lives_under_the_path_of_a_reverse_proxy_that_hands_it_on() {
    check(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_lives_under_the_path_of_a_reverse_proxy_that_takes_it_off() {
    check(true).await;
}
