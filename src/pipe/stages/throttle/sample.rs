//! One item in each interval. An interval begins with the first item after the one before has ended.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::pipe::data::Batch;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::stage::UnitStage;
use crate::record::records::Records;

/// Which item of an interval passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Keep {
    /// The first, at once
    First,
    /// The last, when the interval or the input ends
    Last,
}

pub(super) struct Sample {
    every: Duration,
    keep: Keep,
    /// When the interval ends; none between intervals.
    until: Option<Instant>,
    /// The last item, or record, that waits for the end of the interval.
    item: Batch,
    record: Records,
}

impl Sample {
    pub(super) fn new(every: Duration, keep: Keep) -> Sample {
        Sample {
            every,
            keep,
            until: None,
            item: Batch::new(),
            record: Records::new(),
        }
    }

    fn hold(&mut self, unit: Unit<'_>) {
        self.item.clear();
        self.record.clear();
        match unit {
            Unit::Item(item) => self.item.push(item.content, item.terminator),
            Unit::Record(record) => self.record.push_record(&record),
        }
    }

    fn release(&mut self, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let mut flow = Flow::More;
        for item in self.item.items().iter() {
            flow = out.keep(Unit::Item(item))?;
        }
        for record in self.record.iter() {
            flow = out.keep(Unit::Record(record))?;
        }
        self.item.clear();
        self.record.clear();
        Ok(flow)
    }

    /// Ends an interval whose time is over.
    fn end_interval(&mut self, now: Instant, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        match self.until {
            Some(until) if until <= now => {
                self.until = None;
                self.release(out)
            }
            _ => Ok(Flow::More),
        }
    }
}

impl UnitStage for Sample {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let now = out.shared().clock.now();
        let flow = self.end_interval(now, out)?;
        let is_first = self.until.is_none();
        if is_first {
            self.until = now.checked_add(self.every);
        }
        match self.keep {
            Keep::First if is_first => out.keep(unit),
            Keep::First => Ok(flow),
            Keep::Last => {
                self.hold(unit);
                Ok(flow)
            }
        }
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        self.release(out).map(|_| ())
    }

    fn deadline(&self) -> Option<Instant> {
        // Nobody waits for the end of an interval that has nothing to give.
        self.until.filter(|_| self.keep == Keep::Last)
    }

    fn due(&mut self, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let now = out.shared().clock.now();
        self.end_interval(now, out)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::Timeline;

    const INPUT: [(u64, &str); 6] = [
        (0, "a\n"),
        (10, "b\n"),
        (49, "c\n"),
        (50, "d\n"),
        (500, "e\nf\ng\n"),
        (530, "h"),
    ];

    #[test]
    fn the_last_of_each_interval_comes_at_its_end() {
        for before in [&[][..], &["lines", "+"]] {
            let timeline = Timeline::new();
            let words = [before, &["throttle", "--every", "50ms", "--keep", "last"]].concat();
            let found = timeline.run(&words, &INPUT);
            assert_eq!(found.ended, Ok(()));
            let expected = [(50, "c\n"), (100, "d\n"), (530, "h")];
            assert_eq!(found.output, expected.map(|(at, line)| (at, line.into())));
        }
    }

    #[test]
    fn the_first_of_each_interval_comes_at_once() {
        let timeline = Timeline::new();
        let words = ["throttle", "--every", "50ms", "--keep", "first"];
        let found = timeline.run(&words, &INPUT);
        assert_eq!(found.ended, Ok(()));
        let expected = [(0, "a\n"), (50, "d\n"), (500, "e\n")];
        assert_eq!(found.output, expected.map(|(at, line)| (at, line.into())));
    }
}
