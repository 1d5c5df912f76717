//! Values as people type them: sizes, shares, zones.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::expr::lex::{TokenKind, lex};
use crate::io::source::{InputName, read_whole};
use crate::log::account::MaxBad;
use crate::record::{Number, Timestamp};

/// A size in bytes: `64K`, `2M`, `10MB`, `1000`.
///
/// # Errors
/// A message for the person who typed it.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("«{text}» is no size: write 64K, 16M or 2G (1024), KB, MB or GB (1000)");
    match lex(text).map_err(|_| wrong())?.as_slice() {
        [token, _] => match &token.kind {
            TokenKind::Number(literal) => match literal.0.trimmed() {
                Number::Decimal { units, scale: 0 } => u64::try_from(units).map_err(|_| wrong()),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// A number of things: `500`, `100M` (a million, as people count), `2K`.
///
/// # Errors
/// A message for the person who typed it.
pub fn count(text: &str) -> Result<u64, String> {
    let wrong = || format!("«{text}» is no number: write 500, 20K, 100M or 1G");
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        Some(b'G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let number = digits.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(wrong)
}

/// How wide or high a picture is, in pixels: at least 1.
///
/// # Errors
/// A message for the person who typed it.
pub fn pixels(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(pixels @ 1..) => Ok(pixels),
        _ => Err(format!("«{text}» is no number of pixels from 1 on")),
    }
}

/// A factor, or a density: more than nothing.
///
/// # Errors
/// A message for the person who typed it.
pub fn positive(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err(format!("«{text}» is no number greater than 0")),
    }
}

/// A colour as CSS names it, with its opacity: `white`, `#fff`, `#ffffff80`, `transparent`, `rgb(0, 0, 0)`.
///
/// # Errors
/// A message for the person who typed it.
pub fn color(text: &str) -> Result<[u8; 4], String> {
    let color: svgtypes::Color = text
        .trim()
        .parse()
        .map_err(|_| format!("«{text}» is no colour: write white, #fff, #ffffff or #ffffff80"))?;
    Ok([color.red, color.green, color.blue, color.alpha])
}

/// A duration: `250ms`, `5s`, `5m`, `1h`, `2d`, `1w`.
///
/// # Errors
/// A message for the person who typed it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("«{text}» is no duration: write 250ms, 5s, 5m, 1h, 2d or 1w");
    let unit = text
        .find(|letter: char| letter.is_ascii_alphabetic())
        .ok_or_else(wrong)?;
    let seconds = match &text[unit..] {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return Err(wrong()),
    };
    let number: f64 = text[..unit].parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

/// A number of lines, or a share of them: `10`, `1%`, `0.5pct`.
///
/// # Errors
/// A message for the person who typed it.
pub fn max_bad(text: &str) -> Result<MaxBad, String> {
    let wrong = || format!("«{text}» is neither a number of lines nor a share like 1% or 1pct");
    if text.ends_with('%') || text.ends_with("pct") {
        return percent(text).map(MaxBad::Share).map_err(|_| wrong());
    }
    text.parse().map(MaxBad::Lines).map_err(|_| wrong())
}

/// A share, as percent: `2`, `2%`, `0.5pct`. From 0 to 1.
///
/// # Errors
/// A message for the person who typed it.
pub fn percent(text: &str) -> Result<f64, String> {
    let number = text
        .strip_suffix('%')
        .or_else(|| text.strip_suffix("pct"))
        .unwrap_or(text);
    match number.trim().parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err(format!("«{text}» is no share from 0% to 100%")),
    }
}

/// The zone of this system: what `TZ` says, else what `/etc/localtime` leads to.
///
/// jiff finds the same, but goes through the whole directory of zones for it, which takes longer than all the rest that a
/// command does on little input.
pub fn system_zone() -> TimeZone {
    match std::env::var_os("TZ") {
        Some(name) if name == UTC => TimeZone::UTC,
        Some(_) => TimeZone::system(),
        None => local_zone().unwrap_or_else(TimeZone::system),
    }
}

/// The zone that a link leads to whose target says its name.
fn local_zone() -> Option<TimeZone> {
    let target = rustix::fs::readlink(LOCAL_ZONE, Vec::new()).ok()?;
    let target = target.to_str().ok()?;
    let (_, name) = target.split_once("zoneinfo/")?;
    let bytes = read_whole(&InputName::from_arg(LOCAL_ZONE.into()), LONGEST_ZONE).ok()?;
    TimeZone::tzif(name, &bytes).ok()
}

/// Where systems have their zone.
const LOCAL_ZONE: &str = "/etc/localtime";

/// How many bytes are read of it at most. Zones have a few thousand.
const LONGEST_ZONE: usize = 1 << 20;

const UTC: &str = "UTC";

/// What `TZ` says, if that is no zone: libraries then take UTC without a word.
pub fn unknown_zone() -> Option<String> {
    let named = std::env::var_os("TZ").filter(|name| !name.is_empty() && *name != UTC)?;
    TimeZone::try_system()
        .is_err()
        .then(|| named.to_string_lossy().into_owned())
}

/// A zone: `Europe/Berlin`, `UTC`, `+02:00`.
///
/// # Errors
/// A message for the person who typed it.
pub fn zone(text: &str) -> Result<TimeZone, String> {
    let wrong = || format!("unknown time zone «{text}»: write a name like Europe/Berlin, or UTC");
    if text.starts_with(['+', '-']) {
        // The zone of a time with that offset: read by the one parser of times.
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

/// How many threads: at least 1.
///
/// # Errors
/// A message for the person who typed it.
pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=1024) => Ok(threads),
        _ => Err(format!("«{text}» is no number of threads from 1 to 1024")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("64K"), Ok(65_536));
        assert_eq!(size("10MB"), Ok(10_000_000));
        assert_eq!(size("1.5K"), Ok(1536));
        for wrong in ["", "x", "1.3", "-1", "5m", "1 2"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_local_zone_is_the_one_that_jiff_finds() {
        // A machine without one, or with one that has no name, is left to jiff.
        if let (Some(ours), None) = (local_zone(), std::env::var_os("TZ")) {
            let theirs = TimeZone::system();
            for seconds in [
                -2_000_000_000,
                0,
                1_000_000_000,
                1_774_742_400,
                4_000_000_000,
            ] {
                let moment = jiff::Timestamp::from_second(seconds).unwrap();
                assert_eq!(ours.to_offset(moment), theirs.to_offset(moment));
            }
        }
    }

    #[test]
    fn numbers_of_things() {
        assert_eq!(count("100M"), Ok(100_000_000));
        assert_eq!(count("7"), Ok(7));
        for wrong in ["", "K", "-1", "1.5M", "99999999999G"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
        assert_eq!(pixels("640"), Ok(640));
        assert!(pixels("0").is_err() && pixels("640px").is_err());
        assert_eq!(positive("1.5"), Ok(1.5));
        for wrong in ["0", "-1", "inf", "NaN", "x"] {
            assert!(positive(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn colors() {
        for (text, meant) in [
            ("white", [255, 255, 255, 255]),
            ("#0af", [0, 170, 255, 255]),
            ("#11223344", [0x11, 0x22, 0x33, 0x44]),
            ("transparent", [0, 0, 0, 0]),
        ] {
            assert_eq!(color(text), Ok(meant), "{text}");
        }
        for wrong in ["", "#12", "whitish", "url(#a)"] {
            assert!(color(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1.5h"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("1w"), Ok(Duration::from_secs(7 * 86_400)));
        for wrong in ["", "5", "m", "-1s", "1 fortnight", "1e400d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares_may_be_written_for_crontabs() {
        assert_eq!(max_bad("1%"), Ok(MaxBad::Share(0.01)));
        assert_eq!(max_bad("1pct"), Ok(MaxBad::Share(0.01)));
        assert_eq!(max_bad("12"), Ok(MaxBad::Lines(12)));
        for wrong in ["", "%", "101%", "-1%", "NaN%", "1.5"] {
            assert!(max_bad(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn zones() {
        assert!(zone("Europe/Berlin").is_ok());
        assert!(zone("+02:00").is_ok());
        assert!(zone("Middle/Earth").is_err());
    }
}
