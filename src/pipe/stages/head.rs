//! `head`: the first lines, items, records or bytes.

use clap::{ArgMatches, Args};

use super::slice::bounds::Bounds;
use super::slice::part;
use crate::expr::literals;
use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, arguments};

#[derive(Args)]
struct Head {
    /// Keep the first N lines, items or records; -N for all but the last N
    #[arg(short = 'n', long, value_name = "N", default_value = "10", value_parser = count, allow_hyphen_values = true, conflicts_with = "bytes")]
    lines: Bounds,

    /// Keep the first SIZE bytes; -SIZE for all but the last
    #[arg(short = 'c', long, value_name = "SIZE", value_parser = size, allow_hyphen_values = true)]
    bytes: Option<Bounds>,
}

pub(super) static SPEC: Spec = Spec {
    name: "head",
    summary: "Keep the first N lines, items or records",
    family: Family::Framing,
    define: Head::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["-n", "2"],
            input: "a\nb\nc\n",
            output: "a\nb\n",
        },
        Example {
            words: &["-n", "-1"],
            input: "a\nb\ntotal\n",
            output: "a\nb\n",
        },
    ],
};

fn count(text: &str) -> Result<Bounds, String> {
    let number = |text: &str| {
        let number = text.parse();
        number.map_err(|_| format!("invalid number of lines '{text}': expected N or -N"))
    };
    match text.strip_prefix('-') {
        Some(last) => number(last).map(Bounds::without_last),
        None => number(text).map(Bounds::first),
    }
}

fn size(text: &str) -> Result<Bounds, String> {
    match text.strip_prefix('-') {
        Some(last) => literals::size(last).map(Bounds::without_last),
        None => literals::size(text).map(Bounds::first),
    }
}

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Head>(matches);
    part(
        asked.bytes.unwrap_or(asked.lines),
        asked.bytes.is_some(),
        input,
    )
}
