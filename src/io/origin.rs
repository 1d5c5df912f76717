//! Where an input was found, to open it again later and only if it is still the same.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::fs::SeekFrom;

use super::identity::{Changed, Identity};
use super::open::open_path;

/// Where a file was found, and what it was then.
#[derive(Debug)]
pub(super) struct Origin {
    place: Place,
    identity: Identity,
}

#[derive(Debug)]
enum Place {
    Path(PathBuf),
    /// Standard input has no path, so its file stays open. That file cannot be replaced, but its content can.
    Descriptor {
        file: File,
        begin: u64,
    },
}

impl Origin {
    /// The origin of a file that was opened by a path.
    ///
    /// # Errors
    /// Those of fstat(2) and pread(2).
    pub(super) fn of_path(path: PathBuf, file: &File) -> io::Result<Origin> {
        Ok(Origin {
            identity: Identity::of(file)?,
            place: Place::Path(path),
        })
    }

    /// The origin of a file that is read from where it stands.
    ///
    /// # Errors
    /// Those of fstat(2), pread(2), lseek(2) and fcntl(2).
    pub(super) fn of_descriptor(file: &File) -> io::Result<Origin> {
        Ok(Origin {
            identity: Identity::of(file)?,
            place: Place::Descriptor {
                begin: rustix::fs::seek(file, SeekFrom::Current(0))?,
                file: file.try_clone()?,
            },
        })
    }

    /// Opens the file again, at its first byte to read.
    ///
    /// # Errors
    /// A [`Changed`] inside the error if another file or other content is found; those of open(2), fstat(2) and pread(2).
    pub(super) fn reopen(&self) -> io::Result<File> {
        let file = match &self.place {
            Place::Path(path) => match open_path(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(Changed::Removed.into());
                }
                opened => opened?.0,
            },
            Place::Descriptor { file, begin } => {
                rustix::fs::seek(file, SeekFrom::Start(*begin))?;
                file.try_clone()?
            }
        };
        match self.identity.change_to(&file)? {
            None => Ok(file),
            Some(changed) => Err(changed.into()),
        }
    }
}
