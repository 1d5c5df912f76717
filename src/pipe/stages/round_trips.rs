//! Every encoder with its decoder gives back what it got, whatever bytes they are and wherever they are cut.

use proptest::prelude::*;

use crate::pipe::run::testing::run_cut;

/// Words that encode, and words that decode.
const PAIRS: &[(&[&str], &[&str])] = &[
    (&["base64"], &["base64", "-d"]),
    (
        &["base64", "--url", "--wrap", "7"],
        &["base64", "--url", "-d"],
    ),
    (&["codes"], &["codes", "-d"]),
    (&["hex"], &["hex", "-d"]),
    (&["hex", "--upper"], &["hex", "-d"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn decoders_undo_encoders(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        sizes in (1_usize..50, 1_usize..50),
    ) {
        for (encode, decode) in PAIRS {
            let encoded = run_cut(encode, &bytes, sizes.0).unwrap();
            let decoded = run_cut(decode, &encoded, sizes.1);
            prop_assert_eq!(decoded, Ok(bytes.clone()), "{:?}", encode);
        }
    }

    /// As lines, each of which is encoded for itself.
    #[test]
    fn decoders_undo_encoders_line_by_line(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        size in 1_usize..9,
    ) {
        let lines = [&bytes[..], b"\n"].concat();
        for (encode, decode) in PAIRS {
            let words = [&["lines", "+"], *encode, &["+"], *decode].concat();
            prop_assert_eq!(run_cut(&words, &lines, size), Ok(lines.clone()), "{:?}", encode);
        }
    }
}
