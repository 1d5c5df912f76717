//! Reading by masks, with all instructions, against reading byte by byte and against serde_json.

use proptest::prelude::*;

use super::*;

/// Reads a line with some instructions.
struct Read<'s, 'l>(&'s mut Scan, &'l [u8]);

/// The values of a line as text, or what is wrong with it.
type Answer = Result<Vec<String>, InvalidJson>;

impl Task for Read<'_, '_> {
    type Output = Answer;

    fn run<M: Masks>(self, masks: M) -> Answer {
        let mut out = vec![Value::Missing; 5];
        self.0.find(masks, self.1, &mut out)?;
        Ok(out.iter().map(|value| format!("{value:?}")).collect())
    }
}

fn scan(paths: &[Vec<Step>]) -> Scan {
    Scan::new(Paths::new(paths.iter().map(Vec::as_slice).enumerate()))
}

fn paths() -> [Vec<Step>; 5] {
    [
        vec![key("a")],
        vec![key("b")],
        vec![key("b"), key("a")],
        vec![key("b"), Step::Index(1)],
        vec![key("\"\\")],
    ]
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// Reads five fields of a line in all ways, which must agree.
fn read(line: &[u8]) -> Answer {
    read_after(&[], line)
}

/// The same after other lines, which must not matter.
fn read_after(before: &[&[u8]], line: &[u8]) -> Answer {
    let mut out = vec![Value::Missing; 5];
    let bytes = scan(&paths())
        .scan(&mut Bytes(line), &mut out)
        .map(|()| out.iter().map(|value| format!("{value:?}")).collect());
    let shown = line.escape_ascii();
    let (mut portable, mut best) = (scan(&paths()), scan(&paths()));
    for line in before {
        let _ = Read(&mut portable, line).run(Portable);
        let _ = with_masks(Read(&mut best, line));
    }
    for _ in 0..2 {
        assert_eq!(Read(&mut portable, line).run(Portable), bytes, "{shown}");
        assert_eq!(with_masks(Read(&mut best, line)), bytes, "{shown}");
    }
    bytes
}

/// Pieces of JSON and of what is not JSON.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\\\\",
        "\\\"",
        ",",
        ":",
        " ",
        "1",
        "null",
        "\"a\":",
        "\"b\":",
        "\"c\":",
        "\"x\"",
        "\"{[\"",
        "\"\\\\\"",
        "\"\\\"}\"",
        "{\"a\":",
        "[[[[",
        "]]]]",
        "{}",
        "[]",
        "\"\\\\\\\"\"",
    ];
    prop_oneof![
        8 => prop::sample::select(pieces.map(|piece| piece.as_bytes().to_vec()).to_vec()),
        1 => (0_usize..140).prop_map(|count| vec![b'\\'; count]),
        1 => (0_usize..140).prop_map(|count| vec![b'x'; count]),
        1 => (0_usize..140).prop_map(|count| [b"\"", &*vec![b'['; count], b"\""].concat()),
        1 => (0_usize..140).prop_map(|count| vec![b'['; count]),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

/// A JSON value, in text.
fn value_text() -> impl Strategy<Value = String> {
    let text = "([a-z ]{0,9}|[{}\\[\\],:]|\\\\[\"\\\\/bnt]|\\\\u00e9|é){0,12}";
    let scalar = prop_oneof![
        text.prop_map(|inside| format!("\"{inside}\"")),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?",
        prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(5, 40, 5, |inner| {
        let member = (prop::sample::select(vec!["a", "b", "c"]), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..5).prop_map(|members| object(&members)),
        ]
    })
}

/// An object with one member for each key, since serde_json takes the last of several.
fn object(members: &[(&str, String)]) -> String {
    let mut seen = Vec::new();
    let mut texts = Vec::new();
    for (key, value) in members {
        if !seen.contains(key) {
            seen.push(*key);
            texts.push(format!("\"{key}\": {value}"));
        }
    }
    format!("{{{}}}", texts.join(" ,"))
}

/// A whole object after some blanks, which move it to any place in a block.
fn document() -> impl Strategy<Value = String> {
    let member = (prop::sample::select(vec!["a", "b", "c", "d"]), value_text());
    let members = prop::collection::vec(member, 0..8);
    (0_usize..70, members)
        .prop_map(|(blanks, members)| format!("{}{}", " ".repeat(blanks), object(&members)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn soup_is_read_alike_in_all_ways(pieces in prop::collection::vec(piece(), 0..30)) {
        let line = pieces.concat();
        let _ = read(&line);
        let _ = read(&[b"{", &*line].concat());
        let _ = read(&[b"{\"c\":[", &*line].concat());
    }

    #[test]
    fn documents_are_read_as_serde_reads_them(line in document()) {
        read(line.as_bytes()).unwrap();
        let mut out = vec![Value::Missing; 5];
        scan(&paths()).find(Portable, line.as_bytes(), &mut out).unwrap();
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        for (path, value) in ["/a", "/b", "/b/a", "/b/1"].into_iter().zip(&out) {
            let mut json = Vec::new();
            value.write_json(&mut json);
            let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
            let of_array = matches!(object.pointer("/b"), Some(serde_json::Value::Array(_)));
            let expected = object.pointer(path).filter(|_| path != "/b/1" || of_array);
            prop_assert_eq!(&value, expected.unwrap_or(&serde_json::Value::Null), "{}", path);
        }
    }

    #[test]
    fn a_line_is_read_alike_after_any_other_lines(
        documents in prop::collection::vec(document(), 1..4),
        line in document(),
        pieces in prop::collection::vec(piece(), 0..10),
    ) {
        let soup = [b"{", &*pieces.concat()].concat();
        let mut before: Vec<&[u8]> = documents.iter().map(String::as_bytes).collect();
        before.push(&soup);
        read_after(&before, line.as_bytes()).unwrap();
        let _ = read_after(&before[..documents.len()], &soup);
    }

    #[test]
    fn damaged_documents_are_read_alike_in_all_ways(
        line in document(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"\"\\{}[],: \xff".to_vec())), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut line = line.into_bytes();
        for (place, byte) in damage {
            let place = place.index(line.len());
            line[place] = byte;
        }
        let _ = read(&line);
        let _ = read(&line[..cut.index(line.len())]);
    }
}
