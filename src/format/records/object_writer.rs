//! Records as JSON objects. Values that came from JSON are written as they were; those that need no escapes are copied.

use std::sync::Arc;

use super::pen::Pen;
use super::{RecordWriter, Report};
use crate::record::json_text;
use crate::record::records::{Form, Names, RawValue, Record, Records};

/// What stands between objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Each object is a line.
    Lines,
    /// All objects are in one array.
    Array,
}

pub(super) struct ObjectWriter {
    frame: Frame,
    written: u64,
    keys: Vec<Keys>,
    /// Which keys the last record had.
    current: usize,
}

/// How a value is written that is none, whatever its bytes are.
const NULL: &[u8] = b"null";

/// How many lists of keys are remembered.
const REMEMBERED: usize = 16;

/// The keys of records as they are written, each with its quotes and colon and with what stands before it.
struct Keys {
    names: Names,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How many keys are not UTF-8.
    replaced: u64,
}

impl Keys {
    fn new(names: &Names) -> Keys {
        let (mut text, mut ends, mut replaced) = (Vec::new(), Vec::new(), 0);
        for name in names.iter() {
            text.push(if ends.is_empty() { b'{' } else { b',' });
            json_text::write_string(name, &mut text);
            text.push(b':');
            ends.push(text.len());
            replaced += u64::from(std::str::from_utf8(name).is_err());
        }
        // So that the last key can be copied in whole pieces.
        text.extend_from_slice(&[0; 64]);
        Keys {
            names: Arc::clone(names),
            text,
            ends,
            replaced,
        }
    }
}

impl ObjectWriter {
    pub(super) fn new(frame: Frame) -> ObjectWriter {
        ObjectWriter {
            frame,
            written: 0,
            keys: Vec::new(),
            current: 0,
        }
    }

    /// Finds the keys for these names.
    #[inline(always)]
    fn select(&mut self, names: &Names) {
        let current = self.keys.get(self.current);
        if !current.is_some_and(|keys| Arc::ptr_eq(&keys.names, names)) {
            self.search(names);
        }
    }

    #[cold]
    fn search(&mut self, names: &Names) {
        let known = self.keys.iter();
        let place = known
            .into_iter()
            .position(|keys| Arc::ptr_eq(&keys.names, names));
        self.current = place.unwrap_or_else(|| {
            if self.keys.len() == REMEMBERED {
                self.keys.clear();
            }
            self.keys.push(Keys::new(names));
            self.keys.len() - 1
        });
    }
}

impl RecordWriter for ObjectWriter {
    fn write(&mut self, records: &Records, out: &mut Vec<u8>, report: &mut dyn Report) {
        let mut pen = Pen::new(out);
        for record in records.iter() {
            self.select(record.names());
            let keys = &self.keys[self.current];
            pen.reserve(keys.text.len() + record.span().len() + NULL.len() * keys.ends.len() + 8);
            if self.frame == Frame::Array {
                let before: &[u8] = if self.written == 0 { b"[\n" } else { b",\n" };
                before.iter().for_each(|byte| pen.byte(*byte));
            }
            self.written += 1;
            let mut replaced = keys.replaced;
            if is_plain(record.span()) {
                object::<true>(&mut pen, keys, &record, &mut replaced);
            } else {
                object::<false>(&mut pen, keys, &record, &mut replaced);
            }
            if keys.ends.is_empty() {
                pen.byte(b'{');
            }
            pen.byte(b'}');
            if self.frame == Frame::Lines {
                pen.byte(b'\n');
            }
            (0..replaced).for_each(|_| report.replaced());
        }
        pen.finish();
    }

    fn end(&mut self, out: &mut Vec<u8>, _report: &mut dyn Report) {
        if self.frame == Frame::Array {
            out.extend_from_slice(if self.written == 0 {
                b"[\n]\n"
            } else {
                b"\n]\n"
            });
        }
    }
}

/// Writes a record, up to its last bracket. `PLAIN` says that nothing in it needs an escape.
#[inline(always)]
fn object<const PLAIN: bool>(
    pen: &mut Pen<'_>,
    keys: &Keys,
    record: &Record<'_>,
    replaced: &mut u64,
) {
    let (text, mut key) = (record.around(), 0);
    for ((start, end, form), key_end) in record.ranges().zip(&keys.ends) {
        pen.part(&keys.text, key, *key_end);
        key = *key_end;
        if !PLAIN && !is_plain(&text[start..end]) {
            let bytes = &text[start..end];
            pen.with(|out| write_value(RawValue { form, bytes }, out, replaced));
            // What was written may have been longer than the value.
            pen.reserve(keys.text.len() + record.span().len() + NULL.len() * keys.ends.len() + 8);
            continue;
        }
        match form {
            Form::Text | Form::Escaped => {
                pen.byte(b'"');
                pen.part(text, start, end);
                pen.byte(b'"');
            }
            Form::Null => NULL.iter().for_each(|byte| pen.byte(*byte)),
            Form::Number | Form::Boolean | Form::Nested => pen.part(text, start, end),
        }
    }
}

/// Appends a value as JSON, and counts it in `replaced` if it is not UTF-8.
pub(super) fn write_value(value: RawValue<'_>, out: &mut Vec<u8>, replaced: &mut u64) {
    let bytes = value.bytes;
    if value.form == Form::Null {
        return out.extend_from_slice(NULL);
    }
    let is_text = matches!(value.form, Form::Text | Form::Escaped);
    let quote: &[u8] = if is_text { b"\"" } else { b"" };
    if is_plain(bytes) {
        out.extend_from_slice(quote);
        out.extend_from_slice(bytes);
        out.extend_from_slice(quote);
        return;
    }
    *replaced += u64::from(std::str::from_utf8(bytes).is_err());
    match value.form {
        Form::Text => json_text::write_string(bytes, out),
        Form::Escaped | Form::Nested => {
            out.extend_from_slice(quote);
            for chunk in bytes.utf8_chunks() {
                write_lines(chunk.valid().as_bytes(), out);
                if !chunk.invalid().is_empty() {
                    out.extend_from_slice("\u{fffd}".as_bytes());
                }
            }
            out.extend_from_slice(quote);
        }
        Form::Number | Form::Boolean | Form::Null => out.extend_from_slice(bytes),
    }
}

/// Appends JSON without the newlines and indentation between its parts, so that it is one line.
fn write_lines(json: &[u8], out: &mut Vec<u8>) {
    for (index, line) in json.split(|byte| *byte == b'\n').enumerate() {
        let line = match index {
            0 => line,
            _ => line.trim_ascii_start(),
        };
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
    }
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Whether a text can stand in a JSON string as it is, and is ASCII.
#[inline(always)]
pub(super) fn is_plain(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<8>() else {
        let mut word = [b' '; 8];
        word[..text.len()].copy_from_slice(text);
        return odd(u64::from_le_bytes(word)) == 0;
    };
    let mut found = odd(u64::from_le_bytes(*last));
    let (words, _) = text.as_chunks::<8>();
    for word in words {
        found |= odd(u64::from_le_bytes(*word));
    }
    found == 0
}

/// Not 0 if one of eight bytes is a control character, a quote, a backslash, DEL or not ASCII.
#[inline(always)]
fn odd(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(repeat(1)) & !word;
    let control = word.wrapping_sub(repeat(b' ')) & !word;
    let delete = word.wrapping_add(repeat(1));
    (control | zero(word ^ repeat(b'"')) | zero(word ^ repeat(b'\\')) | delete | word)
        & repeat(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_known_in_every_place() {
        for byte in 0..=u8::MAX {
            for length in [1, 3, 8, 9, 20] {
                for place in 0..length {
                    let mut text = vec![b'a'; length];
                    text[place] = byte;
                    let is_odd = matches!(byte, 0..=0x1f | b'"' | b'\\' | 0x7f..);
                    assert_eq!(is_plain(&text), !is_odd, "{byte} at {place} of {length}");
                }
            }
        }
        assert!(is_plain(b""));
    }
}
