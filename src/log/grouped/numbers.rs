//! Arguments of aggregates as numbers.

use std::mem;

use crate::expr::operand::number;
use crate::record::{Bad, Number, Value};

/// Stores the number of a value, or that it is missing. The parts of a number are stored where they stay: copying the whole
/// value right afterwards would stall on the stores.
#[inline(always)]
pub(super) fn put_number(
    value: &Value<'_>,
    ready: &mut Value<'static>,
    argument: &str,
) -> Result<(), Bad> {
    match value {
        Value::Missing => put(Value::Missing, ready),
        Value::Digits(text) | Value::Text(text) => match Number::parse(text) {
            Some(Number::Decimal { units, scale }) => {
                put(Value::Number(Number::Decimal { units, scale }), ready);
            }
            Some(Number::Float(float)) => put(Value::Number(Number::Float(float)), ready),
            None if value.is_missing() => put(Value::Missing, ready),
            None => return Err(no_number(value, argument)),
        },
        other => match other.number() {
            Some(number) => put(Value::Number(number), ready),
            None => return Err(no_number(value, argument)),
        },
    }
    Ok(())
}

/// Puts a number where there have only been numbers, which own nothing and need not be dropped.
#[inline(always)]
fn put(number: Value<'static>, ready: &mut Value<'static>) {
    mem::forget(mem::replace(ready, number));
}

#[cold]
fn no_number(value: &Value<'_>, argument: &str) -> Bad {
    let reason = number(value).err().map(|bad| bad.reason);
    Bad::new(format!("{argument}: {}", reason.unwrap_or_default()))
}
