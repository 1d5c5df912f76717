//! Merges partial results as their lines arrive.
//!
//! Pieces that come in their order are merged at once and freed; others wait. What is known at the end decides whether the
//! result counts: all pieces must have come, and what they say must fit together.

mod gaps;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::again::Again;
use super::assembly::{Assembly, Step};
use super::header::{Header, Part, Question};
use super::lines::{Line, Source};
use super::refusal::Refusal;
use super::{Partial, VERSION};
use crate::group::Groups;
use crate::log::account::Account;
use crate::log::plan::{Output, Plan};
use crate::log::spill::{SpillError, Spilled};
use crate::log::table::{self, Answer};

/// The share of the memory that groups may use before they go to a file, as its denominator.
const SHARES: usize = 3;

/// After how many bytes of records the memory is looked at, as a share of it.
const LOOKS: usize = 64;

/// Makes the plan of a question, and says how its groups become those that are wanted.
pub type MakePlan<'m> = &'m dyn Fn(&Question) -> Result<(Plan, Again), Refusal>;

/// Partial results that are being merged.
pub struct Merging<'m> {
    make: MakePlan<'m>,
    memory: usize,
    /// What the first header asked, and where it was.
    first: Option<First>,
    assemblies: HashMap<Source, Assembly>,
    /// In the order in which they were first seen.
    order: Vec<Source>,
}

struct First {
    question: Question,
    name: String,
    plan: Arc<Plan>,
    again: Again,
    partial: Partial,
    spilled: Spilled,
    /// How many bytes groups may use.
    memory: usize,
    /// How many bytes of records were added since the memory was looked at.
    unlooked: usize,
}

/// All that was merged.
pub struct Merged {
    /// What was asked.
    pub question: Question,
    /// The plan.
    pub plan: Arc<Plan>,
    /// The result, and the counts of lines. Groups that are in files are not in it.
    pub partial: Partial,
    /// Groups in temporary files: if there are some, all of them are.
    pub spilled: Spilled,
    /// How many bytes groups may use.
    pub memory: usize,
    /// What it was made of.
    pub parts: Vec<Part>,
    /// The names of the ranges of all parts, by their numbers in the account.
    pub inputs: Vec<Vec<u8>>,
    /// Where partial results came a second time.
    pub doubles: Vec<String>,
    /// What is missing.
    pub gaps: Vec<String>,
}

impl<'m> Merging<'m> {
    /// Nothing yet. Groups that need more bytes than `memory` go to temporary files.
    pub fn new(make: MakePlan<'m>, memory: usize) -> Merging<'m> {
        Merging {
            make,
            memory,
            first: None,
            assemblies: HashMap::new(),
            order: Vec::new(),
        }
    }

    /// Adds a line, which was found in the file `name`.
    ///
    /// # Errors
    /// If it cannot be merged with the others.
    pub fn take(&mut self, name: &str, line: &[u8]) -> Result<(), Refusal> {
        let failed = |reason: &dyn std::fmt::Display| Refusal::new(format!("{name}: {reason}"));
        let Some(line) = Line::read(line).map_err(|bad| failed(&bad))? else {
            return Ok(());
        };
        let assembly = self.assemblies.entry(line.source).or_insert_with(|| {
            self.order.push(line.source);
            Assembly::new(name, &line)
        });
        assembly
            .receive(name, line)
            .map_err(|error| failed(&error))?;
        while let Some(step) = assembly.step().map_err(|error| failed(&error))? {
            match step {
                Step::Header(header) => {
                    let first = match &mut self.first {
                        Some(first) => {
                            check(first, header, name)?;
                            first
                        }
                        None => self
                            .first
                            .insert(begin(self.make, self.memory, header, name)?),
                    };
                    first.check_columns(header, name)?;
                }
                Step::Records(body) => {
                    let first = self.first.as_mut().expect("a header came before");
                    first.add(body).map_err(|error| failed(&error))?;
                    first
                        .limit()
                        .map_err(|error| Refusal::new(error.to_string()))?;
                }
            }
        }
        Ok(())
    }

    /// Ends the merge. None if there was nothing to merge.
    ///
    /// # Errors
    /// If something is missing of one of them, or two of them count the same.
    pub fn finish(self) -> Result<Option<Merged>, Refusal> {
        let Merging {
            first,
            mut assemblies,
            order,
            ..
        } = self;
        let (mut parts, mut inputs, mut doubles) = (Vec::new(), Vec::new(), Vec::new());
        let mut account = Account::default();
        let mut known: HashSet<String> = HashSet::new();
        for source in order {
            let assembly = assemblies.remove(&source).expect("it was put there");
            let (name, is_double) = (assembly.name.clone(), assembly.is_double());
            let header = assembly
                .finish()
                .map_err(|error| Refusal::new(format!("{name}: {error}")))?;
            let is_empty = header.account.judged == 0 && header.account.blank == 0;
            if is_double && !is_empty {
                doubles.push(name.clone());
            }
            let mut lines = header.account;
            for line in &mut lines.shown {
                line.input += inputs.len();
            }
            if let Some((input, _)) = &mut lines.first_untimed {
                *input += inputs.len();
            }
            account.merge(lines);
            for mut part in header.parts {
                let id = part
                    .source
                    .get_or_insert_with(|| source.to_string())
                    .clone();
                inputs.extend(part.ranges.iter().map(|range| range.name.clone()));
                let is_new = known.insert(id);
                if !is_new && !part.ranges.iter().all(super::ranges::Range::is_empty) {
                    let message = format!("{name}: a part of it is also in another partial result");
                    return Err(Refusal::new(message)
                        .hint("leave out one of the two; jug merge --list shows what is in them"));
                }
                parts.push((name.clone(), part));
            }
        }
        gaps::refuse_overlaps(&parts)?;
        let gaps = gaps::find(&parts);
        let Some(mut first) = first else {
            return Ok(None);
        };
        if !first.spilled.is_empty() {
            let written = first.spill();
            written.map_err(|error| Refusal::new(error.to_string()))?;
        }
        Ok(Some(Merged {
            question: first.question,
            plan: first.plan,
            spilled: first.spilled,
            memory: first.memory,
            partial: Partial {
                account,
                ..first.partial
            },
            parts: parts.into_iter().map(|(_, part)| part).collect(),
            inputs,
            doubles,
            gaps,
        }))
    }
}

impl Merged {
    /// The rows of the result. What cannot be computed is reported to `warn`.
    ///
    /// # Errors
    /// Those of temporary files.
    pub fn into_answer(self, warn: &dyn Fn(&str)) -> Result<Answer, SpillError> {
        match &self.plan.output {
            Output::Groups(grouping) if !self.spilled.is_empty() => {
                table::finish_spilled(&self.plan, grouping, self.spilled, self.memory, warn)
            }
            _ => Ok(self.partial.into_answer(&self.plan, warn)),
        }
    }
}

impl First {
    /// Writes the groups to a file if they need too much memory.
    fn limit(&mut self) -> Result<(), SpillError> {
        let groups = self.partial.groups.as_ref();
        if self.unlooked < self.memory / LOOKS
            || groups.is_none_or(|groups| groups.heap_bytes() < self.memory / SHARES)
        {
            return Ok(());
        }
        self.unlooked = 0;
        self.spill()
    }

    /// Writes the groups to a file.
    fn spill(&mut self) -> Result<(), SpillError> {
        let nothing = Partial::new(&self.plan, Groups::default()).groups;
        if let Some(groups) = std::mem::replace(&mut self.partial.groups, nothing) {
            self.spilled.write(&groups, self.memory)?;
        }
        Ok(())
    }

    fn add(&mut self, body: &[u8]) -> Result<(), crate::log::grouped::Unusable> {
        self.unlooked += body.len();
        let groups = self.partial.groups.as_mut().expect("the plan has groups");
        for (key, value) in crate::group::run::records(body) {
            groups.add_record(key, value, self.again.width(), &mut |parts| {
                self.again.choose(parts)
            })?;
        }
        Ok(())
    }

    /// Checks that this version of jug can read the states.
    fn check_columns(&self, header: &Header, name: &str) -> Result<(), Refusal> {
        let Output::Groups(grouping) = &self.plan.output else {
            return Err(Refusal::new(format!("{name}: damaged")));
        };
        let families = grouping.states.iter().map(|state| state.family);
        let expected: Vec<(&str, u8)> = families
            .clone()
            .map(|family| (family.name, family.id))
            .collect();
        let found: Vec<(&str, u8)> = header
            .question
            .columns
            .iter()
            .map(|column| (column.0.as_str(), column.1))
            .collect();
        if let Some(unknown) = found
            .iter()
            .find(|column| crate::log::aggregate::Family::of(column.1).is_none())
        {
            let message = format!(
                "{name}: aggregate '{}' is unknown to this version of jug",
                unknown.0
            );
            return Err(
                Refusal::new(message).hint("merge with the newest version that wrote one of them")
            );
        }
        if expected != found {
            return Err(Refusal::new(format!(
                "{name}: damaged: its aggregates are not those of its query"
            )));
        }
        for (family, column) in families.zip(&header.question.columns) {
            if column.2 > family.version {
                let message = format!(
                    "{name}: state of '{}' has version {}; this version of jug reads up to {}",
                    column.0, column.2, family.version
                );
                return Err(Refusal::new(message)
                    .hint("merge with the newest version that wrote one of them"));
            }
        }
        Ok(())
    }
}

fn begin(make: MakePlan<'_>, memory: usize, header: &Header, name: &str) -> Result<First, Refusal> {
    let meaning = header.question.meaning;
    if meaning > VERSION {
        return Err(Refusal::new(format!(
            "{name}: written by a newer version of jug"
        )));
    }
    let (plan, again) = make(&header.question).map_err(|error| Refusal {
        message: format!("{name}: {error}"),
        ..error
    })?;
    let partial = Partial::new(&plan, Groups::default());
    Ok(First {
        question: header.question.clone(),
        name: name.to_owned(),
        plan: Arc::new(plan),
        again,
        partial,
        spilled: Spilled::default(),
        memory,
        unlooked: 0,
    })
}

/// Checks that a header asks what the first one asked.
fn check(first: &First, header: &Header, name: &str) -> Result<(), Refusal> {
    let (ours, theirs) = (&first.question, &header.question);
    let other = &first.name;
    if ours.meaning != theirs.meaning {
        let message =
            format!("{name}: made by a version of jug that counts differently than for {other}");
        return Err(Refusal::new(message).hint("make both with the same version"));
    }
    if ours.canonical() != theirs.canonical() {
        let message = format!(
            "{name}: its query is '{}', but that of {other} is '{}'",
            theirs.query, ours.query
        );
        return Err(Refusal::new(message).hint("only results of the same query can be merged"));
    }
    if ours.settings != theirs.settings {
        let shown = |question: &Question| match question.settings.as_slice() {
            [] => "none".to_owned(),
            settings => settings
                .iter()
                .map(|(name, value)| format!("--{name} {value}").trim_end().to_owned())
                .collect::<Vec<_>>()
                .join(" "),
        };
        return Err(Refusal::new(format!(
            "{name}: made with other options ({}) than {other} ({})",
            shown(theirs),
            shown(ours)
        )));
    }
    let zone = |question: &Question| question.zone.clone().unwrap_or_else(|| "UTC".to_owned());
    if ours.zone != theirs.zone {
        let (theirs, ours) = (zone(theirs), zone(ours));
        let message = format!("{name}: counted in the time zone {theirs}, but {other} in {ours}");
        return Err(
            Refusal::new(message).hint("run jug log --partial with the same --tz everywhere")
        );
    }
    if ours.now != theirs.now {
        let now = |question: &Question| question.now.clone().unwrap_or_default();
        let (theirs, ours) = (now(theirs), now(ours));
        let message =
            format!("{name}: 'now' was {theirs} in its query, but {ours} in that of {other}");
        return Err(Refusal::new(message)
            .hint("write absolute times into the query, such as \"2026-01-31T10:00:00Z\""));
    }
    Ok(())
}
