//! Outputs: standard output, or a file that is never half written.
//!
//! [`Sink::commit`] puts a file in place; dropped or aborted before, the target is as it was (see `atomic`). Pipes and devices are
//! written directly, and a file may be appended to. Errors are checked up to the end: a full disk may show only when the last
//! bytes are flushed, and on network file systems when the file is closed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::AsFd as _;
use std::path::Path;

use rustix::fs::Stat;

pub use super::atomic::Durability;
use super::atomic::{self, AtomicFile, AtomicOptions, Destination};
use super::direct::{Direct, close};
use super::source::InputName;
use super::stdio;

/// How many bytes are collected before they are written.
const BUFFER_SIZE: usize = 64 << 10;

/// The mode of new files, before the umask.
const NEW_MODE: u32 = 0o666;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileOptions {
    /// What happens to a file that is there.
    pub mode: Mode,
    /// What survives a power failure after [`Sink::commit`].
    pub durability: Durability,
}

/// What happens to a file that is there. Pipes and devices are written directly in every mode but [`Mode::Exclusive`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is replaced by [`Sink::commit`].
    #[default]
    Replace,
    /// As for `Replace`, but it is left untouched if the content is the same.
    ReplaceIfChanged,
    /// It is kept, and what is written is added at its end when the buffer is flushed, before the commit too.
    Append,
    /// It is emptied at opening, and written as data comes: what is flushed is visible before the commit.
    InPlace,
    /// It is an error, at opening and at the commit. A link is one too.
    Exclusive,
}

/// A buffered output. What is still in the buffer when it is dropped without [`Sink::commit`] is not written.
#[derive(Debug)]
pub struct Sink {
    buffer: Vec<u8>,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// Standard output, a pipe, a device.
    Direct(Direct),
    /// A regular file that is appended to.
    Appending(Appending),
    /// A file that will take the place of another.
    Replacing(AtomicFile),
}

/// A file that is appended to.
#[derive(Debug)]
struct Appending {
    file: File,
    /// Its directory, if it can be synced and is to be.
    directory: Option<File>,
    durability: Durability,
}

impl Sink {
    /// Standard output. From now on, waits for input end when its reader goes away (see `stdout`).
    ///
    /// # Errors
    /// `EBADF` if it was closed when the process started.
    pub fn stdout() -> io::Result<Sink> {
        Ok(Sink::new(Target::Direct(Direct::stdout()?)))
    }

    /// The file `path`, or the one it links to.
    ///
    /// # Errors
    /// Those of open(2), such as "No such file or directory"; `EACCES` if the file is write-protected; `EEXIST` if it exists and must
    /// not.
    pub fn file(path: &Path, options: FileOptions) -> io::Result<Sink> {
        if options.mode == Mode::Exclusive && path.symlink_metadata().is_ok() {
            return Err(rustix::io::Errno::EXIST.into());
        }
        let target = match atomic::resolve(path)? {
            Destination::Direct(file) => Target::Direct(Direct::opened(file)?),
            Destination::File(path) if options.mode == Mode::Append => {
                Target::Appending(Appending::open(&path, options.durability)?)
            }
            Destination::File(path) if options.mode == Mode::InPlace => {
                Target::Direct(Direct::opened(File::create(path)?)?)
            }
            Destination::File(path) => {
                let options = AtomicOptions {
                    if_changed: options.mode == Mode::ReplaceIfChanged,
                    is_exclusive: options.mode == Mode::Exclusive,
                    durability: options.durability,
                    mode: NEW_MODE,
                };
                Target::Replacing(AtomicFile::new(path, options)?)
            }
        };
        Ok(Sink::new(target))
    }

    fn new(target: Target) -> Sink {
        Sink {
            buffer: Vec::with_capacity(BUFFER_SIZE),
            target,
        }
    }

    /// Whether it is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.target.file().is_terminal()
    }

    /// Whether nothing is visible before [`Sink::commit`], and then all at once.
    pub fn is_replacing(&self) -> bool {
        matches!(self.target, Target::Replacing(_))
    }

    /// The name of the temporary file, if there is one.
    pub fn temporary_name(&self) -> Option<&OsStr> {
        match &self.target {
            Target::Direct(_) | Target::Appending(_) => None,
            Target::Replacing(file) => file.temporary_name(),
        }
    }

    /// Writes what is buffered, closes, and puts a file in place.
    ///
    /// # Errors
    /// Those of write(2), fsync(2), close(2) and rename(2). A file that was to be replaced is then as it was, unless only its
    /// directory could not be synced.
    pub fn commit(mut self) -> io::Result<()> {
        self.flush()?;
        match self.target {
            Target::Direct(direct) => direct.close(),
            Target::Appending(appending) => appending.commit(),
            Target::Replacing(file) => file.commit(),
        }
    }

    /// Leaves a file that was to be replaced as it was. Of other outputs, what has been flushed stays. Dropping does the same.
    pub fn abort(self) {
        drop(self);
    }

    fn write_out(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.target {
            Target::Direct(direct) => direct.write_all(bytes),
            Target::Appending(appending) => appending.file.write_all(bytes),
            Target::Replacing(file) => file.file().write_all(bytes),
        }
    }
}

impl Target {
    fn file(&self) -> &File {
        match self {
            Target::Direct(direct) => direct.file(),
            Target::Appending(appending) => &appending.file,
            Target::Replacing(file) => file.file(),
        }
    }
}

impl Appending {
    /// Opens a file at its end, or creates it.
    fn open(path: &Path, durability: Durability) -> io::Result<Appending> {
        let file = File::options().append(true).create(true).open(path)?;
        let directory = match durability {
            Durability::Unsynced => None,
            Durability::Synced => File::open(atomic::directory(path)).ok(),
        };
        Ok(Appending {
            file,
            directory,
            durability,
        })
    }

    fn commit(self) -> io::Result<()> {
        if self.durability == Durability::Synced {
            atomic::sync(self.file.as_fd())?;
        }
        close(self.file.into())?;
        match self.directory {
            Some(directory) => atomic::sync(directory.as_fd()),
            None => Ok(()),
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
        // Emptied after an error too: it is not known how much was written, and nothing may be written twice.
        self.buffer.clear();
        result
    }
}

/// Whether `output` is the regular file that `input` is read from, whatever their names. Pipes and devices may be both.
pub fn is_same_file(input: &InputName, output: &Path) -> bool {
    is_read_from(input, rustix::fs::stat(output))
}

/// Whether standard output goes to the regular file that `input` is read from.
pub fn is_stdout_file(input: &InputName) -> bool {
    stdio::was_open(1) && is_read_from(input, rustix::fs::fstat(io::stdout().as_fd()))
}

fn is_read_from(input: &InputName, output: rustix::io::Result<Stat>) -> bool {
    let input = match input {
        InputName::Stdin if !stdio::was_open(0) => return false,
        InputName::Stdin => rustix::fs::fstat(io::stdin().as_fd()),
        InputName::Path(path) => rustix::fs::stat(path),
    };
    match (input, output) {
        (Ok(input), Ok(output)) => {
            (input.st_dev, input.st_ino) == (output.st_dev, output.st_ino)
                && rustix::fs::FileType::from_raw_mode(input.st_mode).is_file()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
