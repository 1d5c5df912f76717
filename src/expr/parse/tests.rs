//! Parsing of expressions, and the errors of invalid ones.

use super::*;

fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser::new(text)?;
    let expr = parser.expr()?;
    assert_eq!(parser.peek().kind, TokenKind::End, "{text}");
    Ok(expr)
}

/// The tree with all its parentheses.
fn show(expr: &Expr) -> String {
    let inner: Vec<String> = expr.children().into_iter().map(show).collect();
    match &expr.kind {
        ExprKind::Field(name) => name.to_string(),
        ExprKind::Number(literal) => literal.0.to_string(),
        ExprKind::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Unary(operator, _) => format!("({operator:?} {})", inner[0]),
        ExprKind::Binary(operator, ..) => format!("({} {operator:?} {})", inner[0], inner[1]),
        ExprKind::Matches(_, pattern) => format!("({} =~ /{}/)", inner[0], pattern.text),
        ExprKind::In(..) => format!("({} in {})", inner[0], inner[1..].join(" ")),
        ExprKind::InNet(_, net) => format!("({} in {net})", inner[0]),
        ExprKind::Regex(pattern) => format!("/{}/", pattern.text),
        ExprKind::Call(name, _) => format!("{name}({})", inner.join(" ")),
    }
}

#[test]
fn operators_bind_as_usual() {
    let cases = [
        ("a or b and not c == 1", "(a Or (b And (Not (c Equal 1))))"),
        ("1 + 2 * 3 - 4", "((1 Add (2 Multiply 3)) Subtract 4)"),
        ("a / b / c", "((a Divide b) Divide c)"),
        ("-a * 2", "((Negate a) Multiply 2)"),
        ("not not a", "(Not (Not a))"),
        (
            "status in (404, 500) and ip not in 10.0.0.0/8",
            "((status in 404 500) And (Not (ip in 10.0.0.0/8)))",
        ),
        ("path !~ /^\\/a/", "(Not (path =~ /^\\/a/))"),
        (
            "a.b[0][\"odd name\"] contains \"x\"",
            "(a.b[0][\"odd name\"] Contains \"x\")",
        ),
        (
            "count(status >= 500) / count",
            "(count((status GreaterOrEqual 500)) Divide count)",
        ),
        ("rt > 250ms", "(rt Greater 0.25)"),
        ("$NF == -3", "($NF Equal -3)"),
    ];
    for (text, tree) in cases {
        assert_eq!(show(&parse(text).unwrap()), tree, "{text}");
    }
}

#[test]
fn syntax_errors_name_the_expectation_and_the_place() {
    let cases = [
        ("a = 1", None),
        (
            "1 <",
            Some((
                "expected a field, a number or a \"text\", but the query ends here",
                3..3,
            )),
        ),
        ("a < b < c", Some(("comparisons do not chain", 6..7))),
        ("(a", Some(("expected ')', but the query ends here", 2..2))),
        (
            "a in 5",
            Some((
                "expected a list like (404, 500) or a network like 10.0.0.0/8",
                5..6,
            )),
        ),
        ("! a", Some(("! is written: not", 0..1))),
    ];
    for (text, error) in cases {
        let mut parser = Parser::new(text).unwrap();
        let found = parser.expr().map_err(|error| (error.message, error.span));
        match error {
            Some((message, span)) => {
                assert_eq!(found.unwrap_err(), (message.to_owned(), span), "{text}");
            }
            None => assert!(
                parser.unexpected("'|'").message.contains("single ="),
                "{text}"
            ),
        }
    }
}

#[test]
fn deep_nesting_is_rejected() {
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(parse(&deep).unwrap_err().message.contains("too deeply"));
    let minus = format!("{}1", "- ".repeat(5000));
    assert!(parse(&minus).unwrap_err().message.contains("too deeply"));
}
