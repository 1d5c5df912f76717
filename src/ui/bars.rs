//! Bars beside a table that compare the numbers of one column.

use crate::record::{Cell, Value};

/// The least length of the longest bar, in columns.
const SHORTEST: usize = 10;

/// The greatest length.
const LONGEST: usize = 40;

/// Parts of a column, in eighths; a whole column is `█`.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar for each row, in at most `room` columns. None if there is too little room, nothing to compare, or a value that is
/// not a number of at least zero.
pub(super) fn draw(rows: &[Vec<Cell>], column: usize, room: usize) -> Option<Vec<String>> {
    let room = room.min(LONGEST);
    if room < SHORTEST || rows.len() < 2 {
        return None;
    }
    let length = |row: &Vec<Cell>| length(&row.get(column)?.value);
    let lengths = rows.iter().map(length).collect::<Option<Vec<f64>>>()?;
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    if longest == 0.0 {
        return None;
    }
    let bar = |length: f64| {
        let eighths = (length / longest * (room * 8) as f64).round() as usize;
        // Small values have at least the shortest bar.
        bar(if length > 0.0 { eighths.max(1) } else { 0 })
    };
    Some(lengths.into_iter().map(bar).collect())
}

fn bar(eighths: usize) -> String {
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The value of a cell as a length.
fn length(value: &Value<'_>) -> Option<f64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::Digits(digits) => std::str::from_utf8(digits).ok()?.to_owned(),
        _ => return None,
    };
    text.parse()
        .ok()
        .filter(|length: &f64| length.is_finite() && *length >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: &[&'static str]) -> Vec<Vec<Cell>> {
        let cell = |digits: &&'static str| Cell::exact(Value::Digits(digits.as_bytes().into()));
        numbers.iter().map(|digits| vec![cell(digits)]).collect()
    }

    #[test]
    fn bars_are_proportional_to_the_largest_number() {
        let drawn = draw(&rows(&["160", "81", "0", "0.001", "79.9"]), 0, 11);
        assert_eq!(drawn.unwrap(), ["███████████", "█████▋", "", "▏", "█████▌"]);
        assert_eq!(
            draw(&rows(&["1", "1"]), 0, usize::MAX).unwrap()[0]
                .chars()
                .count(),
            LONGEST
        );
    }

    #[test]
    fn bars_need_room_and_several_numbers() {
        assert!(draw(&rows(&["2", "1"]), 0, 10).is_some());
        assert!(draw(&rows(&["2", "1"]), 0, 9).is_none());
        for numbers in [
            &["1"][..],
            &["1", "-1"],
            &["0", "0"],
            &["1", "1e400"],
            &["1", "x"],
        ] {
            assert!(draw(&rows(numbers), 0, 80).is_none(), "{numbers:?}");
        }
        assert!(draw(&rows(&["2", "1"]), 1, 80).is_none());
        assert!(draw(&[vec![Cell::default()], rows(&["1"]).remove(0)], 0, 80).is_none());
    }
}
