//! `logfmt`: `key=value` pairs in a line, values with blanks in quotes. A key alone is `null`.

use super::line_reader::{Line, LineReader};
use super::shapes::Shapes;
use super::{ReadOptions, RecordReader, RecordWriter, Report, Spec, WriteOptions};
use crate::record::records::{Form, Record, Records};
use crate::record::{Bad, json_text};

pub(super) static SPEC: Spec = Spec {
    name: "logfmt",
    summary: "Pairs KEY=VALUE in lines, values with blanks in quotes",
    has_header: false,
    has_delimiter: false,
    reader: Some(reader),
    writer,
    example: (
        "level=info msg=\"started \\\"it\\\"\" took=012ms empty= debug\nlevel=warn path=/a?b=c\n",
        concat!(
            "{\"level\":\"info\",\"msg\":\"started \\\"it\\\"\",\"took\":\"012ms\",\"empty\":\"\",\"debug\":null}\n",
            "{\"level\":\"warn\",\"path\":\"/a?b=c\"}\n",
        ),
    ),
};

fn reader(_: &ReadOptions) -> Box<dyn RecordReader> {
    Box::new(LineReader::new(Logfmt))
}

fn writer(_: &WriteOptions) -> Box<dyn RecordWriter> {
    Box::new(Writer { written: 0 })
}

struct Logfmt;

/// Whether a byte can stand in a key, or in a value without quotes.
fn is_bare(byte: u8) -> bool {
    byte > b' ' && byte != b'"' && byte != 0x7f
}

fn is_key(byte: u8) -> bool {
    is_bare(byte) && byte != b'='
}

impl Line for Logfmt {
    const DECODE: fn(&[u8]) -> Vec<u8> = <[u8]>::to_vec;

    fn read(
        &mut self,
        start: usize,
        end: usize,
        records: &mut Records,
        shapes: &mut Shapes,
    ) -> Result<(), Bad> {
        let fault =
            |what: &str, at: usize| Err(Bad::new(format!("{what} at byte {}", at - start + 1)));
        let mut at = start;
        loop {
            let text = records.text();
            let run = |from: usize, accept: fn(u8) -> bool| {
                let rest = text[from..end].iter();
                from + rest.take_while(|byte| accept(**byte)).count()
            };
            let key = run(at, |byte| matches!(byte, b' ' | b'\t'));
            if key == end {
                return Ok(());
            }
            at = run(key, is_key);
            if at == key {
                return fault("no key", key);
            }
            shapes.key(&text[key..at]);
            if at == end || text[at] != b'=' {
                if at < end && !matches!(text[at], b' ' | b'\t') {
                    return fault("a key ends in a byte that keys do not have", at);
                }
                records.push_range(at, at, Form::Null);
                continue;
            }
            let value = at + 1;
            if value < end && text[value] == b'"' {
                let Some(length) = json_text::closing_quote(&text[value + 1..end]) else {
                    return fault("a quote is not closed", value);
                };
                let close = value + 1 + length;
                let inside = &text[value + 1..close];
                let mut length = inside.len();
                if memchr::memchr(b'\\', inside).is_some() {
                    let plain = json_text::unescape(inside);
                    length = plain.len();
                    text[value + 1..value + 1 + length].copy_from_slice(&plain);
                }
                at = close + 1;
                records.push_range(value + 1, value + 1 + length, Form::Text);
            } else {
                at = run(value, is_bare);
                records.push_range(value, at, Form::Text);
            }
            let text = records.text();
            if at < end && !matches!(text[at], b' ' | b'\t') {
                return fault("no blank after a value", at);
            }
        }
    }
}

struct Writer {
    written: u64,
}

impl RecordWriter for Writer {
    fn write(&mut self, records: &Records, out: &mut Vec<u8>, report: &mut dyn Report) {
        for record in records.iter() {
            self.written += 1;
            let start = out.len();
            match line(&record, out) {
                Ok(replaced) => (0..replaced).for_each(|_| report.replaced()),
                Err(reason) => {
                    out.truncate(start);
                    if !report.bad(self.written, reason.into()) {
                        return;
                    }
                }
            }
        }
    }
}

/// Appends a record; returns how many values were not UTF-8.
fn line(record: &Record<'_>, out: &mut Vec<u8>) -> Result<u64, String> {
    let mut replaced = 0;
    let start = out.len();
    for (name, value) in record.names().iter().zip(record.values()) {
        if name.is_empty() || !name.iter().all(|byte| is_key(*byte)) {
            let name = String::from_utf8_lossy(name);
            return Err(format!(
                "the name '{}' cannot be a key of logfmt",
                name.escape_debug()
            ));
        }
        if out.len() > start {
            out.push(b' ');
        }
        out.extend_from_slice(name);
        if value.form == Form::Null {
            continue;
        }
        out.push(b'=');
        let text = value.plain();
        if text.iter().all(|byte| is_bare(*byte)) {
            out.extend_from_slice(&text);
        } else {
            replaced += u64::from(std::str::from_utf8(&text).is_err());
            json_text::write_string(&text, out);
        }
    }
    if record.names().is_empty() {
        return Err("logfmt cannot hold a record without fields".to_owned());
    }
    out.push(b'\n');
    Ok(replaced)
}
