//! A byte stage on a stream of bytes.

use crate::pipe::data::Data;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::stage::{ByteStage, Step};

/// Hands bytes to a stage as they come.
pub(super) struct Whole {
    stage: Box<dyn ByteStage>,
}

impl Whole {
    pub(super) fn new(stage: Box<dyn ByteStage>) -> Whole {
        Whole { stage }
    }
}

impl Step for Whole {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.stage.push(data.written(), out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.stage.end(out)?;
        if self.stage.gives_line() {
            let _ = out.put(Data::Bytes(b"\n"))?;
        }
        Ok(())
    }

    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.stage.next_file(out)
    }

    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.stage.idle(out)
    }
}
