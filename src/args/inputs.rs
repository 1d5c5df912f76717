//! The files to read.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::error::{Error, Result};
use crate::io::source::{InputName, read_whole};

/// The files of commands that read many.
#[derive(Args, Clone, Debug)]
pub struct Inputs {
    /// Files to read, which may be compressed with gzip or zstd; - or none for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<OsString>,

    /// Read NUL-terminated file names from FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub files0_from: Option<PathBuf>,
}

impl Inputs {
    /// The names, in order; standard input if there are none.
    ///
    /// # Errors
    /// If the list of names cannot be read, or standard input is named twice.
    pub fn names(&self) -> Result<Vec<InputName>> {
        let mut names: Vec<InputName> = self
            .files
            .iter()
            .cloned()
            .map(InputName::from_arg)
            .collect();
        match &self.files0_from {
            Some(list) => {
                let path = |name| InputName::Path(PathBuf::from(OsString::from_vec(name)));
                names.extend(listed(list)?.into_iter().map(path));
            }
            None if names.is_empty() => names.push(InputName::Stdin),
            None => {}
        }
        let from_stdin = names.iter().filter(|name| matches!(name, InputName::Stdin));
        let is_list = |list: &PathBuf| matches!(InputName::from_arg(list.into()), InputName::Stdin);
        let lists = self.files0_from.iter().filter(|list| is_list(list));
        if from_stdin.count() + lists.count() > 1 {
            return Err(Error::usage("standard input can be read only once"));
        }
        Ok(names)
    }
}

/// The NUL-terminated names in a list.
///
/// # Errors
/// If the list cannot be read.
pub fn listed(list: &Path) -> Result<Vec<Vec<u8>>> {
    let name = InputName::from_arg(list.into());
    let bytes = read_whole(&name, usize::MAX).map_err(|error| Error::reading(list, error))?;
    let names = bytes
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    Ok(names.map(<[u8]>::to_vec).collect())
}
