//! `lines`: any text. What detection falls back to.

use super::plain;
use super::{Candidate, Kind, Refused, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "lines",
    summary: "Read any text; an RFC 3339 time at the start of a line is its time",
    kind: Kind::Text,
    precedence: 0,
    extensions: &[],
    rows: None,
    candidates,
    example: "2026-05-17T10:05:03Z worker 7 started\n  and goes on\n  and on\n",
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(plain::candidates(&SPEC, |_| 0, settings))
}
