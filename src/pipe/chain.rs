//! A chain as it was written: stages with their words, checked against their specs.

use std::ffi::{OsStr, OsString};

use clap::ArgMatches;

use super::spec::Spec;
use super::stages::STAGES;

/// A stage that was named, with its arguments.
pub struct Named {
    /// What it is.
    pub spec: &'static Spec,
    /// Its words after its name.
    pub words: Vec<OsString>,
    /// What they mean.
    pub arguments: ArgMatches,
}

/// Why words make no chain.
#[derive(Debug)]
pub enum ChainError {
    /// A stage has no words; its number from 1.
    Empty(usize),
    /// There is no such stage.
    Unknown {
        /// Its number from 1.
        number: usize,
        /// Its name as it was written.
        name: OsString,
    },
    /// A stage has arguments that it does not take.
    Arguments {
        /// Its number from 1.
        number: usize,
        /// What it is.
        spec: &'static Spec,
        /// What clap says.
        error: Box<clap::Error>,
        /// Its words after its name.
        words: Vec<OsString>,
    },
}

/// The stage with this name.
pub fn find(name: &OsStr) -> Option<&'static Spec> {
    let name = name.to_str()?;
    STAGES.iter().copied().find(|spec| spec.name == name)
}

/// Makes stages of words that were cut at `+`. Only the stages that are named are defined.
///
/// # Errors
/// For the first stage that is empty, unknown or has arguments that it does not take.
pub fn parse(stages: Vec<Vec<OsString>>) -> Result<Vec<Named>, ChainError> {
    let numbered = stages.into_iter().zip(1..);
    numbered
        .map(|(words, number)| {
            let Some(name) = words.first() else {
                return Err(ChainError::Empty(number));
            };
            let Some(spec) = find(name) else {
                return Err(ChainError::Unknown {
                    number,
                    name: name.clone(),
                });
            };
            match command(spec).try_get_matches_from(&words) {
                Ok(arguments) => Ok(Named {
                    spec,
                    words: words[1..].to_vec(),
                    arguments,
                }),
                Err(error) => Err(ChainError::Arguments {
                    number,
                    spec,
                    error: Box::new(error),
                    words: words[1..].to_vec(),
                }),
            }
        })
        .collect()
}

/// The arguments of a stage, as clap defines them.
pub fn command(spec: &Spec) -> clap::Command {
    let command = (spec.define)(clap::Command::new(spec.name))
        .about(spec.summary)
        .disable_version_flag(true)
        .disable_help_subcommand(true);
    let usage = format!("{}{}", spec.name, synopsis(&command));
    command.override_usage(usage)
}

/// The words after the name of a stage: ` [OPTION]... REGEX TEXT`.
pub fn synopsis(command: &clap::Command) -> String {
    let is_option = |argument: &clap::Arg| !argument.is_positional() && argument.get_id() != "help";
    let mut words = match command.get_arguments().any(is_option) {
        true => String::from(" [OPTION]..."),
        false => String::new(),
    };
    for argument in command.get_positionals() {
        let name = argument.get_value_names().and_then(|names| names.first());
        let name = name.map(ToString::to_string).unwrap_or_default();
        let more = match argument.get_action() {
            clap::ArgAction::Append => "...",
            _ => "",
        };
        words += &match argument.is_required_set() {
            true => format!(" {name}{more}"),
            false => format!(" [{name}]{more}"),
        };
    }
    words
}
