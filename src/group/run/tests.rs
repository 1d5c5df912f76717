//! Runs come back as they were written, and damage is found.

use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;

use super::*;

fn written(records: &BTreeMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let mut writer = RunWriter::new(Vec::new());
    for (key, value) in records {
        writer.put(key, value).unwrap();
    }
    writer.end().unwrap()
}

fn read(bytes: &[u8]) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut reader = RunReader::new(bytes);
    let mut found = Vec::new();
    while reader.advance()? {
        let (key, value) = reader.record();
        found.push((key.to_vec(), value.to_vec()));
    }
    Ok(found)
}

fn some(count: usize, length: usize) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let record = |number: usize| (format!("{number:09}").into_bytes(), vec![b'v'; length]);
    (0..count).map(record).collect()
}

#[test]
fn the_bytes_are_those_of_the_description() {
    let records = BTreeMap::from([(b"a".to_vec(), b"12".to_vec()), (b"b".to_vec(), vec![])]);
    let body = [1, b'a', 2, b'1', b'2', 1, b'b', 0];
    let mut expected = vec![8, 0, 0, 0];
    expected.extend(xxhash_rust::xxh3::xxh3_64(&body).to_le_bytes());
    expected.extend(body);
    expected.extend([0; 4]);
    expected.extend([2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(written(&records), expected);
    // The hash itself must not change either.
    assert_eq!(xxhash_rust::xxh3::xxh3_64(b""), 0x2d06_8005_38d3_94c2);
}

#[test]
fn runs_of_all_sizes_come_back() {
    for (count, length) in [(0, 0), (1, 0), (1, 200_000), (3_000, 40), (5, 70_000)] {
        let records = some(count, length);
        let back = read(&written(&records)).unwrap();
        assert_eq!(back, records.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn every_changed_bit_and_every_cut_is_found() {
    let good = written(&some(40, 3));
    for at in 0..good.len() {
        assert!(read(&good[..at]).is_err(), "cut at {at}");
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[at] ^= 1 << bit;
            assert!(read(&changed).is_err(), "bit {bit} of byte {at}");
        }
    }
    assert!(read(&[&good[..], b"x"].concat()).is_err());
}

#[test]
fn keys_that_do_not_ascend_are_damage() {
    for keys in [["b", "a"], ["a", "a"]] {
        let mut writer = RunWriter::new(Vec::new());
        for key in keys {
            writer.put(key.as_bytes(), &[0; BODY]).unwrap();
        }
        assert!(read(&writer.end().unwrap()).is_err(), "{keys:?}");
    }
}

#[test]
fn a_number_has_one_form() {
    for number in [0, 1, 127, 128, 300, 16_383, 16_384, usize::MAX] {
        let mut bytes = Vec::new();
        push_varint(&mut bytes, number);
        assert_eq!(take_varint(&mut bytes.as_slice()), Some(number));
    }
    for bytes in [&[][..], &[0x80], &[0x80, 0], &[0xff; 10], &[0xff; 11]] {
        assert_eq!(take_varint(&mut &bytes[..]), None, "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn merged_runs_are_all_records_in_order(runs in prop::collection::vec(prop::collection::btree_map(prop::collection::vec(0_u8..3, 0..4), prop::collection::vec(any::<u8>(), 0..5), 0..20), 0..6)) {
        let files: Vec<Vec<u8>> = runs.iter().map(written).collect();
        let mut merged = merge(files.iter().map(Vec::as_slice)).unwrap();
        let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        while merged.next(|key, value| {
            found.push((key.to_vec(), value.to_vec()));
            Ok::<(), io::Error>(())
        }).unwrap() {}
        prop_assert!(found.is_sorted_by_key(|(key, _)| key.clone()));
        let mut expected: Vec<(Vec<u8>, Vec<u8>)> = runs.into_iter().flatten().collect();
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn bytes_may_arrive_in_any_pieces(count in 0_usize..3_000, step in 1_usize..70_000) {
        let records = some(count, 20);
        let mut frames = Frames::default();
        let mut found = 0;
        for piece in written(&records).chunks(step) {
            frames.feed(piece);
            while frames.advance().unwrap() {
                found += super::records(frames.body()).count();
            }
        }
        prop_assert!(frames.is_ended());
        prop_assert_eq!(found, count);
    }
}
