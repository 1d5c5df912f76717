//! The zone behind a time: `Z`, `+02:00`, `UTC`, `CEST`, `Europe/Berlin`.

use jiff::tz::TimeZone;

/// What a time says of its zone.
pub(super) enum Offset {
    /// Seconds east of UTC.
    Seconds(i64),
    /// A zone of the database, whose offset depends on the time.
    Zone(TimeZone),
}

/// Abbreviations that mean one offset wherever they are used: those of RFC 5322, and Europe's. Others, such as IST and BST,
/// have several meanings.
const NAMES: [(&str, i64); 20] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("EST", -5 * 60),
    ("EDT", -4 * 60),
    ("CST", -6 * 60),
    ("CDT", -5 * 60),
    ("MST", -7 * 60),
    ("MDT", -6 * 60),
    ("PST", -8 * 60),
    ("PDT", -7 * 60),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 2 * 60),
    ("EET", 2 * 60),
    ("EEST", 3 * 60),
    ("MSK", 3 * 60),
    ("JST", 9 * 60),
];

impl Offset {
    /// Reads a zone: an offset, an abbreviation that has one meaning, or a name of the database.
    pub(super) fn parse(text: &[u8]) -> Option<Offset> {
        if let Some(seconds) = numeric(text) {
            return Some(Offset::Seconds(seconds));
        }
        let text = std::str::from_utf8(text).ok()?;
        let mut names = NAMES.into_iter();
        if let Some((_, minutes)) = names.find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Some(Offset::Seconds(minutes * 60));
        }
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
