//! Escapes bytes for a terminal: control characters and bidirectional overrides.
//!
//! Logs and file names come from untrusted sources, so everything that is written to a terminal is escaped. Pipes and files
//! get the bytes as they are. The result is for reading only: existing backslashes are not doubled.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes C0 and C1 controls, DEL, the bidirectional overrides and isolates (Unicode Annex 9), and bytes that are not
/// UTF-8: `\n \r \t`, `\x1b`, `\u{202e}`, `\xff`. Borrows if nothing needs escaping.
pub fn escape(bytes: &[u8]) -> Cow<'_, str> {
    escape_unless(bytes, |_| false)
}

/// Like [`escape`], but keeps newlines and tabs.
pub fn escape_lines(bytes: &[u8]) -> Cow<'_, str> {
    escape_unless(bytes, |char| matches!(char, '\n' | '\t'))
}

fn escape_unless(bytes: &[u8], is_kept: fn(char) -> bool) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(|char| is_harmful(char) && !is_kept(char))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if is_kept(char) {
                out.push(char);
            } else {
                push(&mut out, char);
            }
        }
        for byte in chunk.invalid() {
            push_byte(&mut out, *byte);
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal would interpret the character.
fn is_harmful(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn push(out: &mut String, char: char) {
    match char {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => push_byte(out, char as u8),
        _ if is_harmful(char) => {
            write!(out, "\\u{{{:x}}}", char as u32).expect("a String takes all");
        }
        _ => out.push(char),
    }
}

fn push_byte(out: &mut String, byte: u8) {
    write!(out, "\\x{byte:02x}").expect("a String takes all");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["", "GET /index.html", "naïve café 日本語 👩‍👩‍👧", "C:\\new"]
        {
            assert!(matches!(escape(text.as_bytes()), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        let cases: [(&[u8], &str); 8] = [
            (b"\x1b[2Jgone", "\\x1b[2Jgone"),
            (b"a\nb\tc\rd", "a\\nb\\tc\\rd"),
            (b"\0\x07\x7f", "\\x00\\x07\\x7f"),
            ("\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            ("exe\u{202e}gpj.doc".as_bytes(), "exe\\u{202e}gpj.doc"),
            ("\u{2066}a\u{2069}".as_bytes(), "\\u{2066}a\\u{2069}"),
            (b"caf\xe9", "caf\\xe9"),
            (b"\xf0\x9f\x98 cut", "\\xf0\\x9f\\x98 cut"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(escape(bytes), shown);
        }
    }

    #[test]
    fn newlines_are_not_escaped() {
        assert_eq!(
            escape_lines(b"a\tb\r\n\x1b[2J\n\xff"),
            "a\tb\\r\n\\x1b[2J\n\\xff"
        );
        assert!(matches!(escape_lines(b"a\tb\n"), Cow::Borrowed("a\tb\n")));
    }

    proptest! {
        #[test]
        fn no_bytes_get_a_control_through(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!escape(&bytes).chars().any(char::is_control));
        }

        #[test]
        fn escaping_twice_changes_nothing(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let once = escape(&bytes);
            prop_assert_eq!(escape(once.as_bytes()), once.clone());
        }
    }
}
