//! A thread with a working directory of its own, for calls that take a path but no descriptor of a directory.

use std::cell::Cell;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::process::fchdir;

/// The working directory of this thread, which other threads do not share.
#[derive(Debug)]
pub struct ThreadDirectory {
    /// Where the thread is outside of [`ThreadDirectory::within`].
    home: OwnedFd,
    is_lost: Cell<bool>,
    /// It stays in its thread.
    thread: PhantomData<*const ()>,
}

impl ThreadDirectory {
    /// Separates the working directory of this thread from that of the others, for the rest of the thread's life.
    ///
    /// # Errors
    /// Those of unshare(2), which containers may forbid, and of open(2).
    pub fn new() -> io::Result<ThreadDirectory> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let home = openat(CWD, c".", flags, Mode::empty())?;
        // SAFETY: CLONE_FS separates the working directory, the root and the umask of this thread from those of the others; no
        // memory and no descriptor is concerned.
        #[allow(unsafe_code)]
        let result = unsafe { libc::unshare(libc::CLONE_FS) };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(ThreadDirectory {
            home,
            is_lost: Cell::new(false),
            thread: PhantomData,
        })
    }

    /// Acts while this directory is the working directory of the thread; None if it cannot be entered.
    pub fn within<T>(&self, directory: BorrowedFd<'_>, act: impl FnOnce() -> T) -> Option<T> {
        fchdir(directory).ok()?;
        let result = act();
        self.is_lost.set(fchdir(&self.home).is_err());
        Some(result)
    }

    /// Whether the thread could not return to where it was: relative paths mean something else from now on.
    pub fn is_lost(&self) -> bool {
        self.is_lost.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd as _;
    use std::{env, fs, thread};

    #[test]
    fn only_this_thread_is_elsewhere_and_only_meanwhile() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("here"), "").unwrap();
        let before = env::current_dir().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let Ok(own) = ThreadDirectory::new() else {
                    return;
                };
                let opened = fs::File::open(directory.path()).unwrap();
                let found = own.within(opened.as_fd(), || fs::exists("here").unwrap());
                assert_eq!(found, Some(true));
                assert!(!own.is_lost() && !fs::exists("here").unwrap());
                let file = fs::File::open(directory.path().join("here")).unwrap();
                assert_eq!(own.within(file.as_fd(), || ()), None);
            });
        });
        assert_eq!(env::current_dir().unwrap(), before);
    }
}
