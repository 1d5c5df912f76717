//! The priority that lines of syslog may begin with: a facility and a severity in one number.

use super::level::of_word as level_of_word;
use super::piece::is_number;

/// The priority that a line of syslog begins with.
pub(super) fn priority(line: &[u8]) -> Option<u8> {
    let digits = line.strip_prefix(b"<")?;
    let end = memchr::memchr(b'>', digits.get(..4.min(digits.len()))?)?;
    let number = std::str::from_utf8(&digits[..end]).ok()?.parse().ok()?;
    (number <= 191 && is_number(&digits[..end])).then_some(number)
}

/// The name of the facility of a priority.
pub(super) fn facility(priority: u8) -> &'static [u8] {
    FACILITIES[usize::from(priority / 8)]
}

/// The name of the severity of a priority.
pub(super) fn severity(priority: u8) -> &'static [u8] {
    SEVERITIES[usize::from(priority % 8)]
}

/// The level of a severity, from 0 to 7, as in the journal of systemd.
pub(in crate::format) fn level_of_severity(severity: u8) -> Option<&'static str> {
    level_of_word(SEVERITIES.get(usize::from(severity))?)
}

/// The names of syslog's facilities and severities, RFC 5424, section 6.2.1, as syslog.h abbreviates them.
const FACILITIES: [&[u8]; 24] = [
    b"kern",
    b"user",
    b"mail",
    b"daemon",
    b"auth",
    b"syslog",
    b"lpr",
    b"news",
    b"uucp",
    b"cron",
    b"authpriv",
    b"ftp",
    b"ntp",
    b"audit",
    b"alert",
    b"clock",
    b"local0",
    b"local1",
    b"local2",
    b"local3",
    b"local4",
    b"local5",
    b"local6",
    b"local7",
];
const SEVERITIES: [&[u8]; 8] = [
    b"emerg", b"alert", b"crit", b"err", b"warning", b"notice", b"info", b"debug",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_priorities_in_brackets_are_read() {
        for (line, expected) in [
            (&b"<34>Mar"[..], Some(34)),
            (b"<0>", Some(0)),
            (b"<191>1 ", Some(191)),
            (b"<192>1 ", None),
            (b"<>x", None),
            (b"<3", None),
            (b"<+3>", None),
            (b"<a>", None),
            (b"34>", None),
            (b"<1234>", None),
            (b"", None),
        ] {
            assert_eq!(priority(line), expected, "{}", line.escape_ascii());
        }
        assert_eq!(
            (facility(191), severity(191)),
            (&b"local7"[..], &b"debug"[..])
        );
        assert_eq!((facility(34), severity(34)), (&b"auth"[..], &b"crit"[..]));
    }
}
