//! Rows as JSON: an object a line, or all of them in one array.

use data_encoding::BASE64;

use super::super::Writer;
use crate::record::{Cell, Value, json_text};

/// A writer of NDJSON: one object a line, the columns in their order. Text that is not UTF-8 is shown lossily, and exactly
/// under the column's name with `_b64`. An object with an approximate value says so in a
/// last key, `"approx":true`.
pub fn ndjson_writer(columns: &[String]) -> Box<dyn Writer> {
    Box::new(NdjsonWriter(Keys::new(columns)))
}

/// A writer of one JSON array with a row a line; each as [`ndjson_writer`] has it.
pub fn writer(columns: &[String]) -> Box<dyn Writer> {
    Box::new(ArrayWriter(Keys::new(columns)))
}

/// The keys of all rows as they are written: each with its quotes and colon and with what stands before it; and the key
/// under which the exact bytes stand of what is not UTF-8.
struct Keys(Vec<[Vec<u8>; 2]>);

impl Keys {
    fn new(columns: &[String]) -> Keys {
        let key = |before: u8, name: &str| {
            let mut key = vec![before];
            json_text::write_string(name.as_bytes(), &mut key);
            key.push(b':');
            key
        };
        let keys = |(index, column): (usize, &String)| {
            let before = if index == 0 { b'{' } else { b',' };
            [key(before, column), key(b',', &format!("{column}_b64"))]
        };
        Keys(columns.iter().enumerate().map(keys).collect())
    }

    fn write_object(&self, cells: &[Cell], out: &mut Vec<u8>) {
        for ([key, exact], cell) in self.0.iter().zip(cells) {
            out.extend_from_slice(key);
            cell.value.write_json(out);
            if let Value::Text(text) = &cell.value
                && std::str::from_utf8(text).is_err()
            {
                out.extend_from_slice(exact);
                out.push(b'"');
                out.extend_from_slice(BASE64.encode(text).as_bytes());
                out.push(b'"');
            }
        }
        if self.0.is_empty() || cells.is_empty() {
            out.push(b'{');
        }
        if cells.iter().any(|cell| cell.approx) {
            out.extend_from_slice(b",\"approx\":true");
        }
        out.push(b'}');
    }
}

struct NdjsonWriter(Keys);

impl Writer for NdjsonWriter {
    fn begin(&self, _out: &mut Vec<u8>) {}

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        self.0.write_object(cells, out);
        out.push(b'\n');
    }
}

struct ArrayWriter(Keys);

impl Writer for ArrayWriter {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[\n");
    }

    fn row(&self, cells: &[Cell], out: &mut Vec<u8>) {
        self.0.write_object(cells, out);
    }

    fn separator(&self) -> &'static [u8] {
        b",\n"
    }

    fn end(&self, any_rows: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(if any_rows { b"\n]\n" } else { b"]\n" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(make: fn(&[String]) -> Box<dyn Writer>, rows: &[Vec<Cell>]) -> String {
        let writer = make(&["n".to_owned(), "say \"x\"".to_owned()]);
        let mut out = Vec::new();
        writer.begin(&mut out);
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(writer.separator());
            }
            writer.row(row, &mut out);
        }
        writer.end(!rows.is_empty(), &mut out);
        String::from_utf8(out).unwrap()
    }

    fn rows() -> Vec<Vec<Cell>> {
        let digits = |text: &'static str| Value::Digits(text.as_bytes().into());
        vec![
            vec![Cell::exact(digits("1.50")), Cell::default()],
            vec![
                Cell::approximate(digits("2")),
                Cell::exact(Value::Escaped(b"a\\nb")),
            ],
        ]
    }

    #[test]
    fn an_object_a_line() {
        let lines = "{\"n\":1.50,\"say \\\"x\\\"\":null}\n{\"n\":2,\"say \\\"x\\\"\":\"a\\nb\",\"approx\":true}\n";
        assert_eq!(write(ndjson_writer, &rows()), lines);
        assert_eq!(write(ndjson_writer, &[]), "");
    }

    #[test]
    fn an_array_of_any_length() {
        for count in 0..=2 {
            let text = write(writer, &rows()[..count]);
            let array: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(array.len(), count);
            assert_eq!(text.lines().count(), count + 2);
        }
    }
}
