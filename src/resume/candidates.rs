//! The files that may have some of a log, in the order of their age.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::files::Files;
use super::listing::Listing;
use super::names::{self, Age};
use super::pieces::{Loss, Place};
use crate::error::Plain;
use crate::io::growing::{Kind, Links, Status};

/// Whether `name` is the name of a rotated file of `active`, both without their directory.
pub fn is_rotated_name(active: &[u8], name: &[u8]) -> bool {
    names::age(active, name).is_some()
}

/// A file that may have some of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) status: Status,
    /// None for the file that the log is written to.
    pub(super) age: Option<Age>,
    pub(super) is_packed: bool,
}

/// What a directory has of a log.
pub(super) struct Found {
    /// The files that may have some of the log, the oldest first.
    pub(super) candidates: Vec<Candidate>,
    /// What keeps the path from being read.
    pub(super) losses: Vec<Loss>,
    /// Whether a file was no longer where it was listed.
    pub(super) has_moved: bool,
}

/// Looks for the files of a log.
///
/// # Errors
/// Those of listing the directory, unless it does not exist, and of looking at files.
pub(super) fn candidates<F: Files>(files: &mut F, place: &Place) -> io::Result<Found> {
    let target = match place.links {
        Links::Followed => files.target(&place.path),
        Links::Refused => place.path.clone(),
    };
    let directory = directory_of(&target);
    let active = target.file_name().map_or(&b""[..], |name| name.as_bytes());
    let undated = (place.links == Links::Followed)
        .then(|| names::without_date(active))
        .flatten();
    let (mut rotated, mut has_moved) = (Vec::new(), false);
    let names = match files.list(directory) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    for name in names {
        if name == active {
            continue;
        }
        let age = names::age(active, &name).or_else(|| {
            undated
                .as_ref()
                .and_then(|undated| names::age(undated, &name))
        });
        let Some(age) = age else {
            continue;
        };
        let path = directory.join(OsStr::from_bytes(&name));
        match files.status(&path, Links::Refused) {
            Ok(status) if status.kind == Kind::File => rotated.push(Candidate {
                path,
                status,
                age: Some(age),
                is_packed: names::without_packing(&name).1,
            }),
            // A link in place of a rotated file is nobody's log.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => has_moved = true,
            Err(error) => return Err(error),
        }
    }
    // While a file is compressed, both are there; the archive may be incomplete.
    let plain: Vec<Age> = rotated
        .iter()
        .filter(|one| !one.is_packed)
        .filter_map(|one| one.age.clone())
        .collect();
    rotated.retain(|one| {
        let is_twin = |age: &Age| plain.contains(age);
        !(one.is_packed && one.age.as_ref().is_some_and(is_twin))
    });
    names::sort(&mut rotated, |one| {
        (one.age.as_ref().unwrap_or(&Age::Old), one.status.modified)
    });
    let mut losses = Vec::new();
    match files.status(&place.path, place.links) {
        Ok(status) if status.kind == Kind::File => rotated.push(Candidate {
            path: place.path.clone(),
            status,
            age: None,
            is_packed: false,
        }),
        Ok(status) if status.kind == Kind::Link => losses.push(Loss::BecameLink),
        Ok(_) => losses.push(Loss::NotAFile),
        Err(error) if is_missing(&error) => {}
        Err(error) => {
            losses.push(Loss::Unreadable(
                place.path.clone(),
                Plain(&error).to_string(),
            ));
        }
    }
    Ok(Found {
        candidates: rotated,
        losses,
        has_moved,
    })
}

/// The listing of some candidates.
pub(super) fn listed(candidates: &[Candidate]) -> Listing {
    Listing::of(
        candidates
            .iter()
            .map(|one| (one.path.as_path(), &one.status)),
    )
}

/// The files of a log as they are now.
///
/// # Errors
/// Those of listing the directory, unless it does not exist.
pub fn listing<F: Files>(files: &mut F, place: &Place) -> io::Result<Listing> {
    let found = candidates(files, place)?;
    Ok(listed(&found.candidates))
}

/// The directory of a path, never an empty path.
pub fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
