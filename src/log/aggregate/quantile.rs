//! `p50` to `p99.9`, `median`: the smallest value that is at least as large as this share of the values (nearest rank).
//!
//! Exact while a group has at most [`MAX_EXACT`] distinct values, each kept with its count. With more, values are counted in
//! buckets, 128 to an octave, given by the upper bits of the float: the middle of a bucket is within 0.4 % of any value in
//! it. The number of distinct values in the union alone decides which: a part in buckets has more than [`MAX_EXACT`]
//! distinct values, so the union has too. So the order of merging cannot show.

mod buckets;
mod encoding;
mod exact;

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, Pattern, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Number, Value};
use buckets::{Buckets, middle};
use exact::Exact;

/// `p0` to `p100`.
pub(super) static SPEC: Spec = Spec {
    name: "p",
    pattern: Some(Pattern {
        label: "p0 to p100",
        examples: &["p50", "p90", "p95", "p99", "p99.9"],
        parse: share,
    }),
    summary: "Compute a percentile, such as p50, p99 or p99.9; approximate (±0.5 %) above 4,096 distinct values",
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
    ..Spec::usual(&[Takes::Number], &FAMILY)
};

/// The same as `p50`.
pub(super) static MEDIAN: Spec = Spec {
    name: "median",
    parameters: Parameters([1, 2]),
    summary: "Compute the median, the same as p50",
    examples: &[Example {
        name: "median",
        values: &["9", "1", "5"],
        answer: "5",
    }],
    ..Spec::usual(&[Takes::Number], &FAMILY)
};

static FAMILY: Family = Family {
    name: "quantile",
    id: 6,
    version: 1,
    oldest: 1,
    time: ReadsTime::No,
    column: column::<Values>,
    forms: &[
        ("empty", Sample::Values(&[])),
        ("exact", Sample::Values(&["4", "-1.50", "1e300", "4"])),
        ("buckets", Sample::UpTo(5_000)),
    ],
};

/// The most distinct values that are kept one by one.
const MAX_EXACT: usize = 4096;
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
    /// Every value with its count.
    Exact(Exact),
    /// Counts of buckets, with the smallest and the largest value.
    Buckets(Buckets),
}

impl State for Values {
    #[inline]
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.add_times(row, 1)
    }

    #[inline]
    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        let Value::Number(number) = row.value() else {
            return Err(Unfit);
        };
        if times > 0 {
            self.add_number(*number, times);
        }
        Ok(())
    }

    fn merge(&mut self, other: Values) {
        match other.0.map(|kept| *kept) {
            None => {}
            Some(Kept::Exact(values)) => values.entries().for_each(|(bits, count)| {
                if let Some(number) = bits.number() {
                    self.add_number(number, count);
                }
            }),
            Some(Kept::Buckets(theirs)) => {
                let ours = self.buckets();
                for (bucket, count) in theirs.counts {
                    add_count(ours.counts.entry(bucket).or_default(), count);
                }
                if let Some((smallest, largest)) = theirs.ends {
                    ours.widen(smallest);
                    ours.widen(largest);
                }
            }
        }
    }

    fn finish(&self, share: Parameters) -> Cell {
        match self.0.as_deref() {
            None => Cell::exact(Value::Missing),
            Some(Kept::Exact(values)) => {
                let mut sorted: Vec<(Number, u64)> = values
                    .entries()
                    .filter_map(|(bits, count)| Some((bits.number()?, count)))
                    .collect();
                sorted.sort_unstable_by(|(left, _), (right, _)| left.total_cmp(*right));
                Cell::exact(at_rank(sorted, share).map_or(Value::Missing, Value::Number))
            }
            Some(Kept::Buckets(buckets)) => {
                let number = at_rank(buckets.sorted(), share)
                    .and_then(|bucket| Number::float(middle(bucket)));
                let number = number.map(|number| buckets.within_ends(number));
                Cell::approximate(number.map_or(Value::Missing, Value::Number))
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        if let Some(kept) = &self.0 {
            encoding::encode(kept, out);
        }
    }

    fn decode(bytes: &[u8]) -> Result<Values, Damaged> {
        let Some((kind, rest)) = bytes.split_first() else {
            return Ok(Values(None));
        };
        encoding::decode(*kind, rest)
            .map(|kept| Values(Some(Box::new(kept))))
            .ok_or(Damaged)
    }

    fn heap_bytes(&self) -> usize {
        let kept = match self.0.as_deref() {
            None => return 0,
            Some(Kept::Exact(values)) => values.heap_bytes(),
            Some(Kept::Buckets(buckets)) => buckets.counts.allocation_size(),
        };
        size_of::<Kept>() + kept
    }
}

impl Values {
    #[inline]
    fn add_number(&mut self, number: Number, count: u64) {
        match self
            .0
            .get_or_insert_with(|| Box::new(Kept::Exact(Exact::default())))
            .as_mut()
        {
            Kept::Exact(values) => {
                values.add(Bits::of(number), count);
                if values.exceeds(MAX_EXACT) {
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
            for (bits, count) in values.entries() {
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

/// Adds counts; merged states that were damaged could overflow.
#[inline]
fn add_count(to: &mut u64, count: u64) {
    *to = to.saturating_add(count);
}

/// `p99.9` as 999/1000.
fn share(name: &str) -> Option<Parameters> {
    let text = name.strip_prefix('p')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || fraction.len() > 4
        || !is_digits(whole)
        || !is_digits(fraction)
        || (text.contains('.') && fraction.is_empty())
    {
        return None;
    }
    let scale = 10_u32.pow(u32::try_from(fraction.len()).ok()?);
    let digits = format!("{whole}{fraction}");
    let numerator = digits.parse::<u32>().ok()?;
    (numerator <= 100 * scale).then_some(Parameters([numerator, 100 * scale]))
}

/// The first of sorted values at which the counts reach the share: rank ceil(share × total), at least 1.
fn at_rank<T: Copy>(sorted: Vec<(T, u64)>, share: Parameters) -> Option<T> {
    let Parameters([numerator, denominator]) = share;
    let total: u128 = sorted.iter().map(|(_, count)| u128::from(*count)).sum();
    let rank = (total * u128::from(numerator))
        .div_ceil(u128::from(denominator.max(1)))
        .max(1);
    let mut reached = 0;
    sorted.into_iter().find_map(|(value, count)| {
        reached += u128::from(count);
        (reached >= rank).then_some(value)
    })
}

#[cfg(test)]
mod tests;
