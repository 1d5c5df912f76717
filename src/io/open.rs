//! Opening files for reading, whatever they are.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};
use rustix::io::Errno;

use super::signals;

/// Opens a pipe or device for writing. Waits for the reader of a FIFO, until a signal asks to stop.
pub(super) fn open_for_writing(path: &Path) -> io::Result<File> {
    // A terminal must not become the controlling one. Nothing is created or truncated.
    let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
    loop {
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(descriptor) => return Ok(File::from(descriptor)),
            Err(Errno::INTR) if !signals::stopping() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Opens a file for reading, without waiting for the writer of a FIFO: a read waits for it, and can be interrupted.
pub(super) fn open_path(path: &Path) -> io::Result<(File, Stat)> {
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = loop {
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(descriptor) => break File::from(descriptor),
            // Another process holds a lease on the file (fcntl(2), "Leases"): wait until it gives it up.
            Err(Errno::AGAIN) if flags.contains(OFlags::NONBLOCK) => flags -= OFlags::NONBLOCK,
            Err(Errno::INTR) if !signals::stopping() => {}
            Err(error) => return Err(error.into()),
        }
    };
    let status = fstat(&file)?;
    if FileType::from_raw_mode(status.st_mode).is_char_device() {
        // Drivers differ in what a non-blocking read means.
        rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    }
    Ok((file, status))
}

/// Opens the same pipe or terminal once more, for reading or writing without blocking: the flag for that belongs to the open file
/// description, which standard input and output share with other processes. Not possible for sockets, without /proc, or where it
/// belongs to another user.
pub(super) fn open_again(file: &File, access: OFlags) -> Option<File> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let flags = access | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    opened.ok().map(File::from)
}
