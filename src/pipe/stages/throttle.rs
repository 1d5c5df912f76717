//! `throttle`: at most so much per second, or one item in each interval.

mod pace;
mod sample;

use std::time::Duration;

use clap::{ArgMatches, Args};

use crate::expr::literals;
use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};

use pace::{Bytes, Units};
use sample::{Keep, Sample};

#[derive(Args)]
struct Throttle {
    /// Pass at most SIZE bytes a second; items pass whole
    #[arg(long, value_name = "SIZE", value_parser = literals::size, group = "limit")]
    rate: Option<u64>,

    /// Pass at most N lines, items or records a second
    #[arg(long, value_name = "N", group = "limit")]
    lines: Option<u64>,

    /// Pass one line, item or record in each interval of DURATION
    #[arg(long, value_name = "DURATION", value_parser = literals::duration, group = "limit")]
    every: Option<Duration>,

    /// Which one of an interval to pass: the first at once, or the last at its end
    #[arg(long, value_name = "WHICH", default_value = "last", requires = "every")]
    keep: Keep,
}

pub(super) static SPEC: Spec = Spec {
    name: "throttle",
    summary: "Limit how much passes in a second, or thin out to one item per interval",
    family: Family::Flow,
    define: Throttle::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    // It waits.
    heavy: true,
    examples: &[
        Example {
            words: &["--rate", "1G"],
            input: "not much\n",
            output: "not much\n",
        },
        Example {
            words: &["--lines", "1000000"],
            input: "a\nb\n",
            output: "a\nb\n",
        },
        Example {
            words: &["--every", "1h"],
            input: "1\n2\n3\n",
            output: "3\n",
        },
        Example {
            words: &["--every", "1h", "--keep", "first"],
            input: "1\n2\n3\n",
            output: "1\n",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Throttle>(matches);
    let work = match (asked.rate, asked.lines, asked.every) {
        (Some(0), ..) | (_, Some(0), _) => {
            return Err(Refused::new("nothing would ever pass"));
        }
        (Some(_), ..) if input == Kind::Records => {
            let refused = Refused::new("--rate works on bytes and items, not on records");
            return Err(refused.hint("limit their number with --lines"));
        }
        (Some(rate), ..) => Work::Step(Box::new(Bytes::new(rate))),
        (_, Some(lines), _) => Work::Units(Box::new(Units::new(lines))),
        (_, _, Some(every)) => Work::Units(Box::new(Sample::new(every, asked.keep))),
        (None, None, None) => {
            let refused = Refused::new("no limit given");
            return Err(refused.hint("write --rate SIZE, --lines N or --every DURATION"));
        }
    };
    Ok(Opened::same(work))
}
