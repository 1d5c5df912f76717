//! `tail`: the last lines, items, records or bytes.

use clap::{ArgMatches, Args};

use super::slice::bounds::Bounds;
use super::slice::part;
use crate::expr::literals;
use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, arguments};

#[derive(Args)]
struct Tail {
    /// Keep the last N lines, items or records; +N for all from the Nth on
    #[arg(short = 'n', long, value_name = "N", default_value = "10", value_parser = count, allow_hyphen_values = true, conflicts_with = "bytes")]
    lines: Bounds,

    /// Keep the last SIZE bytes; +N for all from the Nth on
    #[arg(short = 'c', long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true)]
    bytes: Option<Bounds>,
}

pub(super) static SPEC: Spec = Spec {
    name: "tail",
    summary: "Keep the last N lines, items or records",
    family: Family::Framing,
    define: Tail::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["-n", "1"],
            input: "a\nb\nc\n",
            output: "c\n",
        },
        Example {
            words: &["-n", "+2"],
            input: "header\na\nb\n",
            output: "a\nb\n",
        },
    ],
};

fn count(text: &str) -> Result<Bounds, String> {
    let wrong = |_| format!("invalid number of lines '{text}': expected N or +N");
    match text.strip_prefix('+') {
        Some(from) => from.parse().map(from_place).map_err(wrong),
        None => last(text).parse().map(Bounds::last).map_err(wrong),
    }
}

fn size(text: &str) -> Result<Bounds, String> {
    match text.strip_prefix('+') {
        Some(from) => literals::size(from).map(from_place),
        None => literals::size(last(text)).map(Bounds::last),
    }
}

/// A number from the end; tail(1) takes it with a minus sign, too.
fn last(text: &str) -> &str {
    text.strip_prefix('-').unwrap_or(text)
}

/// From a place on, counted from 1; 0 is the same, as in tail(1).
fn from_place(place: u64) -> Bounds {
    Bounds::after(place.saturating_sub(1))
}

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Tail>(matches);
    part(
        asked.bytes.unwrap_or(asked.lines),
        asked.bytes.is_some(),
        input,
    )
}
