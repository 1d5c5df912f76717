//! A chain as it will run: what flows between its stages, and which of them share a thread.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::chain::{self, Named};
use super::data::Kind;
use super::ends::Source;
use super::failure::Part;
use super::spec::{Bridge, Gives, Refused, Spec, Work};
use super::stage::Step;
use super::step;

/// A chain that is ready to run.
pub struct Plan {
    /// The stage that the chain begins with, if it is one that reads nothing.
    pub source: Option<(Stage, Box<dyn Source + Send>)>,
    /// The segments, each in a thread of its own, in order; at least one.
    pub segments: Vec<Segment>,
    /// What comes out at the end.
    pub gives: Kind,
    /// The files that its stages write.
    pub writes: Vec<PathBuf>,
}

/// Neighbouring stages that share a thread.
#[derive(Default)]
pub struct Segment {
    /// Its stages.
    pub stages: Vec<Planned>,
    /// The stage between it and the next segment; without one, a queue stands there.
    pub bridge: Option<(Stage, Bridge)>,
}

/// A stage in a plan.
pub struct Planned {
    /// Which stage it is.
    pub stage: Stage,
    /// What it does.
    pub step: Box<dyn Step>,
}

/// Which stage of a chain it is, and what flows into it and out of it.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// Its number in the chain, from 1.
    pub number: usize,
    /// Its name.
    pub name: &'static str,
    /// Nobody wrote it; it has the number of the stage that needs it.
    pub is_implied: bool,
    /// What it takes.
    pub takes: Kind,
    /// What it gives.
    pub gives: Kind,
}

impl Stage {
    /// The stage as failures name it.
    pub fn part(&self) -> Part {
        Part::Stage(self.number, self.name)
    }
}

/// A stage that refused its arguments or its input.
#[derive(Debug)]
pub struct PlanError {
    /// Its number in the chain, from 1.
    pub number: usize,
    /// Its name.
    pub name: &'static str,
    /// Why.
    pub refused: Refused,
}

impl Plan {
    /// Whether the chain begins with a stage that reads nothing.
    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }
}

/// What is outside a chain.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// Its input is named: a stage that begins it gets that, even if it could do without.
    pub has_input: bool,
    /// Its output goes to somebody who reads it.
    pub for_reading: bool,
}

/// Opens the stages of a chain and divides them among threads: a heavy stage has one of its own, light neighbours share one.
/// Where a stage of records meets bytes or items, these are read as NDJSON; records at the end are written as NDJSON, or as
/// a table for somebody who reads them.
///
/// # Errors
/// If a stage refuses its arguments, or what the stage before it gives.
pub fn plan(chain: &[Named], ends: Ends) -> Result<Plan, PlanError> {
    let mut building = Building {
        plan: Plan {
            source: None,
            segments: vec![Segment::default()],
            gives: Kind::Bytes,
            writes: Vec::new(),
        },
        is_heavy: false,
        before: None,
        has_input: ends.has_input,
    };
    for (named, number) in chain.iter().zip(1..) {
        let spec = named.spec;
        let error = |refused| PlanError {
            number,
            name: spec.name,
            refused,
        };
        if spec.takes == [Kind::Records] && building.plan.gives != Kind::Records {
            let reader = implied(&["from", "ndjson"]);
            building
                .add(&reader, number, Some("from ndjson"))
                .map_err(error)?;
        }
        building.add(named, number, None).map_err(error)?;
        building.before = Some((number, spec));
    }
    if building.plan.gives == Kind::Records {
        let (name, words) = match ends.for_reading {
            true => ("to table", &["to", "table", "--live"][..]),
            false => ("to ndjson", &["to", "ndjson"][..]),
        };
        let number = chain.len();
        let added = building.add(&implied(words), number, Some(name));
        added.map_err(|refused| PlanError {
            number,
            name,
            refused,
        })?;
    }
    Ok(building.plan)
}

/// A stage that nobody wrote.
fn implied(words: &[&str]) -> Named {
    let words = words.iter().map(OsString::from).collect();
    let parsed = chain::parse(vec![words]).map(|mut named| named.pop());
    let named = parsed.ok().flatten();
    named.expect("the stages that are implied exist")
}

struct Building {
    plan: Plan,
    /// Whether the last segment holds a heavy stage.
    is_heavy: bool,
    before: Option<(usize, &'static Spec)>,
    has_input: bool,
}

impl Building {
    /// Adds a stage; with a name if it is an implied one.
    fn add(
        &mut self,
        named: &Named,
        number: usize,
        implied: Option<&'static str>,
    ) -> Result<(), Refused> {
        let (spec, kind) = (named.spec, self.plan.gives);
        if !spec.takes.contains(&kind) {
            return Err(self.impossible(spec));
        }
        let opened = (spec.open)(&named.arguments, kind)?;
        self.plan.writes.extend(opened.writes);
        let gives = match opened.gives {
            Gives::Same => kind,
            Gives::Kind(kind) => kind,
        };
        let stage = Stage {
            number,
            name: implied.unwrap_or(spec.name),
            is_implied: implied.is_some(),
            takes: kind,
            gives,
        };
        self.plan.gives = gives;
        let work = match opened.alone {
            Some(source) if number == 1 && !self.has_input => Work::Source(source),
            _ => opened.work,
        };
        match step::step(work, kind) {
            Ok(step) => self.add_step(Planned { stage, step }, spec.heavy),
            Err(Work::Bridge(bridge)) => {
                self.last().bridge = Some((stage, bridge));
                self.plan.segments.push(Segment::default());
                self.is_heavy = false;
            }
            Err(Work::Source(source)) if number == 1 => self.plan.source = Some((stage, source)),
            Err(_) => {
                let message = "it reads nothing, so it can only be the first stage";
                return Err(Refused::new(message));
            }
        }
        Ok(())
    }

    fn add_step(&mut self, planned: Planned, is_heavy: bool) {
        if (is_heavy || self.is_heavy) && !self.last().stages.is_empty() {
            self.plan.segments.push(Segment::default());
        }
        self.is_heavy = is_heavy;
        self.last().stages.push(planned);
    }

    fn last(&mut self) -> &mut Segment {
        let last = self.plan.segments.last_mut();
        last.expect("a plan has at least one segment")
    }

    /// Says that a stage cannot stand here.
    fn impossible(&self, spec: &Spec) -> Refused {
        let kinds: Vec<&str> = spec.takes.iter().map(|kind| kind.name()).collect();
        let gives = self.plan.gives.name();
        let refused = match self.before {
            Some((number, before)) => Refused::new(format!(
                "it takes {}, but stage {number} ({}) gives {gives}",
                kinds.join(" or "),
                before.name,
            )),
            None => Refused::new(format!(
                "it takes {}, but the input is {gives}",
                kinds.join(" or ")
            )),
        };
        match (self.plan.gives, spec.takes.contains(&Kind::Bytes)) {
            (Kind::Records, true) => {
                refused.hint("write the records as bytes first, such as with 'to ndjson'")
            }
            (Kind::Items, _) if spec.takes.contains(&Kind::Bytes) => {
                refused.hint("items cannot be cut again; write a second chain: ... | jug pipe ...")
            }
            (Kind::Bytes, _) if spec.takes.contains(&Kind::Records) => {
                refused.hint("make records of the bytes first, such as with 'from csv'")
            }
            _ => refused,
        }
    }
}

/// One line for each stage: its thread, its number, its name, and what it takes and gives.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<(String, Stage)> = Vec::new();
        if let Some((stage, _)) = &self.source {
            rows.push(("thread 1".to_owned(), *stage));
        }
        for (segment, thread) in self.segments.iter().zip(1..) {
            let planned = segment.stages.iter();
            rows.extend(planned.map(|planned| (format!("thread {thread}"), planned.stage)));
            if let Some((stage, _)) = &segment.bridge {
                rows.push((format!("threads {thread}, {}", thread + 1), *stage));
            }
        }
        let width = |length: fn(&(String, Stage)) -> usize| rows.iter().map(length).max();
        let places = width(|(place, _)| place.len()).unwrap_or(0);
        let names = width(|(_, stage)| stage.name.len()).unwrap_or(0);
        for (place, stage) in &rows {
            let Stage {
                number,
                name,
                is_implied,
                takes,
                gives,
            } = stage;
            let implied = if *is_implied { "  (implied)" } else { "" };
            writeln!(
                f,
                "{place:places$}  stage {number}  {name:names$}  {} -> {}{implied}",
                takes.name(),
                gives.name(),
            )?;
        }
        Ok(())
    }
}
