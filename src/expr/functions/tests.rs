//! Functions by their examples, and where they refuse.

use super::*;
use crate::expr::error::QueryError;
use crate::expr::parse::Parser;
use crate::expr::syntax::Expr;
use crate::expr::{Clock, Scope, compile};
use crate::record::{FieldName, Timestamp, Want};

/// A scope without fields, in UTC.
struct Bare(Clock);

impl Scope for Bare {
    fn field(
        &mut self,
        name: &FieldName,
        _: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)> {
        Err((format!("unknown field '{name}'"), None))
    }
    fn call(&mut self, _: &str, _: &[Expr], _: &Expr) -> Result<Option<(usize, Kind)>, QueryError> {
        Ok(None)
    }
    fn clock(&self) -> &Clock {
        &self.0
    }
}

fn run(text: &str) -> Result<String, QueryError> {
    let now = Timestamp::parse(b"2026-01-31T10:00:00Z", &TimeZone::UTC).unwrap();
    let mut scope = Bare(Clock {
        now,
        zone: TimeZone::UTC,
    });
    let expr = Parser::new(text)?.expr()?;
    let program = compile(&expr, &mut scope)?;
    let value = program
        .eval(&[])
        .map_err(|bad| QueryError::new(0..0, bad.reason.into_owned()))?;
    Ok(String::from_utf8_lossy(&value.bytes()).into_owned())
}

#[test]
fn every_example_in_the_table_is_true() {
    for function in FUNCTIONS {
        let (call, result) = function.example;
        assert_eq!(run(call).as_deref(), Ok(result), "{call}");
    }
}

#[test]
fn the_table_is_sorted_and_well_worded() {
    assert!(FUNCTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
    for function in FUNCTIONS {
        assert!(
            !function.summary.ends_with('.') && function.summary.starts_with(char::is_uppercase),
            "{}",
            function.name
        );
    }
}

#[test]
fn computes() {
    let cases = [
        ("1 + 2 * 3", "7"),
        ("0.1 + 0.2", "0.3"),
        ("7 % 4", "3"),
        ("1 / 4", "0.25"),
        ("10 / -4", "-2.5"),
        ("1 / 10 == 0.1", "true"),
        ("1 / 10 > 0.1", "false"),
        ("1 / 3 == 0.3333333333333333", "true"),
        ("0.1000000000000000000 == 0.1", "true"),
        ("1e21 % 7e-18", "0.000000000000000006"),
        ("upper(\"9\") < upper(\"10\")", "true"),
        ("upper(\"9\") < upper(\"a\")", "true"),
        ("upper(\"a\") > upper(\"9\")", "true"),
        ("upper(\"1.0\") == upper(\"1\")", "true"),
        ("upper(\"1.0\") == \"1\"", "false"),
        ("upper(\"1.0\") >= \"1\"", "true"),
        ("upper(\"1.0\") == 1", "true"),
        ("upper(\"1.0\") in (\"1\")", "false"),
        ("upper(\"1.0\") in (1)", "true"),
        ("1 / 0", ""),
        ("\"abc\" contains \"b\"", "true"),
        ("\"10.1.2.3\" in 10.0.0.0/8", "true"),
        ("2 in (1, 2)", "true"),
        ("\"a\" in (\"b\")", "false"),
        ("\"x1\" =~ /^x\\d$/", "true"),
        ("not (1 < 2 and 2 < 1)", "true"),
        ("bucket(-1, 10)", "-10"),
        ("ext(\".profile\")", ""),
        ("host(\"/relative\")", ""),
        ("host(\"http://u@[2001:db8::1]:80/\")", "[2001:db8::1]"),
        ("host(\"http://a@b@example.com/\")", "example.com"),
        ("host(\"http://example.com?q=/\")", "example.com"),
        ("param(\"/s?q=a#b&q=c\", \"q\")", "a"),
        ("param(\"/s?q&n=2\", \"q\")", ""),
        ("missing(param(\"/s?q&n=2\", \"q\"))", "true"),
        ("missing(param(\"/s#?q=1\", \"n\"))", "true"),
        ("(1 / 0) == (1 / 0)", "false"),
        ("(1 / 0) != (1 / 0)", "true"),
        ("(1 / 0) <= 1", "false"),
        ("not ((1 / 0) > 1)", "true"),
        ("if(1 / 0 > 1, \"a\", \"b\")", "b"),
        ("subnet(\"2001:db8::1\", 32)", "2001:db8::/32"),
        ("subnet(\"no address\", 8)", ""),
        ("subnet(\"192.0.2.9:443\", 24)", "192.0.2.0/24"),
        ("subnet(\"::ffff:192.0.2.9\", 24)", "192.0.2.0/24"),
        ("subnet(\"[2001:db8::1]:443\", 32)", "2001:db8::/32"),
        ("subnet(\"fe80::1%eth0\", 64)", "fe80::/64"),
        ("concat(\"a\", \"-\", 1.50, \"\", lower(\"B\"))", "a-1.50b"),
        ("concat(\"a\", 1 / 0)", ""),
        ("extract(\"from a to b\", /to \\S+/)", "to b"),
        ("extract(\"from a to b\", /(x)?(to)/)", ""),
        ("extract(\"from a to b\", /FROM (.)/i)", "a"),
        ("extract(\"from a\", /to (.)/)", ""),
        ("missing(extract(\"from a\", /to (.)/))", "true"),
        ("extract(\"a.b\", \".\")", "."),
        ("replace(\"a.b.c\", \".\", \"-\")", "a-b-c"),
        ("replace(\"aaa\", /a/, \"$0b\")", "$0b$0b$0b"),
        ("replace(\"ab\", /x*/, \"-\")", "-a-b-"),
        ("replace(\"ab\", \"\", \"\")", "ab"),
        ("split(\"a::b\", \":\", 2)", ""),
        ("split(\"a::b\", \"::\", 2)", "b"),
        ("split(\"a/b/c\", \"/\", -1)", "c"),
        ("split(\"a/b/c\", \"/\", -3)", "a"),
        ("split(\"a/b/c\", \"/\", -4)", ""),
        ("split(\"a/b/c\", \"/\", 4)", ""),
        ("split(\"abc\", \"/\", 1)", "abc"),
        ("substr(\"abcdef\", 3)", "cdef"),
        ("substr(\"abcdef\", 0, 3)", "ab"),
        ("substr(\"abcdef\", -1, 1)", ""),
        ("substr(\"abcdef\", 5, 100)", "ef"),
        ("substr(\"abcdef\", 7)", ""),
        ("substr(\"abcdef\", 2, 0)", ""),
        ("step(0)", "0"),
        ("step(1)", "1"),
        ("step(1.99)", "1"),
        ("step(2)", "2"),
        ("step(5)", "5"),
        ("step(9.99)", "5"),
        ("step(1000)", "1000"),
        ("step(999.999)", "500"),
        ("step(0.03)", "0.02"),
        ("step(0.001)", "0.001"),
        ("step(-1)", "-1"),
        ("step(-3)", "-5"),
        ("step(-0.6)", "-1"),
    ];
    for (text, result) in cases {
        assert_eq!(run(text).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn arguments_of_the_wrong_type_are_rejected() {
    for (text, message) in [
        ("lowr(\"a\")", "unknown function 'lowr'"),
        ("lower(\"a\", \"b\")", "lower takes 1 argument: a text"),
        ("1 + \"a\"", "+ needs a number, but this is a text"),
        ("not 5", "not needs a condition"),
        ("\"a\" =~ /(/", "this regex does not work: unclosed group"),
        ("field", "unknown field 'field'"),
        (
            "extract(\"a\", lower(\"a\"))",
            "extract needs a /regex/ or a text in quotes here",
        ),
        ("lower(/a/)", "no regex is expected here"),
        (
            "concat(\"a\")",
            "concat takes 2 or more arguments: a value, a value",
        ),
        (
            "substr(\"a\")",
            "substr takes 2 to 3 arguments: a text, a number, a number",
        ),
    ] {
        assert_eq!(run(text).unwrap_err().message, message, "{text}");
    }
}

#[test]
fn numbers_that_are_not_whole_make_lines_bad() {
    for (text, reason) in [
        ("split(\"a\", \"/\", 1.5)", "split() needs a whole number"),
        ("split(\"a\", \"/\", 0)", "split() counts parts from 1"),
        ("split(\"a\", \"\", 1)", "split() needs a separator"),
        ("substr(\"a\", 0.5)", "substr() needs a whole number"),
    ] {
        assert_eq!(run(text).unwrap_err().message, reason, "{text}");
    }
}

#[test]
fn each_step_is_followed_by_the_next() {
    let step = |text: &str| Number::parse(text.as_bytes()).expect("a number");
    for pair in ["0.5", "1", "2", "5", "10", "20", "50", "100"].windows(2) {
        let next = step_above(step(pair[0])).expect("a number");
        assert_eq!(next.trimmed().to_string(), pair[1]);
    }
}
