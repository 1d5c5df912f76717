//! Stages of bytes and of lines on a stream of items: each item is an input of its own.

use std::time::Instant;

use crate::pipe::data::{Batch, Data, Item, Items};
use crate::pipe::failure::{Failure, Part, Position};
use crate::pipe::flow::{Flow, Out, give_before, give_items};
use crate::pipe::shared::Shared;
use crate::pipe::stage::{ByteStage, LineStage, Step};

use super::judge::Judge;

/// A byte stage: each item is pushed whole, then ended.
pub(super) struct Bytes {
    stage: Box<dyn ByteStage>,
    made: Batch,
    judge: Judge,
}

impl Bytes {
    pub(super) fn new(stage: Box<dyn ByteStage>) -> Bytes {
        Bytes {
            stage,
            made: Batch::new(),
            judge: Judge::new(Position::Item),
        }
    }
}

impl Step for Bytes {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Items(items) = data else {
            return out.put(data);
        };
        each(&mut self.made, items, out, |item, made, out| {
            let mut collect = Collect {
                bytes: made.open(),
                shared: out.shared(),
            };
            let pushed = self.stage.push(item.content, &mut collect);
            // Also after a failure: it makes the stage ready for the next item.
            let ended = self.stage.end(&mut collect);
            let result = pushed.and(ended).map(|()| true);
            let is_kept = self.judge.judge(result, out.shared(), out.part())?;
            Ok(is_kept.then_some(match item.terminator {
                b"" if self.stage.gives_line() => b"\n",
                terminator => terminator,
            }))
        })
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }
}

/// A line stage: each item is a line.
pub(super) struct Lines {
    stage: Box<dyn LineStage>,
    made: Batch,
    judge: Judge,
}

impl Lines {
    pub(super) fn new(stage: Box<dyn LineStage>) -> Lines {
        Lines {
            stage,
            made: Batch::new(),
            judge: Judge::new(Position::Item),
        }
    }
}

impl Step for Lines {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Items(items) = data else {
            return out.put(data);
        };
        each(&mut self.made, items, out, |item, made, out| {
            let result = self.stage.line(item.content, made.open());
            let is_kept = self.judge.judge(result, out.shared(), out.part())?;
            Ok(is_kept.then_some(item.terminator))
        })
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        Ok(())
    }
}

/// Makes an item of each item, and hands them on, also those before a failure. `make` returns the terminator of one that is kept.
fn each<'d>(
    made: &mut Batch,
    items: Items<'d>,
    out: &mut dyn Out,
    mut make: impl FnMut(Item<'d>, &mut Batch, &dyn Out) -> Result<Option<&'d [u8]>, Failure>,
) -> Result<Flow, Failure> {
    let mut result = Ok(());
    for item in items.iter() {
        match make(item, made, out) {
            Ok(Some(terminator)) => made.close(terminator),
            Ok(None) => made.undo(),
            Err(failure) => {
                made.undo();
                result = Err(failure);
                break;
            }
        }
    }
    give_before(give_items(made, out), result)
}

/// Collects what a byte stage gives for one item.
struct Collect<'a> {
    bytes: &'a mut Vec<u8>,
    shared: &'a Shared<'a>,
}

impl Out for Collect<'_> {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        self.bytes.extend_from_slice(data.written());
        Ok(Flow::More)
    }

    fn pause(&mut self, _until: Instant) -> Result<Flow, Failure> {
        Ok(Flow::More)
    }

    fn shared(&self) -> &Shared<'_> {
        self.shared
    }

    fn part(&self) -> Option<Part> {
        None
    }
}
