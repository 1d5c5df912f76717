//! What is likely to be meant by words that make no chain.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Args as _;
use clap::error::ErrorKind;

use super::Pipe;
use crate::args::usage::usage_error;
use crate::error::{Error, Result};
use crate::io::stdout;
use crate::pipe::chain::ChainError;
use crate::pipe::plan::PlanError;
use crate::pipe::stages::STAGES;
use crate::pipe::words;

/// What other tools call the stages.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "awk",
        "fields are 'cut -f', conditions 'from csv + where', values 'let'",
    ),
    ("cat", "name the files with -i"),
    (
        "grep",
        "lines with a match are 'match'; 'match -v' keeps the others",
    ),
    ("gunzip", "compressed data is read by 'unpack'"),
    (
        "pv",
        "'spy NAME' shows rate and amount, and --stats those of all stages",
    ),
    (
        "sed",
        "matches are replaced by 'replace REGEX TEXT', lines selected by 'slice' and 'match'",
    ),
    (
        "sort",
        "equal lines are counted and ordered by 'tally'; sort itself works well in a pipe",
    ),
    (
        "sponge",
        "the output replaces a file at the end: -o FILE, or the stage 'save FILE'",
    ),
    (
        "tr",
        "letters are converted by 'upper' and 'lower', other text by 'replace'",
    ),
    (
        "uniq",
        "repeated lines are left out by 'dedup', and counted by 'tally'",
    ),
    ("wc", "lines are counted by 'count', bytes by --stats"),
    ("zcat", "compressed data is read by 'unpack'"),
];

/// Words that separate commands elsewhere.
const SEPARATORS: &[&str] = &["|", "then", "!", "&&", ";"];

/// No stage at all.
pub(super) fn nothing() -> Error {
    Error::usage("no stage given").hint("for all stages: jug pipe --list")
}

/// Cuts words into stages, unless that would surprise.
pub(super) fn checked(words: &[OsString]) -> Result<Vec<Vec<OsString>>> {
    if let [only] = words
        && only.to_string_lossy().contains(" + ")
    {
        let message = format!("'{}' is one argument, not a chain", only.display());
        let hint = "write the stages without quotes around all of them: jug pipe upper + cut -f 1";
        return Err(Error::usage(message).hint(hint));
    }
    Ok(words::split(words))
}

/// The error for a stage that does not exist.
pub(super) fn unknown(name: &OsStr, number: Option<usize>) -> Error {
    let shown = name.display();
    let message = match number {
        Some(number) => format!("stage {number}: unknown stage '{shown}'"),
        None => format!("unknown stage '{shown}'"),
    };
    let error = Error::usage(message);
    let text = name.to_string_lossy();
    if let Some((_, instead)) = ELSEWHERE.iter().find(|(other, _)| *other == text) {
        return error.hint(*instead);
    }
    if text.starts_with('-') {
        return error
            .hint("flags of a stage come after its name; for those of the chain: jug pipe --help");
    }
    let nearest = crate::expr::nearest(&text, STAGES.iter().map(|spec| spec.name));
    match nearest {
        Some(name) => error.hint(format!("did you mean '{name}'?")),
        None => error.hint("for all stages: jug pipe --list"),
    }
}

/// The error for words that make no chain.
pub(super) fn explain(error: &ChainError) -> Error {
    match error {
        ChainError::Empty(number) => Error::usage(format!("stage {number} is empty"))
            .hint("a + stands between two stages; write ++ for a literal +"),
        ChainError::Unknown { number, name } => unknown(name, Some(*number)),
        ChainError::Arguments {
            number,
            spec,
            error,
            words,
        } => {
            let title = format!("jug pipe help {}", spec.name);
            let usage = usage_error(error, &title);
            let mut explained = Error::usage(format!("stage {number} ({}): {usage}", spec.name));
            for hint in usage.hints() {
                explained = explained.hint(hint.replace(" --help", ""));
            }
            words
                .iter()
                .filter_map(|word| misplaced(word))
                .fold(explained, Error::hint)
        }
    }
}

/// What to do about a word that belongs elsewhere on the command line.
fn misplaced(word: &OsStr) -> Option<String> {
    let shown = word.display();
    let text = word.to_string_lossy();
    if SEPARATORS.contains(&&*text) {
        return Some(format!("'{shown}' ends no stage: write + instead"));
    }
    if is_chain_flag(&text) {
        return Some(format!(
            "'{shown}' is a flag of the chain: write it before the first stage"
        ));
    }
    let is_input = Path::new(word).is_file();
    is_input.then(|| format!("input files are named before the first stage: jug pipe -i {shown}"))
}

/// Whether a word is a flag of the chain.
fn is_chain_flag(word: &str) -> bool {
    let chain = Pipe::augment_args(clap::Command::new("pipe"));
    let name = word.split('=').next().unwrap_or(word);
    chain.get_arguments().any(|flag| {
        let short = flag.get_short().map(|letter| format!("-{letter}"));
        let long = flag.get_long().map(|long| format!("--{long}"));
        short.is_some_and(|short| short == name) || long.is_some_and(|long| long == name)
    })
}

/// The help of a stage, if the words ask for it.
pub(super) fn asked_help(error: &ChainError) -> Option<String> {
    match error {
        ChainError::Arguments { error, .. } if error.kind() == ErrorKind::DisplayHelp => {
            Some(error.render().to_string())
        }
        _ => None,
    }
}

/// The error for a stage that refuses its arguments or its input.
pub(super) fn refused(error: &PlanError) -> Error {
    let usage = Error::usage(format!(
        "stage {} ({}): {}",
        error.number, error.name, error.refused.message
    ));
    let usage = match &error.refused.hint {
        Some(hint) => usage.hint(hint),
        None => usage,
    };
    let empty_file = match error.refused.may_be_redirected {
        true => stdout::empty_file(),
        false => None,
    };
    match empty_file {
        Some(file) => usage.hint(format!(
            "the output goes to the file '{}', which is empty: remove it if you did not mean that",
            file.display()
        )),
        None => usage,
    }
}
