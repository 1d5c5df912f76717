//! `select` and `let`: records with some of their fields, and with computed ones. Fields are copied as they were written.

use std::sync::Arc;

use clap::{ArgMatches, Args};

use crate::expr::compile::compile;
use crate::expr::parse::Parser;
use crate::expr::syntax::{Expr, ExprKind};
use crate::expr::token::TokenKind;
use crate::expr::{Program, QueryError};
use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::fields::{Compiled, Fields, failure, joined};
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;
use crate::record::records::{Form, Names, RawValue, Record, Records};
use crate::record::{Value, Want, json_text};

#[derive(Args)]
struct Select {
    /// Fields, separated by commas; EXPR as NAME computes one
    #[arg(
        value_name = "FIELD,…",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    fields: Vec<String>,
}

pub(super) static SELECT: Spec = Spec {
    name: "select",
    summary: "Keep some fields of each record, in this order",
    family: Family::Records,
    define: Select::augment_args,
    takes: &[Kind::Records],
    open: open_select,
    heavy: false,
    examples: &[
        Example {
            words: &["b,a"],
            input: "{\"a\":1.50,\"b\":\"\\u00e9\",\"c\":3}\n{\"a\":2}\n",
            output: "{\"b\":\"\\u00e9\",\"a\":1.50}\n{\"b\":null,\"a\":2}\n",
        },
        Example {
            words: &["a.b", "as", "x,", "size * 2 as double"],
            input: "{\"a\":{\"b\":[1, 2]},\"size\":\"1.25\"}\n",
            output: "{\"x\":[1, 2],\"double\":2.50}\n",
        },
    ],
};

#[derive(Args)]
struct Let {
    /// NAME = EXPR, in the language of jug log
    #[arg(
        value_name = "NAME = EXPR",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    definition: Vec<String>,
}

pub(super) static LET: Spec = Spec {
    name: "let",
    summary: "Compute a field of each record, and add it or replace it",
    family: Family::Records,
    define: Let::augment_args,
    takes: &[Kind::Records],
    open: open_let,
    heavy: false,
    examples: &[
        Example {
            words: &["host", "=", "lower(host)"],
            input: "{\"host\":\"WWW\",\"n\":1.0}\n",
            output: "{\"host\":\"www\",\"n\":1.0}\n",
        },
        Example {
            words: &["total = price * quantity"],
            input: "{\"price\":\"2.50\",\"quantity\":3}\n{\"price\":\"\"}\n",
            output: "{\"price\":\"2.50\",\"quantity\":3,\"total\":7.50}\n{\"price\":\"\",\"total\":null}\n",
        },
    ],
};

/// A field of the output.
struct Column {
    name: Box<[u8]>,
    program: Program,
    /// The slot of the field that it is a copy of.
    slot: Option<usize>,
}

impl Column {
    fn new(name: &str, expr: &Expr, fields: &mut Fields) -> Result<Column, QueryError> {
        let slot = match &expr.kind {
            // As it is: a time, too, stays as it was written.
            ExprKind::Field(field) => Some(fields.slot(field, Want::Any)),
            _ => None,
        };
        let program = match slot {
            Some(slot) => Program::slot(slot, crate::expr::functions::Kind::Any),
            None => compile(expr, fields)?,
        };
        Ok(Column {
            name: name.as_bytes().into(),
            program,
            slot,
        })
    }
}

fn open_select(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let text = joined(&arguments::<Select>(matches).fields);
    let words = text.clone();
    let columns = Compiled::new(&text, move |fields| {
        let columns = columns(&words, fields)?;
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok((columns, names))
    })?;
    Ok(Opened::same(Work::Units(Box::new(Selected { columns }))))
}

fn columns(text: &str, fields: &mut Fields) -> Result<Vec<Column>, QueryError> {
    let mut parser = Parser::new(text)?;
    let mut columns = Vec::new();
    loop {
        let expr = parser.expr()?;
        let name = match (parser.take_word("as"), &expr.kind) {
            (true, _) => parser.expect_name("a name")?.0,
            (false, ExprKind::Field(field)) => match field.as_key() {
                Some(key) => key.to_owned(),
                None => field.to_string(),
            },
            (false, _) => {
                let error = QueryError::new(expr.span, "a computed field needs a name");
                return Err(error.hint("write: EXPR as NAME"));
            }
        };
        columns.push(Column::new(&name, &expr, fields)?);
        if parser.peek().kind == TokenKind::End {
            return Ok(columns);
        }
        parser.expect_symbol(",")?;
    }
}

fn open_let(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let text = joined(&arguments::<Let>(matches).definition);
    let words = text.clone();
    let column = Compiled::new(&text, move |fields| definition(&words, fields))?;
    Ok(Opened::same(Work::Units(Box::new(Computed {
        column,
        places: Places(None),
    }))))
}

fn definition(text: &str, fields: &mut Fields) -> Result<Column, QueryError> {
    let mut parser = Parser::new(text)?;
    let (name, _) = parser.expect_name("a name, such as in: total = price * quantity")?;
    parser.expect_symbol("=")?;
    let expr = parser.expr()?;
    match parser.peek().kind {
        TokenKind::End => Column::new(&name, &expr, fields),
        _ => Err(parser.unexpected("the end")),
    }
}

/// Adds the value of a column to the record that is being made.
fn push(
    column: &Column,
    record: &Record<'_>,
    fields: &mut Fields,
    made: &mut Records,
) -> Result<(), Failure> {
    if let Some(slot) = column.slot {
        made.push(fields.raw(slot, record).unwrap_or(NONE));
        return Ok(());
    }
    let row = fields.row(record).map_err(failure)?;
    let value = column.program.eval(&row).map_err(failure)?;
    let form = match &*value {
        Value::Missing => Form::Null,
        Value::Bool(_) => Form::Boolean,
        Value::Digits(digits) if !json_text::is_number(digits) => Form::Text,
        Value::Digits(_) => Form::Number,
        // JSON writes only finite numbers.
        Value::Number(number) if !json_text::is_number(number.to_string().as_bytes()) => Form::Null,
        Value::Number(_) => Form::Number,
        Value::Time(_) | Value::Text(_) | Value::Escaped(_) => Form::Text,
        Value::Json(_) => Form::Nested,
    };
    made.push(RawValue {
        form,
        bytes: &value.bytes(),
    });
    Ok(())
}

/// What is not there.
const NONE: RawValue<'_> = RawValue {
    form: Form::Null,
    bytes: b"null",
};

struct Selected {
    columns: Compiled<(Vec<Column>, Names)>,
}

impl UnitStage for Selected {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Record(record) = unit else {
            return out.keep(unit);
        };
        let (fields, (columns, names)) = self.columns.get(out.shared())?;
        out.record(|made| {
            for column in columns {
                push(column, &record, fields, made)?;
            }
            made.end_record(names);
            Ok(())
        })
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        self.columns.warn(out.shared().observe);
        Ok(())
    }
}

struct Computed {
    column: Compiled<Column>,
    places: Places,
}

/// The names of the records that come, those that they get, and where the computed field is.
struct Places(Option<(Names, Names, usize)>);

impl Places {
    fn find(&mut self, names: &Names, name: &[u8]) -> (Names, usize) {
        if let Some((known, new, place)) = &self.0
            && Arc::ptr_eq(known, names)
        {
            return (Arc::clone(new), *place);
        }
        let (new, place) = match names.iter().position(|known| **known == *name) {
            Some(place) => (Arc::clone(names), place),
            None => {
                let all = names.iter().cloned().chain([name.into()]);
                (all.collect(), names.len())
            }
        };
        self.0 = Some((Arc::clone(names), Arc::clone(&new), place));
        (new, place)
    }
}

impl UnitStage for Computed {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Record(record) = unit else {
            return out.keep(unit);
        };
        let (fields, column) = self.column.get(out.shared())?;
        let (names, computed) = self.places.find(record.names(), &column.name);
        out.record(|made| {
            for (value, place) in record.values().zip(0..) {
                match place == computed {
                    true => push(column, &record, fields, made)?,
                    false => made.push(value),
                }
            }
            if computed == record.names().len() {
                push(column, &record, fields, made)?;
            }
            made.end_record(&names);
            Ok(())
        })
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        self.column.warn(out.shared().observe);
        Ok(())
    }
}
