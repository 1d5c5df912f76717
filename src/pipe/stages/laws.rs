//! What must hold for every stage. A new entry of [`STAGES`] is tested without further work.

use std::time::Duration;

use super::STAGES;
use crate::pipe::run::testing::{Still, output_of, run_cut, run_with};
use crate::pipe::shared::Shared;

/// Inputs that are odd in one way or another.
const ODD: &[&[u8]] = &[
    b"",
    b"\n",
    b"\n\n\n",
    b"no newline",
    b"a\nno newline",
    b"a\r\nb\r\n\r\nc\r",
    b"a\0b\0\0c\0",
    b"\xff\xfe\n\xc3(\n\xe2\x82\n\xf0\x9f\x92",
    "Grüße ß İ ǆ 中 \u{1F600}\ne\u{301}\n".as_bytes(),
];

#[test]
fn examples_are_true() {
    for spec in STAGES {
        assert!(!spec.examples.is_empty(), "{} has no example", spec.name);
        for example in spec.examples {
            let words = [&[spec.name], example.words].concat();
            let output = run_cut(&words, example.input.as_bytes(), usize::MAX).unwrap();
            assert_eq!(
                String::from_utf8_lossy(&output),
                example.output,
                "{words:?} on {:?}",
                example.input
            );
        }
    }
}

/// One byte at a time, in pieces of 2, 3 and 7, and whole: the same bytes and, after them, the same failure.
#[test]
fn where_the_input_is_cut_makes_no_difference() {
    for spec in STAGES {
        for example in spec.examples {
            let words = [&[spec.name], example.words].concat();
            for input in ODD.iter().copied().chain([example.input.as_bytes()]) {
                for before in [&[][..], &["lines", "+"], &["bytes", "3", "+"]] {
                    let words = [before, &words].concat();
                    let whole = output_of(&words, input, usize::MAX);
                    for size in [1, 2, 3, 7] {
                        let cut = output_of(&words, input, size);
                        assert_eq!(cut, whole, "{words:?} on {input:?} in pieces of {size}");
                    }
                }
            }
        }
    }
}

/// Units before the one that fails are written, those behind it are not; the failure has its place, however the input comes.
#[test]
fn what_comes_before_a_failure_is_written() {
    for (words, input, expected, place) in [
        (
            "lines + base64 -d",
            "YQ==\nYg==\n!\nYw==\n",
            "a\nb\n",
            "stage 2 (base64): item 3: byte 0: ",
        ),
        (
            "lines + hex -d + upper",
            "61\n62\n6\n63\n",
            "A\nB\n",
            "stage 2 (hex): item 3: byte 1: ",
        ),
        (
            "lines + hex -d + hash crc32 + count",
            "61\n6\n",
            "",
            "stage 2 (hex): item 2: byte 1: ",
        ),
        (
            "codes -d",
            "U+0061\nU+0062\nx\nU+0063\n",
            "a\nb\n",
            "stage 1 (codes): line 3: ",
        ),
        (
            "lines + codes -d",
            "U+0061\nx\nU+0063\n",
            "a\n",
            "stage 2 (codes): item 2: ",
        ),
        ("base64 -d", "YWJj!WJj", "abc", "stage 1 (base64): byte 4: "),
        (
            "from csv + to tsv",
            "a,b\n1,2\n3\n4,5\n",
            "a\tb\n1\t2\n",
            "stage 1 (from): record 2: ",
        ),
        (
            "from ndjson",
            "{\"a\":1}\n{\n{\"a\":2}\n",
            "{\"a\":1}\n",
            "stage 1 (from): record 2: ",
        ),
        (
            "from ndjson + to csv",
            "{\"a\":1}\n{\"b\":2}\n",
            "a\n1\n",
            "stage 2 (to): record 2: ",
        ),
        (
            "from ndjson + url --join",
            "{\"path\":\"/\"}\n{\"x\":1}\n",
            "/\n",
            "stage 2 (url): record 2: ",
        ),
        (
            "where a>1",
            "{\"a\":2}\n{\"a\":\"x\"}\n",
            "{\"a\":2}\n",
            "stage 1 (where): record 2: ",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        for size in [1, 2, 5, usize::MAX] {
            let (output, ended) = output_of(&words, input.as_bytes(), size);
            let output = String::from_utf8(output).unwrap();
            assert_eq!(output, expected, "{words:?} in pieces of {size}");
            let message = ended.unwrap_err();
            assert!(message.starts_with(place), "{message}");
        }
    }
}

/// Lines and records that are longer than allowed, after others, however they come.
#[test]
fn lines_and_records_have_a_greatest_length() {
    let clock = Still::stepping(Duration::ZERO);
    let shared = Shared {
        max_line: 12,
        clock: &clock,
        ..Shared::new(&())
    };
    for (words, input) in [
        ("cut -b 1-", "twelve bytes\n"),
        ("tail", "twelve bytes\n"),
        ("lines", "twelve bytes\n"),
        ("lines -0", "twelve bytes\0"),
        ("from ndjson", "{\"a\":\"1234\"}\n"),
        ("from json", "{\"a\":\"1234\"}"),
        ("from csv --no-header", "\"1\n\",456789,\n"),
        ("from tsv --no-header", "1\t4567890123\n"),
        ("from logfmt", "abcdef=45678\n"),
        ("sse", "data:4567890\n\n"),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let run =
            |text: &str, size| run_with(&words, vec![text.repeat(3).into_bytes()], size, &shared);
        let longer = input.replacen(['w', '1', '4'], "xx", 1);
        for size in [1, 5, usize::MAX] {
            assert!(
                run(input, size).is_ok(),
                "{words:?}: {:?}",
                run(input, size)
            );
            let error = run(&longer, size).unwrap_err();
            assert!(
                error.contains("longer than 12 bytes; see --max-line"),
                "{error}"
            );
        }
    }
}

#[test]
fn names_are_sorted_and_summaries_are_one_line() {
    assert!(STAGES.is_sorted_by(|one, other| one.name < other.name));
    for spec in STAGES {
        let is_kebab =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(spec.name.bytes().all(is_kebab), "{}", spec.name);
        let summary = spec.summary;
        assert!(
            !summary.ends_with('.') && !summary.contains('\n'),
            "{summary}"
        );
        assert!(
            summary.starts_with(|first: char| first.is_uppercase()),
            "{summary}"
        );
    }
}
