//! Filters and ignore files, made ready to be used.

use crate::error::{Error, Result};
use crate::observe::Observe as _;
use crate::select::{Ignores, Pruning, SelectError, Selection};
use crate::ui::Ui;

/// A selection with its names looked up.
///
/// # Errors
/// If a user, a group or a file does not exist.
pub(crate) fn resolved(mut selection: Selection) -> Result<Selection> {
    selection.resolve().map_err(refused)?;
    Ok(selection)
}

/// The ignore rules that apply everywhere; reports those that do not apply.
///
/// # Errors
/// If a file named on the command line cannot be read.
pub(crate) fn read_ignores(pruning: &Pruning, ui: &Ui) -> Result<Option<Ignores>> {
    let mut problems = Vec::new();
    let ignores = Ignores::read(pruning, &mut problems).map_err(refused)?;
    for problem in problems {
        match problem.is_unread {
            true => ui.missed(&problem.to_string()),
            false => ui.warned(&problem.to_string()),
        }
    }
    Ok(ignores)
}

/// An error in the arguments, or of a file that they name.
fn refused(error: SelectError) -> Error {
    match error {
        SelectError::Reading { path, source } => {
            let name = path.display().to_string();
            let error = Error::reading(&path, source);
            match name
                .as_bytes()
                .iter()
                .all(|byte| byte.is_ascii_digit() || b"-:T".contains(byte))
            {
                true => error.hint(format!(
                    "--newer takes a file; for a time write --mtime '>{name}'"
                )),
                false => error,
            }
        }
        SelectError::UnknownUser(_) | SelectError::UnknownGroup(_) => {
            Error::usage(error.to_string())
        }
    }
}
