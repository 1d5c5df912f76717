//! Arguments of aggregates as numbers.

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
        Value::Missing => *ready = Value::Missing,
        Value::Digits(text) | Value::Text(text) => match Number::parse(text) {
            Some(Number::Decimal { units, scale }) => {
                *ready = Value::Number(Number::Decimal { units, scale });
            }
            Some(Number::Float(float)) => *ready = Value::Number(Number::Float(float)),
            None if **text == *b"-" => *ready = Value::Missing,
            None => return Err(no_number(value, argument)),
        },
        other => match other.number() {
            Some(number) => *ready = Value::Number(number),
            None => return Err(no_number(value, argument)),
        },
    }
    Ok(())
}

#[cold]
fn no_number(value: &Value<'_>, argument: &str) -> Bad {
    let reason = number(value).err().map(|bad| bad.reason);
    Bad::new(format!("{argument}: {}", reason.unwrap_or_default()))
}
