//! What is wrong with a selection: found when names in it are looked up.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Plain;

/// A name in a selection that could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A file to compare with, or an ignore file, cannot be read.
    #[error("{}: {}", path.display(), Plain(source))]
    Reading {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no such user.
    #[error("unknown user '{0}'")]
    UnknownUser(String),
    /// There is no such group.
    #[error("unknown group '{0}'")]
    UnknownGroup(String),
}

impl SelectError {
    pub(super) fn reading(path: &Path, source: io::Error) -> SelectError {
        SelectError::Reading {
            path: path.to_owned(),
            source,
        }
    }
}
