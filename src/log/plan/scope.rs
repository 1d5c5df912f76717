//! What names mean in each phase of a plan.

use super::layers::Layers;
use super::name::made_of;
use super::types::{Column, FILE, LINE};
use crate::expr::error::{QueryError, nearest};
use crate::expr::functions::Kind;
use crate::expr::syntax::Expr;
use crate::expr::{Clock, Program, Scope};
use crate::log::aggregate;
use crate::record::{FieldName, Want};

type Found = Result<(usize, Kind), (String, Option<String>)>;

/// Fields of a line. Which fields exist is known only when a file is opened, so every name is accepted.
pub(super) struct ScanScope<'a> {
    pub(super) clock: &'a Clock,
    pub(super) layers: Layers,
    defined: Vec<(String, Kind)>,
}

impl<'a> ScanScope<'a> {
    /// A scope without fields.
    pub(super) fn new(clock: &'a Clock) -> ScanScope<'a> {
        ScanScope {
            clock,
            layers: Layers::default(),
            defined: Vec::new(),
        }
    }

    /// The number of fields that `let` has defined.
    pub(super) fn lets(&self) -> usize {
        self.defined.len()
    }

    /// Defines a computed field and returns its slot.
    pub(super) fn define(&mut self, name: &str, kind: Kind) -> usize {
        self.defined.push((name.to_owned(), kind));
        FILE + self.defined.len()
    }
}

impl Scope for ScanScope<'_> {
    fn field(&mut self, name: &FieldName, want: Want) -> Found {
        if let Some(key) = name.as_key() {
            if let Some(index) = self.defined.iter().rposition(|(defined, _)| defined == key)
                && !self.layers.redefine(name, index)
            {
                return Ok((FILE + 1 + index, self.defined[index].1));
            }
            match key {
                "line" => return Ok((LINE, Kind::Text)),
                "file" => return Ok((FILE, Kind::Text)),
                _ => {}
            }
        }
        let want = if name.as_key() == Some("time") && want != Want::Written {
            Want::Time
        } else {
            want
        };
        Ok((
            self.layers.field(name, want),
            if want == Want::Time {
                Kind::Time
            } else {
                Kind::Any
            },
        ))
    }

    fn time_if_any(&mut self) -> Option<usize> {
        let name = FieldName::key("time");
        let defined = self
            .defined
            .iter()
            .rposition(|(defined, _)| defined == "time");
        if let Some(index) = defined
            && !self.layers.redefine(&name, index)
        {
            return Some(FILE + 1 + index);
        }
        Some(self.layers.field_if_any(&name, Want::MaybeTime))
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, QueryError> {
        if aggregate::find(name).is_some() && !arguments.is_empty() {
            return Err(QueryError::new(
                expr.span.clone(),
                format!("{name}() is an aggregate and cannot be used here"),
            )
            .hint("aggregates need a stage of their own: count by path | where count > 10"));
        }
        Ok(None)
    }

    fn clock(&self) -> &Clock {
        self.clock
    }
}

/// Lines that have been sorted or cut: a field that is used becomes a hidden column.
pub(super) struct RowScope<'a, 'b> {
    pub(super) scan: &'a mut ScanScope<'b>,
    pub(super) programs: &'a mut Vec<Program>,
    pub(super) columns: &'a mut Vec<Column>,
}

impl Scope for RowScope<'_, '_> {
    fn field(&mut self, name: &FieldName, want: Want) -> Found {
        let name_text = name.to_string();
        if let Some(slot) = self
            .columns
            .iter()
            .position(|column| column.name == name_text)
        {
            return Ok((slot, self.columns[slot].kind));
        }
        let (slot, kind) = self.scan.field(name, want)?;
        self.programs.push(Program::slot(slot, kind));
        self.columns.push(Column {
            name: name_text,
            kind,
            is_aggregate: false,
        });
        Ok((self.columns.len() - 1, kind))
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, QueryError> {
        self.scan.call(name, arguments, expr)
    }

    fn clock(&self) -> &Clock {
        self.scan.clock
    }
}

/// Columns of rows.
pub(super) struct TableScope<'a> {
    pub(super) columns: &'a [Column],
    pub(super) text: &'a str,
    pub(super) clock: &'a Clock,
}

impl TableScope<'_> {
    fn column(&self, name: &str) -> Option<(usize, Kind)> {
        let index = self.columns.iter().position(|column| column.name == name)?;
        Some((index, self.columns[index].kind))
    }
}

impl Scope for TableScope<'_> {
    fn field(&mut self, name: &FieldName, _: Want) -> Found {
        let typed = name.to_string();
        if let Some(found) = self
            .column(&typed)
            .or_else(|| self.column(&made_of(&typed)))
        {
            return Ok(found);
        }
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let hint = match nearest(&typed, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("columns: {}", names.join(" ")),
        };
        Err((format!("no column '{typed}' at this stage"), Some(hint)))
    }

    /// `sort -sum(bytes)` means the column that `sum(bytes)` made.
    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Result<Option<(usize, Kind)>, QueryError> {
        if aggregate::find(name).is_none() || arguments.is_empty() {
            return Ok(None);
        }
        let made = made_of(&self.text[expr.span.clone()]);
        match self.column(&made) {
            Some(found) => Ok(Some(found)),
            None => Err(QueryError::new(
                expr.span.clone(),
                format!("no column '{made}' at this stage"),
            )
            .hint(format!(
                "columns: {}",
                self.columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            ))),
        }
    }

    fn clock(&self) -> &Clock {
        self.clock
    }
}
