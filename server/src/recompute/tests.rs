use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use toancanh_log::{Against, Options, verify};

use super::*;
use crate::store::Store;

const FIRST: &str = "2026-03-02T08:00:00+07:00";

fn city() -> Arc<City> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cities/hcmc");
    Arc::new(crate::city::load(folder.to_str().unwrap()).unwrap().city)
}

fn event(case: u64, kind: &str, hours: i64, data: Json) -> Json {
    let first: Timestamp = FIRST.parse().unwrap();
    let time = first.plus_secs(hours * 3_600).to_rfc3339_at(jiff::tz::Offset::UTC);
    json!({
        "specversion": "1.0", "id": format!("C-{case}/{kind}"), "source": "urn:test",
        "type": format!("vn.toancanh.case.{kind}"), "time": time, "subject": format!("C-{case}"), "data": data,
    })
}

/// Cases that are received, some resolved, some rated, some reopened.
fn events() -> Vec<Json> {
    (0..60)
        .flat_map(|case| {
            let hours = i64::try_from(case).unwrap();
            let received = json!({
                "kind": "report", "city": "hcmc", "content_group": 1 + case % 5, "agency": format!("A{}", case % 4),
                "field": "x", "channel": "phone",
            });
            let mut of_case = vec![event(case, "received", hours, received)];
            if case % 2 == 0 {
                of_case.push(event(case, "resolved", hours + 30, json!({ "result": "done" })));
            }
            if case % 4 == 0 {
                of_case.push(event(case, "rated", hours + 40, json!({ "score": 1 + case % 3, "unit": "A" })));
            }
            if case % 10 == 0 {
                of_case.push(event(case, "reopened", hours + 50, json!({})));
            }
            of_case
        })
        .collect()
}

struct Place {
    own: tempfile::TempDir,
    city: Arc<City>,
}

impl Place {
    /// A log of these events, encrypted or not.
    async fn new(events: Vec<Json>, encrypt: bool) -> Place {
        let place = Place { own: tempfile::tempdir().unwrap(), city: city() };
        place.open(Some(encrypt)).append_here(events).await.unwrap();
        place
    }

    fn data(&self) -> PathBuf {
        self.own.path().join("data")
    }

    fn open(&self, encrypt: Option<bool>) -> Store {
        let mut options = Options::default().segment_bytes(1 << 20);
        options.encrypt = encrypt;
        Store::open(&self.data(), &self.own.path().join("keys"), options).unwrap().0
    }

    /// What `keep` keeps is the state of all records that `takes` lets through.
    fn keep_image(&self, takes: impl Fn(u64) -> bool) -> PathBuf {
        let store = self.open(None);
        let mut at_once = AtOnce::new(&self.city);
        for stored in store.read_from(Seq(1)) {
            let stored = stored.unwrap();
            if takes(stored.seq.get()) {
                at_once.take(&stored).unwrap();
            }
        }
        let state = at_once.finish(Timestamp::from(jiff::Timestamp::now()));
        Images::of(&self.data()).keep(&state, &store).unwrap()
    }

    fn recompute(&self) -> Recomputed {
        let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
        let keys = self.own.path().join("keys");
        let log_keys = LogKeys::read_in(&disk, &keys, toancanh_log::keys::Ring::default()).unwrap();
        let against = Against { log_keys: log_keys.clone(), ..Against::default() };
        let log = verify(&disk, &self.data().join(LOG), against).unwrap();
        assert!(log.is_whole(), "{log:?}");
        recompute(&From { data: &self.data(), log: &log, log_keys, city: self.city.clone(), until: None })
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_is_said_to_be_so_in_the_clear_and_encrypted() {
    for encrypt in [false, true] {
        let place = Place::new(events(), encrypt).await;
        let image = place.keep_image(|_| true);
        let words = b"urn:test";
        let held = zstd_parts_hold(&std::fs::read(&image).unwrap(), words);
        assert_eq!(held, !encrypt, "an image beside an encrypted log is sealed");
        let found = place.recompute();
        assert!(found.fault.is_none(), "{:?}", found.fault);
        let said = found.lines.join("\n");
        for part in [
            "fold\t111 events make 60 cases",
            "holds the state that these events make",
            "numbers\t43 metrics",
            "sums\t3 ",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

/// Whether any part of an image, taken for zstd, holds these bytes.
fn zstd_parts_hold(image: &[u8], wanted: &[u8]) -> bool {
    let mut rest = &image[8..];
    while let Some((sizes, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([sizes[0], sizes[1], sizes[2], sizes[3]]) as usize;
        let Some((part, after)) = after.split_at_checked(length) else { return false };
        // Behind the length of what is packed.
        let unpacked = part.get(4..).and_then(|packed| zstd::decode_all(packed).ok()).unwrap_or_default();
        if unpacked.windows(wanted.len()).any(|window| window == wanted) {
            return true;
        }
        rest = after;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_holds_another_state_is_named_with_its_event() {
    // The control of the check: one event is missing in what the image holds.
    let place = Place::new(events(), false).await;
    let image = place.keep_image(|seq| seq != 7);
    let fault = place.recompute().fault.unwrap().to_string();
    let name = format!("{} at event 111 is not what these events make", image.display());
    assert!(fault.starts_with(&name), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_image_and_one_of_another_record_are_named() {
    let place = Place::new(events(), false).await;
    let image = place.keep_image(|_| true);
    let mut bytes = std::fs::read(&image).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&image, &bytes).unwrap();
    let fault = place.recompute().fault.unwrap().to_string();
    assert!(
        fault.contains("a part does not have its checksum") && fault.contains(image.to_str().unwrap()),
        "{fault}"
    );
    // The same log, restored to before its last events, which then went on otherwise.
    bytes[40] ^= 1;
    std::fs::write(&image, &bytes).unwrap();
    let (log, again) = (place.data().join(LOG), place.own.path().join("again"));
    let disk: Arc<dyn toancanh_log::Disk> = Arc::new(RealDisk);
    let until = toancanh_log::backup::Until::Seq(toancanh_log::Seq::new(110));
    toancanh_log::backup::restore(&disk, &log, &again, until, 0).unwrap();
    std::fs::remove_dir_all(&log).unwrap();
    std::fs::rename(&again, &log).unwrap();
    let other = event(900, "received", 1, json!({ "kind": "report", "city": "hcmc" }));
    place.open(None).append_here(vec![other]).await.unwrap();
    let fault = place.recompute().fault.unwrap().to_string();
    assert!(fault.contains("at event 111 was made with another record there"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_counts_are_not_those_of_its_cases_is_named() {
    let place = Place::new(events(), false).await;
    place.keep_image(|_| true);
    let store = place.open(None);
    let mut at_once = AtOnce::new(&place.city);
    let records: Vec<_> = store.read_from(Seq(1)).map(Result::unwrap).collect();
    records.iter().for_each(|stored| at_once.take(stored).unwrap());
    let mut check = |change: fn(&mut crate::image::Kept)| {
        let mut image = Images::of(&place.data()).look(&place.city, &store.log().cluster(), None).remove(0);
        change(image.state.as_mut().unwrap());
        check_image(image, records.last().unwrap(), &mut at_once).unwrap().1
    };
    assert!(check(|_| {}).is_none());
    let fault = check(|kept| kept.counts.clear()).unwrap();
    assert!(matches!(fault, Fault::Number { .. }), "{fault}");
}

#[test]
fn the_first_number_that_differs_is_named() {
    let query = questions().nth(1).unwrap();
    let width = query.metrics.len();
    let row = |group: &str, second: i64| {
        let mut row =
            vec![domain::Value::Text(group.to_owned()), domain::Value::Int(3), domain::Value::Int(second)];
        row.resize(1 + width, domain::Value::Int(0));
        row
    };
    let (said, counted) = ([row("A", 1), row("B", 2)], [row("A", 1), row("B", 5)]);
    assert_eq!(numbers::rows(&query, &said, &said).unwrap(), 2 * width);
    let difference = numbers::rows(&query, &said, &counted).unwrap_err();
    assert_eq!(difference.to_string(), "in_time of agency \"B\" is said to be 2; these events make 5");
    // A group that only one of them has.
    assert!(numbers::rows(&query, &said[..1], &counted).is_err());
}
