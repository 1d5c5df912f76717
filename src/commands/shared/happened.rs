//! Messages about what happens to the files of a log.

use std::path::Path;

use crate::follow::Event;
use crate::observe::Observe as _;
use crate::ui::{Ui, units};

/// Reports what happened to a log.
pub(in crate::commands) fn tell(log: &Path, event: &Event, ui: &Ui) {
    let shown = log.display();
    match event {
        Event::Waiting => ui.noted(&format!("{shown}: does not exist; waiting for it")),
        Event::Rotated { bytes } => ui.note(&format!("{shown}: rotated after {bytes} bytes")),
        Event::Truncated {
            offset,
            at_least,
            has_copy,
            ..
        } => match has_copy {
            true => ui.warned(&format!(
                "{shown}: truncated after byte {offset} was read; what it had is in a copy, but lines written meanwhile may be lost"
            )),
            false => ui.missed(&format!(
                "{shown}: truncated after byte {offset} was read: lines may be lost, {}",
                lost(*at_least)
            )),
        },
        Event::Gap {
            offset,
            at_least,
            reason,
        } => {
            let place = offset.map_or(String::new(), |offset| format!(" after byte {offset}"));
            ui.missed(&format!(
                "{shown}: a gap{place}, {}: {reason}",
                lost(*at_least)
            ));
        }
        Event::Split { offset } => ui.warned(&format!(
            "{shown}: a line of more than 16 MiB is cut at byte {offset}"
        )),
        Event::Repeating { offset } => ui.warned(&format!(
            "{shown}: the last run did not end properly; repeating from byte {offset}"
        )),
        Event::Refused(reason) => ui.missed(&format!("{shown}: {reason}")),
    }
}

/// `at least 12 bytes are lost`, or that their number is unknown.
fn lost(at_least: u64) -> String {
    match at_least {
        0 => "how much is lost is unknown".to_owned(),
        bytes => format!("at least {} lost", units::bytes(bytes)),
    }
}
