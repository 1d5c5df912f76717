//! `rate`: rows a second. In time buckets the time is their width, otherwise that from the first to the last row of the group.

use std::time::Duration;

use super::column::column;
use super::row::Row;
use super::spec::{Example, Family, ReadsTime, Sample, Spec, Takes};
use super::state::{Damaged, Parameters, State, Unfit};
use crate::record::{Cell, Number, Timestamp, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "rate",
    summary: "Compute rows per second, or per second those for which a condition is true: rate(status >= 500)",
    required: 0,
    is_reserved: false,
    examples: &[Example {
        name: "rate",
        values: &["true"],
        answer: "",
    }],
    ..Spec::usual(&[Takes::Condition], &FAMILY)
};

static FAMILY: Family = Family {
    name: "rate",
    id: 11,
    version: 1,
    oldest: 1,
    time: ReadsTime::Always,
    column: column::<Rate>,
    forms: &[("empty", Sample::Values(&[])), ("some", Sample::UpTo(300))],
};

impl Parameters {
    /// For `rate` in time buckets of this width.
    pub(in crate::log) fn of_bucket(width: Duration) -> Parameters {
        let seconds = u32::try_from(width.as_secs()).unwrap_or(u32::MAX);
        Parameters([seconds, width.subsec_nanos()])
    }
}

/// Nanoseconds since the epoch.
type Nanos = i128;

#[derive(Clone, Default)]
struct Rate {
    count: u64,
    /// The times of the first and the last row, whether they were counted or not.
    range: Option<Box<(Nanos, Nanos)>>,
}

impl Rate {
    fn extend(&mut self, first: Nanos, last: Nanos) {
        let range = self.range.get_or_insert_with(|| Box::new((first, last)));
        **range = (range.0.min(first), range.1.max(last));
    }

    /// The length of the time that is looked at, in nanoseconds.
    fn nanos(&self, parameters: Parameters) -> Nanos {
        let Parameters([seconds, nanos]) = parameters;
        let width = Duration::new(seconds.into(), nanos);
        match (&self.range, width.is_zero()) {
            (_, false) => Nanos::try_from(width.as_nanos()).unwrap_or(Nanos::MAX),
            (Some(range), true) => range.1 - range.0,
            (None, true) => 0,
        }
    }
}

impl State for Rate {
    fn add(&mut self, row: Row<'_>) -> Result<(), Unfit> {
        self.add_times(row, 1)
    }

    fn add_times(&mut self, row: Row<'_>, times: u64) -> Result<(), Unfit> {
        let Value::Bool(holds) = row.value() else {
            return Err(Unfit);
        };
        if times > 0
            && let Some(time) = row.time().map(Timestamp::nanos_since_epoch)
        {
            self.extend(time, time);
        }
        self.count += if *holds { times } else { 0 };
        Ok(())
    }

    fn merge(&mut self, other: Rate) {
        self.count = self.count.saturating_add(other.count);
        if let Some(range) = other.range {
            self.extend(range.0, range.1);
        }
    }

    fn finish(&self, parameters: Parameters) -> Cell {
        let units = self.nanos(parameters);
        let seconds = Number::Decimal { units, scale: 9 }.trimmed();
        let rate = Number::from(self.count).checked_div(seconds);
        Cell::exact(rate.map_or(Value::Missing, Value::Number))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.count.to_le_bytes());
        if let Some(range) = &self.range {
            out.extend_from_slice(&range.0.to_le_bytes());
            out.extend_from_slice(&range.1.to_le_bytes());
        }
    }

    fn decode(bytes: &[u8]) -> Result<Rate, Damaged> {
        let (count, rest) = bytes.split_first_chunk().ok_or(Damaged)?;
        let count = u64::from_le_bytes(*count);
        // Implausible numbers are refused so that computing with them cannot overflow.
        let is_plausible = |nanos: Nanos| nanos.unsigned_abs() < 1 << 100;
        let range = match rest.as_chunks::<16>() {
            ([], []) => None,
            ([first, last], []) => {
                let (first, last) = (Nanos::from_le_bytes(*first), Nanos::from_le_bytes(*last));
                if first > last || !is_plausible(first) || !is_plausible(last) {
                    return Err(Damaged);
                }
                Some(Box::new((first, last)))
            }
            _ => return Err(Damaged),
        };
        match count < 1 << 62 {
            true => Ok(Rate { count, range }),
            false => Err(Damaged),
        }
    }

    fn heap_bytes(&self) -> usize {
        self.range
            .as_ref()
            .map_or(0, |_| size_of::<(Nanos, Nanos)>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_divided_by_the_width_or_by_the_time_between_them() {
        let rate = |count, range: Option<(Nanos, Nanos)>, parameters| {
            let range = range.map(Box::new);
            let cell = Rate { count, range }.finish(parameters);
            String::from_utf8_lossy(&cell.value.bytes()).into_owned()
        };
        let second = 1_000_000_000;
        let none = Parameters::default();
        assert_eq!(rate(5, Some((0, 2 * second)), none), "2.5");
        assert_eq!(rate(5, Some((second, second)), none), "");
        assert_eq!(rate(5, None, none), "");
        let five_minutes = Parameters::of_bucket(Duration::from_secs(300));
        assert_eq!(rate(60, Some((0, second)), five_minutes), "0.2");
        assert_eq!(rate(0, None, five_minutes), "0");
        let half = Parameters::of_bucket(Duration::from_millis(500));
        assert_eq!(rate(3, None, half), "6");
    }
}
