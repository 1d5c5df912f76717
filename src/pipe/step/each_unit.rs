//! A stage of whole items or records. In a stream of bytes the items are its lines, and it gives bytes.

use std::time::Instant;

use crate::pipe::data::{self, Data, Item, Kind};
use crate::pipe::emit::{Collected, Emit, Unit};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::stage::{Step, UnitStage};

use super::judge::Judge;

pub(super) struct Units {
    stage: Box<dyn UnitStage>,
    kind: Kind,
    /// The beginning of a line, in a stream of bytes.
    partial: Vec<u8>,
    collected: Collected,
    judge: Judge,
}

impl Units {
    pub(super) fn new(stage: Box<dyn UnitStage>, kind: Kind) -> Units {
        let position = match kind {
            Kind::Bytes => Position::Line,
            Kind::Items => Position::Item,
            Kind::Records => Position::Record,
        };
        Units {
            stage,
            kind,
            partial: Vec::new(),
            collected: Collected::default(),
            judge: Judge::new(position),
        }
    }

    /// Hands units to the stage until it has enough.
    fn feed<'d>(
        &mut self,
        mut units: impl Iterator<Item = Unit<'d>>,
        out: &mut dyn Out,
    ) -> Result<Flow, Failure> {
        let mut emit = Emit::new(&mut self.collected, out, self.kind);
        let mut flow = Flow::More;
        while flow == Flow::More
            && let Some(unit) = units.next()
        {
            let result = self.stage.unit(unit, &mut emit).map(|now| flow = now);
            self.judge.judge(result.map(|()| true), emit.shared())?;
        }
        match emit.hand_on()? {
            Flow::Enough => Ok(Flow::Enough),
            Flow::More => Ok(flow),
        }
    }

    fn feed_line(&mut self, line: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.feed(std::iter::once(Unit::Item(line_item(line))), out)
    }

    fn take_bytes(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let Some(last) = memchr::memrchr(b'\n', bytes) else {
            self.partial.extend_from_slice(bytes);
            return Ok(Flow::More);
        };
        let (mut whole, rest) = bytes.split_at(last + 1);
        let mut flow = Flow::More;
        if !self.partial.is_empty() {
            let first = memchr::memchr(b'\n', whole).map_or(whole.len(), |newline| newline + 1);
            let mut line = std::mem::take(&mut self.partial);
            line.extend_from_slice(&whole[..first]);
            whole = &whole[first..];
            flow = self.feed_line(&line, out)?;
            line.clear();
            self.partial = line;
        }
        if flow == Flow::More {
            flow = self.feed(
                data::lines(whole).map(|line| Unit::Item(line_item(line))),
                out,
            )?;
        }
        self.partial.extend_from_slice(rest);
        Ok(flow)
    }
}

impl Step for Units {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        match data {
            Data::Bytes(bytes) => self.take_bytes(bytes, out),
            Data::Items(items) => self.feed(items.iter().map(Unit::Item), out),
            Data::Records(records) => self.feed(records.iter().map(Unit::Record), out),
        }
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let line = std::mem::take(&mut self.partial);
        if !line.is_empty() {
            let _ = self.feed_line(&line, out)?;
        }
        let mut emit = Emit::new(&mut self.collected, out, self.kind);
        self.stage.end(&mut emit)?;
        emit.hand_on().map(|_| ())
    }

    fn deadline(&self) -> Option<Instant> {
        self.stage.deadline()
    }

    fn due(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        let mut emit = Emit::new(&mut self.collected, out, self.kind);
        let flow = self.stage.due(&mut emit)?;
        match emit.hand_on()? {
            Flow::Enough => Ok(Flow::Enough),
            Flow::More => Ok(flow),
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
