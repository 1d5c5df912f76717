//! The logs that arguments name.

use std::ffi::OsString;
use std::path::Path;

use crate::error::{Error, Result};
use crate::follow::operand::Operand;
use crate::follow::{Follower, Log};
use crate::io::growing::{self, Growing, Kind, Links};
use crate::resume::Known;
use crate::ui::Ui;

/// The logs that words stand for: paths, or globs.
///
/// # Errors
/// A directory, or an invalid glob.
pub(in crate::commands) fn operands(words: &[OsString]) -> Result<Vec<Operand>> {
    let mut operands = Vec::new();
    for word in words {
        let path = Path::new(word);
        let found = growing::status(path, Links::Followed);
        if found
            .as_ref()
            .is_ok_and(|status| status.kind == Kind::Directory)
        {
            let shown = path.display();
            return Err(
                Error::usage(format!("{shown}: is a directory")).hint(format!(
                    "name the files in it: '{}/*'",
                    shown.to_string().trim_end_matches('/')
                )),
            );
        }
        let operand = Operand::new(word, found.is_ok());
        operands.push(operand.map_err(|error| Error::usage(error.to_string()))?);
    }
    Ok(operands)
}

/// Reports logs that do not exist and never did, as far as is known.
///
/// # Errors
/// If there is nothing else.
pub(in crate::commands) fn check_missing(
    words: &[OsString],
    follower: &Follower,
    ui: &Ui,
) -> Result<()> {
    let logs = follower.logs();
    if logs.is_empty() {
        let shown = Path::new(&words[0]).display();
        return Err(Error::input(format!("{shown}: no file matches")));
    }
    let is_missing = |log: &&Log<Growing>| {
        let known = log.known();
        !log.has_files() && !log.is_refused() && known.is_none_or(|known| known == Known::default())
    };
    let missing: Vec<&Log<Growing>> = logs.iter().filter(is_missing).collect();
    for (at, log) in missing.iter().enumerate() {
        let path = &log.place().path;
        let error = Error::input(format!("{}: No such file or directory", path.display()));
        if at + 1 == logs.len() {
            return Err(error);
        }
        ui.missed_error(&error);
    }
    Ok(())
}
