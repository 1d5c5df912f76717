//! `md`: a Markdown table, as GitHub and others show it. It is only written: it cannot hold every text.

use super::table_writer::{Layout, TableWriter};
use super::{RecordWriter, Spec, WriteOptions};
use crate::format::markdown::push_text;

pub(super) static SPEC: Spec = Spec {
    name: "md",
    summary: "A Markdown table",
    has_header: true,
    has_delimiter: false,
    reader: None,
    writer,
    example: (
        "| name | note |\n| --- | --- |\n| Ada | a \\| b |\n| two<br>lines |  |\n",
        "{\"name\":\"Ada\",\"note\":\"a | b\"}\n{\"name\":\"two\\nlines\",\"note\":\"\"}\n",
    ),
};

fn writer(options: &WriteOptions) -> Box<dyn RecordWriter> {
    let options = WriteOptions {
        no_header: false,
        ..options.clone()
    };
    Box::new(TableWriter::new(Markdown, &options))
}

struct Markdown;

impl Layout for Markdown {
    fn cell(&self, cell: &[u8], _is_alone: bool, out: &mut Vec<u8>) {
        push_text(cell, out);
    }

    fn begin_row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"| ");
    }

    fn separator(&self) -> &[u8] {
        b" | "
    }

    fn end_row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b" |\n");
    }

    fn after_header(&self, columns: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(b"|");
        (0..columns).for_each(|_| out.extend_from_slice(b" --- |"));
        out.push(b'\n');
    }
}
