//! The files are what the documentation draws: a reader written from the drawings alone reads them.

#![allow(clippy::unwrap_used, reason = "a test that meets something unexpected should stop there")]

mod support;

use sha2::{Digest as _, Sha256};
use support::{append_each, batch, item, open, path, segments};
use toancanh_log::disk::sim::SimDisk;
use toancanh_log::{Batch, Cursor};

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What the independent reader found in a segment.
struct Frame {
    first_seq: u64,
    recorded_us: u64,
    durable_before: u64,
    cursors: Vec<(String, Vec<u8>)>,
    records: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)>,
}

/// Reads a segment as drawn, checking every field, and says the hash that the next one must name.
fn read_segment(bytes: &[u8], cluster: &[u8], number: u64, chain: &mut Vec<u8>) -> (u64, Vec<Frame>) {
    assert_eq!(&bytes[..8], b"TCLOGSEG");
    assert_eq!(le(&bytes[8..10]), 1);
    assert_eq!(le(&bytes[12..16]), bytes.len() as u64);
    assert_eq!((le(&bytes[16..24]), le(&bytes[24..32])), (0, 0));
    assert_eq!(&bytes[32..48], cluster);
    assert_eq!(le(&bytes[48..56]), number);
    let first_seq = le(&bytes[56..64]);
    assert_eq!(&bytes[64..96], &chain[..]);
    assert!(bytes[104..4_092].iter().all(|byte| *byte == 0));
    assert_eq!(le(&bytes[4_092..4_096]), u64::from(crc32c::crc32c(&bytes[..4_092])));

    let mut frames = Vec::new();
    let mut at = 4_096;
    while at + 128 <= bytes.len() && bytes[at..at + 4] != [0; 4] {
        let header = &bytes[at..at + 128];
        assert_eq!(&header[..4], b"TCF1");
        let place = [number, first_seq, at as u64].map(u64::to_le_bytes).concat();
        let bound = crc32c::crc32c(&[cluster, &place].concat());
        assert_eq!(le(&header[4..8]), u64::from(crc32c::crc32c_append(bound, &header[8..])));
        let body_bytes = le(&header[8..12]) as usize;
        let end = at + 128 + body_bytes.next_multiple_of(8);
        let body = &bytes[at + 128..end];
        assert_eq!(le(&header[12..16]), u64::from(crc32c::crc32c(body)));
        assert_eq!((header[16], header[18], header[19]), (1, 0, 0));
        assert_eq!(&header[56..88], &chain[..]);
        assert!(header[52..56].iter().chain(&header[88..]).all(|byte| *byte == 0));

        let (cursors, payload) = body[..body_bytes].split_at(le(&header[44..48]) as usize);
        let payload = match header[17] {
            0 => payload.to_vec(),
            1 => zstd::decode_all(payload).unwrap(),
            other => panic!("compression {other}"),
        };
        assert_eq!(payload.len() as u64, le(&header[48..52]));
        let records = read_records(&payload);
        assert_eq!(records.len() as u64, le(&header[20..24]));
        frames.push(Frame {
            first_seq: le(&header[24..32]),
            recorded_us: le(&header[32..40]),
            durable_before: le(&header[40..44]),
            cursors: read_cursors(cursors),
            records,
        });
        *chain = Sha256::digest(&bytes[at..end]).to_vec();
        at = end;
    }
    assert!(bytes[at..].iter().all(|byte| *byte == 0));
    (at as u64, frames)
}

fn read_records(mut bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let end = 4 + le(&bytes[..4]) as usize;
        assert_eq!(&bytes[4..8], &[1, 0, 0, 0]);
        records.push((bytes[8..24].to_vec(), bytes[24..56].to_vec(), bytes[56..end].to_vec()));
        bytes = &bytes[end..];
    }
    records
}

fn read_cursors(mut bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let end = 2 + le(&bytes[..2]) as usize;
        fields.push(bytes[2..end].to_vec());
        bytes = &bytes[end..];
    }
    let pair = |pair: &[Vec<u8>]| (String::from_utf8(pair[0].clone()).unwrap(), pair[1].clone());
    fields.chunks(2).map(pair).collect()
}

#[test]
fn a_reader_written_from_the_drawings_reads_everything() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    append_each(&log, 0..40, 600);
    let cursors = ["đơn-vị", "b"].map(|source| Cursor { source: source.into(), position: vec![1; 300] });
    log.append(Batch { items: vec![item(40, 3)], cursors: cursors.to_vec() }).unwrap();
    log.append(batch(41..60, 900)).unwrap();
    let cluster = log.cluster();
    drop(log);

    let id = disk.contents(&path("log.id")).unwrap();
    assert_eq!((id.len(), &id[..8], le(&id[8..10])), (64, b"TCLOGIDF".as_slice(), 1));
    assert_eq!(id[16..32], cluster);
    assert_eq!(le(&id[32..40]), support::NEW_YEAR_US as u64);
    assert_eq!(le(&id[60..]), u64::from(crc32c::crc32c(&id[..60])));

    let mut chain = Sha256::digest([b"toancanh-log genesis 1\n".as_slice(), &cluster].concat()).to_vec();
    let mut next = 1;
    let mut end = 0;
    let mut last_first_seq = 0;
    let mut found_cursors = Vec::new();
    let files = segments(&disk);
    assert!(files.len() > 2);
    for (file, number) in files.iter().zip(1..) {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, format!("{next:020}-{number:08}.seg"));
        last_first_seq = next;
        let bytes = disk.contents(file).unwrap();
        let (frames_end, frames) = read_segment(&bytes, &cluster, number, &mut chain);
        end = frames_end;
        for frame in frames {
            assert_eq!(frame.first_seq, next);
            assert_eq!(frame.recorded_us, support::NEW_YEAR_US as u64);
            assert!(frame.durable_before >= 4_096);
            for (key, digest, payload) in frame.records {
                let bytes = match next - 1 {
                    0..40 => 600,
                    40 => 3,
                    _ => 900,
                };
                let item = item(next - 1, bytes);
                assert_eq!((&key[..], &digest[..], payload), (&item.key[..], &item.digest[..], item.payload));
                next += 1;
            }
            found_cursors.extend(frame.cursors);
        }
    }
    assert_eq!(next, 61);
    assert_eq!(found_cursors, [("đơn-vị".to_owned(), vec![1; 300]), ("b".to_owned(), vec![1; 300])]);

    let head = disk.contents(&path("HEAD")).unwrap();
    assert_eq!(head.len(), 8_192);
    let mut counters = Vec::new();
    for slot in [&head[..128], &head[4_096..4_224]] {
        assert_eq!((&slot[..8], le(&slot[8..10])), (b"TCLOGHED".as_slice(), 1));
        let blank = [&slot[..12], &[0; 4], &slot[16..]].concat();
        assert_eq!(le(&slot[12..16]), u64::from(crc32c::crc32c(&blank)));
        assert_eq!(slot[24..40], cluster);
        assert_eq!(le(&slot[40..48]), files.len() as u64);
        assert_eq!(le(&slot[48..56]), last_first_seq);
        assert_eq!((le(&slot[56..64]), le(&slot[64..72])), (end, 61));
        assert_eq!(&slot[72..104], &chain[..]);
        counters.push(le(&slot[16..24]));
    }
    assert_eq!(counters[0].abs_diff(counters[1]), 1);
}

#[test]
fn a_small_frame_is_not_compressed_and_a_large_one_is() {
    let disk = SimDisk::new(1);
    let (log, _) = open(&disk);
    let digest: Vec<u8> = Sha256::digest(b"cannot be compressed").to_vec();
    let key = std::array::from_fn(|at| at as u8 * 7);
    let small = toancanh_log::Item { key, digest: digest.try_into().unwrap(), payload: Vec::new() };
    log.append(Batch::of(vec![small])).unwrap();
    log.append(batch(1..2, 4_000)).unwrap();
    let bytes = disk.contents(&segments(&disk)[0]).unwrap();
    assert_eq!(bytes[4_096 + 17], 0);
    let second = 4_096 + 128 + 56;
    assert_eq!(bytes[second + 17], 1);
    assert!(le(&bytes[second + 8..second + 12]) < 3_000);
}
