//! Laws that hold for every format, so also for one that is added to the list.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::record::Timestamp;
use crate::record::time::Years;

fn settings() -> Settings {
    Settings {
        zone: TimeZone::UTC,
        infer: false,
        years: Years::Known(2026),
        has_header: true,
        rule: None,
    }
}

fn schema(spec: &'static Spec) -> Box<dyn Schema> {
    let sample = Sample {
        bytes: spec.example.as_bytes(),
        whole: true,
    };
    spec.open(sample, &settings())
        .unwrap_or_else(|refused| panic!("{}: {refused}", spec.name))
}

fn as_is(name: FieldName) -> Wanted {
    Wanted::new(name, Want::Any)
}

/// Everything that can be wanted of a file: its fields, and words by number.
fn everything(schema: &dyn Schema) -> Vec<Wanted> {
    let words = [
        FieldName::Nth(1),
        FieldName::Nth(3),
        FieldName::Nth(99),
        FieldName::Last(0),
    ];
    schema
        .fields()
        .into_iter()
        .chain(words)
        .map(as_is)
        .collect()
}

fn records(spec: &'static Spec) -> Vec<&'static str> {
    spec.example
        .lines()
        .skip(schema(spec).header_lines())
        .collect()
}

fn read(schema: &dyn Schema, line: &[u8], wanted: &[Wanted]) -> Result<Vec<String>, Bad> {
    let mut out = vec![Value::Bool(true); wanted.len()];
    schema
        .reader(wanted)
        .expect("all are there")
        .read(line, &mut out)?;
    Ok(out.iter().map(|value| format!("{value:?}")).collect())
}

/// The formats of rows that are written, each with the one that reads files of its endings.
fn written_and_read() -> Vec<(&'static str, &'static str)> {
    let reader = |output: &OutputSpec| {
        let reads = |spec: &&Spec| {
            let mut endings = output.extensions.iter();
            endings.all(|ending| spec.extensions.contains(ending))
        };
        FORMATS.iter().copied().find(reads)
    };
    let rows = OUTPUTS.iter().copied();
    let rows = rows.filter(|output| output.is_rows && output.is_read);
    rows.map(|output| {
        let reader = reader(output).unwrap_or_else(|| panic!("nothing reads {}", output.name));
        (output.name, reader.name)
    })
    .collect()
}

/// Whether texts stand in the line in the same bytes where the schema says so.
fn keeps_its_promise(schema: &dyn Schema, line: &[u8]) -> bool {
    let promised = match schema.verbatim() {
        Verbatim::Always => true,
        Verbatim::Never => false,
        Verbatim::UnlessBackslash => !line.contains(&b'\\'),
        Verbatim::UnlessQuote => !line.contains(&b'"'),
    };
    let wanted = everything(schema);
    let mut out = vec![Value::Missing; wanted.len()];
    let read = schema.reader(&wanted).unwrap().read(line, &mut out);
    let stands = |value: &Value<'_>| memchr::memmem::find(line, &value.bytes()).is_some();
    !promised || read.is_err() || out.iter().all(stands)
}

#[test]
fn names_and_summaries_keep_the_rules() {
    let formats = FORMATS
        .iter()
        .map(|spec| (spec.name, spec.summary, "Read "));
    let outputs = OUTPUTS
        .iter()
        .map(|spec| (spec.name, spec.summary, "Write "));
    for (name, summary, verb) in formats.chain(outputs) {
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'0'..=b'9' | b'-' | b'_')),
            "{name}"
        );
        assert!(
            summary.starts_with(verb) && !summary.ends_with('.') && !summary.contains('\n'),
            "{name}"
        );
    }
    assert!(FORMATS.is_sorted_by(|one, other| one.name < other.name));
    assert!(OUTPUTS.is_sorted_by(|one, other| one.name < other.name));
    assert!(find("auto").is_none() && find_output("auto").is_none());
    for spec in FORMATS {
        assert_eq!(find(spec.name).map(|found| found.name), Some(spec.name));
        assert_eq!(schema(spec).spec().name, spec.name);
    }
}

#[test]
fn formats_whose_lines_are_rows_read_the_files_of_that_output() {
    for spec in FORMATS {
        if let Some(rows) = spec.rows {
            assert!(spec.has_rows_of(rows));
            assert!(written_and_read().contains(&(rows.name, spec.name)));
        }
        for output in OUTPUTS.iter().copied() {
            let is_same = spec.rows.is_some_and(|rows| rows.name == output.name);
            assert_eq!(spec.has_rows_of(output), is_same);
        }
    }
}

#[test]
fn examples_are_read_whole() {
    for spec in FORMATS {
        let schema = schema(spec);
        let wanted = everything(&*schema);
        let mut found = vec![false; wanted.len()];
        for line in records(spec) {
            assert_eq!(
                schema.reader(&[]).unwrap().check(line.as_bytes()),
                Ok(()),
                "{}: {line}",
                spec.name
            );
            let values = read(&*schema, line.as_bytes(), &wanted).unwrap();
            values
                .iter()
                .zip(&mut found)
                .for_each(|(value, found)| *found |= value != "Missing");
        }
        for (wanted, found) in wanted.iter().zip(found) {
            let never = matches!(wanted.name.to_string().as_str(), "ident" | "$99")
                || (spec.name, &*wanted.name.to_string()) == ("json", "user");
            assert!(found != never, "{}: {}", spec.name, wanted.name);
        }
    }
}

#[test]
fn listed_fields_can_be_read() {
    for spec in FORMATS {
        let schema = schema(spec);
        let wanted: Vec<_> = schema.fields().into_iter().map(as_is).collect();
        let mut found = vec![false; wanted.len()];
        for record in records(spec) {
            let values = read(&*schema, record.as_bytes(), &wanted).unwrap();
            for (found, value) in found.iter_mut().zip(values) {
                *found |= value != "Missing";
            }
        }
        for (found, wanted) in found.iter().zip(&wanted) {
            let never = matches!(wanted.name.as_key(), Some("ident" | "user" | "referer"));
            assert!(*found || never, "{}: {}", spec.name, wanted.name);
        }
    }
}

#[test]
fn fixed_schemas_may_lack_what_is_marked_so() {
    for spec in FORMATS {
        let schema = schema(spec);
        let lacking = Wanted {
            may_lack: true,
            ..as_is(FieldName::key("no such field"))
        };
        let mut out = [Value::Missing];
        let mut reader = schema.reader(&[lacking]).expect("it may be lacking");
        reader.read(records(spec)[0].as_bytes(), &mut out).unwrap();
        assert!(out[0].is_missing(), "{}", spec.name);
    }
}

#[test]
fn fixed_schemas_know_their_fields() {
    for spec in FORMATS {
        let schema = schema(spec);
        let wanted = [
            as_is(FieldName::Nth(1)),
            as_is(FieldName::key("no such field")),
        ];
        let unknown = schema.reader(&wanted).err();
        assert_eq!(
            unknown,
            (!schema.open_ended()).then_some(Unknown { index: 1 }),
            "{}",
            spec.name
        );
        assert_eq!(
            schema.reader(&[as_is(FieldName::Nth(0))]).err(),
            Some(Unknown { index: 0 }),
            "{}",
            spec.name
        );
    }
}

#[test]
fn fields_that_are_not_times_are_bad_as_times() {
    for (name, field) in [
        ("combined", "ip"),
        ("csv", "city"),
        ("json", "level"),
        ("columns", "$4"),
        ("tsv", "city"),
    ] {
        let spec = find(name).unwrap();
        let name = field.strip_prefix('$').map_or_else(
            || FieldName::key(field),
            |place| FieldName::Nth(place.parse().unwrap()),
        );
        let wanted = [Wanted {
            want: Want::Time,
            ..as_is(name)
        }];
        let bad = read(&*schema(spec), records(spec)[0].as_bytes(), &wanted).unwrap_err();
        assert_eq!(bad.reason, format!("{field} is not a time"));
    }
}

#[test]
fn times_are_found_in_every_log() {
    for spec in FORMATS {
        let schema = schema(spec);
        let wanted = [Wanted {
            want: Want::Time,
            ..as_is(FieldName::key("time"))
        }];
        let Ok(mut reader) = schema.reader(&wanted) else {
            continue;
        };
        let mut out = [Value::Missing];
        reader.read(records(spec)[0].as_bytes(), &mut out).unwrap();
        let expected = Timestamp::parse(b"2026-05-17T10:05:03Z", &TimeZone::UTC);
        assert!(
            matches!(out[0], Value::Time(time) if Some(time) == expected),
            "{}",
            spec.name
        );
    }
}

/// Noise without structure: random bytes, in which newlines are as frequent as they are.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 600..900)
}

/// A byte that is likely to matter.
fn damage() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(b"\"\\ \t-,:[]{}".to_vec())
    ]
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(FORMATS.iter().map(|spec| spec.name).collect::<Vec<_>>())
}

/// Reads and checks in all ways. The results are not compared.
fn try_all(schema: &dyn Schema, line: &[u8]) {
    let mut wanted = everything(schema);
    let _ = read(schema, line, &wanted);
    for wanted in &wanted {
        let _ = read(schema, line, std::slice::from_ref(wanted));
    }
    wanted
        .iter_mut()
        .for_each(|wanted| wanted.want = Want::Time);
    let mut out = vec![Value::Missing; wanted.len()];
    let mut reader = schema.reader(&wanted).unwrap();
    let _ = (reader.read(line, &mut out), reader.check(line));
}

#[test]
fn truncated_lines_do_not_panic() {
    for spec in FORMATS {
        let schema = schema(spec);
        for line in records(spec) {
            for end in 0..=line.len() {
                try_all(&*schema, &line.as_bytes()[..end]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn noise_is_refused_with_a_reason(bytes in noise(), name in names()) {
        let spec = find(name).unwrap();
        let sample = Sample { bytes: &bytes, whole: true };
        match spec.open(sample, &settings()) {
            Ok(_) => prop_assert!(spec.kind.fits_any_text(), "{}", spec.name),
            Err(refused) => prop_assert!(!refused.0.is_empty()),
        }
        let found = detect(sample, None, &settings()).spec();
        prop_assert!(found.kind.fits_any_text(), "{}", found.name);
    }

    #[test]
    fn bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), name in names()) {
        try_all(&*schema(find(name).unwrap()), &bytes);
        let _ = detect(Sample { bytes: &bytes, whole: false }, None, &settings());
    }

    #[test]
    fn damaged_lines_do_not_panic_and_subsets_agree(
        name in names(),
        line in any::<u8>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), damage()), 0..3),
        mask in any::<u8>(),
    ) {
        let spec = find(name).unwrap();
        let records = records(spec);
        let mut line = records[usize::from(line) % records.len()].as_bytes().to_vec();
        for (place, byte) in damage {
            let place = place.index(line.len());
            line[place] = byte;
        }
        let schema = schema(spec);
        try_all(&*schema, &line);
        prop_assert!(keeps_its_promise(&*schema, &line), "{}", line.escape_ascii());
        let wanted = everything(&*schema);
        if let Ok(all) = read(&*schema, &line, &wanted) {
            let chosen = |index: usize| mask >> (index % 8) & 1 == 1;
            let some: Vec<Wanted> = wanted.iter().enumerate().filter(|(index, _)| chosen(*index)).map(|(_, wanted)| wanted.clone()).collect();
            let values: Vec<String> = all.into_iter().enumerate().filter(|(index, _)| chosen(*index)).map(|(_, value)| value).collect();
            prop_assert_eq!(read(&*schema, &line, &some), Ok(values));
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\\\\\t é{]{1,6}", 3), 1..5),
        (written, read) in prop::sample::select(written_and_read()),
    ) {
        let columns = ["a", "b b", "ü"].map(str::to_owned);
        let writer = (find_output(written).unwrap().writer)(&columns);
        let mut out = Vec::new();
        writer.begin(&mut out);
        for row in &rows {
            writer.row(&row.iter().map(Cell::text).collect::<Vec<_>>(), &mut out);
        }
        writer.end(!rows.is_empty(), &mut out);
        let schema = find(read).unwrap().open(Sample { bytes: &out, whole: true }, &settings()).unwrap();
        let names: Vec<_> = columns.iter().map(|name| FieldName::key(name)).collect();
        prop_assert_eq!(schema.fields(), names.clone());
        let wanted: Vec<_> = names.into_iter().map(as_is).collect();
        let mut reader = schema.reader(&wanted).unwrap();
        let lines: Vec<_> = out.split(|byte| *byte == b'\n').skip(schema.header_lines()).collect();
        prop_assert_eq!(lines.len(), rows.len() + 1);
        for (row, line) in rows.iter().zip(lines) {
            let mut values = vec![Value::Missing; 3];
            reader.read(line, &mut values).unwrap();
            let texts: Vec<String> = values.iter().map(|value| String::from_utf8_lossy(&value.bytes()).into_owned()).collect();
            prop_assert_eq!(&texts, row);
        }
    }
}
