//! A line stage on a stream of bytes: cuts the bytes after their newlines.

use crate::pipe::data::{self, Data};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_before};
use crate::pipe::pieces;
use crate::pipe::shared::OnError;
use crate::pipe::stage::{LineStage, Step};

use super::judge::Judge;

/// Hands blocks of whole lines to a stage. A line whose end has not come yet waits.
pub(super) struct Lines {
    lines: pieces::Lines,
    blocks: Blocks,
}

impl Lines {
    pub(super) fn new(stage: Box<dyn LineStage>) -> Lines {
        Lines {
            lines: pieces::Lines::ending_in(b'\n'),
            blocks: Blocks {
                stage,
                made: Vec::new(),
                done: 0,
                judge: Judge::new(Position::Line),
            },
        }
    }
}

/// Runs the stage over blocks of lines.
struct Blocks {
    stage: Box<dyn LineStage>,
    made: Vec<u8>,
    /// How many lines were handed on in blocks.
    done: u64,
    /// For lines that are handed on one by one.
    judge: Judge,
}

impl Blocks {
    /// Runs the stage over whole lines. What they gave before a failure is handed on, too.
    fn block(&mut self, lines: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        self.made.clear();
        let result = match out.shared().on_error {
            OnError::Fail => self.at_once(lines),
            OnError::Skip | OnError::Report => self.one_by_one(lines, out),
        };
        let given = match self.made.is_empty() {
            true => Ok(Flow::More),
            false => out.put(Data::Bytes(&self.made)),
        };
        give_before(given, result)
    }

    fn at_once(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let result = self.stage.block(lines, &mut self.made);
        result.map_err(|failure| self.locate(failure))?;
        self.done += memchr::memchr_iter(b'\n', lines).count() as u64;
        Ok(())
    }

    fn one_by_one(&mut self, lines: &[u8], out: &dyn Out) -> Result<(), Failure> {
        for line in data::lines(lines) {
            let (content, terminator) = data::split_terminator(line);
            let start = self.made.len();
            let result = self.stage.line(content, &mut self.made);
            match self.judge.judge(result, out.shared(), out.part())? {
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
        let longest = out.shared().max_line;
        self.lines.push(data.written(), longest, |lines| {
            self.blocks.block(lines, out)
        })
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        match self.lines.end() {
            Some(line) => self.blocks.block(&line, out).map(|_| ()),
            None => Ok(()),
        }
    }
}
