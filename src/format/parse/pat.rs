//! Patterns such as `{ip} - {user} [{time}] "{method} {path} {_}" {status:int}`: texts that stand in a line in this order, and
//! fields between them.
//!
//! A pattern is what a line begins with. A field ends where the text behind it occurs first. The last one, if no text follows it, goes
//! on to the end of the line, unless it is of a kind that shows where it ends: [`Kind::end`]. So a line is read from left to right,
//! once.

mod kind;

use memchr::memmem::Finder;

use self::kind::{KINDS, Kind};
use crate::format::wanted::{TimeTexts, Times};
use crate::format::{Bad, Reader, Settings, Unknown, Want, Wanted};
use crate::record::Value;

/// A pattern.
#[derive(Debug)]
pub struct Pat {
    text: String,
    /// What lines begin with.
    prefix: Vec<u8>,
    parts: Vec<Part>,
}

/// A field, and the text behind it.
#[derive(Debug)]
struct Part {
    /// None for `{_}`.
    name: Option<String>,
    kind: Kind,
    until: Vec<u8>,
    finder: Finder<'static>,
}

impl Pat {
    /// Reads a pattern. `{{` and `}}` stand for braces.
    ///
    /// # Errors
    /// What is wrong with it, and perhaps what to write.
    pub fn new(text: &str) -> Result<Pat, (String, Option<String>)> {
        let wrong = |message: String, hint: &str| Err((message, Some(hint.to_owned())));
        let (mut prefix, mut parts) = (Vec::new(), Vec::<Part>::new());
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let is_doubled = letters.peek().is_some_and(|(_, next)| *next == letter);
            match letter {
                '{' | '}' if is_doubled => {
                    letters.next();
                }
                '{' => {
                    let Some(length) = text[at..].find('}') else {
                        return wrong(
                            "the pattern has a { without its }".to_owned(),
                            "write {name}; a brace itself is {{",
                        );
                    };
                    if parts.last().is_some_and(|part| part.until.is_empty()) {
                        return wrong(
                            "two fields of the pattern follow each other without a text between them"
                                .to_owned(),
                            "leave one of them out, or use: parse re",
                        );
                    }
                    let part = Part::new(&text[at + 1..at + length])?;
                    if let Some(name) = &part.name
                        && parts.iter().any(|part| part.name.as_ref() == Some(name))
                    {
                        return wrong(
                            format!("the pattern has the field '{name}' twice"),
                            "write {_} for what is not needed",
                        );
                    }
                    parts.push(part);
                    while letters.next_if(|(next, _)| *next <= at + length).is_some() {}
                    continue;
                }
                '}' => {
                    return wrong(
                        "the pattern has a } without its {".to_owned(),
                        "a brace itself is }}",
                    );
                }
                _ => {}
            }
            let literal = parts.last_mut().map_or(&mut prefix, |part| &mut part.until);
            literal.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if parts.iter().all(|part| part.name.is_none()) {
            return wrong("the pattern names no fields".to_owned(), "write {name}");
        }
        for part in &mut parts {
            part.finder = Finder::new(&part.until).into_owned();
        }
        Ok(Pat {
            text: text.to_owned(),
            prefix,
            parts,
        })
    }

    /// The pattern as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| part.name.as_deref())
    }
}

impl Part {
    /// A field by what stands between its braces.
    fn new(inside: &str) -> Result<Part, (String, Option<String>)> {
        let (name, kind) = inside.split_once(':').unwrap_or((inside, "text"));
        let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == kind) else {
            return Err((
                format!("unknown kind '{kind}' of the field '{name}'"),
                Some(format!(
                    "there are: {}",
                    KINDS.map(|(word, _)| word).join(" ")
                )),
            ));
        };
        let is_name = |name: &str| {
            let mut letters = name.chars();
            letters
                .next()
                .is_some_and(|first| first.is_alphabetic() || first == '_')
                && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
        };
        if !is_name(name) {
            return Err((
                format!("'{name}' cannot be the name of a field"),
                Some("a name has letters, digits and _; a brace itself is {{".to_owned()),
            ));
        }
        Ok(Part {
            name: (name != "_").then(|| name.to_owned()),
            kind: *kind,
            until: Vec::new(),
            finder: Finder::new(b"").into_owned(),
        })
    }

    /// Where the field ends in what is left of the line.
    #[inline(always)]
    fn end(&self, rest: &[u8]) -> Option<usize> {
        match self.until.as_slice() {
            [one] => memchr::memchr(*one, rest),
            [first, more @ ..] if more.len() < 4 => {
                // Most fields are short: trying each place of the first byte is faster than setting up a search.
                let mut from = 0;
                loop {
                    let at = from + memchr::memchr(*first, rest.get(from..)?)?;
                    if rest[at + 1..].starts_with(more) {
                        return Some(at);
                    }
                    from = at + 1;
                }
            }
            _ => self.finder.find(rest),
        }
    }

    /// Why a line does not fit: what was not found.
    #[cold]
    fn absent(&self) -> Bad {
        let name = self.name.as_deref().unwrap_or("_");
        let until = String::from_utf8_lossy(&self.until);
        Bad::new(format!(
            "does not fit the pattern: no '{until}' after {{{name}}}"
        ))
    }

    /// Why a line does not fit: what is not of its kind.
    #[cold]
    fn unfit(&self) -> Bad {
        let name = self.name.as_deref().unwrap_or("_");
        Bad::new(format!("{name} is not {}", self.kind.described()))
    }
}

/// Reads texts by a pattern.
pub(super) struct PatReader {
    pat: std::sync::Arc<Pat>,
    /// The place of each part in the list of wanted fields.
    slots: Vec<Option<usize>>,
    /// Fields that are wanted once more: the first place, and the other.
    twins: Vec<(usize, usize)>,
    times: Times,
    texts: TimeTexts,
}

impl PatReader {
    pub(super) fn new(
        pat: &std::sync::Arc<Pat>,
        wanted: &[Wanted],
        settings: &Settings,
    ) -> Result<PatReader, Unknown> {
        let (mut slots, mut twins) = (vec![None; pat.parts.len()], Vec::new());
        let mut wanted = wanted.to_vec();
        for (index, wanted) in wanted.iter_mut().enumerate() {
            let name = wanted.name.as_key().ok_or(Unknown { index })?;
            let mut parts = pat.parts.iter();
            let part = parts.position(|part| part.name.as_deref() == Some(name));
            let part = part.ok_or(Unknown { index })?;
            if pat.parts[part].kind == Kind::Time && wanted.want == Want::Any {
                wanted.want = Want::Time;
            }
            let slot = &mut slots[part];
            match slot {
                Some(first) => twins.push((*first, index)),
                None => *slot = Some(index),
            }
        }
        Ok(PatReader {
            pat: std::sync::Arc::clone(pat),
            slots,
            twins,
            times: Times::new(&wanted, &settings.zone),
            texts: TimeTexts::new(&settings.zone),
        })
    }
}

impl Reader for PatReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        let Some(mut rest) = line.strip_prefix(self.pat.prefix.as_slice()) else {
            let prefix = String::from_utf8_lossy(&self.pat.prefix);
            return Err(Bad::new(format!(
                "does not fit the pattern: it does not begin with '{prefix}'"
            )));
        };
        let last = self.pat.parts.len() - 1;
        for (number, (part, slot)) in self.pat.parts.iter().zip(&self.slots).enumerate() {
            let texts = &mut self.texts;
            let end = match part.until.is_empty() {
                true => part.kind.end(rest, texts).ok_or_else(|| part.unfit())?,
                false => part.end(rest).ok_or_else(|| part.absent())?,
            };
            let text = &rest[..end];
            if number < last {
                rest = &rest[end + part.until.len()..];
            }
            if slot.is_some() || part.kind != Kind::Text {
                let value = part.kind.value(text, texts).ok_or_else(|| part.unfit())?;
                if let Some(slot) = slot {
                    out[*slot] = value;
                }
            }
        }
        for &(first, other) in &self.twins {
            out[other] = out[first].clone();
        }
        self.times.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut out = vec![Value::Missing; self.slots.len() + self.twins.len()];
        self.read(line, &mut out)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::record::{FieldName, Want};

    fn read(pattern: &str, names: &[&str], line: &str) -> Result<Vec<String>, String> {
        let pat = Arc::new(Pat::new(pattern).expect("a pattern"));
        let wanted: Vec<Wanted> = names
            .iter()
            .map(|name| Wanted::new(FieldName::key(name), Want::Any))
            .collect();
        let settings = Settings::of_zone(TimeZone::UTC);
        let mut reader = PatReader::new(&pat, &wanted, &settings).expect("its fields");
        let mut out = vec![Value::Missing; wanted.len()];
        reader
            .read(line.as_bytes(), &mut out)
            .map_err(|bad| bad.reason.into_owned())?;
        let text = |value: &Value<'_>| String::from_utf8_lossy(&value.bytes()).into_owned();
        Ok(out.iter().map(text).collect())
    }

    const ACCESS: &str = "{ip} - {user} [{time}] \"{method} {path} {_}\" {status:int} {bytes:int}";

    #[test]
    fn fields_stand_between_texts() {
        let line = "192.0.2.1 - ada [15/Mar/2026:10:00:01 +0000] \"GET /a?b=c HTTP/1.1\" 200 -";
        let names = ["path", "ip", "user", "status", "bytes", "method", "path"];
        assert_eq!(
            read(ACCESS, &names, line).expect("it fits"),
            ["/a?b=c", "192.0.2.1", "ada", "200", "", "GET", "/a?b=c"]
        );
    }

    #[test]
    fn a_last_field_with_a_kind_ends_where_it_is_complete() {
        let pattern = "{ip} - {user} [{time}] \"{method} {path} {_}\" {status:int}";
        let line =
            "192.0.2.1 - ada [15/Mar/2026:10:00:01 +0000] \"GET /a HTTP/1.1\" 404 9 \"-\" \"x\"";
        for line in [line, line.strip_suffix(" 9 \"-\" \"x\"").expect("its end")] {
            assert_eq!(
                read(pattern, &["status", "path"], line),
                Ok(vec!["404".into(), "/a".into()])
            );
        }
        let bad = line.replace("404", "404x");
        assert_eq!(
            read(pattern, &["path"], &bad),
            Err("status is not a whole number".to_owned())
        );
        let at = read(
            "{_} at {at:time}",
            &["at"],
            "x at 15/Mar/2026:10:00:01 +0100: y",
        );
        assert_eq!(at, Ok(vec!["2026-03-15T09:00:01Z".into()]));
        let start = read("{at:time} {_}", &["at"], "soon y");
        assert_eq!(start, Err("at is not a time".to_owned()));
        assert_eq!(
            read("{a:word}, {b:word}", &["a", "b"], "x, y z"),
            Ok(vec!["x".into(), "y".into()])
        );
        assert_eq!(
            read("{a:word}, {b}", &["b"], "x y, z"),
            Err("a is not one word".to_owned())
        );
    }

    #[test]
    fn the_last_field_goes_to_the_end() {
        assert_eq!(read("{a}: {b}", &["b"], "x: y: z"), Ok(vec!["y: z".into()]));
        assert_eq!(
            read("<{a}|{b}>", &["a", "b"], "<x|y>z>"),
            Ok(vec!["x".into(), "y".into()])
        );
        assert_eq!(read("{{{a}}}", &["a"], "{x}"), Ok(vec!["x".into()]));
        assert_eq!(read("{a}, {_}", &["a"], "é, ü"), Ok(vec!["é".into()]));
        assert_eq!(
            read("{a} -> {b}", &["a", "b"], "x - -> y"),
            Ok(vec!["x -".into(), "y".into()])
        );
        assert_eq!(
            read("{a} request took {b}", &["a", "b"], "x request took y"),
            Ok(vec!["x".into(), "y".into()])
        );
    }

    #[test]
    fn what_does_not_fit_says_why() {
        for (pattern, line, reason) in [
            ("a{b}", "ba", "it does not begin with 'a'"),
            ("{a}: {b}", "x y", "no ': ' after {a}"),
            ("{a}[{b}]", "x[y", "no ']' after {b}"),
            ("{_}={b}", "x", "no '=' after {_}"),
        ] {
            let expected = format!("does not fit the pattern: {reason}");
            assert_eq!(read(pattern, &["b"], line), Err(expected), "{pattern}");
        }
        let number = |kind: &str, line: &str| read(&format!("{{a:{kind}}}"), &["a"], line);
        assert_eq!(
            number("int", "1.5"),
            Err("a is not a whole number".to_owned())
        );
        assert_eq!(
            number("int", "--1"),
            Err("a is not a whole number".to_owned())
        );
        assert_eq!(number("num", "x"), Err("a is not a number".to_owned()));
        assert_eq!(number("int", "-12"), Ok(vec!["-12".into()]));
        assert_eq!(number("num", "1.5e3"), Ok(vec!["1.5e3".into()]));
        assert_eq!(number("int", "-"), Ok(vec![String::new()]));
        // What nobody asks for must be what the pattern says, too.
        assert_eq!(
            read("{a:int} {b}", &["b"], "x y"),
            Err("a is not a whole number".to_owned())
        );
    }

    #[test]
    fn faults_of_patterns_are_named() {
        for (pattern, message) in [
            ("{a", "the pattern has a { without its }"),
            ("a}", "the pattern has a } without its {"),
            (
                "{a}{b}",
                "two fields of the pattern follow each other without a text between them",
            ),
            ("{a} {a}", "the pattern has the field 'a' twice"),
            ("{_} x", "the pattern names no fields"),
            ("{a:date}", "unknown kind 'date' of the field 'a'"),
            ("{a:}", "unknown kind '' of the field 'a'"),
            ("{1a}", "'1a' cannot be the name of a field"),
            ("{}", "'' cannot be the name of a field"),
        ] {
            let (found, hint) = Pat::new(pattern).expect_err(pattern);
            assert_eq!(found, message, "{pattern}");
            assert!(hint.is_some());
        }
    }

    proptest! {
        /// The regex crate decides: every field is `(.*?)`, the last `(.*)` if no text follows it.
        #[test]
        fn reads_as_the_regex_of_the_pattern(
            texts in prop::collection::vec("[:;]| -|:;", 1..4),
            ends_with_text in any::<bool>(),
            line in "[ab:; -]{0,12}",
        ) {
            let (mut pattern, mut regex) = (String::new(), "^".to_owned());
            let mut names = Vec::new();
            for (number, text) in texts.iter().enumerate() {
                pattern.push_str(&format!("{{f{number}}}{text}"));
                regex.push_str(&format!("(.*?){text}"));
                names.push(format!("f{number}"));
            }
            if !ends_with_text {
                names.push("last".to_owned());
                pattern.push_str("{last}");
                regex.push_str("(.*)$");
            }
            let regex = regex_automata::meta::Regex::new(&regex).expect("a regex");
            let mut captures = regex.create_captures();
            regex.captures(&line, &mut captures);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let shown = |group: usize| match &line[captures.get_group(group).expect("it took part").range()] {
                "-" => String::new(),
                text => text.to_owned(),
            };
            let expected = captures.is_match().then(|| (1..=names.len()).map(shown).collect::<Vec<_>>());
            prop_assert_eq!(read(&pattern, &names, &line).ok(), expected);
        }
    }
}
