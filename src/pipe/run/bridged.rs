//! The ends of stages that data leaves in its own time: counted, and with the name of the stage in their failures.

use std::sync::Arc;
use std::time::Instant;

use super::counts::Counts;
use super::queue::Waker;
use crate::io::wait;
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Sink, Source};
use crate::pipe::failure::{Failure, Part};
use crate::pipe::flow::Flow;
use crate::pipe::shared::Shared;

/// What the stages before such a stage write to.
pub(super) struct Entry {
    sink: Box<dyn Sink + Send>,
    part: Part,
    counts: Arc<Counts>,
}

impl Entry {
    pub(super) fn new(sink: Box<dyn Sink + Send>, part: Part, counts: Arc<Counts>) -> Entry {
        Entry { sink, part, counts }
    }
}

impl Sink for Entry {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        self.counts.came(&data);
        let started = Instant::now();
        let flow = self.sink.put(data);
        self.counts.waited_for_output(started.elapsed());
        flow.map_err(|failure| failure.within(self.part))
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.sink
            .idle()
            .map_err(|failure| failure.within(self.part))
    }

    fn next_file(&mut self) {
        self.sink.next_file();
    }

    fn is_wanted(&mut self) -> Result<bool, Failure> {
        self.sink
            .is_wanted()
            .map_err(|failure| failure.within(self.part))
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.sink.end().map_err(|failure| failure.within(self.part))
    }
}

/// What the stages after such a stage read.
pub(super) struct Exit {
    /// None once it is dropped.
    source: Option<Box<dyn Source + Send>>,
    part: Part,
    counts: Arc<Counts>,
    /// Tells the stages before it that nothing more is wanted.
    wake: Option<Waker>,
}

impl Exit {
    pub(super) fn new(
        source: Box<dyn Source + Send>,
        part: Part,
        counts: Arc<Counts>,
        wake: Option<Waker>,
    ) -> Exit {
        Exit {
            source: Some(source),
            part,
            counts,
            wake,
        }
    }
}

impl Source for Exit {
    fn start(&mut self, closed: &Arc<wait::Event>, shared: &Shared<'_>) -> Result<(), Failure> {
        let source = self.source.as_mut().ok_or_else(gone)?;
        let started = source.start(closed, shared);
        started.map_err(|failure| failure.within(self.part))
    }

    fn next(
        &mut self,
        deadline: Option<Instant>,
        shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        let part = self.part;
        let source = self.source.as_mut().ok_or_else(gone)?;
        let event = source.next(deadline, shared);
        let event = event.map_err(|failure| failure.within(part))?;
        if let Event::Data(data) = &event {
            self.counts.went(data);
        }
        Ok(event)
    }
}

fn gone() -> Failure {
    Failure::new("its output was given up")
}

impl Drop for Exit {
    fn drop(&mut self) {
        // First: the segment that is woken checks once whether anything is wanted, and not again.
        self.source = None;
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}
