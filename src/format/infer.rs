//! `--infer`: texts that look like numbers are written as numbers.

use super::Writer;
use crate::record::{Cell, Value, json_text};

/// A writer that hands cells on to another one, texts that are numbers in JSON's grammar as numbers.
pub struct InferNumbers(pub Box<dyn Writer>);

impl Writer for InferNumbers {
    fn begin(&self, out: &mut Vec<u8>) {
        self.0.begin(out);
    }

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        let infer = |cell: &Cell| {
            let mut cell = cell.clone();
            if let Value::Text(text) = &mut cell.value
                && json_text::is_number(text)
            {
                cell.value = Value::Digits(std::mem::take(text));
            }
            cell
        };
        let cells: Vec<Cell> = cells.iter().map(infer).collect();
        self.0.row(&cells, out);
    }

    fn separator(&self) -> &'static [u8] {
        self.0.separator()
    }

    fn end(&self, any_rows: bool, out: &mut Vec<u8>) {
        self.0.end(any_rows, out);
    }
}
