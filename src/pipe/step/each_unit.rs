//! A stage of whole items or records. In a stream of bytes the items are its lines, and it gives bytes.

use std::time::Instant;

use crate::pipe::data::{self, Data, Item, Kind};
use crate::pipe::emit::{Collected, Emit, Unit};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_before};
use crate::pipe::pieces::Lines;
use crate::pipe::stage::{Step, UnitStage};

use super::judge::Judge;

pub(super) struct Units {
    /// Of a stream of bytes.
    lines: Lines,
    feeder: Feeder,
}

impl Units {
    pub(super) fn new(stage: Box<dyn UnitStage>, kind: Kind) -> Units {
        let position = match kind {
            Kind::Bytes => Position::Line,
            Kind::Items => Position::Item,
            Kind::Records => Position::Record,
        };
        Units {
            lines: Lines::ending_in(b'\n'),
            feeder: Feeder {
                stage,
                kind,
                collected: Collected::default(),
                judge: Judge::new(position),
            },
        }
    }
}

struct Feeder {
    stage: Box<dyn UnitStage>,
    kind: Kind,
    collected: Collected,
    judge: Judge,
}

impl Feeder {
    /// Hands units to the stage until it has enough. What they gave before a failure is handed on, too.
    fn feed<'d>(
        &mut self,
        mut units: impl Iterator<Item = Unit<'d>>,
        out: &mut dyn Out,
    ) -> Result<Flow, Failure> {
        let mut emit = Emit::new(&mut self.collected, out, self.kind);
        let mut flow = Flow::More;
        let mut judged = Ok(());
        while flow == Flow::More
            && judged.is_ok()
            && let Some(unit) = units.next()
        {
            let result = self.stage.unit(unit, &mut emit).map(|now| flow = now);
            let result = result.map(|()| true);
            let result = self.judge.judge(result, emit.shared(), emit.part());
            judged = result.map(|_| ());
        }
        match give_before(emit.hand_on(), judged)? {
            Flow::Enough => Ok(Flow::Enough),
            Flow::More => Ok(flow),
        }
    }

    fn feed_lines(&mut self, lines: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.feed(
            data::lines(lines).map(|line| Unit::Item(line_item(line))),
            out,
        )
    }

    /// Calls the stage where no unit has come, and hands on what it gives.
    fn call<T>(
        &mut self,
        out: &mut dyn Out,
        call: impl FnOnce(&mut dyn UnitStage, &mut Emit<'_>) -> Result<T, Failure>,
    ) -> Result<(T, Flow), Failure> {
        let mut emit = Emit::new(&mut self.collected, out, self.kind);
        let result = call(&mut *self.stage, &mut emit)?;
        Ok((result, emit.hand_on()?))
    }
}

impl Step for Units {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let (lines, feeder) = (&mut self.lines, &mut self.feeder);
        match data {
            Data::Bytes(bytes) => {
                let longest = out.shared().max_line;
                lines.push(bytes, longest, |lines| feeder.feed_lines(lines, out))
            }
            Data::Items(items) => feeder.feed(items.iter().map(Unit::Item), out),
            Data::Records(records) => feeder.feed(records.iter().map(Unit::Record), out),
        }
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        if let Some(line) = self.lines.end() {
            let _ = self.feeder.feed_lines(&line, out)?;
        }
        let ended = self.feeder.call(out, |stage, emit| stage.end(emit));
        ended.map(|_| ())
    }

    fn has_partial_result(&self) -> bool {
        self.feeder.stage.has_partial_result()
    }

    fn deadline(&self) -> Option<Instant> {
        self.feeder.stage.deadline()
    }

    fn due(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        match self.feeder.call(out, |stage, emit| stage.due(emit))? {
            (Flow::More, flow) => Ok(flow),
            (Flow::Enough, _) => Ok(Flow::Enough),
        }
    }
}

/// A line as an item.
fn line_item(line: &[u8]) -> Item<'_> {
    let (content, terminator) = data::split_terminator(line);
    Item {
        content,
        terminator,
    }
}
