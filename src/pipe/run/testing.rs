//! Runs chains in memory, for tests.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{Target, prepare};
use crate::io::wait::{Event as WaitEvent, Wakers, Woken};
use crate::observe::Observe;
use crate::pipe::clock::{Clock, System};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Source};
use crate::pipe::failure::Failure;
use crate::pipe::plan::Ends;
use crate::pipe::shared::Shared;
use crate::pipe::{chain, plan, words};
use crate::record::{Cell, Timestamp};
use crate::ui::{Painter, Table};

/// The input is named, and nobody reads the output.
const ENDS: Ends = Ends {
    has_input: true,
    for_reading: false,
};

/// Runs a chain over an input that comes in pieces of `size` bytes.
pub(in crate::pipe) fn run_cut(
    words: &[&str],
    input: &[u8],
    size: usize,
) -> Result<Vec<u8>, String> {
    let (output, ended) = output_of(words, input, size);
    ended.map(|()| output)
}

/// The same, with what came out before a failure.
pub(in crate::pipe) fn output_of(
    words: &[&str],
    input: &[u8],
    size: usize,
) -> (Vec<u8>, Result<(), String>) {
    let clock = Still::stepping(Duration::ZERO);
    let shared = Shared {
        high_water: 16,
        clock: &clock,
        draw: &draw,
        ..Shared::new(&())
    };
    run_files(words, vec![input.to_vec()], size, &shared)
}

/// The same with settings, over several files.
pub(in crate::pipe) fn run_with(
    words: &[&str],
    files: Vec<Vec<u8>>,
    size: usize,
    shared: &Shared<'_>,
) -> Result<Vec<u8>, String> {
    let (output, ended) = run_files(words, files, size, shared);
    ended.map(|()| output)
}

fn run_files(
    words: &[&str],
    files: Vec<Vec<u8>>,
    size: usize,
    shared: &Shared<'_>,
) -> (Vec<u8>, Result<(), String>) {
    let prepared = match planned(words) {
        Ok(plan) => prepare(plan),
        Err(message) => return (Vec::new(), Err(message)),
    };
    let mut target = Memory(Vec::new());
    let source = Pieces {
        files,
        size,
        current: Vec::new(),
    };
    let ended = prepared.run_from(Box::new(source), &mut target, shared);
    (
        target.0,
        ended.map_err(|failure: Failure| failure.to_string()),
    )
}

fn planned(words: &[&str]) -> Result<plan::Plan, String> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let chain = chain::parse(words::split(&words)).map_err(|error| format!("{error:?}"))?;
    plan::plan(&chain, ENDS).map_err(|error| error.refused.message)
}

/// A table as on a wide terminal.
fn draw(columns: &[String], rows: &[Vec<Cell>], widths: &mut Vec<usize>) -> String {
    let table = Table {
        columns,
        rows,
        zone: &jiff::tz::TimeZone::UTC,
        bars: None,
        header: true,
    };
    table.render_after(widths, usize::MAX, Painter::default())
}

struct Memory(Vec<u8>);

impl Target for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Files in pieces. After each piece the input seems to wait.
struct Pieces {
    files: Vec<Vec<u8>>,
    size: usize,
    current: Vec<u8>,
}

impl Source for Pieces {
    fn next(
        &mut self,
        _deadline: Option<Instant>,
        _shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        if !std::mem::take(&mut self.current).is_empty() {
            return Ok(Event::Idle);
        }
        let Some(file) = self.files.first_mut() else {
            return Ok(Event::End);
        };
        if file.is_empty() {
            self.files.remove(0);
            return Ok(match self.files.is_empty() {
                true => Event::End,
                false => Event::NextFile,
            });
        }
        let rest = file.split_off(self.size.min(file.len()));
        self.current = std::mem::replace(file, rest);
        Ok(Event::Data(Data::Bytes(&self.current)))
    }
}

/// The time of day of all tests.
fn time_of_day() -> Timestamp {
    Timestamp::new(1_774_000_000, 123_000_000, 3).expect("a time")
}

/// A clock that stands still, or goes on by as much whenever it is read.
pub(in crate::pipe) struct Still {
    now: Mutex<Instant>,
    step: Duration,
}

impl Still {
    pub(in crate::pipe) fn stepping(step: Duration) -> Still {
        Still {
            now: Mutex::new(Instant::now()),
            step,
        }
    }
}

impl Clock for Still {
    fn now(&self) -> Instant {
        let mut now = self.now.lock().unwrap();
        let before = *now;
        *now += self.step;
        before
    }

    fn time_of_day(&self) -> Timestamp {
        time_of_day()
    }

    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken> {
        System.wait(wakers)
    }

    fn enforce(&self, _limit: Instant, _done: &WaitEvent) -> bool {
        false
    }
}

/// A time that passes only when somebody waits for it, and chains that run in it.
pub(in crate::pipe) struct Timeline {
    start: Instant,
    now: Mutex<Instant>,
}

/// What came of a chain: the output with its times in milliseconds, and how it ended.
pub(in crate::pipe) struct Found {
    pub(in crate::pipe) output: Vec<(u64, String)>,
    pub(in crate::pipe) ended: Result<(), String>,
}

impl Timeline {
    pub(in crate::pipe) fn new() -> Timeline {
        let start = Instant::now();
        Timeline {
            start,
            now: Mutex::new(start),
        }
    }

    /// The time since the beginning, in milliseconds.
    pub(in crate::pipe) fn elapsed(&self) -> u64 {
        let elapsed = self.now().duration_since(self.start).as_millis();
        u64::try_from(elapsed).unwrap()
    }

    /// Runs a chain of one thread over an input that comes at these times, in milliseconds.
    pub(in crate::pipe) fn run(&self, words: &[&str], input: &[(u64, &str)]) -> Found {
        self.run_observed(words, input, &())
    }

    /// The same with an observer.
    pub(in crate::pipe) fn run_observed(
        &self,
        words: &[&str],
        input: &[(u64, &str)],
        observe: &dyn Observe,
    ) -> Found {
        let mut plan = planned(words).unwrap();
        // Another thread would wait in a time of its own.
        let steps = plan.segments.drain(..).flat_map(|segment| segment.stages);
        let stages = steps.collect();
        plan.segments.push(plan::Segment {
            stages,
            bridge: None,
        });
        let input = input.iter().map(|&(at, text)| {
            let at = self.start + Duration::from_millis(at);
            (at, text.as_bytes().to_vec())
        });
        let source = Scripted {
            input: input.collect(),
            current: Vec::new(),
            is_idle: true,
        };
        let mut target = Recorded {
            timeline: self,
            output: Vec::new(),
        };
        let shared = Shared {
            clock: self,
            ..Shared::new(observe)
        };
        let ended = prepare(plan).run_from(Box::new(source), &mut target, &shared);
        Found {
            output: target.output,
            ended: ended.map_err(|failure| failure.to_string()),
        }
    }
}

impl Clock for Timeline {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }

    fn time_of_day(&self) -> Timestamp {
        time_of_day()
    }

    fn enforce(&self, _limit: Instant, _done: &WaitEvent) -> bool {
        false
    }

    fn wait(&self, wakers: &Wakers<'_>) -> io::Result<Woken> {
        let until = wakers.deadline.expect("nobody waits for ever in a test");
        let mut now = self.now.lock().unwrap();
        *now = until.max(*now);
        Ok(Woken::Deadline)
    }
}

/// Keeps output with its time.
struct Recorded<'a> {
    timeline: &'a Timeline,
    output: Vec<(u64, String)>,
}

impl Target for Recorded<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.output.push((self.timeline.elapsed(), text));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Input that comes at certain times.
struct Scripted {
    input: VecDeque<(Instant, Vec<u8>)>,
    current: Vec<u8>,
    is_idle: bool,
}

impl Source for Scripted {
    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        loop {
            let Some((at, _)) = self.input.front() else {
                return Ok(Event::End);
            };
            let (at, now) = (*at, shared.clock.now());
            if at <= now {
                self.is_idle = false;
                self.current = self.input.pop_front().unwrap().1;
                return Ok(Event::Data(Data::Bytes(&self.current)));
            }
            if !std::mem::replace(&mut self.is_idle, true) {
                return Ok(Event::Idle);
            }
            if deadline.is_some_and(|deadline| deadline <= now) {
                return Ok(Event::Due);
            }
            let until = deadline.map_or(at, |deadline| deadline.min(at));
            let wakers = Wakers {
                deadline: Some(until),
                ..Wakers::default()
            };
            shared.clock.wait(&wakers).unwrap();
            if until < at {
                return Ok(Event::Due);
            }
        }
    }
}
