//! The stages, one file each: its arguments, what it does, its spec with examples, its tests.
//!
//! To add one: the file, a `mod` line and a line in [`STAGES`]. The laws, the help, the manual and the completions come from
//! this list.

mod base64;
mod bytes;
mod case;
mod codes;
mod count;
mod cut;
mod dedup;
mod hash;
mod head;
mod hex;
#[cfg(test)]
mod laws;
mod lines;
mod matching;
mod replace;
mod slice;
mod tail;
mod tally;
mod ts;

use super::spec::Spec;
use crate::expr::literals;

/// All stages, by name.
pub static STAGES: &[&Spec] = &[
    &base64::SPEC,
    &bytes::SPEC,
    &codes::SPEC,
    &count::SPEC,
    &cut::SPEC,
    &dedup::SPEC,
    &hash::SPEC,
    &head::SPEC,
    &hex::SPEC,
    &lines::SPEC,
    &case::LOWER,
    &matching::SPEC,
    &replace::SPEC,
    &slice::SPEC,
    &tail::SPEC,
    &tally::SPEC,
    &ts::SPEC,
    &case::UPPER,
];

/// A size above zero that fits in memory, such as `512` or `4K`.
fn size(text: &str) -> Result<usize, String> {
    match usize::try_from(literals::size(text)?) {
        Ok(0) => Err("the size must be larger than zero".to_owned()),
        Ok(size) => Ok(size),
        Err(_) => Err("the size is too large".to_owned()),
    }
}
