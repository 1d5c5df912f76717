//! Inputs that somebody else reads: only their beginnings are looked at here.

use std::io;
use std::sync::atomic::AtomicBool;

use super::beginning::{Opening, SAMPLE, decide, whole_lines};
use super::{Body, Bound, Input, shown_name};
use crate::error::{Error, Result};
use crate::io::source::InputName;

/// Reads bytes of a content at an offset, as many as there are and fit.
pub type ReadAt<'r> = &'r mut dyn FnMut(u64, &mut [u8]) -> io::Result<usize>;

impl Input {
    /// An input whose lines are handed over, with its beginning. What there is of it now decides.
    ///
    /// # Errors
    /// If it cannot be read, or is not in the format that was asked for.
    pub fn elsewhere(
        name: InputName,
        index: usize,
        opening: &Opening<'_>,
        read: ReadAt<'_>,
    ) -> Result<Input> {
        let failed = |error: io::Error| Error::input(name.to_string()).caused_by(error);
        let (mut sample, mut length) = (Vec::new(), SAMPLE);
        let mut is_whole = false;
        let mut found = None;
        while opening.wants_sample() && found.is_none() && !is_whole {
            let have = sample.len();
            sample.resize(length, 0);
            let read = read(have as u64, &mut sample[have..]).map_err(failed)?;
            is_whole = have + read < length;
            sample.truncate(have + read);
            // A last line that is still being written decides nothing.
            let lines = whole_lines(&sample, false);
            let lines = if lines.is_empty() { &sample } else { lines };
            found = decide(lines, is_whole, &name, opening)?;
            length = length.saturating_mul(4);
        }
        let beginning = found.unwrap_or_default();
        sample.truncate(whole_lines(&sample, false).len());
        let bound = Bound {
            input: index,
            name: shown_name(&name),
            schema: beginning.schema,
        };
        Ok(Input {
            name,
            bound,
            body: Body::Elsewhere {
                skip: beginning.skip as u64,
            },
            framing: opening.gather().or(beginning.framing),
            goes_on: false,
            sample,
            doubt: beginning.doubt,
            is_reported: AtomicBool::new(false),
        })
    }
}
