//! Asking for memory before it is needed.

/// How far ahead of what is being searched bytes are asked for. Near enough to stay in the inner cache, far enough for main
/// memory to answer.
const AHEAD: usize = 2048;

/// Asks for what comes a while after these bytes, to be called for each of the 64 that memory hands over together.
///
/// Where a mapped file is read with other work between, the processor's own guess at what comes next ends at each page, and
/// the first look at a line waits for memory: half of the time of a group-by, if nobody asks before.
#[inline(always)]
pub fn ahead_of(bytes: &[u8; 64]) {
    touch(bytes.as_ptr().wrapping_add(AHEAD));
}

/// Prefetches an element of a slice. An index out of range has no effect.
#[inline(always)]
pub fn place<T>(slice: &[T], place: usize) {
    touch(slice.as_ptr().wrapping_add(place).cast());
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
