//! `--where`: a condition in the expression language on the fields of an entry.

use super::field::{self, Field, Needs};
use crate::dirs::owners::Owners;
use crate::dirs::{Entry, FileType};
use crate::expr::compile::compile_condition;
use crate::expr::functions::Kind;
use crate::expr::syntax::{Binary, Expr, ExprKind};
use crate::expr::{Clock, Program, QueryError, Scope, parse};
use crate::record::{Bad, FieldName, Value, Want};

/// A compiled condition.
pub struct Condition {
    program: Program,
    /// The fields it uses, by slot.
    fields: Vec<&'static Field>,
}

impl Condition {
    /// Parses and compiles a condition.
    ///
    /// # Errors
    /// A syntax error, an unknown name or a type error, with its place.
    pub fn new(text: &str, clock: &Clock) -> Result<Condition, QueryError> {
        let expr = parse::parse(text)?;
        check_types(&expr)?;
        let mut names = Names {
            clock,
            fields: Vec::new(),
        };
        let program = compile_condition(&expr, "where", &mut names)?;
        Ok(Condition {
            program,
            fields: names.fields,
        })
    }

    /// What it needs to know of an entry.
    pub fn needs(&self) -> Needs {
        let needs = self.fields.iter().map(|field| field.needs);
        needs.fold(Needs::default(), Needs::and)
    }

    /// Whether it holds for an entry.
    ///
    /// # Errors
    /// If a value has a type that the condition cannot use.
    pub fn holds(&self, entry: &Entry<'_>, owners: &mut Owners) -> Result<bool, Bad> {
        let values = self.fields.iter().map(|field| field.value(entry, owners));
        let row: Vec<Value<'_>> = values.collect();
        self.program.holds(&row)
    }
}

/// Refuses comparisons of a type with a word that is none.
fn check_types(expr: &Expr) -> Result<(), QueryError> {
    let is_type = |expr: &Expr| matches!(&expr.kind, ExprKind::Field(name) if matches!(name.as_key(), Some("type" | "target_type")));
    let compared: Vec<&Expr> = match &expr.kind {
        ExprKind::Binary(Binary::Equal | Binary::Unequal, left, right) if is_type(left) => {
            vec![right]
        }
        ExprKind::Binary(Binary::Equal | Binary::Unequal, left, right) if is_type(right) => {
            vec![left]
        }
        ExprKind::In(subject, list) if is_type(subject) => list.iter().collect(),
        _ => Vec::new(),
    };
    for word in compared {
        if let ExprKind::Text(text) = &word.kind {
            let mut types = FileType::ALL.iter();
            let is_known = text == b"missing" || types.any(|known| known.name().as_bytes() == text);
            if !is_known {
                let shown = String::from_utf8_lossy(text);
                let of_letter = FileType::ALL.iter().find(|known| {
                    let mut letter = [0; 4];
                    known.letter().encode_utf8(&mut letter).as_bytes() == text
                });
                let hint = match of_letter {
                    Some(meant) => format!("write \"{}\"", meant.name()),
                    None => {
                        let names = FileType::ALL.iter().map(|known| known.name());
                        format!("the types are: {}", names.collect::<Vec<_>>().join(" "))
                    }
                };
                let message = format!("unknown type '{shown}'");
                return Err(QueryError::new(word.span.clone(), message).hint(hint));
            }
        }
    }
    expr.children().into_iter().try_for_each(check_types)
}

/// Resolves the names of fields, and collects the fields.
struct Names<'a> {
    clock: &'a Clock,
    fields: Vec<&'static Field>,
}

impl Scope for Names<'_> {
    fn field(
        &mut self,
        name: &FieldName,
        _: Want,
    ) -> Result<(usize, Kind), (String, Option<String>)> {
        let typed = name.to_string();
        let field = field::find(&typed).ok_or_else(|| {
            let (message, hint) = field::unknown(&typed);
            (message, Some(hint))
        })?;
        let known = self
            .fields
            .iter()
            .position(|known| known.name == field.name);
        let slot = known.unwrap_or_else(|| {
            self.fields.push(field);
            self.fields.len() - 1
        });
        Ok((slot, field.kind))
    }

    fn call(&mut self, _: &str, _: &[Expr], _: &Expr) -> Result<Option<(usize, Kind)>, QueryError> {
        Ok(None)
    }

    fn clock(&self) -> &Clock {
        self.clock
    }
}
