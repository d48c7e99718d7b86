//! `toancanh source key`, `source proof` and `audit`, beside a running server and without one.

use std::path::Path;

use super::signer::{Signed, Signer};
use super::support::{NAME, PHONE, Place, done, report, run};

const BATCH: &str = "application/cloudevents-batch+json";

/// A source that must sign, with its token.
fn desk(place: &Place, signer: &Signer) -> String {
    let file = place.path("desk.pub");
    std::fs::write(&file, signer.public()).unwrap();
    let key = format!("{}={}", signer.keyid, file.display());
    let data = place.at("data");
    let said = done(&[
        "source",
        "add",
        "desk",
        "--city",
        "boston",
        "--data",
        &data,
        "--require-signature",
        "--key",
        &key,
    ]);
    said.lines().last().unwrap().to_owned()
}

fn lines(data: &str) -> Vec<String> {
    done(&["audit", "list", "--data", data]).lines().map(str::to_owned).collect()
}

#[test]
fn what_a_source_signed_can_be_shown_until_its_person_is_erased() {
    let (place, signer) = (Place::new(), Signer::ed25519("desk-2026"));
    let token = desk(&place, &signer);
    let data = place.at("data");
    let server = place.serve(&[]);
    let body = serde_json::to_string(&[report(1), report(2)]).unwrap();
    let url = format!("http://{}/api/v1/events", server.address());
    let headers = signer.sign(&Signed::post(url.clone(), BATCH, body.as_bytes()));
    let (status, said) = server.with_headers(&token, &headers, BATCH, &body);
    assert_eq!(status, 202, "{said}");
    let (status, said) = server.with_headers(&token, &headers, BATCH, &body);
    assert_eq!((status, said.contains("signature-replayed")), (401, true), "{said}");
    let (status, said) = server.with_headers(&token, &[], BATCH, &body);
    assert_eq!((status, said.contains("signature-missing")), (401, true), "{said}");
    server.report(3..4);

    // 1 is the request, 2 and 3 are its events, 4 came unsigned.
    let shown = done(&["source", "proof", "00000000000000000003", "--data", &data]);
    for part in [
        "of desk with its key desk-2026 (ed25519)",
        "signature: holds",
        "digest is the one",
        "as the log has it",
        "key: registered",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let ran = run(&["source", "proof", "4", "--data", &data]);
    assert_eq!((ran.code, ran.err.contains("did not come in a signed request")), (1, true), "{ran:?}");
    done(&["source", "key", "revoke", "desk", "desk-2026", "--at", "2020-01-01T00:00:00Z", "--data", &data]);
    assert!(done(&["source", "key", "list", "desk", "--data", &data]).contains("revoked from 2020-01-01"));
    done(&["erase", "--case", "C-1", "--data", &data]);
    server.stop();

    let ran = run(&["source", "proof", "3", "--data", &data]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for part in
        ["signature: holds", "1 of its parts can be read by nobody", "stands in the body", "NOT before"]
    {
        assert!(ran.out.contains(part), "{part}: {ran:?}");
    }
    let ran = run(&["source", "proof", "2", "--data", &data]);
    assert!(ran.code == 1 && ran.out.contains("as it came can be read by nobody"), "{ran:?}");
    // The fifth says that somebody was taken out.
    assert!(done(&["verify", "--data", &data]).contains("events 1 to 5 in "));
    for secret in [PHONE, NAME, token.as_str()] {
        assert!(!place.holds("data", secret.as_bytes()), "{secret}");
    }
    let audit = lines(&data).join("\n");
    for part in [
        "signature-replayed",
        "signature-missing",
        "source.added\tdesk",
        "source.key.revoked\tdesk\tkey desk-2026",
    ] {
        assert!(audit.contains(part), "{part}: {audit}");
    }
}

#[test]
fn a_changed_audit_file_is_found_with_its_line_and_a_cut_one_by_a_kept_hash() {
    let (place, signer) = (Place::new(), Signer::p256("k1"));
    desk(&place, &signer);
    let data = place.at("data");
    let file = place.at("desk.pub");
    done(&["source", "key", "add", "desk", "k2", &file, "--data", &data]);
    done(&["source", "key", "remove", "desk", "k1", "--data", &data]);
    let said = done(&["audit", "verify", "--data", &data]);
    assert!(said.starts_with("4 lines, each follows the one before"), "{said}");
    let head = said.trim().rsplit(' ').next().unwrap();
    done(&["audit", "verify", "--data", &data, "--head", head]);
    let path = place.path("data/audit.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let check = |text: &str, args: &[&str], want: &str| {
        std::fs::write(Path::new(&path), text).unwrap();
        let ran = run(&[&["audit", "verify", "--data", &data], args].concat());
        assert!(ran.code == 1 && ran.err.contains(want), "{want}: {ran:?}");
    };
    check(&text.replace("\"k2\"", "\"k9\""), &[], "line 3 says something else");
    let cut = text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    check(&cut, &["--head", head], "is gone");
    std::fs::write(&path, &text).unwrap();
    for (args, want) in [
        (vec!["source", "key", "add", "desk", "k2", file.as_str()], "has a key \"k2\" already"),
        (vec!["source", "key", "add", "nobody", "k2", file.as_str()], "no source \"nobody\""),
        (vec!["source", "key", "remove", "desk", "k7"], "has no key \"k7\""),
        (vec!["source", "key", "add", "desk", "k3", "/nowhere"], "/nowhere"),
        (vec!["source", "proof", "1"], "holds no keys"),
    ] {
        let ran = run(&[&args[..], &["--data", &data]].concat());
        assert!(ran.code > 0 && ran.err.contains(want), "{want}: {ran:?}");
    }
}
