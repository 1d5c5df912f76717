//! `$N` and `$NF`: the words of a line, separated by spaces and tabs as awk separates them.

use std::borrow::Cow;

use super::{FieldName, Wanted};
use crate::record::{Value, json_text};

/// The word or cell that a query wants by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Counted from 0.
    Nth(usize),
    /// Counted from the last one, which is 0.
    Last(usize),
}

impl Place {
    /// The place that a name stands for; none for other names and for `$0`, which is the whole line.
    pub(super) fn of(name: &FieldName) -> Option<Place> {
        match name {
            FieldName::Nth(number) => number.checked_sub(1).map(Place::Nth),
            FieldName::Last(before) => Some(Place::Last(*before)),
            FieldName::Path(_) => None,
        }
    }
}

/// The words that a query wants of each line.
pub(super) struct Words {
    /// Place of the word, place in the list of wanted fields; in the order of the line.
    wanted: Vec<(Place, usize)>,
    infer: bool,
}

impl Words {
    /// Picks the words out of the wanted fields.
    pub(super) fn new(wanted: &[Wanted], infer: bool) -> Words {
        let places = wanted.iter().enumerate();
        let mut wanted: Vec<_> = places
            .filter_map(|(slot, wanted)| Some((Place::of(&wanted.name)?, slot)))
            .collect();
        wanted.sort_unstable();
        Words { wanted, infer }
    }

    /// Fills in the words of `line`.
    #[inline(always)]
    pub(super) fn fill<'a>(&self, line: &'a [u8], out: &mut [Value<'a>]) {
        if !self.wanted.is_empty() {
            self.cut(line, out);
        }
    }

    fn cut<'a>(&self, line: &'a [u8], out: &mut [Value<'a>]) {
        let mut words = split(line).enumerate();
        let mut current = None;
        for &(place, slot) in &self.wanted {
            let word = match place {
                Place::Nth(number) => {
                    while current.is_none_or(|(index, _)| index < number) {
                        match words.next() {
                            Some(word) => current = Some(word),
                            None => break,
                        }
                    }
                    current.filter(|(index, _)| *index == number)
                }
                Place::Last(before) => {
                    let words = line.rsplit(|byte| matches!(byte, b' ' | b'\t'));
                    let word = words.filter(|word| !word.is_empty()).nth(before);
                    word.map(|word| (0, word))
                }
            };
            out[slot] = word.map_or(Value::Missing, |(_, word)| {
                cell(Cow::Borrowed(word), self.infer)
            });
        }
    }
}

/// The words of a line.
pub(super) fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty())
}

/// A cell of text: missing if it is empty, a number if it looks like one and numbers are inferred.
#[inline]
pub(super) fn cell(text: Cow<'_, [u8]>, infer: bool) -> Value<'_> {
    if text.is_empty() {
        Value::Missing
    } else if infer && json_text::is_number(&text) {
        Value::Digits(text)
    } else {
        Value::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Want;

    fn read(line: &str, names: &[FieldName]) -> Vec<String> {
        let want = Want::Any;
        let wanted: Vec<Wanted> = names
            .iter()
            .cloned()
            .map(|name| Wanted::new(name, want))
            .collect();
        let mut out = vec![Value::Missing; wanted.len()];
        Words::new(&wanted, false).fill(line.as_bytes(), &mut out);
        out.iter()
            .map(|value| String::from_utf8_lossy(&value.bytes()).into_owned())
            .collect()
    }

    #[test]
    fn words_are_split_as_in_awk() {
        let names = [2, 1, 4, 2].map(FieldName::Nth);
        assert_eq!(read("  a \t bc d ", &names), ["bc", "a", "", "bc"]);
        assert_eq!(read(" a  b\t", &[FieldName::Last(0)]), ["b"]);
        let from_end = [2, 0, 1, 3].map(FieldName::Last);
        assert_eq!(read(" a \t b c  ", &from_end), ["a", "c", "b", ""]);
        assert_eq!(
            read("one", &[FieldName::Last(0), FieldName::Nth(1)]),
            ["one", "one"]
        );
        assert_eq!(
            read(" \t ", &[FieldName::Last(0), FieldName::Nth(1)]),
            ["", ""]
        );
    }

    #[test]
    fn only_numbers_as_json_has_them_are_inferred() {
        for (text, number) in [
            ("1.50", true),
            ("-3e2", true),
            ("007", false),
            ("1_000", false),
            ("NaN", false),
        ] {
            let value = cell(Cow::Borrowed(text.as_bytes()), true);
            assert_eq!(matches!(value, Value::Digits(_)), number, "{text}");
        }
    }
}
