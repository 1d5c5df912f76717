//! `--where`: a condition in the expression language on the fields of an entry.

use super::field::{self, Field, Needs};
use crate::dirs::Entry;
use crate::dirs::owners::Owners;
use crate::expr::compile::compile_condition;
use crate::expr::functions::Kind;
use crate::expr::syntax::Expr;
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
