//! Where the bytes that structure JSON are among 64: a bit for each, the first byte lowest.
//!
//! The vector instructions that find them are chosen when the program runs. A task that is run [`with_masks`] is compiled
//! once for each set of instructions, so that what it asks of [`Masks`] costs no call.

use super::bits::equal64;

/// How many bytes are looked at together.
pub const BLOCK: usize = 64;

/// Finds bytes in a block.
pub trait Masks: Copy {
    /// The double quotes, and the backslashes.
    fn quotes(self, block: &[u8; BLOCK]) -> (u64, u64);

    /// The bytes that are `byte`.
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64;

    /// The opening brackets `{` and `[`, and the closing brackets `}` and `]`.
    fn brackets(self, block: &[u8; BLOCK]) -> (u64, u64);

    /// For each bit the exclusive or of all bits up to it: the bytes from each first quote to before each second one.
    fn prefix_xor(self, bits: u64) -> u64;
}

/// Work that needs masks. To be compiled for the best instructions, `run` and what it calls must be inlined.
pub trait Task {
    /// What it gives.
    type Output;

    /// Does the work.
    fn run<M: Masks>(self, masks: M) -> Self::Output;
}

/// Does work with the fastest masks of this processor.
#[inline]
pub fn with_masks<T: Task>(task: T) -> T::Output {
    #[cfg(target_arch = "x86_64")]
    if avx2::is_available() {
        // SAFETY: the processor has the instructions.
        #[allow(unsafe_code)]
        return unsafe { avx2::run(task) };
    }
    task.run(Portable)
}

/// Masks that every processor of the target has the instructions for.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Masks for Portable {
    #[inline(always)]
    fn quotes(self, block: &[u8; BLOCK]) -> (u64, u64) {
        (equal64(block, b'"'), equal64(block, b'\\'))
    }

    #[inline(always)]
    fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
        equal64(block, byte)
    }

    #[inline(always)]
    fn brackets(self, block: &[u8; BLOCK]) -> (u64, u64) {
        (
            equal64(block, b'{') | equal64(block, b'['),
            equal64(block, b'}') | equal64(block, b']'),
        )
    }

    #[inline(always)]
    fn prefix_xor(self, mut bits: u64) -> u64 {
        for shift in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << shift;
        }
        bits
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::is_x86_feature_detected;
    use std::arch::x86_64::{
        __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8,
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8,
    };

    use super::{BLOCK, Masks, Task};

    /// Whether the processor has all instructions that [`run`] is compiled for.
    #[inline]
    pub(super) fn is_available() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq")
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,pclmulqdq")]
    pub(super) fn run<T: Task>(task: T) -> T::Output {
        task.run(Avx2(()))
    }

    /// Proof that the instructions are available: made only in [`run`].
    #[derive(Clone, Copy)]
    struct Avx2(());

    // Closures would be functions of their own, without the instructions, so there are none here.
    impl Masks for Avx2 {
        #[inline(always)]
        #[allow(unsafe_code)]
        fn quotes(self, block: &[u8; BLOCK]) -> (u64, u64) {
            // SAFETY: the processor has the instructions.
            unsafe {
                let (low, high) = load(block);
                (equal(low, high, b'"'), equal(low, high, b'\\'))
            }
        }

        #[inline(always)]
        #[allow(unsafe_code)]
        fn equal(self, block: &[u8; BLOCK], byte: u8) -> u64 {
            // SAFETY: the processor has the instructions.
            unsafe {
                let (low, high) = load(block);
                equal(low, high, byte)
            }
        }

        #[inline(always)]
        #[allow(unsafe_code)]
        fn brackets(self, block: &[u8; BLOCK]) -> (u64, u64) {
            // SAFETY: the processor has the instructions.
            unsafe {
                // One bit distinguishes `[` from `{` and `]` from `}`.
                let bit = _mm256_set1_epi8((b'[' ^ b'{').cast_signed());
                let (low, high) = load(block);
                let (low, high) = (_mm256_or_si256(low, bit), _mm256_or_si256(high, bit));
                (equal(low, high, b'{'), equal(low, high, b'}'))
            }
        }

        #[inline(always)]
        #[allow(unsafe_code)]
        fn prefix_xor(self, bits: u64) -> u64 {
            // SAFETY: the processor has the instructions.
            unsafe {
                let bits = _mm_set_epi64x(0, bits.cast_signed());
                // A product without carries is the exclusive or of one factor, shifted to each bit of the other.
                let product = _mm_clmulepi64_si128::<0>(bits, _mm_set1_epi8(-1));
                _mm_cvtsi128_si64(product).cast_unsigned()
            }
        }
    }

    /// Loads the 64 bytes of a block.
    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn load(block: &[u8; BLOCK]) -> (__m256i, __m256i) {
        let (halves, _) = block.as_chunks::<32>();
        // SAFETY: the 32 bytes that are loaded are those of the half; the caller has the instructions.
        unsafe {
            (
                _mm256_loadu_si256(halves[0].as_ptr().cast()),
                _mm256_loadu_si256(halves[1].as_ptr().cast()),
            )
        }
    }

    /// A bit for each byte that is `byte`.
    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn equal(low: __m256i, high: __m256i, byte: u8) -> u64 {
        // SAFETY: the caller has the instructions.
        unsafe {
            let wanted = _mm256_set1_epi8(byte.cast_signed());
            let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)).cast_unsigned();
            let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)).cast_unsigned();
            u64::from(low) | u64::from(high) << 32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the masks of a block, and the prefix of bits, as some instructions find them.
    struct All<'b>(&'b [u8; BLOCK], u64);

    impl Task for All<'_> {
        type Output = ([(u64, u64); 3], u64);

        fn run<M: Masks>(self, masks: M) -> Self::Output {
            let (commas, newlines) = (masks.equal(self.0, b','), masks.equal(self.0, b'\n'));
            (
                [
                    masks.quotes(self.0),
                    masks.brackets(self.0),
                    (commas, newlines),
                ],
                masks.prefix_xor(self.1),
            )
        }
    }

    #[test]
    fn all_instructions_find_every_byte_in_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                let mut block = [b'x'; BLOCK];
                block[place] = byte;
                let is = |bytes: &[u8]| u64::from(bytes.contains(&byte)) << place;
                let expected = [
                    (is(b"\""), is(b"\\")),
                    (is(b"{["), is(b"}]")),
                    (is(b","), is(b"\n")),
                ];
                assert_eq!(All(&block, 0).run(Portable).0, expected, "{byte}");
                assert_eq!(with_masks(All(&block, 0)).0, expected, "{byte}");
            }
        }
    }

    #[test]
    fn all_instructions_give_the_parity_of_the_bits_up_to_each() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..1000 {
            let up_to = |place: u32| (bits & (u64::MAX >> (63 - place))).count_ones() & 1;
            let expected = (0..64).fold(0, |all, place| all | u64::from(up_to(place)) << place);
            let block = [0; BLOCK];
            assert_eq!(All(&block, bits).run(Portable).1, expected, "{bits:x}");
            assert_eq!(with_masks(All(&block, bits)).1, expected, "{bits:x}");
            bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).rotate_left(17);
        }
    }
}
