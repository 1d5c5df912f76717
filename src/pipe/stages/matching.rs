//! `match`: keeps the lines in which a regular expression matches.

use clap::{ArgMatches, Args};
use regex_automata::meta::{Cache, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use crate::pipe::data::{Kind, lines, split_terminator};
use crate::pipe::failure::Failure;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::LineStage;

#[derive(Args)]
struct Match {
    /// The regular expression; (?i) at the start ignores case
    #[arg(value_name = "REGEX", allow_hyphen_values = true)]
    regex: String,

    /// Keep the lines that do not match
    #[arg(short = 'v', long)]
    invert: bool,

    /// Ignore case
    #[arg(short, long)]
    ignore_case: bool,

    /// Take REGEX as text, not as a regular expression
    #[arg(short = 'F', long)]
    text: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "match",
    summary: "Keep the lines in which a regular expression matches",
    family: Family::Text,
    define: Match::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["^b|5$"],
            input: "a1\nb2\nc5\n",
            output: "b2\nc5\n",
        },
        Example {
            words: &["-v", "^#"],
            input: "# comment\nvalue\n",
            output: "value\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Match>(matches);
    let regex = compile(&asked.regex, asked.text, asked.ignore_case)?;
    Ok(Opened::same(Work::Lines(Box::new(Matcher {
        cache: regex.create_cache(),
        regex,
        invert: asked.invert,
    }))))
}

/// Compiles a regular expression for lines of bytes.
///
/// # Errors
/// If it is not one, or too large.
pub(super) fn compile(pattern: &str, is_text: bool, ignore_case: bool) -> Result<Regex, Refused> {
    let syntax = syntax::Config::new()
        .utf8(false)
        .case_insensitive(ignore_case);
    let config = Regex::config().utf8_empty(false);
    let mut builder = Regex::builder();
    builder.configure(config).syntax(syntax);
    let compiled = if is_text {
        builder.build(&escape(pattern))
    } else {
        builder.build(pattern)
    };
    compiled.map_err(|error| {
        let reason = error
            .syntax_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        Refused::new(format!("invalid regular expression: {reason}")).hint(
            "-F takes it as text; a backslash before a special character takes that literally",
        )
    })
}

/// A regular expression that matches this text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

struct Matcher {
    regex: Regex,
    cache: Cache,
    invert: bool,
}

impl LineStage for Matcher {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        out.extend_from_slice(line);
        let input = Input::new(line).anchored(Anchored::No).earliest(true);
        let found = self
            .regex
            .search_half_with(&mut self.cache, &input)
            .is_some();
        Ok(found != self.invert)
    }

    fn block(&mut self, block: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        for line in lines(block) {
            let input = Input::new(split_terminator(line).0).earliest(true);
            let found = self
                .regex
                .search_half_with(&mut self.cache, &input)
                .is_some();
            if found != self.invert {
                out.extend_from_slice(line);
            }
        }
        Ok(())
    }
}
