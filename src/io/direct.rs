//! Outputs that are written in place: standard output, pipes, devices.
//!
//! A pipe may stay full for any length of time, and a signal is not sure to interrupt a blocking write(2). So pipes and terminals
//! are written without blocking and waited for (see `wait`). The flag for that belongs to the open file description, which standard output shares with other processes; it is opened a second time for that reason.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{IntoRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{FileType, OFlags, fcntl_getfl, fcntl_setfl, fstat};
use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};
use rustix::termios::isatty;

use super::open::open_again;
use super::wait::{Interest, Wakers, Woken, wait};
use super::{signals, stdio, stdout};

/// How long to wait for a reader that takes nothing after a signal has asked to stop.
const GRACE: Duration = Duration::from_millis(100);

/// The number of bytes that a pipe takes without blocking after poll(2) has reported it writable: PIPE_BUF, pipe(7).
const ATOMIC: usize = 4096;

/// The number of bytes of one write to a pipe. A pipe holds 64 KiB; one that is filled at once makes writer and reader take turns and
/// both sleep, so that 128 MiB take 0.15 to 0.25 s on two idle cores, and 0.05 to 0.08 s in pieces of this size.
const PIECE: usize = 8 * 1024;

/// Bytes written to a pipe before it is enlarged: short results meet the pipe that the shell made.
const LONG_STREAM: u64 = 1 << 20;

/// The size that a pipe gets for a long stream, in bytes: enough for the writer to go on while a sleeping reader is woken, which
/// takes up to 0.1 ms on an idle core of a virtual machine. Larger ones were not faster.
const LARGE_PIPE: usize = 256 * 1024;

/// An output that is written in place.
#[derive(Debug)]
pub(super) struct Direct {
    file: File,
    /// The same, open without blocking, if it could be opened again.
    nonblocking: Option<File>,
    /// Whether another process decides how long a write blocks.
    may_block: bool,
    is_terminal: bool,
    /// Bytes to write before the pipe is enlarged; `None` once that was tried.
    until_enlarged: Option<u64>,
    /// When to give up, once a signal has asked to stop.
    deadline: Option<Instant>,
    _watch: Option<stdout::Watch>,
}

impl Direct {
    /// Standard output.
    ///
    /// # Errors
    /// `EBADF` where it was closed when the process started.
    pub(super) fn stdout() -> io::Result<Direct> {
        let file = File::from(stdio::take_stdout()?);
        let is_terminal = isatty(&file);
        let may_block = is_terminal || is_pipe(&file);
        Ok(Direct {
            nonblocking: may_block
                .then(|| open_again(&file, OFlags::WRONLY))
                .flatten(),
            file,
            may_block,
            is_terminal,
            until_enlarged: Some(LONG_STREAM),
            deadline: None,
            _watch: Some(stdout::Watch::new()),
        })
    }

    /// A file that this process has opened.
    ///
    /// # Errors
    /// Those of fcntl(2).
    pub(super) fn opened(file: File) -> io::Result<Direct> {
        let is_terminal = isatty(&file);
        let may_block = is_terminal || is_pipe(&file);
        if may_block {
            fcntl_setfl(&file, fcntl_getfl(&file)? | OFlags::NONBLOCK)?;
        }
        Ok(Direct {
            file,
            nonblocking: None,
            may_block,
            is_terminal,
            until_enlarged: Some(LONG_STREAM),
            deadline: None,
            _watch: None,
        })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of write(2); `TimedOut` if a signal has asked to stop and the reader does not take the rest.
    pub(super) fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let mut file = self.nonblocking.as_ref().unwrap_or(&self.file);
            let mut length = bytes.len();
            if self.may_block {
                length = length.min(PIECE);
            }
            if self.may_block && self.nonblocking.is_none() {
                wait_for_room(file, self.is_terminal, &mut self.deadline)?;
                length = length.min(ATOMIC);
            }
            match file.write(&bytes[..length]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    if self.may_block {
                        self.enlarge_for_a_long_stream(written as u64);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Standard output may also have been made non-blocking by another process.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait_for_room(file, self.is_terminal, &mut self.deadline)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Enlarges a pipe once it has taken [`LONG_STREAM`]. Terminals and sockets refuse, and so does the system where the user's
    /// pipes hold too much already: then the size stays.
    fn enlarge_for_a_long_stream(&mut self, written: u64) {
        let Some(rest) = self.until_enlarged else {
            return;
        };
        self.until_enlarged = rest.checked_sub(written);
        if self.until_enlarged.is_none()
            && fcntl_getpipe_size(&self.file).is_ok_and(|size| size < LARGE_PIPE)
        {
            let _ = fcntl_setpipe_size(&self.file, LARGE_PIPE);
        }
    }

    /// Closes it.
    ///
    /// # Errors
    /// Those of close(2).
    pub(super) fn close(self) -> io::Result<()> {
        close(self.file.into())
    }
}

/// Waits until something can be written. Requests for progress are answered meanwhile, except where results go to a terminal:
/// one that takes no results takes no messages either, and the caller may have locked what shows messages beside them.
fn wait_for_room(file: &File, is_terminal: bool, give_up: &mut Option<Instant>) -> io::Result<()> {
    let answer = signals::answer().filter(|_| !is_terminal);
    loop {
        let wakers = Wakers {
            stop_signals: give_up.is_none(),
            progress: answer.is_some(),
            deadline: *give_up,
            ..Wakers::default()
        };
        match wait(&mut [Interest::write(file)], &wakers)? {
            Woken::StopSignal => *give_up = Some(Instant::now() + GRACE),
            Woken::Deadline => return Err(io::ErrorKind::TimedOut.into()),
            Woken::Progress => answer.into_iter().for_each(|answer| answer()),
            Woken::Event | Woken::ReaderGone | Woken::Ready => return Ok(()),
        }
    }
}

/// Whether a process at the other end decides how long a write takes.
fn is_pipe(file: &File) -> bool {
    fstat(file).is_ok_and(|status| {
        matches!(
            FileType::from_raw_mode(status.st_mode),
            FileType::Fifo | FileType::Socket
        )
    })
}

/// Closes a descriptor and returns the error, which dropping ignores.
pub(super) fn close(descriptor: OwnedFd) -> io::Result<()> {
    // SAFETY: the descriptor was owned and is given up here, so it is not closed twice. After EINTR it is closed, too
    // (close(2), "Dealing with error returns from close()").
    #[allow(unsafe_code)]
    let result = unsafe { libc::close(descriptor.into_raw_fd()) };
    if result == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        error => Err(error),
    }
}
