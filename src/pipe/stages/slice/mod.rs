//! `slice`: a part of the stream, counted from its beginning or its end. `head` and `tail` are two cases of it.
//!
//! No more is kept in memory than what cannot be decided yet: for a part that ends before the last N, N lines or bytes.

pub(super) mod bounds;
pub(super) mod bytes;
pub(super) mod units;

use clap::{ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use bounds::Bounds;
use bytes::Bytes;
use units::Units;

#[derive(Args)]
struct Slice {
    /// FROM:TO, both included, counted from 1; negative numbers count from the end, and either may be left out
    #[arg(value_name = "RANGE", value_parser = Bounds::parse, allow_hyphen_values = true)]
    range: Bounds,

    /// Count bytes instead of lines, items or records
    #[arg(short = 'c', long)]
    bytes: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "slice",
    summary: "Keep the lines, items, records or bytes of a range",
    family: Family::Framing,
    define: Slice::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["2:3"],
            input: "a\nb\nc\nd\n",
            output: "b\nc\n",
        },
        Example {
            words: &["-2:"],
            input: "a\nb\nc\nd\n",
            output: "c\nd\n",
        },
        Example {
            words: &["2:-2"],
            input: "header\na\nb\ntotal\n",
            output: "a\nb\n",
        },
        Example {
            words: &["-c", "3:-3"],
            input: "<<text>>",
            output: "text",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Slice>(matches);
    part(asked.range, asked.bytes, input)
}

/// A stage that keeps a part, in bytes or in whatever the stream consists of.
pub(super) fn part(bounds: Bounds, in_bytes: bool, input: Kind) -> Result<Opened, Refused> {
    match in_bytes {
        true if input == Kind::Records => Err(Refused::new("it cannot count the bytes of records")),
        true => Ok(Opened::same(Work::Bytes(Box::new(Bytes::new(bounds))))),
        false => Ok(Opened::same(Work::Units(Box::new(Units::new(bounds))))),
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    /// The part of a list that a range names, as Python would cut it: `list[from - 1:to]`, or `list[from:]` and so on.
    fn expected(lines: &[&str], from: i64, to: i64) -> String {
        let place = |number: i64, is_end: bool| match number {
            1.. => number - i64::from(!is_end),
            _ => lines.len() as i64 + number + i64::from(is_end),
        };
        let all = 0..lines.len() as i64;
        let (start, end) = (place(from, false), place(to, true));
        all.filter(|&index| start <= index && index < end)
            .map(|index| lines[index as usize])
            .collect()
    }

    #[test]
    fn every_range_of_a_short_stream_is_right() {
        let lines = ["a\n", "b\n", "c\n", "d\n", "e\n"];
        for length in 0..=lines.len() {
            let lines = &lines[..length];
            let input = lines.concat();
            let numbers = || (-7..=7).filter(|&number| number != 0);
            for (from, to) in numbers().flat_map(|from| numbers().map(move |to| (from, to))) {
                let range = format!("{from}:{to}");
                let output = run_cut(&["slice", &range], input.as_bytes(), 3).unwrap();
                let output = String::from_utf8(output).unwrap();
                assert_eq!(output, expected(lines, from, to), "{range} of {length}");
                // Bytes: the same with one letter for each line.
                let letters = input.replace('\n', "");
                for size in [1, 2, 100] {
                    let output = run_cut(&["slice", "-c", &range], letters.as_bytes(), size);
                    let output = String::from_utf8(output.unwrap()).unwrap();
                    let wanted = expected(lines, from, to).replace('\n', "");
                    assert_eq!(output, wanted, "{range} of {length} letters");
                }
            }
        }
    }

    #[test]
    fn the_last_bytes_of_a_long_stream_are_right() {
        let input: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        for size in [1000, 70_000, 1 << 20] {
            for last in [1, 999, 100_000] {
                let range = format!("-{last}:");
                let output = run_cut(&["slice", "-c", &range], &input, size).unwrap();
                assert_eq!(
                    output,
                    input[input.len() - last..],
                    "{last} in pieces of {size}"
                );
            }
        }
    }
}
