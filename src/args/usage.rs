//! Errors of the argument parser, in the form of all other errors: the command's name, what is wrong, hints.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;

/// The error for a command line that `title` cannot run, such as `jug log`.
pub fn usage_error(error: &clap::Error, title: &str) -> Error {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let (mut message, mut tips) = (String::new(), Vec::new());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.trim_start().strip_prefix("tip: ") {
            Some(tip) => tips.push(tip),
            None if line.starts_with("For more information") => {}
            None => {
                if !message.is_empty() {
                    message.push('\n');
                }
                message.push_str(line);
            }
        }
    }
    if let Some(reason) = invalid_value(error) {
        message = reason;
    }
    let error = tips.into_iter().fold(Error::usage(message), Error::hint);
    error.hint(format!("for all options: {title} --help"))
}

/// The reason that a value parser gives, after the name of the argument. Parsers of jug name the value themselves; others,
/// such as those of plain numbers, do not.
fn invalid_value(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let name = argument.split(" <").next().unwrap_or(argument);
    let reason = error.source()?.to_string();
    match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if !reason.contains(value.as_str()) => {
            Some(format!("{name}: invalid value '{value}': {reason}"))
        }
        _ => Some(format!("{name}: {reason}")),
    }
}
