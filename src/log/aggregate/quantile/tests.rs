//! Percentiles against sorted lists.

use super::buckets::bucket;
use super::*;
use proptest::prelude::*;

const SHARES: [(u32, u32); 6] = [
    (0, 100),
    (1, 100),
    (50, 100),
    (99, 100),
    (999, 1000),
    (100, 100),
];

fn answer(values: &Values, (numerator, denominator): (u32, u32)) -> (f64, bool) {
    let cell = values.finish(Parameters([numerator, denominator]));
    (cell.value.number().unwrap().to_f64(), cell.approx)
}

proptest! {
    #[test]
    fn few_values_are_exact(mut numbers in prop::collection::vec(-1000_i64..1000, 1..200)) {
        let mut values = Values::default();
        numbers.iter().for_each(|number| values.add_number(Number::from(*number), 1));
        numbers.sort_unstable();
        for (numerator, denominator) in SHARES {
            let rank = (numbers.len() * numerator as usize).div_ceil(denominator as usize).max(1);
            prop_assert_eq!(answer(&values, (numerator, denominator)), (numbers[rank - 1] as f64, false));
        }
    }

    #[test]
    fn buckets_sort_as_numbers_do(left in any::<f64>(), right in any::<f64>()) {
        prop_assume!(left.is_finite() && right.is_finite() && left < right);
        prop_assert!(bucket(left) <= bucket(right));
    }
}

#[test]
fn many_values_are_near() {
    let mut values = Values::default();
    let numbers: Vec<f64> = (0..20_000_u64)
        .map(|n| ((n * 7_919) % 20_011) as f64 / 7.0 - 300.0)
        .collect();
    numbers
        .iter()
        .for_each(|number| values.add_number(Number::float(*number).unwrap(), 1));
    let mut sorted = numbers;
    sorted.sort_unstable_by(f64::total_cmp);
    for (numerator, denominator) in SHARES {
        let rank = (sorted.len() * numerator as usize)
            .div_ceil(denominator as usize)
            .max(1);
        let (found, approx) = answer(&values, (numerator, denominator));
        let true_value = sorted[rank - 1];
        assert!(
            approx && (found - true_value).abs() <= 0.005 * true_value.abs(),
            "{found} {true_value}"
        );
    }
}
