//! The keys of the line before, in their order: nearly every line of a log has the same keys as the one before it.
//!
//! A key that comes where it is expected is recognised by one or two comparisons of eight bytes, together with its quotes and
//! its colon. Its end is not searched for, and it is not looked up.

use memchr::memchr2;

/// How many keys of a line are remembered at most.
const MOST: usize = 64;

/// The keys of the line that was read last, up to the last one that was needed.
pub(super) struct ExpectedKeys(Vec<ExpectedKey>);

/// A key as it stands in a line: `"key":`.
struct ExpectedKey {
    text: Box<[u8]>,
    /// Its first eight bytes, with zeros after a shorter text.
    first: u64,
    /// The bits of `first` that are of the text.
    mask: u64,
    /// Its last eight bytes, if it is longer than that.
    last: u64,
    /// The node of the paths that the object is at.
    object: usize,
    /// The node that the key leads to.
    node: Option<usize>,
}

impl ExpectedKeys {
    pub(super) fn new() -> ExpectedKeys {
        ExpectedKeys(Vec::new())
    }

    /// Whether a line goes on at `at` with the key that is expected in this place: the node that it leads to, and its length with
    /// its quotes and its colon.
    #[inline(always)]
    pub(super) fn recognise(
        &self,
        place: usize,
        object: usize,
        line: &[u8],
        at: usize,
    ) -> Option<(Option<usize>, usize)> {
        let key = self.0.get(place)?;
        (key.object == object && key.begins(line.get(at..)?)).then_some((key.node, key.text.len()))
    }

    /// Expects in this place what stands there in the current line: `text` is the key with its quotes and its colon.
    #[cold]
    pub(super) fn expect(&mut self, place: usize, object: usize, text: &[u8], node: Option<usize>) {
        // A quote or a backslash in the key would make where it ends depend on what comes before it.
        let is_plain = text
            .strip_prefix(b"\"")
            .and_then(|text| text.strip_suffix(b"\":"))
            .is_some_and(|key| memchr2(b'"', b'\\', key).is_none());
        if place >= MOST || place > self.0.len() || !is_plain {
            return;
        }
        let key = ExpectedKey::new(object, text, node);
        match self.0.get_mut(place) {
            Some(known) => *known = key,
            None => self.0.push(key),
        }
    }
}

impl ExpectedKey {
    fn new(object: usize, text: &[u8], node: Option<usize>) -> ExpectedKey {
        let short = text.len().min(8);
        let mut first = [0; 8];
        first[..short].copy_from_slice(&text[..short]);
        let mut mask = [0; 8];
        mask[..short].fill(u8::MAX);
        ExpectedKey {
            first: u64::from_le_bytes(first),
            mask: u64::from_le_bytes(mask),
            last: text
                .last_chunk()
                .map_or(0, |last| u64::from_le_bytes(*last)),
            text: text.into(),
            object,
            node,
        }
    }

    /// Whether a text begins with the key. Also false of a text that is too short to be compared as words.
    #[inline(always)]
    fn begins(&self, text: &[u8]) -> bool {
        let Some(first) = text.first_chunk() else {
            return false;
        };
        if (u64::from_le_bytes(*first) ^ self.first) & self.mask != 0 {
            return false;
        }
        let length = self.text.len();
        match length {
            ..=8 => true,
            9..=16 => {
                let last = text.get(length - 8..).and_then(|last| last.first_chunk());
                last.is_some_and(|last| u64::from_le_bytes(*last) == self.last)
            }
            _ => text.starts_with(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn only_the_same_key_is_recognised(
            length in 0_usize..40,
            change in prop::option::of(0_usize..50),
            after in "[a\":,]{0,20}",
        ) {
            let key: Vec<u8> = (b'a'..=b'z').cycle().take(length).collect();
            let text = [b"\"", &*key, b"\":"].concat();
            let mut expected = ExpectedKeys::new();
            expected.expect(0, 3, &text, Some(7));
            let mut line = [&*text, after.as_bytes()].concat();
            if let Some(byte) = change.and_then(|place| line.get_mut(place)) {
                *byte ^= 1;
            }
            let recognised = expected.recognise(0, 3, &line, 0);
            if !line.starts_with(&text) {
                prop_assert_eq!(recognised, None);
            } else if line.len() >= 8 {
                prop_assert_eq!(recognised, Some((Some(7), text.len())));
            }
            prop_assert_eq!(expected.recognise(0, 4, &line, 0), None);
            prop_assert_eq!(expected.recognise(1, 3, &line, 0), None);
        }
    }

    #[test]
    fn keys_are_replaced_and_those_with_quotes_or_backslashes_are_not_expected() {
        let mut expected = ExpectedKeys::new();
        for text in ["\"a\\b\":", "\"a\"b\":", "\"a\" :", "a\":"] {
            expected.expect(0, 0, text.as_bytes(), None);
            assert_eq!(
                expected.recognise(0, 0, format!("{text}12345678").as_bytes(), 0),
                None,
                "{text}"
            );
        }
        expected.expect(1, 0, b"\"b\":", None);
        assert_eq!(expected.recognise(1, 0, b"\"b\":12345", 0), None, "no gaps");
        expected.expect(0, 0, b"\"a\":", None);
        expected.expect(0, 0, b"\"b\":", Some(1));
        assert_eq!(expected.recognise(0, 0, b"\"a\":12345", 0), None);
        assert_eq!(
            expected.recognise(0, 0, b"\"b\":12345", 0),
            Some((Some(1), 4))
        );
        for place in 1..2 * MOST {
            expected.expect(place, 0, b"\"c\":", None);
        }
        assert_eq!(
            expected.recognise(MOST - 1, 0, b"\"c\":12345", 0),
            Some((None, 4))
        );
        assert_eq!(expected.recognise(MOST, 0, b"\"c\":12345", 0), None);
    }
}
