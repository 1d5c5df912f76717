//! A byte stage on a stream of bytes.

use std::time::Instant;

use crate::pipe::data::Data;
use crate::pipe::failure::{Failure, Part};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::stage::{ByteStage, Step};

/// Hands bytes to a stage as they come.
pub(super) struct Whole {
    stage: Box<dyn ByteStage>,
    /// It has given something.
    has_given: bool,
}

impl Whole {
    pub(super) fn new(stage: Box<dyn ByteStage>) -> Whole {
        Whole {
            stage,
            has_given: false,
        }
    }

    fn with<T>(
        &mut self,
        out: &mut dyn Out,
        call: impl FnOnce(&mut dyn ByteStage, &mut dyn Out) -> T,
    ) -> T {
        let mut noting = Noting {
            out,
            has_given: &mut self.has_given,
        };
        call(&mut *self.stage, &mut noting)
    }
}

impl Step for Whole {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.with(out, |stage, out| stage.push(data.written(), out))
    }

    /// A line that was given without a newline gets one; nothing stays nothing.
    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.with(out, |stage, out| stage.end(out))?;
        if self.has_given && self.stage.gives_line() {
            let _ = out.put(Data::Bytes(b"\n"))?;
        }
        Ok(())
    }

    fn has_partial_result(&self) -> bool {
        self.stage.has_partial_result()
    }

    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.with(out, |stage, out| stage.next_file(out))
    }

    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.with(out, |stage, out| stage.idle(out))
    }
}

/// Notes whether something is given.
struct Noting<'a> {
    out: &'a mut dyn Out,
    has_given: &'a mut bool,
}

impl Out for Noting<'_> {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        *self.has_given = true;
        self.out.put(data)
    }

    fn pause(&mut self, until: Instant) -> Result<Flow, Failure> {
        self.out.pause(until)
    }

    fn shared(&self) -> &Shared<'_> {
        self.out.shared()
    }

    fn part(&self) -> Option<Part> {
        self.out.part()
    }
}
