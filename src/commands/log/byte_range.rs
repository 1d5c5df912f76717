//! `--range`: a part of each file, for engines that split files.

use crate::args::values;
use crate::log::input::ByteRange;

/// `0:1G`, `1G:2G`, `2G:`
pub(super) fn byte_range(text: &str) -> Result<ByteRange, String> {
    let invalid =
        || format!("invalid range '{text}': expected BEGIN:END in bytes, such as 0:1G or 1G:");
    let (begin, end) = text.split_once(':').ok_or_else(invalid)?;
    let size = |text: &str| values::size(text).map_err(|_| invalid());
    let range = ByteRange {
        begin: if begin.is_empty() { 0 } else { size(begin)? },
        end: if end.is_empty() { u64::MAX } else { size(end)? },
    };
    match range.begin <= range.end {
        true => Ok(range),
        false => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_beginning_and_an_end() {
        let range = |begin, end| Ok(ByteRange { begin, end });
        assert_eq!(byte_range("0:1K"), range(0, 1024));
        assert_eq!(byte_range("2K:"), range(2048, u64::MAX));
        assert_eq!(byte_range(":7"), range(0, 7));
        assert_eq!(byte_range("7:7"), range(7, 7));
        for text in ["", "7", "8:7", "a:b", "-1:2", "1:2:3"] {
            assert!(byte_range(text).is_err(), "{text}");
        }
    }
}
