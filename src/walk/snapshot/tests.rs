//! Comparisons beside a model, and snapshots that are damaged on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use proptest::prelude::*;

use super::change::{Change, Kind};
use super::record::{FAILED, GAP, KNOWN};
use super::*;
use crate::record::Value;
use crate::walk::field;

/// What one side knows of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// An entry of a file, with a size.
    Entry { file: u8, size: u8 },
    /// An entry whose attributes could not be read.
    Unknown,
    /// A directory that could not be listed.
    Unlisted { file: u8 },
    /// A root of which not even the type is known.
    Nothing,
}

type Side = BTreeMap<String, Known>;

fn header() -> Header {
    Header {
        fields: field::list("size").unwrap(),
        roots: vec![b"top".to_vec()],
        filters: None,
    }
}

fn value(file: u8, size: u8) -> Vec<u8> {
    let mut value = vec![KNOWN, 30, b'f'];
    value.extend_from_slice(&[file; 29]);
    Value::Digits(size.to_string().into_bytes().into()).push_key(&mut value);
    value
}

fn unknown() -> Vec<u8> {
    let mut value = vec![FAILED, 0];
    Value::Missing.push_key(&mut value);
    value
}

/// The records of a side in the order of their keys.
fn records_of(side: &Side) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut records = BTreeMap::new();
    for (path, known) in side {
        let key = format!("top{path}").into_bytes();
        let value = match known {
            Known::Entry { file, size } => value(*file, *size),
            Known::Unlisted { file } => {
                records.insert([&key[..], b"/"].concat(), vec![GAP]);
                value(*file, 0)
            }
            Known::Unknown => unknown(),
            Known::Nothing => vec![GAP],
        };
        records.insert(key, value);
    }
    records.into_iter().collect()
}

/// A snapshot of a side, not compressed.
fn snapshot(side: &Side) -> Vec<u8> {
    let mut writer = Writer::new(&header()).unwrap();
    for (key, value) in records_of(side) {
        writer.put(&key, &value).unwrap();
    }
    plain(writer)
}

/// What a writer has written, not compressed.
fn plain(mut writer: Writer) -> Vec<u8> {
    let mut bytes = writer.take();
    bytes.extend(writer.end(false).unwrap());
    let mut plain = Vec::new();
    zstd::stream::read::Decoder::new(bytes.as_slice())
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

fn compared(old: &[u8], new: &Side) -> Result<Vec<Change>, SnapshotError> {
    let (found, reader) = Reader::new(old)?;
    let mut comparer = Comparer::new(reader, &found, &header(), None)?;
    for (key, value) in records_of(new) {
        comparer.push(&key, &value)?;
    }
    let has_found = comparer.has_found();
    let mut changes = Vec::new();
    comparer.finish::<SnapshotError>(&mut |change| {
        changes.push(change);
        Ok(())
    })?;
    assert_eq!(
        has_found || !changes.is_empty(),
        !changes.is_empty() || has_found
    );
    Ok(changes)
}

/// `kind path from before after`.
fn line(change: &Change) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let side = |value: &Option<Value<'static>>| match value {
        Some(value) => text(&value.bytes()),
        None => "-".to_owned(),
    };
    let sizes: Vec<String> = change
        .differences
        .iter()
        .map(|difference| format!("{} {}", side(&difference.before), side(&difference.after)))
        .collect();
    let from = change.from.as_deref().map(text).unwrap_or_default();
    format!(
        "{} {} {from} {}",
        change.kind.name(),
        text(&change.path),
        sizes.join(" ")
    )
}

/// Whether a side knows whether there is something at a path.
fn knows(side: &Side, path: &str) -> bool {
    side.iter().all(|(at, known)| {
        let is_below = path
            .strip_prefix(at.as_str())
            .is_some_and(|rest| rest.starts_with('/'));
        matches!(known, Known::Entry { .. }) || !is_below
    })
}

fn model(old: &Side, new: &Side) -> Vec<String> {
    let file = |known: &Known| match known {
        Known::Entry { file, .. } | Known::Unlisted { file } => Some(*file),
        Known::Unknown | Known::Nothing => None,
    };
    let size = |known: &Known| match known {
        Known::Entry { size, .. } => size.to_string(),
        Known::Unlisted { .. } => "0".to_owned(),
        Known::Unknown | Known::Nothing => String::new(),
    };
    let mut lines: Vec<(String, String)> = Vec::new();
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for path in paths {
        match (old.get(path), new.get(path)) {
            (Some(before), Some(now)) => {
                let is_unknown = |known: &Known| matches!(known, Known::Unknown | Known::Nothing);
                let is_known = !is_unknown(before) && !is_unknown(now);
                if is_known && size(before) != size(now) {
                    let line = format!("changed top{path}  {} {}", size(before), size(now));
                    lines.push((path.clone(), line));
                }
            }
            (Some(Known::Nothing), None) | (None, Some(Known::Nothing)) => {}
            (Some(before), None) if knows(new, path) => gone.push((path, before)),
            (None, Some(now)) if knows(old, path) => fresh.push((path, now)),
            _ => {}
        }
    }
    for (path, now) in fresh {
        let of_it =
            |(_, before): &(&String, &Known)| file(before).is_some() && file(before) == file(now);
        let line = match gone.iter().position(of_it) {
            Some(at) => {
                let (from, before) = gone.remove(at);
                let sizes = match size(before) == size(now) {
                    true => String::new(),
                    false => format!("{} {}", size(before), size(now)),
                };
                format!("moved top{path} top{from} {sizes}")
            }
            None => format!("added top{path}  - {}", size(now)),
        };
        lines.push((path.clone(), line));
    }
    for (path, before) in gone {
        lines.push((
            path.clone(),
            format!("removed top{path}  {} -", size(before)),
        ));
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn paths() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec!["a", "a-", "a.b", "b", "\u{1}", "z"]);
    prop::collection::vec(names, 0..4)
        .prop_map(|names| names.iter().map(|name| format!("/{name}")).collect())
}

fn sides() -> impl Strategy<Value = Side> {
    let known = prop_oneof![
        8 => (0_u8..8, 0_u8..3).prop_map(|(file, size)| Known::Entry { file, size }),
        1 => Just(Known::Unknown),
        1 => (0_u8..8).prop_map(|file| Known::Unlisted { file }),
    ];
    let nothing = || Side::from([(String::new(), Known::Nothing)]);
    prop_oneof![
        12 => prop::collection::btree_map(paths(), known, 0..25),
        1 => Just(nothing()),
    ]
}

proptest! {
    #[test]
    fn changes_are_those_of_a_model(old in sides(), new in sides()) {
        let found: Vec<String> = compared(&snapshot(&old), &new).unwrap().iter().map(line).collect();
        prop_assert_eq!(found, model(&old, &new));
    }

    #[test]
    fn nothing_changes_between_equal_sides(side in sides()) {
        prop_assert!(compared(&snapshot(&side), &side).unwrap().is_empty());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let good = snapshot(&Side::new());
        let begin = good.len().min(40);
        for bytes in [bytes.clone(), [&good[..begin], &bytes].concat()] {
            prop_assert!(compared(&bytes, &Side::new()).is_err());
        }
    }
}

fn some() -> Side {
    let entry = |number: u8| Known::Entry {
        file: number,
        size: number,
    };
    let mut side: Side = (0..30)
        .map(|number| (format!("/{number:02}"), entry(number)))
        .collect();
    side.insert("/05/x".to_owned(), Known::Unlisted { file: 40 });
    side.insert(String::new(), entry(41));
    side
}

#[test]
fn every_cut_and_every_changed_bit_is_found() {
    let good = snapshot(&some());
    assert!(compared(&good, &some()).unwrap().is_empty());
    for at in 0..good.len() {
        assert!(compared(&good[..at], &some()).is_err(), "cut at {at}");
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[at] ^= 1 << bit;
            assert!(
                compared(&changed, &some()).is_err(),
                "bit {bit} of byte {at}"
            );
        }
    }
    assert!(compared(&[&good[..], b"x"].concat(), &some()).is_err());
}

#[test]
fn a_length_that_is_not_there_takes_no_memory() {
    let mut bytes = format!("{MAGIC}{VERSION}\n").into_bytes();
    bytes.extend(u32::MAX.to_le_bytes());
    bytes.extend([0; 100]);
    assert!(matches!(
        compared(&bytes, &some()),
        Err(SnapshotError::Damaged)
    ));
}

#[test]
fn other_files_and_later_versions_are_named() {
    for (text, expected) in [
        ("", "damaged or incomplete"),
        ("jug walk", "damaged or incomplete"),
        ("jug walk snapshot 2\n", "newer version"),
        ("jug walk snapshot 0\n", "damaged"),
        ("jug walk snapshot x\n", "damaged"),
        ("path\tsize\n", "not a snapshot"),
    ] {
        let error = compared(text.as_bytes(), &some()).unwrap_err();
        assert!(error.to_string().contains(expected), "{text:?}: {error}");
    }
}

#[test]
fn values_that_no_walk_writes_are_refused() {
    // A number that is none would be written into JSON as it is.
    let text = |value: Value<'_>| {
        let mut bytes = vec![KNOWN, 0];
        value.push_key(&mut bytes);
        bytes
    };
    for wrong in [
        text(Value::Digits(b"1,\"x\":2"[..].into())),
        text(Value::Digits(b""[..].into())),
        text(Value::Json(b"{}"[..].into())),
        text(Value::Bool(true)),
        vec![KNOWN, 9],
        vec![KNOWN],
        vec![],
        vec![4, 0, 0, 0],
        [text(Value::Missing), text(Value::Missing)].concat(),
        [text(Value::Missing), vec![0]].concat(),
    ] {
        let mut writer = Writer::new(&header()).unwrap();
        writer.put(b"top/a", &wrong).unwrap();
        let plain = plain(writer);
        for new in [
            some(),
            Side::from([("/a".to_owned(), Known::Entry { file: 1, size: 1 })]),
        ] {
            assert!(compared(&plain, &new).is_err(), "{wrong:?}");
        }
    }
    let _ = Kind::Added;
}

#[test]
fn a_header_is_read_as_it_was_written() {
    let header = Header {
        fields: field::list("type,size,mtime").unwrap(),
        roots: vec![b"".to_vec(), b"a b\n".to_vec(), b"\xff".to_vec()],
        filters: Some("0123".to_owned()),
    };
    let back = Header::decode(header.encode().as_bytes()).unwrap();
    let names = |header: &Header| {
        header
            .fields
            .iter()
            .map(|field| field.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&back), names(&header));
    assert_eq!((back.roots, back.filters), (header.roots, header.filters));
    for wrong in [
        "",
        "fields size\n",
        "root a\n",
        "fields size size\nroot a\n",
        "fields size\nroot b\nroot a\n",
        "fields size\nroot a\nx y\n",
        "fields size\nroot \\x0\n",
    ] {
        assert_eq!(
            Header::decode(wrong.as_bytes()).err(),
            Some(HeaderError::Damaged),
            "{wrong:?}"
        );
    }
    let later = Header::decode(b"fields size later\nroot a\n").err();
    assert_eq!(later, Some(HeaderError::UnknownField("later".to_owned())));
}
