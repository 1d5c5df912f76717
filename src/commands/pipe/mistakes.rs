//! What is likely to be meant by words that make no chain.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Args as _;
use clap::error::ErrorKind;

use super::{Pipe, help};
use crate::args::usage::usage_error;
use crate::error::{Error, Result};
use crate::io::stdout;
use crate::pipe::chain::{self, ChainError, Named};
use crate::pipe::plan::PlanError;
use crate::pipe::spec::Spec;
use crate::pipe::stages::STAGES;
use crate::pipe::words::split;

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

/// What to do about a + that is a part of a word.
const BLANKS: &str = "write blanks around the + between two stages: upper + lower";

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
    Ok(split(words))
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
    if text.contains('+') {
        return error.hint(BLANKS);
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
            let explained = Error::usage(format!("stage {number} ({}): {usage}", spec.name));
            let misplaced: Vec<String> = words
                .iter()
                .filter_map(|word| misplaced(word, spec))
                .collect();
            let hints = usage.hints().iter();
            hints
                .map(|hint| hint.replace(" --help", ""))
                // How to pass a word as a value is of no use where it belongs elsewhere.
                .filter(|hint| misplaced.is_empty() || !hint.starts_with("to pass"))
                .chain(misplaced.iter().cloned())
                .fold(explained, Error::hint)
        }
    }
}

/// What to do about a word that belongs elsewhere on the command line.
fn misplaced(word: &OsStr, spec: &Spec) -> Option<String> {
    let shown = word.display();
    let text = word.to_string_lossy();
    if SEPARATORS.contains(&&*text) {
        return Some(format!("'{shown}' ends no stage: write + instead"));
    }
    let name = text.strip_prefix('+').unwrap_or_default();
    if chain::find(OsStr::new(name)).is_some() {
        return Some(BLANKS.to_owned());
    }
    let count = text.strip_prefix('-').unwrap_or_default();
    if !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()) && takes_count(spec) {
        return Some(format!("write -n {count}"));
    }
    if is_chain_flag(&text) {
        return Some(format!(
            "'{shown}' is a flag of the chain: write it before the first stage"
        ));
    }
    file_hint(word)
}

/// Where the name of an input file belongs, if the word is one.
fn file_hint(word: &OsStr) -> Option<String> {
    let shown = word.display();
    let is_input = Path::new(word).is_file();
    is_input.then(|| format!("input files are named before the first stage: jug pipe -i {shown}"))
}

/// Whether a stage has a flag `-n`.
fn takes_count(spec: &Spec) -> bool {
    let command = chain::command(spec);
    command
        .get_arguments()
        .any(|argument| argument.get_short() == Some('n'))
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
        ChainError::Arguments {
            error, spec, words, ..
        } if error.kind() == ErrorKind::DisplayHelp => {
            Some(match words.iter().any(|word| word == "--help") {
                true => help::stage(spec),
                false => error.render().to_string(),
            })
        }
        _ => None,
    }
}

/// The error for a stage that refuses its arguments or its input.
pub(super) fn refused(error: &PlanError, chain: &[Named]) -> Error {
    let usage = Error::usage(format!(
        "stage {} ({}): {}",
        error.number, error.name, error.refused.message
    ));
    let usage = match &error.refused.hint {
        Some(hint) => usage.hint(hint),
        None => usage,
    };
    let words = chain.get(error.number - 1).map(|named| &named.words);
    let last = words.and_then(|words| words.last());
    let usage = match last.and_then(|word| file_hint(word)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts in quotes that begin with a small letter are stages, with words or flags, or chains of them.
    #[test]
    fn hints_name_stages_that_exist() {
        let mut named = 0;
        for (tool, hint) in ELSEWHERE {
            assert!(chain::find(OsStr::new(tool)).is_none(), "{tool} is a stage");
            for quoted in hint.split('\'').skip(1).step_by(2) {
                for stage in quoted.split(" + ") {
                    let mut words = stage.split(' ');
                    let name = words.next().unwrap_or_default();
                    let spec = chain::find(OsStr::new(name));
                    let spec = spec.unwrap_or_else(|| panic!("{hint}: no stage '{name}'"));
                    let command = chain::command(spec);
                    for flag in words.filter_map(|word| word.strip_prefix('-')) {
                        let short = flag.chars().next();
                        let is_known = command.get_arguments().any(|it| it.get_short() == short);
                        assert!(is_known, "{hint}: {name} has no -{flag}");
                    }
                    named += 1;
                }
            }
        }
        assert!(named > 10);
    }
}
