//! `uniq`: the number of distinct values.
//!
//! Exact up to [`MAX_EXACT`] values, each kept as a hash of 64 bits: that two of them collide has a probability of
//! 1.2e-10. Beyond that, HyperLogLog over the same hashes. As with percentiles, the number of values in the union alone decides which.

mod hashes;

use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::column::column;
use super::hyperloglog::HyperLogLog;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::key::Tag;
use crate::record::{Cell, Number, Value};
use hashes::Hashes;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "uniq",
    summary: "Count distinct values; approximate (±2 %) above 65,536",
    examples: &[
        Example {
            name: "uniq",
            values: &["a", "b", "a", "1", "1.0"],
            answer: "4",
        },
        Example {
            name: "uniq",
            values: &[],
            answer: "0",
        },
    ],
    ..Spec::usual(&[Takes::Any], &FAMILY)
};

static FAMILY: Family = Family {
    name: "uniq",
    id: 7,
    version: 3,
    oldest: 2,
    time: ReadsTime::No,
    column: column::<Distinct>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("exact", Sample::Values(&["a", "b", "a", "1", "1.0"])),
        ("sketch", Sample::UpTo(70_000)),
    ],
};

/// The most values that are kept one by one.
const MAX_EXACT: usize = 1 << 16;

#[derive(Clone, Default)]
struct Distinct(Option<Box<Kept>>);

#[derive(Clone)]
enum Kept {
    Exact(Hashes),
    Estimate(HyperLogLog),
}

impl State for Distinct {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.add_value(row.value());
        Ok(())
    }

    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        if times > 0 { self.add(row) } else { Ok(()) }
    }

    fn merge(&mut self, other: Distinct) {
        match other.0.map(|kept| *kept) {
            None => {}
            Some(Kept::Exact(hashes)) => hashes.iter().for_each(|hash| self.add_hash(hash)),
            Some(Kept::Estimate(theirs)) => self.estimate().merge(&theirs),
        }
    }

    fn finish(&self, _: Parameters) -> Cell {
        match self.0.as_deref() {
            None => Cell::number(0_u64),
            Some(Kept::Exact(hashes)) => Cell::number(hashes.iter().count() as u64),
            Some(Kept::Estimate(sketch)) => {
                Cell::approximate(Value::Number(Number::from(sketch.estimate())))
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self.0.as_deref() {
            None => {}
            Some(Kept::Exact(hashes)) => {
                let mut sorted: Vec<u64> = hashes.iter().collect();
                sorted.sort_unstable();
                out.push(b'd');
                sorted
                    .iter()
                    .for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
            }
            Some(Kept::Estimate(sketch)) => {
                out.push(b'h');
                sketch.encode(out);
            }
        }
    }

    fn decode(bytes: &[u8]) -> Result<Distinct, Damaged> {
        let kept = match bytes.split_first() {
            None => return Ok(Distinct(None)),
            Some((b'd', rest)) => {
                let (hashes, []) = rest.as_chunks::<8>() else {
                    return Err(Damaged);
                };
                exact(hashes.iter().map(|hash| u64::from_le_bytes(*hash)))?
            }
            // Of version 2: hashes had 128 bits.
            Some((b'e', rest)) => {
                let (hashes, []) = rest.as_chunks::<16>() else {
                    return Err(Damaged);
                };
                exact(hashes.iter().map(|hash| u128::from_le_bytes(*hash) as u64))?
            }
            Some((b'h', rest)) => Kept::Estimate(HyperLogLog::decode(rest).ok_or(Damaged)?),
            Some(_) => return Err(Damaged),
        };
        Ok(Distinct(Some(Box::new(kept))))
    }

    fn heap_bytes(&self) -> usize {
        let kept = match self.0.as_deref() {
            None => return 0,
            Some(Kept::Exact(hashes)) => hashes.heap_bytes(),
            Some(Kept::Estimate(sketch)) => sketch.heap_bytes(),
        };
        size_of::<Kept>() + kept
    }
}

/// A state of these hashes, of which each must be there once.
fn exact(hashes: impl ExactSizeIterator<Item = u64>) -> Result<Kept, Damaged> {
    let mut kept = Hashes::default();
    let written = hashes.len();
    if !(1..=MAX_EXACT).contains(&written) {
        return Err(Damaged);
    }
    hashes.for_each(|hash| kept.add(hash));
    match kept.exceeds(written - 1) {
        true => Ok(Kept::Exact(kept)),
        false => Err(Damaged),
    }
}

impl Distinct {
    #[inline]
    fn add_value(&mut self, value: &Value<'_>) {
        let mut scratch = Vec::new();
        let (tag, bytes) = value.key(&mut scratch);
        // The kind goes into the seed: true and the text "true" are two values. A number and the same text are one.
        let tag = if tag == Tag::Text { Tag::Number } else { tag };
        self.add_hash(xxh3_128_with_seed(bytes, tag as u64) as u64);
    }

    #[inline]
    fn add_hash(&mut self, hash: u64) {
        match self
            .0
            .get_or_insert_with(|| Box::new(Kept::Exact(Hashes::default())))
            .as_mut()
        {
            Kept::Exact(hashes) => {
                hashes.add(hash);
                if hashes.exceeds(MAX_EXACT) {
                    self.estimate();
                }
            }
            Kept::Estimate(sketch) => sketch.add(hash),
        }
    }

    /// The sketch, into which exact hashes are put if there are any.
    fn estimate(&mut self) -> &mut HyperLogLog {
        let kept = self
            .0
            .get_or_insert_with(|| Box::new(Kept::Estimate(HyperLogLog::default())));
        if let Kept::Exact(hashes) = kept.as_mut() {
            let mut sketch = HyperLogLog::default();
            hashes.iter().for_each(|hash| sketch.add(hash));
            **kept = Kept::Estimate(sketch);
        }
        match kept.as_mut() {
            Kept::Estimate(sketch) => sketch,
            Kept::Exact(_) => unreachable!("exact hashes have just been put into a sketch"),
        }
    }
}

#[cfg(test)]
mod tests;
