use std::fs;

use super::engine::{WHOLE, answer, planned, try_plan};

/// The first line is an expression, the rest are JSON lines. Its values are the same for any chunk size and thread count, and
/// each line either satisfies a condition or does not.
pub fn expression(data: &[u8]) {
    let (expression, lines) = data.split_at(
        data.iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(data.len()),
    );
    let Ok(expression) = std::str::from_utf8(expression) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("log");
    // A first line that is valid, so that the file is.
    let text = [
        b"{\"a\":1.50,\"b\":-4,\"c\":\"x\",\"t\":\"2026-03-29T01:30:00Z\"}\n",
        lines.trim_ascii_start(),
    ]
    .concat();
    fs::write(&file, text).expect("a file");
    if let Some(plan) = try_plan(&format!("let fuzzed = {expression} | select fuzzed, a")) {
        let one = answer(&plan, &file, Some("json"), 1, WHOLE);
        assert_eq!(
            one,
            answer(&plan, &file, Some("json"), 3, 64),
            "{expression}"
        );
    }
    // Only a single condition can be negated: `a) or (b` is valid in parentheses, but two conditions.
    if try_plan(&format!("where {expression} | count")).is_none() {
        return;
    }
    let Some(plan) = try_plan(&format!("where ({expression}) | count")) else {
        return;
    };
    let opposite = planned(&format!("where not ({expression}) | count"));
    let kept = |plan| {
        let answer = answer(plan, &file, Some("json"), 1, 256).expect("a JSON file");
        let numbers: Vec<u64> = answer
            .rsplit(' ')
            .take(3)
            .map(|number| number.parse().expect("a number"))
            .collect();
        (numbers[0], numbers[1], numbers[2])
    };
    let ((yes, bad, judged), (no, also_bad, also_judged)) = (kept(&plan), kept(&opposite));
    assert_eq!((bad, judged), (also_bad, also_judged), "{expression}");
    assert!(
        yes <= judged && no <= judged,
        "{expression}: {yes} and {no} of {judged}"
    );
}
