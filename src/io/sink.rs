//! Outputs: standard output, or a file that is never half written.
//!
//! A file is written beside its target and renamed over it by [`Sink::finish`]; dropped before, nothing is left and the
//! target is as it was. Pipes and devices are written as they are. Errors are looked for up to the end: a full disk may show
//! only when the last bytes are flushed, and on network file systems when the file is closed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::AsFd as _;
use std::path::Path;

use super::direct::Direct;
use super::replace::Replacement;
use super::source::InputName;
use super::{replace, stdio};

/// How many bytes are collected before they are written.
const BUFFER_SIZE: usize = 64 << 10;

/// How a file is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileOptions {
    /// Leave the target untouched where it holds the same bytes already.
    pub if_changed: bool,
}

/// An output, buffered. What is still in the buffer when it is dropped without [`Sink::finish`] is not written.
#[derive(Debug)]
pub struct Sink {
    buffer: Vec<u8>,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// Standard output, a pipe, a device.
    Direct(Direct),
    /// A file that will take the place of another.
    Replacing(Replacement),
}

impl Sink {
    /// Standard output. From now on, a reader of it that goes ends the waits for input (see `stdout`).
    ///
    /// # Errors
    /// `EBADF` where it was closed when the process started.
    pub fn stdout() -> io::Result<Sink> {
        Ok(Sink::new(Target::Direct(Direct::stdout()?)))
    }

    /// The file `path`, or what it links to. Nothing is seen there before [`Sink::finish`], unless it is a pipe or a device.
    ///
    /// # Errors
    /// Those of open(2): no such directory, no permission, "Is a directory".
    pub fn file(path: &Path, options: FileOptions) -> io::Result<Sink> {
        Ok(Sink::new(match replace::resolve(path)? {
            replace::Place::AsItIs(file) => Target::Direct(Direct::opened(file)?),
            replace::Place::File(path) => {
                Target::Replacing(Replacement::new(path, options.if_changed)?)
            }
        }))
    }

    fn new(target: Target) -> Sink {
        Sink {
            buffer: Vec::with_capacity(BUFFER_SIZE),
            target,
        }
    }

    /// Whether somebody looks at it.
    pub fn is_terminal(&self) -> bool {
        self.target.file().is_terminal()
    }

    /// Whether all of it is seen at once, in place of what the file held, and nothing without [`Sink::finish`].
    pub fn is_replacing(&self) -> bool {
        matches!(self.target, Target::Replacing(_))
    }

    /// The name of the file that is written until it is put in place, if there is one.
    pub fn temporary_name(&self) -> Option<&OsStr> {
        match &self.target {
            Target::Direct(_) => None,
            Target::Replacing(replacement) => replacement.name(),
        }
    }

    /// Writes what is left, closes, and puts a file in its place.
    ///
    /// # Errors
    /// Those of write(2), close(2) and rename(2); the target file is then as it was.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self.target {
            Target::Direct(direct) => direct.close(),
            Target::Replacing(replacement) => replacement.put_in_place(),
        }
    }

    fn write_out(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.target {
            Target::Direct(direct) => direct.write_all(bytes),
            Target::Replacing(replacement) => replacement.file().write_all(bytes),
        }
    }
}

impl Target {
    fn file(&self) -> &File {
        match self {
            Target::Direct(direct) => direct.file(),
            Target::Replacing(replacement) => replacement.file(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BUFFER_SIZE {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_SIZE {
            self.write_out(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let result = self.write_out(&buffer);
        self.buffer = buffer;
        // Emptied after an error too: how much of it was written is not known, and nothing must be written twice.
        self.buffer.clear();
        result
    }
}

/// Whether `output` is the regular file that `input` is read from, under whatever name. Pipes and devices may be both.
pub fn is_same_file(input: &InputName, output: &Path) -> bool {
    let input = match input {
        InputName::Stdin if !stdio::was_open(0) => return false,
        InputName::Stdin => rustix::fs::fstat(io::stdin().as_fd()),
        InputName::Path(path) => rustix::fs::stat(path),
    };
    match (input, rustix::fs::stat(output)) {
        (Ok(input), Ok(output)) => {
            (input.st_dev, input.st_ino) == (output.st_dev, output.st_ino)
                && rustix::fs::FileType::from_raw_mode(input.st_mode).is_file()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
