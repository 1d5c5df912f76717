//! `jug log --state`: what is new since the last run, over rotation, kills and restarts.

mod crashes;
mod keep;
mod law;
mod rules;

use crate::support::{Outcome, Sandbox};

/// Runs a query over what is new.
fn count(sandbox: &Sandbox, query: &str, more: &[&str]) -> Outcome {
    let words = ["log", "--state", "state", query];
    sandbox.jug(words.iter().chain(more), b"")
}

/// Lines of an access log: this many, from a number on.
fn lines(from: usize, count: usize) -> String {
    let line = |n: usize| {
        format!(
            "10.0.0.{} - - [15/Mar/2026:10:{:02}:{:02} +0000] \"GET /p{} HTTP/1.1\" {} {n} \"-\" \"x\"\n",
            n % 250,
            n / 60 % 60,
            n % 60,
            n % 7,
            [200, 200, 304, 404, 500][n % 5],
        )
    };
    (from..from + count).map(line).collect()
}
