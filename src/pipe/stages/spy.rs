//! `spy`: how much passes, on standard error.

use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};

use crate::observe::Passed;
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

/// The shortest time between two reports.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Args)]
struct Spy {
    /// What the reports call this place in the chain
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) static SPEC: Spec = Spec {
    name: "spy",
    summary: "Report on standard error how much passes and how fast",
    family: Family::Flow,
    define: Spy::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[Example {
        words: &["input", "+", "upper"],
        input: "a\n",
        output: "A\n",
    }],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Spy>(matches);
    let watch = Watch {
        name: asked.name,
        units: match input {
            Kind::Bytes => "lines",
            Kind::Items => "items",
            Kind::Records => "records",
        },
        passed: Passed::default(),
        started: None,
        next: None,
    };
    Ok(Opened::same(Work::Step(Box::new(watch))))
}

struct Watch {
    name: String,
    units: &'static str,
    passed: Passed,
    started: Option<Instant>,
    /// When to report next; none if nobody watches, or nothing has passed since the last report.
    next: Option<Instant>,
}

impl Watch {
    fn report(&mut self, shared: &Shared<'_>) {
        let now = shared.clock.now();
        let started = self.started.unwrap_or(now);
        self.passed.time = now.saturating_duration_since(started);
        shared.observe.passed(&self.name, self.units, &self.passed);
    }
}

impl Step for Watch {
    fn start(&mut self, shared: &Shared<'_>) -> Result<(), Failure> {
        self.started = Some(shared.clock.now());
        Ok(())
    }

    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.passed.bytes += data.size() as u64;
        self.passed.units += match data {
            Data::Bytes(bytes) => memchr::memchr_iter(b'\n', bytes).count(),
            Data::Items(_) | Data::Records(_) => data.units(),
        } as u64;
        if self.next.is_none() && out.shared().observe.is_watched() {
            self.next = Some(out.shared().clock.now() + EVERY);
        }
        out.put(data)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.report(out.shared());
        Ok(())
    }

    fn deadline(&self) -> Option<Instant> {
        self.next
    }

    fn due(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.next = None;
        self.report(out.shared());
        Ok(Flow::More)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::observe::Observe;
    use crate::pipe::run::testing::Timeline;

    #[derive(Default)]
    struct Reports {
        is_watched: bool,
        seen: Mutex<Vec<(String, u64, u64, u128)>>,
    }

    impl Observe for Reports {
        fn is_watched(&self) -> bool {
            self.is_watched
        }

        fn passed(&self, name: &str, units: &str, passed: &Passed) {
            let Passed {
                bytes,
                units: count,
                time,
            } = *passed;
            let name = format!("{name} {units}");
            self.seen
                .lock()
                .unwrap()
                .push((name, bytes, count, time.as_millis()));
        }
    }

    const INPUT: [(u64, &str); 4] = [(0, "ab\n"), (500, "c\nd"), (600, "\n"), (5000, "e\n")];

    #[test]
    fn a_terminal_gets_a_report_each_second_in_which_something_passed() {
        let reports = Reports {
            is_watched: true,
            ..Reports::default()
        };
        let timeline = Timeline::new();
        let found = timeline.run_observed(&["spy", "x"], &INPUT, &reports);
        assert_eq!(found.ended, Ok(()));
        let output: String = found.output.into_iter().map(|(_, text)| text).collect();
        assert_eq!(output, "ab\nc\nd\ne\n");
        let name = || "x lines".to_owned();
        assert_eq!(
            *reports.seen.lock().unwrap(),
            [(name(), 7, 3, 1000), (name(), 9, 4, 5000)]
        );
    }

    #[test]
    fn without_a_terminal_there_is_one_report_at_the_end() {
        let reports = Reports::default();
        let found = Timeline::new().run_observed(&["lines", "+", "spy", "x"], &INPUT, &reports);
        assert_eq!(found.ended, Ok(()));
        let seen = reports.seen.lock().unwrap();
        assert_eq!(*seen, [("x items".to_owned(), 9, 4, 5000)]);
    }
}
