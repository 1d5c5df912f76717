//! Rows as scanners hand them on.

use crate::format::Writer;
use crate::record::Cell;

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
}

impl Encoded {
    /// Rows written by `writer`; without one, lines as they are.
    pub fn new(writer: Option<Box<dyn Writer>>) -> Encoded {
        Encoded {
            writer,
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }
}
