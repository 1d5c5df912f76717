//! How the allocator gets memory from the kernel.

/// Allocations of at least this many bytes are mapped by themselves.
#[cfg(target_env = "gnu")]
const MAPPED: libc::c_int = 256 << 10;

/// Has large allocations returned to the kernel as soon as they are freed, from now on.
///
/// Otherwise glibc keeps them once a few have been freed. Tables that grow by doubling on several threads then leave holes of
/// all sizes, which nothing fits: a fifth of the memory of a million groups. It costs page faults where large buffers come and
/// go, so only runs that keep theirs ask for it.
pub fn return_when_freed() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the call takes two numbers, and the allocator locks what it changes.
    #[allow(unsafe_code)]
    unsafe {
        // Where it is refused, memory is used as before.
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED);
    }
}

/// Drops the program's code from the memory of the process. What is used from now on is mapped again from the page cache.
///
/// Most of what a start runs through, such as the reading of arguments, is never used again: 5 MiB of the 8 MiB of a follower that
/// then waits for days.
pub fn drop_code() {
    let here = drop_code as fn() as usize;
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else {
        return;
    };
    let Some(code) = maps
        .lines()
        .filter_map(code_of)
        .find(|code| code.contains(&here))
    else {
        return;
    };
    // SAFETY: the pages are mapped from a file, and nobody can have written to them, so they come back as they are.
    #[allow(unsafe_code)]
    let _ = unsafe {
        rustix::mm::madvise(
            std::ptr::with_exposed_provenance_mut(code.start),
            code.len(),
            rustix::mm::Advice::LinuxDontNeed,
        )
    };
}

/// The addresses of a line of maps, proc_pid_maps(5), if it is code that was mapped from a file.
fn code_of(line: &str) -> Option<std::ops::Range<usize>> {
    let (addresses, rest) = line.split_once(' ')?;
    if !rest.starts_with("r-xp ") || !rest.contains('/') {
        return None;
    }
    let (start, end) = addresses.split_once('-')?;
    let number = |text| usize::from_str_radix(text, 16).ok();
    Some(number(start)?..number(end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_among_the_maps() {
        for (line, range) in [
            (
                "007d2000-0136b000 r-xp 005d1000 fe:00 123  /usr/bin/jug",
                Some(0x007d_2000..0x0136_b000),
            ),
            (
                "00200000-007d2000 r--p 00000000 fe:00 123  /usr/bin/jug",
                None,
            ),
            (
                "01402000-01408000 rwxp 00000000 00:00 0  /usr/bin/jug",
                None,
            ),
            (
                "7fca67821000-7fca67823000 r-xp 00000000 00:00 0  [vdso]",
                None,
            ),
            ("7fca67821000-7fca67823000 r-xp 00000000 00:00 0 ", None),
            ("", None),
        ] {
            assert_eq!(code_of(line), range, "{line}");
        }
    }

    #[test]
    fn dropped_code_is_not_resident_and_runs() {
        let resident = || {
            let here = drop_code as fn() as usize;
            let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
            let mut lines = maps.lines();
            let mapped = lines.find_map(|line| code_of(line).filter(|code| code.contains(&here)));
            let rss = lines.find(|line| line.starts_with("Rss:")).unwrap();
            let kib: usize = rss.split_whitespace().nth(1).unwrap().parse().unwrap();
            (kib, mapped.unwrap().len() >> 10)
        };
        let (before, mapped) = resident();
        assert!(before > 0 && before <= mapped);
        // Other tests run at the same time, and use their code again.
        let has_dropped = |_| {
            let (before, _) = resident();
            drop_code();
            resident().0 < before
        };
        assert!((0..1000).any(has_dropped));
    }
}
