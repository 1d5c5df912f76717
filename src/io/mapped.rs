//! Files mapped into memory, by a process that outlives their being cut short.
//!
//! Touching a page of a map that lies behind the file's new end raises `SIGBUS`. A handler puts a page of zeros there and
//! remembers that it did, so that whoever reads goes on, and is told at the end that what was read is worth nothing.
//! The part of the last page behind the new end reads as zeros with no signal at all: [`Mapped::was_cut`] therefore also
//! asks for the file's size.

use std::fs::File;
use std::io;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use memmap2::{Mmap, MmapOptions};

/// How many files can be mapped at once.
const REGIONS: usize = 64;
/// Pages are this large or a multiple of it.
const PAGE: usize = 4096;

/// The maps that the handler knows. Read inside a signal handler: atomics only.
static KNOWN: [Region; REGIONS] = [const {
    Region {
        start: AtomicUsize::new(0),
        length: AtomicUsize::new(0),
        is_cut: AtomicBool::new(false),
    }
}; REGIONS];

struct Region {
    /// The first address; 0 if the place is free, 1 while it is being filled.
    start: AtomicUsize,
    length: AtomicUsize,
    is_cut: AtomicBool,
}

/// A mapped file.
pub struct Mapped {
    map: Mmap,
    region: &'static Region,
}

impl Mapped {
    /// Maps the bytes of a file up to `end`.
    ///
    /// # Errors
    /// If it cannot be mapped, or if too many files are.
    pub(super) fn new(file: &File, end: u64) -> io::Result<Mapped> {
        listen()?;
        let length = usize::try_from(end).map_err(io::Error::other)?;
        let free = |region: &&Region| region.start.compare_exchange(0, 1, SeqCst, SeqCst).is_ok();
        let region = KNOWN
            .iter()
            .find(free)
            .ok_or_else(|| io::Error::other("too many mapped files"))?;
        // SAFETY: another process may change or cut the file under the map. Changed bytes are still bytes, and no
        // reference to them is kept beyond the scan of a piece, which makes no decision twice; cut ones are dealt with by
        // the handler. Callers map only files that nobody has written to for a while.
        #[allow(unsafe_code)]
        let map = unsafe { MmapOptions::new().len(length).map(file) };
        let map = map.inspect_err(|_| region.start.store(0, SeqCst))?;
        region.is_cut.store(false, SeqCst);
        region.length.store(length.next_multiple_of(PAGE), SeqCst);
        region.start.store(map.as_ptr() as usize, SeqCst);
        Ok(Mapped { map, region })
    }

    /// Bytes from an offset on; fewer if the map ends.
    pub fn window(&self, offset: u64, length: usize) -> &[u8] {
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.map.len());
        &self.map[start..self.map.len().min(start.saturating_add(length))]
    }

    /// Brings pages in at once, which is cheaper than a fault for each. Only a help: failing is no fault.
    pub fn prefetch(&self, offset: u64, length: usize) {
        let pages = self.pages(offset, length, false);
        // SAFETY: the range lies inside the map, and reading pages in changes nothing that can be seen.
        #[allow(unsafe_code)]
        unsafe {
            libc::madvise(
                pages.0 as *mut libc::c_void,
                pages.1,
                libc::MADV_POPULATE_READ,
            );
        }
    }

    /// Gives back the pages that lie wholly in a range, so that the process stays small.
    pub fn release(&self, offset: u64, length: u64) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let pages = self.pages(offset, length, true);
        // SAFETY: the range lies inside the map, which is private, never written, and backed by the file: pages that are
        // touched again come back with the file's bytes.
        #[allow(unsafe_code)]
        unsafe {
            libc::madvise(pages.0 as *mut libc::c_void, pages.1, libc::MADV_DONTNEED);
        }
    }

    /// The pages that a range touches, or that lie wholly inside it: address and length.
    fn pages(&self, offset: u64, length: usize, inside: bool) -> (usize, usize) {
        let base = self.map.as_ptr() as usize;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.map.len());
        let end = self.map.len().min(start.saturating_add(length));
        let (start, end) = if inside {
            (start.next_multiple_of(PAGE), end / PAGE * PAGE)
        } else {
            (start / PAGE * PAGE, end)
        };
        (base + start, end.saturating_sub(start))
    }

    /// Whether the file has become shorter than the map, so that some of what was read were zeros and not the file.
    pub fn was_cut(&self, file_size: u64) -> bool {
        self.region.is_cut.load(SeqCst) || file_size < self.map.len() as u64
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // The handler must not know the region any more when its addresses may be somebody else's.
        self.region.start.store(0, SeqCst);
    }
}

/// Installs the handler, once.
fn listen() -> io::Result<()> {
    static OLD: OnceLock<Option<i32>> = OnceLock::new();
    let failed = OLD.get_or_init(|| {
        // SAFETY: the action is made of zeros, which is a valid one, and gets a handler of the three-argument kind that
        // SA_SIGINFO asks for. SA_ONSTACK: Rust's threads have a stack for signals.
        #[allow(unsafe_code)]
        let result = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_bus_error as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut())
        };
        (result != 0).then(|| io::Error::last_os_error().raw_os_error().unwrap_or(0))
    });
    failed.map_or(Ok(()), |code| Err(io::Error::from_raw_os_error(code)))
}

/// Puts zeros where a known map has no file behind it any more. Calls nothing but mmap(2), signal(2) and atomics, which a
/// handler may.
#[allow(unsafe_code)]
extern "C" fn on_bus_error(_signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: the kernel hands a valid siginfo to a handler installed with SA_SIGINFO, and for SIGBUS it has an address.
    let address = unsafe { (*info).si_addr() } as usize;
    for region in &KNOWN {
        let start = region.start.load(SeqCst);
        if start > 1 && address >= start && address - start < region.length.load(SeqCst) {
            region.is_cut.store(true, SeqCst);
            let page = address / PAGE * PAGE;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            // SAFETY: the page lies inside a map that is ours and stays mapped as long as the region is known; readers of
            // it see zeros, which are bytes too.
            let mapped = unsafe {
                libc::mmap(
                    page as *mut libc::c_void,
                    PAGE,
                    libc::PROT_READ,
                    flags,
                    -1,
                    0,
                )
            };
            if mapped != libc::MAP_FAILED {
                return;
            }
        }
    }
    // Not ours: the fault comes again as soon as we return, and then ends the process as it should.
    // SAFETY: setting a signal back to its default is allowed anywhere.
    unsafe {
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_cut_short_reads_as_zeros_and_is_known() {
        let mut file = tempfile::tempfile().unwrap();
        let bytes = vec![b'x'; 10 * PAGE + 100];
        file.write_all(&bytes).unwrap();
        let mapped = Mapped::new(&file, bytes.len() as u64).unwrap();
        mapped.prefetch(0, bytes.len());
        assert_eq!(mapped.window(5, 3), b"xxx");
        assert!(!mapped.was_cut(bytes.len() as u64));
        file.set_len(100).unwrap();
        let zeros = mapped
            .window(0, usize::MAX)
            .iter()
            .filter(|byte| **byte == 0)
            .count();
        assert_eq!(zeros, bytes.len() - 100);
        assert!(mapped.was_cut(bytes.len() as u64), "the handler saw it");
        mapped.release(0, bytes.len() as u64);
    }

    #[test]
    fn windows_end_where_the_map_does() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let mapped = Mapped::new(&file, 10).unwrap();
        assert_eq!(
            (mapped.window(8, 100), mapped.window(99, 1)),
            (&b"89"[..], &b""[..])
        );
        assert!(mapped.was_cut(9));
    }
}
