//! The ends of a command: its input in one thread, its output in another.
//!
//! Its output ends when nobody holds the pipe any more, as in a shell. Its input ends earlier: once the command itself has
//! exited, even if another process holds the other end.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::running::Command;
use crate::error::Plain;
use crate::io::buffer::Buffer;
use crate::io::process::{Process, Reader, Writer};
use crate::io::wait::{self, Interest, Wakers, Woken};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Sink, Source};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::flow::Flow;
use crate::pipe::shared::Shared;

/// How much is read at once, in bytes.
const READ: usize = 256 << 10;

fn failed(what: &str, error: &io::Error) -> Failure {
    Failure::new(format!("{what}: {}", Plain(error)))
}

fn stopped() -> Failure {
    Failure::of_kind(FailureKind::Stopped, "the run was stopped")
}

/// What the stages before a command write to.
pub(super) struct Entry {
    command: Arc<Command>,
    input: Input,
}

enum Input {
    /// The command may not run yet.
    Waiting,
    Open(Arc<Process>, Writer),
    /// The command takes no more, or got the end.
    Closed,
}

impl Entry {
    pub(super) fn new(command: Arc<Command>) -> Entry {
        Entry {
            command,
            input: Input::Waiting,
        }
    }
}

impl Sink for Entry {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        if matches!(self.input, Input::Waiting) {
            if !self.command.is_wanted() {
                self.input = Input::Closed;
                return Ok(Flow::Enough);
            }
            self.input = match self.command.take_input()? {
                (process, Some(writer)) => Input::Open(process, writer),
                (_, None) => Input::Closed,
            };
        }
        let Input::Open(process, writer) = &mut self.input else {
            return Ok(Flow::Enough);
        };
        match writer.write_all(data.written(), process) {
            Ok(true) => Ok(Flow::More),
            Ok(false) => {
                self.input = Input::Closed;
                Ok(Flow::Enough)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(stopped()),
            Err(error) => Err(failed("writing to the command", &error)),
        }
    }

    fn idle(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn is_wanted(&mut self) -> Result<bool, Failure> {
        Ok(!matches!(self.input, Input::Closed) && self.command.is_wanted())
    }

    fn end(&mut self) -> Result<(), Failure> {
        if matches!(self.input, Input::Waiting) && self.command.is_wanted() {
            // Taken, and closed at once.
            self.command.take_input()?;
        }
        self.input = Input::Closed;
        Ok(())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !matches!(self.input, Input::Closed) {
            self.input = Input::Closed;
            self.command.abort();
        }
    }
}

/// What the stages after a command read.
pub(super) struct Exit {
    command: Arc<Command>,
    running: Option<(Arc<Process>, Reader)>,
    buffer: Buffer,
    closed: Option<Arc<wait::Event>>,
    /// When the command is stopped.
    limit: Option<Instant>,
    /// How many bytes it has written.
    written: u64,
    has_exited: bool,
    /// Nobody holds its output open.
    has_ended: bool,
    is_idle: bool,
    phase: Phase,
}

enum Phase {
    /// The command writes.
    Open,
    /// Nothing more is read: how it ended. What was given is written out first.
    Over(Option<Failure>),
    Done,
}

impl Exit {
    pub(super) fn new(command: Arc<Command>) -> Exit {
        Exit {
            command,
            running: None,
            buffer: Buffer::new(),
            closed: None,
            limit: None,
            written: 0,
            has_exited: false,
            has_ended: false,
            is_idle: true,
            phase: Phase::Open,
        }
    }

    /// Waits until there is something to read, the command has exited, or something else happens.
    fn wait(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Option<Event<'static>>, Failure> {
        let Some((process, reader)) = &self.running else {
            return Ok(None);
        };
        let mut interests = Vec::with_capacity(2);
        if !self.has_exited {
            interests.push(Interest::read(&**process));
        }
        if !self.has_ended {
            interests.push(Interest::read(reader));
        }
        let wakers = Wakers {
            stop_signals: true,
            progress: true,
            reader: true,
            event: self.closed.as_deref(),
            deadline: match self.is_idle {
                true => deadline.into_iter().chain(self.limit).min(),
                // Before the first wait, the stages give out what they have.
                false => Some(shared.clock.now()),
            },
        };
        let woken = wait::wait(&mut interests, &wakers);
        match woken.map_err(|error| failed("waiting for the command", &error))? {
            Woken::Ready => {
                self.has_exited = self.has_exited || interests[0].is_ready;
                Ok(None)
            }
            Woken::Progress => {
                shared.observe.advanced(0);
                Ok(None)
            }
            Woken::Deadline if !self.is_idle => {
                self.is_idle = true;
                Ok(Some(Event::Idle))
            }
            Woken::Deadline if self.is_late(shared) => Ok(None),
            Woken::Deadline => Ok(Some(Event::Due)),
            Woken::Event => {
                self.closed = None;
                Ok(Some(Event::Woken))
            }
            Woken::StopSignal => Err(stopped()),
            Woken::ReaderGone => Err(Failure::of_kind(FailureKind::ReaderGone, "broken pipe")),
        }
    }

    /// Whether the command has taken too long.
    fn is_late(&self, shared: &Shared<'_>) -> bool {
        self.limit.is_some_and(|limit| limit <= shared.clock.now())
    }

    /// Reads what there is, at most `most` bytes. None if there is nothing now.
    fn read(&mut self, most: usize) -> Result<Option<usize>, Failure> {
        let Some((_, reader)) = &mut self.running else {
            return Ok(Some(0));
        };
        let most = most.min(self.buffer.len());
        let read = reader.read(&mut self.buffer[..most]);
        read.map_err(|error| failed("reading from the command", &error))
    }

    /// Counts what was read. Returns how much of it is within the limit; more stops the command.
    fn count(&mut self, read: usize) -> usize {
        let before = self.written;
        self.written += read as u64;
        self.is_idle = false;
        match self.command.limits.output {
            Some(limit) if self.written > limit => {
                self.command.end();
                self.phase = Phase::Over(Some(self.command.too_much(limit)));
                usize::try_from(limit - before).unwrap_or(read)
            }
            _ => read,
        }
    }

    /// The output has ended and the command has exited.
    fn conclude(&mut self) -> Result<(), Failure> {
        let Some((process, _)) = &self.running else {
            return Ok(());
        };
        let ended = process.status();
        let ended = ended.map_err(|error| failed("waiting for the command", &error))?;
        self.phase = Phase::Over(ended.and_then(|ended| self.command.failure(ended)));
        Ok(())
    }

    /// The time is over: stops what runs, and reads what has been written already. Returns how many bytes of it there are.
    fn time_is_over(&mut self, shared: &Shared<'_>) -> Result<usize, Failure> {
        let has_exited = match &self.running {
            Some((process, _)) => process.has_exited(),
            None => true,
        };
        let ended = self.command.end();
        self.phase = Phase::Over(match ended.filter(|_| has_exited) {
            Some(ended) => {
                shared.observe.warned(&self.command.left_open());
                self.command.failure(ended)
            }
            None => Some(
                self.command
                    .too_slow(self.command.limits.time.unwrap_or_default()),
            ),
        });
        // Once: a process outside the group may write on.
        let available = self
            .running
            .as_ref()
            .map_or(0, |(_, pipe)| pipe.available());
        let read = self.read(available)?.unwrap_or(0);
        Ok(match read {
            0 => 0,
            read => self.count(read),
        })
    }
}

impl Source for Exit {
    fn start(&mut self, closed: &Arc<wait::Event>, shared: &Shared<'_>) -> Result<(), Failure> {
        self.closed = Some(Arc::clone(closed));
        let resized = self.buffer.try_resize(READ);
        resized.map_err(|error| Failure::new(Plain(&error).to_string()))?;
        if self.command.is_aborted() {
            return Ok(());
        }
        let (process, reader) = self.command.take_output()?;
        self.running = reader.map(|reader| (process, reader));
        self.limit = self
            .command
            .limits
            .time
            .map(|time| shared.clock.now() + time);
        Ok(())
    }

    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        loop {
            if self.command.is_aborted() {
                return Ok(Event::Aborted);
            }
            if !matches!(self.phase, Phase::Open) {
                if !std::mem::replace(&mut self.is_idle, true) {
                    return Ok(Event::Idle);
                }
                return match std::mem::replace(&mut self.phase, Phase::Done) {
                    Phase::Over(Some(failure)) => Err(failure),
                    _ => Ok(Event::End),
                };
            }
            if self.has_exited && self.has_ended {
                self.conclude()?;
                continue;
            }
            if self.is_late(shared) {
                match self.time_is_over(shared)? {
                    0 => continue,
                    read => return Ok(Event::Data(Data::Bytes(&self.buffer[..read]))),
                }
            }
            if let Some(event) = self.wait(deadline, shared)? {
                return Ok(event);
            }
            if self.has_ended {
                continue;
            }
            match self.read(READ)? {
                Some(0) => self.has_ended = true,
                Some(read) => {
                    let read = self.count(read);
                    return Ok(Event::Data(Data::Bytes(&self.buffer[..read])));
                }
                None => {}
            }
        }
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        // Closed first, so that a command that writes ends by itself.
        self.running = None;
        if matches!(self.phase, Phase::Open) {
            self.command.close();
        }
    }
}
