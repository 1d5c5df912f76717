//! What is in partial results, without merging them.

use std::collections::HashMap;

use super::assembly::{Assembly, Step};
use super::header::Header;
use super::lines::{Line, Source};
use super::refusal::Refusal;
use crate::group::run::records;

/// Partial results whose lines are being read.
#[derive(Default)]
pub struct Listing {
    assemblies: HashMap<Source, (Assembly, u64)>,
    order: Vec<Source>,
}

/// A partial result.
#[derive(Debug)]
pub struct Listed {
    /// Where it was.
    pub name: String,
    /// Its hash.
    pub source: String,
    /// What is known of it, or what is wrong with it.
    pub header: Result<Header, String>,
    /// How many groups it has.
    pub groups: u64,
}

impl Listing {
    /// Adds a line, which was found in the file `name`.
    ///
    /// # Errors
    /// If it is no line of a partial result.
    pub fn take(&mut self, name: &str, line: &[u8]) -> Result<(), Refusal> {
        let failed = |reason: &dyn std::fmt::Display| Refusal::new(format!("{name}: {reason}"));
        let Some(line) = Line::read(line).map_err(|bad| failed(&bad))? else {
            return Ok(());
        };
        let (assembly, groups) = self.assemblies.entry(line.source).or_insert_with(|| {
            self.order.push(line.source);
            (Assembly::new(name, &line), 0)
        });
        assembly
            .receive(name, line)
            .map_err(|wrong| failed(&wrong))?;
        while let Some(step) = assembly.step().map_err(|wrong| failed(&wrong))? {
            if let Step::Records(body) = step {
                *groups += records(body).count() as u64;
            }
        }
        Ok(())
    }

    /// What was found, in order.
    pub fn finish(mut self) -> Vec<Listed> {
        let found = self.order.iter().filter_map(|source| {
            let (assembly, groups) = self.assemblies.remove(source)?;
            Some(Listed {
                name: assembly.name.clone(),
                source: source.to_string(),
                header: assembly.finish().map_err(|wrong| wrong.to_string()),
                groups,
            })
        });
        found.collect()
    }
}
