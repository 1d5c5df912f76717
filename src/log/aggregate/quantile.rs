//! `p50` to `p99.9`, `median`: the smallest value that so large a share of the values does not exceed (nearest rank).
//!
//! Exact while a group has at most [`MAX_EXACT`] distinct values, each kept with its count. Then the values go into
//! buckets, 128 to an octave, taken from the upper bits of the float: the middle of a bucket is within 0.4 % of any value
//! in it. Which of the two it is depends on the number of distinct values in the union alone: a part that is already in
//! buckets has more than [`MAX_EXACT`] distinct values, so the union has too. So no order of merging can be seen.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::column::column;
use super::{Damaged, Example, Quantile, Spec, State, Takes, Unfit, exact};
use crate::record::{Cell, Number, Value};

/// `p0` to `p100`.
pub(super) static SPEC: Spec = Spec {
    name: "p",
    family: "quantile",
    summary: "Give a percentile, such as p50, p99, p99.9: within 0.5 % once there are over 4096 distinct values",
    takes: Takes::Number,
    gives_number: true,
    compares: false,
    examples: &[
        Example {
            name: "p50",
            values: &["4", "1", "3", "2"],
            answer: "2",
        },
        Example {
            name: "p99",
            values: &["0.5", "0.25"],
            answer: "0.5",
        },
        Example {
            name: "p0",
            values: &["3", "1"],
            answer: "1",
        },
        Example {
            name: "p99.9",
            values: &[],
            answer: "",
        },
    ],
    column: column::<Values>,
};

/// The same as `p50`.
pub(super) static MEDIAN: Spec = Spec {
    name: "median",
    family: "quantile",
    summary: "Give the middle value, as p50",
    takes: Takes::Number,
    gives_number: true,
    compares: false,
    examples: &[Example {
        name: "median",
        values: &["9", "1", "5"],
        answer: "5",
    }],
    column: column::<Values>,
};

/// The most distinct values that are kept one by one.
const MAX_EXACT: usize = 4096;
/// Bits of a float below those that name its bucket: 52 bits of fraction, of which 7 count.
const SHIFT: u32 = 52 - 7;

/// The bits of a number as they are compared: units and scale, or a float's bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Bits(i128, u8);

const FLOAT: u8 = u8::MAX;

impl Bits {
    fn of(number: Number) -> Bits {
        match number {
            Number::Decimal { units, scale } => Bits(units, scale),
            Number::Float(value) => Bits(i128::from(value.to_bits()), FLOAT),
        }
    }

    fn number(self) -> Option<Number> {
        match self.1 {
            FLOAT => Number::float(f64::from_bits(u64::try_from(self.0).ok()?)),
            scale => Number::decimal(self.0, scale),
        }
    }
}

#[derive(Clone, Default)]
struct Values(Option<Box<Kept>>);

#[derive(Clone)]
enum Kept {
    /// Every value with its count. The hash is fixed: values are no keys that a stranger could choose to collide beyond
    /// what `MAX_EXACT` entries cost.
    Exact(HashMap<Bits, u64, FixedState>),
    /// Counts of buckets, with the smallest and the largest value.
    Buckets(Buckets),
}

#[derive(Clone, Default)]
struct Buckets {
    counts: HashMap<i64, u64, FixedState>,
    ends: Option<(Number, Number)>,
}

impl State for Values {
    #[inline]
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit> {
        let Value::Number(number) = value else {
            return Err(Unfit);
        };
        self.add_number(*number, 1);
        Ok(())
    }

    fn merge(&mut self, other: Values) {
        match other.0.map(|kept| *kept) {
            None => {}
            Some(Kept::Exact(values)) => values.into_iter().for_each(|(bits, count)| {
                if let Some(number) = bits.number() {
                    self.add_number(number, count);
                }
            }),
            Some(Kept::Buckets(theirs)) => {
                let ours = self.buckets();
                for (bucket, count) in theirs.counts {
                    *ours.counts.entry(bucket).or_default() += count;
                }
                if let Some((smallest, largest)) = theirs.ends {
                    ours.widen(smallest);
                    ours.widen(largest);
                }
            }
        }
    }

    fn finish(&self, quantile: Quantile) -> Cell {
        match self.0.as_deref() {
            None => exact(Value::Missing),
            Some(Kept::Exact(values)) => {
                let mut sorted: Vec<(Number, u64)> = values
                    .iter()
                    .filter_map(|(bits, count)| Some((bits.number()?, *count)))
                    .collect();
                sorted.sort_unstable_by(|(left, _), (right, _)| left.total_cmp(*right));
                exact(at_rank(sorted, quantile).map_or(Value::Missing, Value::Number))
            }
            Some(Kept::Buckets(buckets)) => {
                let number = at_rank(buckets.sorted(), quantile)
                    .and_then(|bucket| Number::float(middle(bucket)));
                let number = number.map(|number| buckets.within_ends(number));
                Cell {
                    value: number.map_or(Value::Missing, Value::Number),
                    approx: true,
                }
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let push = |out: &mut Vec<u8>, bits: Bits| {
            out.push(bits.1);
            out.extend_from_slice(&bits.0.to_le_bytes());
        };
        match self.0.as_deref() {
            None => {}
            Some(Kept::Exact(values)) => {
                let mut sorted: Vec<(Bits, u64)> =
                    values.iter().map(|(bits, count)| (*bits, *count)).collect();
                sorted.sort_unstable_by_key(|(bits, _)| (bits.1, bits.0));
                out.push(b'e');
                for (bits, count) in sorted {
                    push(out, bits);
                    out.extend_from_slice(&count.to_le_bytes());
                }
            }
            Some(Kept::Buckets(buckets)) => {
                out.push(b'b');
                let (smallest, largest) = buckets
                    .ends
                    .unwrap_or((Number::from(0_u64), Number::from(0_u64)));
                push(out, Bits::of(smallest));
                push(out, Bits::of(largest));
                for (bucket, count) in buckets.sorted() {
                    out.extend_from_slice(&bucket.to_le_bytes());
                    out.extend_from_slice(&count.to_le_bytes());
                }
            }
        }
    }

    fn decode(bytes: &[u8]) -> Result<Values, Damaged> {
        let Some((kind, rest)) = bytes.split_first() else {
            return Ok(Values(None));
        };
        read(*kind, rest)
            .map(|kept| Values(Some(Box::new(kept))))
            .ok_or(Damaged)
    }
}

impl Values {
    #[inline]
    fn add_number(&mut self, number: Number, count: u64) {
        match self
            .0
            .get_or_insert_with(|| Box::new(Kept::Exact(HashMap::default())))
            .as_mut()
        {
            Kept::Exact(values) => {
                *values.entry(Bits::of(number)).or_default() += count;
                if values.len() > MAX_EXACT {
                    self.buckets();
                }
            }
            Kept::Buckets(buckets) => buckets.add(number, count),
        }
    }

    /// The buckets, into which exact values are put if there are any.
    fn buckets(&mut self) -> &mut Buckets {
        let kept = self
            .0
            .get_or_insert_with(|| Box::new(Kept::Buckets(Buckets::default())));
        if let Kept::Exact(values) = kept.as_mut() {
            let mut buckets = Buckets::default();
            for (bits, count) in std::mem::take(values) {
                if let Some(number) = bits.number() {
                    buckets.add(number, count);
                }
            }
            **kept = Kept::Buckets(buckets);
        }
        match kept.as_mut() {
            Kept::Buckets(buckets) => buckets,
            Kept::Exact(_) => unreachable!("exact values have just been put into buckets"),
        }
    }
}

impl Buckets {
    fn sorted(&self) -> Vec<(i64, u64)> {
        let mut sorted: Vec<(i64, u64)> = self
            .counts
            .iter()
            .map(|(bucket, count)| (*bucket, *count))
            .collect();
        sorted.sort_unstable();
        sorted
    }

    fn add(&mut self, number: Number, count: u64) {
        *self.counts.entry(bucket(number.to_f64())).or_default() += count;
        self.widen(number);
    }

    fn widen(&mut self, number: Number) {
        let (smallest, largest) = self.ends.get_or_insert((number, number));
        if number.total_cmp(*smallest).is_lt() {
            *smallest = number;
        }
        if number.total_cmp(*largest).is_gt() {
            *largest = number;
        }
    }

    fn within_ends(&self, number: Number) -> Number {
        match self.ends {
            Some((smallest, _)) if number.numeric_cmp(smallest).is_lt() => smallest,
            Some((_, largest)) if number.numeric_cmp(largest).is_gt() => largest,
            _ => number,
        }
    }
}

/// The bucket of a float: its upper bits, negative for negative numbers, so that buckets sort as the numbers do.
fn bucket(value: f64) -> i64 {
    let bits = i64::try_from(value.abs().to_bits() >> SHIFT).unwrap_or(i64::MAX);
    // Zero has a bucket of its own, and the ones of tiny numbers are moved by one to leave it free.
    match value {
        0.0 => 0,
        _ if value < 0.0 => -1 - bits,
        _ => bits + 1,
    }
}

/// The middle of a bucket.
fn middle(bucket: i64) -> f64 {
    let Some(bits) = bucket.unsigned_abs().checked_sub(1) else {
        return 0.0;
    };
    let size = f64::from_bits((bits << SHIFT) | (1 << (SHIFT - 1)));
    if bucket < 0 { -size } else { size }
}

/// The first of sorted values at which the counts reach the share: rank ceil(share × total), at least 1.
fn at_rank<T: Copy>(sorted: Vec<(T, u64)>, quantile: Quantile) -> Option<T> {
    let total: u128 = sorted.iter().map(|(_, count)| u128::from(*count)).sum();
    let rank = (total * u128::from(quantile.numerator))
        .div_ceil(u128::from(quantile.denominator.max(1)))
        .max(1);
    let mut reached = 0;
    sorted.into_iter().find_map(|(value, count)| {
        reached += u128::from(count);
        (reached >= rank).then_some(value)
    })
}

fn read(kind: u8, mut rest: &[u8]) -> Option<Kept> {
    fn number(rest: &mut &[u8]) -> Option<Number> {
        let (scale, after) = rest.split_first()?;
        let (units, after) = after.split_first_chunk()?;
        *rest = after;
        Bits(i128::from_le_bytes(*units), *scale).number()
    }
    fn word(rest: &mut &[u8]) -> Option<[u8; 8]> {
        let (word, after) = rest.split_first_chunk()?;
        *rest = after;
        Some(*word)
    }
    let mut total = 0_u64;
    let mut count = |rest: &mut &[u8]| {
        let count = u64::from_le_bytes(word(rest)?);
        total = total.checked_add(count).filter(|total| *total < 1 << 62)?;
        (count > 0).then_some(count)
    };
    match kind {
        b'e' => {
            let mut values = HashMap::default();
            while !rest.is_empty() {
                let number = number(&mut rest)?;
                let is_new = values.insert(Bits::of(number), count(&mut rest)?).is_none();
                if !is_new || values.len() > MAX_EXACT {
                    return None;
                }
            }
            (!values.is_empty()).then_some(Kept::Exact(values))
        }
        b'b' => {
            let ends = (number(&mut rest)?, number(&mut rest)?);
            let mut counts = HashMap::default();
            while !rest.is_empty() {
                let bucket = i64::from_le_bytes(word(&mut rest)?);
                let is_known = bucket.unsigned_abs() <= 1 + (f64::MAX.to_bits() >> SHIFT);
                if !is_known || counts.insert(bucket, count(&mut rest)?).is_some() {
                    return None;
                }
            }
            Some(Kept::Buckets(Buckets {
                counts,
                ends: Some(ends),
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
