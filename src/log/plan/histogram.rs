//! The plan of `hist(x)`: values that are not missing, counted by the number of their range, which becomes two columns.

use super::types::{Bins, Column};
use crate::expr::functions::Kind;
use crate::expr::syntax::{Binary, Expr, ExprKind, Unary};
use crate::log::query::{Histogram, Item, Key};
use crate::record::Number;

/// The condition that rows must meet, what is counted, and by what.
pub(super) fn parts(histogram: &Histogram) -> (Expr, Item, Key) {
    let value = &histogram.value;
    let call = |name: &str, arguments: Vec<Expr>| {
        Expr::new(
            ExprKind::Call(name.to_owned(), arguments),
            value.span.clone(),
        )
    };
    let binary = |operator, left: Expr, right: Expr| {
        let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
        Expr::new(kind, value.span.clone())
    };
    let number = |number: Number| Expr::number(number, value.span.clone());
    let is_missing = call("missing", vec![value.clone()]);
    let condition = Expr::new(
        ExprKind::Unary(Unary::Not, Box::new(is_missing)),
        value.span.clone(),
    );
    let bins = Number::from(u64::from(histogram.bins));
    let key = match histogram.ends {
        None => call("step", vec![value.clone()]),
        Some((low, high)) => {
            let width = binary(Binary::Subtract, number(high), number(low));
            let above = binary(Binary::Subtract, value.clone(), number(low));
            let scaled = binary(Binary::Multiply, above.clone(), number(bins));
            let below = binary(Binary::Divide, scaled, width);
            let place = call("bucket", vec![below, number(Number::from(1_u64))]);
            let zero = number(Number::from(0_u64));
            let is_below = binary(Binary::Less, above, zero);
            let is_above = binary(Binary::GreaterOrEqual, value.clone(), number(high));
            let inside = call("if", vec![is_above, number(bins), place]);
            call("if", vec![is_below, number(Number::from(-1_i64)), inside])
        }
    };
    let item = |expr: Expr, name: &str| Item {
        expr,
        name: Some(name.to_owned()),
        text: String::new(),
    };
    let count = Expr::new(
        ExprKind::Field(crate::record::FieldName::key("count")),
        value.span.clone(),
    );
    (
        condition,
        item(count, "count"),
        Key::Expr(item(key, "from")),
    )
}

impl Bins {
    /// The ranges of a distribution.
    pub(super) fn of(histogram: &Histogram) -> Bins {
        match histogram.ends {
            None => Bins::Steps,
            Some((low, high)) => Bins::Equal(low, high, histogram.bins),
        }
    }

    /// The columns of its rows.
    pub(super) fn columns() -> Vec<Column> {
        let column = |name: &str, is_aggregate| Column {
            name: name.to_owned(),
            kind: Kind::Number,
            is_aggregate,
        };
        vec![
            column("from", false),
            column("to", false),
            column("count", true),
        ]
    }
}
