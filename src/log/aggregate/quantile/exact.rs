//! Every value with its count: in eight bytes each, as long as they are small decimals.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::{Bits, FLOAT, add_count};
use crate::log::aggregate::few::{Few, Overflow};

/// Bits of a count, below 32 bits of units and 5 of the scale.
const COUNT: u32 = 27;
const SCALE: u32 = 5;

#[derive(Clone)]
pub(super) enum Exact {
    Few(Few<COUNT>),
    /// Any values. The hash is fixed: values chosen to collide cost no more than the bounded number of entries can.
    Any(HashMap<Bits, u64, FixedState>),
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::Few(Few::default())
    }
}

impl Exact {
    #[inline]
    pub(super) fn add(&mut self, bits: Bits, count: u64) {
        if let Exact::Few(few) = self {
            let added = key(bits)
                .ok_or(Overflow)
                .and_then(|key| few.add(key, count));
            if added.is_ok() {
                return;
            }
            *self = Exact::Any(self.entries().collect());
        }
        if let Exact::Any(values) = self {
            add_count(values.entry(bits).or_default(), count);
        }
    }

    /// Whether there are more distinct values than this.
    #[inline]
    pub(super) fn exceeds(&mut self, most: usize) -> bool {
        match self {
            Exact::Few(few) => {
                few.len() > most && {
                    few.tidy();
                    few.len() > most
                }
            }
            Exact::Any(values) => values.len() > most,
        }
    }

    /// The values with their counts.
    pub(super) fn entries(&self) -> Box<dyn Iterator<Item = (Bits, u64)> + '_> {
        match self {
            Exact::Few(few) => Box::new(few.tidied().map(|(key, count)| (bits(key), count))),
            Exact::Any(values) => Box::new(values.iter().map(|(bits, count)| (*bits, *count))),
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Exact::Few(few) => few.heap_bytes(),
            Exact::Any(values) => values.allocation_size(),
        }
    }
}

/// A small decimal as a key.
#[inline]
fn key(Bits(units, scale): Bits) -> Option<u64> {
    let units = i32::try_from(units).ok().filter(|_| scale != FLOAT)?;
    Some(u64::from(units.cast_unsigned()) << SCALE | u64::from(scale))
}

fn bits(key: u64) -> Bits {
    let units = (key >> SCALE) as u32;
    Bits(
        i128::from(units.cast_signed()),
        (key & ((1 << SCALE) - 1)) as u8,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Number;

    #[test]
    fn small_decimals_are_keys_and_come_back() {
        for units in [0, 1, -1, 4_711, i128::from(i32::MAX), i128::from(i32::MIN)] {
            for scale in [0, 3, Number::MAX_SCALE] {
                let key = key(Bits(units, scale)).unwrap();
                assert!(key < 1 << (64 - COUNT));
                assert_eq!(bits(key), Bits(units, scale));
            }
        }
        for other in [Bits(1 << 31, 0), Bits(-(1 << 31) - 1, 2), Bits(0, FLOAT)] {
            assert_eq!(key(other), None, "{other:?}");
        }
    }

    #[test]
    fn counts_and_values_of_any_size_are_kept() {
        let mut exact = Exact::default();
        exact.add(Bits(15, 1), (1 << 27) - 1);
        exact.add(Bits(150, 2), 3);
        exact.add(Bits(15, 1), 1);
        exact.add(Bits(1 << 40, 0), 2);
        let mut entries: Vec<(Bits, u64)> = exact.entries().collect();
        entries.sort_unstable_by_key(|(bits, _)| (bits.1, bits.0));
        let expected = [
            (Bits(1 << 40, 0), 2),
            (Bits(15, 1), 1 << 27),
            (Bits(150, 2), 3),
        ];
        assert_eq!(entries, expected);
        assert!(exact.exceeds(2) && !exact.exceeds(3));
    }
}
