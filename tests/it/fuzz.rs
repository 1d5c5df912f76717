//! The bodies of the fuzz targets in `fuzz/`, run on mutated samples: a few hundred each, the same ones every time, or as many
//! as fit into `JUG_FUZZ_SECONDS` for each body. `JUG_FUZZ_SEED` repeats the inputs of an earlier run.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use jug::format::{FORMATS, records};
use jug::pipe::stages::STAGES;

use crate::support::random::Random;
use crate::support::{case_queries, deadline, files_under, project};

#[path = "../../fuzz/src/bodies/mod.rs"]
#[allow(unreachable_pub, missing_docs)]
pub(crate) mod bodies;

/// Bytes with a meaning for parsers.
const PIECES: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"\\u",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"|",
    b",",
    b"\t",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"-",
    b"e999",
    b"0",
    b"9999999999",
    b"=",
    b"*",
    b"/",
];

/// A sample with a few changes: bytes replaced, removed, repeated, pieces inserted, the end of another sample appended.
fn mutate(random: &mut Random, samples: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = samples[random.below(samples.len())].clone();
    for _ in 0..random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + 1 + random.below(8)).min(bytes.len());
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] = random.bits().to_le_bytes()[0],
            1 => drop(bytes.drain(at..end)),
            2 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            3 => {
                let other = &samples[random.below(samples.len())];
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            4 => bytes.truncate(at),
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

/// The number in an environment variable.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Runs a body on the samples and on mutations of them. Prints the seed, and the input that fails.
#[allow(clippy::print_stderr)]
fn run(body: fn(&[u8]), samples: &[Vec<u8>], runs: usize) {
    assert!(!samples.is_empty());
    let _deadline = deadline::for_this_test();
    let seconds = setting("JUG_FUZZ_SECONDS");
    // Without a time, the same inputs on every machine.
    let seed = setting("JUG_FUZZ_SEED")
        .unwrap_or_else(|| seconds.map_or(1, |_| u64::from(std::process::id())));
    let started = Instant::now();
    let mut random = Random::new(seed);
    let mut done = 0;
    let goes_on = |done| match seconds {
        Some(seconds) => started.elapsed() < Duration::from_secs(seconds),
        None => done < runs,
    };
    while goes_on(done) {
        let input = samples.get(done).filter(|_| seconds.is_some()).cloned();
        let input = input.unwrap_or_else(|| mutate(&mut random, samples));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(&input))) {
            eprintln!("seed {seed}, input: b\"{}\"", input.escape_ascii());
            resume_unwind(panic);
        }
        done += 1;
    }
    eprintln!("seed {seed}: {done} inputs");
}

fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn queries_hold() {
    let queries: Vec<Vec<u8>> = case_queries().into_iter().map(String::into_bytes).collect();
    run(bodies::query, &queries, 1500);
}

#[test]
fn expressions_hold() {
    let seeds = bytes(&[
        "a / b == 0.1\n{\"a\":1,\"b\":10}\n{\"a\":10,\"b\":-4}\n",
        "c contains \"x\" and not (a > 1.5 or t < \"2026-03-30\")\n{\"c\":\"\\u0078\",\"t\":1774000000}\n",
        "if(a > b, len(c), hour_of(t))\n{\"a\":1e21,\"b\":7e-18}\n{\"a\":null}\n{\n",
        "c =~ /^x+$/ or c in 10.0.0.0/8\n{\"c\":\"10.1.2.3\"}\n{\"c\":[1]}\n",
        "bucket(a, 100) % 7 - -b * 2\n{\"a\":9223372036854775807}\n{\"a\":\"12\"}\n",
        "missing(c) or lower(upper(c)) != c\n{\"b\":true}\n",
    ]);
    run(bodies::expression, &seeds, 200);
}

#[test]
fn formats_hold() {
    let seeds: Vec<Vec<u8>> = FORMATS
        .iter()
        .zip(0_u8..)
        .map(|(format, index)| [&[index, index, 9], format.example.as_bytes()].concat())
        .collect();
    run(bodies::format, &seeds, 200);
}

#[test]
fn chains_hold() {
    let mut seeds: Vec<Vec<u8>> = STAGES
        .iter()
        .flat_map(|spec| {
            let examples = spec.examples.iter();
            examples.map(|example| {
                let words = example.words.iter().map(|word| format!(" '{word}'"));
                format!("{}{}", spec.name, words.collect::<String>()).into_bytes()
            })
        })
        .collect();
    seeds.extend(bytes(&[
        "#!/usr/bin/env -S jug pipe --file\nunpack # all\ncut -f 1 \\\n -d x +\n\n+\nexec -- sh -c 'a \"b\"'\n",
        "from csv + where 'a > 1.5' + let \"x = a * 2\" + select x,a + to table --live\n",
        "tick 1s + throttle --every 5s + timeout 1h --total 2h + tee a b + save c + tally\n",
        "lines -0 + head -n -3 + slice -c 2:-2 + replace ++ +++ --text + ts %c + exec cat + from json\n",
    ]));
    run(bodies::chain, &seeds, 1500);
}

#[test]
fn whole_records_hold() {
    let seeds: Vec<Vec<u8>> = records::FORMATS
        .iter()
        .zip(0_u8..)
        .map(|(format, index)| [&[index, index], format.example.0.as_bytes()].concat())
        .collect();
    run(bodies::records, &seeds, 1500);
}

#[test]
fn decoders_hold() {
    let mut seeds: Vec<Vec<u8>> = [
        "fixtures/logs/six.log.zst",
        "fixtures/logs/access.log.zst",
        "fixtures/logs/six.log",
    ]
    .iter()
    .map(|file| fs::read(project().join(file)).expect("a fixture"))
    .collect();
    let gzip: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 228, 74, 226, 2, 0, 46, 48, 245, 147, 4, 0, 0, 0,
    ];
    seeds.push(gzip.to_vec());
    seeds.push([gzip, gzip].concat());
    let seeds: Vec<Vec<u8>> = seeds
        .iter()
        .flat_map(|seed| (0..3).map(move |mode| [&[mode], seed.as_slice()].concat()))
        .collect();
    run(bodies::decoder, &seeds, 150);
}

#[test]
fn pictures_hold() {
    let files = files_under("fixtures/pie");
    let mut seeds: Vec<Vec<u8>> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "svg"))
        .map(|file| fs::read(project().join(file)).expect("a fixture"))
        .filter(|svg| svg.len() < 8000)
        .collect();
    seeds.push(br##"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><pattern id="p" width="2" height="2"><circle r="1"/></pattern></defs><style>rect{fill:url(#p)}</style><rect width="9" height="9"/><use href="#p"/></svg>"##.to_vec());
    run(bodies::svg, &seeds, 40);
}

#[test]
fn ignore_files_hold() {
    let seeds = bytes(&[
        "*.o\n!keep.o\n/build/\n**/x/**\n",
        "[a-c]?\n[!x]*\n\\!a\n\\#b\n",
        "a/**/b\n***/x\n[a\\]b]\n\\\\/\n[c-a]\nfoo\\ \n",
        "{a,b}\n[[:alpha:]]*\n",
    ]);
    run(bodies::ignore, &seeds, 400);
}

#[test]
fn times_hold() {
    let seeds = bytes(&[
        "2026-03-29T02:30:00+01:00",
        "2026-10-25 02:30:00",
        "2026-03-14T12:00:00.123456789Z",
        "14/Mar/2026:10:00:00 +0000",
        "1774000000.5",
        "2026-03-14",
        "Sat, 14 Mar 2026 12:00:00 GMT",
        "-9999-01-01T00:00:00Z",
    ]);
    run(bodies::time, &seeds, 5000);
}
