//! Colours: when they are used, and which ones.

use std::ffi::OsStr;
use std::fmt;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal with colours, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The environment variables about colours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Environment<'a> {
    /// `NO_COLOR`: disables colours unless it is empty (no-color.org).
    pub(super) no_color: Option<&'a OsStr>,
    /// `TERM`: `dumb` supports only text.
    pub(super) term: Option<&'a OsStr>,
}

impl Environment<'_> {
    /// Whether the terminal supports escape sequences.
    pub(super) fn is_capable(&self) -> bool {
        self.term.is_none_or(|term| term != "dumb")
    }
}

/// Whether a stream is coloured.
pub(super) fn is_colored(choice: ColorChoice, is_terminal: bool, env: Environment<'_>) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let refused = env.no_color.is_some_and(|value| !value.is_empty());
            is_terminal && !refused && env.is_capable()
        }
    }
}

/// The style of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A header.
    Bold,
    /// Less important text.
    Dim,
    /// The label of an error.
    Red,
    /// The label of a warning.
    Yellow,
    /// What was searched for.
    Match,
}

impl Style {
    /// Select Graphic Rendition, ECMA-48 section 8.3.117.
    fn code(self) -> &'static str {
        match self {
            Style::Bold => "\x1b[1m",
            Style::Dim => "\x1b[2m",
            Style::Red | Style::Match => "\x1b[1;31m",
            Style::Yellow => "\x1b[33m",
        }
    }
}

/// Adds colours for one stream, or leaves text as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Painter {
    colored: bool,
}

impl Painter {
    /// A painter that paints, or one that does not.
    pub fn new(colored: bool) -> Painter {
        Painter { colored }
    }

    /// Whether it paints.
    pub fn is_colored(self) -> bool {
        self.colored
    }

    /// The text in this style. It must be escaped already.
    pub fn paint(self, style: Style, text: &str) -> impl fmt::Display {
        Painted {
            style: self.colored.then_some(style),
            text,
        }
    }
}

struct Painted<'a> {
    style: Option<Style>,
    text: &'a str,
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) if !self.text.is_empty() => {
                write!(f, "{}{}\x1b[0m", style.code(), self.text)
            }
            _ => f.write_str(self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(no_color: Option<&'a str>, term: Option<&'a str>) -> Environment<'a> {
        Environment {
            no_color: no_color.map(OsStr::new),
            term: term.map(OsStr::new),
        }
    }

    #[test]
    fn auto_needs_a_capable_terminal_and_no_variable_against_it() {
        let auto = |is_terminal, env| is_colored(ColorChoice::Auto, is_terminal, env);
        assert!(auto(true, env(None, Some("xterm"))));
        assert!(auto(true, env(Some(""), None)));
        assert!(!auto(true, env(Some("1"), Some("xterm"))));
        assert!(!auto(true, env(None, Some("dumb"))));
        assert!(!auto(false, env(None, Some("xterm"))));
    }

    #[test]
    fn the_command_line_overrides_the_environment() {
        assert!(is_colored(
            ColorChoice::Always,
            false,
            env(Some("1"), Some("dumb"))
        ));
        assert!(!is_colored(
            ColorChoice::Never,
            true,
            env(None, Some("xterm"))
        ));
    }

    #[test]
    fn text_is_painted_only_with_colours() {
        let colored = Painter::new(true);
        assert_eq!(
            colored.paint(Style::Bold, "path").to_string(),
            "\x1b[1mpath\x1b[0m"
        );
        assert_eq!(colored.paint(Style::Dim, "").to_string(), "");
        assert_eq!(
            Painter::new(false).paint(Style::Red, "path").to_string(),
            "path"
        );
    }
}
