//! Names of columns: as typed, with punctuation replaced so that jq and awk can use them.

use std::collections::HashSet;

use crate::log::query::Item;

/// Unique names.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name of an item's column: the one after `as`, or one made of its text.
    pub(super) fn of(&mut self, item: &Item) -> String {
        match &item.name {
            Some(name) => self.unique(name),
            None => self.unique(&made_of(&item.text)),
        }
    }

    /// The name, or the name with `_2`, `_3` … if it is taken.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut number = 2;
        while !self.taken.insert(candidate.clone()) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        candidate
    }
}

/// `sum(bytes)` becomes `sum_bytes`, `p99.9(rt)` `p99_9_rt`, `$9` `f9`, `$NF` `nf`. Letters keep their case, so that what reads
/// the rows finds the names as they were in the log.
pub(super) fn made_of(text: &str) -> String {
    if let Some(digits) = text
        .strip_prefix('$')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return format!("f{digits}");
    }
    if text == "$NF" {
        return "nf".to_owned();
    }
    let from_last = text
        .strip_prefix("$(NF")
        .and_then(|rest| rest.strip_suffix(')'));
    if let Some(rest) = from_last {
        let digits = rest.trim_matches(|letter: char| letter == '-' || letter.is_whitespace());
        return format!("nf_{digits}");
    }
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join("_");
    if name.starts_with(|first: char| first.is_numeric()) || name.is_empty() {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words() {
        for (text, name) in [
            ("count", "count"),
            ("sum(bytes)", "sum_bytes"),
            ("p99.9(rt)", "p99_9_rt"),
            ("count(status >= 500) / count", "count_status_500_count"),
            ("[\"odd name\"]", "odd_name"),
            ("userId", "userId"),
            ("max(http.Status)", "max_http_Status"),
            ("$9", "f9"),
            ("$NF", "nf"),
            ("$(NF-3)", "nf_3"),
            ("$(NF - 1)", "nf_1"),
            ("@timestamp", "timestamp"),
            ("1 + 2", "_1_2"),
        ] {
            assert_eq!(made_of(text), name, "{text}");
        }
    }

    #[test]
    fn a_repeated_name_gets_a_number() {
        let mut names = Names::default();
        assert_eq!(
            [names.unique("a"), names.unique("a"), names.unique("a")],
            ["a", "a_2", "a_3"]
        );
    }
}
