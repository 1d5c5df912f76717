//! `tick`: a line at regular intervals.
//!
//! The first line comes at once, and line n exactly (n - 1) intervals after it: delays do not add up. Lines that nobody took in
//! time are left out, which shows in their numbers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};

use crate::error::Plain;
use crate::expr::literals;
use crate::io::wait::{self, Wakers, Woken};
use crate::pipe::data::{Data, Kind};
use crate::pipe::ends::{Event, Source};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};

#[derive(Args)]
struct Tick {
    /// Write the time of each line (UTC) instead of its number
    #[arg(long)]
    time: bool,

    /// The interval between two lines
    #[arg(value_name = "DURATION", value_parser = literals::duration)]
    every: Duration,
}

pub(super) static SPEC: Spec = Spec {
    name: "tick",
    summary: "Begin a chain with a line at regular intervals, the first at once",
    family: Family::Flow,
    define: Tick::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[Example {
        words: &["1h", "+", "head", "-n", "1"],
        input: "",
        output: "1\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Tick>(matches);
    if asked.every.is_zero() {
        return Err(Refused::new("the interval must be longer than zero"));
    }
    let source = Work::Source(Box::new(Ticks {
        every: asked.every,
        shows_time: asked.time,
        started: None,
        given: 0,
        line: Vec::new(),
        closed: None,
        is_idle: true,
    }));
    Ok(Opened::giving(Kind::Bytes, source))
}

struct Ticks {
    every: Duration,
    shows_time: bool,
    started: Option<Instant>,
    /// The number of the last line, from 1; those before it were given or left out.
    given: u64,
    line: Vec<u8>,
    closed: Option<Arc<wait::Event>>,
    is_idle: bool,
}

impl Ticks {
    /// The number of the last line whose time has come.
    fn due(&self, now: Instant) -> u64 {
        let started = self.started.unwrap_or(now);
        let intervals = now.saturating_duration_since(started).as_nanos() / self.every.as_nanos();
        u64::try_from(intervals)
            .unwrap_or(u64::MAX)
            .saturating_add(1)
    }

    /// When the line after the last one is due; none if that is beyond what can be told.
    fn next_time(&self) -> Option<Instant> {
        let nanos = self.every.as_nanos().checked_mul(u128::from(self.given))?;
        let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
        let after = Duration::new(seconds, u32::try_from(nanos % 1_000_000_000).ok()?);
        self.started?.checked_add(after)
    }

    fn write(&mut self, shared: &Shared<'_>) {
        self.line.clear();
        match self.shows_time {
            true => shared.clock.time_of_day().write(&mut self.line),
            false => self
                .line
                .extend_from_slice(self.given.to_string().as_bytes()),
        }
        self.line.push(b'\n');
    }
}

impl Source for Ticks {
    fn start(&mut self, closed: &Arc<wait::Event>, shared: &Shared<'_>) -> Result<(), Failure> {
        self.closed = Some(Arc::clone(closed));
        self.started = Some(shared.clock.now());
        Ok(())
    }

    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        loop {
            let due = self.due(shared.clock.now());
            if due > self.given {
                self.given = due;
                self.is_idle = false;
                self.write(shared);
                return Ok(Event::Data(Data::Bytes(&self.line)));
            }
            if !std::mem::replace(&mut self.is_idle, true) {
                return Ok(Event::Idle);
            }
            let own = self.next_time();
            let wakers = Wakers {
                stop_signals: true,
                progress: true,
                reader: true,
                event: self.closed.as_deref(),
                deadline: own.into_iter().chain(deadline).min(),
            };
            let woken = shared.clock.wait(&wakers);
            let failed = |error| Failure::new(format!("cannot wait: {}", Plain(&error)));
            match woken.map_err(failed)? {
                Woken::Deadline if own.is_some_and(|own| own <= shared.clock.now()) => {}
                Woken::Deadline => return Ok(Event::Due),
                Woken::Progress => shared.observe.advanced(0),
                Woken::Event => {
                    self.closed = None;
                    return Ok(Event::Woken);
                }
                Woken::StopSignal => {
                    return Err(Failure::of_kind(
                        FailureKind::Stopped,
                        "the run was stopped",
                    ));
                }
                Woken::ReaderGone => {
                    return Err(Failure::of_kind(FailureKind::ReaderGone, "broken pipe"));
                }
                Woken::Ready => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::Timeline;

    #[test]
    fn lines_come_at_exact_times() {
        let timeline = Timeline::new();
        let found = timeline.run(&["tick", "300ms", "+", "head", "-n", "4"], &[]);
        assert_eq!(found.ended, Ok(()));
        assert_eq!(
            found.output,
            [
                (0, "1\n".into()),
                (300, "2\n".into()),
                (600, "3\n".into()),
                (900, "4\n".into())
            ]
        );
    }

    /// Each line may pass 700 ms after the one before it, so every other tick is lost; the others are on time.
    #[test]
    fn lines_that_come_too_late_are_left_out_and_the_rest_is_on_time() {
        let timeline = Timeline::new();
        let words = [
            "tick", "400ms", "+", "throttle", "--lines", "1", "+", "head", "-n", "4",
        ];
        let found = timeline.run(&words, &[]);
        assert_eq!(found.ended, Ok(()));
        let numbers: Vec<String> = found.output.into_iter().map(|(_, line)| line).collect();
        assert_eq!(numbers.concat(), "1\n2\n3\n6\n");
    }

    #[test]
    fn times_are_rfc_3339_in_utc() {
        let timeline = Timeline::new();
        let found = timeline.run(&["tick", "--time", "1s", "+", "head", "-n", "1"], &[]);
        let now = "2026-03-20T09:46:40.123Z\n";
        assert_eq!(found.output, [(0, now.to_owned())]);
    }
}
