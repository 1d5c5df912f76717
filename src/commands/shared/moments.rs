//! Times that flags name.

use crate::error::{Error, Result};
use crate::expr::Clock;
use crate::record::Timestamp;

/// The time that the value of a flag means, if it was given.
///
/// # Errors
/// A value that is no time.
pub(in crate::commands) fn moment(
    clock: &Clock,
    flag: &str,
    text: Option<&str>,
) -> Result<Option<Timestamp>> {
    let Some(text) = text else {
        return Ok(None);
    };
    clock.moment(text).map(Some).ok_or_else(|| {
        Error::usage(format!("invalid time '{text}' for {flag}"))
            .hint("write 2026-01-31, 2026-01-31T10:00:00Z, 2h (ago), yesterday or @SECONDS")
    })
}
