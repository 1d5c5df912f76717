use std::fs;

use jug::format::FORMATS;

use super::engine::{WHOLE, answer, planned};

const QUERIES: [&str; 4] = [
    "count, uniq(line), min($1), max($NF) by $2",
    "where line contains \"1\" | select $1, line",
    "let x = len(line) * 1.5 | sum(x), p50(x), avg(x) by x > 100",
    "count by 5m, line | tail 7",
];

/// The first byte chooses a format, the second a query, the third the chunk size. The rest follows lines of the format's own
/// example, and gives the same answer for any chunk size and thread count.
pub fn format(data: &[u8]) {
    let [format, query, chunk, rest @ ..] = data else {
        return;
    };
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let plan = planned(QUERIES[usize::from(*query) % QUERIES.len()]);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("log");
    let text = [format.example.repeat(8).as_bytes(), rest].concat();
    fs::write(&file, text).expect("a file");
    let one = answer(&plan, &file, Some(format.name), 1, WHOLE);
    let chunk = 1 + usize::from(*chunk) * 7;
    for threads in [1, 3] {
        let other = answer(&plan, &file, Some(format.name), threads, chunk);
        assert_eq!(one, other, "{}, chunks of {chunk}", format.name);
    }
    // Whatever format it is taken for, it is the same one for any chunk size.
    let found = answer(&plan, &file, None, 1, WHOLE);
    assert_eq!(found, answer(&plan, &file, None, 2, chunk));
}
