//! `--explain`: the stages as they were understood, and the steps of the plan.

use std::fmt;
use std::time::Duration;

use super::bucket::Bucket;
use super::grouping::Grouping;
use super::types::{Output, Plan, Step, TableStage};
use crate::log::query::Query;
use crate::record::number::counted;
use crate::record::{Want, Wanted};

/// Shows a query, a line for each stage, and its plan, a line for each step.
pub struct Explained<'a> {
    /// The query.
    pub query: &'a Query,
    /// Its text.
    pub text: &'a str,
    /// Its plan.
    pub plan: &'a Plan,
}

/// The names of fields, and which are read as times.
fn names(fields: &[Wanted]) -> String {
    let name = |wanted: &Wanted| match wanted.want {
        Want::Time => format!("{} (as a time)", wanted.name),
        Want::MaybeTime => format!("{} (as a time, if there is one)", wanted.name),
        _ => wanted.name.to_string(),
    };
    match fields {
        [] => "no fields".to_owned(),
        _ => fields.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan;
        for stage in &self.query.stages {
            let typed = &self.text[stage.span.clone()];
            if !typed.is_empty() {
                writeln!(f, "stage    {typed}")?;
            }
        }
        if plan.counts_lines() {
            return f.write_str("read     nothing: only newlines are counted");
        }
        writeln!(f, "read     {}", names(&plan.fields))?;
        if let Some((text, needs_verbatim)) = plan.required_text() {
            let text = String::from_utf8_lossy(&text).escape_debug().to_string();
            let where_to = if needs_verbatim {
                "in blocks without escapes"
            } else {
                "in all blocks"
            };
            writeln!(f, "search   \"{text}\" before lines are split, {where_to}")?;
        } else if let Some((regex, _)) = plan.required_regex() {
            let text = regex.text();
            writeln!(f, "search   /{text}/ before lines are split, in all blocks")?;
        }
        for step in &plan.steps {
            let does = match step {
                Step::Filter(_) => "keep     lines that pass a text filter",
                Step::Where(_) => "keep     lines that meet a condition",
                Step::Within(..) => "keep     lines of a range of times",
                Step::Let(..) => "compute  a field",
                Step::Parse(parsing) => {
                    writeln!(f, "parse    {}: {}", parsing.parse, names(&parsing.fields))?;
                    continue;
                }
            };
            writeln!(f, "{does}")?;
        }
        match &plan.output {
            Output::Groups(grouping) => writeln!(f, "{}", Grouped(grouping))?,
            Output::Rows(_) if plan.streams() => {
                writeln!(f, "write    rows as they are found, in input order")?;
            }
            Output::Rows(_) => writeln!(f, "collect  rows")?,
        }
        for stage in &plan.table {
            match stage {
                TableStage::Where(_) => writeln!(f, "keep     rows that meet a condition")?,
                TableStage::Let(..) => writeln!(f, "compute  a column")?,
                TableStage::Select(programs) => {
                    writeln!(f, "keep     {}", counted(programs.len() as u64, "column"))?;
                }
                TableStage::Sort(orders) => {
                    writeln!(
                        f,
                        "sort     by {}, ties by all columns",
                        counted(orders.len() as u64, "column")
                    )?;
                }
                TableStage::Head(rows) => {
                    writeln!(f, "keep     the first {}", counted(*rows as u64, "row"))?;
                }
                TableStage::Tail(rows) => {
                    writeln!(f, "keep     the last {}", counted(*rows as u64, "row"))?;
                }
                TableStage::Groups(grouping) => writeln!(f, "{}", Grouped(grouping))?,
                TableStage::Bins(_) => writeln!(f, "order    ranges of values")?,
                TableStage::Fill { .. } => writeln!(f, "fill     empty time buckets")?,
            }
        }
        let columns: Vec<&str> = plan
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        write!(
            f,
            "output   {}",
            if plan.raw {
                "lines unchanged".to_owned()
            } else {
                columns.join(", ")
            }
        )
    }
}

struct Grouped<'a>(&'a Grouping);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = self.0.states.iter().map(|state| {
            let name = state.family.name;
            let arguments = state.arguments.iter();
            let texts: Vec<&str> = arguments
                .map(|argument| self.0.arguments[*argument].text.as_str())
                .collect();
            if texts.is_empty() {
                name.to_owned()
            } else {
                format!("{name}({})", texts.join(", "))
            }
        });
        let states: Vec<String> = states.collect();
        write!(
            f,
            "group    by {}, keeping {}",
            counted(self.0.keys.len() as u64, "key"),
            states.join(", ")
        )?;
        for bucket in self.0.keys.iter().filter_map(|key| key.bucket) {
            match bucket {
                Bucket::Fixed(width, _) => write!(f, "; times by {}", Length(width))?,
                Bucket::Days(days) => write!(f, "; times by {days}d of the time zone")?,
            }
        }
        Ok(())
    }
}

/// A duration as a query writes one: `5m`, `90s`, `1500ms`.
struct Length(Duration);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match (self.0.subsec_nanos(), seconds) {
            (0, _) if seconds.is_multiple_of(3_600) => write!(f, "{}h", seconds / 3_600),
            (0, _) if seconds.is_multiple_of(60) => write!(f, "{}m", seconds / 60),
            (0, _) => write!(f, "{seconds}s"),
            _ => write!(f, "{}ms", self.0.as_secs_f64() * 1_000.0),
        }
    }
}
