//! `timeout`: aborts the chain when nothing comes for too long, or when it takes too long.
//!
//! Time in which later stages take nothing does not count as silence.

use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};

use crate::expr::literals;
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Timeout {
    /// How long nothing may come
    #[arg(value_name = "DURATION", value_parser = literals::duration, required_unless_present = "total")]
    silence: Option<Duration>,

    /// How long all of it may take
    #[arg(long, value_name = "DURATION", value_parser = literals::duration)]
    total: Option<Duration>,
}

pub(super) static SPEC: Spec = Spec {
    name: "timeout",
    summary: "Fail with status 124 if nothing comes for DURATION",
    family: Family::Flow,
    define: Timeout::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[Example {
        words: &["1h"],
        input: "in time\n",
        output: "in time\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Timeout>(matches);
    let watch = Watch {
        silence: asked.silence,
        total: asked.total,
        last: None,
        end: None,
    };
    Ok(Opened::same(Work::Step(Box::new(watch))))
}

struct Watch {
    silence: Option<Duration>,
    total: Option<Duration>,
    /// When the last data was passed on.
    last: Option<Instant>,
    /// When the time for all is over.
    end: Option<Instant>,
}

impl Step for Watch {
    fn start(&mut self, shared: &Shared<'_>) -> Result<(), Failure> {
        let now = shared.clock.now();
        self.last = Some(now);
        self.end = self.total.and_then(|total| now.checked_add(total));
        Ok(())
    }

    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let flow = out.put(data);
        self.last = Some(out.shared().clock.now());
        flow
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }

    fn deadline(&self) -> Option<Instant> {
        let silent = self.last.zip(self.silence);
        let silent = silent.and_then(|(last, silence)| last.checked_add(silence));
        silent.into_iter().chain(self.end).min()
    }

    fn due(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        let is_over = self.end.is_some_and(|end| end <= out.shared().clock.now());
        let message = match (is_over, self.total, self.silence) {
            (true, Some(total), _) => format!("the input did not end within {total:?}"),
            (_, _, silence) => format!("nothing came for {:?}", silence.unwrap_or_default()),
        };
        Err(Failure::of_kind(FailureKind::TimedOut, message))
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::Timeline;

    #[test]
    fn silence_ends_the_chain_and_data_starts_the_time_again() {
        let timeline = Timeline::new();
        let input = [(0, "a\n"), (900, "b\n"), (1800, "c\n"), (2801, "late\n")];
        let found = timeline.run(&["timeout", "1s"], &input);
        let message = "stage 1 (timeout): nothing came for 1s";
        assert_eq!(found.ended, Err(message.into()));
        let expected = [(0, "a\n"), (900, "b\n"), (1800, "c\n")];
        assert_eq!(
            found.output,
            expected.map(|(at, line)| (at, line.to_owned()))
        );
        assert_eq!(timeline.elapsed(), 2800);
    }

    #[test]
    fn what_is_filtered_out_before_it_does_not_count() {
        let timeline = Timeline::new();
        let input = [(0, "a\n"), (900, "b\n"), (1800, "a\n")];
        let found = timeline.run(&["match", "a", "+", "timeout", "1s"], &input);
        assert!(found.ended.is_err());
        assert_eq!(timeline.elapsed(), 1000);
    }

    #[test]
    fn the_total_time_does_not_start_again() {
        let timeline = Timeline::new();
        let input = [(0, "a\n"), (900, "b\n"), (1800, "c\n"), (2400, "late\n")];
        let found = timeline.run(&["timeout", "1s", "--total", "2s"], &input);
        let message = "stage 1 (timeout): the input did not end within 2s";
        assert_eq!(found.ended, Err(message.into()));
        assert_eq!(timeline.elapsed(), 2000);
    }

    #[test]
    fn an_input_that_ends_in_time_is_fine() {
        let timeline = Timeline::new();
        let found = timeline.run(
            &["timeout", "1s", "--total", "2s"],
            &[(0, "a\n"), (999, "b\n")],
        );
        assert_eq!(found.ended, Ok(()));
    }
}
