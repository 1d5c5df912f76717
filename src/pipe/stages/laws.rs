//! What must hold for every stage. A new entry of [`STAGES`] is tested without further work.

use super::STAGES;
use crate::pipe::run::testing::run_cut;

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

/// One byte at a time, in pieces of 2, 3 and 7, and whole: the same bytes, or the same failure.
#[test]
fn where_the_input_is_cut_makes_no_difference() {
    for spec in STAGES {
        for example in spec.examples {
            let words = [&[spec.name], example.words].concat();
            for input in ODD.iter().copied().chain([example.input.as_bytes()]) {
                for before in [&[][..], &["lines", "+"], &["bytes", "3", "+"]] {
                    let words = [before, &words].concat();
                    let whole = run_cut(&words, input, usize::MAX);
                    for size in [1, 2, 3, 7] {
                        let cut = run_cut(&words, input, size);
                        assert_eq!(cut, whole, "{words:?} on {input:?} in pieces of {size}");
                    }
                }
            }
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
