//! A known person is planted wherever an event can hold one, and looked for in everything that the server keeps, says
//! and shows: in the files as they lie and unpacked, in its own log, in every answer, page and frame.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use toancanh_log::keys::{LogKeys, Ring};
use toancanh_log::{Against, Batch, Beheld, Item, Log, Options, RealDisk, verify};
use tokio_tungstenite::tungstenite::Message;

use super::by_erasing::person;
use super::support::{NAME, PHONE, Place, Server, done, files, run};

const BATCH: &str = "application/cloudevents-batch+json";
const EMAIL: &str = "bich.nguyen@thudientu.vn";
const IDENTITY: &str = "079123456789";
const FREE: &str =
    "Tôi là Nguyễn Thị Bích, số 0901234567, thư bich.nguyen@thudientu.vn, căn cước 079123456789.";

/// Whoever is looked for, as the words may be written.
fn wanted() -> Vec<Vec<u8>> {
    let words = [
        PHONE,
        "0901234567",
        "901234567",
        "0901.234.567",
        "90 123 45 67",
        NAME,
        "nguyen thi bich",
        "NGUYỄN THỊ BÍCH",
        EMAIL,
        IDENTITY,
    ];
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// Which of them is in these bytes.
fn found(bytes: &[u8]) -> Option<String> {
    let is_in = |word: &Vec<u8>| bytes.windows(word.len()).any(|window| window == word.as_slice());
    wanted().into_iter().find(is_in).map(|word| String::from_utf8(word).unwrap())
}

#[track_caller]
fn check(what: &str, bytes: &[u8]) {
    assert_eq!(found(bytes), None, "{what}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]));
}

/// Every part of an image, unpacked.
pub(super) fn unpacked(image: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    let mut rest = &image[8..];
    while let Some((sizes, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([sizes[0], sizes[1], sizes[2], sizes[3]]) as usize;
        let Some((part, after)) = after.split_at_checked(length) else { break };
        // Behind the length of what is packed.
        parts.extend(part.get(4..).and_then(|packed| zstd::decode_all(packed).ok()));
        rest = after;
    }
    parts
}

/// Every file of a folder, as it lies and unpacked.
#[track_caller]
fn check_folder(folder: &Path) {
    for file in files(folder) {
        let bytes = std::fs::read(&file).unwrap();
        check(&file.display().to_string(), &bytes);
        if file.extension().is_some_and(|extension| extension == "image") {
            let parts = unpacked(&bytes);
            // Beside an encrypted log there is nothing to unpack.
            let is_sealed = bytes.windows(16).any(|window| window == b"\"is_sealed\":true");
            assert_eq!(parts.is_empty(), is_sealed, "{}", file.display());
            parts.iter().for_each(|part| check(&file.display().to_string(), part));
        }
    }
    if folder.join("log").is_dir() {
        let records = records(&folder.join("log"), &folder.with_extension("keys"));
        assert!(records.len() > 10);
        records.iter().for_each(|record| check("a record of the log", record));
    }
}

/// What a log's records say, decompressed and, where it is encrypted, decrypted.
fn records(log: &Path, keys: &Path) -> Vec<Vec<u8>> {
    let disk: std::sync::Arc<dyn toancanh_log::Disk> = std::sync::Arc::new(RealDisk);
    let log_keys = LogKeys::read_in(&disk, keys, Ring::default()).unwrap();
    let whole = verify(&disk, log, Against { log_keys: log_keys.clone(), ..Against::default() }).unwrap();
    let read = Beheld::new(&disk, log, whole.cluster, whole.position, log_keys);
    read.map(|record| record.unwrap().bytes).collect()
}

fn event(id: &str, case: &str, kind: &str, hour: u32, data: Json) -> Json {
    json!({
        "specversion": "1.0", "id": id, "source": "urn:test", "type": format!("vn.toancanh.{kind}"),
        "time": format!("2026-01-02T{hour:02}:04:05Z"), "subject": case, "data": data,
        // Nobody has agreed on these.
        "citizenphone": PHONE, "contactname": NAME,
    })
}

/// Every place of an event that may hold a person, by the contract and against it.
fn planted() -> Vec<Json> {
    let reporter = json!({ "name": NAME, "phone": PHONE, "email": EMAIL, "id_number": IDENTITY });
    let report = json!({
        "kind": "report", "city": "boston", "agency": "x", "field": "y", "reporter": reporter, "content": FREE,
        "title": FREE, "incident_location": { "address_text": format!("nhà bà {NAME}, gọi {PHONE}"),
            "point": { "lat": 42.35, "lng": -71.06 } },
        "attachments": [{ "name": format!("ảnh của {NAME}.jpg"), "url": "https://x.vn/0901234567.jpg" }],
        "weird": { "deep": [FREE, 901_234_567_u64, { "deeper": PHONE }] },
    });
    let dossier = json!({
        "kind": "dossier", "city": "boston", "applicant": { "full_name": NAME, "phone": "0901234567",
        "id_number": IDENTITY }, "content": FREE, "note": FREE,
    });
    let with = |more: Json| {
        let mut data = json!({ "reporter": reporter, "caller_name": NAME });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let free = |member: &str| with(json!({ member: FREE, "note": FREE, "guidance": FREE }));
    let is = |member: &str, value: &str| json!({ member: value });
    let mut events = vec![
        event("1", "C-1", "case.received", 1, report),
        event("2", "C-2", "case.received", 1, dossier),
        event("3", "C-1", "case.amended", 2, with(json!({ "content": FREE, "title": FREE }))),
        event(
            "4",
            "C-1",
            "case.transferred",
            3,
            with(json!({ "step": "dispatched", "to": "z", "reason": FREE })),
        ),
        event(
            "5",
            "C-1",
            "case.step",
            4,
            with(json!({ "step": "inspected", "note": FREE, "evidence": [{ "name": FREE }] })),
        ),
        event("6", "C-1", "case.suspended", 5, free("reason")),
        event("7", "C-1", "case.resumed", 6, free("reason")),
        event(
            "8",
            "C-1",
            "case.noticed",
            7,
            with(json!({ "notice": "recorded", "status": "sent", "number": PHONE })),
        ),
        event("9", "C-1", "case.resolved", 8, free("result")),
        event("10", "C-1", "case.reopened", 9, free("reason")),
        event("11", "C-1", "case.refused", 10, free("reason")),
        event("12", "C-2", "case.closed", 11, free("reason")),
        event("13", "C-2", "case.rated", 12, json!({ "score": 4, "rater": NAME, "comment": FREE })),
        event("14", "C-2", "case.cancelled", 13, free("reason")),
    ];
    // Without a person's own members: numbers and addresses are found all the same.
    let bare = "gọi 0901234567 hoặc bich.nguyen@thudientu.vn, căn cước 079123456789";
    events.push(event(
        "15",
        "C-3",
        "case.received",
        1,
        json!({ "kind": "report", "city": "boston", "content": bare }),
    ));
    let counter = json!({ "unit": "x", "waiting": 1, "serving": 1, "issued_today": 2, "note": bare });
    events.push(event("16", "", "counter.reported", 1, counter));
    let mut beat = event("17", "", "source.heartbeat", 1, is("watermark", "2026-01-02T02:00:00Z"));
    beat["data"]["note"] = bare.into();
    events.push(beat);
    events
}

/// Events that cannot be, each with a person where the fault is.
fn refused() -> Vec<Json> {
    let mut no_time = event("r1", "C-9", "case.closed", 1, json!({}));
    no_time["time"] = PHONE.into();
    vec![
        no_time,
        event("r2", "C-9", &format!("case.{NAME} {PHONE}"), 1, json!({})),
        event("r3", "C-9", "case.received", 1, json!({ "kind": NAME, "city": PHONE })),
        event("r4", "C-9", "case.received", 1, json!({ "kind": "report", "city": FREE })),
        event(
            "r5",
            "C-9",
            "case.received",
            1,
            json!({ "kind": "report", "city": "boston", "field": { "x": FREE } }),
        ),
        event("r6", "C-9", "case.step", 1, json!({ "step": FREE })),
        event("r7", "C-9", "case.rated", 1, json!({ "score": PHONE })),
        event("r8", "C-9", "case.linked", 1, json!({ "relation": NAME, "case": FREE })),
        event("r9", "C-9", "case.committed", 1, json!({ "commitment": NAME, "until": PHONE })),
        json!(FREE),
        json!({ "specversion": FREE, "id": "r10" }),
    ]
}

/// What is asked of the server by anybody.
const ASKED: [&str; 33] = [
    "/api/v1/metrics",
    "/api/v1/aggregates?metric=open,received&group_by=agency",
    "/api/v1/aggregates?metric=open&group_by=field",
    "/api/v1/aggregates?metric=open&group_by=channel",
    "/api/v1/aggregates?metric=open&group_by=ward",
    "/api/v1/hexagons?metric=received&from=2026-01-01",
    "/api/v1/cases",
    "/api/v1/cases?q=nguyen",
    "/api/v1/cases/C-1",
    "/api/v1/cases/C-2",
    "/api/v1/cases/C-3",
    "/api/v1/cases/C-9",
    "/api/v1/receipt?metric=received&from=2026-01-01",
    "/api/v1/sources",
    "/api/v1/quality",
    "/api/v1/catalogue/unmapped",
    "/api/v1/counters",
    "/api/v1/escalations",
    "/api/v1/commitments",
    "/api/v1/satisfaction?from=2026-01-01",
    "/api/v1/state",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/",
    "/?lang=en",
    "/cases",
    "/case/C-1",
    "/case/C-2",
    "/map",
    "/wall/city-now",
    "/receipt?metric=received&from=2026-01-01",
];

fn check_answers(server: &Server<'_>) {
    for path in ASKED {
        let (status, body) = server.request("GET", path, "text/plain", "");
        assert!(matches!(status, 200 | 404), "{path}: {status} {body}");
        check(path, body.as_bytes());
    }
    for (path, accept) in [
        ("/api/v1/cases", "text/csv"),
        ("/api/v1/cases", "application/vnd.apache.arrow.stream"),
        ("/api/v1/hexagons?metric=received&from=2026-01-01", "application/geo+json"),
    ] {
        check(path, &server.bytes(path, accept));
    }
}

/// The frames of a wall: snapshots, deltas and beats while an event comes in.
fn frames(server: &Server<'_>) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("ws://{}/api/v1/live", server.address());
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        for (id, by) in ["agency", "field", "status", "channel"].into_iter().enumerate() {
            let query = json!({ "metric": ["open", "received", "rated"], "group_by": [by], "filter": {} });
            let ask = json!({ "subscribe": { "id": id, "query": query } });
            socket.send(Message::Text(ask.to_string().into())).await.unwrap();
        }
        let mut heard = Vec::new();
        let end = tokio::time::Instant::now() + Duration::from_secs(4);
        let mut posted = false;
        while let Ok(Some(Ok(message))) = tokio::time::timeout_at(end, socket.next()).await {
            heard.extend_from_slice(&message.into_data());
            if !posted && heard.windows(8).any(|window| window == b"snapshot") {
                posted = true;
                let mut late = planted()[0].clone();
                (late["id"], late["subject"]) = ("late".into(), "C-4".into());
                let (status, said) =
                    server.request("POST", "/api/v1/events", BATCH, &json!([late]).to_string());
                assert_eq!(status, 202, "{said}");
            }
        }
        heard
    })
}

/// Rows that an import refuses lie beside the file that they came from, for its owner alone; what the command says
/// names nobody.
fn check_import(place: &Place) {
    let file = place.path("cases.ndjson");
    let lines: String = refused().iter().map(|event| format!("{event}\n")).collect();
    std::fs::write(&file, lines).unwrap();
    let (data, path) = (place.at("data"), file.display().to_string());
    let ran = run(&["import", &path, "--mapping", "boston-311", "--city", "boston", "--data", &data]);
    check("what an import says", format!("{}{}", ran.out, ran.err).as_bytes());
    let rejects = files(file.parent().unwrap())
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(".rejects.csv"));
    for rejects in rejects {
        assert!(!rejects.starts_with(place.path("data")), "{}", rejects.display());
        assert_eq!(std::fs::metadata(&rejects).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

fn search(encrypt: bool) {
    let place = Place::new();
    let (backup, other, data) = (place.at("backup"), place.at("other"), place.at("data"));
    let said = place.path("said");
    let mut more = vec!["--backup", &backup, "--image-every", "1"];
    more.extend(encrypt.then_some("--encrypt-log"));
    let server = place.serve_saying(&more, &said);
    let body = Json::Array(planted()).to_string();
    // The control: the same search finds the person in what was sent.
    assert!(found(body.as_bytes()).is_some());
    let (status, answer) = server.request("POST", "/api/v1/events", BATCH, &body);
    assert_eq!((status, &answer.contains("\"accepted\":17")), (202, &true), "{answer}");
    check("the answer to events", answer.as_bytes());
    // Sent once more, each is known.
    let (_, answer) = server.request("POST", "/api/v1/events", BATCH, &body);
    assert!(answer.contains("\"duplicates\":17"), "{answer}");
    let (_, answer) = server.request("POST", "/api/v1/events", BATCH, &Json::Array(refused()).to_string());
    assert!(answer.contains("\"accepted\":0"), "{answer}");
    check("the answer to events that cannot be", answer.as_bytes());
    for (kind, body) in
        [(BATCH, FREE), ("application/x-ndjson", FREE), ("text/plain", FREE), ("application/json", "{\"x\":")]
    {
        check("a refusal", server.request("POST", "/api/v1/events", kind, body).1.as_bytes());
    }
    server.until(|server| server.get("/api/v1/state").contains("\"events\":17"));
    check_answers(&server);
    check("frames", &frames(&server));
    done(&["backup", "--data", &data, "--to", &other]);
    server.stop();
    let log = std::fs::read(&said).unwrap();
    assert!(
        log.windows(15).any(|window| window == b"the log is open"),
        "the server says something in its log"
    );
    check("the server's log", &log);
    assert!(!files(&place.path("data/images")).is_empty());
    check_import(&place);
    for folder in ["data", "backup", "other"] {
        check_copy(&place, folder);
    }
    check_erased(&place);
}

/// The keys lie beside the data; copies have none.
fn check_copy(place: &Place, folder: &str) {
    let keys = place.path(&format!("{folder}.keys"));
    if !keys.exists() {
        std::os::unix::fs::symlink(place.path("data.keys"), &keys).unwrap();
    }
    check_folder(&place.path(folder));
}

fn check_erased(place: &Place) {
    let data = place.at("data");
    // The control: with the keys the person is read, in the text too.
    let held = person(place, "C-1").unwrap();
    assert!(held.contains(PHONE) && held.contains(FREE), "{held}");
    for case in ["C-1", "C-2", "C-3", "C-4"] {
        assert!(done(&["erase", "--case", case, "--data", &data]).contains("its key is destroyed"));
        assert!(person(place, case).is_err(), "{case}");
    }
    let records = records(&place.path("data/log"), &place.path("data.keys"));
    let memo = records.iter().rev().find(|record| record.windows(11).any(|window| window == b"memo.erased"));
    check("the memo of an erasure", memo.unwrap());
    let said = done(&["verify", "--data", &data]);
    assert!(said.contains("fold\t") && said.contains("numbers\t"), "{said}");
    let server = place.serve(&[]);
    server.until(|server| server.request("GET", "/readyz", "text/plain", "").0 == 200);
    for case in ["C-1", "C-2", "C-3"] {
        let (status, story) = server.request("GET", &format!("/api/v1/cases/{case}"), "text/plain", "");
        assert_eq!(status, 200, "the case stays: {story}");
        check(case, story.as_bytes());
    }
    server.stop();
}

#[test]
fn a_known_person_is_found_nowhere() {
    search(false);
}

#[test]
fn nor_beside_an_encrypted_log() {
    search(true);
}

#[test]
fn the_search_finds_what_is_there() {
    let place = tempfile::tempdir().unwrap();
    // Packed in a log of its own, and in an image.
    let (log, _) = Log::open(place.path().join("log"), Options::default().segment_bytes(1 << 20)).unwrap();
    let payload = format!("{}{FREE}", "a".repeat(9_000)).into_bytes();
    log.append(Batch::of(vec![Item { key: [1; 16], digest: [1; 32], payload }])).unwrap();
    drop(log);
    let read = records(&place.path().join("log"), &place.path().join("keys"));
    assert_eq!(found(&read[0]).as_deref(), Some("0901234567"));
    let packed = zstd::encode_all(FREE.as_bytes(), 1).unwrap();
    let mut image = b"TCIMAGE2".to_vec();
    image.extend((packed.len() as u32 + 4).to_le_bytes());
    image.extend([0; 4]);
    image.extend((FREE.len() as u32).to_le_bytes());
    image.write_all(&packed).unwrap();
    assert!(unpacked(&image).iter().any(|part| found(part).is_some()));
}
