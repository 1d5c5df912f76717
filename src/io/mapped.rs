//! Files mapped into memory, safe against other processes that truncate them.
//!
//! Mapping saves the copy that reading makes, but touching a page that is no longer in the file raises SIGBUS, which by default
//! ends the process. Here (with `sigbus`) such a page is replaced by zeros, and [`Mapped::was_cut`] reports it. One case raises no
//! signal: in the last page of a truncated file, the part after its end reads as zeros. So check `Regular::size_now` after
//! each chunk, too: a file that has become shorter must be read again without a map.

use std::fs::File;
use std::io;

use memmap2::{Advice, Mmap, MmapOptions, UncheckedAdvice};

use super::sigbus::Guard;

/// A file mapped for reading, from its first byte.
#[derive(Debug)]
pub struct Mapped {
    // Before `map`, so that it is dropped first: addresses that may belong to another map must not be guarded.
    guard: Guard,
    map: Mmap,
}

impl Mapped {
    /// Maps the first `length` bytes of `file`, which may have become shorter.
    ///
    /// # Errors
    /// Those of mmap(2); `OutOfMemory` where the length is beyond the address space or too many files are mapped.
    pub(super) fn new(file: &File, length: u64) -> io::Result<Mapped> {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        // SAFETY: another process may write to the file while it is mapped. No code relies on a byte
        // staying the same: the bytes are untrusted data, checked where they are used, and never assumed to be text or a
        // valid value. `guard` handles pages that disappear.
        #[allow(unsafe_code)]
        let map = unsafe { MmapOptions::new().len(length).map(file)? };
        let guard = Guard::new(map.as_ptr() as usize, map.len())?;
        Ok(Mapped { guard, map })
    }

    /// The bytes from `offset` in the file on; fewer than `length` where the map ends before.
    pub fn window(&self, offset: u64, length: usize) -> &[u8] {
        let (begin, length) = self.clip(offset, length);
        &self.map[begin..begin + length]
    }

    /// Brings a part into memory ahead of its use, in one call instead of a fault for each page. Waits for the disk.
    pub fn prefetch(&self, offset: u64, length: usize) {
        let (begin, length) = self.clip(offset, length);
        // Advice only: MADV_POPULATE_READ came with Linux 5.14, and fails for pages that are no longer there.
        if length > 0
            && self
                .map
                .advise_range(Advice::PopulateRead, begin, length)
                .is_err()
        {
            let _ = self.map.advise_range(Advice::WillNeed, begin, length);
        }
    }

    /// Returns the memory of a part that will not be read again soon, so that a pass over a file of any size needs little.
    pub fn release(&self, offset: u64, length: usize) {
        let (begin, length) = self.clip(offset, length);
        if length == 0 {
            return;
        }
        // SAFETY: MADV_DONTNEED on a shared, read-only mapping of a file only drops pages, which come back from the file
        // with the same content when touched; on pages that `sigbus` put there they come back as zeros, which they were.
        #[allow(unsafe_code)]
        let _ = unsafe {
            self.map
                .unchecked_advise_range(UncheckedAdvice::DontNeed, begin, length)
        };
    }

    /// Whether a missing page was touched: the file was truncated (or its disk has failed), and zeros were read instead.
    pub fn was_cut(&self) -> bool {
        self.guard.was_hit()
    }

    fn clip(&self, offset: u64, length: usize) -> (usize, usize) {
        let begin = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.map.len());
        (begin, length.min(self.map.len() - begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(length: usize) -> (File, Vec<u8>) {
        let content: Vec<u8> = (0..length).map(|n| (n % 255) as u8 + 1).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        (file, content)
    }

    #[test]
    fn windows_are_clipped() {
        let (file, content) = file(10_000);
        let mapped = Mapped::new(&file, 10_000).unwrap();
        for (offset, length) in [
            (0, 10_000),
            (4097, 5),
            (9_990, 100),
            (10_000, 1),
            (u64::MAX, usize::MAX),
            (0, usize::MAX),
        ] {
            mapped.prefetch(offset, length);
            let begin = content.len().min(usize::try_from(offset).unwrap());
            let end = content.len().min(begin.saturating_add(length));
            assert_eq!(mapped.window(offset, length), &content[begin..end]);
            mapped.release(offset, length);
        }
        assert_eq!(mapped.window(0, 10_000), content);
        assert!(!mapped.was_cut());
        assert!(Mapped::new(&file, 0).unwrap().window(0, 10).is_empty());
    }

    #[test]
    fn a_cut_file_reads_as_zeros_and_says_so() {
        let (file, content) = file(1 << 20);
        let (other, _) = self::file(1 << 16);
        let mapped = Mapped::new(&file, 1 << 20).unwrap();
        let bystander = Mapped::new(&other, 1 << 16).unwrap();
        assert_eq!(mapped.window(0, 1 << 20), content);
        file.set_len(100_000).unwrap();
        mapped.prefetch(0, 1 << 20);
        let read = mapped.window(0, 1 << 20).to_vec();
        assert!(read[..100_000] == content[..100_000]);
        assert!(read[100_000..].iter().all(|&byte| byte == 0));
        assert!(mapped.was_cut());
        assert!(!bystander.was_cut());
        mapped.release(0, 1 << 20);
        assert!(
            mapped
                .window(1 << 19, 1 << 19)
                .iter()
                .all(|&byte| byte == 0)
        );
    }

    #[test]
    fn many_threads_may_find_the_cut_together() {
        let (file, _) = file(1 << 20);
        let mapped = Mapped::new(&file, 1 << 20).unwrap();
        file.set_len(0).unwrap();
        let sums = std::thread::scope(|scope| {
            let sum = || {
                mapped
                    .window(0, 1 << 20)
                    .iter()
                    .map(|&byte| u64::from(byte))
                    .sum::<u64>()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(sum)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum::<u64>()
        });
        assert_eq!(sums, 0);
        assert!(mapped.was_cut());
    }

    /// Run again in a separate process by the test below: no other map is there, so the second gets the place of the first.
    #[test]
    fn child_maps_after_a_cut_file_was_dropped() {
        if std::env::var_os("JUG_TEST_SECOND_MAP").is_none() {
            return;
        }
        for _ in 0..3 {
            let (cut, _) = file(1 << 16);
            let mapped = Mapped::new(&cut, 1 << 16).unwrap();
            assert!(!mapped.was_cut());
            cut.set_len(0).unwrap();
            assert_eq!(mapped.window(1 << 15, 1), b"\0");
            assert!(mapped.was_cut());
            drop(mapped);
            let (whole, content) = file(1 << 16);
            let mapped = Mapped::new(&whole, 1 << 16).unwrap();
            assert_eq!(mapped.window(0, 1 << 16), content);
            assert!(!mapped.was_cut());
        }
    }

    #[test]
    fn a_map_after_a_cut_one_is_whole() {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "io::mapped::tests::child_maps_after_a_cut_file_was_dropped",
            ])
            .env("JUG_TEST_SECOND_MAP", "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{printed}");
        assert!(printed.contains("1 passed"), "{printed}");
    }

    /// Run again in a separate process by the test below.
    #[test]
    fn child_touches_a_page_that_is_not_guarded() {
        if std::env::var_os("JUG_TEST_FOREIGN_FAULT").is_none() {
            return;
        }
        let (guarded, _) = file(1 << 16);
        let _mapped = Mapped::new(&guarded, 1 << 16).unwrap();
        let (foreign, _) = file(1 << 16);
        // SAFETY: only this test knows the file.
        #[allow(unsafe_code)]
        let map = unsafe { MmapOptions::new().map(&foreign).unwrap() };
        foreign.set_len(0).unwrap();
        assert_eq!(std::hint::black_box(map[1 << 15]), 0, "survived");
    }

    #[test]
    fn faults_of_others_end_the_process_as_before() {
        use std::os::unix::process::ExitStatusExt;
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "io::mapped::tests::child_touches_a_page_that_is_not_guarded",
            ])
            .env("JUG_TEST_FOREIGN_FAULT", "1")
            .output()
            .unwrap();
        assert_eq!(run.status.signal(), Some(libc::SIGBUS));
    }
}
