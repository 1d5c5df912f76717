//! Levels of log lines, in one spelling.

/// The longest word for a level, in bytes.
const LONGEST: usize = 13;

/// The words that programs write for levels, in capitals, by their first letter.
fn words(first: u8) -> &'static [(&'static str, &'static str)] {
    match first {
        b'I' => &[
            ("INFO", "info"),
            ("INF", "info"),
            ("INFORMATION", "info"),
            ("INFORMATIONAL", "info"),
        ],
        b'N' => &[("NOTICE", "info"), ("NOTE", "info")],
        b'L' => &[("LOG", "info")],
        b'W' => &[("WARN", "warn"), ("WARNING", "warn"), ("WRN", "warn")],
        b'E' => &[
            ("ERROR", "error"),
            ("ERR", "error"),
            ("EROR", "error"),
            ("EMERG", "fatal"),
            ("EMERGENCY", "fatal"),
        ],
        b'D' => &[
            ("DEBUG", "debug"),
            ("DBG", "debug"),
            ("DEBG", "debug"),
            ("DEBUG1", "debug"),
            ("DEBUG2", "debug"),
            ("DEBUG3", "debug"),
            ("DEBUG4", "debug"),
            ("DEBUG5", "debug"),
        ],
        b'T' => &[("TRACE", "trace"), ("TRC", "trace")],
        b'F' => &[
            ("FATAL", "fatal"),
            ("FTL", "fatal"),
            ("FAILURE", "error"),
            ("FINE", "debug"),
            ("FINER", "trace"),
            ("FINEST", "trace"),
        ],
        b'S' => &[("SEVERE", "error"), ("SILLY", "trace")],
        b'V' => &[("VERBOSE", "trace")],
        b'C' => &[("CRITICAL", "fatal"), ("CRIT", "fatal"), ("CRT", "fatal")],
        b'A' => &[("ALERT", "fatal")],
        b'P' => &[("PANIC", "fatal")],
        _ => &[],
    }
}

/// The level that a word stands for, in any case. A single letter stands for none: see [`of_letter`].
#[inline]
pub(in crate::format) fn of_word(word: &[u8]) -> Option<&'static str> {
    if !(3..=LONGEST).contains(&word.len()) {
        return None;
    }
    let mut words = words(word[0].to_ascii_uppercase()).iter();
    words.find_map(|(name, level)| name.as_bytes().eq_ignore_ascii_case(word).then_some(*level))
}

/// The level that a capital letter stands for, as in logs of Android and of Go's klog.
#[inline]
pub(super) fn of_letter(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'T' | b'V' => "trace",
        b'D' => "debug",
        b'I' => "info",
        b'W' => "warn",
        b'E' => "error",
        b'F' => "fatal",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_programs_become_six_levels() {
        for (words, level) in [
            ("TRACE trace Verbose FINEST", Some("trace")),
            ("DEBUG Debug dbg FINE DEBUG5", Some("debug")),
            ("INFO info Information NOTICE LOG", Some("info")),
            ("WARN Warning wrn", Some("warn")),
            ("ERROR Err SEVERE FAILURE", Some("error")),
            ("FATAL crit CRITICAL panic EMERG alert", Some("fatal")),
            ("in I E informed erroring DEBUG6 informationally", None),
        ] {
            for word in words.split(' ') {
                assert_eq!(of_word(word.as_bytes()), level, "{word}");
            }
        }
        let letters: Vec<_> = b"VDIWEFX".iter().map(|letter| of_letter(*letter)).collect();
        let expected = ["trace", "debug", "info", "warn", "error", "fatal"].map(Some);
        assert_eq!(letters, [&expected[..], &[None]].concat());
        let all =
            || (b'A'..=b'Z').flat_map(|first| words(first).iter().map(move |word| (first, word.0)));
        assert!(all().all(|(first, word)| word.as_bytes()[0] == first));
        assert_eq!(all().map(|(_, word)| word.len()).max(), Some(LONGEST));
    }
}
