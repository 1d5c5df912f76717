//! A partial result as it is written.

use std::io;

use super::Partial;
use super::header::{Header, Part, Question};
use super::lines::{self, Source};
use super::merging::Merged;
use crate::group::run::RunWriter;
use crate::log::plan::Output;
use crate::log::spill::SpillError;

/// A partial result in its final form, before it is cut into lines.
#[derive(Debug)]
pub struct Written {
    question: String,
    source: Source,
    bytes: Vec<u8>,
}

impl Written {
    /// A result with what is known of it.
    ///
    /// # Errors
    /// If a state is too large to be written.
    pub fn new(partial: &Partial, question: Question, parts: Vec<Part>) -> io::Result<Written> {
        let name = question.name();
        let header = Header {
            question,
            account: partial.account.clone(),
            parts,
        };
        let mut run = RunWriter::new(header.encode());
        if let Some(groups) = &partial.groups {
            groups.write(&mut run)?;
        }
        Ok(Written::of(name, run.end()?))
    }

    /// Merged results, also if their groups are in temporary files, as the answer to this question.
    ///
    /// # Errors
    /// As [`Written::new`], and those of temporary files.
    pub fn merged(merged: Merged, question: Question) -> Result<Written, SpillError> {
        let Output::Groups(grouping) = &merged.plan.output else {
            return Ok(Written::new(&merged.partial, question, merged.parts)?);
        };
        if merged.spilled.is_empty() {
            return Ok(Written::new(&merged.partial, question, merged.parts)?);
        }
        let name = question.name();
        let header = Header {
            question,
            account: merged.partial.account,
            parts: merged.parts,
        };
        let mut run = RunWriter::new(header.encode());
        let zone = &merged.plan.clock.zone;
        let mut batches = merged.spilled.batches(grouping, zone, merged.memory)?;
        while let Some(batch) = batches.next_batch()? {
            batch.write(&mut run)?;
        }
        Ok(Written::of(name, run.end()?))
    }

    fn of(question: String, bytes: Vec<u8>) -> Written {
        Written {
            question,
            source: Source::of(blake3::hash(&bytes)),
            bytes,
        }
    }

    /// Its lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = Vec<u8>> {
        let length = self.bytes.len() as u64;
        let pieces = lines::pieces(length);
        (1..=pieces).map(move |number| {
            let (start, piece) = lines::piece_range(number, length);
            let start = usize::try_from(start).expect("it is in memory");
            let mut line = Vec::new();
            let place = (number, pieces);
            lines::push_line(
                &mut line,
                &self.question,
                self.source,
                place,
                &self.bytes[start..start + piece],
            );
            line
        })
    }
}
