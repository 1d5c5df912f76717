//! Time zones: by name, as an offset, or the system's.

use jiff::tz::TimeZone;

use crate::io::source::{InputName, read_whole};
pub use crate::record::time::zone::parse;

/// The zone of this system: from `TZ`, otherwise from `/etc/localtime`.
///
/// jiff finds the same, but reads the whole directory of zones, which takes longer than everything else that a command does
/// on little input.
pub fn system() -> TimeZone {
    match std::env::var_os("TZ") {
        Some(name) if name == UTC => TimeZone::UTC,
        Some(_) => TimeZone::system(),
        None => local_zone().unwrap_or_else(TimeZone::system),
    }
}

/// The zone that `/etc/localtime` links to; none if it is not a link into a directory `zoneinfo`.
fn local_zone() -> Option<TimeZone> {
    let target = rustix::fs::readlink(LOCAL_ZONE, Vec::new()).ok()?;
    let target = target.to_str().ok()?;
    let (_, name) = target.split_once("zoneinfo/")?;
    let bytes = read_whole(&InputName::from_arg(LOCAL_ZONE.into()), MAX_ZONE_FILE).ok()?;
    TimeZone::tzif(name, &bytes).ok()
}

/// The link to the system's zone, localtime(5).
const LOCAL_ZONE: &str = "/etc/localtime";

/// Bytes that are read of a zone file at most. Real ones have a few thousand.
const MAX_ZONE_FILE: usize = 1 << 20;

const UTC: &str = "UTC";

/// The value of `TZ` if it is not a zone. Libraries then use UTC and do not report it.
pub fn unknown_in_environment() -> Option<String> {
    let named = std::env::var_os("TZ").filter(|name| !name.is_empty() && *name != UTC)?;
    TimeZone::try_system()
        .is_err()
        .then(|| named.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_zone_is_the_one_that_jiff_finds() {
        // On a machine without one, or without a name for it, jiff decides.
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
}
