//! The list of aggregates, and which of them a name means.

use super::spec::Spec;
use super::state::Parameters;
use super::{avg, count, ends, extreme, list, quantile, rate, stddev, sum, uniq};

/// All aggregates, by name.
pub static AGGREGATES: &[&Spec] = &[
    &avg::SPEC,
    &count::SPEC,
    &ends::FIRST,
    &ends::LAST,
    &list::SPEC,
    &extreme::MAX,
    &quantile::MEDIAN,
    &extreme::MIN,
    &quantile::SPEC,
    &rate::SPEC,
    &stddev::SPEC,
    &sum::SPEC,
    &uniq::SPEC,
];

/// The aggregate with this name, and the parameters in the name.
pub fn find(name: &str) -> Option<(&'static Spec, Parameters)> {
    AGGREGATES
        .iter()
        .find_map(|spec| Some((*spec, spec.parameters_of(name)?)))
}

/// The aggregate that a bare word means, without parentheses behind it: with an argument missing, that is an error. Other
/// words are fields or texts.
pub fn find_bare(word: &str) -> Option<&'static Spec> {
    find(word)
        .map(|(spec, _)| spec)
        .filter(|spec| spec.is_reserved)
}

/// Names to write in a query, of patterns some examples.
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATES.iter().flat_map(|spec| spec.names())
}

/// The names among them that no bare word can be close to without being taken for a typing error.
pub fn reserved_names() -> impl Iterator<Item = &'static str> {
    let reserved = AGGREGATES.iter().filter(|spec| spec.is_reserved);
    reserved.flat_map(|spec| spec.names())
}

/// Whether a column of this name is an amount that an aggregate computed: `count`, `sum_bytes`, `p99_rt`.
pub fn names_amount(column: &str) -> bool {
    AGGREGATES.iter().any(|spec| spec.names_amount(column))
}

#[cfg(test)]
mod tests;
