//! Errors of the argument parser, in the form of all other errors: the command's name, what is wrong, hints.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::habits;
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
    error.hint(last_hint(title))
}

/// The error for a whole command line, with hints for what is written as for other tools.
pub fn command_line_error(error: &clap::Error, title: &str, args: &[OsString]) -> Error {
    let usual = usage_error(error, title);
    if let Some((word, hint)) = habits::hint(title, args) {
        let error = Error::usage(format!("unknown option '{word}'"));
        return error.hint(hint).hint(last_hint(title));
    }
    let found = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(found)) => found.as_str(),
        _ => "",
    };
    let mut better = Error::usage(usual.to_string());
    for hint in usual.hints() {
        // This advice often fails when it is followed.
        if hint.contains(" as a value, use '-- ") {
            let instead = habits::value_hint(title, args, found);
            better = instead.into_iter().fold(better, Error::hint);
        } else {
            better = better.hint(hint.as_str());
        }
    }
    better
}

fn last_hint(title: &str) -> String {
    format!("for all options: {title} --help")
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
