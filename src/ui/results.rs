//! Results, to standard output or a file. Every command writes its results through here.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;

use super::escape::escape_lines;
use crate::error::{Error, Result};
use crate::io::signals;
use crate::io::sink::{FileOptions, Sink};
use crate::panics;

/// An output for results.
pub struct Results {
    sink: Sink,
    /// The name in messages.
    target: String,
    is_terminal: bool,
}

impl Results {
    /// Opens a file, or standard output if there is none.
    ///
    /// # Errors
    /// If it cannot be written to.
    pub fn open(file: Option<&Path>, options: FileOptions) -> Result<Results> {
        let target = file.map_or_else(
            || "standard output".to_owned(),
            |path| path.display().to_string(),
        );
        let sink = match file {
            Some(path) => Sink::file(path, options),
            None => Sink::stdout(),
        };
        match sink {
            Ok(sink) => Ok(Results {
                is_terminal: sink.is_terminal(),
                sink,
                target,
            }),
            Err(error) => Err(Error::writing(target, error)),
        }
    }

    /// Writes lines of data. On a terminal, control characters are escaped, since data may come from untrusted sources.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn put(&mut self, lines: &[u8]) -> Result<()> {
        if !self.is_terminal {
            return self.put_own(lines);
        }
        let shown = escape_lines(lines);
        self.put_own(shown.as_bytes())
    }

    /// Writes the buffer, for a reader that waits.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn flush(&mut self) -> Result<()> {
        self.sink.flush().map_err(|error| self.failed(error))
    }

    /// Writes text made by jug, with its colours.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn put_own(&mut self, bytes: &[u8]) -> Result<()> {
        self.sink
            .write_all(bytes)
            .map_err(|error| self.failed(error))
    }

    /// Whether it is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether nothing is visible before the end, and then all at once.
    pub fn is_replacing(&self) -> bool {
        self.sink.is_replacing()
    }

    /// The name of the temporary file, if there is one.
    pub fn temporary_name(&self) -> Option<&OsStr> {
        self.sink.temporary_name()
    }

    /// Finishes the output. A run that was stopped by a signal or in which a thread panicked does not replace the file: its
    /// name is returned then.
    ///
    /// # Errors
    /// Those of write(2), close(2) and rename(2).
    pub fn close(self) -> Result<Option<String>> {
        let Results { sink, target, .. } = self;
        if sink.is_replacing() && (signals::which().is_some() || panics::first().is_some()) {
            sink.abort();
            return Ok(Some(target));
        }
        match sink.commit() {
            Ok(()) => Ok(None),
            Err(error) => Err(Error::writing(target, error)),
        }
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::writing(self.target.clone(), error)
    }
}
