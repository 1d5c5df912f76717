//! States read back, damaged, foreign and newer.

use super::*;
use proptest::prelude::*;

pub(in crate::resume) fn sample() -> State {
    let status = |inode| Status {
        kind: Kind::File,
        device: 65_024,
        inode,
        birth: (inode % 2 == 0).then_some(1_795_737_600_123_456_789),
        size: 900,
        modified: -5,
        changed: 1_795_737_600_123_456_789,
    };
    let mark = |inode, path: &[u8]| Mark {
        path: OsString::from_vec(path.to_vec()).into(),
        status: status(inode),
        offset: 890,
        head: Head::of(b"some text"),
        tail: Digest::of(b"text"),
        samples: Samples::from_pairs(vec![(8, 7), (16, u64::MAX)]).unwrap(),
    };
    State {
        command: "follow".to_owned(),
        plan: "lines of text".to_owned(),
        logs: vec![
            LogState {
                path: "/var/log/my app.log".into(),
                links: Links::Refused,
                seen: 20_784,
                known: Known {
                    position: Some(mark(4, b"/var/log/my app.log")),
                    finished: vec![mark(5, b"/\xff\n\\"), mark(6, b"x")],
                    archives: vec![Seen { status: status(7) }],
                },
            },
            LogState {
                path: "current".into(),
                links: Links::Followed,
                seen: -1,
                known: Known::default(),
            },
        ],
        output: Some(OutputState {
            path: "out".into(),
            length: 12,
            tail: Digest::of(b""),
        }),
        kept: vec!["some words".to_owned(), String::new()],
    }
}

#[test]
fn a_state_is_read_as_it_was_written() {
    for state in [sample(), State::new("follow", "lines"), State::new("", "")] {
        let text = encode(&state);
        assert_eq!(decode(&text), Ok(state));
        assert!(
            text.iter()
                .all(|byte| *byte == b'\n' || (b' '..=b'~').contains(byte))
        );
    }
}

#[test]
fn a_state_that_was_cut_or_overwritten_at_any_place_is_damaged() {
    let text = encode(&sample());
    for length in 0..text.len() {
        let cut = decode(&text[..length]).unwrap_err();
        assert_eq!(cut == Damage::Empty, length == 0, "{length}");
        assert!(
            cut != Damage::Foreign && cut != Damage::Newer,
            "{length}: {cut}"
        );
        let mut nuls = text.clone();
        nuls[length..].fill(0);
        assert_eq!(decode(&nuls), Err(Damage::Damaged), "{length}");
        let mut flipped = text.clone();
        flipped[length] ^= 1;
        assert!(decode(&flipped).is_err(), "{length}");
    }
}

#[test]
fn other_files_and_newer_states_are_distinguished() {
    assert_eq!(
        decode(b"2026-11-27 a line of a log\n"),
        Err(Damage::Foreign)
    );
    assert_eq!(decode(b"jug state 3\nanything"), Err(Damage::Newer));
    assert_eq!(decode(b"jug state 2\nanything"), Err(Damage::Damaged));
    assert_eq!(decode(b"jug state 1\nanything"), Err(Damage::Damaged));
    // The checksum is right, the content is not.
    for body in [
        "nonsense 1\n",
        "log followed x p\n",
        "position 1\n",
        "command a b\n",
    ] {
        let text = format!("jug state 1\n{body}");
        let text = format!("{text}end {}\n", Digest::of(text.as_bytes()));
        assert_eq!(decode(text.as_bytes()), Err(Damage::Damaged), "{body}");
    }
}

proptest! {
    #[test]
    fn paths_are_kept_byte_for_byte(path in prop::collection::vec(any::<u8>(), 0..40)) {
        let escaped = escape(&path);
        prop_assert!(!escaped.contains([' ', '\n']));
        prop_assert_eq!(unescape(&escaped), Some(path));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = decode(&[b"jug state 1\n".as_slice(), &bytes].concat());
        let _ = unescape(&String::from_utf8_lossy(&bytes));
    }
}
