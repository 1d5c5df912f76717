//! What takes the bytes at the end of a chain: standard output, or a file.

use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::io::sink::{Durability, FileOptions, Mode};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::run::Target;
use crate::ui::results::Results;

/// The output of a chain.
pub(super) struct Written {
    results: Results,
    /// The file, if it is one.
    file: Option<PathBuf>,
    is_terminal: bool,
}

impl Written {
    /// Opens a file, or standard output if there is none.
    pub(super) fn open(file: Option<&Path>, mode: Mode) -> Result<Written> {
        let options = FileOptions {
            mode,
            durability: Durability::Synced,
        };
        let results = Results::open(file, options)?;
        Ok(Written {
            is_terminal: results.is_terminal(),
            results,
            file: file.map(Path::to_owned),
        })
    }

    /// Puts a file in place.
    pub(super) fn commit(self) -> Result<()> {
        self.results.close().map(|_| ())
    }

    /// Leaves a file as it was. Returns its name if it would have been replaced.
    pub(super) fn abort(&self) -> Option<&str> {
        match self.results.is_replacing() {
            true => self.file.as_deref().and_then(Path::to_str),
            false => None,
        }
    }

    fn failure(error: &Error) -> Failure {
        let kind = match error.kind() {
            Kind::ClosedPipe => FailureKind::ReaderGone,
            _ => FailureKind::Abort,
        };
        Failure::of_kind(kind, error.to_string())
    }
}

impl Target for Written {
    fn write(&mut self, bytes: &[u8]) -> std::result::Result<(), Failure> {
        if self.is_terminal && bytes.contains(&0) {
            let message =
                "binary data is not written to a terminal; use -o FILE, or a stage such as 'hex'";
            return Err(Failure::new(message));
        }
        self.results
            .put(bytes)
            .map_err(|error| Written::failure(&error))
    }

    fn flush(&mut self) -> std::result::Result<(), Failure> {
        self.results
            .flush()
            .map_err(|error| Written::failure(&error))
    }
}
