//! Detects that the reader of standard output has gone.
//!
//! A command that waits for input, or finds nothing to print, does not write and so gets no EPIPE. poll(2) reports the end of
//! the reader without a write: `POLLERR` for a pipe whose readers are gone, `POLLHUP` for a socket whose peer
//! is. Files, devices and terminals have no such reader; a terminal that hangs up sends SIGHUP.

use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, fstat};

use super::stdio;

/// The number of outputs that write to standard output.
static WATCHES: AtomicUsize = AtomicUsize::new(0);

/// Whether the reader was found to be gone.
static IS_GONE: AtomicBool = AtomicBool::new(false);

/// Busy loops poll the descriptor at most this often; in between they only read a clock.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// As long as this exists, results go to standard output, and the end of its reader ends the run.
#[derive(Debug)]
pub(super) struct Watch(());

impl Watch {
    pub(super) fn new() -> Watch {
        WATCHES.fetch_add(1, Relaxed);
        Watch(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHES.fetch_sub(1, Relaxed);
    }
}

/// Whether the reader of standard output has gone, if results go there. Once it has, it never comes back.
pub fn reader_is_gone() -> bool {
    static START: OnceLock<Instant> = OnceLock::new();
    static NEXT_LOOK: AtomicU64 = AtomicU64::new(0);
    if was_reader_gone() {
        return true;
    }
    let Some(stdout) = watched() else {
        return false;
    };
    let now = START.get_or_init(Instant::now).elapsed();
    let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    if nanos(now) < NEXT_LOOK.load(Relaxed) {
        return false;
    }
    NEXT_LOOK.store(nanos(now + LOOK_EVERY), Relaxed);
    has_lost_reader(stdout) && note_end()
}

/// Whether [`reader_is_gone`] or a wait has found that the reader had gone: the run was cut short by it.
pub fn was_reader_gone() -> bool {
    IS_GONE.load(Relaxed)
}

/// Standard output, if results go there and it has a reader that can go.
pub(super) fn watched() -> Option<BorrowedFd<'static>> {
    static HAS_READER: OnceLock<bool> = OnceLock::new();
    if WATCHES.load(Relaxed) == 0 {
        return None;
    }
    let stdout = rustix::stdio::stdout();
    let has_reader = *HAS_READER.get_or_init(|| stdio::was_open(1) && can_lose_reader(stdout));
    has_reader.then_some(stdout)
}

/// Whether these events of poll(2) mean that the reader has gone; if so, that is recorded.
pub(super) fn tells_end(found: PollFlags) -> bool {
    is_end(found) && note_end()
}

fn note_end() -> bool {
    IS_GONE.store(true, Relaxed);
    true
}

fn is_end(found: PollFlags) -> bool {
    found.intersects(PollFlags::ERR | PollFlags::HUP)
}

fn can_lose_reader(descriptor: impl AsFd) -> bool {
    fstat(descriptor).is_ok_and(|status| {
        matches!(
            FileType::from_raw_mode(status.st_mode),
            FileType::Fifo | FileType::Socket
        )
    })
}

fn has_lost_reader(descriptor: impl AsFd) -> bool {
    let mut polled = [PollFd::new(&descriptor, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    matches!(rustix::event::poll(&mut polled, Some(&at_once)), Ok(1)) && is_end(polled[0].revents())
}

/// The file that standard output goes to, if it is one and empty.
pub fn empty_file() -> Option<PathBuf> {
    let stat = fstat(rustix::stdio::stdout()).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || stat.st_size > 0 {
        return None;
    }
    let path = rustix::fs::readlink("/proc/self/fd/1", Vec::new()).ok()?;
    let path = PathBuf::from(OsString::from_vec(path.into_bytes()));
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok());
    Some(inside.unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::net::UnixStream;

    #[test]
    fn pipes_and_sockets_lose_their_readers() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        assert!(can_lose_reader(&writer) && !has_lost_reader(&writer));
        drop(reader);
        assert!(has_lost_reader(&writer));
        let (ours, theirs) = UnixStream::pair().unwrap();
        assert!(can_lose_reader(&ours) && !has_lost_reader(&ours));
        drop(theirs);
        assert!(has_lost_reader(&ours));
    }

    #[test]
    fn a_full_pipe_still_has_its_reader() {
        let (_reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).unwrap();
        while rustix::io::write(&writer, &[0; 4096]).is_ok() {}
        assert!(!has_lost_reader(&writer));
    }

    #[test]
    fn files_and_devices_have_no_reader_to_lose() {
        for path in ["/dev/null", "/dev/full"] {
            let device = File::options().write(true).open(path).unwrap();
            assert!(!can_lose_reader(&device), "{path}");
        }
        assert!(!can_lose_reader(tempfile::tempfile().unwrap()));
    }
}
