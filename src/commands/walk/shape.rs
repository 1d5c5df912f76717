//! The form of the results.

use clap::builder::{PossibleValue, TypedValueParser};

use super::Walk;
use crate::args::output::To;
use crate::args::words::suggested;
use crate::error::{Error, Result};
use crate::walk::field::{self, FIELDS, Field, GROUPS, Needs};
use crate::walk::text::Template;
use crate::walk::{json_tree, totals};

/// The form of the results.
pub(super) enum Shape {
    /// Nothing is printed.
    Quiet,
    /// A path for each entry.
    Paths,
    /// A template for each entry.
    Text(Template),
    /// A row for each entry.
    Rows(Vec<&'static Field>, Option<To>),
    /// One JSON object.
    Tree(Vec<&'static Field>),
    /// A row of sums for each combination of fields.
    Totals(Vec<&'static Field>, Option<To>),
    /// A row of sums for each directory.
    Sums(Option<To>),
    /// A snapshot, or changes since one.
    Shot(Shot),
    /// Rows of files with equal contents.
    Duplicates(Option<To>),
}

/// A snapshot that is written or compared.
pub(super) struct Shot {
    /// The attributes; `None` for those of the snapshot that it is compared with, or the usual ones.
    pub(super) fields: Option<Vec<&'static Field>>,
    /// How changes are written.
    pub(super) to: Option<To>,
}

impl Shape {
    /// What it needs to know of an entry.
    pub(super) fn needs(&self) -> Needs {
        let of = |fields: &[&'static Field]| {
            let needs = fields.iter().map(|field| field.needs);
            needs.fold(Needs::default(), Needs::and)
        };
        match self {
            Shape::Quiet | Shape::Paths => Needs::default(),
            Shape::Text(template) => template.needs(),
            Shape::Rows(fields, _) | Shape::Tree(fields) => of(fields),
            Shape::Totals(fields, _) => of(fields).and(totals::NEEDS),
            Shape::Sums(_) | Shape::Shot(_) | Shape::Duplicates(_) => totals::NEEDS,
        }
    }
}

impl Walk {
    /// The form that the flags ask for.
    pub(super) fn shape(&self) -> Result<Shape> {
        let to = self.output.asked()?;
        let is_records = matches!(to, Some(To::Rows(spec)) if spec.name == "ndjson");
        if !self.events.is_empty() && !is_records {
            let message = "--events needs NDJSON output";
            return Err(Error::usage(message).hint("add --ndjson, or leave out --events"));
        }
        if self.save.is_some() || self.against.is_some() {
            return Ok(Shape::Shot(self.shot(to)?));
        }
        if self.quiet.is_set {
            return Ok(Shape::Quiet);
        }
        if let Some(text) = &self.template {
            return Ok(Shape::Text(Template::parse(text).map_err(refused)?));
        }
        let fields = |names: &Option<String>, default: &str| {
            field::list(names.as_deref().unwrap_or(default)).map_err(refused)
        };
        if self.tree {
            return match to {
                None => Ok(Shape::Tree(fields(&self.fields, json_tree::DEFAULT)?)),
                Some(To::Rows(spec)) if spec.name == "json" => {
                    Ok(Shape::Tree(fields(&self.fields, json_tree::DEFAULT)?))
                }
                Some(_) => Err(Error::usage("--tree writes JSON only")
                    .hint("give the output file the extension json")),
            };
        }
        if self.totals.is_some() {
            return Ok(Shape::Totals(fields(&self.totals, "")?, to));
        }
        if self.dups {
            return Ok(Shape::Duplicates(to));
        }
        if self.sum {
            return Ok(Shape::Sums(to));
        }
        if self.fields.is_none() && to.is_none() {
            return Ok(Shape::Paths);
        }
        if self.null {
            return Err(
                Error::usage("-0 applies to paths and templates, not to rows")
                    .hint("add --template '{path}', or leave out -0"),
            );
        }
        Ok(Shape::Rows(
            fields(&self.fields, &field::DEFAULT.join(","))?,
            to,
        ))
    }
}

impl Walk {
    fn shot(&self, to: Option<To>) -> Result<Shot> {
        if let Some(save) = &self.save
            && save.as_os_str() == "-"
        {
            return Err(Error::usage("--save needs the name of a file"));
        }
        let Some(names) = &self.fields else {
            return Ok(Shot { fields: None, to });
        };
        let mut fields = field::list(names).map_err(refused)?;
        // What follows from the path is there anyway.
        fields.retain(|field| field.is_attribute());
        if fields.is_empty() {
            let message = format!("--fields: '{names}' has no attributes to compare");
            return Err(Error::usage(message).hint("add attributes such as size,mtime"));
        }
        let fields = Some(fields);
        Ok(Shot { fields, to })
    }
}

fn refused((message, hint): (String, String)) -> Error {
    Error::usage(message).hint(hint)
}

/// The names of fields, for completion and the manual. Lists of them are parsed later.
pub(super) fn field_names() -> impl TypedValueParser<Value = String> {
    let groups = GROUPS
        .iter()
        .map(|group| PossibleValue::new(group.name).help(names(group.fields())));
    let fields = FIELDS
        .iter()
        .map(|field| PossibleValue::new(field.name).help(field.summary));
    suggested(fields.chain(groups).collect())
}

/// Names of fields, separated by commas.
fn names(fields: impl Iterator<Item = &'static Field>) -> String {
    let names: Vec<&str> = fields.map(|field| field.name).collect();
    names.join(", ")
}
