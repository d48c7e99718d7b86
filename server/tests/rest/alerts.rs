//! The alert rules that ship: each figure that they name is one that a server has.

use std::collections::BTreeSet;

use server::carrier::Standing;

use crate::support::Server;

const RULES: &str = include_str!("../../packaging/prometheus/toancanh.rules.yml");

fn figures(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("toancanh_")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alert_is_about_a_figure_that_a_server_has() {
    let server = Server::empty().await.with_backup().await;
    let mut present = figures(&server.get("/metrics").await.text());
    // A server that is alone has none of the carrier's.
    present.extend(Standing::ALL.map(|standing| format!("toancanh_carrier_{}", standing.word())));
    let named: BTreeSet<String> =
        figures(&RULES.lines().filter(|line| line.contains("expr:")).collect::<String>());
    assert!(named.len() > 10, "{named:?}");
    let unknown: Vec<_> = named.difference(&present).collect();
    assert!(unknown.is_empty(), "the rules name {unknown:?}");
}
