//! The screens in a real Chromium: what is served is what is live, the way from the city to a case, the
//! map's pixels, a cut connection, and time that passes without an event. The scenarios themselves
//! are in `tests/browser`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)] // A test that meets something unexpected should stop there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::boston;
use tests::events::event;
use tests::program::{Program, root, run, token};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

const AT: &str = "2015-10-05T12:00:00-04:00";

/// One imported city for all tests of this file, its clock standing still.
static CITY: OnceCell<(Program, tempfile::TempDir)> = OnceCell::const_new();

async fn city() -> &'static str {
    let (program, _) = CITY
        .get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path().join("data").display().to_string();
            let file = boston::path().display().to_string();
            run(&["import", &file, "--mapping", "boston-311", "--city", "boston", "--data", &data]).unwrap();
            let clock = format!("{AT},speed=0");
            let program =
                Program::serve(&["--city", "boston", "--data", &data, "--clock", &clock]).await.unwrap();
            (program, folder)
        })
        .await;
    &program.base
}

fn scenario(name: &str, base: &str) -> Command {
    let folder = root().join("tests");
    let mut command = Command::new("node");
    command.current_dir(&folder).arg("browser/scenarios.mjs").arg(name).env("BASE", base);
    if std::env::var_os("TOANCANH_NODE_MODULES").is_none() {
        command.env("TOANCANH_NODE_MODULES", root().join("node_modules"));
    }
    command
}

/// One browser at a time: two cores draw the pages of one, and a second would only make both late.
async fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

async fn passes(name: &str, base: &str) {
    passes_as(scenario(name, base)).await;
}

async fn passes_as(mut scenario: Command) {
    let _alone = alone().await;
    let output = scenario.output().expect("node runs the scenarios");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_complains_and_nothing_comes_from_outside() {
    passes("noComplaints", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_wall_stands_across_a_seam_of_its_displays() {
    passes("seams", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_number_is_the_live_one_and_that_of_rest() {
    passes("servedIsLive", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_in_one_language_and_cuts_nothing() {
    passes("wellMade", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_follows_is_on_the_first_page_and_keys_can_be_switched_off() {
    passes("follow", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_of_a_past_hour_has_the_numbers_of_that_hour_and_says_so() {
    passes("past", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_whose_graphics_were_lost_comes_back_by_itself() {
    passes("graphicsLost", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_number_of_the_drill_down_is_that_of_its_receipt() {
    passes("receiptsAgree", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nothing_has_is_not_found() {
    passes("unknownCodes", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_city_to_one_case_by_clicks() {
    passes("drillByClick", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_city_to_one_case_by_touch() {
    passes("drillByTouch", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_opens_its_receipt() {
    passes("receipt", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_the_map_has_the_legends_colours_and_opens_the_cases_under_a_pixel() {
    let cells = if std::env::var_os("TOANCANH_PROVE").is_some() { 20 } else { 5 };
    let mut scenario = scenario("map", city().await);
    scenario.env("CELLS", cells.to_string());
    passes_as(scenario).await;
    println!("figure: pixels_touched = {cells}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_reached_within_the_page_asks_its_questions_and_rests() {
    passes("mapRests", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_program_breaks_says_so_and_starts_anew() {
    passes("rescue", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screens_are_photographed() {
    if std::env::var_os("TOANCANH_ARTIFACTS").is_some_and(|folder| PathBuf::from(folder).is_dir()) {
        passes("pictures", city().await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_network_is_away_the_last_numbers_stay() {
    passes("outage", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_opened_while_the_network_is_away_fills_by_itself() {
    passes("outageAtOpening", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_closes_a_receipt_and_leads_to_where_one_was_in_a_list() {
    passes("history", city().await).await;
}

/// A server of Ho Chi Minh City with one case that is overdue and lies with a unit, and its keys.
async fn one_late_case(folder: &Path) -> (Program, std::path::PathBuf) {
    let (path, keys) = (folder.join("data"), folder.join("keys"));
    let token = token(&path, "hcmc", "portal").unwrap();
    let (data, keys_path) = (path.display().to_string(), keys.display().to_string());
    let clock = "2026-11-23T09:00:00+07:00,speed=0";
    let program =
        Program::serve(&["--city", "hcmc", "--data", &data, "--keys", &keys_path, "--clock", clock])
            .await
            .unwrap();
    let received = json!({"kind": "report", "city": "hcmc", "content_group": 2, "agency": "so_noi_vu", "content": "Ổ gà"});
    let delivered = json!({"step": "delivered_to_unit", "to": "so_noi_vu"});
    for (id, kind, time, data) in [
        ("r", "case.received", "2026-11-02T09:00:00+07:00", received),
        ("t", "case.transferred", "2026-11-02T10:00:00+07:00", delivered),
    ] {
        let body = event(id, kind, time, "1022-261102-0001", data).to_string();
        let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
    }
    (program, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_walls_red_number_to_the_unit_and_the_clause_in_at_most_three_actions() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = one_late_case(folder.path()).await;
    passes("task", &program.base).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_red_number_to_the_unit_and_the_clause_and_an_urge_that_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (program, keys) = one_late_case(folder.path()).await;
    let mut scenario = scenario("urge", &program.base);
    scenario.env("TOKEN", std::fs::read_to_string(keys.join("admin-token")).unwrap().trim());
    passes_as(scenario).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grave_case_that_is_late_is_an_alarm_until_somebody_acknowledges_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, keys) = (folder.path().join("data"), folder.path().join("keys"));
    let token = token(&path, "boston", "portal").unwrap();
    let (data, keys) = (path.display().to_string(), keys.display().to_string());
    let clock = "2026-11-23T09:00:00-05:00,speed=0";
    let args = ["--city", "boston", "--data", &data, "--keys", &keys, "--clock", clock];
    let program = Program::serve(&args).await.unwrap();
    let received = json!({
        "kind": "report", "city": "boston", "agency": "PWDx", "severity": "urgent",
        "content": "Ổ gà", "due_at": "2026-11-23T08:00:00-05:00",
    });
    let body =
        event("r", "case.received", "2026-11-23T07:00:00-05:00", "1022-261123-0001", received).to_string();
    let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
    let mut scenario = scenario("alarm", &program.base);
    scenario.env("TOKEN", std::fs::read_to_string(Path::new(&keys).join("admin-token")).unwrap().trim());
    passes_as(scenario).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_is_handed_over_with_how_the_city_stands_and_names_are_seen_with_the_token_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (program, keys) = one_late_case(folder.path()).await;
    let mut scenario = scenario("shift", &program.base);
    scenario.env("TOKEN", std::fs::read_to_string(keys.join("admin-token")).unwrap().trim());
    passes_as(scenario).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_prints_todays_picture_on_at_most_two_pages() {
    passes("paper", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_the_last_look_is_told_and_each_number_is_its_receipts() {
    passes("lastLook", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_sorted_by_keyboard_and_by_its_address() {
    passes("sorting", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_stands_beside_the_one_before_with_its_receipts() {
    passes("comparing", city().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_numbers_link_names_its_instant() {
    passes("links", city().await).await;
}

fn signal(name: &str, id: u32) {
    let done = Command::new("kill").args([name, &id.to_string()]).status().unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_shows_stale_within_three_seconds_and_recovers_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let clock = format!("{AT},speed=1");
    let program = Program::serve(&["--city", "boston", "--data", &data, "--clock", &clock]).await.unwrap();
    let _alone = alone().await;
    let mut child = scenario("cut", &program.base).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("live"));
    // Stopped, the server neither answers nor closes: the worst kind of cut.
    signal("-STOP", program.id());
    let cut = Instant::now();
    let stale = lines.next().unwrap_or_default();
    let after = cut.elapsed();
    signal("-CONT", program.id());
    assert!(stale.starts_with("stale"), "{stale}");
    // Three seconds, and what a browser under test takes to say so.
    assert!(after < Duration::from_millis(3_500), "stale after {after:?}");
    assert_eq!(lines.next().as_deref(), Some("recovered"));
    assert!(child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_event_arriving_a_case_passes_to_due_soon_and_overdue_on_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let token = token(&path, "boston", "time").unwrap();
    let data = path.display().to_string();
    let program = Program::serve(&["--city", "boston", "--data", &data]).await.unwrap();
    let _alone = alone().await;
    let mut child = scenario("time", &program.base).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("live"));
    let start = jiff::Timestamp::now();
    let due = start + jiff::SignedDuration::from_secs(15);
    let data =
        json!({"kind": "report", "city": "boston", "agency": "x", "field": "y", "due_at": due.to_string()});
    let body = event("r", "case.received", &start.to_string(), "r", data).to_string();
    let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
    for (shape, instant) in [("due-soon", due - jiff::SignedDuration::from_secs(3)), ("overdue", due)] {
        let line = lines.next().unwrap_or_default();
        let (name, millis) = line.split_once(' ').unwrap_or_default();
        assert_eq!(name, shape);
        let late = millis.parse::<i64>().unwrap() - instant.as_millisecond();
        assert!((0..2_000).contains(&late), "{shape} on the screen {late} ms after its instant");
    }
    assert!(child.wait().unwrap().success());
}

/// A city of its own whose cases are due in `due_secs`.
async fn small_city(data: &Path, listen: &str, cases: usize, due_secs: i64) -> Program {
    let token = token(data, "boston", "small").unwrap();
    let data = data.display().to_string();
    let args = ["serve", "--listen", listen, "--city", "boston", "--data", &data];
    let program = Program::start(&tests::program::binary(), &args).await.unwrap();
    let start = jiff::Timestamp::now();
    let due = start + jiff::SignedDuration::from_secs(due_secs);
    for case in 0..cases {
        let code = format!("c{case}");
        let data = json!({"kind": "report", "city": "boston", "agency": "x", "field": "y", "due_at": due.to_string()});
        let body = event(&code, "case.received", &start.to_string(), &code, data).to_string();
        let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.body);
    }
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_with_other_data_is_asked_anew() {
    let folder = tempfile::tempdir().unwrap();
    let one = small_city(&folder.path().join("one"), "127.0.0.1:0", 1, 3600).await;
    // The other data are whole before anybody can ask for them: a receipt is of the instant that it was asked at.
    let two = folder.path().join("two");
    small_city(&two, "127.0.0.1:0", 2, 3600).await.kill().unwrap();
    let base = one.base.clone();
    let _alone = alone().await;
    let mut child = scenario("otherData", &base).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("before"));
    one.kill().unwrap();
    let listen = base.trim_start_matches("http://").to_owned();
    let two = two.display().to_string();
    let args = ["serve", "--listen", &listen, "--city", "boston", "--data", &two];
    let _two = Program::start(&tests::program::binary(), &args).await.unwrap();
    assert_eq!(lines.next().as_deref(), Some("after"));
    assert!(child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_the_last_known_picture_is_shown_and_marked_as_old() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let one = small_city(&data, "127.0.0.1:0", 2, 3600).await;
    let base = one.base.clone();
    let _alone = alone().await;
    let mut child = scenario("keptOffline", &base).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("before"));
    one.kill().unwrap();
    assert_eq!(lines.next().as_deref(), Some("after"));
    let (listen, data) = (base.trim_start_matches("http://"), data.display().to_string());
    let args = ["serve", "--listen", listen, "--city", "boston", "--data", &data];
    let _again = Program::start(&tests::program::binary(), &args).await.unwrap();
    assert!(child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rows_sign_turns_with_its_running_text() {
    let _alone = alone().await;
    let folder = tempfile::tempdir().unwrap();
    let program = small_city(&folder.path().join("data"), "127.0.0.1:0", 1, 30).await;
    let mut child = scenario("signTurns", &program.base).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.take(3).collect::<Vec<_>>(), ["live", "còn", "quá"]);
    assert!(child.wait().unwrap().success());
}

/// The ward whose centre is looked at.
const PLACE: &str = "25747";

/// A city of its own with a case in the ward and a queue at its committee.
async fn centre(data: &Path, listen: &str) -> (Program, String) {
    centre_with(data, listen, &[]).await
}

async fn centre_with(data: &Path, listen: &str, more: &[&str]) -> (Program, String) {
    let token = token(data, "hcmc", "one-stop").unwrap();
    let folder = data.display().to_string();
    let args = [&["serve", "--listen", listen, "--city", "hcmc", "--data", &folder], more].concat();
    let program = Program::start(&tests::program::binary(), &args).await.unwrap();
    let now = jiff::Timestamp::now();
    let due = now + jiff::SignedDuration::from_hours(2);
    let received = json!({
        "kind": "dossier", "city": "hcmc", "ward": PLACE, "agency": format!("ubnd_{PLACE}"), "due_at": due.to_string(),
    });
    let body = event("r", "case.received", &now.to_string(), "HS-2026-0001", received).to_string();
    let reply = program.post(&token, "application/cloudevents+json", body).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
    call_ticket(&program, &token, 33).await;
    (program, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_a_training_can_be_taken_for_the_citys_own() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = centre_with(&folder.path().join("data"), "127.0.0.1:0", &["--training"]).await;
    passes("training", &program.base).await;
}

/// The counter calls a number.
async fn call_ticket(program: &Program, token: &str, called: u32) {
    let queue = json!({
        "unit": format!("ubnd_{PLACE}"), "counter": "2", "waiting": 7, "serving": 2, "issued_today": 41, "called": called,
    });
    let now = jiff::Timestamp::now().to_string();
    let mut event = event(&format!("q{called}"), "counter.reported", &now, "", queue);
    // It is about no case.
    event.as_object_mut().unwrap().remove("subject");
    let reply = program.post(token, "application/cloudevents+json", event.to_string()).await.unwrap();
    assert_eq!(reply.status, 202, "{}", reply.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_typed_and_one_that_is_scanned_open_the_same_dossier() {
    let folder = tempfile::tempdir().unwrap();
    let (program, _) = centre(&folder.path().join("data"), "127.0.0.1:0").await;
    let mut scenario = scenario("lookUp", &program.base);
    scenario.env("PLACE", PLACE).env("CASE", "HS-2026-0001");
    passes_as(scenario).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lobbys_screen_comes_back_alone_after_a_cut_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (program, token) = centre(&data, "127.0.0.1:0").await;
    let base = program.base.clone();
    let _alone = alone().await;
    let mut scenario = scenario("lobby", &base);
    let mut child = scenario.env("PLACE", PLACE).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().as_deref(), Some("back"));
    program.kill().unwrap();
    // Long enough away for the screen to say so.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let listen = base.trim_start_matches("http://").to_owned();
    let data = data.display().to_string();
    let args = ["serve", "--listen", &listen, "--city", "hcmc", "--data", &data];
    let program = Program::start(&tests::program::binary(), &args).await.unwrap();
    call_ticket(&program, &token, 34).await;
    assert_eq!(lines.next().as_deref(), Some("again"));
    assert!(child.wait().unwrap().success());
}
