//! Short texts as words, which a processor handles as one.

/// Up to eight bytes, the first lowest, and zeros after the last.
///
/// Two loads that overlap are enough for four bytes and more, so there is no loop and no jump that depends on the exact
/// length, which is different from line to line.
#[inline(always)]
pub fn word(text: &[u8]) -> u64 {
    let length = text.len();
    debug_assert!(length <= 8);
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (length - 4));
    }
    // The first, the middle and the last of one to three bytes are all of them.
    let (Some(first), Some(last)) = (text.first(), text.last()) else {
        return 0;
    };
    let middle = length / 2;
    u64::from(*first)
        | u64::from(text[middle]) << (8 * middle)
        | u64::from(*last) << (8 * (length - 1))
}

/// Whether two texts are equal. Those of up to 32 bytes are compared by loads that overlap, without a call.
#[inline(always)]
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    match left.len() {
        0..=7 => word(left) == word(right),
        8..=16 => ends_are_equal::<8>(left, right),
        17..=32 => ends_are_equal::<16>(left, right),
        _ => left == right,
    }
}

#[inline(always)]
fn ends_are_equal<const N: usize>(left: &[u8], right: &[u8]) -> bool {
    left.first_chunk::<N>() == right.first_chunk() && left.last_chunk::<N>() == right.last_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_if_every_byte_is() {
        for length in 0..70 {
            let left: Vec<u8> = (0..length).collect();
            assert!(equal(&left, &left.clone()));
            assert!(!equal(&left, &[&*left, b"x"].concat()));
            for place in 0..left.len() {
                let mut right = left.clone();
                right[place] ^= 0x80;
                assert!(!equal(&left, &right), "{place} of {length}");
            }
        }
    }

    #[test]
    fn every_length_is_as_if_copied() {
        for length in 0..=8 {
            let mut bytes = [0; 8];
            for (place, byte) in bytes[..length].iter_mut().enumerate() {
                *byte = 0xf1 + place as u8;
            }
            assert_eq!(word(&bytes[..length]), u64::from_le_bytes(bytes));
        }
    }
}
