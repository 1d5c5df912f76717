//! The bytes of a quantile's state.

use hashbrown::HashMap;

use super::buckets::{Buckets, LAST};
use super::exact::Exact;
use super::{Bits, Kept, MAX_EXACT};
use crate::record::Number;

/// Appends what is kept, the same bytes for equal contents.
pub(super) fn encode(kept: &Kept, out: &mut Vec<u8>) {
    let push = |out: &mut Vec<u8>, bits: Bits| {
        out.push(bits.1);
        out.extend_from_slice(&bits.0.to_le_bytes());
    };
    match kept {
        Kept::Exact(values) => {
            let mut sorted: Vec<(Bits, u64)> = values.entries().collect();
            sorted.sort_unstable_by_key(|(bits, _)| (bits.1, bits.0));
            out.push(b'e');
            for (bits, count) in sorted {
                push(out, bits);
                out.extend_from_slice(&count.to_le_bytes());
            }
        }
        Kept::Buckets(buckets) => {
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

/// Reads what [`encode`] appended: its first byte, and the rest.
pub(super) fn decode(kind: u8, mut rest: &[u8]) -> Option<Kept> {
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
            let (mut values, mut last) = (Exact::default(), None);
            while !rest.is_empty() {
                let bits = Bits::of(number(&mut rest)?);
                // They were written in this order, each once.
                let order = Some((bits.1, bits.0));
                if order <= last {
                    return None;
                }
                last = order;
                values.add(bits, count(&mut rest)?);
                if values.exceeds(MAX_EXACT) {
                    return None;
                }
            }
            last.map(|_| Kept::Exact(values))
        }
        b'b' => {
            let ends = (number(&mut rest)?, number(&mut rest)?);
            let mut counts = HashMap::default();
            while !rest.is_empty() {
                let bucket = i64::from_le_bytes(word(&mut rest)?);
                let is_known = bucket.unsigned_abs() <= LAST;
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
