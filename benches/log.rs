//! What a line costs: reading fields, grouping, whole queries over text in memory. Run with `cargo bench`.
//!
//! Text is made here from a fixed seed, so that figures of two versions can be compared.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jug::format::{self, FieldName, Reader, Sample, Settings, Want, Wanted};
use jug::group::Groups;
use jug::record::key::Tag;
use jug::record::{Number, Value};

fn main() {
    divan::main();
}

/// Numbers that only look random: Knuth's multiplicative hash of the place.
fn noise(place: u64) -> u64 {
    place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

fn access(lines: u64) -> String {
    let line = |place: u64| {
        let (a, b) = (noise(place), noise(place + 1_000_000));
        format!(
            "198.51.100.{} - - [14/Mar/2026:10:{:02}:{:02} +0000] \"GET /item/{}?page={} HTTP/1.1\" {} {} \"https://example.com/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"\n",
            a % 256,
            place / 60 % 60,
            place % 60,
            b % 500,
            a % 9,
            [200, 200, 200, 304, 404, 500][(a % 6) as usize],
            b % 50_000,
        )
    };
    (0..lines).map(line).collect()
}

fn ndjson(lines: u64) -> String {
    let line = |place: u64| {
        let (a, b) = (noise(place), noise(place + 1_000_000));
        format!(
            "{{\"time\":\"2026-03-14T10:{:02}:{:02}.{:03}Z\",\"level\":\"{}\",\"service\":\"cart\",\"host\":\"web-{}\",\"msg\":\"request done\",\"trace\":\"{a:016x}\",\"method\":\"GET\",\"path\":\"/item/{}\",\"status\":200,\"rt\":0.{:03}}}\n",
            place / 60 % 60,
            place % 60,
            a % 1000,
            ["info", "info", "warn", "error"][(b % 4) as usize],
            a % 20,
            b % 500,
            b % 1000,
        )
    };
    (0..lines).map(line).collect()
}

fn reader(format: &str, text: &str, fields: &[&str]) -> Box<dyn Reader> {
    let settings = Settings {
        zone: jiff::tz::TimeZone::UTC,
        infer: false,
        years: jug::record::time::Years::Known(2026),
        has_header: true,
        rule: None,
    };
    let sample = Sample {
        bytes: text.as_bytes(),
        whole: true,
    };
    let spec = format::find(format).expect("a format of the list");
    let schema = spec.open(sample, &settings).expect("text in this format");
    let wanted: Vec<Wanted> = fields
        .iter()
        .map(|field| {
            let want = if *field == "time" {
                Want::Time
            } else {
                Want::Any
            };
            Wanted::new(FieldName::key(field), want)
        })
        .collect();
    schema.reader(&wanted).expect("fields of this format")
}

/// Fields that a query may want, by format.
const READS: [(&str, &[&str]); 5] = [
    ("combined", &["status"]),
    ("combined", &["path", "bytes"]),
    ("combined", &["time"]),
    ("json", &["level", "rt"]),
    ("json", &["nothing"]),
];

#[divan::bench(args = 0..READS.len())]
fn read_1000_lines(bencher: Bencher, which: usize) {
    let (format, fields) = READS[which];
    let text = if format == "json" {
        ndjson(1000)
    } else {
        access(1000)
    };
    let mut reader = reader(format, &text, fields);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut row = vec![Value::Missing; fields.len()];
        for line in text.lines() {
            reader.read(line.as_bytes(), &mut row).expect("whole lines");
            black_box(&row);
        }
    });
}

#[divan::bench(args = [10, 1000, 100_000])]
fn group_1000_keys(bencher: Bencher, distinct: u64) {
    let keys: Vec<String> = (0..1000)
        .map(|place| format!("/item/{}", noise(place) % distinct))
        .collect();
    let mut groups = Groups::default();
    bencher.bench_local(|| {
        for key in &keys {
            let probe = groups.probe(Tag::Text, key.as_bytes());
            black_box(groups.group(&probe).expect("few groups"));
        }
    });
}

#[divan::bench(args = ["7", "12345", "0.123", "123456789012345678901"])]
fn parse_number(text: &str) -> Option<Number> {
    Number::parse(black_box(text).as_bytes())
}
