//! What is in the file of an entry: a header by which damage is found, and the content.
//!
//! ```text
//! 8 bytes   "jugkept1"
//! 8 bytes   length of the content, little-endian
//! 32 bytes  BLAKE3 of the content, keyed with the key of the entry
//! content
//! ```
//!
//! The digest stands in for fsync(2), which would cost more than making most entries again: what a power cut left half written
//! does not match. Keyed, it also tells an entry that was moved to the name of another.

use std::fs::File;
use std::io::{self, Read, Write};

use super::key::Key;

const MAGIC: &[u8; 8] = b"jugkept1";

/// Bytes before the content.
pub(super) const HEADER: usize = 48;

fn header(key: Key, content: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..16].copy_from_slice(&(content.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(blake3::keyed_hash(key.as_bytes(), content).as_bytes());
    header
}

/// Writes the entry whole.
pub(super) fn write(key: Key, content: &[u8], mut to: &File) -> io::Result<()> {
    to.write_all(&header(key, content))?;
    to.write_all(content)
}

/// Reads the content of an entry; `None` where it is damaged.
///
/// # Errors
/// Those of reading; then nothing is known about the entry.
pub(super) fn read(key: Key, mut from: &File) -> io::Result<Option<Vec<u8>>> {
    let size = from.metadata()?.len();
    let mut found = [0; HEADER];
    match from.read_exact(&mut found) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = size.saturating_sub(HEADER as u64);
    // The lengths are compared before so much is read.
    if found[..8] != *MAGIC || found[8..16] != length.to_le_bytes() {
        return Ok(None);
    }
    let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut content = Vec::new();
    content
        .try_reserve_exact(length)
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    from.take(length as u64).read_to_end(&mut content)?;
    Ok((found == header(key, &content)).then_some(content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "a key";

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        file
    }

    fn entry(content: &[u8]) -> Vec<u8> {
        [&header(Key::of(KEY, &[]), content), content].concat()
    }

    fn content(bytes: &[u8]) -> Option<Vec<u8>> {
        read(Key::of(KEY, &[]), &file(bytes)).unwrap()
    }

    #[test]
    fn every_byte_at_every_value_is_guarded() {
        let good = entry(b"drawn once");
        assert_eq!(content(&good).unwrap(), b"drawn once");
        for at in 0..good.len() {
            for change in 1..=255 {
                let mut bad = good.clone();
                bad[at] ^= change;
                assert_eq!(content(&bad), None, "byte {at} ^ {change}");
            }
        }
    }

    #[test]
    fn every_truncation_and_every_longer_one_is_damaged() {
        let good = entry(b"drawn once");
        for length in 0..good.len() {
            assert_eq!(content(&good[..length]), None, "{length}");
        }
        assert_eq!(content(&[&good[..], b"\0"].concat()), None);
        // As a power cut leaves them: the length is there, the blocks are not.
        assert_eq!(content(&vec![0; good.len()]), None);
    }

    #[test]
    fn an_entry_under_another_name_is_damaged() {
        let file = file(&entry(b"drawn once"));
        assert_eq!(read(Key::of("another", &[]), &file).unwrap(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: Vec<u8>) {
            let key = Key::of(KEY, &[("n", &bytes)]);
            let mut file = tempfile::tempfile().unwrap();
            write(key, &bytes, &file).unwrap();
            io::Seek::rewind(&mut file).unwrap();
            prop_assert_eq!(read(key, &file).unwrap(), Some(bytes));
        }

        #[test]
        fn noise_is_damaged(bytes: Vec<u8>) {
            prop_assert_eq!(content(&bytes), None);
        }
    }
}
