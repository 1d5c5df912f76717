//! Counts of numbers in buckets that are narrow relative to them.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::add_count;
use crate::record::Number;

/// Bits of a float below those that name its bucket: 52 bits of fraction, of which 7 count.
const SHIFT: u32 = 52 - 7;

/// The bucket of the largest float.
pub(super) const LAST: u64 = 1 + (f64::MAX.to_bits() >> SHIFT);

#[derive(Clone, Default)]
pub(super) struct Buckets {
    pub(super) counts: HashMap<i64, u64, FixedState>,
    pub(super) ends: Option<(Number, Number)>,
}

impl Buckets {
    pub(super) fn sorted(&self) -> Vec<(i64, u64)> {
        let mut sorted: Vec<(i64, u64)> = self
            .counts
            .iter()
            .map(|(bucket, count)| (*bucket, *count))
            .collect();
        sorted.sort_unstable();
        sorted
    }

    pub(super) fn add(&mut self, number: Number, count: u64) {
        add_count(
            self.counts.entry(bucket(number.to_f64())).or_default(),
            count,
        );
        self.widen(number);
    }

    pub(super) fn widen(&mut self, number: Number) {
        let (smallest, largest) = self.ends.get_or_insert((number, number));
        if number.total_cmp(*smallest).is_lt() {
            *smallest = number;
        }
        if number.total_cmp(*largest).is_gt() {
            *largest = number;
        }
    }

    pub(super) fn within_ends(&self, number: Number) -> Number {
        match self.ends {
            Some((smallest, _)) if number.numeric_cmp(smallest).is_lt() => smallest,
            Some((_, largest)) if number.numeric_cmp(largest).is_gt() => largest,
            _ => number,
        }
    }
}

/// The bucket of a float: its upper bits, negative for negative numbers, so that buckets sort as the numbers do.
pub(super) fn bucket(value: f64) -> i64 {
    let bits = i64::try_from(value.abs().to_bits() >> SHIFT).unwrap_or(i64::MAX);
    // Zero has a bucket of its own, and the ones of tiny numbers are moved by one to leave it free.
    match value {
        0.0 => 0,
        _ if value < 0.0 => -1 - bits,
        _ => bits + 1,
    }
}

/// The middle of a bucket.
pub(super) fn middle(bucket: i64) -> f64 {
    let Some(bits) = bucket.unsigned_abs().checked_sub(1) else {
        return 0.0;
    };
    let size = f64::from_bits((bits << SHIFT) | (1 << (SHIFT - 1)));
    if bucket < 0 { -size } else { size }
}
