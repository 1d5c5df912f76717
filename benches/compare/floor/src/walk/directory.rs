//! A directory: open it, read its entries, ask about one of them.

use std::ffi::{CStr, CString, c_int};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;

/// Bytes for the kernel to put entries into: all of a directory with 1 500 of them, most often.
pub const BUFFER: usize = 64 << 10;
/// Where in a `linux_dirent64` things are.
const LENGTH: usize = 16;
const KIND: usize = 18;
const NAME: usize = 19;

/// A directory that has not been opened yet.
pub struct Job {
    /// What `name` is relative to; the working directory where there is none.
    parent: Option<Arc<OwnedFd>>,
    /// The path, and a NUL.
    path: Vec<u8>,
    /// Where in the path the name begins.
    name: usize,
}

/// An entry of a directory.
pub struct Entry<'a> {
    pub name: &'a CStr,
    pub is_directory: bool,
}

impl Job {
    pub fn root(path: &str) -> io::Result<Self> {
        Ok(Self {
            parent: None,
            path: CString::new(path)?.into_bytes_with_nul(),
            name: 0,
        })
    }

    /// The directory of that name in this one, which has been opened.
    pub fn child(&self, directory: &Arc<OwnedFd>, name: &[u8]) -> Self {
        let own = self.path();
        let mut path = Vec::with_capacity(own.len() + name.len() + 2);
        path.extend_from_slice(own);
        path.push(b'/');
        path.extend_from_slice(name);
        path.push(0);
        Self {
            parent: Some(Arc::clone(directory)),
            path,
            name: own.len() + 1,
        }
    }

    pub fn path(&self) -> &[u8] {
        &self.path[..self.path.len() - 1]
    }

    pub fn open(&self) -> io::Result<OwnedFd> {
        let parent = self
            .parent
            .as_ref()
            .map_or(libc::AT_FDCWD, |directory| directory.as_raw_fd());
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
        // SAFETY: the path ends with a NUL.
        let descriptor =
            unsafe { libc::openat(parent, self.path[self.name..].as_ptr().cast(), flags) };
        if descriptor < 0 {
            let path = String::from_utf8_lossy(self.path());
            return Err(io::Error::other(format!(
                "{path}: {}",
                io::Error::last_os_error()
            )));
        }
        // SAFETY: it has just been opened, and nobody else knows it.
        Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
    }
}

/// Calls `entry` with everything in the directory but `.` and `..`.
pub fn read(
    directory: &OwnedFd,
    buffer: &mut [u64],
    mut entry: impl FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let start: *mut u8 = buffer.as_mut_ptr().cast();
    loop {
        // SAFETY: the kernel writes no more than there is room for.
        let filled = unsafe {
            libc::syscall(
                libc::SYS_getdents64,
                directory.as_raw_fd(),
                start,
                size_of_val(buffer),
            )
        };
        if filled < 0 {
            return Err(io::Error::last_os_error());
        }
        if filled == 0 {
            return Ok(());
        }
        let mut at = 0;
        while at < filled as usize {
            // SAFETY: the kernel has put whole records there, each as long as it says and a multiple of eight bytes, with a
            // name and a NUL at the end.
            let (name, kind) = unsafe {
                let record = start.add(at);
                let length = usize::from(record.add(LENGTH).cast::<u16>().read());
                at += length;
                let name =
                    std::slice::from_raw_parts(record.add(NAME), name_length(record, length) + 1);
                (
                    CStr::from_bytes_with_nul_unchecked(name),
                    record.add(KIND).read(),
                )
            };
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if kind == libc::DT_UNKNOWN {
                return Err(io::Error::other(
                    "the file system does not say what its entries are",
                ));
            }
            entry(Entry {
                name,
                is_directory: kind == libc::DT_DIR,
            })?;
        }
    }
}

/// The NUL is the first of the last eight bytes of a record, not counting those that come before the name: what is behind it
/// only fills the eight bytes up.
///
/// # Safety
/// A whole record must be there.
#[inline(always)]
unsafe fn name_length(record: *const u8, length: usize) -> usize {
    // SAFETY: the caller's; records are aligned and have 24 bytes at least.
    let mut tail = u64::from_le(unsafe { record.add(length - 8).cast::<u64>().read() });
    if length - 8 < NAME {
        tail |= (1 << (8 * (NAME + 8 - length))) - 1;
    }
    // The lowest bit of this that is set belongs to the first NUL, whatever the higher ones say.
    let nul = tail.wrapping_sub(0x0101_0101_0101_0101) & !tail & 0x8080_8080_8080_8080;
    length - 8 + (nul.trailing_zeros() / 8) as usize - NAME
}

/// Size and last modification (seconds, nanoseconds) of the entry of that name; of the directory itself where the name is
/// empty.
pub fn stat(directory: &OwnedFd, name: &CStr) -> io::Result<(u64, i64, u32)> {
    let mut stat = MaybeUninit::<libc::statx>::uninit();
    let flags: c_int = libc::AT_SYMLINK_NOFOLLOW | libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC;
    // SAFETY: the kernel fills the structure in, or says that it did not.
    unsafe {
        let mask = libc::STATX_SIZE | libc::STATX_MTIME;
        if libc::statx(
            directory.as_raw_fd(),
            name.as_ptr(),
            flags,
            mask,
            stat.as_mut_ptr(),
        ) < 0
        {
            return Err(io::Error::last_os_error());
        }
        let stat = stat.assume_init();
        Ok((stat.stx_size, stat.stx_mtime.tv_sec, stat.stx_mtime.tv_nsec))
    }
}
