//! `columns`: words separated by blanks, as `ps`, `df` and awk have them. A heading, if there is one, is a line like others.

use std::collections::BTreeMap;

use super::plain;
use super::words::split;
use super::{Candidate, Kind, Refused, Sample, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "columns",
    summary: "Read fields separated by blanks, named $1, $2 … as in awk",
    kind: Kind::Words,
    precedence: 0,
    extensions: &[],
    rows: None,
    candidates,
    example: "root     1  0.1 init\nwww    812 12.5 web\nwww    813  3.0 web\n",
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(plain::candidates(
        &SPEC,
        |sample| usual_width(sample).0,
        settings,
    ))
}

/// Whether lines agree on how many words they have, so that words by number mean something.
pub(super) fn agrees(sample: Sample<'_>) -> bool {
    let (words, (agreeing, all)) = usual_width(sample);
    words >= 2 && agreeing >= 2 && agreeing * 10 >= all * 9
}

/// The number of words that most lines have, and how many of all lines that are not blank have it.
fn usual_width(sample: Sample<'_>) -> (usize, (usize, usize)) {
    let mut widths = BTreeMap::new();
    for line in sample.lines() {
        let words = split(line).count();
        if words > 0 {
            *widths.entry(words).or_insert(0) += 1;
        }
    }
    let all = widths.values().sum();
    let usual = widths.into_iter().max_by_key(|(_, lines)| *lines);
    usual.map_or((0, (0, 0)), |(words, lines)| (words, (lines, all)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_agree_in_their_number_of_words() {
        let agrees = |text: &str| {
            agrees(Sample {
                bytes: text.as_bytes(),
                whole: true,
            })
        };
        assert!(agrees(SPEC.example));
        assert!(agrees("a b\n\n c  d\n"));
        assert!(!agrees("a b\n"));
        assert!(!agrees("a\nb\nc\n"));
        assert!(!agrees("a b\nc d e\nf g\n"));
        assert!(!agrees(""));
    }
}
