//! Keys for personal data: sealed by case, erased for good, and never lost once flushed.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use toancanh_log::disk::sim::{Fault, Lie, Op, Rng, SimDisk};
use toancanh_log::keys::{Erased, KeyError, KeyStore};
use toancanh_log::{AppendError, Log, Options};

const KEYS: &str = "/keys";

#[track_caller]
fn open(disk: &SimDisk) -> KeyStore {
    KeyStore::open_on(Arc::new(disk.clone()), KEYS, "test").unwrap()
}

fn file(disk: &SimDisk) -> Vec<u8> {
    disk.contents(&Path::new(KEYS).join("case-keys")).unwrap()
}

#[track_caller]
fn check_opens(keys: &KeyStore, case: &str, sealed: &[u8], plain: &[u8]) {
    assert_eq!(keys.unseal(case, sealed, b"e1/reporter").unwrap().as_slice(), plain);
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn what_is_sealed_opens_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    let sealed = keys.seal("HP-1", "Nguyễn Văn A".as_bytes(), b"e1/reporter").unwrap();
    assert!(!contains(&sealed, "Nguyễn".as_bytes()));
    keys.flush().unwrap();
    drop(keys);
    let keys = KeyStore::open(dir.path()).unwrap();
    check_opens(&keys, "HP-1", &sealed, "Nguyễn Văn A".as_bytes());
    assert_eq!(keys.len(), 1);
}

#[test]
fn the_key_files_are_their_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    keys.seal("HP-1", b"x", b"").unwrap();
    drop(keys);
    let master = std::fs::metadata(dir.path().join("master.key")).unwrap();
    assert_eq!((master.size(), master.permissions().mode() & 0o777), (32, 0o600));
    for name in ["master.key", "case-keys"] {
        let path = dir.path().join(name);
        for mode in [0o640, 0o604, 0o666] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let opened = KeyStore::open(dir.path());
            assert!(matches!(opened, Err(KeyError::Exposed { .. })), "{name} {mode:o}: {opened:?}");
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    KeyStore::open(dir.path()).unwrap();
}

#[test]
fn sealed_bytes_open_only_as_what_they_were() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed = keys.seal("HP-1", b"secret", b"e1/reporter").unwrap();
    keys.seal("HP-2", b"other", b"").unwrap();
    let fails = |case: &str, sealed: &[u8], context: &[u8]| {
        keys.unseal(case, sealed, context).map(|plain| plain.to_vec()).unwrap_err()
    };
    assert!(matches!(fails("HP-2", &sealed, b"e1/reporter"), KeyError::NotAuthentic));
    assert!(matches!(fails("HP-1", &sealed, b"e2/reporter"), KeyError::NotAuthentic));
    assert!(matches!(fails("HP-3", &sealed, b"e1/reporter"), KeyError::NoKey));
    assert!(matches!(fails("HP-1", b"", b"e1/reporter"), KeyError::NotAuthentic));
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fails("HP-1", &flipped, b"e1/reporter");
    }
    for len in 0..sealed.len() {
        fails("HP-1", &sealed[..len], b"e1/reporter");
    }
    check_opens(&keys, "HP-1", &sealed, b"secret");
}

#[test]
fn sealing_the_same_twice_gives_different_bytes() {
    let keys = open(&SimDisk::new(1));
    let seal = || keys.seal("HP-1", b"secret", b"e1/reporter").unwrap();
    assert_ne!(seal(), seal());
    assert_eq!(keys.len(), 1);
}

#[test]
fn a_content_digest_says_the_same_for_the_same_and_nothing_without_the_key() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let digest = |case: &str, content: &[u8]| keys.content_digest(case, content).unwrap();
    let first = digest("HP-1", b"+84 900");
    assert_eq!(first, digest("HP-1", b"+84 900"));
    assert_ne!(first, digest("HP-1", b"+84 901"));
    assert_ne!(first, digest("HP-2", b"+84 900"));
    keys.erase("HP-1").unwrap();
    assert!(matches!(keys.content_digest("HP-1", b"+84 900"), Err(KeyError::Erased)));
}

#[test]
fn an_erased_key_is_gone_from_the_file_and_for_good() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed: Vec<Vec<u8>> =
        (0..5).map(|case| keys.seal(&format!("HP-{case}"), b"secret", b"e1/reporter").unwrap()).collect();
    keys.flush().unwrap();
    let before = file(&disk);
    // The wrapped key of HP-2: in the third record, behind the header's slot.
    let wrapped = before[128 * 3 + 64..128 * 3 + 112].to_vec();
    assert_eq!(keys.erase("HP-2").unwrap(), Erased::Now);
    assert_eq!(keys.erase("HP-2").unwrap(), Erased::Before);
    assert_eq!(keys.erase("HP-9").unwrap(), Erased::NoKey);
    let after = file(&disk);
    assert!(contains(&before, &wrapped) && !contains(&after, &wrapped));

    for keys in [keys, { open(&disk.after_power_cut(4)) }] {
        for (case, sealed) in sealed.iter().enumerate() {
            let case = format!("HP-{case}");
            if case == "HP-2" {
                let gone = keys.unseal(&case, sealed, b"e1/reporter").map(drop);
                assert!(matches!(gone, Err(KeyError::Erased)), "{gone:?}");
                assert!(matches!(keys.seal(&case, b"new", b""), Err(KeyError::Erased)));
            } else {
                check_opens(&keys, &case, sealed, b"secret");
            }
        }
    }
}

#[test]
fn an_erasure_is_complete_at_any_power_cut_after_it_returned() {
    for seed in 0..300 {
        let disk = SimDisk::new(seed);
        let keys = open(&disk);
        let sealed = keys.seal("HP-1", b"secret", b"e1/reporter").unwrap();
        let kept = keys.seal("HP-2", b"kept", b"e1/reporter").unwrap();
        keys.flush().unwrap();
        disk.fail_at(disk.ops() + 1 + seed % 9, Fault::PowerCut);
        let erased = keys.erase("HP-1").is_ok();
        drop(keys);
        disk.clear_faults();
        disk.power_cut();
        let keys = open(&disk);
        check_opens(&keys, "HP-2", &kept, b"kept");
        let found = keys.unseal("HP-1", &sealed, b"e1/reporter").map(drop);
        match found {
            Err(KeyError::Erased) => {}
            Ok(()) if !erased => {}
            other => panic!("seed {seed}, erased {erased}: {other:?}"),
        }
    }
}

#[test]
fn a_key_that_was_flushed_is_never_lost() {
    let lost = |seed: u64, lie: Option<Lie>| -> bool {
        let disk = SimDisk::new(seed);
        let mut rng = Rng::new(seed ^ 0x4E);
        if let Some(lie) = lie {
            drop(open(&disk));
            disk.lie(lie);
        }
        let mut flushed: Vec<(String, Vec<u8>)> = Vec::new();
        for life in 0..4 {
            match rng.below(3) {
                0 => disk.fail_at(disk.ops() + 1 + rng.below(30), Fault::PowerCut),
                1 => disk.fail_at(disk.ops() + 1 + rng.below(30), Fault::Io),
                _ => {}
            }
            let mut unflushed = Vec::new();
            match KeyStore::open_on(Arc::new(disk.clone()), KEYS, "test") {
                Err(KeyError::Io { .. } | KeyError::Full { .. }) => {}
                Err(error) => panic!("seed {seed}: {error}"),
                Ok(keys) => {
                    for (case, sealed) in &flushed {
                        let opened = keys.unseal(case, sealed, b"");
                        if disk.is_powered() && opened.is_err() {
                            return true;
                        }
                    }
                    for case in 0..rng.below(8) {
                        let case = format!("HP-{life}-{case}");
                        let Ok(sealed) = keys.seal(&case, case.as_bytes(), b"") else { continue };
                        unflushed.push((case, sealed));
                        if rng.below(2) == 0 && keys.flush().is_ok() {
                            flushed.append(&mut unflushed);
                        }
                    }
                }
            }
            if rng.below(2) == 0 {
                disk.kill();
            } else {
                disk.power_cut();
            }
            if !disk.is_powered() {
                disk.power_cut();
            }
        }
        disk.clear_faults();
        disk.power_cut();
        let keys = open(&disk);
        flushed.iter().any(|(case, sealed)| {
            keys.unseal(case, sealed, b"").map_or(true, |plain| plain.as_slice() != case.as_bytes())
        })
    };
    for seed in 0..1_000 {
        assert!(!lost(seed, None), "seed {seed}");
    }
    // The negative control: without the sync, the same check notices.
    assert!((0..300).any(|seed| lost(seed, Some(Lie::SyncData))));
}

#[test]
fn a_flush_that_failed_is_not_tried_again_and_stops_the_log() {
    let disk = SimDisk::new(1);
    let keys = Arc::new(open(&disk));
    let flushed = Arc::clone(&keys);
    let options = support::options(&disk).before_commit(move || flushed.flush().map_err(Into::into));
    let (log, _) = Log::open(support::DIR, options).unwrap();
    support::append_each(&log, 0..1, 10);
    keys.seal("HP-1", b"x", b"").unwrap();
    disk.fail_next(Op::SyncData, Fault::Io);
    for number in 1..4 {
        let refused = log.append(support::batch(number..number + 1, 10)).unwrap_err();
        assert!(matches!(refused, AppendError::BeforeCommit { .. }), "{refused:?}");
        assert!(!refused.to_string().contains("HP-1"));
    }
    assert!(matches!(keys.seal("HP-2", b"x", b""), Err(KeyError::NotDurable)));
}

#[test]
fn no_room_for_a_key_is_said_and_passes() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed = keys.seal("HP-1", b"x", b"e1/reporter").unwrap();
    disk.set_full(true);
    assert!(matches!(keys.seal("HP-2", b"x", b""), Err(KeyError::Full { .. })));
    // For a case that has a key, nothing needs to be written.
    keys.seal("HP-1", b"y", b"").unwrap();
    disk.set_full(false);
    keys.seal("HP-2", b"x", b"").unwrap();
    keys.flush().unwrap();
    drop(keys);
    let keys = open(&disk.after_power_cut(2));
    assert_eq!(keys.len(), 2);
    check_opens(&keys, "HP-1", &sealed, b"x");
}

#[test]
fn an_erasure_on_a_full_disk_overwrites_the_key_and_is_finished_later() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    keys.seal("HP-1", b"x", b"").unwrap();
    keys.flush().unwrap();
    let wrapped = file(&disk)[128 + 64..128 + 112].to_vec();
    // No room for anything that is not there yet.
    let used: usize = disk.files().iter().map(|path| disk.contents(path).unwrap().len()).sum();
    disk.set_capacity(used as u64);
    assert!(matches!(keys.erase("HP-1"), Err(KeyError::Full { .. })));
    assert!(!contains(&file(&disk), &wrapped));
    disk.set_capacity(u64::MAX);
    keys.erase("HP-1").unwrap();
    keys.seal("HP-2", b"x", b"").unwrap();
}

#[test]
fn another_or_a_missing_master_key_is_refused() {
    let disk = SimDisk::new(1);
    open(&disk).seal("HP-1", b"x", b"").unwrap();
    let master = Path::new(KEYS).join("master.key");
    let refused = |disk: &SimDisk| KeyStore::open_on(Arc::new(disk.clone()), KEYS, "test").map(drop);
    let other = disk.copy();
    other.damage(&master, |bytes| bytes[5] ^= 1);
    assert!(matches!(refused(&other), Err(KeyError::WrongMaster { .. })));
    let short = disk.copy();
    short.damage(&master, |bytes| bytes.truncate(31));
    assert!(matches!(refused(&short), Err(KeyError::WrongMaster { .. })));
    let missing = disk.copy();
    missing.steal(&master);
    assert!(matches!(refused(&missing), Err(KeyError::WrongMaster { .. })));
}

#[test]
fn damage_to_keys_is_found_and_no_wrong_key_is_ever_used() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let mut sealed = Vec::new();
    for case in 0..6 {
        let case = format!("HP-{case}");
        sealed.push((case.clone(), keys.seal(&case, case.as_bytes(), b"e1/reporter").unwrap()));
        keys.flush().unwrap();
    }
    drop(keys);
    let path = Path::new(KEYS).join("case-keys");
    let len = file(&disk).len();
    for bit in 0..len * 8 {
        let disk = disk.copy();
        disk.damage(&path, |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        match KeyStore::open_on(Arc::new(disk.clone()), KEYS, "test") {
            Err(KeyError::Corrupt { .. } | KeyError::WrongMaster { .. } | KeyError::Unsupported { .. }) => {}
            Err(error) => panic!("bit {bit}: {error}"),
            // The last record has no later witness: it is taken off, kept aside, and said.
            Ok(keys) => {
                let torn = keys.torn().unwrap_or_else(|| panic!("bit {bit}: not noticed"));
                assert_eq!((torn.offset, torn.bytes), (len as u64 - 128, 128), "bit {bit}");
                assert!(disk.contents(torn.kept.as_ref().unwrap()).is_some());
                for (case, sealed) in &sealed[..5] {
                    check_opens(&keys, case, sealed, case.as_bytes());
                }
            }
        }
    }
}

#[test]
fn a_key_moved_to_another_case_does_not_open() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed = keys.seal("HP-1", b"x", b"e1/reporter").unwrap();
    keys.seal("HP-2", b"x", b"").unwrap();
    drop(keys);
    disk.damage(&Path::new(KEYS).join("case-keys"), |bytes| {
        // HP-2's nonce and wrapped key into HP-1's record, with a checksum that holds.
        let (from, to) = (256, 128);
        bytes.copy_within(from + 40..from + 112, to + 40);
        let place = [&bytes[16..32], (to as u64).to_le_bytes().as_slice()].concat();
        let crc = crc32c::crc32c_append(crc32c::crc32c(&place), &bytes[to..to + 124]);
        bytes[to + 124..to + 128].copy_from_slice(&crc.to_le_bytes());
    });
    let keys = open(&disk);
    let opened = keys.unseal("HP-1", &sealed, b"e1/reporter").map(drop);
    assert!(matches!(opened, Err(KeyError::NotAuthentic)), "{opened:?}");
    // Nor is it used for new data.
    assert!(matches!(keys.seal("HP-1", b"x", b""), Err(KeyError::NotAuthentic)));
}

#[test]
fn the_store_names_no_case_and_prints_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    keys.seal("HP-SECRET-CASE", b"x", b"").unwrap();
    let stored = std::fs::read(dir.path().join("case-keys")).unwrap();
    assert!(!contains(&stored, b"SECRET"));
    let master = std::fs::read(dir.path().join("master.key")).unwrap();
    assert!(!contains(&stored, &master));
    assert_eq!(format!("{keys:?}"), format!("KeyStore {{ dir: {:?}, .. }}", dir.path()));
}

#[test]
fn sealing_and_flushing_from_many_threads_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    let sealed: Vec<(String, Vec<u8>)> = std::thread::scope(|scope| {
        let sealers: Vec<_> = (0..8)
            .map(|thread| {
                let keys = &keys;
                scope.spawn(move || {
                    let seal = |turn: u64| {
                        // Threads share cases.
                        let case = format!("HP-{}", (thread + turn) % 20);
                        let sealed = keys.seal(&case, b"plain", b"e1/reporter").unwrap();
                        keys.flush().unwrap();
                        (case, sealed)
                    };
                    (0..20).map(seal).collect::<Vec<_>>()
                })
            })
            .collect();
        sealers.into_iter().flat_map(|sealer| sealer.join().unwrap()).collect()
    });
    drop(keys);
    let keys = KeyStore::open(dir.path()).unwrap();
    assert_eq!(keys.len(), 20);
    for (case, sealed) in &sealed {
        check_opens(&keys, case, sealed, b"plain");
    }
}

#[test]
fn keys_and_log_lie_apart() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path().join("keys")).unwrap();
    let sealed = keys.seal("HP-1", b"+84 900 111 222", b"").unwrap();
    keys.flush().unwrap();
    let small = Options::default().segment_bytes(16 << 10);
    let (log, _) = Log::open(dir.path().join("data"), small).unwrap();
    let item = toancanh_log::Item { payload: sealed, ..support::item(1, 0) };
    log.append(toancanh_log::Batch::of(vec![item])).unwrap();
    drop(log);
    for entry in std::fs::read_dir(dir.path().join("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!contains(&bytes, b"900 111"));
    }
}

/// Two servers' stores with one key ring, as copying the key folder of the first makes them.
fn two_with_one_ring() -> (KeyStore, KeyStore, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("a"), dir.path().join("b"));
    drop(KeyStore::open(&first).unwrap());
    std::fs::create_dir(&second).unwrap();
    for name in ["master.key", "case-keys"] {
        std::fs::copy(first.join(name), second.join(name)).unwrap();
    }
    (KeyStore::open(first).unwrap(), KeyStore::open(second).unwrap(), dir)
}

#[test]
fn a_key_that_travels_opens_what_was_sealed_elsewhere_and_is_erased_with_the_case() {
    let (a, b, _dir) = two_with_one_ring();
    assert_eq!(a.ring(), b.ring());
    // Each met the case before it heard of the other.
    let by_a = a.seal("HP-1", b"+84 900", b"e1/reporter").unwrap();
    let by_b = b.seal("HP-1", b"+84 901", b"e1/reporter").unwrap();
    for (from, to) in [(&a, &b), (&b, &a), (&a, &b)] {
        for key in from.travelling("HP-1").unwrap() {
            to.adopt("HP-1", &key).unwrap();
        }
    }
    for keys in [&a, &b] {
        check_opens(keys, "HP-1", &by_a, b"+84 900");
        check_opens(keys, "HP-1", &by_b, b"+84 901");
        assert_eq!((keys.len(), keys.travelling("HP-1").unwrap().len()), (2, 2));
    }
    let late = a.travelling("HP-1").unwrap();
    assert_eq!(b.erase("HP-1").unwrap(), Erased::Now);
    late.iter().for_each(|key| b.adopt("HP-1", key).unwrap());
    for sealed in [&by_a, &by_b] {
        assert!(matches!(b.unseal("HP-1", sealed, b"e1/reporter"), Err(KeyError::Erased)));
    }
    assert!(b.travelling("HP-1").unwrap().is_empty());
}

#[test]
fn a_key_of_another_ring_or_case_is_refused() {
    let (a, b, _dir) = two_with_one_ring();
    let other_dir = tempfile::tempdir().unwrap();
    let other = KeyStore::open(other_dir.path()).unwrap();
    assert_ne!(a.ring(), other.ring());
    a.seal("HP-1", b"x", b"").unwrap();
    let key = a.travelling("HP-1").unwrap()[0];
    assert!(matches!(other.adopt("HP-1", &key), Err(KeyError::NotAuthentic)));
    assert!(matches!(b.adopt("HP-2", &key), Err(KeyError::NotAuthentic)));
    assert!(b.is_empty() && a.travelling("HP-9").unwrap().is_empty());
}
