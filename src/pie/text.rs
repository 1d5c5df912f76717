//! Letters: fit to be shown, measured, cut.

use std::borrow::Cow;

use crate::render::{Weight, text_width};

/// Sizes of letters, in pixels.
pub(super) const TITLE: f64 = 18.0;
pub(super) const SUBTITLE: f64 = 13.0;
pub(super) const LABEL: f64 = 13.0;

/// From one line to the next, for letters of a size.
pub(super) fn line_height(size: f64) -> f64 {
    (size * 1.4).round()
}

/// From the middle of a line of capitals and digits down to where they stand: half of the height of DejaVu's capitals.
pub(super) fn drop(size: f64) -> f64 {
    size * 0.365
}

/// How wide a text is, in pixels.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    f64::from(text_width(text, size as f32, weight))
}

/// The text, if it is not wider than `room`; else its beginning with `…`.
pub(super) fn cut(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size, weight);
    let (mut end, mut used) = (0, 0.0);
    for (at, letter) in text.char_indices() {
        used += width(letter.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        end = at + letter.len_utf8();
    }
    format!("{}…", text[..end].trim_end())
}

/// A label as it may stand in a picture: blanks of all kinds become one, and what would be no text (XML 1.0, 2.2), or would
/// turn it around, is written out.
pub(super) fn shown(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for letter in label.trim().chars() {
        match letter {
            '\t' | '\n' | '\r' | ' ' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(letter.escape_unicode());
            }
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter if letter.is_control() => out.extend(letter.escape_default()),
            letter => out.push(letter),
        }
    }
    if out.is_empty() {
        out.push_str("(empty)");
    }
    out
}

/// A label for use among other words: marks around one that is written from right to left keep it from taking what is beside it
/// along (Unicode Standard Annex 9, 2.7).
pub(super) fn among_others(label: &str) -> Cow<'_, str> {
    const MARK: char = '\u{200e}';
    if label.chars().any(is_right_to_left) {
        Cow::Owned(format!("{MARK}{label}{MARK}"))
    } else {
        Cow::Borrowed(label)
    }
}

/// Letters of the blocks that Unicode keeps for such scripts.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_written_out() {
        for (label, seen) in [
            (" a\t b\n", "a b"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("", "(empty)"),
            ("<&\">", "<&\">"),
            ("שלום", "שלום"),
        ] {
            assert_eq!(shown(label), seen);
        }
    }

    #[test]
    fn the_other_direction_is_marked() {
        assert_eq!(among_others("abc мир"), "abc мир");
        let marked = among_others("שלום");
        assert_eq!(marked, "\u{200e}שלום\u{200e}");
        let wide = |text| width(text, LABEL, Weight::Regular);
        assert_eq!(wide(&marked), wide("שלום"));
    }

    #[test]
    fn what_is_too_wide_is_cut() {
        let room = width("abc…", LABEL, Weight::Regular) + 0.1;
        assert_eq!(cut("abcdef", LABEL, Weight::Regular, room), "abc…");
        assert_eq!(cut("abc", LABEL, Weight::Regular, room), "abc");
        assert_eq!(cut("abcdef", LABEL, Weight::Regular, 0.0), "…");
    }
}
