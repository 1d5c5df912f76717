//! `replace`: replaces what a regular expression matches in each line.

use std::cell::RefCell;

use clap::{ArgMatches, Args};
use regex_automata::meta::{Cache, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::interpolate;
use regex_automata::{Input, Match, PatternID};

use super::matching::compile;
use crate::pipe::data::Kind;
use crate::pipe::failure::Failure;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::LineStage;

#[derive(Args)]
struct Replace {
    /// The regular expression
    #[arg(value_name = "REGEX", allow_hyphen_values = true)]
    regex: String,

    /// What each match becomes; $1 and ${name} are groups of the match, $$ is a dollar sign
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,

    /// Replace only the first match of a line
    #[arg(short = '1', long)]
    first: bool,

    /// Take both as text: no regular expression, and no groups
    #[arg(short = 'F', long = "text")]
    is_text: bool,

    /// Ignore case
    #[arg(short, long)]
    ignore_case: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "replace",
    summary: "Replace what a regular expression matches in each line",
    family: Family::Text,
    define: Replace::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["(\\w+)=(\\w+)", "$2: $1"],
            input: "a=1 b=2\n",
            output: "1: a 2: b\n",
        },
        Example {
            words: &["--first", "--text", ".", ","],
            input: "1.5.2\n",
            output: "1,5.2\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Replace>(matches);
    let regex = compile(&asked.regex, asked.is_text, asked.ignore_case)?;
    if !asked.is_text {
        check_groups(&regex, &asked.text)?;
    }
    Ok(Opened::same(Work::Lines(Box::new(Replacer {
        cache: regex.create_cache(),
        captures: regex.create_captures(),
        has_groups: !asked.is_text && asked.text.contains('$'),
        text: asked.text.into_bytes(),
        first_only: asked.first,
        regex,
    }))))
}

/// Fails if the text names a group that the regular expression does not have: it would silently become nothing.
fn check_groups(regex: &Regex, text: &str) -> Result<(), Refused> {
    let groups = regex.create_captures();
    let info = groups.group_info();
    let unknown = RefCell::new(None);
    let note = |group: String| {
        unknown.borrow_mut().get_or_insert(group);
    };
    let numbered = |group: usize, _: &mut Vec<u8>| {
        if group >= info.group_len(PatternID::ZERO) {
            note(group.to_string());
        }
    };
    let named = |name: &str| {
        let index = info.to_index(PatternID::ZERO, name);
        if index.is_none() {
            note(name.to_owned());
        }
        index
    };
    interpolate::bytes(text.as_bytes(), numbered, named, &mut Vec::new());
    match unknown.into_inner() {
        None => Ok(()),
        Some(group) => Err(
            Refused::new(format!("the regular expression has no group '{group}'"))
                .hint("write ${1}x for the first group and an x, and $$ for a dollar sign"),
        ),
    }
}

struct Replacer {
    regex: Regex,
    cache: Cache,
    captures: Captures,
    text: Vec<u8>,
    has_groups: bool,
    first_only: bool,
}

impl Replacer {
    /// The next match in a line from an offset on; its groups are in `captures` if they are wanted.
    fn find(&mut self, line: &[u8], from: usize) -> Option<Match> {
        let input = Input::new(line).range(from..);
        if !self.has_groups {
            return self.regex.search_with(&mut self.cache, &input);
        }
        self.regex
            .search_captures_with(&mut self.cache, &input, &mut self.captures);
        self.captures.get_match()
    }

    /// Appends what a match becomes.
    fn substitute(&self, line: &[u8], out: &mut Vec<u8>) {
        if !self.has_groups {
            out.extend_from_slice(&self.text);
            return;
        }
        let group_of = |name: &str| {
            let pattern = self.captures.pattern()?;
            self.captures.group_info().to_index(pattern, name)
        };
        let append = |group: usize, out: &mut Vec<u8>| {
            if let Some(span) = self.captures.get_group(group) {
                out.extend_from_slice(&line[span]);
            }
        };
        interpolate::bytes(&self.text, append, group_of, out);
    }
}

impl LineStage for Replacer {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        let (mut copied, mut from) = (0, 0);
        while from <= line.len()
            && let Some(found) = self.find(line, from)
        {
            out.extend_from_slice(&line[copied..found.start()]);
            self.substitute(line, out);
            copied = found.end();
            from = found.end() + usize::from(found.is_empty());
            if self.first_only {
                break;
            }
        }
        out.extend_from_slice(&line[copied..]);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    #[test]
    fn a_group_that_does_not_exist_is_refused() {
        for (regex, text, group) in [
            (r"(\w)=(\d)", "$2_$1", "2_"),
            ("(X)", "$1y", "1y"),
            ("cost", "$5", "5"),
            ("(?<name>x)", "${nome}", "nome"),
        ] {
            let error = run_cut(&["replace", regex, text], b"", 1).unwrap_err();
            let wanted = format!("the regular expression has no group '{group}'");
            assert_eq!(error, wanted, "{text}");
        }
        let output = run_cut(&["replace", "(?<name>x)", "${name}${1}$$5$0"], b"axb", 1);
        assert_eq!(output, Ok(b"axx$5xb".to_vec()));
    }
}
