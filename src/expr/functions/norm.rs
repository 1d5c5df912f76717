//! `norm`: the template of a text, in which what differs between texts of one kind is replaced by its kind.
//!
//! Texts are cut into words of letters and digits. Where a word begins, the longest of these is replaced: a UUID, a time, an
//! address, a number, a hash (8 hexadecimal digits or more, letters among them), a token (16 letters and digits or more, three digits
//! among them). Digits behind a letter belong to a name: `v1`, `eth0`.

use crate::expr::net::parse_address;

/// How long a word of hexadecimal digits is at least to be a hash.
const HASH: usize = 8;
/// How long any other word is at least to be a token, and how many of it are digits.
const TOKEN: (usize, usize) = (16, 3);

/// The template of a text.
pub(super) fn normalized(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let is_start = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if is_start && let Some((length, name)) = variable(&text[at..]) {
            out.extend_from_slice(name);
            at += length;
            // What follows a number is its unit.
            at += copy(&text[at..], &mut out);
        } else if text[at].is_ascii_alphanumeric() {
            at += copy(&text[at..], &mut out);
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// Copies the word at the beginning, which may be empty; gives its length.
fn copy(text: &[u8], out: &mut Vec<u8>) -> usize {
    let word = word(text);
    out.extend_from_slice(word);
    word.len()
}

fn word(text: &[u8]) -> &[u8] {
    &text[..run(text, u8::is_ascii_alphanumeric)]
}

fn run(text: &[u8], is_part: fn(&u8) -> bool) -> usize {
    text.iter().take_while(|byte| is_part(byte)).count()
}

/// What stands at the beginning of a text and differs between texts of one kind: its length and what replaces it.
fn variable(text: &[u8]) -> Option<(usize, &'static [u8])> {
    let first = text.first()?;
    if let Some(length) = named_time(text) {
        return Some((length, b"{time}"));
    }
    if !first.is_ascii_hexdigit() && *first != b':' {
        return of_word(word(text));
    }
    if let Some(length) = uuid(text) {
        return Some((length, b"{uuid}"));
    }
    if let Some(length) = time(text) {
        return Some((length, b"{time}"));
    }
    if let Some(length) = address(text) {
        return Some((length, b"{ip}"));
    }
    if let Some(found) = of_word(word(text)) {
        return Some(found);
    }
    let digits = run(text, u8::is_ascii_digit);
    if digits == 0 {
        return None;
    }
    let mut end = digits;
    while text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + run(&text[end + 1..], u8::is_ascii_digit);
    }
    Some((end, b"{n}"))
}

/// A word that is a hash, a token or a hexadecimal number.
fn of_word(word: &[u8]) -> Option<(usize, &'static [u8])> {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits == word.len() {
        return None;
    }
    if let [b'0', b'x' | b'X', hex @ ..] = word {
        let is_hex = !hex.is_empty() && hex.iter().all(u8::is_ascii_hexdigit);
        return is_hex.then_some((word.len(), b"{n}"));
    }
    if word.len() >= HASH && word.iter().all(u8::is_ascii_hexdigit) {
        return Some((word.len(), b"{hash}"));
    }
    (word.len() >= TOKEN.0 && digits >= TOKEN.1).then_some((word.len(), b"{token}"))
}

/// Whether a text goes on with a letter or digit.
fn goes_on(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_alphanumeric)
}

fn uuid(text: &[u8]) -> Option<usize> {
    const LENGTH: usize = 36;
    let text_of = text.get(..LENGTH)?;
    let fits = text_of.iter().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (fits && !goes_on(text, LENGTH)).then_some(LENGTH)
}

/// Whether a text begins as this shape, in which a 0 is any digit and a T a T or a blank.
fn begins_as(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && shape.iter().zip(text).all(|(shape, byte)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            other => byte == other,
        })
}

/// A date with or without a time, or a time of the day.
fn time(text: &[u8]) -> Option<usize> {
    let date = b"0000-00-00";
    let clock = b"00:00:00";
    let mut end = 0;
    if begins_as(text, date) {
        end = date.len();
        if !begins_as(&text[end..], b"T00:00:00") {
            return (!goes_on(text, end)).then_some(end);
        }
        end += 1;
    }
    if !begins_as(&text[end..], clock) {
        return None;
    }
    end += clock.len();
    if matches!(text.get(end), Some(b'.' | b','))
        && text.get(end + 1).is_some_and(u8::is_ascii_digit)
    {
        end += 1 + run(&text[end + 1..], u8::is_ascii_digit);
    }
    for zone in [&b"+00:00"[..], b"-00:00", b"+0000", b"-0000", b"Z"] {
        if begins_as(&text[end..], zone) && !goes_on(text, end + zone.len()) {
            return Some(end + zone.len());
        }
    }
    (!goes_on(text, end)).then_some(end)
}

const DAYS: &[u8] = b"MonTueWedThuFriSatSun";
const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// A time with the name of its month, as of syslog and of C's `ctime`: `Mar  7 10:00:01`, `Sun Mar  7 10:00:01 2026`.
fn named_time(text: &[u8]) -> Option<usize> {
    if !text.first()?.is_ascii_uppercase() {
        return None;
    }
    let name = |at: usize, names: &[u8]| {
        let word = text.get(at..at + 3)?;
        let is_one = names.chunks(3).any(|name| name == word);
        (is_one && text.get(at + 3) == Some(&b' ')).then_some(at + 4)
    };
    let mut at = name(name(0, DAYS).unwrap_or(0), MONTHS)?;
    at += usize::from(text.get(at) == Some(&b' '));
    at += match run(text.get(at..)?, u8::is_ascii_digit) {
        length @ 1..=2 => length,
        _ => return None,
    };
    if !begins_as(&text[at..], b" 00:00:00") {
        return None;
    }
    at += b" 00:00:00".len();
    if begins_as(&text[at..], b" 0000") && !goes_on(text, at + 5) {
        at += 5;
    }
    (!goes_on(text, at)).then_some(at)
}

/// An address, without a port.
fn address(text: &[u8]) -> Option<usize> {
    let is_v4 = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let is_v6 = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let dots = |text: &[u8], byte: u8| text.iter().filter(|other| **other == byte).count();
    for (length, byte, least) in [
        (text.iter().take_while(|byte| is_v4(byte)).count(), b'.', 3),
        (text.iter().take_while(|byte| is_v6(byte)).count(), b':', 2),
    ] {
        // A full stop or a colon at the end belongs to the sentence, but for `::`.
        let whole = &text[..length];
        let mut candidate = whole;
        if dots(candidate, byte) < least || length > 45 {
            continue;
        }
        while let [rest @ .., b'.' | b':'] = candidate
            && !candidate.ends_with(b"::")
        {
            candidate = rest;
        }
        // Paths in programs have colons, too: a::b.
        let has_digit = candidate.iter().any(u8::is_ascii_digit);
        if has_digit && !goes_on(text, length) && parse_address(candidate).is_some() {
            return Some(candidate.len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn norm(text: &str) -> String {
        String::from_utf8(normalized(text.as_bytes())).expect("it was text")
    }

    #[test]
    fn what_differs_is_replaced_by_its_kind() {
        for (text, template) in [
            ("/u/123/x", "/u/{n}/x"),
            ("/api/v1/users/42?page=3", "/api/v1/users/{n}?page={n}"),
            ("took 12ms, 1.5 s and 0x1f", "took {n}ms, {n} s and {n}"),
            (
                "eth0 up, web1, utf8, job_42, blk_-160899",
                "eth0 up, web1, utf8, job_{n}, blk_-{n}",
            ),
            (
                "from 192.0.2.7:8080, 2001:db8::7 and ::1.",
                "from {ip}:{n}, {ip} and {ip}.",
            ),
            ("version 1.2.3 of 2026", "version {n} of {n}"),
            ("1.2.3.4.5", "{n}"),
            ("999.1.1.1", "{n}"),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6 gone", "{uuid} gone"),
            (
                "f81d4fae-7dec-11d0-a765-00a0c91e6bf6x",
                "{hash}-{n}dec-{n}d0-a765-{n}a0c91e6bf6x",
            ),
            ("commit 3f2a9c1b deadbeef", "commit {hash} deadbeef"),
            ("sha d41d8cd98f00b204e9800998ecf8427e", "sha {hash}"),
            ("id 01ARZ3NDEKTSV4RRFFQ69G5FAV ok", "id {token} ok"),
            ("internationalization", "internationalization"),
            (
                "at 2026-03-15T10:00:01.5Z on 2026-03-15",
                "at {time} on {time}",
            ),
            ("2026-03-15 10:00:01,123 +0100 x", "{time} +{n} x"),
            ("10:00:01 and 10:00", "{time} and {n}:{n}"),
            ("at Sun Mar  7 10:00:01 2026 ok", "at {time} ok"),
            ("Mar 17 10:00:01 web", "{time} web"),
            ("Mar 17 10:00 and Mon 7", "Mar {n} {n}:{n} and Mon {n}"),
            ("2026-03-15x", "{n}-{n}-{n}x"),
            ("a::b and x: y", "a::b and x: y"),
            ("ratio 3:4:5", "ratio {n}:{n}:{n}"),
            ("naïve 7 é8", "naïve {n} é{n}"),
            ("", ""),
        ] {
            assert_eq!(norm(text), template, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_do_not_change_the_template(text in "[a-z /:=]{0,20}", one in 0_u32..1_000_000, other in 0_u32..1_000_000) {
            let with = |number: u32| norm(&format!("{text} {number} end"));
            prop_assert_eq!(with(one), with(other));
        }

        #[test]
        fn any_bytes_have_one(text in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = normalized(&text);
        }
    }
}
