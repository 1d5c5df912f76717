//! What lines become, and that nothing is lost or doubled.

use proptest::prelude::*;

use super::*;

/// The records of some lines, and where they are.
fn frame(framing: &mut dyn Framing, text: &str) -> Vec<(Option<String>, u64)> {
    let mut framed = Framed::default();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let bytes = line.strip_suffix('\n').unwrap_or(line).as_bytes();
        framing.line(bytes, offset, &mut framed);
        offset += line.len() as u64;
    }
    framing.end(&mut framed);
    shown(&mut framed)
}

fn shown(framed: &mut Framed) -> Vec<(Option<String>, u64)> {
    let parts = framed.take();
    let records = parts.iter().flat_map(Records::iter);
    let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    records
        .map(|record| (record.text.map(text), record.offset))
        .collect()
}

fn gathered(rule: Rule, text: &str) -> Vec<(Option<String>, u64)> {
    frame(&mut Gather::new(rule, 40), text)
}

fn from(regex: &str) -> Rule {
    let compiled = regex_automata::meta::Regex::new(regex).expect("a regex");
    Rule::From(compiled, regex.to_owned())
}

fn some(text: &str, offset: u64) -> (Option<String>, u64) {
    (Some(text.to_owned()), offset)
}

#[test]
fn a_record_goes_from_one_beginning_to_the_next() {
    assert_eq!(
        gathered(from("^[0-9]"), "a\n1 b\n\tc\n2 d\r\n\n3 e"),
        [
            some("a", 0),
            some("1 b\n\tc", 2),
            some("2 d", 9),
            some("3 e", 15)
        ]
    );
    assert_eq!(gathered(from("^[0-9]"), ""), []);
    // What is too long is one record, up to the next beginning.
    let long = format!("1 b\n{}\n{}\n2 c\n", "x".repeat(37), "y".repeat(50));
    assert_eq!(
        gathered(from("^[0-9]"), &long),
        [(None, 0), some("2 c", 93)]
    );
    let above = format!("1 b\n{}\n2 c\n", "x".repeat(37));
    assert_eq!(gathered(from("^[0-9]"), &above)[0], (None, 0));
    let fits = format!("1 b\n{}\n2 c\n", "x".repeat(36));
    assert_eq!(gathered(from("^[0-9]"), &fits).len(), 2);
    assert!(gathered(from("^[0-9]"), &fits)[0].0.is_some());
}

#[test]
fn times_begin_records_where_the_first_one_stands() {
    let text = "up\n[2026-05-17 10:05:03] a\n  2026-05-17 10:05:03 b\n2026-05-17 x\n[2026-05-17 10:05:04] c\n";
    let offsets: Vec<u64> = frame(&mut Gather::new(Rule::FromTime, 1000), text)
        .iter()
        .map(|record| record.1)
        .collect();
    assert_eq!(offsets, [0, 3, 64]);
    let later = "INFO 2026-05-17 10:05:03 a\n2026-05-17 10:05:03 b\nWARN 2026-05-17 10:05:04 c\n";
    assert_eq!(gathered(Rule::FromTime, later).len(), 2);
}

#[test]
fn rows_go_on_in_quotes() {
    let comma = Rule::Quotes(Some(b','));
    assert_eq!(
        gathered(comma.clone(), "a,\"b\nc\"\"\nd\",e\nf\"g,h\n\"\",\"\"\n"),
        [
            some("a,\"b\nc\"\"\nd\",e", 0),
            some("f\"g,h", 14),
            some("\"\",\"\"", 20)
        ]
    );
    assert_eq!(gathered(comma, "a;\"b\nc;d\"\n").len(), 2);
    assert_eq!(
        gathered(Rule::Quotes(Some(b';')), "a;\"b\nc;d\"\n").len(),
        1
    );
    assert_eq!(gathered(Rule::Quotes(None), "a;\"b\nc;d\"\n").len(), 1);
}

#[test]
fn long_lines_are_long_records() {
    for (rule, expected) in [
        (from("^[0-9]"), vec![(None, 0), some("3", 9)]),
        (
            Rule::Quotes(Some(b',')),
            vec![(None, 0), some("x", 7), some("3", 9)],
        ),
    ] {
        let mut framing = Gather::new(rule.clone(), 40);
        let mut framed = Framed::default();
        if let Rule::From(..) = rule {
            framing.line(b"1", 0, &mut framed);
            framing.long_line(2, &mut framed);
        } else {
            framing.line(b"\"1", 0, &mut framed);
            framing.long_line(2, &mut framed);
        }
        framing.line(b"x", 7, &mut framed);
        framing.line(b"3", 9, &mut framed);
        framing.end(&mut framed);
        assert_eq!(shown(&mut framed), expected);
    }
}

#[test]
fn samples_keep_the_place_of_every_byte() {
    let lines = |text: &str, is_whole| {
        let lines = as_lines(text.as_bytes(), is_whole, Gather::new(from("^[0-9]"), 40));
        String::from_utf8(lines).expect("text")
    };
    assert_eq!(lines("1\na\n2\nb\n", true), "1 a\n2 b\n");
    assert_eq!(lines("1\na\n2\nb\n", false), "1 a\n");
    assert_eq!(lines("1\na\n2\nb", true), "1 a\n2 b");
    assert_eq!(lines("1\na\n2\nb", false), "1 a\n");
    assert_eq!(lines("1\na", false), "");
    let quoted = as_lines(
        b"a,\"b\nc\"\nd,\"e\n",
        false,
        Gather::new(Rule::Quotes(None), 40),
    );
    assert_eq!(quoted, b"a,\"b c\"\n");
}

/// `STREAM TAG TEXT`, with a time in the tag.
fn cut(line: &[u8]) -> Option<Piece<'_>> {
    let (stream, rest) = line.split_at_checked(1)?;
    let (mark, text) = rest.split_at_checked(1)?;
    let (time, text) = match text.split_first_chunk::<10>() {
        Some((time, text)) if time.starts_with(b"20") => (&time[..], text),
        _ => (&b""[..], text),
    };
    Some(Piece {
        stream,
        head: stream,
        mark,
        text,
        tail: b"",
        is_partial: mark == b"+",
        time,
    })
}

#[test]
fn pieces_of_a_stream_are_joined_over_lines_of_others() {
    let mut pieces = Pieces::new(cut, 10);
    assert_eq!(
        frame(&mut pieces, "a+1\nb+x\na+2\nb.y\na.3\na.4\nc+9\nd+8\n"),
        [
            some("b.xy", 12),
            some("a.123", 16),
            some("a.4", 20),
            some("c+9", 24),
            some("d+8", 28)
        ]
    );
    assert_eq!(
        frame(&mut pieces, "a+123456\na+789ab\na.\na.c\n\n"),
        [(None, 17), some("a.c", 20), some("", 24)]
    );
}

#[test]
fn pieces_are_joined_with_those_of_the_next_file_unless_it_is_older() {
    for (next, expected) in [
        ("a.2026-01-02y\n", [some("a.xy", 0), some("b+z", 0)]),
        ("a.2026-01-01y\n", [some("a.xy", 0), some("b+z", 0)]),
    ] {
        let mut pieces = Pieces::new(cut, 10);
        let mut framed = Framed::default();
        pieces.line(b"a+2026-01-01x", 70, &mut framed);
        pieces.line(b"b+2026-01-01z", 80, &mut framed);
        assert_eq!(shown(&mut framed), []);
        pieces.go_on();
        assert_eq!(frame(&mut pieces, next), expected);
    }
    let mut pieces = Pieces::new(cut, 10);
    pieces.line(b"a+2026-01-02x", 70, &mut Framed::default());
    pieces.go_on();
    assert_eq!(
        frame(&mut pieces, "a.2026-01-01y\na.2026-01-01z\n"),
        [
            some("a+x", 0),
            some("a.2026-01-01y", 0),
            some("a.2026-01-01z", 14)
        ]
    );
}

proptest! {
    /// The texts of each stream, one after the other, are those of its lines.
    #[test]
    fn no_piece_is_lost_or_doubled(lines in prop::collection::vec("[ab][+.][a-z]{0,3}", 0..20)) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let records = frame(&mut Pieces::new(cut, 1000), &text);
        for stream in ["a", "b"] {
            let of_lines: String = lines.iter().filter(|line| line.starts_with(stream)).map(|line| &line[2..]).collect();
            let records: Vec<&str> = records.iter().filter_map(|record| record.0.as_deref()).filter(|record| record.starts_with(stream)).collect();
            let of_records: String = records.iter().map(|record| &record[2..]).collect();
            prop_assert_eq!(of_records, of_lines);
            let last = lines.iter().rfind(|line| line.starts_with(stream));
            let ends = lines.iter().filter(|line| line.starts_with(stream) && line[1..].starts_with('.')).count();
            let open = usize::from(last.is_some_and(|line| line[1..].starts_with('+')));
            prop_assert_eq!(records.len(), ends + open);
        }
    }
}
