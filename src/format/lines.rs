//! `lines`: any text. What detection falls back to.

use super::plain::Plain;
use super::{Opened, Sample, Schema, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "lines",
    summary: "Read lines of any text, with `time` where they begin with an RFC 3339 time",
    extensions: &[],
    open,
    example: "2026-05-17T10:05:03Z worker 7 started\n  and goes on\n",
};

fn open(_sample: Sample<'_>, settings: &Settings) -> Opened {
    Ok(schema(settings))
}

/// The schema, which fits every input.
pub(super) fn schema(settings: &Settings) -> Box<dyn Schema> {
    Box::new(Plain {
        format: SPEC.name,
        words: 0,
        time: true,
        settings: settings.clone(),
    })
}
