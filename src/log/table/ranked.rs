//! Groups in the order of the answer. Their rows are made one at a time: all at once, they would need more memory than the
//! groups themselves.

use std::cmp::Ordering;

use rayon::slice::ParallelSliceMut as _;

use super::order::compare;
use crate::log::grouped::Grouped;
use crate::record::{Cell, Number, Value};

/// Whole numbers below this keep their order and differ as [`Rank`]s.
const EXACT: i128 = 1 << 49;

/// Sorted groups.
pub struct Ranked {
    groups: Grouped,
    order: Vec<(Rank, u32)>,
}

/// An approximation of the value that groups are sorted by: unequal ranks are in the order of their values.
type Rank = u64;

impl Ranked {
    /// The groups sorted by some columns, ties by key; at most `limit` of them.
    pub(super) fn new(
        mut groups: Grouped,
        columns: &[(usize, bool)],
        limit: Option<usize>,
    ) -> Ranked {
        groups.complete();
        let keys = groups.grouping().keys.len();
        let first = columns.first().copied();
        let mut is_exact = true;
        let mut order: Vec<(Rank, u32)> = (0..groups.group_count())
            .map(|group| {
                let rank = first.map_or(0, |(column, descending)| {
                    if column < keys {
                        is_exact = false;
                        rank(&groups.key(group, column), descending)
                    } else {
                        let value = groups.result(group, column - keys).value;
                        is_exact &= is_small(&value);
                        rank(&value, descending)
                    }
                });
                (
                    rank,
                    u32::try_from(group).expect("groups have numbers of 32 bits"),
                )
            })
            .collect();
        // Equal ranks of small whole numbers are equal numbers.
        let undecided = if is_exact {
            columns.get(1..)
        } else {
            Some(columns)
        };
        let undecided = undecided.unwrap_or_default();
        let compare = |left: &(Rank, u32), right: &(Rank, u32)| {
            left.0
                .cmp(&right.0)
                .then_with(|| compare_groups(&groups, undecided, left.1, right.1))
        };
        if let Some(limit) = limit.filter(|limit| *limit < order.len()) {
            if limit > 0 {
                order.select_nth_unstable_by(limit - 1, compare);
            }
            order.truncate(limit);
        }
        // Outside a pool, rayon would start a global one.
        if rayon::current_thread_index().is_some() {
            order.par_sort_unstable_by(compare);
        } else {
            order.sort_unstable_by(compare);
        }
        Ranked { groups, order }
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Keeps at most this number of rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.order.truncate(rows);
    }

    /// The rows in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        let groups = self.order.iter();
        groups.map(|(_, group)| self.groups.row(*group as usize))
    }
}

/// Compares two groups by columns of their rows, then by their keys, which differ.
fn compare_groups(groups: &Grouped, columns: &[(usize, bool)], left: u32, right: u32) -> Ordering {
    let (left, right) = (left as usize, right as usize);
    let keys = groups.grouping().keys.len();
    let by_columns = columns.iter().map(|&(column, descending)| {
        if column < keys {
            compare(
                &groups.key(left, column),
                &groups.key(right, column),
                descending,
            )
        } else {
            let (left, right) = (
                groups.result(left, column - keys),
                groups.result(right, column - keys),
            );
            compare(&left.value, &right.value, descending)
        }
    });
    let by_keys = (0..keys).map(|key| groups.key(left, key).total_cmp(&groups.key(right, key)));
    by_columns
        .chain(by_keys)
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn is_small(value: &Value<'_>) -> bool {
    match value {
        Value::Missing => true,
        Value::Number(Number::Decimal { units, scale: 0 }) => units.abs() < EXACT,
        _ => false,
    }
}

/// The rank of a value; missing values come last in both directions.
fn rank(value: &Value<'_>, descending: bool) -> Rank {
    const BITS: u32 = 61;
    // In the order of `Value::total_cmp`.
    let (kind, within) = match value {
        _ if value.is_missing() => return Rank::MAX,
        Value::Bool(holds) => (0, u64::from(*holds)),
        #[allow(clippy::cast_precision_loss)]
        Value::Time(time) => {
            let nanos = time.nanos_since_epoch() as f64;
            (2, ordered(nanos) >> (u64::BITS - BITS))
        }
        Value::Json(text) => (4, beginning(text)),
        _ => match value.number() {
            Some(number) => (1, ordered(number.to_f64()) >> (u64::BITS - BITS)),
            None => match value {
                Value::Text(text) => (3, beginning(text)),
                _ => (3, beginning(&value.bytes())),
            },
        },
    };
    let rank = (kind << BITS) | within;
    if descending { (5 << BITS) - rank } else { rank }
}

/// The bits of a float as an integer of the same order.
fn ordered(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}

/// The first seven bytes as an integer of the same order.
fn beginning(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(7);
    bytes[1..=length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests;
