//! JSON read on demand against serde_json.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::Value as Serde;

use super::*;
use crate::format::{Bad, Want};
use crate::record::Value;
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

fn open_text(text: &str) -> Box<dyn Schema> {
    SPEC.open(
        Sample {
            bytes: text.as_bytes(),
            whole: true,
        },
        &settings(),
    )
    .map_err(|refused| refused.0)
    .unwrap()
}

fn as_is(name: FieldName) -> Wanted {
    Wanted::new(name, Want::Any)
}

/// A path such as `a.b.0`.
fn path(text: &str) -> FieldName {
    let step = |step: &str| {
        step.parse()
            .map_or_else(|_| Step::Key(step.to_owned()), Step::Index)
    };
    FieldName::Path(text.split('.').map(step).collect())
}

fn read<'a>(line: &'a [u8], wanted: &[Wanted]) -> Result<Vec<Value<'a>>, Bad> {
    let mut out = vec![Value::Missing; wanted.len()];
    open_text("").reader(wanted).unwrap().read(line, &mut out)?;
    Ok(out)
}

fn shown(line: &str, paths: &[&str]) -> Result<Vec<String>, String> {
    let wanted: Vec<_> = paths.iter().map(|text| as_is(path(text))).collect();
    let values = read(line.as_bytes(), &wanted).map_err(|bad| bad.reason.into_owned())?;
    Ok(values
        .iter()
        .map(|value| format!("{value:?}").split('(').next().unwrap().to_owned())
        .collect())
}

#[test]
fn a_line_is_read_no_further_than_its_last_wanted_field() {
    for wanted in [&["a"][..], &["a", "a"], &["b.c", "a"], &["b", "b.c", "a"]] {
        let line = "{\"b\":{\"c\":2},\"a\":1,oops";
        assert!(shown(line, wanted).is_ok(), "{wanted:?}");
    }
    assert!(shown("{\"a\":1,oops", &["a", "b"]).is_err());
}

#[test]
fn values_keep_their_kinds() {
    let line = r#"{"a":"x","b":"\n","c":-1.50e3,"d":true,"e":null,"f":{"g":[1,{"h":"i"}]},"k":[]}"#;
    let kinds = shown(
        line,
        &[
            "a", "b", "c", "d", "e", "f", "f.g", "f.g.0", "f.g.1.h", "f.g.2", "k", "z", "a.b",
            "k.0",
        ],
    );
    let expected = [
        "Text", "Escaped", "Digits", "Bool", "Missing", "Json", "Json", "Digits", "Text",
        "Missing", "Json", "Missing", "Missing", "Missing",
    ];
    assert_eq!(kinds, Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn says_what_is_wrong_and_where() {
    for (line, reason) in [
        ("", "the JSON ends early at byte 1"),
        ("[1]", "no JSON object at byte 1"),
        ("{\"a\":1", "the JSON ends early at byte 7"),
        ("{\"a\":\"x\\\"", "the JSON ends early at byte 10"),
        ("{\"a\" 1}", "no colon after a key at byte 6"),
        ("{\"a\":1 \"b\":2}", "no comma or closing bracket at byte 8"),
        ("{\"a\":1,}", "no key in quotes at byte 8"),
        ("{\"a\":,\"b\":1}", "no JSON value at byte 6"),
        ("{\"b\":NaN}", "no JSON value at byte 6"),
        (
            "{\"b\":-Infinity}",
            "no digit where a JSON number needs one at byte 7",
        ),
        ("{\"b\":01}", "no comma or closing bracket at byte 7"),
        ("{\"b\":[1}", "the JSON ends early at byte 9"),
    ] {
        assert_eq!(shown(line, &["b", "z"]), Err(reason.to_owned()), "{line}");
    }
}

#[test]
fn the_first_of_equal_keys_wins() {
    let line = br#"{"a":{"c":1},"\u0061":{"b":2},"d":3,"d":4,"a":{"b":5}}"#;
    let values = read(
        line,
        &[as_is(path("a.b")), as_is(path("d")), as_is(path("a.c"))],
    )
    .unwrap();
    assert!(values[0].is_missing());
    assert_eq!(
        (&*values[1].bytes(), &*values[2].bytes()),
        (&b"3"[..], &b"1"[..])
    );
}

#[test]
fn stops_when_all_is_found() {
    assert!(shown("{\"a\":1,\"b\":{\"c\":2, garbage", &["a", "b.c"]).is_ok());
    assert!(shown("{\"a\":1,\"b\":{\"c\":2, garbage", &["a", "b"]).is_err());
    assert!(shown("{\"a\":1} garbage", &["z"]).is_ok());
}

#[test]
fn depth_is_no_matter() {
    let deep = format!(
        "{{\"a\":{}{},\"b\":1}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    assert_eq!(shown(&deep, &["b"]), Ok(vec!["Digits".to_owned()]));
    let steps = (0..100_000).map(|_| Step::Index(0));
    let name = FieldName::Path(
        std::iter::once(Step::Key("a".to_owned()))
            .chain(steps)
            .collect(),
    );
    assert!(matches!(
        read(deep.as_bytes(), &[as_is(name)]).unwrap()[0],
        Value::Json(_)
    ));
}

#[test]
fn time_stands_for_the_first_likely_key() {
    let wanted = [Wanted::new(FieldName::key("time"), Want::Time)];
    let line = br#"{"date":"x","ts":"2026-05-17T10:05:03Z","time":500000000}"#;
    let time = |sample: &str| {
        let mut out = [Value::Missing];
        open_text(sample)
            .reader(&wanted)
            .unwrap()
            .read(line, &mut out)
            .unwrap();
        let [time] = out;
        String::from_utf8(time.bytes().into_owned()).unwrap()
    };
    assert_eq!(time("{\"date\":1,\"ts\":2}\n"), "2026-05-17T10:05:03Z");
    assert_eq!(time("{\"ts\":1,\"time\":2}\n"), "1985-11-05T00:53:20Z");
    assert_eq!(time("{\"other\":1}\n"), "1985-11-05T00:53:20Z");
    assert_eq!(
        read(b"{\"time\":[]}", &wanted).unwrap_err(),
        Bad::new("time is not a time")
    );
}

#[test]
fn lists_the_keys_of_the_sample_and_refuses_other_things() {
    assert_eq!(
        open_text("{\"a\":1}\n\n{\"\\u0061\":2,\"b c\":{}}\n").fields(),
        ["a", "b c"].map(FieldName::key)
    );
    let refused = SPEC
        .open(
            Sample {
                bytes: b"GET /\n[1]\n",
                whole: true,
            },
            &settings(),
        )
        .err()
        .unwrap();
    assert_eq!(
        refused.0,
        "none of the first lines is in the json format: no JSON object at byte 1"
    );
}

/// A document: the text of a scalar, or members with their keys as they are written.
#[derive(Clone, Debug)]
enum Document {
    Scalar(String),
    Array(Vec<Document>),
    Object(Vec<(&'static str, &'static str, Document)>),
}

impl Document {
    /// The text, with the blanks that were drawn for each member.
    fn text(&self) -> String {
        match self {
            Document::Scalar(text) => text.clone(),
            Document::Array(items) => format!(
                "[{}]",
                items
                    .iter()
                    .map(Document::text)
                    .collect::<Vec<_>>()
                    .join(" ,")
            ),
            Document::Object(members) => {
                let member = |(key, blank, value): &(_, _, Document)| {
                    format!("{blank}\"{key}\"{blank}:{blank}{}{blank}", value.text())
                };
                format!(
                    "{{{}}}",
                    members.iter().map(member).collect::<Vec<_>>().join(",")
                )
            }
        }
    }

    /// What a path leads to, the first of equal keys at each step.
    fn get(&self, path: &[Step]) -> Option<&Document> {
        let Some((step, rest)) = path.split_first() else {
            return Some(self);
        };
        let child = match (self, step) {
            (Document::Object(members), Step::Key(wanted)) => {
                let decoded =
                    |key: &str| serde_json::from_str::<String>(&format!("\"{key}\"")).unwrap();
                members
                    .iter()
                    .find(|(key, _, _)| decoded(key) == *wanted)
                    .map(|(_, _, value)| value)
            }
            (Document::Array(items), Step::Index(index)) => items.get(*index),
            _ => None,
        };
        child.and_then(|child| child.get(rest))
    }
}

fn object(value: BoxedStrategy<Document>) -> impl Strategy<Value = Document> {
    let key = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "\\u0061",
        "a\\tb",
        "a key with more than thirty-two bytes",
    ]);
    let blank = prop::sample::select(vec!["", "", " ", "\t "]);
    prop::collection::vec((key, blank, value), 0..5).prop_map(Document::Object)
}

fn document() -> impl Strategy<Value = Document> {
    let scalar = prop_oneof![
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9])?",
        "\"([a-z{}\\[\\],:é ]|\\\\[nt\"\\\\/]|\\\\u00e9|\\\\ud83d\\\\ude00){0,40}\"",
        prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    let value = scalar
        .prop_map(Document::Scalar)
        .prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                object(inner.clone().boxed()),
                prop::collection::vec(inner, 0..3).prop_map(Document::Array)
            ]
        });
    object(value.boxed())
}

/// Whether a value is what serde makes of the text.
fn is_what_serde_reads(value: &Value<'_>, text: Option<&str>) -> bool {
    match (
        value,
        text.map(|text| serde_json::from_str::<Serde>(text).unwrap()),
    ) {
        (Value::Missing, None | Some(Serde::Null)) => true,
        (Value::Bool(ours), Some(Serde::Bool(theirs))) => *ours == theirs,
        (Value::Digits(ours), Some(Serde::Number(_))) => Some(&**ours) == text.map(str::as_bytes),
        (Value::Text(_) | Value::Escaped(_), Some(Serde::String(theirs))) => {
            *value.bytes() == *theirs.as_bytes()
        }
        (Value::Json(ours), Some(theirs @ (Serde::Array(_) | Serde::Object(_)))) => {
            serde_json::from_slice::<Serde>(ours).unwrap() == theirs
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn reads_what_serde_reads(
        document in document(),
        paths in prop::collection::vec(prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec!["a", "b", "c", "a\tb", "a key with more than thirty-two bytes"])
                    .prop_map(|key| Step::Key(key.to_owned())),
                (0_usize..3).prop_map(Step::Index),
            ],
            1..4,
        ), 1..6),
    ) {
        let line = document.text();
        let wanted: Vec<_> = paths.iter().map(|path| as_is(FieldName::Path(path.clone()))).collect();
        let values = read(line.as_bytes(), &wanted).unwrap();
        for (path, value) in paths.iter().zip(&values) {
            let expected = document.get(path).map(Document::text);
            prop_assert!(is_what_serde_reads(value, expected.as_deref()), "{:?} of {}: {:?}", path, line, value);
        }
        let mut reader = open_text("").reader(&wanted).unwrap();
        prop_assert_eq!(reader.check(line.as_bytes()), Ok(()));
    }
}
