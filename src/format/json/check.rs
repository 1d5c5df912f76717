//! Whether a line is a JSON object by the letter of RFC 8259, in UTF-8 and with nothing after it.

use super::scan::{InvalidJson, NO_OBJECT, blanks, invalid, name, number};

/// Judges a line. `open` is scratch: the brackets that are open, so that depth needs no recursion.
pub(in crate::format) fn check(line: &[u8], open: &mut Vec<u8>) -> Result<(), InvalidJson> {
    if let Err(error) = std::str::from_utf8(line) {
        return invalid(line, error.valid_up_to(), "not UTF-8");
    }
    let at = blanks(line, 0);
    if line.get(at) != Some(&b'{') {
        return invalid(line, at, NO_OBJECT);
    }
    check_value(line, at, open)
}

/// Judges the value that begins at `at` and what is behind it, which is to be nothing. Whether it is UTF-8 is left to others.
pub(in crate::format) fn check_value(
    line: &[u8],
    at: usize,
    open: &mut Vec<u8>,
) -> Result<(), InvalidJson> {
    open.clear();
    let mut at = at;
    // Each round reads one value, and then what closes it and those around it.
    loop {
        let bracket = line
            .get(at)
            .copied()
            .filter(|byte| matches!(byte, b'{' | b'['));
        if let Some(bracket) = bracket {
            open.push(bracket);
            at = blanks(line, at + 1);
            if line.get(at) != Some(&closing(bracket)) {
                at = member(line, at, bracket)?;
                continue;
            }
        } else {
            at = blanks(line, scalar(line, at)?);
        }
        loop {
            let Some(bracket) = open.last().copied() else {
                return if at == line.len() {
                    Ok(())
                } else {
                    invalid(line, at, "text after the JSON object")
                };
            };
            match line.get(at) {
                Some(b',') => {
                    at = member(line, blanks(line, at + 1), bracket)?;
                    break;
                }
                Some(byte) if *byte == closing(bracket) => {
                    open.pop();
                    at = blanks(line, at + 1);
                }
                _ => return invalid(line, at, "no comma or closing bracket"),
            }
        }
    }
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'{' { b'}' } else { b']' }
}

/// Where the value of a member begins: in an array at once, in an object behind its key.
fn member(line: &[u8], at: usize, bracket: u8) -> Result<usize, InvalidJson> {
    if bracket == b'[' {
        return Ok(at);
    }
    if line.get(at) != Some(&b'"') {
        return invalid(line, at, "no key in quotes");
    }
    let colon = blanks(line, string(line, at + 1)?);
    if line.get(colon) != Some(&b':') {
        return invalid(line, colon, "no colon after a key");
    }
    Ok(blanks(line, colon + 1))
}

fn scalar(line: &[u8], at: usize) -> Result<usize, InvalidJson> {
    match line.get(at) {
        Some(b'"') => string(line, at + 1),
        Some(b'-' | b'0'..=b'9') => number(line, at),
        _ => name(line, at).map(|(_, end)| end),
    }
}

/// Where a string ends whose inside begins at `at`, if all its escapes stand for something.
fn string(line: &[u8], mut at: usize) -> Result<usize, InvalidJson> {
    const BAD: &str = "bad escape";
    loop {
        match line.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => match line.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                Some(b'u') => match (code_unit(line, at), code_unit(line, at + 6)) {
                    (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
                    (Some(0xd800..=0xdfff), _) => {
                        return invalid(line, at, "half a surrogate pair");
                    }
                    (Some(_), _) => at += 6,
                    (None, _) => return invalid(line, at, BAD),
                },
                _ => return invalid(line, at, BAD),
            },
            None | Some(0..=0x1f) => return invalid(line, at, "a control character in a string"),
            Some(_) => at += 1,
        }
    }
}

/// The code unit of the `\u` escape at `at`.
fn code_unit(line: &[u8], at: usize) -> Option<u16> {
    let digits = line.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agrees(line: &[u8]) {
        let serde = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line);
        let ours = check(line, &mut Vec::new());
        assert_eq!(
            ours.is_ok(),
            serde.is_ok(),
            "{} {ours:?} {serde:?}",
            String::from_utf8_lossy(line)
        );
    }

    #[test]
    fn judges_as_serde_does() {
        for line in [
            "{}",
            " { } ",
            "[]",
            "1",
            "",
            "{",
            "{}x",
            "{}{}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":[}",
            "{\"a\":{]}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":-}",
            "{\"a\":1.}",
            "{\"a\":+1}",
            "{\"a\":\"\\u00e9\\ud83d\\ude00\"}",
            "{\"a\":\"\\ud83d\"}",
            "{\"a\":\"\\udc00\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\q\"}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\u{7f}\"}",
            "{'a':1}",
            "{a:1}",
            "{\"a\":tru}",
            "{\"a\":truely}",
            "{\"a\":1e999}",
            "{\"a\" : [ { } , [ ] , null ] }",
            "{\"a\":1 \"b\":2}",
            "{\"a\":\"b",
            "{\"a\":1\u{a0}}",
        ] {
            agrees(line.as_bytes());
        }
        agrees(b"{\"a\":\"\xff\"}");
    }

    #[test]
    fn says_where() {
        let checked = |line: &str| {
            check(line.as_bytes(), &mut Vec::new()).map_err(|error| (error.what, error.at))
        };
        assert_eq!(
            checked("{\"a\":1]"),
            Err(("no comma or closing bracket", 6))
        );
        assert_eq!(checked("{\"a\":1"), Err(("the JSON ends early", 6)));
        assert_eq!(
            checked("{\"a\":1} x"),
            Err(("text after the JSON object", 8))
        );
    }

    #[test]
    fn depth_is_no_matter() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(check(deep.as_bytes(), &mut Vec::new()), Ok(()));
        assert!(check(&deep.as_bytes()[..deep.len() - 1], &mut Vec::new()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn judges_soup_as_serde_does(line in r#"\{([\[\]{}:,"aeu\\0 -]|"a":|1\.|true|\\ud8|null){0,10}\}"#) {
            agrees(line.as_bytes());
        }
    }
}
