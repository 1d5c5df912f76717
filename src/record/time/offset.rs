//! The zone behind a time: `Z`, `+02:00`, `UTC`, `CEST`, `Europe/Berlin`.

use jiff::tz::TimeZone;

/// What a time says of its zone.
pub(super) enum Offset {
    /// Seconds east of UTC.
    Seconds(i64),
    /// A zone of the database, whose offset depends on the time.
    Zone(TimeZone),
}

/// The minutes east of UTC of an abbreviation in capitals that means one offset wherever it is used: those of RFC 5322, those of
/// Europe, and the unambiguous ones of the Pacific. Others, such as IST and BST, have several meanings.
pub(super) fn named(name: &[u8]) -> Option<i64> {
    Some(match name {
        b"UTC" | b"GMT" | b"UT" | b"WET" => 0,
        b"EDT" => -4 * 60,
        b"EST" | b"CDT" => -5 * 60,
        b"CST" | b"MDT" => -6 * 60,
        b"MST" | b"PDT" => -7 * 60,
        b"PST" => -8 * 60,
        b"WEST" | b"CET" | b"MEZ" => 60,
        b"CEST" | b"MESZ" | b"EET" => 2 * 60,
        b"EEST" | b"MSK" => 3 * 60,
        b"JST" | b"KST" => 9 * 60,
        b"AEST" => 10 * 60,
        b"AEDT" => 11 * 60,
        b"NZST" => 12 * 60,
        b"NZDT" => 13 * 60,
        _ => return None,
    })
}

impl Offset {
    /// Reads a zone: an offset, an abbreviation that has one meaning, or a name of the database.
    pub(super) fn parse(text: &[u8]) -> Option<Offset> {
        if let Some(seconds) = numeric(text) {
            return Some(Offset::Seconds(seconds));
        }
        if let Some(minutes) = named(&text.to_ascii_uppercase()) {
            return Some(Offset::Seconds(minutes * 60));
        }
        let text = std::str::from_utf8(text).ok()?;
        // Only names of the kind `Europe/Berlin`: the database also has old ones that look like words.
        let is_name =
            text.contains('/') && text.starts_with(|first: char| first.is_ascii_uppercase());
        is_name.then(|| TimeZone::get(text).ok().map(Offset::Zone))?
    }
}

/// `Z`, `+02:00`, `-0330` or `+02` in seconds east of UTC.
pub(super) fn numeric(text: &[u8]) -> Option<i64> {
    let (hours, minutes) = match text {
        b"Z" | b"z" => return Some(0),
        [b'+' | b'-', _, _] => (two(text, 1)?, 0),
        [b'+' | b'-', _, _, _, _] => (two(text, 1)?, two(text, 3)?),
        [b'+' | b'-', _, _, b':', _, _] => (two(text, 1)?, two(text, 4)?),
        _ => return None,
    };
    let seconds = i64::from(hours * 3600 + minutes * 60);
    (hours <= 23 && minutes <= 59).then_some(if text[0] == b'-' { -seconds } else { seconds })
}

/// Two digits as a number.
pub(super) fn two(text: &[u8], at: usize) -> Option<u32> {
    let (tens, ones) = (
        text.get(at)?.wrapping_sub(b'0'),
        text.get(at + 1)?.wrapping_sub(b'0'),
    );
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}
