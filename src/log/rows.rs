//! Rows as scanners hand them on.

use crate::expr::Program;
use crate::format::Writer;
use crate::record::{Bad, Cell, Value};

/// How many rows more than wanted are collected before they are reduced.
pub const SLACK: usize = 1024;

/// Rows of a chunk or block.
pub enum Rows {
    /// Cells, to be sorted or counted further.
    Cells(Vec<Vec<Cell>>),
    /// Bytes in the output's format.
    Bytes(Encoded),
}

/// Rows in the output's format.
pub struct Encoded {
    /// Encodes rows; none if lines are written as they are.
    pub writer: Option<Box<dyn Writer>>,
    /// The rows, one after the other, without separators.
    pub bytes: Vec<u8>,
    /// Where each of them ends.
    pub ends: Vec<usize>,
    /// The cells of the current row. Their memory is used again for the next one.
    cells: Vec<Cell>,
}

impl Encoded {
    /// Rows written by `writer`; without one, lines as they are.
    pub fn new(writer: Option<Box<dyn Writer>>) -> Encoded {
        Encoded {
            writer,
            bytes: Vec::new(),
            ends: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Appends a line as it is.
    pub fn push_line(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
    }

    /// Appends a row of what the programs compute.
    ///
    /// # Errors
    /// If one of them cannot be computed; nothing is appended then.
    pub fn push_row(&mut self, programs: &[Program], row: &[Value<'_>]) -> Result<(), Bad> {
        self.cells.resize_with(programs.len(), Cell::default);
        for (program, cell) in programs.iter().zip(&mut self.cells) {
            program.apply(row, |value| {
                value.copy_to(&mut cell.value);
                Ok(())
            })?;
        }
        if let Some(writer) = &self.writer {
            writer.row(&self.cells, &mut self.bytes);
        }
        self.ends.push(self.bytes.len());
        Ok(())
    }
}
