//! `timeout`: aborts the chain when nothing comes for too long, or when it takes too long.
//!
//! Time in which later stages take nothing does not count as silence. The limit of the whole time holds whatever they do.

use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};

use crate::expr::literals;
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::{Limit, Step};

#[derive(Args)]
struct Timeout {
    /// How long nothing may come; time in which later stages take nothing does not count
    #[arg(value_name = "DURATION", value_parser = literals::duration, required_unless_present = "total")]
    silence: Option<Duration>,

    /// How long the whole chain may take, whatever it waits for
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
        limit: None,
    };
    Ok(Opened::same(Work::Step(Box::new(watch))))
}

struct Watch {
    silence: Option<Duration>,
    total: Option<Duration>,
    /// When the last data was passed on.
    last: Option<Instant>,
    /// When the time for all is over.
    limit: Option<Instant>,
}

fn timed_out(message: String) -> Failure {
    Failure::of_kind(FailureKind::TimedOut, message)
}

impl Step for Watch {
    fn start(&mut self, shared: &Shared<'_>) -> Result<(), Failure> {
        let now = shared.clock.now();
        self.last = Some(now);
        self.limit = self.total.and_then(|total| now.checked_add(total));
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

    fn limit(&self) -> Option<Limit> {
        let (at, total) = self.limit.zip(self.total)?;
        let failure = timed_out(format!("the chain did not end within {total:?}"));
        Some(Limit { at, failure })
    }

    fn deadline(&self) -> Option<Instant> {
        let (last, silence) = self.last.zip(self.silence)?;
        last.checked_add(silence)
    }

    fn due(&mut self, _out: &mut dyn Out) -> Result<Flow, Failure> {
        let silence = self.silence.unwrap_or_default();
        Err(timed_out(format!("nothing came for {silence:?}")))
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
    fn an_input_that_ends_in_time_is_fine() {
        let timeline = Timeline::new();
        let found = timeline.run(
            &["timeout", "1s", "--total", "2s"],
            &[(0, "a\n"), (999, "b\n")],
        );
        assert_eq!(found.ended, Ok(()));
    }
}
