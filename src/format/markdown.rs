//! `md`: rows as a table of Markdown, as GitHub and others show it. Only written.

use super::{OutputSpec, Writer};
use crate::record::Cell;

/// See the module.
pub(super) static OUTPUT: OutputSpec = OutputSpec {
    name: "md",
    summary: "Write a Markdown table",
    extensions: &["md", "markdown"],
    is_rows: true,
    is_read: false,
    marks_approximations: false,
    writer: |columns| Box::new(Markdown(columns.to_vec())),
};

struct Markdown(Vec<String>);

/// Appends the text of a cell. A bar would end it and a newline the row.
pub(super) fn push_text(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'|' => out.extend_from_slice(b"\\|"),
            b'\n' => out.extend_from_slice(b"<br>"),
            b'\r' => {}
            byte => out.push(*byte),
        }
    }
}

/// Appends a cell with what separates it from others.
fn push(text: &[u8], out: &mut Vec<u8>) {
    out.push(b' ');
    push_text(text, out);
    out.extend_from_slice(b" |");
}

impl Writer for Markdown {
    fn begin(&self, out: &mut Vec<u8>) {
        out.push(b'|');
        self.0.iter().for_each(|name| push(name.as_bytes(), out));
        out.extend_from_slice(b"\n|");
        self.0.iter().for_each(|_| out.extend_from_slice(b" --- |"));
        out.push(b'\n');
    }

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        out.push(b'|');
        cells.iter().for_each(|cell| push(&cell.value.bytes(), out));
        out.push(b'\n');
    }
}
