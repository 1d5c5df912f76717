//! The request time among what is configured to follow the agent in nginx's lines.

use std::borrow::Cow;

use super::cut::closing_quote;
use crate::record::{Value, json_text};

/// Finds the request time: `rt=0.042` or `request_time=0.042`, else the last decimal that stands alone. Decimals have a
/// point, as nginx writes all its times; lengths and counters that stand alone have none.
pub(super) fn request_time(tail: &[u8]) -> Result<Value<'_>, &'static str> {
    let mut alone = None;
    let mut rest = tail;
    while let Some((token, after)) = token(rest) {
        rest = after;
        if let Some(time) = token
            .strip_prefix(b"rt=")
            .or_else(|| token.strip_prefix(b"request_time="))
        {
            let time = time
                .strip_prefix(b"\"")
                .and_then(|time| time.strip_suffix(b"\""))
                .unwrap_or(time);
            return decimal(time).ok_or("rt is not a number");
        }
        if token.contains(&b'.') || token == b"-" {
            // A time that is not known (`-`) does not hide one that is.
            alone = match decimal(token) {
                None | Some(Value::Missing) if alone.is_some() => alone,
                time => time,
            };
        }
    }
    alone.ok_or("no request time after the agent")
}

fn decimal(text: &[u8]) -> Option<Value<'_>> {
    if text == b"-" {
        return Some(Value::Missing);
    }
    let digits = text.first().is_some_and(u8::is_ascii_digit)
        && !text.iter().any(|byte| matches!(byte, b'e' | b'E'));
    (digits && json_text::is_number(text)).then_some(Value::Digits(Cow::Borrowed(text)))
}

/// The next token, and what follows it. Quotes keep together what is between them, so that a header that a client sent
/// cannot pass for a time.
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let mut end = 0;
    loop {
        match text.get(end) {
            None | Some(b' ' | b'\t') => break,
            Some(b'"') => match closing_quote(&text[end + 1..]) {
                Some(quote) => end += quote + 2,
                None => end = text.len(),
            },
            Some(_) => end += 1,
        }
    }
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_request_time() {
        for (tail, time) in [
            (" 0.042", Ok("0.042")),
            (" 512 0.042 .", Ok("0.042")),
            (" 0.5 0.042", Ok("0.042")),
            (" 0.042 - .", Ok("0.042")),
            (" \"203.0.113.9\" 0.042 9", Ok("0.042")),
            (" rt=0.042 uct=\"1.000\" 2.000", Ok("0.042")),
            (" \"a rt=9.9 b\" request_time=\"0.042\"", Ok("0.042")),
            (" x=\"a rt=9.9\" rt=3", Ok("3")),
            (" -", Ok("")),
            (" rt=-", Ok("")),
            (" rt=fast 0.042", Err("rt is not a number")),
            (" \"0.042\"", Err("no request time after the agent")),
            (" \"0.042", Err("no request time after the agent")),
            (" 42", Err("no request time after the agent")),
            ("", Err("no request time after the agent")),
        ] {
            let read = request_time(tail.as_bytes());
            let read = read.map(|value| String::from_utf8(value.bytes().into_owned()).unwrap());
            assert_eq!(read, time.map(str::to_owned), "{tail}");
        }
    }
}
