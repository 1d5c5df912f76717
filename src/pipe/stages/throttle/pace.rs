//! At most N bytes or units in a second, evenly. Time that passes without input gives no credit.

use std::time::{Duration, Instant};

use crate::pipe::data::{Batch, Data, Items};
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_items};
use crate::pipe::stage::{Step, UnitStage};

/// How late one may be, without losing the time: waking up takes some, and must not slow everything down.
const TOLERANCE: Duration = Duration::from_millis(20);

/// Shorter waits are put together.
const SHORTEST: Duration = Duration::from_millis(1);

/// How many pieces of bytes pass in a second.
const PIECES: u64 = 20;

/// When the next bytes or units may pass.
struct Pace {
    per_second: u64,
    /// When the first of `passed` passed.
    since: Option<Instant>,
    passed: u64,
}

impl Pace {
    fn new(per_second: u64) -> Pace {
        Pace {
            per_second,
            since: None,
            passed: 0,
        }
    }

    /// Until when to wait, if at all.
    fn wait(&mut self, now: Instant) -> Option<Instant> {
        let nanos = u128::from(self.passed) * 1_000_000_000 / u128::from(self.per_second);
        let after = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let next = self.since.and_then(|since| since.checked_add(after));
        let next = next.filter(|next| now.saturating_duration_since(*next) <= TOLERANCE);
        let Some(next) = next else {
            self.since = Some(now);
            self.passed = 0;
            return None;
        };
        (next.saturating_duration_since(now) >= SHORTEST).then_some(next)
    }

    fn pass(&mut self, count: u64) {
        self.passed += count;
    }
}

/// Limits bytes: they pass in pieces, items whole.
pub(super) struct Bytes {
    pace: Pace,
    piece: usize,
    batch: Batch,
}

impl Bytes {
    pub(super) fn new(rate: u64) -> Bytes {
        let piece = (rate / PIECES).clamp(1, 256 << 10);
        Bytes {
            pace: Pace::new(rate),
            piece: usize::try_from(piece).unwrap_or(1),
            batch: Batch::new(),
        }
    }
}

impl Bytes {
    fn items(&mut self, items: Items<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        for item in items.iter() {
            let now = out.shared().clock.now();
            if let Some(until) = self.pace.wait(now)
                && (give_items(&mut self.batch, out)? == Flow::Enough
                    || out.pause(until)? == Flow::Enough)
            {
                return Ok(Flow::Enough);
            }
            let size = item.content.len() + item.terminator.len();
            self.pace.pass(size as u64);
            self.batch.push(item.content, item.terminator);
        }
        give_items(&mut self.batch, out)
    }
}

impl Step for Bytes {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        if let Data::Items(items) = data {
            return self.items(items, out);
        }
        for piece in data.written().chunks(self.piece) {
            let now = out.shared().clock.now();
            if let Some(until) = self.pace.wait(now)
                && out.pause(until)? == Flow::Enough
            {
                return Ok(Flow::Enough);
            }
            self.pace.pass(piece.len() as u64);
            if out.put(Data::Bytes(piece))? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }
}

/// Limits lines, items or records.
pub(super) struct Units {
    pace: Pace,
}

impl Units {
    pub(super) fn new(per_second: u64) -> Units {
        Units {
            pace: Pace::new(per_second),
        }
    }
}

impl UnitStage for Units {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let now = out.shared().clock.now();
        if let Some(until) = self.pace.wait(now)
            && out.pause(until)? == Flow::Enough
        {
            return Ok(Flow::Enough);
        }
        self.pace.pass(1);
        out.keep(unit)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::Timeline;

    #[test]
    fn lines_pass_evenly_and_a_pause_gives_no_credit() {
        let timeline = Timeline::new();
        let input = [(0, "a\nb\nc\n"), (10_000, "d\ne\nf")];
        let found = timeline.run(&["throttle", "--lines", "4"], &input);
        assert_eq!(found.ended, Ok(()));
        let expected = [
            (0, "a\n"),
            (250, "b\n"),
            (500, "c\n"),
            (10_000, "d\n"),
            (10_250, "e\n"),
            (10_500, "f"),
        ];
        assert_eq!(found.output, expected.map(|(at, line)| (at, line.into())));
    }

    #[test]
    fn bytes_pass_in_small_pieces_at_the_rate() {
        let timeline = Timeline::new();
        let much = "x".repeat(1000);
        let found = timeline.run(&["throttle", "--rate", "200"], &[(7, &much), (9000, &much)]);
        assert_eq!(found.ended, Ok(()));
        // Ten bytes every twentieth of a second: 1,000 of them take 100 pieces.
        let times: Vec<u64> = found.output.iter().map(|(at, _)| *at).collect();
        let even = |start: u64| (0..100).map(move |piece| start + piece * 50);
        assert_eq!(times, even(7).chain(even(9000)).collect::<Vec<_>>());
        assert!(found.output.iter().all(|(_, piece)| piece.len() == 10));
    }

    #[test]
    fn items_pass_whole_and_take_the_time_of_their_bytes() {
        let timeline = Timeline::new();
        let words = ["lines", "+", "throttle", "--rate", "10"];
        let found = timeline.run(&words, &[(0, "four\nfourteen byte\n\nlast")]);
        assert_eq!(found.ended, Ok(()));
        let expected = [
            (0, "four\n"),
            (500, "fourteen byte\n"),
            (1900, "\n"),
            (2000, "last"),
        ];
        assert_eq!(found.output, expected.map(|(at, line)| (at, line.into())));
    }

    #[test]
    fn a_rate_of_many_thousands_is_kept_on_average() {
        let timeline = Timeline::new();
        let lines = "x\n".repeat(50_001);
        let found = timeline.run(&["throttle", "--lines", "100000"], &[(0, &lines)]);
        assert_eq!(found.ended, Ok(()));
        assert_eq!(timeline.elapsed(), 500);
        let passed: usize = found.output.iter().map(|(_, lines)| lines.len()).sum();
        assert_eq!(passed, lines.len());
        // Within any two milliseconds no more than a few hundred.
        assert!(found.output.iter().all(|(_, lines)| lines.len() <= 2 * 201));
    }
}
