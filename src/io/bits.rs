//! Where a byte is among its neighbours: a bit for each, found for many of them at once.
//!
//! A search that is called as a function costs more than what it does where the byte is near, as the next blank or quote of a
//! line is. What is found here is found where it is asked for, without a call, and without a branch for each of several
//! distances, which a processor could not foresee. What may be far is left to `memchr`.

use memchr::memchr;

use super::prefetch;

/// How many bytes are looked at together where the byte is not that near.
const WINDOW: usize = 64;

/// A bit for each of 16 bytes that is `byte`, the first byte lowest.
#[inline(always)]
pub fn equal16(window: &[u8; 16], byte: u8) -> u32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the 16 bytes that are loaded are those of the window; SSE2 is part of the target.
    #[allow(unsafe_code)]
    unsafe {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
        };
        let bytes = _mm_loadu_si128(window.as_ptr().cast());
        let equal = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte.cast_signed()));
        _mm_movemask_epi8(equal).cast_unsigned()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        portable(window, byte) as u32
    }
}

/// A bit for each of 64 bytes that is `byte`, the first byte lowest.
#[inline(always)]
pub fn equal64(window: &[u8; WINDOW], byte: u8) -> u64 {
    let (parts, _) = window.as_chunks::<16>();
    let bits = |part: usize| u64::from(equal16(&parts[part], byte)) << (16 * part);
    bits(0) | bits(1) | bits(2) | bits(3)
}

/// The same as [`equal16`] without vector instructions.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn portable(window: &[u8], byte: u8) -> u64 {
    let bits = window.iter().enumerate();
    bits.fold(0, |bits, (place, other)| {
        bits | u64::from(*other == byte) << place
    })
}

/// The first `byte` of the text, which is among the first sixteen most often.
#[inline(always)]
pub fn find_near(text: &[u8], byte: u8) -> Option<usize> {
    if let Some(window) = text.first_chunk() {
        let bits = equal16(window, byte);
        if bits != 0 {
            return Some(bits.trailing_zeros() as usize);
        }
    }
    memchr(byte, text)
}

/// The first `byte` of the text, which is among the first 64 most often.
#[inline(always)]
pub fn find_soon(text: &[u8], byte: u8) -> Option<usize> {
    if let Some(window) = text.first_chunk() {
        let bits = equal64(window, byte);
        if bits != 0 {
            return Some(bits.trailing_zeros() as usize);
        }
    }
    memchr(byte, text)
}

/// The place of the first `byte` of the text before `end`, or `end`. Fast for short searches, because it may read the bytes
/// after `end`; there is no branch on whether the byte was found.
#[inline(always)]
pub fn first_or_end(text: &[u8], end: usize, byte: u8) -> usize {
    if end <= WINDOW
        && let Some(window) = text.first_chunk()
    {
        return end.min(equal64(window, byte).trailing_zeros() as usize);
    }
    memchr(byte, &text[..end]).unwrap_or(end)
}

/// Finds the next newlines at or after `from`, as many as there are places; returns how many there were. Fewer than places
/// means that there are no more.
///
/// If the search for the end of a line starts at the end of the line before, each line depends on the last. With all ends known
/// beforehand, a processor can work on several lines at once.
pub fn newlines<const N: usize>(text: &[u8], from: usize, places: &mut [usize; N]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("bmi1") {
        // SAFETY: the processor has the instructions.
        #[allow(unsafe_code)]
        return unsafe { newlines_avx2(text, from, places) };
    }
    gather(text, from, places, |window| equal64(window, b'\n'))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1")]
fn newlines_avx2<const N: usize>(text: &[u8], from: usize, places: &mut [usize; N]) -> usize {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
    };
    let newline = _mm256_set1_epi8(b'\n'.cast_signed());
    let bits = |half: &[u8; 32]| {
        // SAFETY: the 32 bytes that are loaded are those of the half.
        #[allow(unsafe_code)]
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let equal = _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, newline));
        u64::from(equal.cast_unsigned())
    };
    gather(text, from, places, |window| {
        let (halves, _) = window.as_chunks();
        bits(&halves[0]) | bits(&halves[1]) << 32
    })
}

#[inline(always)]
fn gather<const N: usize>(
    text: &[u8],
    from: usize,
    places: &mut [usize; N],
    equal: impl Fn(&[u8; WINDOW]) -> u64,
) -> usize {
    let (windows, rest) = text[from..].as_chunks();
    let (mut at, mut found) = (from, 0);
    for window in windows {
        prefetch::ahead_of(window);
        let mut bits = equal(window);
        // Most windows have at most one newline. There is no branch: without one, the next place overwrites this one.
        places[found] = at + bits.trailing_zeros() as usize;
        found += usize::from(bits != 0);
        bits &= bits.wrapping_sub(1);
        while bits != 0 && found < N {
            places[found] = at + bits.trailing_zeros() as usize;
            found += 1;
            bits &= bits - 1;
        }
        if found == N {
            return found;
        }
        at += WINDOW;
    }
    for (place, byte) in rest.iter().enumerate() {
        if *byte == b'\n' && found < N {
            places[found] = at + place;
            found += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_way_finds_the_same(text in "[ab\n]{0,300}", from in 0_usize..300) {
            let text = text.as_bytes();
            let from = from.min(text.len());
            if let Some(window) = text.first_chunk() {
                prop_assert_eq!(equal64(window, b'a'), portable(window, b'a'));
            }
            if let Some(window) = text.first_chunk() {
                prop_assert_eq!(u64::from(equal16(window, b'a')), portable(window, b'a'));
            }
            prop_assert_eq!(find_near(text, b'\n'), memchr(b'\n', text));
            prop_assert_eq!(find_soon(text, b'\n'), memchr(b'\n', text));
            let first = memchr(b'\n', &text[..from]).unwrap_or(from);
            prop_assert_eq!(first_or_end(text, from, b'\n'), first);
            let expected: Vec<usize> = memchr::memchr_iter(b'\n', &text[from..])
                .map(|place| from + place)
                .take(5)
                .collect();
            let mut places = [0; 5];
            let found = newlines(text, from, &mut places);
            prop_assert_eq!(&places[..found], &expected[..]);
            let found = gather(text, from, &mut places, |window| portable(window, b'\n'));
            prop_assert_eq!(&places[..found], &expected[..]);
        }
    }

    #[test]
    fn what_is_far_is_found_too() {
        let text = [&[b'a'; 500][..], b"b"].concat();
        assert_eq!(find_near(&text, b'b'), Some(500));
        assert_eq!(find_soon(&text, b'b'), Some(500));
        assert_eq!(find_soon(&text[..10], b'b'), None);
    }
}
