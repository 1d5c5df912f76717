//! Scripts of records and time, and what comes out.

use super::*;
use crate::watch::facts::Facts;

fn record(kind: Kind, path: &str, from: Option<&str>) -> Record {
    Record {
        kind,
        path: path.into(),
        from: from.map(Into::into),
        facts: Facts {
            file_type: FileType::File,
            size: 0,
            mtime: 0,
            ctime: 0,
            ino: 1,
            is_fresh: false,
        },
        reason: None,
        may_return: true,
    }
}

/// What comes of records, each a word such as `rename:a>b`, with `+N` for milliseconds that pass.
fn folded(script: &str) -> String {
    let (mut hold, mut now) = (Hold::default(), Instant::now());
    let mut out = Vec::new();
    for word in script.split(' ') {
        if let Some(time) = word.strip_prefix('+') {
            now += Duration::from_millis(time.parse().unwrap());
            hold.due(now, &mut out);
            continue;
        }
        let (kind, path) = word.split_once(':').unwrap();
        let (kind, is_final) = match kind.strip_suffix('-') {
            Some(kind) => (kind, true),
            None => (kind, false),
        };
        let kind = [
            Kind::Create,
            Kind::Modify,
            Kind::Attrib,
            Kind::Remove,
            Kind::Rename,
            Kind::Close,
        ]
        .into_iter()
        .find(|known| known.name() == kind)
        .unwrap();
        let mut record = match path.split_once('>') {
            Some((from, path)) => record(kind, path, Some(from)),
            None => record(kind, path, None),
        };
        // `remove-` and `rename-`: nothing shows that it may come back.
        record.may_return = !is_final;
        hold.put(record, now, &mut out);
    }
    now += Duration::from_secs(1);
    hold.due(now, &mut out);
    hold.due(now + INTERVAL, &mut out);
    assert_eq!(hold.deadline(), None, "{script}");
    let words = out.iter().map(|record| {
        let reason = record.reason.map_or("", |_| "!");
        let from = record.from.as_ref().map_or(String::new(), |from| {
            format!("{}>", String::from_utf8_lossy(from))
        });
        let path = String::from_utf8_lossy(&record.path);
        format!("{}{reason}:{from}{path}", record.kind.name())
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn saving_under_another_name_is_one_change() {
    for (script, expected) in [
        // As vim does: aside, write, remove the old one.
        (
            "rename:a>a~ create:a close:a remove:a~",
            "modify!:a close:a",
        ),
        ("rename:a>a~ +10 create:a", "create:a~ modify!:a"),
        ("remove:a create:a", "modify!:a"),
        (
            "rename:a>a~ create:a modify:a attrib:a remove:a~",
            "modify!:a",
        ),
        ("rename:a>b rename:t>a remove:b", "modify!:t>a"),
        ("remove:a rename:t>a", "modify!:t>a"),
        // Too late.
        ("remove:a +150 create:a", "remove:a create:a"),
        ("rename:a>b +150 create:a", "rename:a>b create:a"),
        ("rename:a>b modify:b", "rename:a>b modify:b"),
        ("rename:a>b rename:b>c", "rename:a>b rename:b>c"),
        ("rename:a>b remove:b", "rename:a>b remove:b"),
        ("create:a remove:a", "create:a remove:a"),
        // Nothing shows it.
        ("remove-:a create:a", "remove:a create:a"),
        ("rename-:a>b create:a", "rename:a>b create:a"),
    ] {
        assert_eq!(folded(script), expected, "{script}");
    }
}

#[test]
fn many_changes_of_a_file_are_few_records() {
    for (script, expected) in [
        ("modify:a modify:a modify:a", "modify:a modify:a"),
        ("modify:a modify:b modify:a", "modify:a modify:b modify:a"),
        ("modify:a +60 modify:a", "modify:a modify:a"),
        ("modify:a modify:a close:a", "modify:a modify:a close:a"),
        ("modify:a modify:a remove:a", "modify:a modify:a remove:a"),
    ] {
        assert_eq!(folded(script), expected, "{script}");
    }
    let words: Vec<String> = (0..1000).map(|_| "modify:a +1".to_owned()).collect();
    let count = folded(&words.join(" ")).split(' ').count();
    assert!((20..=21).contains(&count), "{count}");
}

#[test]
fn what_cannot_come_back_is_reported_at_once() {
    for (kind, from) in [(Kind::Remove, None), (Kind::Rename, Some("b"))] {
        for may_return in [false, true] {
            let (mut hold, mut out) = (Hold::default(), Vec::new());
            let record = Record {
                may_return,
                ..record(kind, "a", from)
            };
            hold.put(record, Instant::now(), &mut out);
            assert_eq!(out.len(), usize::from(!may_return));
            assert_eq!(hold.deadline().is_some(), may_return);
        }
    }
}

#[test]
fn a_hundred_thousand_ends_are_held_in_no_time() {
    let (mut hold, mut out, now) = (Hold::default(), Vec::new(), Instant::now());
    for number in 0..100_000 {
        hold.put(
            record(Kind::Remove, &number.to_string(), None),
            now,
            &mut out,
        );
    }
    hold.put(record(Kind::Create, "7", None), now, &mut out);
    assert!(out.is_empty());
    hold.due(now + HELD, &mut out);
    assert_eq!(out.len(), 100_000);
    assert_eq!((&*out[0].path, &*out[7].path), (&b"0"[..], &b"8"[..]));
    assert_eq!(out[99_999].reason, Some(Reason::Replaced));
}
