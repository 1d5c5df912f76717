//! What decides between rows, and that it is the same in any order.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::log::aggregate::row::Rows;
use crate::log::batch::Values;
use crate::record::Timestamp;

/// A row: a time, perhaps, its offset and its value.
type Seen = (Option<i64>, u64, &'static str);

fn state<const LAST: bool>(rows: &[Seen]) -> End<LAST> {
    let mut state = End::<LAST>::default();
    for (seconds, offset, text) in rows {
        let value = Value::Text(Cow::Borrowed(text.as_bytes()));
        let time = match seconds {
            Some(seconds) => Value::Time(Timestamp::new(*seconds, 0, 0).expect("a time")),
            None => Value::Missing,
        };
        let rows = Rows {
            arguments: &[Values::same(&value)],
            times: Some(Values::same(&time)),
            input: 0,
            offsets: &[*offset],
        };
        state.add(rows.row(0)).expect("any value fits");
    }
    state
}

fn answer<const LAST: bool>(state: &End<LAST>) -> String {
    let cell = state.finish(Parameters::default());
    String::from_utf8_lossy(&cell.value.bytes()).into_owned()
}

#[test]
fn the_time_decides_then_the_value_and_without_times_the_place() {
    for (rows, first, last) in [
        (
            &[(Some(9), 0, "a"), (Some(3), 1, "b"), (Some(5), 2, "c")][..],
            "b",
            "a",
        ),
        (
            &[(Some(3), 0, "b"), (Some(3), 1, "c"), (Some(3), 2, "a")],
            "a",
            "c",
        ),
        (&[(None, 0, "b"), (None, 1, "c"), (None, 2, "a")], "b", "a"),
        (
            &[(None, 0, "b"), (Some(-5), 1, "c"), (None, 2, "a")],
            "c",
            "c",
        ),
        (&[], "", ""),
    ] {
        assert_eq!(answer(&state::<false>(rows)), first, "{rows:?}");
        assert_eq!(answer(&state::<true>(rows)), last, "{rows:?}");
    }
}

proptest! {
    /// Sorting all rows decides.
    #[test]
    fn any_split_and_any_order_give_the_same(
        rows in prop::collection::vec((prop::option::of(-2_i64..3), prop::sample::select(vec!["a", "b", "10", "9"])), 1..12),
        cut in 0_usize..12,
    ) {
        let rows: Vec<Seen> = rows.iter().zip(0..).map(|((time, text), offset)| (*time, offset, *text)).collect();
        let order = |row: &Seen| match row.0 {
            Some(time) => (time, 0),
            None => (0, row.1),
        };
        let has_times = rows.iter().any(|row| row.0.is_some());
        let mut best: Vec<Seen> = rows.iter().copied().filter(|row| row.0.is_some() || !has_times).collect();
        let rank = |text: &str| ["9", "10", "a", "b"].iter().position(|known| *known == text);
        best.sort_by_key(|row| (order(row), rank(row.2)));
        let (parts, rest) = rows.split_at(cut.min(rows.len()));
        let mut first = state::<false>(rest);
        first.merge(state::<false>(parts));
        prop_assert_eq!(answer(&first), best[0].2);
        let mut last = state::<true>(rest);
        last.merge(state::<true>(parts));
        prop_assert_eq!(answer(&last), best[best.len() - 1].2);
        let mut bytes = Vec::new();
        last.encode(&mut bytes);
        let back = End::<true>::decode(&bytes).expect("it was encoded");
        prop_assert_eq!(answer(&back), answer(&last));
        let mut whole = Vec::new();
        state::<true>(&rows).encode(&mut whole);
        prop_assert_eq!(bytes, whole);
    }
}

#[test]
fn damaged_states_are_refused() {
    let mut bytes = Vec::new();
    state::<true>(&[(None, 7, "a")]).encode(&mut bytes);
    for length in 1..bytes.len() {
        assert!(End::<true>::decode(&bytes[..length]).is_err(), "{length}");
    }
    bytes[0] = 2;
    assert!(End::<true>::decode(&bytes).is_err());
}
