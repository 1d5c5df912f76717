//! `uniq`: how many distinct values.
//!
//! Exact up to [`MAX_EXACT`] of them, each kept as a hash of 128 bits, of which no two are equal by chance in any log that
//! fits on a disk. Beyond that, HyperLogLog over the same hashes. As with percentiles, which of the two depends on the
//! union alone.

use hashbrown::HashSet;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::column::column;
use super::hyperloglog::HyperLogLog;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::{Cell, Number, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "uniq",
    family: "uniq",
    summary: "Count distinct values: within 2 % once there are over 65,536",
    takes: Takes::Any,
    gives_number: true,
    compares: false,
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
    column: column::<Distinct>,
};

/// The most values that are kept one by one.
const MAX_EXACT: usize = 1 << 16;

/// Hashes are spread evenly already.
type Hashes = HashSet<u128, foldhash::fast::FixedState>;

#[derive(Clone, Default)]
struct Distinct(Option<Box<Kept>>);

#[derive(Clone)]
enum Kept {
    Exact(Hashes),
    Estimate(HyperLogLog),
}

impl State for Distinct {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        let mut scratch = Vec::new();
        let (tag, bytes) = value.key(&mut scratch);
        // The kind goes into the seed: the number 1 and the text "1" are two values.
        self.add_hash(xxh3_128_with_seed(bytes, tag as u64));
        Ok(())
    }

    fn add_times(&mut self, value: &Value<'_>, times: u64) -> Result<(), Unfit> {
        if times > 0 { self.add(value) } else { Ok(()) }
    }

    fn merge(&mut self, other: Distinct) {
        match other.0.map(|kept| *kept) {
            None => {}
            Some(Kept::Exact(hashes)) => hashes.into_iter().for_each(|hash| self.add_hash(hash)),
            Some(Kept::Estimate(theirs)) => self.estimate().merge(&theirs),
        }
    }

    fn finish(&self, _: Quantile) -> Cell {
        match self.0.as_deref() {
            None => exact(Value::Number(Number::from(0_u64))),
            Some(Kept::Exact(hashes)) => exact(Value::Number(Number::from(hashes.len() as u64))),
            Some(Kept::Estimate(sketch)) => Cell {
                value: Value::Number(Number::from(sketch.estimate())),
                approx: true,
            },
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self.0.as_deref() {
            None => {}
            Some(Kept::Exact(hashes)) => {
                let mut sorted: Vec<u128> = hashes.iter().copied().collect();
                sorted.sort_unstable();
                out.push(b'e');
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
            Some((b'e', rest)) => {
                let (hashes, []) = rest.as_chunks::<16>() else {
                    return Err(Damaged);
                };
                let set: Hashes = hashes
                    .iter()
                    .map(|hash| u128::from_le_bytes(*hash))
                    .collect();
                if set.is_empty() || set.len() != hashes.len() || set.len() > MAX_EXACT {
                    return Err(Damaged);
                }
                Kept::Exact(set)
            }
            Some((b'h', rest)) => Kept::Estimate(HyperLogLog::decode(rest).ok_or(Damaged)?),
            Some(_) => return Err(Damaged),
        };
        Ok(Distinct(Some(Box::new(kept))))
    }
}

impl Distinct {
    #[inline]
    fn add_hash(&mut self, hash: u128) {
        match self
            .0
            .get_or_insert_with(|| Box::new(Kept::Exact(Hashes::default())))
            .as_mut()
        {
            Kept::Exact(hashes) => {
                hashes.insert(hash);
                if hashes.len() > MAX_EXACT {
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
            hashes.iter().for_each(|hash| sketch.add(*hash));
            **kept = Kept::Estimate(sketch);
        }
        match kept.as_mut() {
            Kept::Estimate(sketch) => sketch,
            Kept::Exact(_) => unreachable!("exact hashes have just been put into a sketch"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn text(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text.as_bytes()))
    }

    fn count(values: &Distinct) -> (f64, bool) {
        let cell = values.finish(Quantile::default());
        (cell.value.number().unwrap().to_f64(), cell.approx)
    }

    #[test]
    fn the_hash_is_frozen() {
        // From the reference implementation of XXH3 (xxhsum -H2 of nothing, with no seed).
        assert_eq!(
            xxh3_128_with_seed(b"", 0),
            0x99aa_06d3_0147_98d8_6001_c324_468d_497f
        );
    }

    #[test]
    fn exact_until_there_are_many() {
        let mut values = Distinct::default();
        for round in 0..2 {
            for number in 0..MAX_EXACT {
                values.add(&text(&format!("value {number}"))).unwrap();
            }
            assert_eq!(count(&values), (65_536.0, false), "{round}");
        }
        for number in MAX_EXACT..150_000 {
            values.add(&text(&format!("value {number}"))).unwrap();
        }
        let (estimate, approx) = count(&values);
        assert!(
            approx && (estimate - 150_000.0).abs() < 3_000.0,
            "{estimate}"
        );
    }

    #[test]
    fn merging_parts_crosses_the_limit_as_one_would() {
        let add = |range: std::ops::Range<usize>| {
            let mut values = Distinct::default();
            range.for_each(|number| values.add(&text(&number.to_string())).unwrap());
            values
        };
        let bytes = |values: &Distinct| {
            let mut out = Vec::new();
            values.encode(&mut out);
            out
        };
        let whole = add(0..70_000);
        let mut parts = add(60_000..70_000);
        parts.merge(add(0..61_000));
        assert_eq!(bytes(&parts), bytes(&whole));
        let mut parts = add(0..70_000);
        parts.merge(add(0..10));
        assert_eq!(bytes(&parts), bytes(&whole));
    }
}
