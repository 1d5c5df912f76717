//! `lines`: any text. What detection falls back to.

use super::plain::{Plain, has_times};
use super::{Opened, Sample, Schema, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "lines",
    summary: "Read lines of any text, with `time` where they begin with an RFC 3339 time",
    extensions: &[],
    open,
    example: "2026-05-17T10:05:03Z worker 7 started\n  and goes on\n",
};

fn open(sample: Sample<'_>, settings: &Settings) -> Opened {
    Ok(schema(sample, settings))
}

/// The schema, which fits every input.
pub(super) fn schema(sample: Sample<'_>, settings: &Settings) -> Box<dyn Schema> {
    Box::new(Plain {
        format: SPEC.name,
        words: 0,
        time: has_times(sample, settings),
        settings: settings.clone(),
    })
}
