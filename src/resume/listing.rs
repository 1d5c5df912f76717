//! Which files a log has by which names, in a few bytes.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::digest::Digest;
use crate::io::growing::Status;

/// Some files and their names. Two listings are equal if no file was renamed, made or removed between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing(Digest);

impl Listing {
    /// The listing of these files, in this order.
    pub(super) fn of<'a>(files: impl Iterator<Item = (&'a Path, &'a Status)>) -> Listing {
        let mut text = Vec::new();
        for (path, status) in files {
            text.extend_from_slice(path.as_os_str().as_bytes());
            text.push(0);
            text.extend(status.device.to_le_bytes());
            text.extend(status.inode.to_le_bytes());
            text.extend(status.birth.unwrap_or_default().to_le_bytes());
        }
        Listing(Digest::of(&text))
    }
}
