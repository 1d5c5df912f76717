//! Asking for memory before it is needed.

/// How far ahead of what is being read memory is asked for, in bytes. Near enough to stay in the inner cache, far enough for
/// main memory to answer.
const AHEAD: usize = 1024;
/// How much is asked for at once: so much, in bytes, as a long line has.
const SPAN: usize = 256;
/// The bytes that memory hands over together.
const CACHE_LINE: usize = 64;

/// Asks for what comes a while after `at` in these bytes, to be called for each line.
///
/// Where a mapped file is read line by line, with other work between, the processor's own guess at what comes next ends at
/// each page, and a line's first look at its bytes waits for memory: half of the time of a group-by, if nobody asks before.
#[inline(always)]
pub fn ahead_of(bytes: &[u8], at: usize) {
    for step in (0..SPAN).step_by(CACHE_LINE) {
        touch(bytes.as_ptr().wrapping_add(at + AHEAD + step));
    }
}

#[inline(always)]
fn touch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing into the program and never faults, wherever it points; SSE is part of the target.
    #[allow(unsafe_code)]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
