//! The error that is shown to the user: what was tried, on what, why it failed, and what to do about it.
//!
//! Modules below have small `thiserror` enums of their own; a command turns them into an [`Error`], where it knows which file or
//! argument they belong to. Only `lib.rs` prints it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;

use crate::exit::Exit;

/// The kind of failure; decides the form of the message and how the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the query is invalid.
    Usage,
    /// Something could not be read.
    Input,
    /// Something could not be written.
    Output,
    /// A bug in jug.
    Internal,
    /// The reader of the output has gone: not reported, the process ends as by `SIGPIPE`.
    ClosedPipe,
}

/// An error with its kind, its cause and its hints.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hints: Vec<String>,
    exit: Exit,
}

/// The result of a command or a part of it.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An invalid command line or query.
    pub fn usage(message: impl Into<String>) -> Error {
        Error::new(Kind::Usage, message)
    }

    /// Something that could not be read.
    pub fn input(message: impl Into<String>) -> Error {
        Error::new(Kind::Input, message)
    }

    /// A bug in jug: a panic, as [`crate::panics::first`] describes it.
    pub fn internal(message: &str) -> Error {
        Error::new(Kind::Internal, format!("internal error: {message}")).hint(
            "this is a bug in jug: please report it, with the command and, if possible, its input",
        )
    }

    /// A file that could not be opened or read.
    pub fn reading(path: &Path, source: io::Error) -> Error {
        Error::new(Kind::Input, path.display().to_string()).caused_by(source)
    }

    /// A failed write to `target`; a broken pipe becomes [`Kind::ClosedPipe`].
    pub fn writing(target: impl Into<String>, source: io::Error) -> Error {
        let kind = if source.kind() == io::ErrorKind::BrokenPipe {
            Kind::ClosedPipe
        } else {
            Kind::Output
        };
        Error::new(kind, target).caused_by(source)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            source: None,
            hints: Vec::new(),
            exit: Exit::Failed,
        }
    }

    /// Adds the cause, shown after the message.
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Error {
        self.source = Some(Box::new(source));
        self
    }

    /// Adds a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(hint.into());
        self
    }

    /// Ends the process with this status instead of [`Exit::Failed`].
    pub fn ending(mut self, exit: Exit) -> Error {
        self.exit = exit;
        self
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hints, a line each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut cause = self.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(error) = cause {
            write!(f, ": {}", Plain(error))?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {}

/// The text of an error, without the `(os error 13)` that the standard library adds.
pub struct Plain<'a>(pub &'a dyn StdError);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        match text.rfind(" (os error ") {
            Some(end) if text.ends_with(')') => f.write_str(&text[..end]),
            _ => f.write_str(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_name_and_the_cause() {
        let denied = io::Error::from_raw_os_error(13);
        let error = Error::reading(Path::new("access.log"), denied).hint("try sudo");
        assert_eq!(error.to_string(), "access.log: Permission denied");
        assert_eq!(error.hints(), ["try sudo"]);
    }

    #[test]
    fn a_broken_pipe_is_its_own_kind() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(
            Error::writing("standard output", gone).kind(),
            Kind::ClosedPipe
        );
    }
}
