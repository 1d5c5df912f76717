//! What is not known of one side of a comparison, because directories could not be read.

/// Paths below which nothing is known, of those that matter at some key: keys ascend.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Each is a beginning of the current key, so there are never more than it has bytes.
    live: Vec<Vec<u8>>,
}

impl Gaps {
    /// From here on, nothing is known of this key and what is below it.
    pub(super) fn add(&mut self, key: &[u8]) {
        self.live.push(key.to_vec());
    }

    /// Whether nothing is known of a key, which is not before those that were asked about.
    pub(super) fn cover(&mut self, key: &[u8]) -> bool {
        // What sorts between `a` and `a/x` begins with `a`, too.
        self.live.retain(|gap| key.starts_with(gap));
        self.live.iter().any(|gap| {
            let rest = &key[gap.len()..];
            rest.is_empty() || rest.starts_with(b"/")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_ends_where_other_names_begin() {
        let mut gaps = Gaps::default();
        gaps.add(b"/a");
        for (key, is_covered) in [
            (&b"/a"[..], true),
            (b"/a-b", false),
            (b"/a/x", true),
            (b"/a/y/z", true),
            (b"/a0", false),
            (b"/b", false),
        ] {
            assert_eq!(gaps.cover(key), is_covered, "{key:?}");
        }
        assert!(gaps.live.is_empty());
        gaps.add(b"");
        assert!(gaps.cover(b"/c") && gaps.cover(b"/c/d"));
    }
}
