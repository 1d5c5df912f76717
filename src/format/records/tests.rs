//! What users of other tools meet: odd headers, odd rows, changing names, other delimiters.

use super::laws::{Heard, as_ndjson, cells, read, spec, write};
use super::*;

fn from_ndjson(text: &str) -> Records {
    let (records, heard) = read(spec("ndjson"), &ReadOptions::default(), text.as_bytes(), 8);
    assert_eq!(heard, Heard::default());
    records
}

fn written(format: &str, options: &WriteOptions, ndjson: &str) -> (String, Vec<(u64, String)>) {
    let (text, heard) = write(spec(format), options, &from_ndjson(ndjson));
    (String::from_utf8(text).unwrap(), heard.bad)
}

fn columns(names: &[&str]) -> WriteOptions {
    let columns = names.iter().map(|name| name.as_bytes().into()).collect();
    WriteOptions {
        columns: Some(columns),
        ..WriteOptions::default()
    }
}

/// Miller #1050, #225 and #794, csvjson-app #71: columns vanished.
#[test]
fn repeated_and_empty_names_keep_their_columns() {
    let text = b"a,b,b,,\n1,2,3,4,5\n";
    let (records, heard) = read(spec("csv"), &ReadOptions::default(), text, 3);
    assert_eq!(
        heard.notes,
        [
            "the header repeats 'b'; column 3 is called 'b_2'",
            "column 4 has no name in the header; it is called 'column_4'",
            "column 5 has no name in the header; it is called 'column_5'",
        ]
    );
    let (ndjson, _) = write(spec("ndjson"), &WriteOptions::default(), &records);
    let expected =
        "{\"a\":\"1\",\"b\":\"2\",\"b_2\":\"3\",\"column_4\":\"4\",\"column_5\":\"5\"}\n";
    assert_eq!(String::from_utf8(ndjson).unwrap(), expected);
    let (csv, _) = written("csv", &WriteOptions::default(), expected);
    assert_eq!(csv, "a,b,b_2,column_4,column_5\n1,2,3,4,5\n");
}

#[test]
fn columns_come_from_the_first_record_unless_they_are_named() {
    let ndjson = "{\"a\":1,\"b\":\"x\"}\n{\"b\":null}\n{\"b\":true,\"c\":{\"d\":[1,2]}}\n";
    let reason = "the field 'c' has no column: name all columns with --header, or see --extra";
    let (csv, bad) = written("csv", &WriteOptions::default(), ndjson);
    assert_eq!(
        (csv.as_str(), bad),
        ("a,b\n1,x\n,\n", vec![(3, reason.to_owned())])
    );
    let (csv, bad) = written("csv", &columns(&["c", "a", "b", "z"]), ndjson);
    assert_eq!(
        (csv.as_str(), bad),
        (
            "c,a,b,z\n,1,x,\n,,,\n\"{\"\"d\"\":[1,2]}\",,true,\n",
            vec![]
        )
    );
    let dropping = WriteOptions {
        extra: Extra::Drop,
        ..WriteOptions::default()
    };
    assert_eq!(
        written("tsv", &dropping, ndjson).0,
        "a\tb\n1\tx\n\t\n\ttrue\n"
    );
    let nesting = WriteOptions {
        extra: Extra::Json,
        ..columns(&["b", "extra"])
    };
    assert_eq!(
        written("csv", &nesting, ndjson).0,
        "b,extra,extra_2\nx,,\"{\"\"a\"\":1}\"\n,,\ntrue,,\"{\"\"c\"\":{\"\"d\"\":[1,2]}}\"\n"
    );
    assert_eq!(written("csv", &columns(&["a"]), "").0, "a\n");
    assert_eq!(written("csv", &WriteOptions::default(), "").0, "");
}

#[test]
fn names_in_another_order_go_into_the_same_columns() {
    let ndjson = "{\"a\":1,\"b\":2}\n{\"b\":4,\"a\":3}\n{\"a\":5,\"b\":6}\n";
    assert_eq!(
        written("csv", &WriteOptions::default(), ndjson).0,
        "a,b\n1,2\n3,4\n5,6\n"
    );
}

#[test]
fn repeated_keys_stay_in_json_and_get_columns_of_their_own() {
    let ndjson = "{\"a\":1,\"a\":2}\n";
    assert_eq!(
        written("ndjson", &WriteOptions::default(), ndjson).0,
        ndjson
    );
    assert_eq!(
        written("csv", &WriteOptions::default(), ndjson).0,
        "a,a_2\n1,2\n"
    );
}

#[test]
fn each_file_has_a_header_of_its_own() {
    let mut reader = spec("csv").reader.unwrap()(&ReadOptions::default());
    let (mut all, mut heard) = (Records::new(), Heard::default());
    for file in ["a,b\n1,2", "\u{feff}b,a\n3,4\n", "", "c\n5\n"] {
        reader.read(file.as_bytes(), &mut heard);
        all.extend(reader.records());
        reader.end(&mut heard);
        all.extend(reader.records());
    }
    let (out, _) = write(spec("ndjson"), &WriteOptions::default(), &all);
    let expected = "{\"a\":\"1\",\"b\":\"2\"}\n{\"b\":\"3\",\"a\":\"4\"}\n{\"c\":\"5\"}\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert_eq!(heard, Heard::default());
}

#[test]
fn delimiters_headers_and_numbers_are_options() {
    let options = ReadOptions {
        delimiter: Some(b';'),
        no_header: true,
        infer: true,
    };
    assert_eq!(
        as_ndjson("csv", &options, b"1.50;007;x,y\n-1e5;;\"2\"\n"),
        concat!(
            "{\"column_1\":1.50,\"column_2\":\"007\",\"column_3\":\"x,y\"}\n",
            "{\"column_1\":-1e5,\"column_2\":\"\",\"column_3\":2}\n",
        )
    );
    let options = WriteOptions {
        delimiter: Some(b'|'),
        no_header: true,
        ..WriteOptions::default()
    };
    assert_eq!(
        written("csv", &options, "{\"a\":\"x|y\",\"b\":\"1,2\"}\n").0,
        "\"x|y\"|1,2\n"
    );
}

/// `python3 -c 'import csv,io,json; print(json.dumps(list(csv.reader(io.StringIO(TEXT, newline="")))))'`
#[test]
fn odd_csv_is_read_as_by_python() {
    let cases = [
        ("a,b\n x , y\n", r#"[["a", "b"], [" x ", " y"]]"#),
        ("a\"b,c\n1,2\n", r#"[["a\"b", "c"], ["1", "2"]]"#),
        ("a,b\n\"\",\"\"\"\"\n", r#"[["a", "b"], ["", "\""]]"#),
        (
            "a,b\r\n\"x\r\ny\",2\r\n",
            r#"[["a", "b"], ["x\r\ny", "2"]]"#,
        ),
        ("a,b\n1,\"2\"", r#"[["a", "b"], ["1", "2"]]"#),
        ("a,b\n\"1\n\n2\",\n", r#"[["a", "b"], ["1\n\n2", ""]]"#),
        ("\"a,\"\"b\"\"\",c\n,\n", r#"[["a,\"b\"", "c"], ["", ""]]"#),
        ("a,b\n1,x\"\"y\n", r#"[["a", "b"], ["1", "x\"\"y"]]"#),
    ];
    for (text, expected) in cases {
        let options = ReadOptions {
            no_header: true,
            ..ReadOptions::default()
        };
        let (records, heard) = read(spec("csv"), &options, text.as_bytes(), 4);
        assert_eq!(heard, Heard::default(), "{text:?}");
        let rows: Vec<Vec<String>> = records
            .iter()
            .map(|record| {
                let text = |value: crate::record::records::RawValue<'_>| {
                    String::from_utf8(value.plain().into_owned()).unwrap()
                };
                record.values().map(text).collect()
            })
            .collect();
        let expected: Vec<Vec<String>> = serde_json::from_str(expected).unwrap();
        assert_eq!(rows, expected, "{text:?}");
    }
}

#[test]
fn json_is_read_however_it_is_laid_out() {
    let expected = "{\"a\":{\"b\": [1,2]},\"c\":\"]\"}\n{\"d\":0.10}\n";
    for text in [
        "[{\"a\":{\"b\": [1,2]},\"c\":\"]\"},{\"d\":0.10}]",
        "[\n  {\n    \"a\": {\n      \"b\": [1,\n    2]},\n  \"c\":\"]\"\n  },\r\n  {\"d\": 0.10}\n]\n",
        "{\"a\":{\"b\": [1,2]},\"c\":\"]\"}{\"d\":0.10}",
        "[] [{\"a\":{\"b\": [1,2]},\"c\":\"]\"}]\n{\"d\":0.10}",
    ] {
        assert_eq!(
            as_ndjson("json", &ReadOptions::default(), text.as_bytes()),
            expected
        );
    }
}

#[test]
fn what_is_not_utf8_is_replaced_in_json_and_counted() {
    let (records, _) = read(
        spec("csv"),
        &ReadOptions::default(),
        b"a,b\n\xff,\xc3\xa9\nx,\xc3\n",
        5,
    );
    assert_eq!(
        records.iter().next().unwrap().value(0).unwrap().bytes,
        b"\xff"
    );
    let (out, heard) = write(spec("ndjson"), &WriteOptions::default(), &records);
    let expected = "{\"a\":\"\u{fffd}\",\"b\":\"é\"}\n{\"a\":\"x\",\"b\":\"\u{fffd}\"}\n";
    assert_eq!(
        (String::from_utf8(out).unwrap().as_str(), heard.replaced),
        (expected, 2)
    );
    let (out, heard) = write(spec("csv"), &WriteOptions::default(), &records);
    assert_eq!(
        (out, heard),
        (b"a,b\n\xff,\xc3\xa9\nx,\xc3\n".to_vec(), Heard::default())
    );
    let line = b"{\"a\":\"\xff\\n\",\"b\":[\"\xfe\"],\"\xfd\":1}\n";
    let (records, heard) = read(spec("ndjson"), &ReadOptions::default(), line, 5);
    assert_eq!((records.len(), heard), (1, Heard::default()));
    let (out, heard) = write(spec("ndjson"), &WriteOptions::default(), &records);
    let expected = "{\"a\":\"\u{fffd}\\n\",\"b\":[\"\u{fffd}\"],\"\u{fffd}\":1}\n";
    assert_eq!(
        (String::from_utf8(out).unwrap().as_str(), heard.replaced),
        (expected, 3)
    );
}

#[test]
fn long_cells_and_many_records_are_the_same_in_any_pieces() {
    let long = "x\"\"y,\n".repeat(5000);
    let text = format!("a,b\n1,\"{long}\"\n\"{long}\",2\n").repeat(1)
        + &(0..3000)
            .map(|n| format!("{n},{}\n", "z".repeat(n % 70)))
            .collect::<String>();
    let whole = read(
        spec("csv"),
        &ReadOptions::default(),
        text.as_bytes(),
        usize::MAX,
    );
    assert_eq!((whole.0.len(), &whole.1), (3002, &Heard::default()));
    assert_eq!(cells(&whole.0)[0][1].1.len(), "Text ".len() + 5 * 5000);
    for size in [61, 4096] {
        let cut = read(spec("csv"), &ReadOptions::default(), text.as_bytes(), size);
        assert_eq!(cells(&cut.0), cells(&whole.0));
    }
    let (out, _) = write(spec("ndjson"), &WriteOptions::default(), &whole.0);
    let (again, heard) = read(spec("ndjson"), &ReadOptions::default(), &out, 999);
    assert_eq!(heard, Heard::default());
    let (csv, _) = write(spec("csv"), &WriteOptions::default(), &again);
    assert_eq!(String::from_utf8(csv).unwrap(), text);
}
