//! Media types, by the first bytes of files.
//!
//! The library knows formats by their signatures. What has none is text or not, as file(1) decides it: without the control characters
//! that texts do not have. Names that file(1) has for what is not a regular file are used here, too.

use crate::dirs::content::HEAD;
use crate::dirs::{Content, FileType};

/// The media type of an entry; `None` if its content is not known.
pub(super) fn of(file_type: FileType, content: Option<&Content>) -> Option<&'static str> {
    Some(match file_type {
        FileType::File => of_bytes(&content?.head),
        FileType::Directory => "inode/directory",
        FileType::Symlink => "inode/symlink",
        FileType::Fifo => "inode/fifo",
        FileType::Socket => "inode/socket",
        FileType::Block => "inode/blockdevice",
        FileType::Character => "inode/chardevice",
        FileType::Unknown => return None,
    })
}

fn of_bytes(head: &[u8]) -> &'static str {
    if head.is_empty() {
        return "inode/x-empty";
    }
    match infer::get(head) {
        Some(found) => found.mime_type(),
        None if is_text(head) && head.trim_ascii_start().starts_with(b"<svg") => "image/svg+xml",
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Whether bytes are text: ASCII, UTF-8 (which may be cut off at the end) or Latin-1.
fn is_text(head: &[u8]) -> bool {
    let is_control = |byte: &u8| matches!(byte, 0..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    if head.iter().any(is_control) {
        return false;
    }
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() == HEAD,
    };
    is_utf8 || !head.iter().any(|byte| matches!(byte, 0x80..=0x9f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_or_not() {
        for (bytes, expected) in [
            (&b""[..], "inode/x-empty"),
            (b"plain\n", "text/plain"),
            ("größer\n".as_bytes(), "text/plain"),
            (b"gr\xf6\xdfer\n", "text/plain"),
            (
                b" <svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                "image/svg+xml",
            ),
            (b"nul\0nul", "application/octet-stream"),
            (b"\x85\x9f\x01", "application/octet-stream"),
            (b"\x1f\x8b\x08\0\0\0", "application/gzip"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        ] {
            assert_eq!(of_bytes(bytes), expected, "{bytes:?}");
        }
        let mut cut = vec![b'a'; HEAD - 1];
        cut.push("é".as_bytes()[0]);
        assert_eq!(of_bytes(&cut), "text/plain");
    }
}
