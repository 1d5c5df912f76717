//! Text into tokens.

use super::*;

fn kinds(text: &str) -> Vec<TokenKind> {
    lex(text)
        .unwrap()
        .into_iter()
        .map(|token| token.kind)
        .collect()
}

fn word(text: &str) -> TokenKind {
    TokenKind::Word(text.into())
}

fn number(text: &str) -> TokenKind {
    TokenKind::Number(Literal(Number::parse(text.as_bytes()).unwrap()))
}

#[test]
fn a_slash_divides_after_a_value_and_begins_a_regex_elsewhere() {
    use TokenKind::{End, Regex, Symbol};
    assert_eq!(
        kinds("a /b/ 2"),
        [
            word("a"),
            Symbol("/"),
            word("b"),
            Symbol("/"),
            number("2"),
            End
        ]
    );
    assert_eq!(
        kinds("path =~ /^\\/api/v1/ | count"),
        [
            word("path"),
            Symbol("=~"),
            Regex("^\\/api/v1".into()),
            Symbol("|"),
            word("count"),
            End
        ]
    );
    assert_eq!(kinds("not /a b/"), [word("not"), Regex("a b".into()), End]);
    assert_eq!(
        kinds("(/a/)"),
        [Symbol("("), Regex("a".into()), Symbol(")"), End]
    );
}

#[test]
fn numbers_take_units() {
    use TokenKind::{Duration as Time, End};
    assert_eq!(
        kinds("250ms 5m 1d 1h30m,1m0.5s"),
        [
            Time(Duration::from_millis(250)),
            Time(Duration::from_secs(300)),
            Time(Duration::from_secs(86_400)),
            Time(Duration::from_secs(5_400)),
            TokenKind::Symbol(","),
            Time(Duration::from_millis(60_500)),
            End
        ]
    );
    assert_eq!(
        kinds("10K 2MB 1_000 1.5e3"),
        [
            number("10240"),
            number("2000000"),
            number("1000"),
            number("1.5e3"),
            End
        ]
    );
    for wrong in ["5x", "1h30", "1h30x"] {
        let error = lex(wrong).unwrap_err().message;
        assert!(error.contains("unknown unit"), "{error}");
    }
}

#[test]
fn addresses_and_networks_are_distinguished_from_numbers() {
    assert!(matches!(
        kinds("10.0.0.0/8")[..],
        [TokenKind::Net(_), TokenKind::End]
    ));
    assert!(matches!(
        kinds("2001:db8::/32 or ::1")[..],
        [
            TokenKind::Net(_),
            TokenKind::Word(_),
            TokenKind::Net(_),
            TokenKind::End
        ]
    ));
    assert_eq!(kinds("10.5"), [number("10.5"), TokenKind::End]);
}

#[test]
fn words_hold_quantiles_and_fields() {
    use TokenKind::{End, Last, Nth, Symbol};
    assert_eq!(
        kinds("p99.9(rt)"),
        [word("p99.9"), Symbol("("), word("rt"), Symbol(")"), End]
    );
    assert_eq!(
        kinds("a.b[0] $7 $NF $(NF-3)"),
        [
            word("a"),
            Symbol("."),
            word("b"),
            Symbol("["),
            number("0"),
            Symbol("]"),
            Nth(7),
            Last(0),
            Last(3),
            End
        ]
    );
}

#[test]
fn quotes_take_escapes() {
    assert_eq!(
        kinds(r#""a\"b\t\x41\d""#),
        [TokenKind::Text(b"a\"b\tA\\d".to_vec()), TokenKind::End]
    );
    assert_eq!(
        kinds("'say \"hi\"'"),
        [TokenKind::Text(b"say \"hi\"".to_vec()), TokenKind::End]
    );
    assert_eq!(lex("\"open").unwrap_err().span, 0..5);
}
