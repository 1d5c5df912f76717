//! `ndjson`: a JSON object in each line.

use super::object_writer::{Frame, ObjectWriter};
use super::objects;
use super::{ReadOptions, RecordReader, RecordWriter, Spec, WriteOptions};

pub(super) static SPEC: Spec = Spec {
    name: "ndjson",
    summary: "A JSON object in each line",
    has_header: false,
    has_delimiter: false,
    reader: Some(reader),
    writer,
    example: (EXAMPLE, EXAMPLE),
};

const EXAMPLE: &str = concat!(
    "{\"id\":1.50,\"ok\":true,\"note\":\"said \\\"no\\\"\\u00e9\",\"tags\":[\"a\", {\"b\":null}]}\n",
    "{\"id\":1e2,\"user\":null,\"a b\":\"\"}\n{}\n",
);

fn reader(_: &ReadOptions) -> Box<dyn RecordReader> {
    objects::line_reader()
}

fn writer(_: &WriteOptions) -> Box<dyn RecordWriter> {
    Box::new(ObjectWriter::new(Frame::Lines))
}
