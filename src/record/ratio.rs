//! Wide integers to the nearest float.

use ethnum::I256;

/// The float nearest to `numerator / denominator`, ties to even. The denominator is positive and below 2^199.
pub(super) fn ratio(numerator: I256, denominator: I256) -> f64 {
    let (mut numerator_size, mut denominator) =
        (numerator.unsigned_abs(), denominator.unsigned_abs());
    let bits = |value: ethnum::U256| 256 - i64::from(value.leading_zeros());
    if bits(numerator_size) == 0 {
        return 0.0;
    }
    // The quotient gets 55 or 56 bits, two or three more than a float holds; a last bit is set if there is a remainder.
    let shift = 55 - (bits(numerator_size) - bits(denominator));
    let places = u32::try_from(shift.unsigned_abs()).unwrap_or(u32::MAX);
    if shift > 0 {
        numerator_size <<= places;
    } else {
        denominator <<= places;
    }
    let quotient = numerator_size / denominator;
    let is_inexact = numerator_size % denominator != 0;
    let rounded = ((quotient.as_u64() << 1) | u64::from(is_inexact)) as f64;
    let value = scaled(rounded, -shift - 1);
    if numerator < 0 { -value } else { value }
}

/// `value` × 2^`exponent`, rounded once at most: in steps that stay exact until the last.
pub(super) fn scaled(mut value: f64, mut exponent: i64) -> f64 {
    let power = |exponent: i64| f64::from_bits(u64::try_from(exponent + 1023).unwrap_or(0) << 52);
    while exponent > 1000 {
        value *= power(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        // A value of 64 bits or fewer above the lowest float: the first step cannot reach the subnormal range.
        value *= power(-900);
        exponent += 900;
    }
    value * power(exponent)
}
