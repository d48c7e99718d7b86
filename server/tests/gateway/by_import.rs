//! `toancanh import` as a person runs it, into a stopped server's data and into a running one's.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use super::support::*;

const HEADER: &str = "case_id,opened_at,due_at,closed_at,status,sla,title,subject,reason,type,queue,department,\
    channel,neighborhood,city_council_district,police_district,pwd_district,ward,zip,lat,lon,geo";

fn row(case: u32, closed: &str) -> String {
    let status = if closed.is_empty() { "open" } else { "closed" };
    format!(
        "{case},2015-08-01T08:00:00-04:00,,{closed},{status},,Light out,Street Lights,Street Lights,Outage,\
         PWDx_Street Light Outages,PWDx,Self Service,Roxbury,7,B2,10B,Ward 11,02119,42.3300,-71.0900,ok"
    )
}

fn toancanh(args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toancanh"));
    for (name, _) in std::env::vars() {
        if name.starts_with("TOANCANH_") {
            command.env_remove(name);
        }
    }
    command.args(args).current_dir(folder).output().unwrap()
}

fn import(folder: &Path, rows: &[String]) -> (i32, String) {
    let file = folder.join("cases.csv");
    std::fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
    let boston = city("boston");
    let data = folder.join("data");
    let keys = folder.join("keys");
    let args = [
        "import",
        "cases.csv",
        "--mapping",
        "boston-311",
        "--city",
        &boston,
        "--quiet",
        "--data",
        data.to_str().unwrap(),
        "--keys",
        keys.to_str().unwrap(),
    ];
    let output = toancanh(&args, folder);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

const DONE: &str = "2015-08-02T08:00:00-04:00";

#[track_caller]
fn check((code, text): (i32, String), want: &str) {
    assert_eq!(code, 0, "{text}");
    assert_eq!(text.lines().last().unwrap(), want, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_run_twice_changes_nothing_stopped_or_running() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [row(1, DONE), row(2, ""), row(3, DONE)];
    check(import(folder.path(), &rows), "accepted 5 events, 0 were there already; 0 rows rejected");
    check(import(folder.path(), &rows), "accepted 0 events, 5 were there already; 0 rows rejected");
    let server = Server::start_in(folder).await;
    let seq = server.started.running.store.durable().to_string();
    assert_eq!(server.number("metric=received,open&from=2015-01-01", &seq).await, json!([[3, 1]]));
    let path = server.folder.path().to_owned();
    let again = {
        let (path, rows) = (path.clone(), rows.clone());
        tokio::task::spawn_blocking(move || import(&path, &rows)).await.unwrap()
    };
    check(again, "accepted 0 events, 5 were there already; 0 rows rejected");
    // Tomorrow's export: one case more, one that has closed, one whose queue is another.
    let newer = [row(1, DONE), row(2, DONE), row(3, DONE).replace("Roxbury", "Dorchester"), row(4, "")];
    let rows = newer.clone();
    let more = tokio::task::spawn_blocking(move || import(&path, &rows)).await.unwrap();
    check(more, "accepted 3 events, 4 were there already; 0 rows rejected");
    let seq = server.started.running.store.durable().to_string();
    assert_eq!(server.number("metric=received,open&from=2015-01-01", &seq).await, json!([[4, 1]]));
    let Server { folder, started, .. } = server;
    started.stop().await.unwrap();
    check(import(folder.path(), &newer), "accepted 0 events, 7 were there already; 0 rows rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_goes_to_the_rejects_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [row(1, DONE), row(2, "").replace("2015-08-01T08:00:00-04:00", "yesterday")];
    check(import(folder.path(), &rows), "accepted 2 events, 0 were there already; 1 rows rejected");
    let rejects = std::fs::read_to_string(folder.path().join("cases.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("yesterday") && rejects.lines().count() == 2, "{rejects}");
}

#[test]
fn what_cannot_be_imported_is_said_in_one_line_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let boston = city("boston");
    let check = |args: &[&str], code: i32, want: &str| {
        let output = toancanh(args, folder.path());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
        assert!(text.contains(want) && text.trim_end().lines().count() == 1, "{args:?}: {text}");
    };
    check(
        &["import", "nowhere.csv", "--mapping", "boston-311", "--city", &boston],
        2,
        "nowhere.csv: there is no such file",
    );
    std::fs::write(folder.path().join("a.csv"), "x\n1\n").unwrap();
    check(&["import", "a.csv", "--mapping", "boston-311", "--city", &boston], 2, "case_id");
    check(&["import", "a.csv", "--city", &boston], 2, "needs a mapping");
    check(&["import", "a.csv", "--mapping", "boston-311", "--city", "atlantis"], 2, "no city \"atlantis\"");
    check(&["import", "a.csv", "--mapping", "boston-311"], 2, "--city is missing");
    check(&["import"], 2, "<FILE>");
    check(&["source", "remove", "nobody"], 1, "no source \"nobody\"");
}

#[test]
fn a_sources_token_is_the_last_line_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let boston = city("boston");
    let output = toancanh(&["source", "add", "portal", "--city", &boston, "--data", "d"], folder.path());
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let token = text.lines().last().unwrap();
    assert!(token.starts_with("tcs_") && token.len() == 68, "{text}");
    let listed = toancanh(&["source", "list", "--data", "d"], folder.path());
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.starts_with("portal\tcity boston") && !listed.contains(token), "{listed}");
}
