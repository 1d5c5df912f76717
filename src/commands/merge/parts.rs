//! Reads the lines of partial results.

use std::io;

use super::refused;
use crate::commands::shared::inputs::hint_at_terminal;
use crate::error::{Error, Result};
use crate::io::buffer::Buffer;
use crate::io::source::{InputName, OpenOptions, Opened, Received, open};
use crate::io::wait::{self, Until};
use crate::log::partial::Refusal;
use crate::observe::Observe as _;
use crate::ui::Ui;

/// How many bytes are read at once.
const READ: usize = 256 << 10;

/// A longer line is not one of a partial result.
const LONGEST: usize = 1 << 20;

/// Takes a line of a file.
pub(super) type Take<'t> = &'t mut dyn FnMut(&str, &[u8]) -> std::result::Result<(), Refusal>;

/// Reads all files, and reports those that cannot be opened.
///
/// # Errors
/// If none can be opened, one ends with an error, or a line is refused.
pub(super) fn read(names: &[InputName], ui: &Ui, take: Take<'_>) -> Result<()> {
    let (mut failed, mut count) = (None, 0);
    for name in names {
        hint_at_terminal(name, "partial results", "name their files", ui);
        let until = Until::stopped(&wait::is_stopping);
        match open(name, OpenOptions::default(), &until) {
            Ok(opened) => {
                count += 1;
                read_one(name, opened, take)?;
            }
            Err(_) if ui.stopping() => return Ok(()),
            Err(error) => {
                let error = Error::input(name.to_string()).caused_by(error);
                if let Some(earlier) = failed.replace(error) {
                    ui.missed_error(&earlier);
                }
            }
        }
    }
    match failed {
        Some(error) if count == 0 => Err(error),
        Some(error) => {
            ui.missed_error(&error);
            Ok(())
        }
        None => Ok(()),
    }
}

fn read_one(name: &InputName, mut opened: Opened, take: Take<'_>) -> Result<()> {
    let shown = name.to_string();
    let failed = |error: io::Error| Error::input(shown.clone()).caused_by(error);
    let mut buffer = Buffer::new();
    let mut line = Vec::new();
    let mut offset = match &opened {
        Opened::Regular(file) => file.begin(),
        Opened::Stream(_) => 0,
    };
    loop {
        match &mut opened {
            Opened::Regular(file) => file.read_at(offset, READ, &mut buffer).map_err(failed)?,
            Opened::Stream(stream) => {
                buffer.resize(READ);
                let received = stream.read_until(&mut buffer, &Until::stopped(&wait::is_stopping));
                match received.map_err(failed)? {
                    Received::Bytes(read) => buffer.truncate(read),
                    Received::End => buffer.clear(),
                    Received::Stopped | Received::Deadline => return Ok(()),
                }
            }
        }
        if buffer.is_empty() {
            break;
        }
        offset += buffer.len() as u64;
        let mut rest = &buffer[..];
        while let Some(newline) = memchr::memchr(b'\n', rest) {
            let (begun, after) = rest.split_at(newline);
            rest = &after[1..];
            if line.is_empty() {
                take(&shown, begun).map_err(refused)?;
            } else {
                line.extend_from_slice(begun);
                take(&shown, &line).map_err(refused)?;
                line.clear();
            }
        }
        line.extend_from_slice(rest);
        if line.len() > LONGEST {
            break;
        }
    }
    take(&shown, &line).map_err(refused)
}
