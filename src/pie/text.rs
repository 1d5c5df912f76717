//! Text in a chart: made safe to show, measured, truncated.

use std::borrow::Cow;

use crate::render::{Weight, text_width};

/// Font sizes, in pixels.
pub(super) const TITLE: f64 = 18.0;
pub(super) const SUBTITLE: f64 = 13.0;
pub(super) const LABEL: f64 = 13.0;

/// The distance of two baselines, in pixels, for a font size.
pub(super) fn line_height(size: f64) -> f64 {
    (size * 1.4).round()
}

/// From the vertical middle of a line down to its baseline, in pixels: half of the cap height of DejaVu Sans.
pub(super) fn baseline_offset(size: f64) -> f64 {
    size * 0.365
}

/// The width of a text, in pixels.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    f64::from(text_width(text, size as f32, weight))
}

/// The text, truncated with `…` if it is wider than `room` pixels.
pub(super) fn truncate(text: &str, size: f64, weight: Weight, room: f64) -> String {
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

/// A label that is safe to show: white space is collapsed, characters that XML forbids (XML 1.0, 2.2) and those that change the
/// direction of text are escaped.
pub(super) fn sanitize(label: &str) -> String {
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

/// A label between other words: marks around right-to-left text keep it from reordering what is beside it (Unicode Standard
/// Annex 9, 2.7).
pub(super) fn isolate(label: &str) -> Cow<'_, str> {
    const MARK: char = '\u{200e}';
    if label.chars().any(is_right_to_left) {
        Cow::Owned(format!("{MARK}{label}{MARK}"))
    } else {
        Cow::Borrowed(label)
    }
}

/// Whether a character is in a block that Unicode reserves for right-to-left scripts.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_escaped() {
        for (label, seen) in [
            (" a\t b\n", "a b"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("", "(empty)"),
            ("<&\">", "<&\">"),
            ("שלום", "שלום"),
        ] {
            assert_eq!(sanitize(label), seen);
        }
    }

    #[test]
    fn right_to_left_labels_are_isolated() {
        assert_eq!(isolate("abc мир"), "abc мир");
        let marked = isolate("שלום");
        assert_eq!(marked, "\u{200e}שלום\u{200e}");
        let wide = |text| width(text, LABEL, Weight::Regular);
        assert_eq!(wide(&marked), wide("שלום"));
    }

    #[test]
    fn wide_texts_are_truncated() {
        let room = width("abc…", LABEL, Weight::Regular) + 0.1;
        assert_eq!(truncate("abcdef", LABEL, Weight::Regular, room), "abc…");
        assert_eq!(truncate("abc", LABEL, Weight::Regular, room), "abc");
        assert_eq!(truncate("abcdef", LABEL, Weight::Regular, 0.0), "…");
    }
}
