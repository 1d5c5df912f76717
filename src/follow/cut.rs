//! Where lines and records end.

/// What the content consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Lines, each with its newline.
    Lines,
    /// Records of this many bytes, at least one.
    Fixed(usize),
}

impl Cut {
    /// The end of the unit, of which `pending` bytes come before `block`.
    pub(super) fn first_end(self, pending: usize, block: &[u8]) -> Option<usize> {
        match self {
            Cut::Lines => memchr::memchr(b'\n', block).map(|at| at + 1),
            Cut::Fixed(length) => Some(length - pending).filter(|end| *end <= block.len()),
        }
    }

    /// The end of the last whole unit in a block that begins with one.
    pub(super) fn last_end(self, block: &[u8]) -> usize {
        match self {
            Cut::Lines => memchr::memrchr(b'\n', block).map_or(0, |at| at + 1),
            Cut::Fixed(length) => block.len() - block.len() % length,
        }
    }

    /// The units of some bytes that consist of whole ones; the last line may lack its newline.
    pub fn units(self, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let end = self.first_end(0, rest).unwrap_or(rest.len());
            let (unit, after) = rest.split_at(end);
            rest = after;
            (!unit.is_empty()).then_some(unit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_records_end_where_they_should() {
        assert_eq!(Cut::Lines.first_end(3, b"ab\ncd\n"), Some(3));
        assert_eq!(Cut::Lines.first_end(0, b"ab"), None);
        assert_eq!(Cut::Lines.last_end(b"ab\ncd\ne"), 6);
        assert_eq!(Cut::Lines.last_end(b"ab"), 0);
        assert_eq!(Cut::Fixed(4).first_end(3, b"abcd"), Some(1));
        assert_eq!(Cut::Fixed(4).first_end(1, b"ab"), None);
        assert_eq!(Cut::Fixed(4).last_end(b"abcdefghi"), 8);
        let lines: Vec<&[u8]> = Cut::Lines.units(b"a\n\nb").collect();
        assert_eq!(lines, [&b"a\n"[..], b"\n", b"b"]);
        let records: Vec<&[u8]> = Cut::Fixed(2).units(b"abc\n").collect();
        assert_eq!(records, [b"ab", b"c\n"]);
    }
}
