//! The standard deviation of numbers, from exact sums of them and of their squares, so that the order of adding does not show.

use ethnum::I256;

use super::floats::FloatSum;
use super::whole_number;
use crate::record::Number;
use crate::record::number::power;
use crate::record::ratio::ratio;

/// The largest scale of decimals that are added exactly.
const MAX_SCALE: u8 = 9;

/// Numbers, as their count, their sum and the sum of their squares.
///
/// Decimals below 2^63 units with at most nine digits behind the point are summed as integers: 2^62 of them have a sum below 2^155
/// and squares below 2^248 units. Other numbers are summed as floats, their squares with the part that a float would round.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    count: u64,
    /// The largest scale of any decimal that was added.
    scale: u8,
    /// In units of `scale`.
    sum: I256,
    /// In units of twice the `scale`.
    squares: I256,
    floats: Option<Box<(FloatSum, FloatSum)>>,
    /// Whether the square of a number was beyond all floats.
    is_beyond: bool,
}

impl Spread {
    /// Adds a number.
    pub fn add(&mut self, number: Number) {
        self.count += 1;
        match number {
            Number::Decimal { units, scale } if scale <= MAX_SCALE && fits(units) => {
                let units = I256::from(units);
                self.add_decimals(units, units * units, scale);
            }
            other => self.add_float(other.to_f64()),
        }
    }

    fn add_decimals(&mut self, sum: I256, squares: I256, scale: u8) {
        let common = self.scale.max(scale);
        let factor = |scale: u8| I256::from(power(common - scale));
        let (ours, theirs) = (factor(self.scale), factor(scale));
        self.sum = self.sum * ours + sum * theirs;
        self.squares = self.squares * ours * ours + squares * theirs * theirs;
        self.scale = common;
    }

    #[cold]
    fn add_float(&mut self, value: f64) {
        let square = value * value;
        if !square.is_finite() {
            self.is_beyond = true;
            return;
        }
        let (sum, squares) = &mut **self.floats.get_or_insert_default();
        sum.add(value);
        squares.add(square);
        squares.add(value.mul_add(value, -square));
    }

    /// Adds all that `other` was given.
    pub fn merge(&mut self, other: &Spread) {
        self.count = self.count.saturating_add(other.count);
        self.add_decimals(other.sum, other.squares, other.scale);
        if let Some(theirs) = &other.floats {
            let (sum, squares) = &mut **self.floats.get_or_insert_default();
            sum.merge(&theirs.0);
            squares.merge(&theirs.1);
        }
        self.is_beyond |= other.is_beyond;
    }

    /// Whether there were numbers that are rounded themselves, or that no float can hold the square of.
    pub fn is_rounded(&self) -> bool {
        self.floats.is_some() || self.is_beyond
    }

    /// The standard deviation of a sample: the root of the sum of squared differences from the mean, divided by one less than there
    /// are numbers. Nothing for fewer than two, and if a square is beyond all floats.
    pub fn deviation(&self) -> Option<Number> {
        if self.count < 2 || self.is_beyond {
            return None;
        }
        let variance = match self.floats {
            None => self.exact_variance(),
            Some(_) => None,
        };
        let variance = match variance {
            Some(variance) => variance,
            None => self.variance()?,
        };
        Number::float(variance.root()).map(Number::trimmed)
    }

    /// The variance of decimals; none if it needs integers that are too wide.
    fn exact_variance(&self) -> Option<Double> {
        let count = I256::from(self.count);
        let squares = self.squares.checked_mul(count)?;
        let difference = squares.checked_sub(self.sum.checked_mul(self.sum)?)?;
        let divisor = count * (count - 1) * I256::from(power(2 * self.scale));
        Some(Double::of_integer(difference).divided_by(Double::of_integer(divisor)))
    }

    /// The variance in numbers of twice the width of floats.
    #[allow(clippy::cast_precision_loss)]
    fn variance(&self) -> Option<Double> {
        let factor = power(self.scale) as f64;
        let mut sum = Double::of_integer(self.sum);
        let mut squares = Double::of_integer(self.squares);
        if let Some(floats) = &self.floats {
            sum = sum.plus(Double::of_sum(&floats.0)?.times(Double(factor, 0.0)));
            let factor = Double(factor * factor, 0.0);
            squares = squares.plus(Double::of_sum(&floats.1)?.times(factor));
        }
        let count = Double::of_integer(I256::from(self.count));
        let square = sum.times(sum);
        let difference = squares.times(count).plus(Double(-square.0, -square.1));
        let divisor = count.times(Double::of_integer(I256::from(self.count - 1)));
        let variance = difference.divided_by(divisor.times(Double(factor * factor, 0.0)));
        variance.0.is_finite().then_some(variance)
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let floats = self.floats.as_ref();
        floats.map_or(0, |_| size_of::<(FloatSum, FloatSum)>())
    }

    /// Appends it as bytes, the same for equal ones.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&[self.scale, u8::from(self.is_beyond)]);
        out.extend_from_slice(&self.sum.to_le_bytes());
        out.extend_from_slice(&self.squares.to_le_bytes());
        if let Some(floats) = &self.floats {
            floats.0.encode(out);
            floats.1.encode(out);
        }
    }

    /// Reads what [`Spread::encode`] wrote, all of it.
    pub fn decode(bytes: &[u8]) -> Option<Spread> {
        let (count, rest) = bytes.split_first_chunk::<8>()?;
        let ([scale, is_beyond], rest) = rest.split_first_chunk::<2>()?;
        let (sum, rest) = rest.split_first_chunk::<32>()?;
        let (squares, rest) = rest.split_first_chunk::<32>()?;
        let (sum, squares) = (I256::from_le_bytes(*sum), I256::from_le_bytes(*squares));
        let count = u64::from_le_bytes(*count);
        if count >= 1 << 62 || *scale > MAX_SCALE || *is_beyond > 1 {
            return None;
        }
        // No numbers can have made more; at another scale it would overflow.
        let limit = I256::from(power(*scale)) << 125_u32;
        let square_limit = I256::from(power(2 * *scale)) << 188_u32;
        if sum.abs() >= limit || squares < 0 || squares >= square_limit {
            return None;
        }
        let floats = match rest.len() {
            0 => None,
            length if length % 2 == 0 => {
                let (sum, squares) = rest.split_at(length / 2);
                let sums = (FloatSum::decode(sum)?, FloatSum::decode(squares)?);
                Some(Box::new(sums))
            }
            _ => return None,
        };
        Some(Spread {
            count,
            scale: *scale,
            sum,
            squares,
            floats,
            is_beyond: *is_beyond == 1,
        })
    }
}

fn fits(units: i128) -> bool {
    units.unsigned_abs() < 1 << 63
}

/// A number as the sum of two floats, of which the second is what the first rounds off. After Dekker, "A floating-point technique for
/// extending the available precision" (1971).
#[derive(Clone, Copy, Debug)]
struct Double(f64, f64);

impl Double {
    fn of_integer(integer: I256) -> Double {
        if integer == 0 {
            return Double(0.0, 0.0);
        }
        let high = ratio(integer, I256::from(1));
        Double(high, ratio(integer - whole_number(high), I256::from(1)))
    }

    /// None if it is beyond all floats.
    fn of_sum(sum: &FloatSum) -> Option<Double> {
        let high = sum.round(0);
        if !high.is_finite() {
            return None;
        }
        let mut rest = sum.clone();
        rest.add(-high);
        Some(Double(high, rest.round(0)))
    }

    fn plus(self, other: Double) -> Double {
        let (high, low) = two_sum(self.0, other.0);
        let (more, rest) = two_sum(self.1, other.1);
        let (high, low) = two_sum(high, low + more);
        let (high, low) = two_sum(high, low + rest);
        Double(high, low)
    }

    fn divided_by(self, other: Double) -> Double {
        let quotient = self.0 / other.0;
        let product = other.times(Double(quotient, 0.0));
        let rest = self.plus(Double(-product.0, -product.1));
        let (high, low) = two_sum(quotient, rest.0 / other.0);
        Double(high, low)
    }

    /// The square root as one float; that of a negative number, which only rounding can make, is 0.
    fn root(self) -> f64 {
        if self.0 <= 0.0 {
            return 0.0;
        }
        let root = self.0.sqrt();
        root + ((-root).mul_add(root, self.0) + self.1) / (2.0 * root)
    }

    fn times(self, other: Double) -> Double {
        let high = self.0 * other.0;
        let low = self.0.mul_add(other.0, -high) + (self.0 * other.1 + self.1 * other.0);
        let (high, low) = two_sum(high, low);
        Double(high, low)
    }
}

/// The sum, and what it rounds off.
fn two_sum(one: f64, other: f64) -> (f64, f64) {
    let sum = one + other;
    let part = sum - one;
    (sum, (one - (sum - part)) + (other - part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(texts: &[&str]) -> Spread {
        let mut spread = Spread::default();
        for text in texts {
            spread.add(Number::parse(text.as_bytes()).expect("a number"));
        }
        spread
    }

    fn shown(texts: &[&str]) -> Option<String> {
        of(texts).deviation().map(|number| number.to_string())
    }

    /// The values are those of `statistics.stdev` of Python 3.11 of fractions.
    #[test]
    fn deviations_are_those_of_exact_fractions() {
        for (texts, expected) in [
            (&["1", "2", "4"][..], "1.5275252316519468"),
            (
                &["2", "4", "4", "4", "5", "5", "7", "9"],
                "2.138089935299395",
            ),
            (&["0.1", "0.2", "0.4"], "0.15275252316519466"),
            (&["1000000000.1", "1000000000.2", "1000000000.3"], "0.1"),
            (&["5", "5", "5"], "0"),
            (&["1e15", "1000000000000001"], "0.7071067811865476"),
            (&["-3", "4"], "4.949747468305833"),
        ] {
            assert_eq!(shown(texts).as_deref(), Some(expected), "{texts:?}");
        }
        // Numbers with more digits than decimals have are floats. Their mean does not swallow their differences.
        let close = ["1e30", "1.0000000000000002e30", "1.0000000000000004e30"];
        let found: f64 = shown(&close).expect("a number").parse().expect("a float");
        assert!(
            (found / 2.251_799_813_685_248e14 - 1.0).abs() < 0.2,
            "{found}"
        );
        assert!(of(&close).is_rounded() && !of(&["1", "2"]).is_rounded());
    }

    #[test]
    fn too_few_numbers_and_numbers_out_of_range_have_none() {
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(&["7"]), None);
        assert_eq!(shown(&["1e200", "1"]), None);
        assert!(of(&["1e200", "1"]).is_rounded());
    }

    #[test]
    fn wide_sums_are_computed_in_wider_floats() {
        let mut spread = Spread::default();
        for number in [4_000_000_000_000_000_000_i64, 4_000_000_000_000_000_001] {
            for _ in 0..1000 {
                spread.add(Number::from(number));
            }
        }
        spread.merge(&of(&["0.000000001"]));
        let found = spread.deviation().expect("a number").to_f64();
        // sqrt(Σ(x - mean)² / (n - 1)) of 2,000 numbers of 4e18 and one of nearly zero.
        let expected = 4e18 * (2000.0_f64 / 2001.0 / 2000.0 * 1.0).sqrt();
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
    }

    proptest! {
        #[test]
        fn order_and_cuts_do_not_matter(numbers in prop::collection::vec((any::<i64>(), 0_u8..19, any::<bool>()), 0..12), cut in 0_usize..12) {
            let numbers: Vec<Number> = numbers.into_iter().map(|(units, scale, is_float)| match is_float {
                true => Number::Float(units as f64 * 1e-3),
                false => Number::decimal(units.into(), scale).expect("a decimal"),
            }).collect();
            let add = |numbers: &[Number]| {
                let mut spread = Spread::default();
                numbers.iter().for_each(|number| spread.add(*number));
                spread
            };
            let bytes = |spread: &Spread| { let mut out = Vec::new(); spread.encode(&mut out); out };
            let cut = cut.min(numbers.len());
            let mut parts = add(&numbers[cut..]);
            parts.merge(&add(&numbers[..cut]));
            let whole = add(&numbers);
            prop_assert_eq!(bytes(&parts), bytes(&whole));
            let back = Spread::decode(&bytes(&whole)).expect("it was written");
            prop_assert_eq!(bytes(&back), bytes(&whole));
        }

        /// Two passes over floats are the model; numbers are small enough for them to be exact to many digits.
        #[test]
        fn agrees_with_two_passes(numbers in prop::collection::vec(-10_000_i64..10_000, 2..30), scale in 0_u8..4) {
            let divisor = 10_f64.powi(scale.into());
            let floats: Vec<f64> = numbers.iter().map(|number| *number as f64 / divisor).collect();
            let count = floats.len() as f64;
            let mean = floats.iter().sum::<f64>() / count;
            let squares: f64 = floats.iter().map(|float| (float - mean).powi(2)).sum();
            let expected = (squares / (count - 1.0)).sqrt();
            let mut spread = Spread::default();
            for number in &numbers {
                spread.add(Number::decimal((*number).into(), scale).expect("a decimal"));
            }
            let found = spread.deviation().expect("a number").to_f64();
            prop_assert!((found - expected).abs() <= 1e-9 * expected.max(1e-3), "{} {}", found, expected);
            // The same as floats.
            let mut spread = Spread::default();
            floats.iter().for_each(|float| spread.add(Number::Float(*float)));
            let found = spread.deviation().expect("a number").to_f64();
            prop_assert!((found - expected).abs() <= 1e-9 * expected.max(1e-3), "{} {}", found, expected);
        }

        #[test]
        fn damaged_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
            let _ = Spread::decode(&bytes).map(|spread| spread.deviation());
        }
    }
}
