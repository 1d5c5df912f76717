use std::borrow::Cow;

use jug::format::records::{FORMATS, ReadOptions, Report, WriteOptions};
use jug::record::records::Records;

/// What was reported, in order.
#[derive(Debug, Default, PartialEq)]
struct Heard(Vec<String>);

impl Report for Heard {
    fn bad(&mut self, record: u64, reason: Cow<'static, str>) -> bool {
        self.0.push(format!("record {record}: {reason}"));
        true
    }

    fn broken(&mut self, reason: String) {
        self.0.push(reason);
    }

    fn note(&mut self, message: &str) {
        self.0.push(message.to_owned());
    }
}

/// The first byte chooses a format, the second the size of the pieces in which the rest is read: they give the same records
/// and the same messages as the whole. What was read can be written in every format.
pub fn records(data: &[u8]) {
    let [format, size, text @ ..] = data else {
        return;
    };
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let Some(make_reader) = format.reader else {
        return;
    };
    let options = ReadOptions {
        infer: size % 2 == 1 && format.has_header,
        ..ReadOptions::default()
    };
    let read = |size: usize| {
        let (mut all, mut heard) = (Records::new(), Heard::default());
        let mut reader = make_reader(&options);
        reader.limit(40);
        for piece in text.chunks(size) {
            reader.read(piece, &mut heard);
            all.extend(reader.records());
        }
        reader.end(&mut heard);
        all.extend(reader.records());
        (all, heard)
    };
    let (whole, heard) = read(usize::MAX);
    let (cut, heard_in_pieces) = read(1 + usize::from(size / 2) % 9);
    assert_eq!(cells(&cut), cells(&whole), "{}", format.name);
    assert_eq!(heard_in_pieces, heard, "{}", format.name);
    for format in FORMATS {
        let mut out = Vec::new();
        let mut writer = (format.writer)(&WriteOptions::default());
        writer.write(&whole, &mut out, &mut Heard::default());
        writer.end(&mut out, &mut Heard::default());
    }
}

/// Names and values of all records.
fn cells(records: &Records) -> Vec<Vec<(Vec<u8>, String)>> {
    let record_cells = records.iter().map(|record| {
        let names = record.names().iter().map(|name| name.to_vec());
        let values = record.values().map(|value| format!("{value:?}"));
        names.zip(values).collect()
    });
    record_cells.collect()
}
