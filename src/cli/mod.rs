//! The root command, and what is generated from it.

pub mod artifacts;
mod manual;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum as _};

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
pub struct Cli {
    /// Flags that every command has.
    #[command(flatten)]
    pub global: Global,
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// The definition of the whole command line.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads a command line.
///
/// # Errors
/// What clap found wrong; also its way of asking for help or the version to be printed.
pub fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    command()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches))
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
