//! The form of messages: name of the command, label, hints. Everything is escaped for a terminal.

use super::escape::escape;
use super::style::{Painter, Style};
use crate::error::{Error, Kind};

/// Formats messages, with their line ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Messages {
    /// The name of the command: `jug log`.
    pub(super) command: &'static str,
    pub(super) painter: Painter,
}

impl Messages {
    /// `jug log: warning: message`; the label may be empty.
    pub(super) fn labelled(&self, style: Style, label: &str, message: &str) -> String {
        let label = format!("{}: {label}", self.command);
        let label = self.painter.paint(style, label.trim_end());
        format!("{label} {}\n", escape(message.as_bytes()))
    }

    /// `  hint: hint`
    pub(super) fn hint(&self, hint: &str) -> String {
        let label = self.painter.paint(Style::Bold, "hint:");
        format!("  {label} {}\n", escape(hint.as_bytes()))
    }

    /// The line alone.
    pub(super) fn bare(&self, line: &str) -> String {
        format!("{}\n", escape(line.as_bytes()))
    }

    /// An error and its hints; none for a closed pipe.
    ///
    /// A usage error may have more lines, which point at a place in the query. They are indented, so that they cannot be
    /// mistaken for messages. In other errors a line end can only come from a name, and is escaped.
    pub(super) fn error(&self, error: &Error) -> Option<String> {
        let text = error.to_string();
        let (first, rest) = match error.kind() {
            Kind::ClosedPipe => return None,
            Kind::Usage => text.split_once('\n').unwrap_or((&text, "")),
            Kind::Input | Kind::Output | Kind::Internal => (text.as_str(), ""),
        };
        let mut out = self.labelled(Style::Red, "", first);
        for line in rest.lines() {
            out.push_str("  ");
            out.push_str(&self.bare(line));
        }
        for hint in error.hints() {
            out.push_str(&self.hint(hint));
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;

    fn said(error: &Error) -> Option<String> {
        Messages {
            command: "jug log",
            painter: Painter::default(),
        }
        .error(error)
    }

    #[test]
    fn an_error_names_what_why_and_what_to_do() {
        let denied = io::Error::from_raw_os_error(13);
        let error = Error::reading(Path::new("a\x1b[2J\nb.log"), denied)
            .hint("try sudo")
            .hint("or not");
        assert_eq!(
            said(&error).as_deref(),
            Some(
                "jug log: a\\x1b[2J\\nb.log: Permission denied\n  hint: try sudo\n  hint: or not\n"
            )
        );
    }

    #[test]
    fn a_usage_error_may_point_at_a_place() {
        let error = Error::usage("unknown field: statsu\ncount by statsu\n         ^^^^^^");
        assert_eq!(
            said(&error).as_deref(),
            Some("jug log: unknown field: statsu\n  count by statsu\n           ^^^^^^\n")
        );
    }

    #[test]
    fn a_closed_pipe_is_not_reported() {
        let error = Error::writing("standard output", io::ErrorKind::BrokenPipe.into());
        assert_eq!(said(&error), None);
    }

    #[test]
    fn only_labels_are_coloured() {
        let messages = Messages {
            command: "jug log",
            painter: Painter::new(true),
        };
        let said = [
            messages.labelled(Style::Yellow, "warning: ", "odd"),
            messages.hint("do"),
            messages.bare("4.2 M lines"),
            messages
                .error(&Error::input("a.log"))
                .expect("there is something to say"),
        ];
        assert_eq!(
            said,
            [
                "\x1b[33mjug log: warning:\x1b[0m odd\n",
                "  \x1b[1mhint:\x1b[0m do\n",
                "4.2 M lines\n",
                "\x1b[1;31mjug log:\x1b[0m a.log\n",
            ]
        );
    }
}
