//! What must hold for every format of whole records. A new entry of [`FORMATS`] is tested without further work.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

/// Keeps what was reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) bad: Vec<(u64, String)>,
    pub(super) notes: Vec<String>,
    pub(super) replaced: u64,
}

impl Report for Heard {
    fn bad(&mut self, record: u64, reason: Cow<'static, str>) -> bool {
        self.bad.push((record, reason.into_owned()));
        true
    }

    fn broken(&mut self, reason: String) {
        self.bad.push((0, reason));
    }

    fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }

    fn replaced(&mut self) {
        self.replaced += 1;
    }
}

pub(super) fn spec(name: &str) -> &'static Spec {
    find(name).unwrap()
}

/// Reads a text in pieces of `size` bytes.
pub(super) fn read(
    spec: &Spec,
    options: &ReadOptions,
    text: &[u8],
    size: usize,
) -> (Records, Heard) {
    let (mut all, mut heard) = (Records::new(), Heard::default());
    let mut reader = spec.reader.unwrap()(options);
    for piece in text.chunks(size.max(1)) {
        reader.read(piece, &mut heard);
        all.extend(reader.records());
    }
    reader.end(&mut heard);
    all.extend(reader.records());
    (all, heard)
}

pub(super) fn write(spec: &Spec, options: &WriteOptions, records: &Records) -> (Vec<u8>, Heard) {
    let (mut out, mut heard) = (Vec::new(), Heard::default());
    let mut writer = (spec.writer)(options);
    writer.write(records, &mut out, &mut heard);
    writer.end(&mut out, &mut heard);
    (out, heard)
}

/// A text as NDJSON, without any fault.
pub(super) fn as_ndjson(name: &str, options: &ReadOptions, text: &[u8]) -> String {
    let (records, heard) = read(spec(name), options, text, usize::MAX);
    assert_eq!(heard.bad, [], "{}", String::from_utf8_lossy(text));
    let (out, _) = write(spec("ndjson"), &WriteOptions::default(), &records);
    String::from_utf8(out).unwrap()
}

/// Names and values of all records, in short.
pub(super) fn cells(records: &Records) -> Vec<Vec<(Vec<u8>, String)>> {
    let records = records.iter().map(|record| {
        let names = record.names().iter().map(|name| name.to_vec());
        let values = record.values();
        names
            .zip(values.map(|value| {
                format!(
                    "{:?} {}",
                    value.form,
                    String::from_utf8_lossy(&value.plain())
                )
            }))
            .collect()
    });
    records.collect()
}

fn readers() -> impl Iterator<Item = &'static Spec> {
    FORMATS.iter().copied().filter(|spec| spec.reader.is_some())
}

#[test]
fn names_are_sorted_enough_and_summaries_are_one_line() {
    assert!(FORMATS.is_sorted_by(|one, other| one.name < other.name));
    for spec in FORMATS {
        assert!(!spec.summary.ends_with('.') && spec.summary.len() < 80);
    }
}

#[test]
fn examples_are_read_and_written() {
    let options = WriteOptions::default();
    for spec in FORMATS {
        let (text, ndjson) = spec.example;
        let (records, heard) = read(
            find("ndjson").unwrap(),
            &ReadOptions::default(),
            ndjson.as_bytes(),
            7,
        );
        assert_eq!(heard, Heard::default());
        let (written, heard) = write(spec, &options, &records);
        assert_eq!(String::from_utf8_lossy(&written), text, "{}", spec.name);
        assert_eq!(heard, Heard::default());
        if spec.reader.is_some() {
            assert_eq!(
                as_ndjson(spec.name, &ReadOptions::default(), text.as_bytes()),
                ndjson
            );
        }
    }
}

#[test]
fn where_the_text_is_cut_makes_no_difference() {
    for spec in readers() {
        let text = spec.example.0;
        for text in [
            text.to_owned(),
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            text.repeat(30),
        ] {
            let whole = read(spec, &ReadOptions::default(), text.as_bytes(), usize::MAX);
            for size in [1, 2, 3, 5, 64, 65, 100] {
                let cut = read(spec, &ReadOptions::default(), text.as_bytes(), size);
                assert_eq!(cut.1, whole.1, "{} in pieces of {size}", spec.name);
                assert_eq!(
                    cells(&cut.0),
                    cells(&whole.0),
                    "{} in pieces of {size}",
                    spec.name
                );
            }
        }
    }
}

#[test]
fn the_end_of_the_last_line_may_lack() {
    for spec in readers() {
        let text = spec.example.0;
        let whole = read(spec, &ReadOptions::default(), text.as_bytes(), 9);
        let lacking = read(spec, &ReadOptions::default(), text.trim_end().as_bytes(), 9);
        // The last cell of the example in CSV and TSV is empty: nothing but the newline is cut off there.
        let expected = cells(&whole.0);
        if text.trim_end().len() + 1 == text.len() {
            assert_eq!(cells(&lacking.0), expected, "{}", spec.name);
        }
        assert_eq!(whole.1, Heard::default());
    }
}

#[test]
fn a_mark_and_carriage_returns_are_not_read() {
    for spec in readers().filter(|spec| spec.name != "json") {
        let text = spec.example.0.replace("two\nlines", "two lines");
        let other = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let options = ReadOptions::default();
        assert_eq!(
            as_ndjson(spec.name, &options, other.as_bytes()),
            as_ndjson(spec.name, &options, text.as_bytes())
        );
    }
}

#[test]
fn noise_is_refused_with_its_place() {
    let cases: &[(&str, &str, u64, &str)] = &[
        (
            "csv",
            "a,b\n1,2\n1\n3,4\n",
            2,
            "it has 1 cell, but the header has 2",
        ),
        (
            "csv",
            "a,b\n\n1,2,3\n",
            1,
            "it has 3 cells, but the header has 2",
        ),
        (
            "csv",
            "a,b\n1,2\n\"x\"y,2\n",
            2,
            "text after a closing quote",
        ),
        ("csv", "a,b\n1,\"2\n3,4\n", 1, "a quoted cell is not closed"),
        (
            "csv",
            "a,\"b\n1,2\n",
            0,
            "the header: a quoted cell is not closed",
        ),
        ("tsv", "a\tb\n1\n", 1, "it has 1 cell, but the header has 2"),
        ("ndjson", "{}\n\nnoise\n", 2, "no JSON object at byte 1"),
        (
            "ndjson",
            "{\"a\":1} {}\n",
            1,
            "text after the JSON object at byte 9",
        ),
        (
            "ndjson",
            "{\"a\":01}\n",
            1,
            "no comma or closing bracket at byte 7",
        ),
        ("ndjson", "{\"a\":tru}\n", 1, "no JSON value at byte 6"),
        ("ndjson", "{\"a\":[1,]}\n", 1, "no JSON value at byte 9"),
        ("ndjson", "{\"a\":\"\\q\"}\n", 1, "bad escape at byte 7"),
        ("ndjson", "{\"a\":\"x", 1, "the JSON ends early at byte 8"),
        (
            "json",
            "[{\"a\":1} {\"a\":2}]",
            2,
            "no comma between two values of an array",
        ),
        (
            "json",
            "[{\"a\":1},]",
            2,
            "a value is missing, or a comma or bracket too many",
        ),
        ("json", "[{\"a\":1}", 2, "the array is not closed"),
        ("json", "[1]", 1, "no JSON object at byte 1"),
        ("json", "{\"a\":", 1, "the JSON ends early at byte 6"),
        (
            "logfmt",
            "a=1\na=\"x\n",
            2,
            "a quote is not closed at byte 3",
        ),
        ("logfmt", "a=1 =2\n", 1, "no key at byte 5"),
        ("logfmt", "a=x\"y\n", 1, "no blank after a value at byte 4"),
    ];
    for (name, text, record, reason) in cases {
        for size in [1, 100] {
            let (_, heard) = read(spec(name), &ReadOptions::default(), text.as_bytes(), size);
            assert_eq!(
                heard.bad,
                [(*record, (*reason).to_owned())],
                "{name} {text:?}"
            );
        }
    }
}

/// Texts of the bytes that mean something somewhere.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(b"ab1 ,;|=\t\n\r\"\\{}[]:-.utn\xc3\xa9\xff\0".as_slice());
    prop::collection::vec(byte, 0..120)
}

/// A table of texts, with the names of its columns.
fn table() -> impl Strategy<Value = (Vec<String>, Vec<Vec<String>>)> {
    (1_usize..5, 0_usize..5).prop_flat_map(|(width, height)| {
        let cell = "[a,;\t\n\r\"\\\\|= é\u{feff}0]{0,5}";
        let names = prop::collection::vec("[a-c,\"\n =é]{1,6}", width);
        let rows = prop::collection::vec(prop::collection::vec(cell, width), height);
        (names, rows)
    })
}

fn records((names, rows): &(Vec<String>, Vec<Vec<String>>)) -> Records {
    let names = distinct(names)
        .into_iter()
        .map(Vec::into_boxed_slice)
        .collect();
    let mut records = Records::new();
    for row in rows {
        for cell in row {
            records.push(crate::record::records::RawValue::text(cell.as_bytes()));
        }
        records.end_record(&names);
    }
    records
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in soup(), size in 1_usize..70) {
        for spec in readers() {
            for options in [ReadOptions::default(), ReadOptions { no_header: true, infer: true, delimiter: None }] {
                let whole = read(spec, &options, &text, usize::MAX);
                let cut = read(spec, &options, &text, size);
                prop_assert_eq!(&cut.1, &whole.1);
                prop_assert_eq!(cells(&cut.0), cells(&whole.0));
            }
        }
    }

    #[test]
    fn what_is_written_reads_the_same(table in table(), size in 1_usize..70) {
        let records = records(&table);
        for spec in readers().filter(|spec| spec.name != "logfmt") {
            let (text, heard) = write(spec, &WriteOptions::default(), &records);
            prop_assert_eq!(heard, Heard::default());
            let (read, heard) = read(spec, &ReadOptions::default(), &text, size);
            prop_assert_eq!(heard, Heard::default(), "{}", String::from_utf8_lossy(&text));
            let plain = |records: &Records| -> Vec<Vec<(Vec<u8>, Vec<u8>)>> {
                records.iter().map(|record| {
                    let values = record.values().map(|value| value.plain().into_owned());
                    record.names().iter().map(|name| name.to_vec()).zip(values).collect()
                }).collect()
            };
            prop_assert_eq!(plain(&read), plain(&records), "{}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn logfmt_reads_what_it_writes(values in prop::collection::vec("[a\"\\\\= é\n\t\r\u{7f}]{0,6}", 1..5)) {
        let names = (0..values.len()).map(|place| format!("k{place}").into_bytes().into()).collect();
        let mut records = Records::new();
        for value in &values {
            records.push(crate::record::records::RawValue::text(value.as_bytes()));
        }
        records.end_record(&names);
        let (text, _) = write(spec("logfmt"), &WriteOptions::default(), &records);
        let (read, heard) = read(spec("logfmt"), &ReadOptions::default(), &text, 3);
        prop_assert_eq!(heard, Heard::default(), "{}", String::from_utf8_lossy(&text));
        prop_assert_eq!(cells(&read), cells(&records));
    }

    /// The crate `csv` as the oracle, for texts that RFC 4180 allows.
    #[test]
    fn csv_is_read_and_written_as_by_others(table in table()) {
        let (names, rows) = &table;
        let names = distinct(names);
        let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(&names).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let text = writer.into_inner().unwrap();
        // A mark at the very beginning is one for them, too.
        prop_assume!(!text.starts_with(BOM));
        let (read, heard) = read(spec("csv"), &ReadOptions::default(), &text, 11);
        prop_assert_eq!(heard, Heard::default());
        prop_assert_eq!(cells(&read), cells(&records(&table)));
        let (written, _) = write(spec("csv"), &WriteOptions::default(), &read);
        let mut reader = ::csv::ReaderBuilder::new().from_reader(&*written);
        let found: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(&found, rows);
    }

    /// `serde_json` as the oracle: an object is read and written if and only if it is one.
    #[test]
    fn ndjson_is_read_as_by_others(line in r#"\{("[ab\\n]{0,2}":(1|-0\.50|1e5|01|true|null|"[ab\\n\\u00e9"]{0,6}"|\[1,\{"a":\[\]\}\]|\[\]|\{\}|\[|x)[, ]{1,2}){0,3}"c":0\}"#) {
        let serde = serde_json::from_str::<serde_json::Value>(&line);
        let (read, heard) = read(spec("ndjson"), &ReadOptions::default(), line.as_bytes(), 13);
        prop_assert_eq!(heard.bad.is_empty(), serde.is_ok(), "{} {:?} {:?}", line, heard, serde);
        if let Ok(value) = serde {
            let (written, _) = write(spec("ndjson"), &WriteOptions::default(), &read);
            let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
            prop_assert_eq!(written, value);
        }
    }
}
