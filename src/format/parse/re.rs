//! Regexes whose named groups are fields: `took=(?<took>\d+)`. The regex may match anywhere in the text.

use std::borrow::Cow;
use std::sync::Arc;

use regex_automata::Input;
use regex_automata::meta::{Cache, Regex};
use regex_automata::util::primitives::NonMaxUsize;

use crate::format::wanted::Times;
use crate::format::{Bad, Reader, Settings, Unknown, Wanted};
use crate::record::Value;

/// A regex with named groups.
#[derive(Debug)]
pub struct Re {
    text: String,
    regex: Regex,
    /// The names of groups, with their numbers.
    names: Vec<(String, usize)>,
}

impl Re {
    /// Takes the names out of a regex that was compiled from this text; none if it has none.
    pub fn new(text: &str, regex: Regex) -> Option<Re> {
        let groups = regex.group_info().pattern_names(Default::default());
        let names: Vec<_> = groups
            .enumerate()
            .filter_map(|(number, name)| Some((name?.to_owned(), number)))
            .collect();
        (!names.is_empty()).then(|| Re {
            text: text.to_owned(),
            regex,
            names,
        })
    }

    /// The regex as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its groups, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }
}

/// Reads texts by a regex.
pub(super) struct ReReader {
    re: Arc<Re>,
    /// Memory of its own, so that threads do not share any.
    cache: Cache,
    /// The number of the group of each wanted field.
    groups: Vec<usize>,
    /// Where groups begin and end, up to the last that is wanted: finding more costs more.
    ends: Vec<Option<NonMaxUsize>>,
    times: Times,
}

impl ReReader {
    pub(super) fn new(
        re: &Arc<Re>,
        wanted: &[Wanted],
        settings: &Settings,
    ) -> Result<ReReader, Unknown> {
        let mut groups = Vec::with_capacity(wanted.len());
        for (index, wanted) in wanted.iter().enumerate() {
            let name = wanted.name.as_key();
            let known = re
                .names
                .iter()
                .find(|(known, _)| Some(known.as_str()) == name);
            groups.push(known.ok_or(Unknown { index })?.1);
        }
        let last = groups.iter().max();
        Ok(ReReader {
            cache: re.regex.create_cache(),
            ends: vec![None; last.map_or(0, |last| 2 * last + 2)],
            re: Arc::clone(re),
            groups,
            times: Times::new(wanted, &settings.zone),
        })
    }
}

impl Reader for ReReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        let input = Input::new(line).earliest(self.ends.is_empty());
        let regex = &self.re.regex;
        let found = regex.search_slots_with(&mut self.cache, &input, &mut self.ends);
        if found.is_none() {
            return Err(Bad::new("does not match the regex"));
        }
        for (group, value) in self.groups.iter().zip(&mut *out) {
            *value = match (self.ends[2 * group], self.ends[2 * group + 1]) {
                (Some(start), Some(end)) if start < end => {
                    Value::Text(Cow::Borrowed(&line[start.get()..end.get()]))
                }
                _ => Value::Missing,
            };
        }
        self.times.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut out = vec![Value::Missing; self.groups.len()];
        self.read(line, &mut out)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::record::{FieldName, Want};

    fn read(regex: &str, names: &[&str], line: &str) -> Result<Vec<String>, String> {
        let re = Re::new(regex, Regex::new(regex).expect("a regex")).expect("names");
        let wanted: Vec<Wanted> = names
            .iter()
            .map(|name| Wanted::new(FieldName::key(name), Want::Any))
            .collect();
        let mut reader = ReReader::new(&Arc::new(re), &wanted, &Settings::of_zone(TimeZone::UTC))
            .map_err(|unknown| format!("unknown {}", unknown.index))?;
        let mut out = vec![Value::Missing; wanted.len()];
        reader
            .read(line.as_bytes(), &mut out)
            .map_err(|bad| bad.reason.into_owned())?;
        let text = |value: &Value<'_>| String::from_utf8_lossy(&value.bytes()).into_owned();
        Ok(out.iter().map(text).collect())
    }

    #[test]
    fn named_groups_are_fields() {
        let regex = r"(\w+) took=(?<took>\d+)(?<unit>ms|s)?( by (?<who>\w*))?";
        let line = "GET took=12ms by ada";
        let all = ["who", "took", "unit", "took"];
        assert_eq!(
            read(regex, &all, line).expect("it matches"),
            ["ada", "12", "ms", "12"]
        );
        assert_eq!(
            read(regex, &all, "x took=7").expect("it matches"),
            ["", "7", "", "7"]
        );
        assert_eq!(
            read(regex, &all, "x took=7 by ").expect("it matches"),
            ["", "7", "", "7"]
        );
        let other = Err("does not match the regex".to_owned());
        assert_eq!(read(regex, &["took"], "took=x"), other);
        assert_eq!(read(regex, &[], "took=x"), other);
        assert_eq!(read(regex, &[], line), Ok(vec![]));
        assert_eq!(
            read(regex, &["took", "x"], line),
            Err("unknown 1".to_owned())
        );
    }

    #[test]
    fn a_regex_without_names_has_no_fields() {
        assert!(Re::new("(a)", Regex::new("(a)").expect("a regex")).is_none());
    }
}
