//! Floats summed without any rounding: a fixed-point number as wide as all floats together.
//!
//! After Kulisch's long accumulator ("Computer Arithmetic and Validity", 2013) with carries put off, as in Neal, "Fast
//! exact summation using small and large superaccumulators" (2015).

use crate::record::ratio::scaled;

/// The place of a float's lowest bit: 2^-1074.
const LOWEST: i64 = -1074;
/// Limbs of 32 bits: 2098 bits for all floats, and room for 2^64 of them.
const LIMBS: usize = 68;
/// How many additions the limbs' upper halves can take before carries must be passed on.
const MAX_PENDING: u32 = 1 << 30;

/// An exact sum of floats.
#[derive(Clone, Debug)]
pub(super) struct FloatSum {
    /// The n-th limb counts 2^(32 n - 1074); between carries it may be negative or exceed 32 bits.
    limbs: [i64; LIMBS],
    pending: u32,
}

impl Default for FloatSum {
    fn default() -> FloatSum {
        FloatSum {
            limbs: [0; LIMBS],
            pending: 0,
        }
    }
}

impl FloatSum {
    /// Adds a finite float.
    pub(super) fn add(&mut self, value: f64) {
        let bits = value.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        // Subnormal numbers have no hidden bit and the exponent of the smallest normal ones.
        let (mantissa, place) = if exponent == 0 {
            (fraction, 0)
        } else {
            (fraction | (1 << 52), exponent - 1)
        };
        let (limb, offset) = ((place / 32) as usize, place % 32);
        let wide = u128::from(mantissa) << offset;
        for (index, part) in [wide as u32, (wide >> 32) as u32, (wide >> 64) as u32]
            .into_iter()
            .enumerate()
        {
            let part = i64::from(part);
            self.limbs[limb + index] += if value < 0.0 { -part } else { part };
        }
        self.pending += 1;
        if self.pending == MAX_PENDING {
            self.carry();
        }
    }

    /// Adds all that `other` was given.
    pub(super) fn merge(&mut self, other: &FloatSum) {
        self.carry();
        for (ours, theirs) in self.limbs.iter_mut().zip(other.carried().limbs) {
            *ours += theirs;
        }
        self.carry();
    }

    /// Passes carries on: all limbs but the highest then have 32 bits, so that equal sums look equal.
    fn carry(&mut self) {
        let mut carry = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let total = *limb + carry;
            *limb = total & 0xffff_ffff;
            carry = total >> 32;
        }
        self.limbs[LIMBS - 1] += carry;
        self.pending = 0;
    }

    fn carried(&self) -> FloatSum {
        let mut carried = self.clone();
        carried.carry();
        carried
    }

    /// The float nearest to the sum divided by 2^`shift`, ties to even; infinite if it is beyond all of them.
    pub(super) fn round(&self, shift: i32) -> f64 {
        let mut sum = self.carried();
        let is_negative = sum.limbs[LIMBS - 1] < 0;
        if is_negative {
            sum.limbs.iter_mut().for_each(|limb| *limb = -*limb);
            sum.carry();
        }
        let Some(top) = sum.limbs.iter().rposition(|limb| *limb != 0) else {
            return 0.0;
        };
        // The three highest limbs hold at least 65 bits below the first one that is set; the rest only tips a tie.
        let limb = |index: usize| {
            top.checked_sub(index)
                .map_or(0, |place| sum.limbs[place] as u128)
        };
        let high = (limb(0) << 64) | (limb(1) << 32) | limb(2);
        let is_inexact = top > 2 && sum.limbs[..top - 2].iter().any(|limb| *limb != 0);
        let excess = 128_u32.saturating_sub(high.leading_zeros() + 64);
        let is_cut = high & ((1_u128 << excess) - 1) != 0;
        let mantissa = (high >> excess) as u64 | u64::from(is_inexact || is_cut);
        let place = LOWEST + (top as i64 - 2) * 32 + i64::from(excess) - i64::from(shift);
        let value = scaled(mantissa as f64, place);
        if is_negative { -value } else { value }
    }

    /// Appends the sum as bytes, the same for equal sums.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        for limb in self.carried().limbs {
            out.extend_from_slice(&limb.to_le_bytes());
        }
    }

    /// Reads what [`FloatSum::encode`] wrote, all of it.
    pub(super) fn decode(bytes: &[u8]) -> Option<FloatSum> {
        let mut sum = FloatSum::default();
        if bytes.len() != LIMBS * 8 {
            return None;
        }
        for (limb, bytes) in sum.limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *limb = i64::from_le_bytes(*bytes);
        }
        let (highest, low) = sum.limbs.split_last()?;
        let is_carried = low.iter().all(|limb| (0..=0xffff_ffff).contains(limb))
            && highest.unsigned_abs() < 1 << 40;
        is_carried.then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = FloatSum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum.round(0)
    }

    #[test]
    fn single_floats_come_back_unchanged() {
        for value in [
            0.0,
            1.0,
            -1.5,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            2.5e-310,
            0.1,
            1e-300,
            -123_456.789,
        ] {
            assert_eq!(sum(&[value]), value);
        }
    }

    #[test]
    fn rounds_once_and_to_even() {
        assert_eq!(sum(&[1.0, 1e-20, 1e-20]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        let half = f64::EPSILON / 2.0;
        assert_eq!(sum(&[1.0, half]), 1.0);
        assert_eq!(sum(&[1.0, half, 1e-300]), 1.0 + f64::EPSILON);
        // What tips the tie may lie any number of limbs below.
        for exponent in 54..=1022 {
            let little = f64::MIN_POSITIVE * 2_f64.powi(1022 - exponent);
            assert_eq!(
                sum(&[1.0, half, little]),
                1.0 + f64::EPSILON,
                "2^-{exponent}"
            );
            assert_eq!(sum(&[-1.0, -half, -little]), -1.0 - f64::EPSILON);
            assert_eq!(sum(&[1.0, half, -little]), 1.0, "-2^-{exponent}");
        }
        assert!(sum(&[f64::MAX, f64::MAX]).is_infinite());
        assert_eq!(sum(&[f64::MAX, f64::MAX, f64::MIN]), f64::MAX);
    }
}
