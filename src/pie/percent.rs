//! Percentages that add up to 100.

/// Shares that add up to 1 as percentages with `digits` decimal places that add up to exactly 100 (largest remainder method:
/// all are rounded down, then those with the largest remainders get one unit each, the first of equals first). A share that
/// rounds to zero is shown as less than one unit.
pub(super) fn percents(shares: &[f64], digits: usize) -> Vec<String> {
    let unit = 10_u64.pow(digits as u32);
    let whole = 100 * unit;
    let exact: Vec<f64> = shares.iter().map(|share| share * whole as f64).collect();
    let mut counts: Vec<u64> = exact.iter().map(|exact| *exact as u64).collect();
    let given: u64 = counts.iter().sum();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| {
        exact[*b]
            .fract()
            .total_cmp(&exact[*a].fract())
            .then(a.cmp(b))
    });
    let left = whole.saturating_sub(given) as usize;
    for index in order.into_iter().cycle().take(left.min(2 * shares.len())) {
        counts[index] += 1;
    }
    counts
        .iter()
        .zip(shares)
        .map(|(count, share)| match count {
            0 if *share > 0.0 => format!("<{}%", format_units(1, digits, unit)),
            _ => format!("{}%", format_units(*count, digits, unit)),
        })
        .collect()
}

fn format_units(count: u64, digits: usize, unit: u64) -> String {
    match digits {
        0 => count.to_string(),
        _ => format!("{}.{:0digits$}", count / unit, count % unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn remainders_go_to_the_largest_first() {
        let third = 1.0 / 3.0;
        assert_eq!(percents(&[third, third, third], 0), ["34%", "33%", "33%"]);
        assert_eq!(
            percents(&[third, third, third], 1),
            ["33.4%", "33.3%", "33.3%"]
        );
        assert_eq!(
            percents(&[0.125, 0.875], 0),
            ["13%", "87%"],
            "the first of equal remainders is rounded up"
        );
        assert_eq!(percents(&[1.0], 0), ["100%"]);
        assert_eq!(percents(&[1.0 - 1e-24, 1e-24], 1), ["100.0%", "<0.1%"]);
        assert_eq!(percents(&[], 0), [""; 0]);
    }

    proptest! {
        #[test]
        fn percentages_add_up_to_100(values in prop::collection::vec(0.0_f64..1e6, 1..40), digits in 0_usize..4) {
            let total: f64 = values.iter().sum();
            prop_assume!(total > 0.0);
            let shares: Vec<f64> = values.iter().map(|value| value / total).collect();
            let sum: f64 = percents(&shares, digits)
                .iter()
                .filter(|text| !text.starts_with('<'))
                .map(|text| text.trim_end_matches('%').parse::<f64>().unwrap())
                .sum();
            prop_assert!((sum - 100.0).abs() < 1e-6, "{sum}");
        }
    }
}
