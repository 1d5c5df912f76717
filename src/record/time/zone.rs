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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_offsets_are_zones() {
        assert!(parse("Europe/Berlin").is_ok());
        assert!(parse("+02:00").is_ok());
        assert!(parse("Middle/Earth").is_err());
    }
}
