//! The keys above the case keys: the master key, changed in its folder or from outside, and the one that signs.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use toancanh_log::disk::sim::{Fault, SimDisk};
use toancanh_log::keys::{KeyError, KeyStore, Ring};

const KEYS: &str = "/keys";

#[track_caller]
fn open(disk: &SimDisk) -> KeyStore {
    KeyStore::open_on(Arc::new(disk.clone()), KEYS, "test").unwrap()
}

fn file(disk: &SimDisk) -> Vec<u8> {
    disk.contents(&Path::new(KEYS).join("case-keys")).unwrap()
}

#[test]
fn the_signing_key_is_made_once_and_kept_private() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(dir.path()).unwrap();
    let (public, signature) = (keys.public_key(), keys.sign(b"words").unwrap());
    drop(keys);
    let keys = KeyStore::open(dir.path()).unwrap();
    assert_eq!((keys.public_key(), keys.sign(b"words").unwrap()), (public, signature));
    assert!(public.verifies(b"words", &signature) && !public.verifies(b"other words", &signature));
    assert_eq!(toancanh_log::keys::public_key_in(dir.path()), Ok(Some(public)));
    drop(keys);
    let seed = dir.path().join("signing.key");
    assert_eq!(std::fs::metadata(&seed).unwrap().permissions().mode() & 0o777, 0o600);
    for at in 0..104 {
        let mut bytes = std::fs::read(&seed).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&seed, &bytes).unwrap();
        assert!(KeyStore::open(dir.path()).is_err(), "byte {at}");
        bytes[at] ^= 1;
        std::fs::write(&seed, &bytes).unwrap();
    }
    std::fs::set_permissions(&seed, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(KeyStore::open(dir.path()), Err(KeyError::Exposed { .. })));
}

/// A key that signs, in the form of before: in the clear.
fn clear_signing_key(seed: [u8; 32]) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[..8].copy_from_slice(b"TCSIGNKY");
    bytes[8] = 1;
    bytes[16..].copy_from_slice(&seed);
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn the_signing_key_is_wrapped_as_the_others_are_and_follows_the_master_key() {
    let disk = SimDisk::new(1);
    let path = Path::new(KEYS).join("signing.key");
    drop(open(&disk));
    let (seed, written) = ([0x5A; 32], disk.contents(&path).unwrap());
    assert_eq!((written.len(), written[8]), (104, 2));
    disk.damage(&path, |bytes| *bytes = clear_signing_key(seed));
    assert!(holds(&disk.contents(&path).unwrap(), &seed), "the control");
    let public = open(&disk).public_key();
    let wrapped = disk.contents(&path).unwrap();
    assert!(!holds(&wrapped, &seed));
    assert_eq!(open(&disk).public_key(), public);
    assert_eq!(disk.contents(&path).unwrap(), wrapped, "written once");
    // A stop at any point of a change of the master key leaves it readable.
    for stop in 1..60 {
        let cut = disk.copy();
        cut.fail_at(cut.ops() + stop, Fault::PowerCut);
        let shared: Arc<dyn toancanh_log::Disk> = Arc::new(cut.clone());
        drop(KeyStore::rotate_on(&shared, KEYS));
        cut.clear_faults();
        cut.restart();
        assert_eq!(open(&cut).public_key(), public, "stopped at {stop}");
    }
    let shared: Arc<dyn toancanh_log::Disk> = Arc::new(disk.clone());
    drop(KeyStore::rotate_on(&shared, KEYS).unwrap());
    assert_ne!(disk.contents(&path).unwrap(), wrapped);
    assert_eq!(open(&disk).public_key(), public);
    // Without the master key it is nothing.
    disk.damage(&path, |bytes| *bytes = wrapped);
    assert!(matches!(KeyStore::open_on(Arc::new(disk), KEYS, "test"), Err(KeyError::WrongMaster { .. })));
}

#[test]
fn signatures_are_ed25519() {
    // RFC 8032, section 7.1, test 1: of the empty message.
    let key: toancanh_log::keys::PublicKey =
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".parse().unwrap();
    let hex = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    let signature = std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap());
    assert!(key.verifies(b"", &toancanh_log::keys::Signature(signature)));
}

fn ring(first: u8, more: &[u8]) -> Ring {
    let keys = std::iter::once(&first).chain(more).map(|byte| format!("{byte:02x}").repeat(32));
    Ring::read(&keys.collect::<Vec<_>>().join(","), "test").unwrap()
}

fn open_with(disk: &SimDisk, ring: Ring) -> Result<KeyStore, KeyError> {
    KeyStore::open_with(Arc::new(disk.clone()), KEYS, "test", ring)
}

/// Seals for five cases, the third of which is erased.
fn five(keys: &KeyStore) -> Vec<Vec<u8>> {
    let seal = |case| keys.seal(&format!("HP-{case}"), b"secret", b"e1/reporter").unwrap();
    let sealed = (0..5).map(seal).collect();
    keys.flush().unwrap();
    keys.erase("HP-2").unwrap();
    sealed
}

#[track_caller]
fn check_five(keys: &KeyStore, sealed: &[Vec<u8>]) {
    for (case, sealed) in sealed.iter().enumerate() {
        let opened = keys.unseal(&format!("HP-{case}"), sealed, b"e1/reporter");
        match case {
            2 => assert!(matches!(opened, Err(KeyError::Erased))),
            _ => assert_eq!(opened.unwrap().as_slice(), b"secret"),
        }
    }
}

#[test]
fn the_master_key_of_a_folder_is_changed_and_the_old_one_opens_nothing() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed = five(&keys);
    drop(keys);
    let master = Path::new(KEYS).join("master.key");
    let (old, before) = (disk.contents(&master).unwrap(), file(&disk));
    let shared: Arc<dyn toancanh_log::Disk> = Arc::new(disk.clone());
    let keys = KeyStore::rotate_on(&shared, KEYS).unwrap();
    check_five(&keys, &sealed);
    assert!(matches!(KeyStore::rotate_on(&shared, KEYS), Err(KeyError::Locked { .. })));
    drop(keys);
    check_five(&open(&disk), &sealed);
    assert_ne!(disk.contents(&master).unwrap(), old);
    assert!(!disk.files().iter().any(|file| file.ends_with("master.next")));
    // Not one wrapped key is as it was.
    let after = file(&disk);
    for slot in 1..=5 {
        let wrapped = 128 * slot + 64..128 * slot + 112;
        assert!(slot == 3 || before[wrapped.clone()] != after[wrapped], "{slot}");
    }
    disk.damage(&master, |bytes| *bytes = old);
    let refused = KeyStore::open_on(shared, KEYS, "test").map(drop);
    assert!(matches!(refused, Err(KeyError::WrongMaster { .. })), "{refused:?}");
}

#[test]
fn a_change_of_the_master_key_is_finished_after_a_cut_at_any_point() {
    for at in 1..40 {
        for seed in 0..6 {
            let disk = SimDisk::new(seed);
            let keys = open(&disk);
            let sealed = five(&keys);
            drop(keys);
            disk.fail_at(disk.ops() + at, Fault::PowerCut);
            let shared: Arc<dyn toancanh_log::Disk> = Arc::new(disk.clone());
            drop(KeyStore::rotate_on(&shared, KEYS));
            disk.clear_faults();
            disk.power_cut();
            check_five(&open(&disk), &sealed);
            check_five(&open(&disk), &sealed);
        }
    }
}

#[test]
fn a_ring_from_outside_takes_over_and_is_changed_by_a_new_key_in_front() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    let sealed = five(&keys);
    drop(keys);
    // From the folder to the environment: then the folder holds no master key any more.
    check_five(&open_with(&disk, ring(1, &[])).unwrap(), &sealed);
    assert!(!disk.files().iter().any(|file| file.ends_with("master.key")));
    let refused = |ring| matches!(open_with(&disk, ring).map(drop), Err(KeyError::WrongMaster { .. }));
    assert!(refused(ring(2, &[])) && refused(Ring::default()));
    check_five(&open_with(&disk, ring(2, &[1])).unwrap(), &sealed);
    // The first one is of no use any more.
    assert!(refused(ring(1, &[])));
    check_five(&open_with(&disk, ring(2, &[])).unwrap(), &sealed);
}

#[test]
fn what_is_said_of_a_ring_is_not_repeated() {
    for text in ["", "secret", &"AB".repeat(32), &format!("{},", "ab".repeat(32))] {
        let said = Ring::read(text, "TOANCANH_MASTER_KEY").map(drop).unwrap_err().to_string();
        assert!(said.starts_with("TOANCANH_MASTER_KEY: not 64") && !said.contains("secret"), "{said}");
    }
}

#[test]
fn a_record_that_rots_after_the_master_key_was_changed_is_damage_and_no_torn_tail() {
    let disk = SimDisk::new(1);
    let keys = open(&disk);
    five(&keys);
    drop(keys);
    let shared: Arc<dyn toancanh_log::Disk> = Arc::new(disk.clone());
    drop(KeyStore::rotate_on(&shared, KEYS).unwrap());
    let store = Path::new(KEYS).join("case-keys");
    for slot in 1..=5 {
        let disk = disk.copy();
        disk.damage(&store, |bytes| bytes[128 * slot + 70] ^= 1);
        let opened = KeyStore::open_on(Arc::new(disk), KEYS, "test").map(drop);
        assert!(matches!(opened, Err(KeyError::Corrupt { .. })), "{slot}: {opened:?}");
    }
}
