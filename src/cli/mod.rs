//! The root command, and what is generated from it.

pub mod artifacts;
mod manual;

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
    after_help = "Try: jug log --help"
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
    /// What is to be done.
    pub command: Command,
}

/// The definition of the whole command line.
pub fn command() -> clap::Command {
    Command::augment_subcommands(Root::command())
}

/// Reads a command line.
///
/// # Errors
/// What clap found wrong; also its way of asking for help or the version to be printed.
pub fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    // Where the first word is a command, the others need not be known.
    let word = args.get(1).and_then(|word| word.to_str());
    let definition = match word.and_then(Command::definition) {
        Some(one) => Root::command().subcommand(one),
        None => command(),
    };
    let matches = definition.try_get_matches_from(args)?;
    Ok(Cli {
        global: Root::from_arg_matches(&matches)?.global,
        command: Command::from_arg_matches(&matches)?,
    })
}

/// The command as messages name it, for a command line that may be wrong: `jug log`, or `jug` if no command is named.
pub fn title(args: &[OsString]) -> &'static str {
    args.iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .find_map(Command::title_of)
        .unwrap_or("jug")
}

/// What a command line that makes no sense says about colours all the same.
pub fn color(args: &[OsString]) -> When {
    let words = args.iter().map(|word| word.to_str().unwrap_or_default());
    let next = args.iter().skip(1).map(|word| word.to_str());
    let said = words.zip(next.chain([None])).find_map(|(word, next)| {
        word.strip_prefix("--color=")
            .or_else(|| next.filter(|_| word == "--color"))
    });
    said.and_then(|said| When::from_str(said, false).ok())
        .unwrap_or(When::Auto)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::command().debug_assert();
    }
}
