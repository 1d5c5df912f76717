//! The input of a chain: files, pipes and standard input, one after the other, as they are.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::segment::stopped;
use crate::error::Plain;
use crate::io::buffer::Buffer;
use crate::io::raw::Raw;
use crate::io::source::InputName;
use crate::io::wait::{self, Interest, Wakers, Woken};
use crate::io::{signals, stdout};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Source};
use crate::pipe::failure::{Failure, FailureKind};
use crate::pipe::shared::Shared;

/// How much is read at once, in bytes.
const READ: usize = 256 << 10;

/// Reads inputs in order.
pub(super) struct Files {
    left: VecDeque<InputName>,
    open: Option<Open>,
    buffer: Buffer,
    /// Set when nothing more is wanted; none once that has been passed on.
    closed: Option<Arc<wait::Event>>,
    /// Nothing was given since the chain was told that the input waits.
    is_idle: bool,
    is_first: bool,
    /// There was something just now: perhaps there is more, and reading does not block.
    may_read: bool,
}

struct Open {
    name: InputName,
    file: Raw,
}

impl Files {
    pub(super) fn new(names: Vec<InputName>) -> Files {
        Files {
            left: names.into(),
            open: None,
            buffer: Buffer::new(),
            closed: None,
            is_idle: true,
            is_first: true,
            may_read: false,
        }
    }

    /// Opens the next input; false if there is none.
    fn open_next(&mut self) -> Result<bool, Failure> {
        let Some(name) = self.left.pop_front() else {
            return Ok(false);
        };
        let file = Raw::open(&name).map_err(|error| unreadable(&name, &error))?;
        self.open = Some(Open { name, file });
        Ok(true)
    }

    /// Waits until the open input can be read; or says why not.
    fn wait(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> io::Result<Result<(), Event<'static>>> {
        let Some(open) = self.open.as_ref().filter(|open| open.file.may_wait()) else {
            // The thread that writes the output may have nothing to do and not look.
            if signals::stopping() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if stdout::reader_is_gone() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            return Ok(Ok(()));
        };
        let mut interests = [Interest::read(&open.file)];
        loop {
            let wakers = Wakers {
                stop_signals: true,
                progress: true,
                reader: true,
                event: self.closed.as_deref(),
                // Before it waits for the first time, the chain writes its buffers.
                deadline: if self.is_idle {
                    deadline
                } else {
                    Some(Instant::now())
                },
            };
            let event = match wait::wait(&mut interests, &wakers)? {
                Woken::Ready => return Ok(Ok(())),
                Woken::Progress => {
                    shared.observe.advanced(0);
                    continue;
                }
                Woken::Deadline if self.is_idle => Event::Due,
                Woken::Deadline => {
                    self.is_idle = true;
                    Event::Idle
                }
                Woken::Event => {
                    self.closed = None;
                    Event::Woken
                }
                Woken::StopSignal => return Err(io::ErrorKind::Interrupted.into()),
                Woken::ReaderGone => return Err(io::ErrorKind::BrokenPipe.into()),
            };
            return Ok(Err(event));
        }
    }
}

/// Reports a file that became shorter while it was read.
fn check_end(open: &Open, shared: &Shared<'_>) -> Result<(), Failure> {
    if !open.file.has_shrunk() {
        return Ok(());
    }
    let message = format!("{}: the file became shorter while it was read", open.name);
    if shared.strict {
        return Err(Failure::new(message));
    }
    shared.observe.missed(&message);
    Ok(())
}

fn unreadable(name: &InputName, error: &io::Error) -> Failure {
    Failure::new(format!("{name}: {}", Plain(error)))
}

impl Source for Files {
    fn start(&mut self, closed: &Arc<wait::Event>, _shared: &Shared<'_>) -> Result<(), Failure> {
        self.closed = Some(Arc::clone(closed));
        self.buffer
            .try_resize(READ)
            .map_err(|error| Failure::new(Plain(&error).to_string()))
    }

    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        loop {
            if self.open.is_none() {
                if !self.open_next()? {
                    return Ok(Event::End);
                }
                if !std::mem::take(&mut self.is_first) {
                    return Ok(Event::NextFile);
                }
            }
            let may_read = std::mem::take(&mut self.may_read) && !wait::is_stopping();
            let waited = match may_read {
                true => Ok(Ok(())),
                false => self.wait(deadline, shared),
            };
            match waited {
                Ok(Ok(())) => {}
                Ok(Err(event)) => return Ok(event),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(stopped()),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    return Err(Failure::of_kind(FailureKind::ReaderGone, "broken pipe"));
                }
                Err(error) => return Err(Failure::new(Plain(&error).to_string())),
            }
            let Some(open) = &mut self.open else { continue };
            match open.file.read(&mut self.buffer) {
                Ok(None) => {}
                Ok(Some(0)) => {
                    check_end(open, shared)?;
                    self.open = None;
                }
                Ok(Some(read)) => {
                    self.is_idle = false;
                    self.may_read = !open.file.may_block();
                    shared.observe.advanced(read as u64);
                    return Ok(Event::Data(Data::Bytes(&self.buffer[..read])));
                }
                Err(error) => return Err(unreadable(&open.name, &error)),
            }
        }
    }
}
