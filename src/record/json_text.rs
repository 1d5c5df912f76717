//! JSON's spelling of texts and numbers (RFC 8259).

/// The text that a JSON string stands for, from what is between its quotes. Invalid escapes stay as they are; lone
/// surrogates become U+FFFD.
pub fn unescape(inside: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..backslash]);
        rest = &rest[backslash..];
        let (length, plain) = match rest.get(1) {
            Some(b'n') => (2, Some('\n')),
            Some(b't') => (2, Some('\t')),
            Some(b'r') => (2, Some('\r')),
            Some(b'b') => (2, Some('\u{8}')),
            Some(b'f') => (2, Some('\u{c}')),
            Some(escaped @ (b'"' | b'\\' | b'/')) => (2, Some(char::from(*escaped))),
            Some(b'u') => unicode(rest),
            _ => (1, None),
        };
        match plain {
            Some(plain) => out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
    out
}

/// The length and the character of `\uXXXX` or of a pair of them.
fn unicode(text: &[u8]) -> (usize, Option<char>) {
    match (code_unit(text), text.get(6..).and_then(code_unit)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (
                12,
                Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
            )
        }
        (Some(code), _) => (
            6,
            Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
        ),
        (None, _) => (1, None),
    }
}

fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |code, digit| {
        Some(code << 4 | char::from(*digit).to_digit(16)?)
    })
}

/// Whether bytes can stand between the quotes of a JSON string as they are.
pub fn is_string_inside(inside: &[u8]) -> bool {
    let mut bytes = inside.iter().enumerate();
    while let Some((place, byte)) = bytes.next() {
        match byte {
            0..=0x1f | b'"' => return false,
            b'\\' => match inside.get(place + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => drop(bytes.next()),
                Some(b'u') if code_unit(&inside[place..]).is_some() => drop(bytes.nth(4)),
                _ => return false,
            },
            _ => {}
        }
    }
    std::str::from_utf8(inside).is_ok()
}

/// Where the quote is that closes a string, of which this is what follows the opening one.
pub fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// Whether bytes are a number as JSON writes them.
pub fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let unsigned = exponent
            .strip_prefix(b"+")
            .or_else(|| exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        let length = digits(unsigned);
        return length > 0 && length == unsigned.len();
    }
    rest.is_empty()
}

/// Appends text as a JSON string; bytes that are not UTF-8 become U+FFFD.
pub fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid().as_bytes();
        let mut plain = 0;
        for (place, byte) in valid.iter().enumerate() {
            let escape: &[u8] = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\t' => b"\\t",
                b'\r' => b"\\r",
                0..=0x1f | 0x7f => b"\\u00",
                _ => continue,
            };
            out.extend_from_slice(&valid[plain..place]);
            out.extend_from_slice(escape);
            if escape.len() == 4 {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            plain = place + 1;
        }
        out.extend_from_slice(&valid[plain..]);
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_what_serde_reads(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(text.as_bytes(), &mut out);
            let read: String = serde_json::from_slice(&out).unwrap();
            prop_assert_eq!(&read, &text);
            prop_assert!(is_string_inside(&out[1..out.len() - 1]));
            prop_assert_eq!(unescape(&out[1..out.len() - 1]), text.into_bytes());
        }

        #[test]
        fn insides_are_judged_as_serde_does(inside in "[a\"\\\\/bu0d9\u{1}\u{e9}]{0,12}") {
            let quoted = format!("\"{inside}\"");
            let read: Result<String, _> = serde_json::from_str(&quoted);
            // serde refuses lone surrogates, which are fine to hand on as they are.
            if let Ok(read) = read {
                prop_assert!(is_string_inside(inside.as_bytes()));
                prop_assert_eq!(unescape(inside.as_bytes()), read.into_bytes());
            }
        }

        #[test]
        fn numbers_are_judged_as_serde_does(text in "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?") {
            prop_assert_eq!(is_number(text.as_bytes()), serde_json::from_str::<serde_json::Number>(&text).is_ok());
        }

        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (unescape(&bytes), is_string_inside(&bytes), is_number(&bytes));
        }
    }

    #[test]
    fn odd_escapes_stay_as_they_are() {
        assert_eq!(unescape(b"\\q \\u12 \\"), b"\\q \\u12 \\");
        assert_eq!(
            unescape("\\ud83d\\ude00".as_bytes()),
            "\u{1f600}".as_bytes()
        );
        assert_eq!(unescape(b"\\ud83d!"), "\u{fffd}!".as_bytes());
        // The first and the last pair of surrogates.
        assert_eq!(unescape(b"\\ud800\\udc00"), "\u{10000}".as_bytes());
        assert_eq!(unescape(b"\\udbff\\udfff"), "\u{10ffff}".as_bytes());
    }
}
