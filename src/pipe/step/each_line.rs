//! A line stage on a stream of bytes: cuts the bytes after their newlines.

use crate::pipe::data::{self, Data};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::{OnError, Shared};
use crate::pipe::stage::{LineStage, Step};

use super::judge::Judge;

/// Hands blocks of whole lines to a stage. A line whose end has not come yet waits.
pub(super) struct Lines {
    stage: Box<dyn LineStage>,
    /// The beginning of a line.
    partial: Vec<u8>,
    made: Vec<u8>,
    /// How many lines were handed on in blocks.
    done: u64,
    /// For lines that are handed on one by one.
    judge: Judge,
}

impl Lines {
    pub(super) fn new(stage: Box<dyn LineStage>) -> Lines {
        Lines {
            stage,
            partial: Vec::new(),
            made: Vec::new(),
            done: 0,
            judge: Judge::new(Position::Line),
        }
    }

    /// Runs the stage over whole lines. What they gave before a failure is handed on, too.
    fn block(&mut self, lines: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.made.clear();
        let result = match out.shared().on_error {
            OnError::Fail => self.at_once(lines),
            OnError::Skip | OnError::Report => self.one_by_one(lines, out.shared()),
        };
        let flow = match self.made.is_empty() {
            true => Flow::More,
            false => out.put(Data::Bytes(&self.made))?,
        };
        result.map(|()| flow)
    }

    fn at_once(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let result = self.stage.block(lines, &mut self.made);
        result.map_err(|failure| self.locate(failure))?;
        self.done += memchr::memchr_iter(b'\n', lines).count() as u64;
        Ok(())
    }

    fn one_by_one(&mut self, lines: &[u8], shared: &Shared<'_>) -> Result<(), Failure> {
        for line in data::lines(lines) {
            let (content, terminator) = data::split_terminator(line);
            let start = self.made.len();
            let result = self.stage.line(content, &mut self.made);
            match self.judge.judge(result, shared)? {
                true => self.made.extend_from_slice(terminator),
                false => self.made.truncate(start),
            }
        }
        Ok(())
    }

    /// Names the line at which a block failed: a stage counts lines within its block.
    fn locate(&self, failure: Failure) -> Failure {
        match failure.at {
            Some(Position::Line(line)) => Failure {
                at: Some(Position::Line(self.done + line)),
                ..failure
            },
            _ => failure,
        }
    }
}

impl Step for Lines {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let bytes = data.written();
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
            flow = self.block(&line, out)?;
            line.clear();
            self.partial = line;
        }
        if !whole.is_empty() && flow == Flow::More {
            flow = self.block(whole, out)?;
        }
        self.partial.extend_from_slice(rest);
        Ok(flow)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let line = std::mem::take(&mut self.partial);
        if !line.is_empty() {
            let _ = self.block(&line, out)?;
        }
        Ok(())
    }
}
