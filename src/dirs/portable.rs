//! Directories by path, with `walkdir`: the portable engine. Tests compare the native engine with it.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use walkdir::WalkDir;

use super::{FileType, Listing, Stat};

/// Adds the names in a directory to a listing.
pub(super) fn list(path: &Path, listing: &mut Listing) -> io::Result<()> {
    for entry in entries(path) {
        let entry = entry?;
        listing.push(entry.file_name().as_bytes(), file_type(&entry));
    }
    Ok(())
}

/// The attributes of what a path leads to.
pub(super) fn stat(path: &Path, follows: bool) -> io::Result<Stat> {
    let mut itself = WalkDir::new(path)
        .max_depth(0)
        .follow_links(follows)
        .follow_root_links(follows)
        .into_iter();
    match itself.next() {
        Some(entry) => {
            let metadata = entry.and_then(|entry| entry.metadata());
            Ok(Stat::from(&metadata.map_err(cause)?))
        }
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Whether a directory is empty.
pub(super) fn is_empty(path: &Path) -> io::Result<bool> {
    match entries(path).next() {
        Some(entry) => entry.map(|_| false),
        None => Ok(true),
    }
}

fn entries(path: &Path) -> impl Iterator<Item = io::Result<walkdir::DirEntry>> {
    let directory = WalkDir::new(path).min_depth(1).max_depth(1);
    // The caller has decided to follow it if it is a link.
    let entries = directory.follow_root_links(true).into_iter();
    entries.map(|entry| entry.map_err(cause))
}

/// The system's error with its number, without the text that `walkdir` adds.
fn cause(error: walkdir::Error) -> io::Error {
    let errno = error.io_error().and_then(io::Error::raw_os_error);
    errno.map_or_else(|| error.into(), io::Error::from_raw_os_error)
}

fn file_type(entry: &walkdir::DirEntry) -> FileType {
    let file_type = entry.file_type();
    if file_type.is_dir() {
        FileType::Directory
    } else if file_type.is_symlink() {
        FileType::Symlink
    } else if file_type.is_file() {
        FileType::File
    } else {
        FileType::Unknown
    }
}
