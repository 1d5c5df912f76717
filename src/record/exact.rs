//! Sums that do not depend on the order of the summands, rounded once, at the end.

use ethnum::I256;

use super::Number;
use super::number::power;
use super::ratio::ratio;

mod floats;
mod spread;

use floats::FloatSum;

pub use spread::Spread;

/// How many bits the sum of 2^64 floats can be larger than the largest.
const HEADROOM: i32 = 64;

/// A float that is a whole number below 2^255.
fn whole_number(float: f64) -> I256 {
    let bits = float.abs().to_bits();
    let mantissa = I256::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let exponent = (bits >> 52).cast_signed() - 1075;
    let places = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let size = match exponent {
        0.. => mantissa << places,
        _ => mantissa >> places,
    };
    if float < 0.0 { -size } else { size }
}

/// A sum of numbers of both kinds. Decimals and floats are summed apart, each exactly, and added at the end.
///
/// One is kept for each of perhaps millions of groups, so what few of them need is kept elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Decimals that were added since the last spill, in units of `scale`.
    units: i64,
    /// The largest scale of any decimal that was added.
    scale: u8,
    /// Decimals that no longer fitted into `units`, in units of `scale`.
    ///
    /// At most 2^64 numbers below 10^36 at a scale of at most 18 add up to less than 10^36 × 10^18 × 2^64 < 2^244 units, so
    /// 256 bits always do.
    spilled: Option<Box<I256>>,
    floats: Option<Box<FloatSum>>,
}

impl Sum {
    /// Adds a number.
    #[inline]
    pub fn add(&mut self, number: Number) {
        match number {
            Number::Decimal { units, scale } => {
                if scale == self.scale
                    && let Ok(units) = i64::try_from(units)
                    && let Some(sum) = self.units.checked_add(units)
                {
                    self.units = sum;
                } else {
                    self.add_decimals(I256::from(units), scale);
                }
            }
            Number::Float(value) => self.add_float(value),
        }
    }

    #[cold]
    fn add_float(&mut self, value: f64) {
        self.floats.get_or_insert_default().add(value);
    }

    #[cold]
    fn add_decimals(&mut self, units: I256, scale: u8) {
        let common = self.scale.max(scale);
        let total = self.decimals() * I256::from(power(common - self.scale))
            + units * I256::from(power(common - scale));
        self.scale = common;
        (self.units, self.spilled) = match i64::try_from(total) {
            Ok(small) => (small, None),
            Err(_) => (0, Some(Box::new(total))),
        };
    }

    /// All decimals, in units of `scale`.
    fn decimals(&self) -> I256 {
        let spilled = self.spilled.as_deref().copied().unwrap_or_default();
        spilled + I256::from(self.units)
    }

    /// Adds all that `other` was given.
    pub fn merge(&mut self, other: &Sum) {
        self.add_decimals(other.decimals(), other.scale);
        if let Some(floats) = &other.floats {
            self.floats.get_or_insert_default().merge(floats);
        }
    }

    /// Whether [`Sum::finish`] gives a rounded value: where floats were added, which are nearly always rounded themselves, and
    /// where the sum is too wide for a decimal.
    pub fn is_rounded(&self) -> bool {
        self.floats.is_some() || self.exact().is_none()
    }

    fn exact(&self) -> Option<Number> {
        i128::try_from(self.decimals())
            .ok()
            .and_then(|units| Number::decimal(units, self.scale))
    }

    /// The sum: a decimal without needless zeros, or a float where floats were added or it is too wide. Nothing if it is
    /// beyond all floats.
    pub fn finish(&self) -> Option<Number> {
        match (&self.floats, self.exact()) {
            (None, Some(number)) => Some(number.trimmed()),
            (None, None) => Number::float(self.divided_by(1)),
            (Some(floats), _) => Number::float(self.with_floats(floats)),
        }
    }

    /// The sum of both kinds, rounded once if the decimals add up to a whole number.
    fn with_floats(&self, floats: &FloatSum) -> f64 {
        let scale = I256::from(power(self.scale));
        let (mut whole, fraction) = (self.decimals() / scale, self.decimals() % scale);
        let mut total = floats.clone();
        total.add(ratio(fraction, scale));
        // A float holds 53 bits of the whole number at a time.
        while whole != I256::ZERO {
            let float = ratio(whole, I256::from(1));
            total.add(float);
            whole -= whole_number(float);
        }
        total.round(0)
    }

    /// The sum divided by how many numbers there were, rounded once if all were decimals.
    pub fn mean(&self, count: u64) -> Option<Number> {
        if count == 0 {
            return None;
        }
        if self.floats.is_none()
            && let Some(sum) = self.finish()
            && let Number::Decimal { .. } = sum
        {
            return sum.checked_div(Number::from(count));
        }
        Number::float(self.divided_by(count))
    }

    #[allow(clippy::cast_precision_loss)]
    fn divided_by(&self, count: u64) -> f64 {
        let decimals = ratio(
            self.decimals(),
            I256::from(power(self.scale)) * I256::from(count),
        );
        let floats = self.floats.as_ref().map_or(0.0, |floats| {
            let sum = floats.round(0);
            if sum.is_infinite() {
                // The mean of floats is no larger than the largest of them, though their sum is.
                floats.round(HEADROOM) / count as f64 * 2_f64.powi(HEADROOM)
            } else {
                sum / count as f64
            }
        });
        decimals + floats
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.spilled.as_ref().map_or(0, |_| size_of::<I256>())
            + self.floats.as_ref().map_or(0, |_| size_of::<FloatSum>())
    }

    /// Appends the sum as bytes, the same for equal sums.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.scale);
        out.extend_from_slice(&self.decimals().to_le_bytes());
        if let Some(floats) = &self.floats {
            floats.encode(out);
        }
    }

    /// Reads what [`Sum::encode`] wrote, all of it.
    pub fn decode(bytes: &[u8]) -> Option<Sum> {
        let (scale, rest) = bytes.split_first()?;
        let (total, rest) = rest.split_first_chunk::<32>()?;
        let total = I256::from_le_bytes(*total);
        if *scale > Number::MAX_SCALE {
            return None;
        }
        // No more than 2^64 numbers can have made it, so anything larger was never a sum; at another scale it would overflow.
        let limit: I256 = (I256::from(Number::LIMIT) * I256::from(power(*scale))) << 64_u32;
        if total >= limit || total <= -limit {
            return None;
        }
        let mut sum = Sum::default();
        sum.add_decimals(total, *scale);
        if !rest.is_empty() {
            sum.floats = Some(Box::new(FloatSum::decode(rest)?));
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(numbers: &[Number]) -> Sum {
        let mut sum = Sum::default();
        for number in numbers {
            sum.add(*number);
        }
        sum
    }

    fn bytes(sum: &Sum) -> Vec<u8> {
        let mut out = Vec::new();
        sum.encode(&mut out);
        out
    }

    fn any_number() -> impl Strategy<Value = Number> {
        prop_oneof![
            (any::<i64>(), 0_u8..19).prop_map(|(units, scale)| Number::decimal(
                units.into(),
                scale
            )
            .unwrap()),
            Just(Number::decimal(Number::LIMIT - 1, 0).unwrap()),
            Just(Number::decimal(1 - Number::LIMIT, 18).unwrap()),
            any::<f64>().prop_filter_map("finite", Number::float),
        ]
    }

    #[test]
    fn decimals_keep_what_floats_would_lose() {
        let numbers =
            ["1e17", "0.1", "-1e17", "0.2"].map(|text| Number::parse(text.as_bytes()).unwrap());
        assert_eq!(sum(&numbers).finish().unwrap().to_string(), "0.3");
        let floats = [1e300, 1.0, -1e300, 2.0].map(Number::Float);
        assert_eq!(sum(&floats).finish().unwrap().to_string(), "3");
        assert_eq!(
            sum(&[Number::from(1_u64), Number::from(2_u64)])
                .mean(2)
                .unwrap()
                .to_string(),
            "1.5"
        );
    }

    #[test]
    fn rounded_sums_are_known() {
        let rounded = |texts: &[&str]| {
            let numbers: Vec<Number> = texts
                .iter()
                .map(|text| Number::parse(text.as_bytes()).unwrap())
                .collect();
            let sum = sum(&numbers);
            (
                sum.is_rounded(),
                sum.finish().map(|number| number.to_string()),
            )
        };
        let shown = |text: &str| Some(text.to_owned());
        assert_eq!(rounded(&["0.1", "0.2"]), (false, shown("0.3")));
        assert_eq!(rounded(&["1e35", "-1e35"]), (false, shown("0")));
        let wide = "9".repeat(36);
        assert_eq!(rounded(&[&wide]), (false, shown(&wide)));
        assert_eq!(rounded(&[&wide, "1"]), (true, shown("1e36")));
        assert!(rounded(&["0.1234567890123456789"]).0);
        assert_eq!(rounded(&["1e308", "1e308"]), (true, None));
        assert_eq!(
            rounded(&["1e308", "1e308", "-1e308"]),
            (true, shown("1e308"))
        );
    }

    #[test]
    fn a_mean_is_within_the_range_though_the_sum_is_not() {
        for value in [1e308, -1e308, f64::MAX] {
            let mean = sum(&[Number::Float(value); 3]).mean(3);
            assert_eq!(mean.unwrap().to_f64(), value);
        }
    }

    #[test]
    fn damaged_sums_are_rejected() {
        let encoded = |scale: u8, total: I256| [&[scale], &total.to_le_bytes()[..]].concat();
        let largest = |scale: u8| {
            ((I256::from(Number::LIMIT) * I256::from(power(scale))) << 64_u32) - I256::from(1)
        };
        for scale in 0..=Number::MAX_SCALE {
            let mut sum = Sum::decode(&encoded(scale, largest(scale))).unwrap();
            // No sum that is read overflows where the scales differ.
            sum.merge(&Sum::decode(&encoded(18, largest(18))).unwrap());
            assert!(Sum::decode(&encoded(scale, largest(scale) + I256::from(1))).is_none());
            assert!(Sum::decode(&encoded(scale, -largest(scale) - I256::from(1))).is_none());
        }
        assert!(Sum::decode(&encoded(19, I256::from(1))).is_none());
    }

    proptest! {
        #[test]
        fn order_and_cuts_do_not_matter(numbers in prop::collection::vec(any_number(), 0..12), cut in 0_usize..12) {
            let cut = cut.min(numbers.len());
            let whole = sum(&numbers);
            let mut parts = sum(&numbers[cut..]);
            parts.merge(&sum(&numbers[..cut]));
            prop_assert_eq!(bytes(&whole), bytes(&parts));
            let back = Sum::decode(&bytes(&whole)).unwrap();
            prop_assert_eq!(bytes(&back), bytes(&whole));
        }

        #[test]
        fn whole_numbers_add_up_as_they_should(numbers in prop::collection::vec(any::<i64>(), 0..20)) {
            let expected: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
            let numbers: Vec<Number> = numbers.into_iter().map(Number::from).collect();
            prop_assert_eq!(sum(&numbers).finish().unwrap().to_string(), expected.to_string());
        }

        #[test]
        fn ratios_round_as_the_standard_library_does(numerator in any::<i64>(), scale in 0_u8..18) {
            let text = format!("{numerator}e-{scale}");
            prop_assert_eq!(ratio(I256::from(numerator), I256::from(power(scale))), text.parse::<f64>().unwrap());
        }

        #[test]
        fn damaged_sums_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            let _ = Sum::decode(&bytes).map(|sum| sum.finish());
        }
    }
}
