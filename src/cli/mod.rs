//! The root command, and the files that are generated from it.

pub mod artifacts;
mod chains;
mod manual;

pub use crate::args::usage::command_line_error;

use std::borrow::Cow;
use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand as _, ValueEnum as _};

use crate::args::{Global, When};
use crate::commands::Command;

/// Streaming utilities for shell pipelines, one-off log analysis and cron jobs
#[derive(Parser, Debug)]
#[command(
    name = "jug",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    subcommand_required = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "'jug help COMMAND' shows all options of a command, with examples."
)]
struct Root {
    #[command(flatten)]
    global: Global,
}

/// A command line.
#[derive(Debug)]
pub struct Cli {
    /// Flags that every command has.
    pub global: Global,
    /// The command with its arguments.
    pub command: Command,
}

/// The definition of the whole command line.
pub fn command() -> clap::Command {
    Command::augment_subcommands(Root::command())
}

/// Reads a command line.
///
/// # Errors
/// What clap found wrong; also its request to print the help or the version.
pub fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let args = &as_flags(args);
    // If the first word is a command, the definitions of the others are not needed.
    let word = args.get(1).and_then(|word| word.to_str());
    let definition = match word.and_then(Command::definition) {
        Some(one) => Root::command().subcommand(one),
        None => command(),
    };
    let matches = definition.try_get_matches_from(args.iter())?;
    Ok(Cli {
        global: Root::from_arg_matches(&matches)?.global,
        command: Command::from_arg_matches(&matches)?,
    })
}

/// `jug help log` as `jug log --help`, `jug help pipe cut` as `jug pipe help cut`, and `jug version` as `jug --version`.
fn as_flags(args: &[OsString]) -> Cow<'_, [OsString]> {
    let word = |index: usize| args.get(index).and_then(|word| word.to_str());
    let flags = match (word(1), args.len()) {
        (Some("help"), 2) => vec!["--help".into()],
        (Some("help"), 3) if word(2).is_some_and(|word| !word.starts_with('-')) => {
            vec![args[2].clone(), "--help".into()]
        }
        (Some("help"), 4) if word(2) == Some("pipe") => {
            vec![args[2].clone(), "help".into(), args[3].clone()]
        }
        (Some("version"), 2) => vec!["--version".into()],
        _ => return Cow::Borrowed(args),
    };
    args.iter().take(1).cloned().chain(flags).collect()
}

/// The command as messages name it, for a command line that may be wrong: `jug log`, or `jug` if no command is named.
pub fn title(args: &[OsString]) -> &'static str {
    let mut words = args
        .iter()
        .skip(1)
        .map(|word| word.to_str().unwrap_or_default());
    while let Some(word) = words.next() {
        match word {
            "--color" | "--progress" => drop(words.next()),
            _ if word.starts_with('-') => {}
            _ => return Command::title_of(word).unwrap_or("jug"),
        }
    }
    "jug"
}

/// The value of `--color` in a command line that may be wrong.
pub fn color(args: &[OsString]) -> When {
    let words = args.iter().map(|word| word.to_str().unwrap_or_default());
    let next = args.iter().skip(1).map(|word| word.to_str());
    let given = words.zip(next.chain([None])).find_map(|(word, next)| {
        word.strip_prefix("--color=")
            .or_else(|| next.filter(|_| word == "--color"))
    });
    given
        .and_then(|given| When::from_str(given, false).ok())
        .unwrap_or(When::Auto)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn help_and_version_are_words_too() {
        for (typed, meant) in [
            ("jug help", "jug --help"),
            ("jug help log", "jug log --help"),
            ("jug version", "jug --version"),
            ("jug help -v", "jug help -v"),
            ("jug help log walk", "jug help log walk"),
            ("jug help pipe cut", "jug pipe help cut"),
            ("jug log help", "jug log help"),
            ("jug", "jug"),
        ] {
            assert_eq!(*as_flags(&words(typed)), words(meant), "{typed}");
        }
    }

    #[test]
    fn errors_have_the_name_of_the_command() {
        for (typed, named) in [
            ("jug log -j 0", "jug log"),
            ("jug -v walk", "jug walk"),
            ("jug", "jug"),
            ("jug lgo", "jug"),
            ("jug lgo log", "jug"),
            ("jug --color never log", "jug log"),
            ("jug --color", "jug"),
            ("jug pie log=3", "jug pie"),
        ] {
            assert_eq!(title(&words(typed)), named, "{typed}");
        }
    }

    #[test]
    fn clap_accepts_the_definition() {
        command().debug_assert();
    }
}
