//! `qs`: query strings to records, and back.
//!
//! Here, and only here, a `+` is a space: that is how forms are sent (WHATWG URL standard, `application/x-www-form-urlencoded`).
//! Written are `%20` and `%2B`, which everyone reads alike. A key without `=` is null.

use std::borrow::Cow;

use clap::{ArgMatches, Args, ValueEnum};

use super::url::{decode, encode};
use crate::format::records::elements;
use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;
use crate::record::json_text;
use crate::record::records::{Form, RawValue};

#[derive(Args)]
struct Qs {
    /// What a + in a query string is
    #[arg(long, value_name = "MEANING")]
    plus: Option<Plus>,

    /// What becomes of a key that comes several times
    #[arg(long, value_name = "WHAT")]
    repeated: Option<Repeated>,
}

/// What a `+` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Plus {
    /// A space
    #[default]
    Space,
    /// Itself
    Keep,
}

/// What becomes of a key that comes several times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Repeated {
    /// An array of its values
    #[default]
    Array,
    /// Its first value
    First,
    /// Its last value
    Last,
}

pub(super) static SPEC: Spec = Spec {
    name: "qs",
    summary: "Read query strings as records, or write records as query strings",
    family: Family::Encodings,
    define: Qs::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "a=1+2&b=1%2B2&a=3&flag&empty=\n",
            output: "{\"a\":[\"1 2\",\"3\"],\"b\":\"1+2\",\"flag\":null,\"empty\":\"\"}\n",
        },
        Example {
            words: &["--plus", "keep", "--repeated", "last"],
            input: "a=1+2&a=3+4\n",
            output: "{\"a\":\"3+4\"}\n",
        },
        Example {
            words: &["+", "qs"],
            input: "a=1+2&b=1%2B2&a=%33&flag&empty=\n",
            output: "a=1%202&a=3&b=1%2B2&flag&empty=\n",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Qs>(matches);
    if input == Kind::Records {
        if asked.plus.is_some() || asked.repeated.is_some() {
            let message = "--plus and --repeated are for reading; records are written here";
            return Err(Refused::new(message));
        }
        let writer = Work::Units(Box::new(QueryWriter));
        return Ok(Opened::giving(Kind::Items, writer));
    }
    let reader = QueryReader {
        plus: asked.plus.unwrap_or_default(),
        repeated: asked.repeated.unwrap_or_default(),
        replaced: 0,
    };
    Ok(Opened::giving(Kind::Records, Work::Units(Box::new(reader))))
}

/// A key, and its values; of a key without `=` the value is none.
type Pair = (Vec<u8>, Vec<Option<Vec<u8>>>);

struct QueryReader {
    plus: Plus,
    repeated: Repeated,
    /// How many values of repeated keys were not UTF-8, as those of an array must be.
    replaced: u64,
}

impl QueryReader {
    fn decoded(&self, text: &[u8]) -> Vec<u8> {
        let text: Cow<'_, [u8]> = match self.plus {
            Plus::Space if text.contains(&b'+') => {
                let spaced = text
                    .iter()
                    .map(|byte| if *byte == b'+' { b' ' } else { *byte });
                Cow::Owned(spaced.collect())
            }
            _ => Cow::Borrowed(text),
        };
        let mut out = Vec::with_capacity(text.len());
        decode(&text, &mut out);
        out
    }

    /// The keys in the order in which they first come, each with its values; a key without `=` has none for a value.
    fn pairs(&self, query: &[u8]) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        for pair in query
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = match memchr::memchr(b'=', pair) {
                Some(equals) => (&pair[..equals], Some(self.decoded(&pair[equals + 1..]))),
                None => (pair, None),
            };
            let key = self.decoded(key);
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(value),
                None => pairs.push((key, vec![value])),
            }
        }
        pairs
    }
}

/// A value, or none, of a pair.
fn raw(value: Option<&[u8]>) -> RawValue<'_> {
    match value {
        Some(text) => RawValue::text(text),
        None => RawValue {
            form: Form::Null,
            bytes: b"null",
        },
    }
}

impl UnitStage for QueryReader {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Item(item) = unit else {
            return out.keep(unit);
        };
        let pairs = self.pairs(item.content);
        let names = pairs.iter().map(|(key, _)| key.as_slice().into()).collect();
        out.record(|made| {
            for (_, values) in &pairs {
                let one = match (self.repeated, values.as_slice()) {
                    (_, [only]) => Some(only),
                    (Repeated::Array, _) => None,
                    (Repeated::First, values) => values.first(),
                    (Repeated::Last, values) => values.last(),
                };
                if let Some(one) = one {
                    made.push(raw(one.as_deref()));
                    continue;
                }
                let mut array = Vec::new();
                for value in values {
                    array.push(if array.is_empty() { b'[' } else { b',' });
                    match value {
                        Some(text) => json_text::write_string(text, &mut array),
                        None => array.extend_from_slice(b"null"),
                    }
                    let is_text = |text: &Vec<u8>| std::str::from_utf8(text).is_ok();
                    self.replaced += u64::from(!value.as_ref().is_none_or(is_text));
                }
                array.push(b']');
                made.push(RawValue {
                    form: Form::Nested,
                    bytes: &array,
                });
            }
            made.end_record(&names);
            Ok(())
        })
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        if self.replaced > 0 {
            let message = format!(
                "values of repeated keys that are not UTF-8, and have U+FFFD in place of their bytes: {}",
                self.replaced
            );
            out.shared().missed(out.part(), message);
        }
        Ok(())
    }
}

struct QueryWriter;

impl UnitStage for QueryWriter {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Record(record) = unit else {
            return out.keep(unit);
        };
        let mut query = Vec::new();
        for (name, value) in record.names().iter().zip(record.values()) {
            match elements(value) {
                Some(values) => values.for_each(|value| pair(name, value, &mut query)),
                None => pair(name, value, &mut query),
            }
        }
        out.push(&query, b"\n")
    }
}

fn pair(name: &[u8], value: RawValue<'_>, query: &mut Vec<u8>) {
    if !query.is_empty() {
        query.push(b'&');
    }
    encode(name, query);
    if value.form != Form::Null {
        query.push(b'=');
        encode(&value.plain(), query);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipe::run::testing::run_cut;

    fn run(words: &[&str], text: &[u8]) -> String {
        String::from_utf8(run_cut(words, text, 5).unwrap()).unwrap()
    }

    /// query-string #305 and #133, qs #152 and #379.
    #[test]
    fn a_plus_is_a_space_in_a_query_string_and_nowhere_else() {
        let query = b"a=1+2&b=1%2B2\n";
        assert_eq!(run(&["qs"], query), "{\"a\":\"1 2\",\"b\":\"1+2\"}\n");
        assert_eq!(
            run(&["qs", "--plus", "keep"], query),
            "{\"a\":\"1+2\",\"b\":\"1+2\"}\n"
        );
        assert_eq!(run(&["lines", "+", "url", "-d"], query), "a=1+2&b=1+2\n");
        assert_eq!(run(&["qs", "+", "qs"], query), "a=1%202&b=1%2B2\n");
    }

    /// `python3 -c 'from urllib.parse import *; print(parse_qsl(TEXT, keep_blank_values=True))'` and
    /// `node -e 'console.log(querystring.parse(TEXT))'`, but for keys without `=`, which are empty texts there.
    #[test]
    fn query_strings_are_read_as_by_others() {
        let cases = [
            ("a=b=c&d=", r#"{"a":"b=c","d":""}"#),
            ("%61+b=%C3%BC%26", r#"{"a b":"ü&"}"#),
            ("&&a=1&&a=2&=3", r#"{"a":["1","2"],"":"3"}"#),
            ("a=%zz&b=%", r#"{"a":"%zz","b":"%"}"#),
            ("a=1;b=2", r#"{"a":"1;b=2"}"#),
            ("a&b=1&a", r#"{"a":[null,null],"b":"1"}"#),
            ("", "{}"),
        ];
        for (query, record) in cases {
            assert_eq!(
                run(&["qs"], format!("{query}\n").as_bytes()),
                format!("{record}\n")
            );
        }
    }

    #[test]
    fn numbers_and_nested_values_are_written_as_they_are() {
        let record = br#"{"n":1.50,"t":true,"o":{"a":[1]},"l":["x y",2,{"b":0}],"e":[]}"#;
        let query = "n=1.50&t=true&o=%7B%22a%22%3A%5B1%5D%7D&l=x%20y&l=2&l=%7B%22b%22%3A0%7D\n";
        assert_eq!(run(&["qs"], b""), "");
        assert_eq!(run(&["from", "ndjson", "+", "qs"], record), query);
    }

    proptest! {
        #[test]
        fn bytes_survive_the_way_there_and_back(
            cells in prop::collection::vec(prop::collection::vec(1_u8.., 0..6), 1..5),
        ) {
            let mut query = Vec::new();
            for (place, cell) in cells.iter().enumerate() {
                let name = [cell.as_slice(), place.to_string().as_bytes()].concat();
                pair(&name, RawValue::text(cell), &mut query);
            }
            query.push(b'\n');
            let words = ["qs", "+", "to", "csv", "+", "from", "csv", "+", "qs"];
            let back = run_cut(&words, &query, 7).unwrap();
            prop_assert_eq!(back, query);
        }
    }
}
