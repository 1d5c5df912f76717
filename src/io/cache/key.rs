//! What an entry is found by: a digest of everything that decides its bytes.

use std::fmt;

/// The name of an entry: BLAKE3 over named parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of what `schema` makes of these parts, each a name and a value. Their order counts, so it is the caller's to keep.
    ///
    /// `schema` names the kind of thing and the version of how it is made. What does not decide the bytes must not be among the
    /// parts, such as the path they are written to; what does must not be missing, such as the version of the renderer.
    pub fn of(schema: &str, parts: &[(&str, &[u8])]) -> Key {
        let mut hasher = blake3::Hasher::new();
        let mut feed = |bytes: &[u8]| {
            // With its length before it, no piece can run into the next: `ab` + `c` is not `a` + `bc`.
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        feed(schema.as_bytes());
        for (name, value) in parts {
            feed(name.as_bytes());
            feed(value);
        }
        Key(*hasher.finalize().as_bytes())
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name of its file: 64 hexadecimal digits.
    pub(super) fn file_name(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// The key whose file has this name; `None` where no entry has such a name.
    pub(super) fn from_file_name(name: &[u8]) -> Option<Key> {
        let hash = blake3::Hash::from_hex(name).ok()?;
        let key = Key(*hash.as_bytes());
        // Upper case is read too, but never written.
        (key.file_name().as_bytes() == name).then_some(key)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_decides_the_key() {
        let all = [
            Key::of("", &[]),
            Key::of("a", &[]),
            Key::of("a", &[("", b"")]),
            Key::of("a", &[("b", b"")]),
            Key::of("a", &[("b", b"c")]),
            Key::of("a", &[("bc", b"")]),
            Key::of("a", &[("", b"bc")]),
            Key::of("ab", &[("", b"c")]),
            Key::of("a", &[("b", b"c"), ("", b"")]),
            Key::of("a", &[("", b""), ("b", b"c")]),
        ];
        for (at, key) in all.iter().enumerate() {
            assert!(!all[..at].contains(key), "{at}");
        }
        assert_eq!(Key::of("a", &[("b", b"c")]), all[4]);
    }

    #[test]
    fn it_is_blake3_of_the_parts_with_their_lengths() {
        let key = Key::of("a", &[("b", b"")]);
        let plain = b"\x01\0\0\0\0\0\0\0a\x01\0\0\0\0\0\0\0b\0\0\0\0\0\0\0\0";
        assert_eq!(key.as_bytes(), blake3::hash(plain).as_bytes());
    }

    #[test]
    fn file_names_are_read_back_and_others_refused() {
        let key = Key::of("x", &[]);
        let name = key.file_name();
        assert_eq!(Key::from_file_name(name.as_bytes()), Some(key));
        for other in [
            "",
            "ledger",
            &name[1..],
            &format!("{name}0"),
            &name.to_uppercase(),
        ] {
            assert_eq!(Key::from_file_name(other.as_bytes()), None, "{other}");
        }
    }
}
