//! CSV both ways against the csv crate.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::format::{FieldName, Sample, Step, Want, Wanted};
use crate::record::Value;
use crate::record::time::Years;

fn settings(infer: bool) -> Settings {
    Settings {
        zone: TimeZone::UTC,
        infer,
        years: Years::Known(2026),
        has_header: true,
        rule: None,
    }
}

fn named(name: &str) -> Wanted {
    Wanted::new(FieldName::Path(vec![Step::Key(name.to_owned())]), Want::Any)
}

fn read_line<'a>(header: &str, line: &'a str, wanted: &[Wanted]) -> Result<Vec<Value<'a>>, Bad> {
    let schema = SPEC
        .open(
            Sample {
                bytes: header.as_bytes(),
                whole: false,
            },
            &settings(false),
        )
        .unwrap();
    let mut out = vec![Value::Missing; wanted.len()];
    schema
        .reader(wanted)
        .unwrap()
        .read(line.as_bytes(), &mut out)?;
    Ok(out)
}

fn texts(values: &[Value<'_>]) -> Vec<String> {
    values
        .iter()
        .map(|value| String::from_utf8_lossy(&value.bytes()).into_owned())
        .collect()
}

#[test]
fn cells_are_quoted_or_not() {
    let wanted = ["c", "a", "b"].map(named);
    let read = |line| read_line("a,b,c\n", line, &wanted).map(|values| texts(&values));
    assert_eq!(read("1,2,3").unwrap(), ["3", "1", "2"]);
    assert_eq!(
        read("\"1,1\",\"say \"\"hi\"\"\",").unwrap(),
        ["", "1,1", "say \"hi\""]
    );
    for (written, text) in [
        ("\"say \"\"x\"\"\"", "say \"x\""),
        ("\"\"\"x\"\" said\"", "\"x\" said"),
        ("\"\"\"\"", "\""),
        ("\"\"\"\"\"\"", "\"\""),
        ("\"\"", ""),
    ] {
        for line in [
            format!("{written},2,3"),
            format!("1,{written},3"),
            format!("1,2,{written}"),
        ] {
            let values = read_line("a,b,c\n", &line, &wanted).unwrap();
            assert!(texts(&values).iter().any(|cell| cell == text), "{line}");
        }
    }
    assert_eq!(read("1,2,3,4").unwrap(), ["3", "1", "2"]);
    assert_eq!(
        read("1,2"),
        Err(Bad::new("fewer cells than the header has"))
    );
    assert_eq!(
        read("\"1\"1,2,3"),
        Err(Bad::new("text after a closing quote"))
    );
    assert_eq!(read("1,2,\"3"), Err(Bad::new(MULTILINE_CSV)));
    assert_eq!(read("5\" pipe,2,3").unwrap(), ["3", "5\" pipe", "2"]);
}

#[test]
fn a_cell_over_several_lines_is_noticed_behind_the_wanted_ones() {
    let wanted = [named("a")];
    assert_eq!(
        read_line("a,b,c\n", "1,2,\"3", &wanted).unwrap_err(),
        Bad::new(MULTILINE_CSV)
    );
    assert!(read_line("a,b,c\n", "1,\"2\",\"3\"", &wanted).is_ok());
    assert!(read_line("a,b,c\n", "1,5\",3", &wanted).is_ok());
}

#[test]
fn cells_by_number() {
    let wanted = [FieldName::Last(0), FieldName::Nth(2), FieldName::Nth(9)]
        .map(|name| Wanted::new(name, Want::Any));
    let values = read_line("a,b\n", "1,\"2,2\",3", &wanted).unwrap();
    assert_eq!(texts(&values), ["3", "2,2", ""]);
    assert!(matches!(values[2], Value::Missing));
}

#[test]
fn numbers_are_inferred_on_demand() {
    let sample = Sample {
        bytes: b"a,b,c\n1.50,true,007\n",
        whole: true,
    };
    let schema = SPEC.open(sample, &settings(true)).unwrap();
    let mut out = vec![Value::Missing; 3];
    schema
        .reader(&["a", "b", "c"].map(named))
        .unwrap()
        .read(b"1.50,true,007", &mut out)
        .unwrap();
    assert!(
        matches!(&out[..], [Value::Digits(number), Value::Text(_), Value::Text(_)] if **number == *b"1.50")
    );
}

#[test]
fn the_time_column_may_have_another_name() {
    let wanted = [Wanted {
        want: Want::Time,
        ..named("time")
    }];
    let values = read_line("n,ts\n", "1,2026-05-17T10:05:03Z", &wanted).unwrap();
    assert!(matches!(values[0], Value::Time(_)));
    assert_eq!(
        read_line("n,ts\n", "1,soon", &wanted).unwrap_err(),
        Bad::new("time is not a time")
    );
    assert!(matches!(
        read_line("n,ts\n", "1,", &wanted).unwrap()[0],
        Value::Missing
    ));
}

#[test]
fn finds_the_delimiter() {
    for text in ["a;b\n1,5;2\n", "a|b\n1|2\n", "\"a,x\";b\n1;2\n"] {
        let schema = SPEC
            .open(
                Sample {
                    bytes: text.as_bytes(),
                    whole: true,
                },
                &settings(false),
            )
            .unwrap();
        assert_eq!(schema.fields().len(), 2, "{text}");
    }
    let schema = SPEC
        .open(
            Sample {
                bytes: b"\xef\xbb\xbfonly\n1\n",
                whole: true,
            },
            &settings(false),
        )
        .unwrap();
    assert_eq!(schema.fields(), [FieldName::key("only")]);
}

#[test]
fn text_without_a_header_is_rejected() {
    let refused = |bytes: &[u8]| {
        SPEC.open(Sample { bytes, whole: true }, &settings(false))
            .err()
            .map(|refused| refused.0)
    };
    assert_eq!(refused(b"").unwrap(), "no header line");
    assert_eq!(
        refused(b"a,\"b\nc\",d\n").unwrap(),
        format!("the header line: {MULTILINE_CSV}")
    );
    assert_eq!(
        refused(b",\n1,2\n").unwrap(),
        "the header line names nothing"
    );
    assert_eq!(
        refused(b"\xff,b\n1,2\n").unwrap(),
        "the header line is not text"
    );
    assert_eq!(
        refused(b"\x00\x01,b\n1,2\n").unwrap(),
        "the header line is not text"
    );
    assert_eq!(refused(b"a,b\n\x00,\x01\n").unwrap(), "it is not text");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn reads_what_the_csv_crate_writes(
        style in prop::sample::select(vec![::csv::QuoteStyle::Always, ::csv::QuoteStyle::Necessary]),
        cells in prop::collection::vec("[a,\" é;]{0,6}", 2..6),
    ) {
        let mut writer = ::csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        writer.write_record(&cells).unwrap();
        let line = writer.into_inner().unwrap();
        let line = std::str::from_utf8(&line[..line.len() - 1]).unwrap();
        let wanted: Vec<_> = (1..=cells.len()).map(|number| Wanted::new(FieldName::Nth(number), Want::Any)).collect();
        prop_assert_eq!(texts(&read_line("a,b\n", line, &wanted).unwrap()), cells);
    }

    #[test]
    fn reads_lines_as_the_csv_crate_does(line in "[a\", ]{1,12}") {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let wanted: Vec<_> = (1..=record.len()).map(|number| Wanted::new(FieldName::Nth(number), Want::Any)).collect();
        // Where a quote is not followed by a delimiter the crate guesses, and a cell that goes on ends with its input.
        if let Ok(values) = read_line("a,b\n", &line, &wanted) {
            prop_assert_eq!(texts(&values), record.iter().collect::<Vec<_>>(), "{}", line);
        }
    }

    #[test]
    fn the_csv_crate_reads_what_is_written(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\n\ré ]{0,6}", 3), 1..4),
    ) {
        let writer = writer(&["a".to_owned(), "b,c".to_owned(), "d".to_owned()]);
        let mut out = Vec::new();
        writer.begin(&mut out);
        for row in &rows {
            let cells: Vec<Cell> = row
                .iter()
                .map(|text| Cell::approximate(Value::Text(text.clone().into_bytes().into())))
                .collect();
            writer.row(&cells, &mut out);
        }
        writer.end(true, &mut out);
        let mut reader = ::csv::Reader::from_reader(out.as_slice());
        prop_assert_eq!(reader.headers().unwrap(), vec!["a", "b,c", "d"]);
        let read: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(read, rows);
    }
}

#[test]
fn one_empty_cell_is_still_a_row() {
    let mut out = Vec::new();
    writer(&[]).row(&[Cell::default()], &mut out);
    assert_eq!(out, b"\"\"\n");
}
