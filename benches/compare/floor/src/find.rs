//! The one primitive of all jobs: where is the next such byte, 64 at a time, inlined.
//!
//! `memchr` is as fast on long stretches, but the stretches here are 10 to 200 bytes, where its call through a function
//! pointer and its careful ends cost as much as the search. These searches have no end check: [`crate::input`] promises
//! readable bytes behind the data, and the caller knows that the byte will come.

/// Readable bytes that must follow the data, so that a job may skip what a whole line has at least (in a line that was cut
/// off, past the end of the data) and a vector load may begin there.
pub const PADDING: usize = 128;

/// The widest vectors that the processor has, and what is done with them: load (unaligned), fill with one byte, compare.
/// `WIDTH` bytes must be readable where one is loaded; the instructions are there, or the module would not be compiled.
#[cfg(all(target_arch = "x86_64", target_feature = "avx512bw"))]
mod vector {
    use std::arch::x86_64::*;
    pub const WIDTH: usize = 64;
    #[inline(always)]
    pub unsafe fn load(at: *const u8) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_loadu_si512(at.cast()) }
    }
    #[inline(always)]
    pub unsafe fn fill(byte: u8) -> __m512i {
        // SAFETY: the module's.
        unsafe { _mm512_set1_epi8(byte as i8) }
    }
    #[inline(always)]
    pub unsafe fn equal(one: __m512i, other: __m512i) -> u64 {
        // SAFETY: the module's.
        unsafe { _mm512_cmpeq_epi8_mask(one, other) }
    }
}
#[cfg(all(
    target_arch = "x86_64",
    target_feature = "avx2",
    not(target_feature = "avx512bw")
))]
mod vector {
    use std::arch::x86_64::*;
    pub const WIDTH: usize = 32;
    #[inline(always)]
    pub unsafe fn load(at: *const u8) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_loadu_si256(at.cast()) }
    }
    #[inline(always)]
    pub unsafe fn fill(byte: u8) -> __m256i {
        // SAFETY: the module's.
        unsafe { _mm256_set1_epi8(byte as i8) }
    }
    #[inline(always)]
    pub unsafe fn equal(one: __m256i, other: __m256i) -> u64 {
        // SAFETY: the module's.
        unsafe { u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(one, other)) as u32) }
    }
}
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
mod vector {
    use std::arch::x86_64::*;
    pub const WIDTH: usize = 16;
    #[inline(always)]
    pub unsafe fn load(at: *const u8) -> __m128i {
        // SAFETY: the caller's.
        unsafe { _mm_loadu_si128(at.cast()) }
    }
    #[inline(always)]
    pub unsafe fn fill(byte: u8) -> __m128i {
        // SAFETY: the module's.
        unsafe { _mm_set1_epi8(byte as i8) }
    }
    #[inline(always)]
    pub unsafe fn equal(one: __m128i, other: __m128i) -> u64 {
        // SAFETY: the module's.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(one, other)) as u64 }
    }
}
/// Elsewhere byte by byte: right, and no floor.
#[cfg(not(target_arch = "x86_64"))]
mod vector {
    pub const WIDTH: usize = 1;
    #[inline(always)]
    pub unsafe fn load(at: *const u8) -> u8 {
        // SAFETY: the caller's.
        unsafe { *at }
    }
    #[inline(always)]
    pub unsafe fn fill(byte: u8) -> u8 {
        byte
    }
    #[inline(always)]
    pub unsafe fn equal(one: u8, other: u8) -> u64 {
        u64::from(one == other)
    }
}

/// A bit for each of the 64 bytes at `at` that equals `byte`, the first byte lowest.
///
/// # Safety
/// 64 bytes must be readable at `at`.
#[inline(always)]
pub unsafe fn mask(at: *const u8, byte: u8) -> u64 {
    // SAFETY: the caller's.
    (0..64).step_by(vector::WIDTH).fold(0, |bits, i| {
        bits | unsafe { vector::equal(vector::load(at.add(i)), vector::fill(byte)) } << i
    })
}

/// A bit for each of 64 bytes in which two places are equal, the first byte lowest.
///
/// # Safety
/// 64 bytes must be readable at both.
#[inline(always)]
pub unsafe fn equal(one: *const u8, other: *const u8) -> u64 {
    // SAFETY: the caller's.
    (0..64).step_by(vector::WIDTH).fold(0, |bits, i| {
        bits | unsafe { vector::equal(vector::load(one.add(i)), vector::load(other.add(i))) } << i
    })
}

/// The first `byte` at or after `at`.
///
/// # Safety
/// There must be one, and `PADDING` readable bytes from it on.
#[inline(always)]
pub unsafe fn next(mut at: *const u8, byte: u8) -> *const u8 {
    loop {
        // SAFETY: no such byte before `at`, so the one that the caller promises, and the padding after it, lie ahead.
        unsafe {
            let bits = mask(at, byte);
            if bits != 0 {
                return at.add(bits.trailing_zeros() as usize);
            }
            at = at.add(64);
        }
    }
}

/// Calls `line` with the first byte and the newline of every line; `lines` ends with a newline and has [`PADDING`] behind it.
///
/// In two passes over 16 KiB at a time: first all newlines, one vector a step and no branch that depends on the data but a
/// rare one; then the lines. As their places are known beforehand, the processor works on several of them at once, which it
/// cannot when a line's start depends on a search through the one before.
#[inline(always)]
pub fn each_line(lines: &[u8], mut line: impl FnMut(*const u8, *const u8)) {
    const STRETCH: usize = 16 << 10;
    let mut newlines = [0u32; STRETCH + 1];
    let mut start = lines.as_ptr();
    for stretch in lines.chunks(STRETCH) {
        let mut found = 0;
        for at in (0..stretch.len()).step_by(64) {
            // SAFETY: behind `lines` there is padding.
            let mut bits = unsafe { mask(stretch.as_ptr().add(at), b'\n') };
            if stretch.len() - at < 64 {
                bits &= (1 << (stretch.len() - at)) - 1;
            }
            newlines[found] = at as u32 + bits.trailing_zeros();
            found += usize::from(bits != 0);
            bits &= bits.wrapping_sub(1);
            while bits != 0 {
                newlines[found] = at as u32 + bits.trailing_zeros();
                found += 1;
                bits &= bits - 1;
            }
        }
        for &newline in &newlines[..found] {
            let end = stretch.as_ptr().wrapping_add(newline as usize);
            line(start, end);
            start = end.wrapping_add(1);
        }
    }
}

/// The first two of a byte at or after `at`: most often both are among the next 64 bytes.
///
/// # Safety
/// As for [`next`].
#[inline(always)]
pub unsafe fn next_two(at: *const u8, byte: u8) -> (*const u8, *const u8) {
    // SAFETY: as in `next`.
    unsafe {
        let bits = mask(at, byte);
        let rest = bits & bits.wrapping_sub(1);
        if rest != 0 {
            (
                at.add(bits.trailing_zeros() as usize),
                at.add(rest.trailing_zeros() as usize),
            )
        } else {
            let first = next(at, byte);
            (first, next(first.add(1), byte))
        }
    }
}
