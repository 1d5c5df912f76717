//! Numbers against the standard library's floats and wide integers.

use std::cmp::Ordering;

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> Number {
    Number::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn keeps_digits_as_written() {
    for text in [
        "0",
        "-1",
        "1.50",
        "0.001",
        "123456789012345678",
        "12345678901234567890",
        "99999999999999999999999999999999999.9",
    ] {
        assert_eq!(number(text).to_string(), text);
    }
    for (text, shown) in [
        ("007", "7"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.5e3", "1500"),
        ("12e-3", "0.012"),
        ("1e300", "1e300"),
        ("0e999", "0"),
        ("1e-7", "0.0000001"),
    ] {
        assert_eq!(number(text).to_string(), shown, "{text}");
    }
    let zeros = "0".repeat(60);
    for (text, value) in [
        (format!("0.1{zeros}"), "0.1"),
        (
            format!("-{widest}.{zeros}", widest = "9".repeat(30)),
            "-999999999999999999999999999999",
        ),
        (format!("{zeros}1.5"), "1.5"),
        (format!("1{zeros}e-60"), "1"),
        (format!("0.{zeros}"), "0"),
    ] {
        let read = number(&text);
        assert!(matches!(read, Number::Decimal { .. }), "{text}");
        assert_eq!(read.trimmed().to_string(), value, "{text}");
    }
    for text in [
        "", "-", ".", "1e", "1.2.3", "0x10", "1 ", "NaN", "inf", "1e+", "--1", "1e999", "1_0",
    ] {
        assert!(Number::parse(text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn numbers_are_compared_by_their_exact_values() {
    for (less, more) in [
        ("9007199254740992", "9007199254740993"),
        ("1e300", "1.000000000000001e300"),
        ("123456789012345678901234567890", "1e40"),
        ("1e-30", "1.000000000000001e-30"),
        ("0.999999999999999999", "1"),
    ] {
        assert_eq!(
            number(less).numeric_cmp(number(more)),
            Ordering::Less,
            "{less} {more}"
        );
        assert_eq!(number(more).numeric_cmp(number(less)), Ordering::Greater);
        let (more, less) = (format!("-{less}"), format!("-{more}"));
        assert_eq!(
            number(&less).numeric_cmp(number(&more)),
            Ordering::Less,
            "{less} {more}"
        );
    }
    for (one, other) in [
        ("1", "1.0"),
        ("1", "10e-1"),
        ("1e3", "1000"),
        ("0", "-0.00"),
        (
            "0.5",
            "0.50000000000000000000000000000000000000000000000000",
        ),
        ("1e30", "1000000000000000000000000000000"),
    ] {
        assert_eq!(
            number(one).numeric_cmp(number(other)),
            Ordering::Equal,
            "{one} {other}"
        );
        assert_eq!(number(other).numeric_cmp(number(one)), Ordering::Equal);
    }
}

#[test]
fn has_one_order() {
    let sorted = [
        "-1e300",
        "-2",
        "-1.50",
        "0",
        "0.1",
        "1.5",
        "1.50",
        "2",
        "9007199254740993",
        "1e300",
    ];
    for (left, right) in sorted.iter().zip(&sorted[1..]) {
        assert_eq!(
            number(left).total_cmp(number(right)),
            Ordering::Less,
            "{left} {right}"
        );
    }
    // A float is what it is written as.
    assert_eq!(
        number("0.1").numeric_cmp(Number::Float(0.1)),
        Ordering::Equal
    );
    let third = number("1").checked_div(number("3")).unwrap();
    assert_eq!(
        third.numeric_cmp(number(&third.to_string())),
        Ordering::Equal
    );
    let widest = "999999999999999999999999999999999999";
    let beyond = Number::Float(1e36);
    assert_eq!(number(widest).numeric_cmp(beyond), Ordering::Less);
    let negative = number(widest).negated();
    assert_eq!(negative.numeric_cmp(beyond.negated()), Ordering::Greater);
    assert_eq!(
        number("0.5").numeric_cmp(Number::Float(0.5)),
        Ordering::Equal
    );
}

#[test]
fn computes_exactly_where_it_can() {
    let show = |number: Option<Number>| {
        number.map_or_else(|| "nothing".to_owned(), |number| number.to_string())
    };
    assert_eq!(show(number("0.1").checked_add(number("0.2"))), "0.3");
    assert_eq!(show(number("1.5").checked_mul(number("-2.0"))), "-3.00");
    assert_eq!(show(number("6").checked_div(number("1.5"))), "4");
    assert_eq!(
        show(number("1").checked_div(number("3"))),
        "0.3333333333333333"
    );
    assert_eq!(show(number("1").checked_div(number("0.0"))), "nothing");
    assert_eq!(show(number("7.5").checked_rem(number("2"))), "1.5");
    assert_eq!(show(number("-7.5").checked_rem(number("2"))), "-1.5");
    assert_eq!(
        show(number("1e21").checked_rem(number("7e-18"))),
        "0.000000000000000006"
    );
    // Quotients whose digits end are decimals.
    for (left, right, quotient) in [
        ("1", "10", "0.1"),
        ("10", "-4", "-2.5"),
        ("-10", "4", "-2.5"),
        ("-10", "-4", "2.5"),
        ("-1", "3", "-0.3333333333333333"),
        ("1", "-3", "-0.3333333333333333"),
        ("1", "262144", "0.000003814697265625"),
        ("0", "-7", "0"),
    ] {
        let found = number(left).checked_div(number(right));
        assert_eq!(show(found), quotient, "{left} / {right}");
        let ends = matches!(found, Some(Number::Decimal { .. }));
        assert_eq!(ends, !quotient.contains("333"), "{left} / {right}");
    }
    assert_eq!(show(number("-1.5").floor()), "-2");
    assert_eq!(show(Number::float(-1.5).and_then(Number::floor)), "-2");
    assert_eq!(show(Some(Number::Float(0.0).negated())), "0");
    assert_eq!(
        show(Number::float(1e300).and_then(|big| big.checked_mul(big))),
        "nothing"
    );
}

#[test]
fn texts_are_compared_by_their_exact_values() {
    let long = format!("0.1{}1", "0".repeat(50));
    for (left, right, order) in [
        ("0.1", long.as_str(), Ordering::Less),
        ("-0.1", &format!("-{long}"), Ordering::Greater),
        ("1e400", "1e401", Ordering::Less),
        ("1e-400", "0", Ordering::Greater),
        ("-1e-400", "0", Ordering::Less),
        ("0e5", "-0.0", Ordering::Equal),
        ("12.50e1", "125", Ordering::Equal),
        ("+5", "05.0", Ordering::Equal),
        (".5", "5e-1", Ordering::Equal),
        ("99", "100", Ordering::Less),
        ("-1", "1", Ordering::Less),
    ] {
        assert_eq!(
            cmp_texts(left.as_bytes(), right.as_bytes()),
            order,
            "{left} {right}"
        );
        assert_eq!(
            cmp_texts(right.as_bytes(), left.as_bytes()),
            order.reverse(),
            "{right} {left}"
        );
    }
}

proptest! {
    #[test]
    fn texts_have_the_order_of_their_decimals(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000, a in 0_u8..9, b in 0_u8..9) {
        let (left, right) = (Number::decimal(left.into(), a).unwrap(), Number::decimal(right.into(), b).unwrap());
        let order = cmp_texts(left.to_string().as_bytes(), right.to_string().as_bytes());
        prop_assert_eq!(order, left.numeric_cmp(right));
    }

    #[test]
    fn floats_are_the_standard_librarys(text in "-?[0-9]{1,25}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
        let expected: f64 = text.parse().unwrap();
        prop_assert_eq!(number(&text).to_f64(), expected);
    }

    #[test]
    fn order_agrees_with_subtraction(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000, a in 0_u8..6, b in 0_u8..6) {
        let (left, right) = (Number::decimal(left.into(), a).unwrap(), Number::decimal(right.into(), b).unwrap());
        let difference = left.checked_sub(right).unwrap();
        prop_assert_eq!(left.numeric_cmp(right), difference.numeric_cmp(Number::from(0_u64)));
    }
}

#[test]
fn nouns_after_counts_are_singular_for_one_only() {
    assert_eq!(counted(0, "chunk"), "0 chunks");
    assert_eq!(counted(1, "chunk"), "1 chunk");
    assert_eq!(counted(1_200, "chunk"), "1,200 chunks");
}
