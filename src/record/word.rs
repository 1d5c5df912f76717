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

#[cfg(test)]
mod tests {
    use super::*;

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
