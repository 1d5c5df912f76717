//! Directories of caches, which a file marks that is named `CACHEDIR.TAG` and begins with a signature.
//!
//! See <https://bford.info/cachedir/>. As for tar(1), nothing else in the file matters.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;

use super::is_gone;

const NAME: &[u8] = b"/CACHEDIR.TAG";

const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Whether the directory with this name is marked.
///
/// # Errors
/// Those of open(2) and read(2), unless they say that there is no such file.
pub(super) fn is_marked(directory: impl AsFd, name: &[u8]) -> io::Result<bool> {
    let path = [name, NAME].concat();
    // A FIFO must not be waited for, and a link is no regular file.
    let flags =
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match openat(directory, path, flags, Mode::empty()) {
        Ok(file) => file,
        // It is a link, or a socket.
        Err(Errno::LOOP | Errno::NXIO) => return Ok(false),
        Err(error) => {
            let error = error.into();
            return if is_gone(&error) {
                Ok(false)
            } else {
                Err(error)
            };
        }
    };
    if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
        return Ok(false);
    }
    let mut begin = [0; SIGNATURE.len()];
    let mut length = 0;
    while length < begin.len() {
        match rustix::io::read(&file, &mut begin[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(begin == SIGNATURE)
}
