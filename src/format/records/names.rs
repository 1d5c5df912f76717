//! Names for columns such that each is found.

use std::collections::{HashMap, HashSet};

/// Names for columns such that each is found: an empty one is called by its number, a repeated one gets `_2`, `_3`, ….
pub fn distinct<N: AsRef<[u8]>>(names: &[N]) -> Vec<Vec<u8>> {
    let written: HashSet<&[u8]> = names.iter().map(AsRef::as_ref).collect();
    let mut used = HashSet::new();
    // The next number to try for a name, so that a long header of equal names costs no more than others.
    let mut next: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut distinct = Vec::with_capacity(names.len());
    for (index, name) in names.iter().map(AsRef::as_ref).enumerate() {
        let base = match name {
            b"" => format!("column_{}", index + 1).into_bytes(),
            name => name.to_vec(),
        };
        let made_up_but_there = name.is_empty() && written.contains(&*base);
        if !made_up_but_there && used.insert(base.clone()) {
            distinct.push(base);
            continue;
        }
        let number = next.entry(base.clone()).or_insert(2);
        let mut numbered = suffixed(&base, *number);
        while written.contains(&*numbered) {
            *number += 1;
            numbered = suffixed(&base, *number);
        }
        *number += 1;
        distinct.push(numbered);
    }
    distinct
}

fn suffixed(base: &[u8], number: usize) -> Vec<u8> {
    [base, format!("_{number}").as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        let distinct = distinct(names).into_iter();
        distinct
            .map(|name| String::from_utf8(name).unwrap())
            .collect()
    }

    #[test]
    fn columns_get_names_of_their_own() {
        assert_eq!(
            named(&["a", "", "a", "b", "a"]),
            ["a", "column_2", "a_2", "b", "a_3"]
        );
        assert_eq!(named(&["a", "a", "a_2"]), ["a", "a_3", "a_2"]);
        assert_eq!(
            named(&["", "column_1", ""]),
            ["column_1_2", "column_1", "column_3"]
        );
        assert_eq!(
            named(&["", "column_1", "column_1"]),
            ["column_1_2", "column_1", "column_1_3"]
        );
    }
}
