//! A partial result as it is written.

use std::io;

use super::Partial;
use super::header::{Header, Part, Question};
use super::lines::{self, Source};
use crate::group::run::RunWriter;

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
        let bytes = run.end()?;
        Ok(Written {
            question: name,
            source: Source::of(blake3::hash(&bytes)),
            bytes,
        })
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
