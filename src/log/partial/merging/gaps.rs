//! What several partial results have in common, and what is missing between them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::log::partial::header::Part;
use crate::log::partial::ranges::Range;
use crate::log::partial::refusal::Refusal;

/// How many missing combinations are named.
const NAMED: usize = 5;

/// The most combinations that are looked at.
const MOST: usize = 1_000_000;

/// Fails if some lines were counted twice.
pub(super) fn refuse_overlaps(parts: &[(String, Part)]) -> Result<(), Refusal> {
    let mut by_inode: HashMap<u64, Vec<usize>> = HashMap::new();
    for (number, (name, part)) in parts.iter().enumerate() {
        let inodes: BTreeSet<u64> = part.ranges.iter().filter_map(Range::inode).collect();
        for inode in inodes {
            let others = by_inode.entry(inode).or_default();
            for other in &*others {
                let (other_name, other) = &parts[*other];
                if part.overlaps(other) {
                    let message = format!(
                        "{name} and {other_name} count some of the same lines{}",
                        shared(part, other)
                    );
                    return Err(Refusal::new(message)
                        .hint("leave out one of the two; jug merge --list shows what is in them"));
                }
            }
            others.push(number);
        }
    }
    Ok(())
}

/// Which file two parts share.
fn shared(part: &Part, other: &Part) -> String {
    let mut ranges = part.ranges.iter();
    let range = ranges.find(|range| other.ranges.iter().any(|theirs| range.overlaps(theirs)));
    range.map_or_else(String::new, |range| {
        format!(", of {}", String::from_utf8_lossy(&range.name))
    })
}

/// The combinations of labels that are missing, where all parts have the same labels, two or more: a day of a host. Labels that
/// are different in each part form no table.
pub(super) fn find(parts: &[(String, Part)]) -> Vec<String> {
    let labels = |part: &Part| part.labels.iter().cloned().collect::<BTreeMap<_, _>>();
    let there: BTreeSet<BTreeMap<String, String>> =
        parts.iter().map(|(_, part)| labels(part)).collect();
    let Some(names) = there
        .first()
        .map(|first| first.keys().cloned().collect::<Vec<_>>())
    else {
        return Vec::new();
    };
    if names.len() < 2 || there.iter().any(|labels| labels.keys().ne(names.iter())) {
        return Vec::new();
    }
    let values: Vec<BTreeSet<&String>> = names
        .iter()
        .map(|name| there.iter().map(|labels| &labels[name]).collect())
        .collect();
    if values.iter().any(|values| values.len() == there.len()) {
        return Vec::new();
    }
    let size = values
        .iter()
        .try_fold(1, |size: usize, values| size.checked_mul(values.len()));
    if size.is_none_or(|size| size > MOST) {
        return Vec::new();
    }
    let mut combinations: Vec<Vec<&String>> = vec![Vec::new()];
    for values in &values {
        combinations = combinations
            .iter()
            .flat_map(|begun| values.iter().map(|value| [&begun[..], &[*value]].concat()))
            .collect();
    }
    let is_missing = |combination: &Vec<&String>| {
        let labels = names
            .iter()
            .cloned()
            .zip(combination.iter().map(|value| (*value).clone()));
        !there.contains(&labels.collect())
    };
    let missing: Vec<String> = combinations
        .into_iter()
        .filter(is_missing)
        .map(|combination| {
            let labels = names
                .iter()
                .zip(combination)
                .map(|(name, value)| format!("{name}={value}"));
            labels.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let more = missing.len().saturating_sub(NAMED);
    let mut named: Vec<String> = missing.into_iter().take(NAMED).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    named
}
