//! `jug log --partial` and `jug merge`: parts make the whole.

mod contract;
mod law;
mod ranges;

use jug::log::aggregate::{AGGREGATES, Takes};

use crate::support::random::Random;

/// A query with every aggregate whose results can be merged.
pub(crate) fn every_aggregate(keys: &str) -> String {
    let calls = AGGREGATES.iter().flat_map(|spec| {
        spec.names()
            .map(|name| match (spec.needs_argument(), spec.takes.first()) {
                (false, None | Some(Takes::Condition)) => format!("{name}(status >= 400)"),
                _ => format!("{name}(bytes)"),
            })
    });
    let calls: Vec<String> = calls.collect();
    assert!(calls.len() > 12, "{calls:?}");
    format!("{}, count {keys}", calls.join(", "))
}

/// An access log with odd lines in it: some bad, some blank, bytes that are not UTF-8, carriage returns, decimals and huge sizes.
pub(crate) fn access_log(lines: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut log = Vec::new();
    for number in 0..lines {
        let (hour, path) = (random.below(24), random.below(7));
        let bytes = match random.below(12) {
            0 => "-".to_owned(),
            1 => format!("{}.{}", random.below(1000), random.below(100)),
            2 => "123456789012345678901234567890".to_owned(),
            3 => "1e300".to_owned(),
            _ => random.below(100_000).to_string(),
        };
        let line = format!(
            "10.0.{}.{} - - [{:02}/Mar/2026:{hour:02}:{:02}:{:02} +0100] \"GET /p{path} HTTP/1.1\" {} {bytes} \"-\" \"x\"",
            random.below(4),
            random.below(250),
            14 + random.below(3),
            random.below(60),
            random.below(60),
            [200, 200, 200, 304, 404, 500][random.below(6)],
        );
        log.extend_from_slice(line.as_bytes());
        match random.below(60) {
            0 => log.extend_from_slice(b"\n\n"),
            1 => log.extend_from_slice(b"\r\n"),
            2 => log.extend_from_slice(b"\nnot a line of a log \xff\xfe\n"),
            3 if number > 5 => log.extend_from_slice(b"\n10.0.0.1 - - [14/Mar/2026:00:00:00 +0100] \"GET /\xe9\xff HTTP/1.1\" 200 1 \"-\" \"\xff\"\n"),
            _ => log.push(b'\n'),
        }
    }
    log
}

/// Cuts a log into parts of whole lines, some of them empty.
pub(crate) fn cut(log: &[u8], parts: usize, random: &mut Random) -> Vec<Vec<u8>> {
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut cuts: Vec<usize> = (1..parts).map(|_| random.below(lines.len() + 1)).collect();
    cuts.extend([0, lines.len()]);
    cuts.sort_unstable();
    cuts.windows(2)
        .map(|pair| lines[pair[0]..pair[1]].concat())
        .collect()
}

/// Puts lines into another order.
pub(crate) fn shuffled(lines: &[u8], random: &mut Random) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = lines
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    for last in (1..lines.len()).rev() {
        lines.swap(last, random.below(last + 1));
    }
    lines
}
