//! Levels of log lines, in one spelling.

/// Levels in one spelling, from the least severe, with the words that programs write for each, in capitals.
const LEVELS: [(&str, &[&str]); 6] = [
    (
        "trace",
        &["TRACE", "TRC", "FINEST", "FINER", "SILLY", "VERBOSE"],
    ),
    (
        "debug",
        &[
            "DEBUG", "DBG", "DEBG", "FINE", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5",
        ],
    ),
    (
        "info",
        &[
            "INFO",
            "INF",
            "INFORMATION",
            "INFORMATIONAL",
            "NOTICE",
            "NOTE",
            "LOG",
        ],
    ),
    ("warn", &["WARN", "WARNING", "WRN"]),
    ("error", &["ERROR", "ERR", "EROR", "SEVERE", "FAILURE"]),
    (
        "fatal",
        &[
            "FATAL",
            "FTL",
            "CRITICAL",
            "CRIT",
            "CRT",
            "ALERT",
            "EMERG",
            "EMERGENCY",
            "PANIC",
        ],
    ),
];

/// The longest word for a level, in bytes.
const LONGEST: usize = 13;

/// The level that a word stands for, in any case. A single letter stands for none: see [`of_letter`].
#[inline]
pub(super) fn of_word(word: &[u8]) -> Option<&'static str> {
    if !(3..=LONGEST).contains(&word.len()) {
        return None;
    }
    let is_it = |name: &&str| name.as_bytes().eq_ignore_ascii_case(word);
    let mut levels = LEVELS.iter();
    levels.find_map(|(level, names)| names.iter().any(is_it).then_some(*level))
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
        let longest = LEVELS
            .iter()
            .flat_map(|(_, names)| names.iter())
            .map(|name| name.len())
            .max();
        assert_eq!(longest, Some(LONGEST));
    }
}
