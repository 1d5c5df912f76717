//! Properties of a plan: what it reads, how many of its rows are needed, which text every line must contain.

use super::types::{LINE, Output, Parsing, Plan, Step, TableStage};
use crate::expr::Program;
use crate::log::aggregate::Takes;
use crate::log::query::filter::Filter;
use crate::log::query::line_regex::LineRegex;
use crate::record::{FieldName, Want};

/// The first step of a field's path, if it has a name.
pub fn first_key(name: &FieldName) -> Option<&str> {
    match name {
        FieldName::Path(steps) => match steps.first()? {
            crate::record::Step::Key(key) => Some(key),
            crate::record::Step::Index(_) => None,
        },
        FieldName::Nth(_) | FieldName::Last(_) => None,
    }
}

impl Plan {
    /// Whether the answer is the number of lines, whatever they contain.
    pub fn counts_lines(&self) -> bool {
        match &self.output {
            Output::Groups(grouping) => {
                self.steps.is_empty() && grouping.keys.is_empty() && grouping.only_counts()
            }
            Output::Rows(_) => false,
        }
    }

    /// The names of the columns.
    pub fn column_names(&self) -> Vec<String> {
        let names = self.columns.iter().map(|column| column.name.clone());
        names.collect()
    }

    /// The column that bars show.
    pub fn bars(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.is_aggregate)
    }

    /// The fields that must be a condition or a number: their places, and which.
    pub fn demands(&self) -> Vec<(usize, Takes)> {
        let mut slots = Vec::new();
        for step in &self.steps {
            if let Step::Where(condition) = step {
                slots.extend(condition.as_slot().map(|slot| (slot, Takes::Condition)));
            }
        }
        if let Output::Groups(grouping) = &self.output {
            let arguments = grouping.arguments.iter();
            slots.extend(
                arguments
                    .filter_map(|argument| Some((argument.program.as_slot()?, argument.takes))),
            );
        }
        let fields = slots.into_iter();
        fields
            .filter_map(|(slot, takes)| Some((slot.checked_sub(self.first_field)?, takes)))
            .collect()
    }

    /// The places of the fields that are compared with texts in quotes, and the texts.
    pub fn texts_compared(&self) -> Vec<(usize, Vec<u8>)> {
        let mut found = Vec::new();
        let mut look = |program: &Program| {
            program.texts_compared(&mut |slot, text| {
                let place = slot.checked_sub(self.first_field);
                found.extend(place.map(|place| (place, text.to_vec())));
            });
        };
        for step in &self.steps {
            match step {
                Step::Where(program) | Step::Within(program, _) | Step::Let(_, program) => {
                    look(program);
                }
                Step::Filter(_) | Step::Parse(_) => {}
            }
        }
        match &self.output {
            Output::Rows(programs) => programs.iter().for_each(look),
            Output::Groups(grouping) => {
                grouping.keys.iter().for_each(|key| look(&key.program));
                let arguments = grouping.arguments.iter();
                arguments.for_each(|argument| look(&argument.program));
            }
        }
        found
    }

    /// What is read in lines and fields, in order.
    pub fn parsings(&self) -> impl Iterator<Item = &Parsing> {
        self.steps.iter().filter_map(|step| match step {
            Step::Parse(parsing) => Some(&**parsing),
            _ => None,
        })
    }

    /// Whether any field is read.
    pub fn reads_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether the time of lines is read.
    pub fn reads_time(&self) -> bool {
        let mut names = self.fields.iter().map(|wanted| wanted.name.as_key());
        names.any(|name| name == Some("time"))
    }

    /// How many rows are enough, if the first ones in input order are wanted.
    pub fn rows_wanted(&self) -> Option<usize> {
        match (&self.output, self.table.first()) {
            (Output::Rows(_), Some(TableStage::Head(rows))) => Some(*rows),
            _ => None,
        }
    }

    /// The first stages of the table and how many rows they leave, if they can be tried on some of the rows before all are
    /// there: what they drop then, they would drop at the end, too.
    pub fn reduction(&self) -> Option<(&[TableStage], usize)> {
        match (&self.output, self.table.as_slice()) {
            (Output::Rows(_), [TableStage::Tail(rows), ..]) => Some((&self.table[..1], *rows)),
            (
                Output::Rows(_),
                [
                    TableStage::Sort(_),
                    TableStage::Head(rows) | TableStage::Tail(rows),
                    ..,
                ],
            ) => Some((&self.table[..2], *rows)),
            _ => None,
        }
    }

    /// Whether rows can be written as they are found, up to [`Plan::rows_wanted`].
    pub fn streams(&self) -> bool {
        matches!(self.output, Output::Rows(_))
            && (self.table.is_empty() || (self.table.len() == 1 && self.rows_wanted().is_some()))
    }

    /// The text that the line of every row must contain, if one is known; true with it if that is only certain for lines
    /// without escapes.
    pub fn required_text(&self) -> Option<(Vec<u8>, bool)> {
        let filters = self.steps.iter().filter_map(|step| match step {
            Step::Filter(filter) => filter.required_text().map(<[u8]>::to_vec),
            _ => None,
        });
        if let Some(text) = filters.max_by_key(Vec::len) {
            return Some((text, false));
        }
        let is_verbatim = |slot: usize| {
            slot == LINE
                || (slot >= self.first_field
                    && self.fields[slot - self.first_field].want == Want::Any)
        };
        let conditions = self.steps.iter().filter_map(|step| match step {
            Step::Where(program) => program.required_text(&is_verbatim),
            _ => None,
        });
        conditions.max_by_key(Vec::len).map(|text| (text, true))
    }

    /// A regex that every line must match, if one is known; true with it if lines that match pass the first step.
    pub fn required_regex(&self) -> Option<(&LineRegex, bool)> {
        let mut steps = self.steps.iter().enumerate();
        steps.find_map(|(number, step)| match step {
            Step::Filter(filter) => {
                let decides = number == 0 && matches!(filter, Filter::Regex(_));
                Some((filter.required_regex()?, decides))
            }
            _ => None,
        })
    }

    /// Whether the text of the line is read from its slot.
    pub fn reads_line(&self) -> bool {
        let reads = |program: &Program| program.reads(&|slot| slot == LINE);
        let in_steps = self.steps.iter().any(|step| match step {
            Step::Filter(_) | Step::Parse(_) => false,
            Step::Where(program) | Step::Within(program, _) | Step::Let(_, program) => {
                reads(program)
            }
        });
        in_steps
            || match &self.output {
                Output::Rows(programs) => programs.iter().any(reads),
                Output::Groups(grouping) => {
                    grouping.keys.iter().any(|key| reads(&key.program))
                        || grouping
                            .arguments
                            .iter()
                            .any(|argument| reads(&argument.program))
                        || grouping.time == Some(LINE)
                }
            }
    }

    /// The names of the fields it reads, for messages.
    pub fn field_names(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.iter().map(|wanted| &wanted.name)
    }
}
