//! Checks and hints about inputs that commands have in common.

use std::path::Path;

use crate::error::{Error, Result};
use crate::io::sink::{is_same_file, is_stdout_file};
use crate::io::source::InputName;
use crate::ui::Ui;

/// Fails if the output file is one of the inputs, under any name.
pub(in crate::commands) fn refuse_overwriting(
    names: &[InputName],
    target: Option<&Path>,
) -> Result<()> {
    let Some(target) = target else {
        return Ok(());
    };
    match names.iter().find(|name| is_same_file(name, target)) {
        Some(name) => Err(Error::usage(format!(
            "{}: the output file is also an input ({name})",
            target.display()
        ))
        .hint("write to another file, then rename it")),
        None => Ok(()),
    }
}

/// Fails if standard output goes to a file that is one of the inputs: a command that reads what it writes may never end.
pub(in crate::commands) fn refuse_reading_output(names: &[InputName]) -> Result<()> {
    match names.iter().find(|name| is_stdout_file(name)) {
        Some(name) => Err(
            Error::usage(format!("{name}: the input is also the output"))
                .hint("write to another file, then rename it; -o FILE does both"),
        ),
        None => Ok(()),
    }
}

/// Prints a hint if the input is a terminal, where the command would seem to hang. `alternative` is what to do instead.
pub(in crate::commands) fn hint_at_terminal(
    name: &InputName,
    what: &str,
    alternative: &str,
    ui: &Ui,
) {
    if *name == InputName::Stdin && ui.stdin_is_terminal() && ui.stderr_is_terminal() {
        ui.hint(&format!(
            "reading {what} from the terminal; press Ctrl-D when done, or {alternative}"
        ));
    }
}
