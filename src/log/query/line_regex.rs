//! A regex that lines must match: tried on one line, or searched for in many at once, which takes one search for each match
//! instead of one for each line.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::{Cache, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

use crate::expr::compile::regex;
use crate::expr::error::QueryError;
use crate::expr::syntax::Pattern;

/// A regex for lines without their ends.
#[derive(Clone, Debug)]
pub struct LineRegex {
    text: String,
    in_line: Regex,
    /// For the text of several lines: matches in each line that `in_line` matches, and never across the end of a line.
    in_lines: Option<Regex>,
    /// Whether `in_lines` matches in no other line.
    is_exact: bool,
}

/// Searches the text of several lines for a regex, with memory of its own, so that threads do not share any.
#[derive(Debug)]
pub struct LineSearch {
    regex: Regex,
    cache: Cache,
    /// Whether each line that is found matches. Otherwise it must be tried.
    pub is_exact: bool,
}

impl LineRegex {
    /// Compiles a regex.
    ///
    /// # Errors
    /// What the regex engine says, at the regex.
    pub fn new(pattern: &Pattern) -> Result<LineRegex, QueryError> {
        let in_line = regex(pattern)?;
        let config = syntax::Config::new().utf8(false);
        let mut is_exact = true;
        let in_lines = syntax::parse_with(&pattern.text, &config)
            .ok()
            .map(|hir| within_lines(&hir, &mut is_exact))
            .and_then(|hir| {
                let config = Regex::config().utf8_empty(false);
                Regex::builder().configure(config).build_from_hir(&hir).ok()
            });
        Ok(LineRegex {
            text: pattern.text.clone(),
            in_line,
            in_lines,
            is_exact,
        })
    }

    /// The regex as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches somewhere in a line.
    pub fn is_match(&self, line: &[u8]) -> bool {
        self.in_line.is_match(line)
    }

    /// Appends where in a line it matches something.
    pub fn matches(&self, line: &[u8], out: &mut Vec<Range<usize>>) {
        let found = self.in_line.find_iter(line).map(|found| found.range());
        out.extend(found.filter(|range| !range.is_empty()));
    }

    /// A search for lines that match, if there can be one.
    pub fn search(&self) -> Option<LineSearch> {
        let regex = self.in_lines.clone()?;
        Some(LineSearch {
            cache: regex.create_cache(),
            regex,
            is_exact: self.is_exact,
        })
    }
}

impl LineSearch {
    /// A place in the first line from `from` on that may match, perhaps its end; none if no line does. `from` is where a line
    /// begins.
    #[inline]
    pub fn find(&mut self, lines: &[u8], from: usize) -> Option<usize> {
        let input = Input::new(lines).range(from..).earliest(true);
        let found = self.regex.search_half_with(&mut self.cache, &input)?;
        // Behind the last newline there is no line, but an empty match.
        (found.offset() < lines.len() || lines.last() != Some(&b'\n')).then_some(found.offset())
    }
}

/// The regex for several lines. It is not exact if it may match the carriage return at the end of a line, or right before or
/// after it.
fn within_lines(hir: &Hir, is_exact: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(literal) => {
            *is_exact &= !literal.0.contains(&b'\r');
            Hir::literal(literal.0.clone())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            let mut ranges = class.iter();
            *is_exact &= !ranges.any(|range| (range.start()..=range.end()).contains(&'\r'));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            let mut ranges = class.iter();
            *is_exact &= !ranges.any(|range| (range.start()..=range.end()).contains(&b'\r'));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Look(look) => {
            let look = match look {
                Look::Start => Look::StartLF,
                Look::End | Look::EndLF => Look::EndCRLF,
                other => *other,
            };
            // These are not met between the carriage return and the newline.
            let is_in_line = matches!(
                look,
                Look::StartLF
                    | Look::WordAscii
                    | Look::WordUnicode
                    | Look::WordStartAscii
                    | Look::WordStartUnicode
                    | Look::WordEndAscii
                    | Look::WordEndUnicode
            );
            *is_exact &= is_in_line;
            Hir::look(look)
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(within_lines(&repetition.sub, is_exact)),
        }),
        HirKind::Capture(capture) => within_lines(&capture.sub, is_exact),
        HirKind::Concat(parts) => Hir::concat(all_within_lines(parts, is_exact)),
        HirKind::Alternation(parts) => Hir::alternation(all_within_lines(parts, is_exact)),
    }
}

fn all_within_lines(parts: &[Hir], is_exact: &mut bool) -> Vec<Hir> {
    parts
        .iter()
        .map(|part| within_lines(part, is_exact))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::batch::without_return;

    fn compile(text: &str) -> LineRegex {
        let span = 0..text.len();
        let text = text.to_owned();
        LineRegex::new(&Pattern { text, span }).unwrap()
    }

    /// The numbers of the lines that a search finds.
    fn found(regex: &LineRegex, text: &[u8]) -> Vec<usize> {
        let mut search = regex.search().unwrap();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < text.len()
            && let Some(place) = search.find(text, at)
        {
            let before = text[..place].iter().filter(|byte| **byte == b'\n').count();
            found.push(before);
            let end = text[place..].iter().position(|byte| *byte == b'\n');
            at = end.map_or(text.len(), |end| place + end + 1);
        }
        found
    }

    /// The numbers of the lines that match.
    fn matching(regex: &LineRegex, text: &[u8]) -> Vec<usize> {
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        let lines = lines.map(|line| without_return(line.strip_suffix(b"\n").unwrap_or(line)));
        lines
            .enumerate()
            .filter(|(_, line)| regex.is_match(line))
            .map(|(number, _)| number)
            .collect()
    }

    fn pattern() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "a",
            "b",
            ".",
            "\\n",
            "\\r",
            "\\s",
            "[^a]",
            "\\W",
            "^",
            "$",
            "\\A",
            "\\z",
            "\\b",
            "\\B",
            "(?m:^)",
            "(?m:$)",
            "(?R:^a)",
            "(?mR:$)",
            "(?s:.)",
            "(?-u:[^b])",
            "ab",
            "a*",
            "b+?",
            "(a|b\\n)",
            "[^a]*b",
            "é",
            "(?i:A)",
            "\\b{start}",
        ]);
        let joined = prop::collection::vec(part, 1..5).prop_map(|parts| parts.concat());
        prop::collection::vec(joined, 1..3).prop_map(|branches| branches.join("|"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn a_search_finds_the_lines_that_match(
            pattern in pattern(),
            text in prop::collection::vec(prop::sample::select(&b"aab  \r\n\n\xc3\xa9\xff"[..]), 0..40),
        ) {
            let regex = compile(&pattern);
            let (found, matching) = (found(&regex, &text), matching(&regex, &text));
            if regex.is_exact {
                prop_assert_eq!(found, matching, "{}", pattern);
            } else {
                let missed = matching.iter().find(|line| !found.contains(line));
                prop_assert_eq!(missed, None, "{} finds {:?}", pattern, found);
            }
        }
    }

    #[test]
    fn ends_of_lines_are_no_part_of_lines() {
        let text = b"one\r\ntwo\n\nthree";
        for (pattern, expected) in [
            ("o$", &[1][..]),
            ("^t", &[1, 3]),
            ("e$", &[0, 3]),
            ("^$", &[2]),
            ("\\s", &[]),
            ("w[^x]*$", &[1]),
            ("o\\nt", &[]),
            ("", &[0, 1, 2, 3]),
        ] {
            let regex = compile(pattern);
            assert_eq!(matching(&regex, text), expected, "{pattern}");
            let found = found(&regex, text);
            let found: Vec<_> = found
                .into_iter()
                .filter(|line| expected.contains(line))
                .collect();
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
