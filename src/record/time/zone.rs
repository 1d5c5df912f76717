//! Time zones as they are written: by name, or as an offset.

use jiff::tz::TimeZone;

use super::Timestamp;

/// A zone: `Europe/Berlin`, `UTC`, `+02:00`.
///
/// # Errors
/// A message that quotes the text and shows valid forms.
pub fn parse(text: &str) -> Result<TimeZone, String> {
    let wrong = || {
        format!(
            "unknown time zone '{text}': expected a name such as Europe/Berlin, UTC or an offset such as +02:00"
        )
    };
    if text.starts_with(['+', '-']) {
        // Parsed as the offset of a time, so that there is only one parser of offsets.
        let time = format!("1970-01-02T00:00:00{text}");
        let time = Timestamp::parse(time.as_bytes(), &TimeZone::UTC).ok_or_else(wrong)?;
        let east = 86_400 - time.nanos_since_epoch() / 1_000_000_000;
        let offset = i32::try_from(east)
            .ok()
            .and_then(|east| jiff::tz::Offset::from_seconds(east).ok());
        return offset.map(TimeZone::fixed).ok_or_else(wrong);
    }
    TimeZone::get(text).map_err(|_| wrong())
}

/// What [`parse`] reads as this zone; none if it has no name.
pub fn name(zone: &TimeZone) -> Option<String> {
    if let Some(name) = zone.iana_name() {
        return Some(name.to_owned());
    }
    let seconds = zone.to_fixed_offset().ok()?.seconds();
    let (sign, east) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let minutes = east / 60;
    (east % 60 == 0).then(|| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_zone_is_read_as_that_zone() {
        for text in [
            "Europe/Berlin",
            "UTC",
            "+02:00",
            "-03:30",
            "-00:30",
            "Asia/Kathmandu",
        ] {
            let zone = parse(text).expect("a zone");
            assert_eq!(name(&zone).as_deref(), Some(text));
        }
    }

    #[test]
    fn names_and_offsets_are_zones() {
        assert!(parse("Europe/Berlin").is_ok());
        assert!(parse("+02:00").is_ok());
        assert!(parse("Middle/Earth").is_err());
    }
}
